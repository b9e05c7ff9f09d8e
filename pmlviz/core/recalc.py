"""Type changes of many entries: lazily, by misconfiguring them, or at once (Xen: mm/p2m-ept.c).

Lazily means: only the present entries of the root get emt 7 and recalc. The first touch of
anything below exits with EPT_MISCONFIG; `resolve_misconfig` then repairs that path alone and
pushes the mark down to its siblings.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pmlviz.core.axes import Strategy
from pmlviz.core.bitset import Bitset
from pmlviz.core.ept import (
    FIELDS,
    RECALC,
    RWX,
    SP,
    A,
    D,
    EptEntry,
    MemType,
    P2mType,
    entry_at,
)
from pmlviz.core.events import (
    EntryRetyped,
    EptInvalidated,
    RecalcMarked,
    RecalcPushed,
    SpuriousMisconfigExpected,
    TableRetyped,
)
from pmlviz.core.p2m import is_ram, marked, retyped
from pmlviz.core.run import Run
from pmlviz.core.state import State
from pmlviz.core.units import ROOT_LEVEL, EptLevel, Geometry, Gfn, Mfn

Words = NDArray[np.uint64]

_ALL = (1 << 64) - 1
_EMT = ((1 << FIELDS["emt"].width) - 1) << FIELDS["emt"].low
_P2MT_LOW = FIELDS["p2mt"].low
_P2MT = (1 << FIELDS["p2mt"].width) - 1
_FLAGS = RWX | A | D
_MARK = MemType.RECALC << FIELDS["emt"].low | RECALC
_WB = MemType.WB << FIELDS["emt"].low


def words(page: bytes) -> Words:
    """Return the 64-bit words of *page*, uint64, read-only."""
    return np.frombuffer(page, dtype="<u8")


def first_gfn(gfn: int, level: EptLevel, geometry: Geometry) -> Gfn:
    """Return the first gfn that the entry of *level* for *gfn* covers."""
    return Gfn(gfn & ~(geometry.pages(level) - 1))


def recalculated_type(state: State, p2mt: int) -> int:
    """Return the type that an entry of *p2mt* with recalc set gets (p2m_recalc_type)."""
    if not is_ram(p2mt):
        return p2mt
    return P2mType.RAM_LOGDIRTY if state.domain.global_logdirty else P2mType.RAM_RW


def sync_domain(run: Run) -> None:
    """INVEPT on every CPU of the domain (ept_sync_domain)."""
    run.emit(EptInvalidated(tuple(range(len(run.state.vcpus)))))


def mark_root(run: Run) -> bool:
    """Misconfigure the present root entries; return whether any was not so (ept_invalidate_emt)."""
    state = run.state
    root, geometry = state.domain.root, state.geometry
    page, changed = state.memory[root], False
    for index in map(int, np.flatnonzero(words(page) & RWX)):
        old = entry_at(page, index)
        new = marked(old)
        if new != old:
            gfn = Gfn(index << geometry.order(ROOT_LEVEL))
            run.emit(RecalcMarked(root, index, ROOT_LEVEL, gfn, old, new))
            changed = True
    return changed


def expect_spurious(run: Run, *, but: int | None = None) -> None:
    """Let each vCPU except *but* meet one repaired misconfiguration (ept_spurious_misconfig)."""
    vcpus = enumerate(run.state.vcpus)
    others = tuple(n for n, v in vcpus if n != but and not v.spurious_misconfig)
    if others:
        run.emit(SpuriousMisconfigExpected(others, on=True))


def needs_resolve(state: State, gfn: int) -> bool:
    """Return whether `resolve_misconfig` would repair an entry on the path of *gfn*."""
    table = state.domain.root
    for level in reversed(EptLevel):
        entry = entry_at(state.memory[table], state.geometry.index(gfn, level))
        if entry.emt == MemType.RECALC and (entry.present or level == EptLevel.PTE):
            return True
        if entry.is_leaf(level) or not entry.present or entry.emt:
            return False
        table = entry.mfn
    return False


def resolve_misconfig(run: Run, strategy: Strategy, gfn: int) -> bool:
    """Repair the marked entries on the path of *gfn*; return whether there were any.

    Xen's resolve_misconfig. Nothing is invalidated: a misconfigured entry is never cached (SDM,
    "EPT Misconfigurations").
    """
    geometry = run.state.geometry
    table, level, repaired = run.state.domain.root, ROOT_LEVEL, False
    while True:
        index = geometry.index(gfn, level)
        entry = entry_at(run.state.memory[table], index)
        is_marked = entry.emt == MemType.RECALC
        if not entry.present and level > EptLevel.PTE:
            return repaired
        if entry.is_leaf(level):
            if not is_marked:
                return repaired
            if level == EptLevel.PTE:
                _repair_table(run, strategy, table, gfn)
            else:
                _repair_superpage(run, strategy, table, index, level, gfn, entry)
            return True
        if entry.emt and not is_marked:
            return repaired
        if is_marked:
            child = _pushed(run.state.memory[entry.mfn], recalc=entry.recalc)
            new = entry.replace(emt=0, recalc=0)
            at = first_gfn(gfn, level, geometry)
            run.emit(RecalcPushed(table, index, level, at, entry, new, entry.mfn, child))
            repaired = True
        table, level = entry.mfn, EptLevel(level - 1)


def _pushed(page: bytes, *, recalc: bool) -> bytes:
    old = words(page)
    return np.where(old & RWX, old | (_MARK if recalc else _EMT), old).tobytes()


def _repair_superpage(
    run: Run, strategy: Strategy, table: Mfn, index: int, level: EptLevel, gfn: int, old: EptEntry
) -> None:
    # Unlike a 4 KiB page, a superpage gets its flags anew even if its type stays as it is.
    if old.recalc and is_ram(old.p2mt):
        p2mt = recalculated_type(run.state, old.p2mt)
        new = retyped(old, p2mt, strategy.tracking.flags(run.state, p2mt, level))
    else:
        new = old.replace(emt=MemType.WB, recalc=0)
    at = first_gfn(gfn, level, run.state.geometry)
    run.emit(EntryRetyped(table, index, level, at, old, new))


def _repair_table(run: Run, strategy: Strategy, table: Mfn, gfn: int) -> None:
    # All entries of the table, not only the one touched. A page whose type stays keeps its W and D.
    state = run.state
    p2mt = recalculated_type(state, P2mType.RAM_RW)
    flags = strategy.tracking.flags(state, p2mt, EptLevel.PTE)
    old = words(state.memory[table])
    types = (old >> _P2MT_LOW) & _P2MT
    changed = ((old & RWX) != 0) & ((old & RECALC) != 0) & (types != p2mt)
    changed &= (types == P2mType.RAM_RW) | (types == P2mType.RAM_LOGDIRTY)
    new = np.where(old & RWX, old & (_ALL ^ _EMT ^ RECALC) | _WB, old)
    new = np.where(changed, _with_type(new, p2mt, flags), new)
    run.emit(
        TableRetyped(
            table,
            EptLevel.PTE,
            first_gfn(gfn, EptLevel.PDE, state.geometry),
            int(np.count_nonzero(changed)),
            new.tobytes(),
        )
    )


def _with_type(old: Words, p2mt: int, flags: int) -> Words:
    keep = _ALL ^ _FLAGS ^ _EMT ^ RECALC ^ (_P2MT << _P2MT_LOW)
    return old & np.uint64(keep) | np.uint64(flags | _WB | p2mt << _P2MT_LOW)


class LeafTable(NamedTuple):
    """A table with leaves, the level of its entries, its first gfn; *ram*: which are RAM leaves."""

    table: Mfn
    level: EptLevel
    gfn: Gfn
    ram: NDArray[np.bool_]


def leaf_tables(state: State) -> Iterator[LeafTable]:
    """Yield each table that holds a leaf of RAM, in order of gfn."""
    geometry = state.geometry

    def below(table: Mfn, level: EptLevel, gfn: int) -> Iterator[LeafTable]:
        page = state.memory[table]
        entries = words(page)
        present = (entries & RWX) != 0
        leaf = present if level == EptLevel.PTE else present & ((entries & SP) != 0)
        if level < ROOT_LEVEL and leaf.any():
            types = (entries >> _P2MT_LOW) & _P2MT
            ram = leaf & ((types == P2mType.RAM_RW) | (types == P2mType.RAM_LOGDIRTY))
            yield LeafTable(table, level, Gfn(gfn), ram)
        if level > EptLevel.PTE:
            for index in map(int, np.flatnonzero(present & ~leaf)):
                at = gfn + (index << geometry.order(level))
                yield from below(entry_at(page, index).mfn, EptLevel(level - 1), at)

    yield from below(state.domain.root, ROOT_LEVEL, 0)


def retype_all(run: Run, strategy: Strategy, p2mt: int, only: Bitset | None = None) -> bool:
    """Give every RAM leaf (that maps a page of *only*) the type *p2mt* and its flags.

    One event a table. Return whether anything changed; the caller invalidates.
    """
    changed = False
    for found in leaf_tables(run.state):
        chosen = found.ram if only is None else found.ram & _covers(run.state, found, only)
        old = words(run.state.memory[found.table])
        flags = strategy.tracking.flags(run.state, p2mt, found.level)
        new = np.where(chosen, _with_type(old, p2mt, flags), old)
        n_changed = int(np.count_nonzero(new != old))
        if n_changed:
            run.emit(TableRetyped(found.table, found.level, found.gfn, n_changed, new.tobytes()))
            changed = True
    return changed


def _covers(state: State, found: LeafTable, gfns: Bitset) -> NDArray[np.bool_]:
    """Return, for each entry of *found*, whether it maps a page of *gfns*."""
    geometry = state.geometry
    size, n = geometry.pages(found.level), geometry.entries
    hit = np.zeros(n, dtype=np.bool_)
    for number, bits in gfns.leaves.items():
        base = (number << gfns.leaf_bits) - found.gfn
        low, high = max(0, -base), min(1 << gfns.leaf_bits, n * size - base)
        if low >= high:
            continue
        window = (bits >> low) & ((1 << (high - low)) - 1)
        while window:
            lowest = (window & -window).bit_length() - 1
            index = (base + low + lowest) // size
            hit[index] = True
            done = (index + 1) * size - base - low
            window = window >> done << done
    return hit
