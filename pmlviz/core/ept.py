"""EPT entries, and EPT tables as the 4 KiB pages of memory that they are.

An entry *is* its 64 bits. A table is `bytes`: 512 little-endian words on a real machine. Tables
live in a map from machine frame to page (`Memory`), found from one another by the frame number in
an entry, as in the real thing; a write therefore replaces one page and shares all others with the
state before.
"""

import struct
from collections.abc import Iterator
from enum import IntEnum
from typing import Any, NamedTuple, Self

import msgspec
from immutables import Map

from pmlviz.core.units import (
    MFN_WIDTH,
    PAGE_SHIFT,
    ROOT_LEVEL,
    EptLevel,
    Geometry,
    Gfn,
    Mfn,
)

_WORD = struct.Struct("<Q")
_MFN_MASK = ((1 << MFN_WIDTH) - 1) << PAGE_SHIFT

Memory = Map[Mfn, bytes]
"""The pages of machine memory that hold something the model reads."""


class P2mType(IntEnum):
    """Xen's p2m_type_t, stored in bits 57:52 (asm/p2m.h).

    Those that the model uses.
    """

    RAM_RW = 0
    INVALID = 1
    RAM_LOGDIRTY = 2
    RAM_RO = 3
    MMIO_DM = 4
    MMIO_DIRECT = 5
    POD = 6
    IOREQ_SERVER = 15


class MemType(IntEnum):
    """EPT memory types (SDM, Table 28-6); 2, 3 and 7 are reserved.

    Xen writes 7 to force exit 49.
    """

    UC = 0
    WC = 1
    WT = 4
    WP = 5
    WB = 6
    RECALC = 7


RESERVED_EMT = frozenset({2, 3, 7})


class Field(NamedTuple):
    """A bit field: its lowest bit and its width."""

    low: int
    width: int


#  63 62:59  58 57:52   51:12   11  10     9 8 7  6    5:3  2 1 0
# +--+------+--+-------+-------+---+------+-+-+--+----+----+-+-+-+
# |ve|access|pw|sa_p2mt|  mfn  |snp|recalc|D|A|sp|ipat|emt |X|W|R|   Xen's ept_entry_t
# (asm/hvm/vmx/vmx.h)
# +--+------+--+-------+-------+---+------+-+-+--+----+----+-+-+-+
# D counts in a leaf only; bits 10, 11 and 62:52 are ignored by the processor (SDM, Tables 28-1 to
# 28-6).
FIELDS: dict[str, Field] = {
    "r": Field(0, 1),
    "w": Field(1, 1),
    "x": Field(2, 1),
    "emt": Field(3, 3),
    "ipat": Field(6, 1),
    "sp": Field(7, 1),
    "a": Field(8, 1),
    "d": Field(9, 1),
    "recalc": Field(10, 1),
    "snp": Field(11, 1),
    "mfn": Field(12, 40),
    "p2mt": Field(52, 6),
    "pw": Field(58, 1),
    "access": Field(59, 4),
    "sve": Field(63, 1),
}
R, W, X, SP, A, D, RECALC = 1 << 0, 1 << 1, 1 << 2, 1 << 7, 1 << 8, 1 << 9, 1 << 10
RWX = R | W | X


