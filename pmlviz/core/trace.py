"""Reading a trace of writes, whatever its format: at once, or in slices of a few milliseconds."""

from collections.abc import Callable, Generator
from pathlib import Path

import msgspec

from pmlviz.core.errors import PmlvizError, TraceError
from pmlviz.core.lackey import LackeyReader, looks_like_lackey
from pmlviz.core.pwt import PwtReader, looks_like_pwt
from pmlviz.core.pwt_writer import write_pwt
from pmlviz.core.trace_text import quoted, read_lines
from pmlviz.core.write_trace import Marker, TraceFormat, WriteTrace, clean_points

__all__ = [
    "Marker",
    "Progress",
    "TraceFormat",
    "WriteTrace",
    "clean_points",
    "read_trace",
    "read_trace_steps",
    "sniff",
    "write_pwt",
]


class Progress(msgspec.Struct, frozen=True):
    """How far the reading of a trace is."""

    fraction: float
    """Of the file as it lies on the disk: 0 to 1, never falling."""
    records: int


def sniff(path: str | Path) -> TraceFormat | None:
    """Return the format of *path*, packed or not, by its first lines; None when it is no trace.

    Raises TraceError when no text can be read from *path* at all.
    """
    lines = read_lines(Path(path))
    try:
        return _format_of(next(lines).text)
    finally:
        lines.close()


def read_trace(
    path: str | Path,
    *,
    limit: int | None = None,
    progress: Callable[[Progress], object] | None = None,
) -> WriteTrace:
    """Return the trace in *path*, or its first *limit* writes. Raises TraceError."""
    steps = read_trace_steps(path, limit=limit)
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            trace: WriteTrace = end.value
            return trace
        if progress:
            progress(step)


def read_trace_steps(
    path: str | Path, *, limit: int | None = None
) -> Generator[Progress, None, WriteTrace]:
    """Read the trace in *path* in slices of a few milliseconds; the generator returns the trace.

    Closing the generator, or dropping it, closes the file and forgets what was read. Any slice may
    raise TraceError, the first one for a file that cannot be opened.
    """
    if limit is not None and limit < 1:
        raise PmlvizError(f"the first {limit} writes", hint="the limit must be at least 1")
    path = Path(path)
    reader: PwtReader | LackeyReader | None = None
    lines = read_lines(path)
    try:
        for text, first, fraction in lines:
            if reader is None:
                reader = _reader(text, path)
            reader.feed(text, first)
            yield Progress(fraction, len(reader))
            if limit is not None and len(reader) > limit:
                break
    finally:
        lines.close()
    assert reader is not None  # a file has at least one line
    trace = reader.finish(limit)
    yield Progress(1.0, len(trace))
    return trace


def _format_of(text: bytes) -> TraceFormat | None:
    if looks_like_pwt(text):
        return TraceFormat.PWT
    return TraceFormat.LACKEY if looks_like_lackey(text) else None


def _reader(text: bytes, path: Path) -> PwtReader | LackeyReader:
    first_line = text[: text.index(b"\n")]
    match _format_of(text):
        case TraceFormat.PWT:
            return PwtReader(path, first_line)
        case TraceFormat.LACKEY:
            return LackeyReader(path)
        case None:
            raise TraceError(
                "expected a page-write trace ('# pwt 1 …') or Lackey's output"
                f" ('==<pid>== Lackey …'), got {quoted(first_line)}",
                path=path,
                line=1,
            )
