"""Guest paging: four levels of the guest's own tables, each entry read through EPT.

SDM, "Hierarchical Paging Structures: an Overview" (4-level paging), with the EPT behaviour of "EPT
Translation Mechanism": with guest paging on, every paging-structure entry lies at a guest-physical
address. Left out, since they are not about EPT: U/S, protection keys, global pages, page faults.
"""

import struct
from typing import NamedTuple

from pmlviz.core.ept import Memory
from pmlviz.core.ept_access import WALK_WRITE, ept_access, mode_of
from pmlviz.core.errors import IllegalAction
from pmlviz.core.events import GuestEntryUpdated
from pmlviz.core.exits import AccessKind
from pmlviz.core.run import Run
from pmlviz.core.state import GuestPaging
from pmlviz.core.units import (
    PAGE_SHIFT,
    PAGE_SIZE,
    EptLevel,
    Geometry,
    Gfn,
    Gla,
    Gpa,
    Mfn,
    fmt,
    gfn_of,
    page_gpa,
)

_WORD = struct.Struct("<Q")

#  63 62:52  51:12   11:9  8 7  6 5  4   3   2   1   0
# +--+-----+-------+------+-+--+-+-+---+---+---+---+-+
# |XD| ign | frame | ign  |G|PS|D|A|PCD|PWT|U/S|R/W|P|   D, and G, in an entry that maps a page only
# +--+-----+-------+------+-+--+-+-+---+---+---+---+-+
P, RW, A, D, PS, XD = 1 << 0, 1 << 1, 1 << 5, 1 << 6, 1 << 7, 1 << 63
_FRAME = ((1 << 52) - 1) & -PAGE_SIZE
_PAT = 1
"""Bit 12 of an entry that maps a large page chooses the memory type: it is no bit of the frame."""


class Translation(NamedTuple):
    """What the guest's tables say of one linear address."""

    gpa: Gpa
    w: bool
    """Writes are allowed and the guest's D flag is set: a write has nothing left to do here."""
    x: bool


def guest_walk(
    run: Run, vcpu: int, paging: GuestPaging, gla: Gla, kind: AccessKind
) -> Translation | None:
    """Translate *gla* by the guest's tables; None if a VM exit came instead.

    Raises IllegalAction where the guest itself would have a page fault.
    """
    geometry = run.state.geometry
    page = gla >> PAGE_SHIFT
    table = gfn_of(paging.cr3)
    w = x = True
    for level in reversed(EptLevel):
        at = Gpa(page_gpa(table) + 8 * geometry.index(page, level))
        mode = mode_of(AccessKind.WALK, run.state.vcpus[vcpu])
        reached = ept_access(run, vcpu, mode, at, gla, guest_level=level)
        if reached is None:
            return None
        entry = _word(run.state.memory, reached.mfn, at)
        if not entry & P:
            raise _page_fault(gla, f"its guest {level.name} is not present")
        w, x = w and bool(entry & RW), x and not entry & XD
        last = level == EptLevel.PTE or bool(entry & PS)
        if last:
            _check(gla, level, entry, kind, geometry, w=w, x=x)
        used = entry | A | (D if last and kind.writes else 0)
        if used != entry and not _update(run, vcpu, at, gla, level, used):
            return None
        if last:
            gfn = (entry & _FRAME) >> PAGE_SHIFT
            inside = geometry.pages(level) - 1
            gpa = page_gpa(gfn & ~inside | page & inside) | gla & (PAGE_SIZE - 1)
            return Translation(Gpa(gpa), w and bool(used & D), x)
        table = Gfn((entry & _FRAME) >> PAGE_SHIFT)
    raise AssertionError


def _update(run: Run, vcpu: int, at: Gpa, gla: Gla, level: EptLevel, value: int) -> bool:
    """Set A or D in the guest's own entry at *at*; False if a VM exit came instead."""
    this = run.state.vcpus[vcpu]
    # With EPT's flags off the walk was a read, and only this is a write (SDM, "EPT Violations").
    mode = mode_of(AccessKind.WALK, this) if this.ad else WALK_WRITE
    reached = ept_access(run, vcpu, mode, at, gla, guest_level=level)
    if reached is None:
        return False
    index = (at & (PAGE_SIZE - 1)) >> 3
    run.emit(GuestEntryUpdated(vcpu, reached.mfn, index, gfn_of(at), value))
    return True


def _check(
    gla: Gla,
    level: EptLevel,
    entry: int,
    kind: AccessKind,
    geometry: Geometry,
    *,
    w: bool,
    x: bool,
) -> None:
    """Raise IllegalAction unless the guest's entry that maps *gla* allows an access of *kind*."""
    low = (geometry.pages(level) - 1) & ~_PAT
    if level == EptLevel.PML4E or (entry & _FRAME) >> PAGE_SHIFT & low:
        raise _page_fault(gla, f"its guest {level.name} has a reserved bit set")
    if kind.writes and not w:
        raise _page_fault(gla, "the guest's own tables forbid the write")
    if kind is AccessKind.FETCH and not x:
        raise _page_fault(gla, "the guest's own tables forbid the fetch")


def _page_fault(gla: Gla, why: str) -> IllegalAction:
    return IllegalAction(
        f"a guest page fault at linear address {fmt(gla)}: {why}",
        hint="guest page faults are outside the model; mend the guest's tables first",
    )


def _word(memory: Memory, mfn: Mfn, at: Gpa) -> int:
    page = memory.get(mfn)
    if page is None:
        return 0
    word: int = _WORD.unpack_from(page, at & (PAGE_SIZE - 1))[0]
    return word