class EptEntry(int):
    """One EPT entry: its raw 64 bits, with the layout above as properties."""

    __slots__ = ()

    @classmethod
    def build(cls, **fields: int) -> Self:
        """Return the entry with *fields* set and all others 0; names as in `FIELDS`."""
        return cls(0).replace(**fields)

    def replace(self, **fields: int) -> Self:
        """Return a copy with *fields* changed.

        Raises KeyError for an unknown field, ValueError if one overflows.
        """
        raw = int(self)
        for name, value in fields.items():
            low, width = FIELDS[name]
            if not 0 <= value < 1 << width:
                msg = f"{name}={value} does not fit {width} bits"
                raise ValueError(msg)
            raw = raw & ~(((1 << width) - 1) << low) | value << low
        return type(self)(raw)

    @property
    def r(self) -> bool:
        """Bit 0: reads allowed."""
        return bool(self & R)

    @property
    def w(self) -> bool:
        """Bit 1: writes allowed."""
        return bool(self & W)

    @property
    def x(self) -> bool:
        """Bit 2: instruction fetches allowed."""
        return bool(self & X)

    @property
    def emt(self) -> int:
        """Bits 5:3: memory type of a leaf; Xen's 7 in a non-leaf means recalculate."""
        return (self >> 3) & 7

    @property
    def ipat(self) -> bool:
        """Bit 6 of a leaf: ignore PAT."""
        return bool(self & 0x40)

    @property
    def sp(self) -> bool:
        """Bit 7: in a PDPTE or PDE, this entry maps a superpage."""
        return bool(self & SP)

    @property
    def a(self) -> bool:
        """Bit 8: accessed."""
        return bool(self & A)

    @property
    def d(self) -> bool:
        """Bit 9: dirty; meaningful in a leaf only."""
        return bool(self & D)

    @property
    def recalc(self) -> bool:
        """Bit 10: Xen must recompute this entry's type."""
        return bool(self & RECALC)

    @property
    def mfn(self) -> Mfn:
        """Bits 51:12: the frame of the next table or of the page."""
        return Mfn((self & _MFN_MASK) >> PAGE_SHIFT)

    @property
    def p2mt(self) -> int:
        """Bits 57:52: Xen's page type (a number: an entry may hold one that `P2mType` does not
        name).
        """
        return (self >> 52) & 0x3F

    @property
    def access(self) -> int:
        """Bits 62:59: Xen's p2m_access; 7 is rwx."""
        return (self >> 59) & 0xF

    @property
    def sve(self) -> bool:
        """Bit 63: suppress #VE."""
        return bool(self >> 63)

    @property
    def present(self) -> bool:
        """Bits 2:0 are not all zero."""
        return bool(self & RWX)

    def is_leaf(self, level: EptLevel) -> bool:
        """Return whether this entry, at *level*, maps a page rather than a table."""
        return level == EptLevel.PTE or (level < EptLevel.PML4E and bool(self & SP))


EMPTY = EptEntry(0)


def empty_table(geometry: Geometry) -> bytes:
    """Return a table with no entry present."""
    return bytes(8 * geometry.entries)


def entry_at(table: bytes, index: int) -> EptEntry:
    """Return the entry at *index* of *table*."""
    return EptEntry(_WORD.unpack_from(table, 8 * index)[0])


def with_word(page: bytes, index: int, value: int) -> bytes:
    """Return *page* with its 64-bit word *index* replaced."""
    return page[: 8 * index] + _WORD.pack(value) + page[8 * index + 8 :]


class PathStep(msgspec.Struct, frozen=True, gc=False):
    """One entry met on a walk: where it lies and what it holds."""

    level: EptLevel
    table: Mfn
    index: int
    entry: EptEntry


def walk(memory: Memory, root: Mfn, gfn: int, geometry: Geometry) -> tuple[PathStep, ...]:
    """Return the entries from the root down to the leaf for *gfn*, or to the first that is not
    present.
    """
    steps: list[PathStep] = []
    table = root
    for level in (EptLevel.PML4E, EptLevel.PDPTE, EptLevel.PDE, EptLevel.PTE):
        index = geometry.index(gfn, level)
        page = memory.get(table)
        # A frame that nothing was ever written to holds zeros.
        entry = entry_at(page, index) if page is not None else EMPTY
        steps.append(PathStep(level, table, index, entry))
        if not entry.present or entry.is_leaf(level):
            break
        table = entry.mfn
    return tuple(steps)


def leaves(memory: Memory, root: Mfn, geometry: Geometry) -> Iterator[tuple[Gfn, PathStep]]:
    """Yield (first gfn, step) of each present leaf under *root*, in order of gfn."""

    def below(table: Mfn, level: EptLevel, first: int) -> Iterator[tuple[Gfn, PathStep]]:
        page = memory.get(table)
        if page is None:
            return
        for index in range(geometry.entries):
            entry = entry_at(page, index)
            if not entry.present:
                continue
            gfn = first + (index << geometry.order(level))
            if entry.is_leaf(level):
                yield Gfn(gfn), PathStep(level, table, index, entry)
            else:
                yield from below(entry.mfn, EptLevel(level - 1), gfn)

    yield from below(root, ROOT_LEVEL, 0)


def describe_fields(entry: EptEntry) -> dict[str, Any]:
    """Return every field of *entry* by name, in order from bit 0."""
    return {name: (entry >> f.low) & ((1 << f.width) - 1) for name, f in FIELDS.items()}
