"""The first line of a page-write trace: what it promises, read strictly."""

import re
from pathlib import Path

import msgspec

from pmlviz.core.errors import TraceError
from pmlviz.core.trace_text import quoted
from pmlviz.core.units import PAGE_SIZE
from pmlviz.core.write_trace import MAX_PAGES, MAX_VCPUS

VERSION = 1

_HEADER = re.compile(rb"# pwt ([0-9]+)((?: +[^ =]+=[^ ]+)*) *")
_FIELD = re.compile(r"([^ =]+)=([^ ]+)")
_NUMBER = re.compile("[0-9]{1,18}")
_NEEDED = ("source", "vcpus", "page", "epoch_insns", "time")


class PwtHeader(msgspec.Struct, frozen=True):
    """What the first line says."""

    vcpus: int
    pages: int | None
    """Guest frames; None: the trace has virtual pages."""
    epoch_insns: int
    host: bool
    """Whether every E line says when it was on the host."""


def read_header(line: bytes, path: Path) -> PwtHeader:
    """Return what *line*, the first one of *path*, promises. Raises TraceError.

    Fields that pmlviz has no use for are let be.
    """
    match = _HEADER.fullmatch(line.rstrip(b"\r\n"))
    if not match:
        raise TraceError(
            f"expected '# pwt {VERSION}  <name>=<value> …', got {quoted(line)}", path=path, line=1
        )
    if int(match[1]) != VERSION:
        raise TraceError(
            f"page-write trace of version {int(match[1])}",
            path=path,
            line=1,
            hint=f"this pmlviz reads version {VERSION}",
        )
    fields = fields_of(match[2], path, 1)
    virtual = fields.get("space") == "virtual"
    needed = _NEEDED if virtual else (*_NEEDED, "pages")
    if missing := [f"{name}=" for name in needed if name not in fields]:
        raise TraceError(f"the header lacks {', '.join(missing)}", path=path, line=1)
    if virtual and "pages" in fields:
        raise TraceError("the header has space=virtual and pages=", path=path, line=1)
    for name, words in (
        ("page", (str(PAGE_SIZE),)),
        ("time", ("guest-instructions",)),
        ("space", ("virtual",)),
        ("host", ("0", "1")),
    ):
        if fields.get(name, words[0]) not in words:
            expected = " or ".join(f"{name}={word}" for word in words)
            raise TraceError(f"expected {expected}, got {name}={fields[name]}", path=path, line=1)
    return PwtHeader(
        vcpus=_number(fields, "vcpus", MAX_VCPUS, path),
        pages=None if virtual else _number(fields, "pages", MAX_PAGES, path),
        epoch_insns=_number(fields, "epoch_insns", 10**18 - 1, path),
        host=fields.get("host") == "1",
    )


def fields_of(text: bytes, path: Path, line: int) -> dict[str, str]:
    """Return the `name=value` fields of *text*. Raises TraceError when a name stands twice."""
    fields: dict[str, str] = {}
    for name, value in _FIELD.findall(text.decode("utf-8", "backslashreplace")):
        if name in fields:
            raise TraceError(f"{name}= stands twice", path=path, line=line)
        fields[name] = value
    return fields


def number_of(text: str) -> int | None:
    """Return the decimal number *text*, or None when it is none or has more than 18 digits."""
    return int(text) if _NUMBER.fullmatch(text) else None


def _number(fields: dict[str, str], name: str, most: int, path: Path) -> int:
    number = number_of(fields[name])
    if number is None or not 1 <= number <= most:
        raise TraceError(
            f"expected {name}= from 1 to {most:,}, got {name}={fields[name]}", path=path, line=1
        )
    return number
