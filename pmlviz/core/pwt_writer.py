"""Writing a trace as a page-write trace: what a `WriteTrace` holds, and no more than that."""

import gzip
import lzma
import os
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice, pairwise
from pathlib import Path

from pmlviz.core.errors import TraceError
from pmlviz.core.pwt_header import VERSION
from pmlviz.core.units import PAGE_SIZE
from pmlviz.core.write_trace import Marker, WriteTrace

NOT_KEPT = "stores and lines64 were not kept: every record says 1 1"


def write_pwt(trace: WriteTrace, path: str | Path) -> None:
    """Write *trace* to *path*, packed when the name ends in .xz or .gz; a file there is replaced.

    Reading it back gives the same columns, epochs, markers and virtual pages. What a trace does not
    hold, the counts of stores and of cache lines, is written as 1, and a comment says so. Raises
    TraceError, and then *path* is as it was.
    """
    path = Path(path)
    data = "".join(_lines(trace)).encode("utf-8", "backslashreplace")
    if path.suffix == ".xz":
        data = lzma.compress(data)
    elif path.suffix == ".gz":
        data = gzip.compress(data, mtime=0)
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.write_bytes(data)
        os.replace(draft, path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise TraceError(f"cannot be written: {error.strerror}", path=path) from None


def _lines(trace: WriteTrace) -> Iterator[str]:
    host_us = None if trace.epoch_host_us is None else trace.epoch_host_us.tolist()
    virtual = trace.region_vpns is not None
    yield (
        f"# pwt {VERSION}  source=pmlviz vcpus={trace.n_vcpus}"
        + ("" if virtual else f" pages={trace.n_pages}")
        + f" page={PAGE_SIZE} epoch_insns={trace.epoch_insns} time=guest-instructions"
        + (" space=virtual" if virtual else "")
        + ("\n" if host_us is None else " host=1\n")
    )
    yield f"# written by pmlviz from {trace.source!r}; {NOT_KEPT}\n"
    starts = trace.epoch_insn.tolist()
    records = zip(trace.insn.tolist(), trace.vcpu.tolist(), trace.named_pages.tolist(), strict=True)
    markers = deque(trace.markers)
    for number, (first, end) in enumerate(pairwise([*trace.epoch_record.tolist(), len(trace)])):
        yield from _markers(markers, first)
        start = starts[number]
        at = "" if host_us is None else f" {host_us[number]}"
        yield f"E {start // trace.epoch_insns} {start} {end - first}{at}\n"
        for insn, vcpu, page in islice(records, end - first):
            yield f"{insn - start} {vcpu} {page:x} 1 1\n"
    yield from _markers(markers, len(trace))
    n = len(trace)
    yield f"# total insns={trace.insn.max()} stores={n} records={n}\n"


def _markers(markers: deque[Marker], record: int) -> Iterator[str]:
    """Take the markers that come before *record*."""
    while markers and markers[0].record <= record:
        at = markers.popleft()
        yield f"M {at.insn} {at.vcpu} {at.marker}\n"
