"""Xen's exits and operations: scenarios X-1 to X-16 of the domain reference, and X-24, X-33."""

import pytest

from pmlviz.core.ept import P2mType, entry_at
from pmlviz.core.errors import IllegalAction
from pmlviz.core.events import (
    BitmapCleaned,
    DomainPaused,
    DomainPmlSet,
    DomainUnpaused,
    DrainBegan,
    EntryRetyped,
    EptInvalidated,
    EptpAdSet,
    GlobalTypeSet,
    LogDirtyModeSet,
    MarkedBy,
    PageMarked,
    PagesCopied,
    PmlDisabled,
    PmlEnabled,
    PmlIndexReset,
    RecalcMarked,
)
from pmlviz.core.state import Platform
from pmlviz.core.units import EptLevel, Gfn, Mfn
from tests.core.play import ROOT, WRITE_PROTECT, Played, count, play, x1, x2, x4

NO_PML = Platform(pml=False)


def root_low(played: Played) -> int:
    return entry_at(played.state.memory[ROOT], 0) & 0xFFF


def test_x_01_enabling_touches_the_root_only_and_invalidates_twice() -> None:
    before = x4()

    now = play(before, "enable")

    root = entry_at(before.memory[ROOT], 0)
    assert now.events == [
        DomainPaused(),
        LogDirtyModeSet(on=True),
        PmlEnabled(0, Mfn(0x1000), 511),
        DomainPmlSet(on=True),
        EptpAdSet(on=True),
        EptInvalidated((0,)),
        RecalcMarked(ROOT, 0, EptLevel.PML4E, Gfn(0), root, root.replace(emt=7, recalc=1)),
        EptInvalidated((0,)),
        GlobalTypeSet(logdirty=True),
        DomainUnpaused(),
    ]
    assert root_low(now) == 0x53F
    assert now.state.vcpus[0].ad
    assert now.low(5) == 0x377
    assert now.type_of(5) == P2mType.RAM_LOGDIRTY


def test_x_02_a_first_read_costs_one_misconfiguration_and_arms_its_table() -> None:
    now = play(x4(), "enable").play("read gfn 5")

    assert now.exits == [49]
    assert {now.low(gfn) for gfn in range(512)} == {0x177}
    assert now.low(512) == 0x377
    assert now.type_of(512) == P2mType.RAM_LOGDIRTY
    assert now.index == 511


def test_x_03_a_ram_rw_page_has_d_set_already_and_is_never_logged() -> None:
    start = play(x4(), "enable", "write gfn 5", "drain")

    now = start.play("invept", "write gfn 5")

    assert now.exits == []
    assert "PmlLogged" not in now.names
    assert now.index == 511


def test_x_04_the_513th_write_meets_a_full_log() -> None:
    now = play(x4(), "enable").play("write gfn 0..512")

    assert now.exits == [49, 49, 62]
    assert now.dirty == list(range(512))
    assert now.index == 510
    assert now.logged() == [512]


def test_x_05_peek_drains_and_later_writes_are_silent() -> None:
    now = play(x4(), "enable", "read gfn 5", "write gfn 5").play("peek")

    assert now.dirty == [5]
    assert (now.type_of(5), now.low(5), now.index) == (P2mType.RAM_RW, 0x377, 511)

    after = now.play("invept", "write gfn 5")

    assert (after.exits, after.index) == ([], 511)


def test_x_06_the_first_write_to_a_superpage_splits_it_and_is_marked_not_logged() -> None:
    start = play(x2(), "enable")

    now = start.play("write gfn 5")

    assert now.exits == [49, 48]
    assert now.tables == start.tables + 1
    assert (now.low(5), now.leaf(5).p2mt) == (0x377, P2mType.RAM_RW)
    assert {now.low(gfn) for gfn in range(512) if gfn != 5} == {0x177}
    assert now.dirty == [5]
    assert now.index == 511
    assert PageMarked(Gfn(5), MarkedBy.HANDLER, was_set=False) in now.events


def test_x_07_siblings_of_a_split_page_are_logged_without_an_exit() -> None:
    now = play(x2(), "enable", "write gfn 5").play("write gfn 6")

    assert now.exits == []
    assert now.logged() == [6]
    assert now.index == 510


