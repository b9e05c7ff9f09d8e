"""Steps: what is refused, that events are the only change, and the promises of section 5.6."""

from collections.abc import Sequence

import pytest
from hypothesis import given
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
from pmlviz.core.ept import EptEntry, entry_at
from pmlviz.core.errors import IllegalAction
from pmlviz.core.events import (
    AllPagesCopied,
    EptInvalidated,
    PagesCopied,
    PmlIndexReset,
    VmExited,
)
from pmlviz.core.evolve import fold
from pmlviz.core.exits import AccessKind
from pmlviz.core.hypervisor import unhandled
from pmlviz.core.judge import corrupt, lost
from pmlviz.core.machine import enabled, refusal, step
from pmlviz.core.state import State
from pmlviz.core.strategies import STRATEGIES, Strategy
from pmlviz.core.units import PAGE_SHIFT, EptLevel, Gla, Mfn
from tests.core.invariants import after_clean, broken
from tests.core.play import SUPERPAGE_NAIVE, XEN, machine, play, x2, x4
from tests.core.random_runs import MAX_GFN, Choice, Flip, machines, scripts, steps, tampered_scripts

PD, PT = Mfn(0x2344), Mfn(0x2345)

each_sound_strategy = pytest.mark.parametrize(
    "strategy", [s for s in STRATEGIES.values() if s.sound], ids=lambda s: s.name
)


def write(gfn: int, vcpu: int = 0) -> GuestAccess:
    return GuestAccess(vcpu, AccessKind.WRITE, Gla(gfn << 12))


def entry(table: Mfn, index: int, value: int) -> WriteEptEntry:
    return WriteEptEntry(table, index, EptEntry(value))


PLAIN = x4()
LOGGING = play(x4(), "enable").state
EXITED = play(x4(), "enable").do(write(5)).state
STOPPED = play(x4(), "enable", "stop-and-copy").state
NO_TABLE = "holds no EPT table of the level below"


@pytest.mark.parametrize(
    ("state", "action", "reason"),
    [
        (PLAIN, write(1024), "address 0x400000 lies outside guest memory"),
        (PLAIN, GuestAccess(0, AccessKind.READ, Gla(0x3FFFFF), 2), "address 0x400000 lies outside"),
        (PLAIN, GuestAccess(0, AccessKind.READ, Gla(0), 0), "an access of 0 bytes"),
        (PLAIN, write(5, vcpu=1), "there is no vCPU 1"),
        (PLAIN, HandleExit(0), "vCPU 0 has no pending VM exit"),
        (PLAIN, HandleExit(-1), "there is no vCPU -1"),
        (PLAIN, PeekBitmap(), "log-dirty mode is off (-EINVAL)"),
        (PLAIN, CleanBitmap(), "log-dirty mode is off (-EINVAL)"),
        (PLAIN, DisableLogDirty(), "log-dirty mode is off (-EINVAL)"),
        (PLAIN, StopAndCopy(), "log-dirty mode is off (-EINVAL)"),
        (PLAIN, DrainPml(), "no vCPU has a PML buffer now"),
        (PLAIN, DrainPml(0), "vCPU 0 does not have a PML buffer now"),
        (PLAIN, DrainPml(3), "there is no vCPU 3"),
        (PLAIN, Invept(7), "there is no vCPU 7"),
        (PLAIN, WritePmlIndex(0, 0x10000), "PML index 65536 does not fit 16 bits"),
        (PLAIN, WritePmlIndex(1, 0), "there is no vCPU 1"),
        (PLAIN, entry(Mfn(0x1), 0, 0), "frame 0x1 is no EPT table"),
        (PLAIN, entry(PT, 512, 0), "a table has no entry 512"),
        (PLAIN, entry(PT, 0, 1 << 64), "does not fit 64 bits"),
        (PLAIN, entry(PD, 0, 0x100000107), NO_TABLE),
        (PLAIN, entry(PD, 0, 0x2343107), NO_TABLE),
        (LOGGING, EnableLogDirty(), "log-dirty mode is on already (-EINVAL)"),
        (EXITED, write(5), "its VM exit is not handled yet"),
        (STOPPED, write(5), "the guest has stopped for good"),
        (STOPPED, StopAndCopy(), "the guest has stopped for good"),
    ],
)
def test_an_illegal_action_says_why_and_what_would_be_right(
    state: State, action: Action, reason: str
) -> None:
    with pytest.raises(IllegalAction) as refused:
        step(state, action, XEN)

    assert reason in refused.value.message
    assert refused.value.hint
    assert enabled(state, action, XEN) == refused.value.message


def test_an_exit_of_a_stopped_guest_is_never_handled() -> None:
    now = play(x4(), "enable").do(write(5)).play("stop-and-copy")

    assert enabled(now.state, HandleExit(0), XEN) == "the guest has stopped for good"


def test_a_misconfiguration_that_xen_did_not_make_would_crash_the_domain() -> None:
    start = play(x4()).state
    odd = entry_at(start.memory[PT], 5).replace(r=0)

    now = play(x4()).do(WriteEptEntry(PT, 5, odd), write(5))

    assert now.exits == [49]
    assert "would crash the domain" in enabled(now.state, HandleExit(0), XEN)


def test_a_violation_where_no_ram_is_would_be_emulated() -> None:
    now = play(x4()).do(entry(PT, 5, 0), write(5))

    assert now.exits == [48]
    assert "gfn 0x5 is no RAM now" in enabled(now.state, HandleExit(0), XEN)


