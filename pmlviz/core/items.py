"""Script items: one thing the outside world wants, as a line of text and as a value.

    write 0x5000              one byte at a guest address, by vCPU 0
    vcpu1 write gfn 3         by another vCPU; `gfn N` is the first byte of a frame
    write gfn 0..511          one item for each frame of the range
    write 0x5ffc size 8       an access may straddle two pages
    read, fetch, rmw, walk    likewise; `walk` is the page walker's own access
    enable disable peek clean copy-all stop-and-copy drain invept
    set-index 0x200           software writes the PML index: from here on the run is tampered with

Numbers are decimal or 0x hex; `#` starts a comment.
"""

import difflib
import re
from enum import Enum

import msgspec

from pmlviz.core.actions import (
    Action,
    CleanBitmap,
    CopyAll,
    DisableLogDirty,
    DrainPml,
    EnableLogDirty,
    GuestAccess,
    Invept,
    PeekBitmap,
    StopAndCopy,
    WritePmlIndex,
)
from pmlviz.core.errors import ScriptError
from pmlviz.core.exits import AccessKind
from pmlviz.core.pml import INDEX_MASK
from pmlviz.core.units import PAGE_SHIFT, PAGE_SIZE, Gla, fmt


class Op(Enum):
    """What an item wants, spelled as in a script."""

    READ = "read"
    WRITE = "write"
    FETCH = "fetch"
    RMW = "rmw"
    WALK = "walk"
    ENABLE = "enable"
    DISABLE = "disable"
    PEEK = "peek"
    CLEAN = "clean"
    COPY_ALL = "copy-all"
    STOP_AND_COPY = "stop-and-copy"
    DRAIN = "drain"
    INVEPT = "invept"
    SET_INDEX = "set-index"


ACCESSES = {
    Op.READ: AccessKind.READ,
    Op.WRITE: AccessKind.WRITE,
    Op.FETCH: AccessKind.FETCH,
    Op.RMW: AccessKind.RMW,
    Op.WALK: AccessKind.WALK,
}
MAX_RANGE = 1 << 20
_END = 1 << 64


class Item(msgspec.Struct, frozen=True, gc=False):
    """One item.

    *value* is the guest-linear address of an access, or the index of `set-index`.
    """

    op: Op
    value: int = 0
    vcpu: int = 0
    size: int = 1
    send: bool = True
    """Of a CLEAN: the toolstack copies the pages it is given."""

    @property
    def is_access(self) -> bool:
        """Whether the guest (not the toolstack or hypervisor) does it."""
        return self.op in ACCESSES

    @property
    def text(self) -> str:
        """The item as a script line, without a comment.

        `parse_line` reads it back, but for `send`, which only the cleans of a trace set.
        """
        who = f"vcpu{self.vcpu} " if self.vcpu else ""
        if self.is_access:
            size = f" size {self.size}" if self.size != 1 else ""
            return f"{who}{self.op.value} {fmt(self.value)}{size}"
        if self.op is Op.SET_INDEX:
            return f"{who}{self.op.value} {fmt(self.value)}"
        return str(self.op.value)

    @property
    def action(self) -> Action:
        """The action that the item asks for first."""
        match self.op:
            case Op.READ | Op.WRITE | Op.FETCH | Op.RMW | Op.WALK:
                return GuestAccess(self.vcpu, ACCESSES[self.op], Gla(self.value), self.size)
            case Op.ENABLE:
                return EnableLogDirty()
            case Op.DISABLE:
                return DisableLogDirty()
            case Op.PEEK:
                return PeekBitmap()
            case Op.CLEAN:
                return CleanBitmap(send=self.send)
            case Op.COPY_ALL:
                return CopyAll()
            case Op.STOP_AND_COPY:
                return StopAndCopy()
            case Op.DRAIN:
                return DrainPml()
            case Op.INVEPT:
                return Invept()
            case Op.SET_INDEX:
                return WritePmlIndex(self.vcpu, self.value)


