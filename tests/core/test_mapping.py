"""Single pages: their types as Xen sees them, splits, and the 64 bits that come out."""

import pytest

from pmlviz.core.ept import P2mType, entry_at
from pmlviz.core.events import RecalcPushed, SuperpageSplit
from pmlviz.core.mapping import change_type_one, effective_type, leaf_of, set_type, split_superpage
from pmlviz.core.run import Run
from pmlviz.core.units import EptLevel, Gfn, Mfn
from tests.core.play import ROOT, WRITE_PROTECT, XEN, Played, play, x1, x2, x4

RAM_RW, RAM_LOGDIRTY = P2mType.RAM_RW, P2mType.RAM_LOGDIRTY


def as_played(run: Run) -> Played:
    return Played(run.state, XEN)


def test_the_entries_of_4k_pages_have_xen_s_64_bits() -> None:
    fresh = play(x4())
    armed = play(x4(), "enable", "read gfn 6")
    protected = play(x4(), "enable", "read gfn 6", strategy=WRITE_PROTECT)

    assert fresh.leaf(5) == 0xB800000100005377
    assert armed.leaf(5) == 0xB820000100005177
    assert armed.play("write gfn 5").leaf(5) == 0xB820000100005377
    assert protected.leaf(5) == 0xB820000100005175


def test_the_entries_of_2m_pages_have_xen_s_64_bits() -> None:
    fresh = play(x2())
    armed = play(x2(), "enable", "read gfn 512")
    pending, repaired = armed.leaf(0), armed.play("read gfn 0").leaf(0)
    protected = play(x2(), "enable", "read gfn 0", strategy=WRITE_PROTECT).leaf(0)

    assert fresh.leaf(0) == 0xB8000001000003F7
    assert pending == 0xB8000001000007FF
    assert repaired == protected == 0xB8200001000001F5


def test_non_leaf_and_marked_entries_have_xen_s_64_bits() -> None:
    fresh, enabled = play(x4()), play(x4(), "enable")
    armed = enabled.play("read gfn 0")
    pd = Mfn(0x2344)

    assert entry_at(fresh.state.memory[pd], 0) == 0xB800000002345107
    assert entry_at(enabled.state.memory[ROOT], 0) == 0xB80000000234353F
    assert entry_at(armed.state.memory[pd], 0) == 0xB800000002345107
    assert entry_at(armed.state.memory[pd], 1) == 0xB80000000234653F
    assert enabled.leaf(5) == 0xB800000100005377


def test_a_marked_4k_entry_has_xen_s_64_bits() -> None:
    now = play(x4(), "enable").play("read gfn 5")

    pages = [event.page for event in now.events if isinstance(event, RecalcPushed)]

    assert entry_at(pages[-1], 5) == 0xB80000010000577F


def test_a_mark_above_a_page_decides_its_type() -> None:
    now = play(x4(), "enable")

    leaf = leaf_of(now.state, 5)

    assert leaf.entry.p2mt == RAM_RW
    assert (leaf.recalc, leaf.marked) == (True, True)
    assert effective_type(now.state, leaf) == RAM_LOGDIRTY


def test_a_page_that_is_not_mapped_has_the_type_of_mmio() -> None:
    state = x4()

    leaf = leaf_of(state, 2048)

    assert (leaf.level, leaf.entry) == (EptLevel.PDE, 0)
    assert effective_type(state, leaf) == P2mType.MMIO_DM


def test_a_page_of_another_type_is_left_alone() -> None:
    run = Run(x4())

    changed = change_type_one(run, XEN, 5, RAM_LOGDIRTY, RAM_RW)

    assert (changed, run.events) == (False, [])


def test_a_pending_change_is_carried_out_before_the_page_gets_its_own_type() -> None:
    run = Run(play(x4(), "enable").state)

    changed = change_type_one(run, XEN, 5, RAM_LOGDIRTY, RAM_RW)

    now = as_played(run)
    assert changed
    assert (now.leaf(5).p2mt, now.leaf(6).p2mt) == (RAM_RW, RAM_LOGDIRTY)
    assert run.state.vcpus[0].spurious_misconfig


def test_parts_of_a_split_superpage_derive_d_anew_and_keep_the_frames() -> None:
    start = play(x2(), "enable", "read gfn 512")
    run = Run(start.state)

    split_superpage(run, XEN, leaf_of(run.state, 600), 600)

    now = as_played(run)
    assert start.low(600) == 0x1F5
    assert {now.low(gfn) for gfn in range(512, 1024)} == {0x177}
    assert [now.leaf(gfn).mfn for gfn in (512, 600, 1023)] == [0x100200, 0x100258, 0x1003FF]


def test_parts_of_a_ram_rw_superpage_have_d_set() -> None:
    run = Run(x2())

    split_superpage(run, XEN, leaf_of(run.state, 0), 0)

    assert as_played(run).low(7) == 0x377


@pytest.mark.parametrize(
    ("target", "tables", "low"), [(EptLevel.PDE, 1, 0x3F7), (EptLevel.PTE, 513, 0x377)]
)
def test_a_1g_page_splits_down_to_the_size_asked_for(
    target: EptLevel, tables: int, low: int
) -> None:
    run = Run(x1())
    before = run.state.domain

    split_superpage(run, XEN, leaf_of(run.state, 0), 0, target)

    (event,) = run.events
    assert isinstance(event, SuperpageSplit)
    assert [mfn for mfn, _ in event.tables] == [*range(before.next_mfn, before.next_mfn + tables)]
    assert run.state.domain.ept_tables == before.ept_tables + tables
    assert (as_played(run).level(262143), as_played(run).low(262143)) == (target, low)


def test_a_whole_superpage_can_be_given_a_type() -> None:
    run = Run(play(x2(), "enable", "read gfn 0").state)

    set_type(run, XEN, leaf_of(run.state, 5), 5, RAM_RW, EptLevel.PDE)

    now = as_played(run)
    assert (now.level(5), now.low(5)) == (EptLevel.PDE, 0x3F7)
    assert run.events[0].gfn == Gfn(0)  # type: ignore[union-attr]