def test_x_08_a_read_repairs_a_superpage_and_leaves_it_whole() -> None:
    now = play(x2(), "enable").play("read gfn 1024")

    assert now.exits == [49]
    assert (now.low(1024), now.level(1024)) == (0x1F5, EptLevel.PDE)
    assert now.play("write gfn 1024").exits == [48]


def test_x_09_a_page_walk_counts_as_a_write_and_splits() -> None:
    now = play(x2(), "enable").play("walk gfn 1536")

    assert now.exits == [49, 48]
    assert now.level(1536) == EptLevel.PTE
    assert now.dirty == [1536]
    assert not now.state.ghost.versions


def test_x_10_a_1g_page_goes_to_4k_at_once_with_513_tables() -> None:
    start = play(x1(), "enable")

    now = start.play("write gfn 5")

    assert now.exits == [49, 48]
    assert now.tables == start.tables + 513
    assert {now.level(gfn) for gfn in (0, 5, 511, 512, 262143)} == {EptLevel.PTE}
    assert now.leaf(262143) == 0xB820000000000177 | (0x100000 + 262143) << 12
    assert now.dirty == [5]


def test_x_11_clean_drains_reads_clears_and_arms_again_before_the_guest_runs() -> None:
    start = play(x4(), "enable", "read gfn 5", "write gfn 5")
    logged, root = start.leaf(5), entry_at(start.state.memory[ROOT], 0)

    now = start.play("clean")

    assert now.events == [
        DomainPaused(),
        DrainBegan(0, 511, 1),
        EntryRetyped(Mfn(0x2345), 5, EptLevel.PTE, Gfn(5), logged, logged.replace(p2mt=0)),
        PageMarked(Gfn(5), MarkedBy.DRAIN, was_set=False),
        EptInvalidated((0,)),
        PmlIndexReset(0, 510, 511),
        BitmapCleaned(1, send=True),
        RecalcMarked(ROOT, 0, EptLevel.PML4E, Gfn(0), root, root.replace(emt=7, recalc=1)),
        EptInvalidated((0,)),
        DomainUnpaused(),
        PagesCopied((Gfn(5),)),
    ]
    assert root_low(now) == 0x53F
    assert now.type_of(5) == P2mType.RAM_LOGDIRTY

    after = now.play("write gfn 5")

    assert (after.exits, after.logged()) == ([49], [5])
    assert after.leaf(5).d


@pytest.mark.slow
def test_x_12_the_second_round_over_split_superpages_has_no_violation() -> None:
    start = play(x2(), "enable")

    first = start.play("write gfn 0..4095")
    second = first.play("clean").play("write gfn 0..4095")

    assert [first.exits.count(reason) for reason in (49, 48, 62)] == [8, 8, 7]
    assert [second.exits.count(reason) for reason in (49, 48, 62)] == [8, 0, 7]
    assert len(second.play("peek").dirty) == 4096


def test_x_13_one_write_a_superpage_splits_all_and_reads_after_clean_still_exit() -> None:
    start = play(x2(), "enable")
    writes = [f"write gfn {512 * n}" for n in range(8)]
    reads = [f"read gfn {512 * n}" for n in range(8)]

    now = start.play(*writes)
    after = now.play("clean").play(*reads)

    assert now.exits == [49, 48] * 8
    assert (len(now.dirty), now.tables) == (8, start.tables + 8)
    assert (after.exits, after.dirty) == ([49] * 8, [])


def test_x_14_without_pml_each_first_write_is_a_violation() -> None:
    start = play(x4(platform=NO_PML), "enable")

    first = start.play("write gfn 5")
    second = first.play("write gfn 6")
    walk = second.play("walk gfn 7")

    assert count(start.events, EptInvalidated) == 1
    assert (first.exits, second.exits, walk.exits) == ([49, 48], [48], [])
    assert (first.low(6), second.low(6)) == (0x175, 0x377)
    assert not start.state.vcpus[0].ad