_OPS = {op.value: op for op in Op}
_VCPU = re.compile(r"vcpu([0-9]{1,9})\Z")
_NUMBER = re.compile(r"(0[xX][0-9a-fA-F]{1,64}|[0-9]{1,64})\Z")


def parse_number(text: str, place: str = "") -> int:
    """Return the number that *text* spells, decimal or 0x hex.

    Raises ScriptError.
    """
    if not _NUMBER.match(text):
        shown = text if len(text) <= 40 else f"{text[:36]} …"
        raise ScriptError(f"{shown!r} is not a number", place=place, hint="decimal, or hex with 0x")
    return int(text, 16) if text[:2].lower() == "0x" else int(text)


def parse_line(text: str, place: str = "") -> tuple[Item, ...]:
    """Return the items of one script line: none for a comment, several for a range.

    Raises ScriptError at *place*.
    """
    words = text.split("#", 1)[0].split()
    if not words:
        return ()
    by = _VCPU.match(words[0])
    vcpu = int(by.group(1)) if by else 0
    if by and len(words) == 1:
        hint = f"for example: {words[0]} write 0x5000"
        raise ScriptError("a vCPU but no operation", place=place, hint=hint)
    name, *rest = words[1:] if by else words
    op = _OPS.get(name)
    if op is None:
        near = difflib.get_close_matches(name, _OPS, 1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        hint += f"({', '.join(sorted(_OPS))})"
        raise ScriptError(f"unknown operation {name!r}", place=place, hint=hint)
    if op in ACCESSES:
        return _access(op, vcpu, rest, place)
    if op is Op.SET_INDEX:
        return (_set_index(vcpu, rest, place),)
    if rest:
        raise ScriptError(f"{name} takes nothing after it, got {rest[0]!r}", place=place)
    if by:
        hint = "it is of the whole domain"
        raise ScriptError(f"{name} takes no vCPU, got {words[0]!r}", place=place, hint=hint)
    return (Item(op),)


def _set_index(vcpu: int, words: list[str], place: str) -> Item:
    if len(words) != 1:
        hint = "for example: set-index 0x200"
        raise ScriptError("set-index takes one number", place=place, hint=hint)
    index = parse_number(words[0], place)
    if index > INDEX_MASK:
        hint = f"0 to {fmt(INDEX_MASK)}"
        raise ScriptError(f"index {fmt(index)} does not fit 16 bits", place=place, hint=hint)
    return Item(Op.SET_INDEX, index, vcpu)


def _access(op: Op, vcpu: int, words: list[str], place: str) -> tuple[Item, ...]:
    name = op.value
    size, shift = 1, 0
    if len(words) >= 2 and words[-2] == "size":
        size = parse_number(words[-1], place)
        words = words[:-2]
        if not 1 <= size <= PAGE_SIZE:
            hint = f"an access has 1 to {PAGE_SIZE} bytes"
            raise ScriptError(f"size {size}", place=place, hint=hint)
    if words and words[0] == "gfn":
        shift = PAGE_SHIFT
        words = words[1:]
    if len(words) != 1:
        usage = f"{name} 0x5000, {name} gfn 5, {name} gfn 0..511, {name} 0x5ffc size 8"
        raise ScriptError(f"{name} takes one address", place=place, hint=f"for example: {usage}")
    first, dots, last = words[0].partition("..")
    low = parse_number(first, place)
    high = parse_number(last, place) if dots else low
    step = 1 << (PAGE_SHIFT - shift)
    if high < low or (high - low) // step >= MAX_RANGE:
        hint = f"the second end is not below the first, at most {MAX_RANGE} pages"
        raise ScriptError(f"range {words[0]}", place=place, hint=hint)
    if (high << shift) + size > _END:
        hint = "guest addresses have 64 bits"
        raise ScriptError(f"{fmt(high << shift)} is no address", place=place, hint=hint)
    return tuple(Item(op, at << shift, vcpu, size) for at in range(low, high + 1, step))
