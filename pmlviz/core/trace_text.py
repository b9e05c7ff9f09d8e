"""A text file, plain or compressed, read a little at a time as whole lines.

Every way in which a file can fail to be text ends in a TraceError that says which: missing, a
folder, not to be opened, empty, damaged, cut, binary, UTF-16, packed in a way we do not unpack.
"""

import gzip
import lzma
import os
import stat
import zlib
from collections.abc import Generator
from pathlib import Path
from typing import IO, NamedTuple

from pmlviz.core.errors import TraceError

CHUNK = 1 << 14
"""Bytes of text read at a time: 1 to 2 ms of work for any reader."""
MAX_LINE = 1 << 14
"""Bytes of a line, at least CHUNK; a trace has short ones, so what is longer is no trace."""

_XZ = b"\xfd7zXZ\x00"
_GZIP = b"\x1f\x8b"
_OTHER_PACKERS = {b"BZh": "bzip2", b"\x28\xb5\x2f\xfd": "zstd", b"PK\x03\x04": "zip"}
_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")

_Text = IO[bytes] | gzip.GzipFile | lzma.LZMAFile


class Lines(NamedTuple):
    """Some whole lines of a file, each with its line end."""

    text: bytes
    first: int
    """Number of the first line, from 1."""
    fraction: float
    """How much of the file, as it lies on the disk, has been read: 0 to 1."""


def read_lines(path: Path) -> Generator[Lines, None, None]:
    """Yield all lines of *path*, at least one, about CHUNK bytes at a time. Raises TraceError.

    The last line gets a line end if it has none, and a UTF-8 byte order mark is left out.
    """
    with _opened(path) as raw:
        size = os.fstat(raw.fileno()).st_size
        text = _unpacked(raw, path)
        first, rest = 1, b""
        chunk = _read(text, path)
        if chunk.startswith(_UTF16_BOMS):
            raise TraceError("UTF-16 text", path=path, hint="save it as UTF-8")
        chunk = chunk.removeprefix(_UTF8_BOM)
        if not chunk:
            raise TraceError("the file is empty", path=path)
        while chunk:
            chunk = rest + chunk
            end = chunk.rfind(b"\n") + 1
            lines, rest = chunk[:end], chunk[end:]
            if lines:
                _check(lines, first, path)
                yield Lines(lines, first, raw.tell() / size)
                first += lines.count(b"\n")
            _check(rest, first, path)
            chunk = _read(text, path)
        if rest:
            yield Lines(rest + b"\n", first, 1.0)


def quoted(line: bytes) -> str:
    """Return *line* as an error message shows it: in quotes, at most 60 characters of it."""
    text = line.rstrip(b"\r\n").decode("utf-8", "backslashreplace")
    shown = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text[:61])
    return f"'{shown}'" if len(text) <= 60 else f"'{shown[:60]}…'"


def _opened(path: Path) -> IO[bytes]:
    try:
        mode = path.stat().st_mode
        if stat.S_ISREG(mode):
            return path.open("rb")
    except FileNotFoundError:
        raise TraceError("no such file", path=path) from None
    except PermissionError:
        raise TraceError("no permission to read this file", path=path) from None
    except OSError as error:
        raise TraceError(f"cannot be opened: {error.strerror}", path=path) from None
    except ValueError as error:  # a zero byte in the name
        raise TraceError(f"no file can have this name: {error}", path=path) from None
    if stat.S_ISDIR(mode):
        raise TraceError("a folder, not a file", path=path, hint="name a trace file in it")
    raise TraceError(
        "a pipe or a device, not a file", path=path, hint="write the trace into a file first"
    )


def _unpacked(raw: IO[bytes], path: Path) -> _Text:
    head = raw.read(len(_XZ))
    raw.seek(0)
    for magic, packer in _OTHER_PACKERS.items():
        if head.startswith(magic):
            raise TraceError(
                f"packed with {packer}",
                path=path,
                hint="unpack it first, or pack it with xz or gzip",
            )
    if head and _XZ.startswith(head):
        return lzma.LZMAFile(raw)
    if head.startswith(_GZIP):
        return gzip.GzipFile(fileobj=raw)
    return raw


def _read(text: _Text, path: Path) -> bytes:
    try:
        return text.read(CHUNK)
    except EOFError:
        problem = "the compressed data end too early"
    except (lzma.LZMAError, zlib.error, gzip.BadGzipFile) as error:
        problem = f"the compressed data are damaged: {error}"
    except MemoryError:
        problem = "the compressed data ask for more memory than there is"
    except OSError as error:
        raise TraceError(f"cannot be read: {error.strerror}", path=path) from None
    raise TraceError(problem, path=path, hint="copy the file again, or make the trace again")


def _check(lines: bytes, first: int, path: Path) -> None:
    """Raise TraceError for a zero byte, and for a first line that is too long: others cannot be."""
    zero = lines.find(b"\0")
    if zero >= 0:
        line = first + lines.count(b"\n", 0, zero)
        raise TraceError("binary data, not text: a zero byte", path=path, line=line)
    length = lines.find(b"\n") if b"\n" in lines else len(lines)
    if length > MAX_LINE:
        raise TraceError(f"a line of more than {MAX_LINE:,} bytes", path=path, line=first)