def test_what_is_allowed_is_refused_no_more() -> None:
    assert refusal(LOGGING, write(5)) is None
    assert refusal(EXITED, HandleExit(0)) is None
    assert enabled(LOGGING, CleanBitmap(), XEN) == ""


def test_a_step_of_the_laboratory_writes_one_entry_and_invalidates_nothing() -> None:
    start = play(x4(), "write gfn 5").state
    old = entry_at(start.memory[PT], 5)

    done = step(start, WriteEptEntry(PT, 5, EptEntry(0)), XEN)

    assert [e.old for e in done.events] == [old]  # type: ignore[union-attr]
    assert 5 in done.state.vcpus[0].tlb


def test_a_pml_index_written_by_hand_is_not_checked() -> None:
    done = step(LOGGING, WritePmlIndex(0, 0x1234), XEN)

    assert done.events == (PmlIndexReset(0, 511, 0x1234),)


def test_invept_reaches_the_vcpus_that_are_named() -> None:
    state = x4(vcpus=2)

    assert step(state, Invept(), XEN).events == (EptInvalidated((0, 1)),)
    assert step(state, Invept(1), XEN).events == (EptInvalidated((1,)),)


def test_copy_all_sends_every_page_of_every_region() -> None:
    assert step(x2(), CopyAll(), XEN).events == (AllPagesCopied(4096),)


def test_a_page_table_access_is_checked_as_a_guest_physical_address() -> None:
    walk = GuestAccess(0, AccessKind.WALK, Gla(1024 << 12))

    assert "outside guest memory" in enabled(PLAIN, walk, XEN)


def test_the_naive_strategy_loses_the_second_write_to_a_superpage() -> None:
    now = play(x2(), "enable", "write gfn 5", "write gfn 6", strategy=SUPERPAGE_NAIVE)

    assert list(lost(now.state)) == [6]
    assert broken(now.state) == ["i_3", "i_4"]


def test_the_naive_strategy_loses_nothing_among_small_pages() -> None:
    now = play(
        machine(EptLevel.PTE, 8), "enable", "write gfn 5", "write gfn 6", strategy=SUPERPAGE_NAIVE
    )

    assert broken(now.state) == []


@pytest.mark.slow
@given(machines(), tampered_scripts(), st.sampled_from(list(STRATEGIES.values())))
def test_events_are_the_only_change(
    start: State, script: Sequence[Choice | Flip], strategy: Strategy
) -> None:
    before = start
    for done in steps(start, script, strategy):
        assert fold(before, done.events) == done.state
        before = done.state


@pytest.mark.slow
@each_sound_strategy
@given(start=machines(), script=scripts())
def test_a_sound_strategy_keeps_its_promises(
    strategy: Strategy, start: State, script: Sequence[Choice]
) -> None:
    before = start
    for done in steps(start, script, strategy):
        now = done.state
        assert broken(now) == []
        assert now.domain.ept_tables >= before.domain.ept_tables
        assert not any(unhandled(now, n) for n, v in enumerate(now.vcpus) if v.exit is not None)
        if isinstance(done.action, PeekBitmap | CleanBitmap | StopAndCopy):
            last = now.geometry.pml_entries - 1
            assert all(v.pml_index == last for v in now.vcpus if v.pml)
        if isinstance(done.action, CleanBitmap | StopAndCopy):
            assert after_clean(now)
            assert not now.ghost.unreported
        before = now


@pytest.mark.slow
@each_sound_strategy
@given(start=machines(), script=scripts())
def test_an_exit_of_a_one_page_access_changes_no_flag_no_log_and_no_index(
    strategy: Strategy, start: State, script: Sequence[Choice]
) -> None:
    before = start
    for done in steps(start, script, strategy):
        exited = any(isinstance(event, VmExited) for event in done.events)
        if exited and isinstance(done.action, GuestAccess) and done.action.size == 1:
            assert done.state.memory == before.memory
            assert [v.pml_index for v in done.state.vcpus] == [v.pml_index for v in before.vcpus]
        before = done.state


@pytest.mark.slow
@each_sound_strategy
@given(start=machines(), script=scripts())
def test_the_destination_of_a_sound_strategy_ends_equal(
    strategy: Strategy, start: State, script: Sequence[Choice]
) -> None:
    kept = [c for c in script if not isinstance(c.action, DisableLogDirty | CopyAll | StopAndCopy)]
    sent = [c for c in kept if c.action != CleanBitmap(send=False)]
    whole = [Choice(EnableLogDirty()), Choice(CopyAll()), *sent, Choice(StopAndCopy())]

    *_, end = steps(start, whole, strategy)

    assert corrupt(end.state) == ()


@pytest.mark.slow
@given(start=machines(pml=True), script=scripts())
def test_clean_returns_no_page_that_was_neither_written_nor_walked(
    start: State, script: Sequence[Choice]
) -> None:
    untouched = set(range(MAX_GFN + 1))
    for done in steps(start, script, XEN):
        match done.action:
            case GuestAccess(kind=AccessKind.READ | AccessKind.FETCH):
                pass
            case GuestAccess(gla=gla, size=size):
                untouched -= {gla >> PAGE_SHIFT, (gla + size - 1) >> PAGE_SHIFT}
        returned = [gfn for e in done.events if isinstance(e, PagesCopied) for gfn in e.gfns]
        assert untouched.isdisjoint(returned)
