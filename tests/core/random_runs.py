"""Hypothesis strategies for small machines and for what happens to them."""

from collections.abc import Iterator, Sequence

import msgspec
from hypothesis import strategies as st

from pmlviz.core.actions import (
    Action,
    CleanBitmap,
    CopyAll,
    DisableLogDirty,
    DrainPml,
    EnableLogDirty,
    GuestAccess,
    HandleExit,
    Invept,
    PeekBitmap,
    StopAndCopy,
    WriteEptEntry,
    WritePmlIndex,
)
from pmlviz.core.boot import boot
from pmlviz.core.ept import EptEntry, entry_at
from pmlviz.core.exits import AccessKind
from pmlviz.core.machine import enabled, step
from pmlviz.core.run import Step
from pmlviz.core.state import Platform, Region, State
from pmlviz.core.strategies import Strategy
from pmlviz.core.tlb import TlbPolicy
from pmlviz.core.units import PAGE_SHIFT, EptLevel, Geometry, Gfn, Gla

MAX_VCPUS = 2
MAX_GFN = 63
TRIES = 16
LENGTH = 50


class Choice(msgspec.Struct, frozen=True):
    """One thing to try. *to_rest*: handle exits and retry, as nothing in between may interfere."""

    action: Action
    to_rest: bool = False


class Flip(msgspec.Struct, frozen=True):
    """Software flips *bits* of entry *index* of the *table*-th EPT table (modulo their number)."""

    table: int
    index: int
    bits: int


_mostly = st.sampled_from((True, True, True, False))


@st.composite
def machines(draw: st.DrawFn, *, pml: bool | None = None) -> State:
    """Return a machine just booted, of pages of all sizes, with tiny tables and a tiny log."""
    geometry = Geometry(
        table_bits=draw(st.integers(1, 3)),
        pml_entries=draw(st.integers(1, 4)),
        leaf_bits=draw(st.integers(1, 5)),
    )
    platform = Platform(
        geometry=geometry,
        tlb_policy=draw(st.sampled_from(TlbPolicy)),
        ad=draw(_mostly) if pml is None else True,
        pml=draw(_mostly) if pml is None else pml,
        pml_pages=draw(st.sampled_from((None, None, None, 1))) if pml is None else None,
        exec_sp=draw(st.booleans()),
    )
    gfn, regions = 0, []
    levels = (EptLevel.PTE, EptLevel.PDE, EptLevel.PDPTE)
    for level in draw(st.lists(st.sampled_from(levels), min_size=1, max_size=4)):
        size = geometry.pages(level)
        gfn += -gfn % size
        pages = size * draw(st.integers(1, 4 if level == EptLevel.PTE else 2))
        if gfn + pages <= min(geometry.max_pages, MAX_GFN + 1):
            regions.append(Region(Gfn(gfn), pages, level))
        gfn += pages
    regions = regions or [Region(Gfn(0), 1, EptLevel.PTE)]
    return boot(regions, vcpus=draw(st.integers(1, MAX_VCPUS)), platform=platform)


_vcpus = st.integers(0, MAX_VCPUS - 1)
_accesses = st.builds(
    lambda vcpu, kind, gfn, straddles: GuestAccess(
        vcpu, kind, Gla(gfn << PAGE_SHIFT | 0xFFF * straddles), 1 + straddles
    ),
    _vcpus,
    st.sampled_from([AccessKind.WRITE, AccessKind.WRITE, AccessKind.WRITE, *AccessKind]),
    st.integers(0, MAX_GFN),
    st.sampled_from((False, False, False, True)),
)
_others = st.sampled_from(
    [
        *[HandleExit(vcpu) for vcpu in range(MAX_VCPUS)] * 3,
        *[CleanBitmap(send=True), CleanBitmap(send=False)] * 3,
        *[EnableLogDirty(), PeekBitmap()] * 2,
        *[DrainPml(), DrainPml(0), DrainPml(1), Invept(), Invept(0), CopyAll()],
        *[DisableLogDirty(), StopAndCopy()],
    ]
)
_choices = st.one_of(
    st.builds(Choice, _accesses, to_rest=_mostly),
    st.builds(Choice, _accesses, to_rest=_mostly),
    st.builds(Choice, _others),
)
_tampering = st.one_of(
    st.builds(
        Flip,
        st.integers(0, 30),
        st.integers(0, 8),
        st.integers(0, 0xFFF) | st.integers(0, 63).map(lambda bit: 1 << bit),
    ),
    st.builds(Choice, st.builds(WritePmlIndex, _vcpus, st.integers(0, 0xFFFF) | st.integers(0, 5))),
)


def scripts() -> st.SearchStrategy[Sequence[Choice]]:
    """Return lists of choices, most of which begin by switching log-dirty mode on."""
    first = st.sampled_from([[Choice(EnableLogDirty())]] * 3 + [[]])
    rest = st.lists(_choices, min_size=LENGTH // 2, max_size=LENGTH)
    return st.tuples(first, rest).map(lambda parts: parts[0] + parts[1])


def tampered_scripts() -> st.SearchStrategy[Sequence[Choice | Flip]]:
    """Return lists of choices in which software also writes entries and indices by hand."""
    choices = st.one_of(_choices, _choices, _tampering)
    return st.lists(choices, min_size=LENGTH // 2, max_size=LENGTH)


def steps(state: State, script: Sequence[Choice | Flip], strategy: Strategy) -> Iterator[Step]:
    """Yield the steps of all in *script* that is allowed when its turn comes."""
    for choice in script:
        action = _fitted(state, choice)
        for _ in range(TRIES):
            if enabled(state, action, strategy):
                break
            done = step(state, action, strategy)
            yield done
            state = done.state
            if isinstance(choice, Flip) or not choice.to_rest:
                break
            assert isinstance(action, GuestAccess)
            handle = HandleExit(action.vcpu)
            if enabled(state, handle, strategy):
                break
            handled = step(state, handle, strategy)
            yield handled
            state = handled.state


def _fitted(state: State, choice: Choice | Flip) -> Action:
    """Return the action of *choice*; what it names is taken modulo what the machine has."""
    if isinstance(choice, Flip):
        return _flipped(state, choice)
    match choice.action:
        case GuestAccess(vcpu, kind, gla, size):
            frames = [g for r in state.domain.regions for g in range(r.gfn, r.gfn + r.pages)]
            gfn = frames[(gla >> PAGE_SHIFT) % len(frames)]
            at = Gla(gfn << PAGE_SHIFT | gla & 0xFFF)
            return GuestAccess(vcpu % len(state.vcpus), kind, at, size)
        case _:
            return choice.action


def _flipped(state: State, flip: Flip) -> WriteEptEntry:
    tables = sorted(frame for frame in state.memory if state.domain.root <= frame < 0x100000)
    table = tables[flip.table % len(tables)]
    index = flip.index % state.geometry.entries
    return WriteEptEntry(table, index, EptEntry(entry_at(state.memory[table], index) ^ flip.bits))
