"""The answers on each axis, one by one."""

import pytest

from pmlviz.core.axes import Tracking
from pmlviz.core.bitset import Bitset
from pmlviz.core.ept import P2mType
from pmlviz.core.events import EptInvalidated, GlobalTypeSet, TableRetyped
from pmlviz.core.exits import ExitReason
from pmlviz.core.policies import (
    ClearDirtyFlags,
    DrainWhenFullOrRead,
    LogAllPages,
    LoggedPage,
    LogSmallPages,
    MisconfigureAndRecalculate,
    NeverSplit,
    RetypeAtOnce,
    RetypeOnDrain,
    WriteProtect,
)
from pmlviz.core.run import Run
from pmlviz.core.state import Platform
from pmlviz.core.units import EptLevel, Gfn
from tests.core.play import SUPERPAGE_NAIVE, XEN, Played, play, x2, x4

RAM_RW, RAM_LOGDIRTY = P2mType.RAM_RW, P2mType.RAM_LOGDIRTY
RWXAD, RWXA, RXA = 0x307, 0x107, 0x105


@pytest.mark.parametrize(
    ("tracking", "small", "large"),
    [(WriteProtect(), RXA, RXA), (LogSmallPages(), RWXA, RXA), (LogAllPages(), RWXA, RWXA)],
)
def test_what_log_dirty_pages_allow_with_pml_on(tracking: Tracking, small: int, large: int) -> None:
    state = play(x4(), "enable").state

    flags = [tracking.flags(state, RAM_LOGDIRTY, level) for level in (EptLevel.PTE, EptLevel.PDE)]

    assert flags == [small, large]
    assert tracking.flags(state, RAM_RW, EptLevel.PTE) == RWXAD


@pytest.mark.parametrize("tracking", [WriteProtect(), LogSmallPages(), LogAllPages()])
def test_without_pml_every_policy_write_protects(tracking: Tracking) -> None:
    assert tracking.flags(x4(), RAM_LOGDIRTY, EptLevel.PTE) == RXA


def test_without_a_d_flags_neither_is_preset() -> None:
    state = x4(platform=Platform(ad=False))

    assert LogSmallPages().flags(state, RAM_RW, EptLevel.PTE) == 0x007
    assert LogSmallPages().flags(state, RAM_LOGDIRTY, EptLevel.PTE) == 0x005


def test_other_types_are_not_writable_even_where_log_dirty_is() -> None:
    state = play(x4(), "enable").state

    assert LogAllPages().flags(state, P2mType.RAM_RO, EptLevel.PTE) == RXA


def test_superpages_lose_x_where_xen_does_not_leave_it() -> None:
    state = x2(platform=Platform(exec_sp=False))

    assert LogSmallPages().flags(state, RAM_RW, EptLevel.PDE) == 0x303


def test_lazy_arming_marks_first_and_sets_the_global_type_last() -> None:
    run = Run(x4())

    MisconfigureAndRecalculate().change_global(run, XEN, RAM_LOGDIRTY)
    MisconfigureAndRecalculate().change_global(run, XEN, RAM_LOGDIRTY)

    names = [type(event).__name__ for event in run.events]
    assert names == ["RecalcMarked", "EptInvalidated", "GlobalTypeSet"]


def test_arming_at_once_costs_a_table_each_and_one_invalidation() -> None:
    run = Run(x4())

    RetypeAtOnce().change_global(run, XEN, RAM_LOGDIRTY)

    assert [type(event) for event in run.events] == [
        TableRetyped,
        TableRetyped,
        EptInvalidated,
        GlobalTypeSet,
    ]


def test_a_superpage_that_is_never_split_becomes_writable_as_a_whole() -> None:
    # Write protection of superpages: what is left of the naive strategy without PML pages.
    start = play(x2(platform=Platform(pml_pages=0)), "enable", strategy=SUPERPAGE_NAIVE)

    now = start.play("write gfn 5", "write gfn 6")

    assert now.exits == [48]
    assert (now.level(5), now.low(5), now.dirty) == (EptLevel.PDE, 0x3F7, [5])


def test_a_superpage_that_is_ram_rw_already_is_only_marked() -> None:
    start = play(
        x2(platform=Platform(pml_pages=0)), "enable", "write gfn 5", strategy=SUPERPAGE_NAIVE
    )
    run = Run(start.state)

    NeverSplit().on_write_violation(run, SUPERPAGE_NAIVE, Gfn(6))

    assert [type(event).__name__ for event in run.events] == ["PageMarked"]


def test_a_logged_address_stands_for_its_page_alone() -> None:
    assert list(LoggedPage().pages(x2(), Gfn(5))) == [5]


@pytest.mark.parametrize(
    ("index", "slots"),
    [
        (511, []),
        (510, [511]),
        (0, list(range(1, 512))),
        (0xFFFF, list(range(512))),
        (512, list(range(512))),
    ],
)
def test_xen_reads_from_the_index_up_and_everything_when_it_is_past_the_buffer(
    index: int, slots: list[int]
) -> None:
    draining = DrainWhenFullOrRead()

    assert list(draining.slots(index, 512)) == slots
    assert draining.index_after(index, 512) == 511


def test_xen_drains_at_exit_62_and_before_the_bitmap_is_read() -> None:
    draining = DrainWhenFullOrRead()

    assert [r for r in ExitReason if draining.on_exit(r)] == [ExitReason.PML_FULL]
    assert list(draining.before_snapshot(2)) == [0, 1]
    assert list(draining.after_snapshot(2)) == []


def test_retyping_on_drain_makes_the_page_ram_rw_once() -> None:
    run = Run(play(x4(), "enable", "write gfn 5").state)

    changed = [RetypeOnDrain().on_drain(run, XEN, Gfn(5)) for _ in range(2)]

    assert changed == [True, False]
    assert Played(run.state, XEN).type_of(5) == RAM_RW


def test_clearing_d_reaches_only_the_pages_that_clean_returned() -> None:
    start = play(x4(), "enable", "write gfn 5", "write gfn 6", strategy=SUPERPAGE_NAIVE)
    run = Run(start.state)

    ClearDirtyFlags().on_clean(run, SUPERPAGE_NAIVE, Bitset().add(5))

    now = Played(run.state, SUPERPAGE_NAIVE)
    assert (now.low(5), now.low(6)) == (0x177, 0x377)
    assert [type(event) for event in run.events] == [TableRetyped, EptInvalidated]


def test_clearing_d_of_nothing_invalidates_nothing() -> None:
    run = Run(play(x4(), "enable", strategy=SUPERPAGE_NAIVE).state)

    ClearDirtyFlags().on_clean(run, SUPERPAGE_NAIVE, Bitset())

    assert run.events == []
