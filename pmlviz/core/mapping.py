"""One page of the p2m: look it up, split its superpage, change its type (Xen: mm/p2m-ept.c)."""

import msgspec
import numpy as np

from pmlviz.core.axes import Strategy
from pmlviz.core.ept import FIELDS, RECALC, RWX, SP, A, D, EptEntry, P2mType, entry_at
from pmlviz.core.events import EntryRetyped, SuperpageSplit
from pmlviz.core.p2m import middle, retyped
from pmlviz.core.recalc import (
    Words,
    expect_spurious,
    first_gfn,
    recalculated_type,
    resolve_misconfig,
)
from pmlviz.core.run import Run
from pmlviz.core.state import State
from pmlviz.core.units import PAGE_SHIFT, EptLevel, Mfn

_SET_ANEW = RWX | SP | A | D
_EMT = ((1 << FIELDS["emt"].width) - 1) << FIELDS["emt"].low
_DOWNWARD = tuple(reversed(EptLevel))


class Leaf(msgspec.Struct, frozen=True, gc=False):
    """The entry that maps a page, or the one not present where its walk ends."""

    table: Mfn
    index: int
    level: EptLevel
    entry: EptEntry
    recalc: bool
    """Set in an entry of the path."""
    marked: bool
    """An entry of the path has emt 7."""


def leaf_of(state: State, gfn: int) -> Leaf:
    """Return the leaf for *gfn*."""
    memory, bits = state.memory, state.geometry.table_bits
    table, seen, marked = state.domain.root, 0, False
    for level in _DOWNWARD:
        index = gfn >> bits * (level - 1) & (1 << bits) - 1
        entry = entry_at(memory[table], index)
        seen |= entry
        marked = marked or entry & _EMT == _EMT
        if level == EptLevel.PTE or not entry & RWX or entry.is_leaf(level):
            break
        table = entry.mfn
    return Leaf(table, index, level, entry, bool(seen & RECALC), marked)


def effective_type(state: State, leaf: Leaf) -> int:
    """Return the type of the page at *leaf*, marks on its path considered (ept_get_entry)."""
    if not leaf.entry.present:
        return P2mType.MMIO_DM
    return recalculated_type(state, leaf.entry.p2mt) if leaf.recalc else leaf.entry.p2mt


def split_superpage(
    run: Run, strategy: Strategy, leaf: Leaf, gfn: int, target: EptLevel = EptLevel.PTE
) -> None:
    """Replace superpage *leaf* around *gfn* by tables down to *target* (ept_split_super_page).

    Every part is split, not only that of *gfn*: a 1 GiB page becomes 513 tables at once.
    """
    frame = run.state.domain.next_mfn
    tables: list[tuple[Mfn, bytes]] = []

    def table_for(parent: EptEntry, level: EptLevel) -> Mfn:
        mfn = Mfn(frame + len(tables))
        tables.append((mfn, b""))
        children = _children(run.state, strategy, parent, level)
        if level > target:
            entries = (EptEntry(int(word)) for word in children)
            below = [middle(table_for(child, EptLevel(level - 1))) for child in entries]
            children = np.array(below, dtype="<u8")
        tables[mfn - frame] = (mfn, children.tobytes())
        return mfn

    new = middle(table_for(leaf.entry, EptLevel(leaf.level - 1)))
    at = first_gfn(gfn, leaf.level, run.state.geometry)
    run.emit(SuperpageSplit(leaf.table, leaf.index, leaf.level, at, leaf.entry, new, tuple(tables)))


def _children(state: State, strategy: Strategy, parent: EptEntry, level: EptLevel) -> Words:
    # Copies of the parent but for frame, sp and flags. D comes from the type, not the parent.
    geometry = state.geometry
    flags = strategy.superpages.child_flags(state, strategy, parent, level)
    sp = SP if level > EptLevel.PTE else 0
    first = int(parent) & ~_SET_ANEW | flags | sp
    shift = np.uint64(geometry.order(level) + PAGE_SHIFT)
    frames = np.arange(geometry.entries, dtype=np.uint64) << shift
    return np.uint64(first) + frames


def set_type(
    run: Run, strategy: Strategy, leaf: Leaf, gfn: int, p2mt: int, target: EptLevel = EptLevel.PTE
) -> None:
    """Give the page of size *target* around *gfn*, mapped by *leaf*, a type (ept_set_entry).

    Pending changes are carried out first, and a larger page is split. The caller invalidates.
    """
    if leaf.marked and resolve_misconfig(run, strategy, gfn):
        expect_spurious(run)
        leaf = leaf_of(run.state, gfn)
    if leaf.level > target:
        split_superpage(run, strategy, leaf, gfn, target)
        leaf = leaf_of(run.state, gfn)
    new = retyped(leaf.entry, p2mt, strategy.tracking.flags(run.state, p2mt, leaf.level))
    at = first_gfn(gfn, leaf.level, run.state.geometry)
    run.emit(EntryRetyped(leaf.table, leaf.index, leaf.level, at, leaf.entry, new))


def change_type_one(run: Run, strategy: Strategy, gfn: int, old: int, new: int) -> bool:
    """Change 4 KiB page *gfn* from type *old* to *new*; return False if it is not *old*.

    p2m_change_type_one, whose -EBUSY the callers ignore. The caller invalidates.
    """
    leaf = leaf_of(run.state, gfn)
    if effective_type(run.state, leaf) != old:
        return False
    set_type(run, strategy, leaf, gfn, new)
    return True