def test_x_15_a_missing_pml_page_falls_back_to_write_protection() -> None:
    start = play(x4(vcpus=2, platform=Platform(pml_pages=1)), "enable")

    now = start.play("write gfn 5", "vcpu1 write gfn 6")

    assert start.names[2:5] == ["PmlEnabled", "PmlDisabled", "RecalcMarked"]
    assert PmlDisabled(0) in start.events
    assert start.state.domain.log_dirty
    assert not start.state.domain.pml
    assert not any(vcpu.pml or vcpu.ad for vcpu in start.state.vcpus)
    assert now.exits == [49, 48, 48]
    assert now.dirty == [5, 6]


def test_x_16_after_off_whole_superpages_are_writable_and_split_ones_stay_split() -> None:
    start = play(x2(), "enable", "write gfn 5", "write gfn 7")

    off = start.play("disable")
    whole, small = off.play("write gfn 700"), off.play("write gfn 8")

    assert off.names == [
        "DomainPaused",
        "LogDirtyModeSet",
        "DrainBegan",
        "EntryRetyped",
        "EptInvalidated",
        "PmlIndexReset",
        "PmlDisabled",
        "DomainPmlSet",
        "EptpAdSet",
        "EptInvalidated",
        "RecalcMarked",
        "EptInvalidated",
        "GlobalTypeSet",
        "DomainUnpaused",
    ]
    assert off.dirty == []
    assert (whole.exits, small.exits) == ([49], [49])
    assert (whole.low(700), whole.level(700)) == (0x3F7, EptLevel.PDE)
    assert (small.low(8), small.level(8)) == (0x377, EptLevel.PTE)
    assert off.tables == whole.tables == small.tables == start.tables


def test_x_24_enabling_twice_is_refused() -> None:
    now = play(x4(), "enable")

    with pytest.raises(IllegalAction, match="-EINVAL"):
        now.play("enable")


@pytest.mark.slow
def test_x_33_pml_turns_4096_violations_into_seven_full_logs() -> None:
    start = x4()
    writes = "write gfn 0..1023"

    pml = play(start, "enable").play(writes)
    protected = play(start, "enable", strategy=WRITE_PROTECT).play(writes)

    assert [pml.exits.count(reason) for reason in (49, 48, 62)] == [2, 0, 1]
    assert [protected.exits.count(reason) for reason in (49, 48, 62)] == [2, 1024, 0]
    assert pml.play("peek").dirty == protected.dirty == list(range(1024))


def test_x_34_a_fetch_from_a_superpage_that_is_not_executable_splits_it_unmarked() -> None:
    start = play(x2(platform=Platform(exec_sp=False)), "enable", "read gfn 5")

    now = start.play("fetch gfn 5")

    assert start.low(5) == 0x1F1
    assert now.exits == [48]
    assert (now.low(5), now.leaf(5).p2mt) == (0x177, P2mType.RAM_LOGDIRTY)
    assert now.dirty == []


def test_a_clean_that_nothing_happened_after_has_nothing_to_mark() -> None:
    now = play(x4(), "enable", "clean").play("clean")

    assert now.names == ["DomainPaused", "BitmapCleaned", "DomainUnpaused", "PagesCopied"]


def test_off_in_write_protection_frees_no_pml() -> None:
    now = play(x4(), "enable", "write gfn 5", strategy=WRITE_PROTECT).play("disable")

    assert now.names == [
        "DomainPaused",
        "LogDirtyModeSet",
        "RecalcMarked",
        "EptInvalidated",
        "GlobalTypeSet",
        "DomainUnpaused",
    ]


def test_logging_can_go_on_again_after_off() -> None:
    now = play(x4(), "enable", "write gfn 5", "disable", "enable").play("write gfn 5")

    assert (now.exits, now.logged()) == ([49], [5])


def test_stop_and_copy_leaves_the_destination_equal_and_the_guest_paused() -> None:
    start = play(x2(), "enable", "copy-all", "write gfn 5", "write gfn 6")

    now = start.play("stop-and-copy")

    assert PagesCopied((Gfn(5), Gfn(6))) in now.events
    assert now.state.domain.pause_count == 1
    assert now.state.ghost.copied == now.state.ghost.versions
    with pytest.raises(IllegalAction, match="stopped for good"):
        now.play("write gfn 5")
