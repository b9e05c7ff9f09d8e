"""One access of one instruction: its events in order, the TLB, straddling, what cannot be."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.core.actions import GuestAccess
from pmlviz.core.boot import boot
from pmlviz.core.cpu import access
from pmlviz.core.ept import EptEntry, leaves
from pmlviz.core.errors import IllegalAction
from pmlviz.core.events import (
    AccessDone,
    EptEntryWritten,
    EptInvalidated,
    EptpAdSet,
    PmlDisabled,
    PmlEnabled,
    PmlIndexReset,
    TlbFilled,
    TlbFlushed,
    TlbHit,
    TlbMissed,
    VmEntered,
    VmExited,
)
from pmlviz.core.evolve import fold
from pmlviz.core.exits import AccessKind, ExitReason, VmExit
from pmlviz.core.run import Run
from pmlviz.core.state import Platform, Region, State
from pmlviz.core.tlb import TlbEntry, TlbPolicy
from pmlviz.core.units import EptLevel, Geometry, Gfn, Gla, Gpa, Mfn
from tests.core.lab import Lab, logged, names

LOGGED_WRITE = [
    "AccessBegan",
    "TlbMissed",
    "EptWalked",
    "PermissionGranted",
    "PmlIndexChecked",
    "AccessedSet",
    "DirtySet",
    "PmlLogged",
    "PmlIndexStepped",
    "TlbFilled",
    "AccessDone",
]


def test_the_events_of_a_write_come_in_the_manuals_order() -> None:
    lab = Lab()
    lab.arm()
    lab.change(5, a=0)

    events = lab.write(0x5123)

    assert names(events) == LOGGED_WRITE


def test_a_full_log_ends_the_access_where_the_index_is_examined() -> None:
    lab = Lab(index=0xFFFF)
    lab.arm()

    events = lab.write(0x5123)

    assert names(events) == [*LOGGED_WRITE[:5], "VmExited"]


def test_a_write_that_needs_no_flag_does_not_look_at_the_index() -> None:
    lab = Lab(index=0xFFFF)

    events = lab.write(0x5123)

    assert names(events) == [*LOGGED_WRITE[:4], "TlbFilled", "AccessDone"]


def test_a_hit_in_the_tlb_walks_nothing() -> None:
    lab = Lab()
    lab.write(0x5123)

    events = lab.write(0x5200)

    assert names(events) == ["AccessBegan", "TlbHit", "AccessDone"]
    assert TlbHit(0, 5, Gfn(5), d=True) in events


def test_a_retry_says_so() -> None:
    lab = Lab()
    run = Run(lab.state)

    access(run, GuestAccess(0, AccessKind.READ, Gla(0x5000), 4, retry=True))

    began = run.events[0]
    assert (began.retry, began.size) == (True, 4)  # type: ignore[union-attr]


# ── the TLB ─────────────────────────────────────────────────────────────────


def test_a_translation_is_cached_for_the_4k_page_of_the_access() -> None:
    lab = Lab(EptLevel.PDE, 1024)

    events = lab.write(0x205123)

    entry = TlbEntry(Gfn(0x205), Mfn(0x100205), r=True, w=True, x=True, d=True)
    assert TlbFilled(0, 0x205, entry) in events
    assert dict(lab.vcpu().tlb) == {0x205: entry}


def test_a_read_caches_that_d_is_not_known_so_a_write_walks_again() -> None:
    lab = Lab()
    lab.arm()
    lab.read(0x5000)

    events = lab.write(0x5000)

    assert TlbMissed(0, 5) in events
    assert logged(events) == [(511, 0x5000)]
    assert lab.vcpu().tlb[5].d


def test_with_ad_off_a_write_hits_without_d() -> None:
    lab = Lab()
    lab.ad_off()
    lab.read(0x5000)

    events = lab.write(0x5000)

    assert TlbHit(0, 5, Gfn(5), d=False) in events


@pytest.mark.parametrize(
    ("first", "then", "fields"),
    [
        (AccessKind.READ, AccessKind.WRITE, {"w": 0}),
        (AccessKind.READ, AccessKind.RMW, {"w": 0}),
        (AccessKind.READ, AccessKind.FETCH, {"x": 0}),
        (AccessKind.FETCH, AccessKind.READ, {"r": 0, "w": 0}),
    ],
)
def test_a_translation_serves_only_what_it_allows(
    first: AccessKind, then: AccessKind, fields: dict[str, int]
) -> None:
    lab = Lab()
    lab.change(5, **fields)
    lab.access(first, 0x5000)

    events = lab.access(then, 0x5000)

    assert TlbMissed(0, 5) in events
    assert lab.reason is ExitReason.EPT_VIOLATION


def test_a_stale_translation_writes_through_a_protected_entry() -> None:
    lab = Lab()
    lab.write(0x5000)
    lab.change(5, w=0)

    lab.write(0x5000)

    assert lab.exit is None


def test_a_violation_drops_what_was_cached_of_its_own_page() -> None:
    lab = Lab()
    lab.change(5, w=0)
    lab.read(0x5000)
    lab.read(0x6000)

    events = lab.write(0x5000)

    assert events[-1] == TlbFlushed(0, 5)
    assert set(lab.vcpu().tlb) == {6}


@pytest.mark.parametrize(
    "hinder",
    [lambda lab: lab.change(5, emt=7), lambda lab: lab.set_index(0xFFFF)],
    ids=["misconfiguration", "full log"],
)
def test_other_exits_keep_the_cache(hinder: Callable[[Lab], None]) -> None:
    lab = Lab()
    lab.arm()
    lab.read(0x5000)
    hinder(lab)

    events = lab.write(0x5000)

    assert isinstance(events[-1], VmExited)
    assert set(lab.vcpu().tlb) == {5}


def test_flush_on_exit_drops_everything_with_any_exit() -> None:
    lab = Lab(platform=Platform(tlb_policy=TlbPolicy.FLUSH_ON_EXIT), index=0xFFFF)
    lab.read(0x6000)
    lab.change(5, d=0)

    events = lab.write(0x5000)

    assert events[-2:] == [VmExited(0, VmExit(ExitReason.PML_FULL)), TlbFlushed(0)]
    assert not lab.vcpu().tlb


def test_each_vcpu_caches_for_itself() -> None:
    lab = Lab(vcpus=2)
    lab.write(0x5000, vcpu=0)

    events = lab.write(0x5000, vcpu=1)

    assert TlbMissed(1, 5) in events


def test_the_page_walker_neither_reads_nor_fills_the_tlb() -> None:
    lab = Lab()
    lab.write(0x5000)

    events = lab.walk(0x5008)

    assert names(events) == ["AccessBegan", "EptWalked", "PermissionGranted", "AccessDone"]
    assert events[-1] == AccessDone(0, AccessKind.WALK, Gpa(0x5008))


# ── straddling ──────────────────────────────────────────────────────────────


def test_a_straddling_write_logs_the_lower_page_first() -> None:
    lab = Lab()
    lab.arm()

    events = lab.write(0x5FFE, 4)

    assert logged(events) == [(511, 0x5000), (510, 0x6000)]
    assert names(events)[-2:] == ["AccessDone", "AccessDone"]
    assert dict(lab.state.ghost.versions) == {5: 1, 6: 1}


def test_a_straddling_write_that_exits_stores_nothing() -> None:
    lab = Lab()
    lab.arm()
    lab.change(6, w=0)

    events = lab.write(0x5FFE, 4)

    assert logged(events) == [(511, 0x5000)]
    assert lab.exit == VmExit(ExitReason.EPT_VIOLATION, 0x1AA, Gpa(0x6000), Gla(0x6000))
    assert not lab.state.ghost.versions


def test_an_access_to_the_last_byte_of_a_page_stays_within_it() -> None:
    lab = Lab()

    events = lab.write(0x5FFC, 4)

    assert [event.gpa for event in events if isinstance(event, AccessDone)] == [0x5FFC]


# ── what cannot be ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("gla", "size", "message"),
    [
        (1 << 48, 1, "wider than four levels"),
        ((1 << 48) - 1, 2, "wider than four levels"),
        (-1, 1, "wider than four levels"),
        (0x5000, 0, "an access of 0 bytes"),
        (0x5000, 4097, "an access of 4097 bytes"),
    ],
)
def test_an_access_that_cannot_be_is_refused_and_changes_nothing(
    gla: int, size: int, message: str
) -> None:
    lab = Lab()
    before, events = lab.state, len(lab.run.events)

    with pytest.raises(IllegalAction, match=message):
        lab.write(gla, size)

    assert lab.state is before
    assert len(lab.run.events) == events


# ── invariants, over random machines ────────────────────────────────────────

GEOMETRY = Geometry(table_bits=1, pml_entries=2, leaf_bits=3)
PAGES = 12
"""Leaves of each size side by side: gfns 0 and 1, 2-3 by a PDE, 4-7 and 8-11 by PDPTEs."""
REGIONS = [
    Region(Gfn(0), 2, EptLevel.PTE),
    Region(Gfn(2), 2, EptLevel.PDE),
    Region(Gfn(4), 8, EptLevel.PDPTE),
]

accesses = st.builds(
    GuestAccess,
    st.integers(0, 1),
    st.sampled_from(AccessKind),
    st.integers(0, PAGES * 4096 - 9).map(Gla),
    st.integers(1, 8),
)
BITS = [*range(13), 63]
"""Bits that change what an entry means: permissions, memory type, flags, and a reserved bit 12."""
flips = st.tuples(st.integers(0, 6), st.integers(0, 1), st.sampled_from(BITS))
indices = st.tuples(st.integers(0, 1), st.sampled_from([0, 1, 2, 511, 0xFFFF]))
switches = st.sampled_from(["ad on", "ad off", "pml on", "pml off", "invept"])


def meddle(run: Run, what: tuple[int, ...] | str) -> None:
    """Let software do one thing to the machine."""
    state = run.state
    match what:
        case (nth, index, bit):
            frame = sorted(state.memory)[nth % len(state.memory)]
            old = EptEntry.from_bytes(state.memory[frame][8 * index :][:8], "little")
            run.emit(EptEntryWritten(frame, index, old, EptEntry(old ^ 1 << bit)))
        case (vcpu, index):
            run.emit(PmlIndexReset(vcpu, state.vcpus[vcpu].pml_index, index))
        case "pml on" if not state.vcpus[0].pml:
            run.emit(PmlEnabled(0, Mfn(0x1000), 1))
        case "pml off" if state.vcpus[0].pml:
            run.emit(PmlDisabled(0))
        case "ad on" | "ad off":
            run.emit(EptpAdSet(what == "ad on"))
        case "invept":
            run.emit(EptInvalidated((0, 1)))


def untouched(before: State, after: State) -> bool:
    """Return whether memory and indices are as they were: no flag set, nothing logged."""
    return before.memory == after.memory and [v.pml_index for v in before.vcpus] == [
        v.pml_index for v in after.vcpus
    ]


@pytest.mark.slow
@given(
    st.sampled_from(TlbPolicy),
    st.lists(st.one_of(accesses, accesses, flips, indices, switches), min_size=30, max_size=40),
)
def test_whatever_software_does_the_processor_keeps_its_word(
    policy: TlbPolicy, things: list[GuestAccess | tuple[int, ...] | str]
) -> None:
    state = boot(REGIONS, vcpus=2, platform=Platform(geometry=GEOMETRY, tlb_policy=policy))
    run = Run(state)
    run.emit(EptpAdSet(on=True))
    for vcpu in (0, 1):
        run.emit(PmlEnabled(vcpu, Mfn(0x1000 + vcpu), 1))
    for _, leaf in leaves(state.memory, state.domain.root, GEOMETRY):
        clean = leaf.entry.replace(a=0, d=0)
        run.emit(EptEntryWritten(leaf.table, leaf.index, leaf.entry, clean))

    for thing in things:
        if not isinstance(thing, GuestAccess):
            meddle(run, thing)
            continue
        before, began = run.state, len(run.events)
        access(run, thing)
        events = run.events[began:]
        assert fold(before, events) == run.state
        exits = [n for n, event in enumerate(events) if isinstance(event, VmExited)]
        done = [event for event in events if isinstance(event, AccessDone)]
        assert len(exits) == 1 if not done else not exits
        assert len({event.gpa >> 12 for event in done}) == len(done)
        if exits:
            # I-8: the exit itself changes neither flags nor log nor index.
            reached = fold(before, events[: exits[0]])
            assert untouched(reached, run.state)
            run.emit(VmEntered(thing.vcpu))

    assert fold(state, run.events) == run.state
