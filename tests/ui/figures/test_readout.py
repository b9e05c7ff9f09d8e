"""What is said of one page: in tips, and beside its tile."""

import pytest
from hypothesis import given

from pmlviz.core import events as e
from pmlviz.core.timeline import Timeline
from pmlviz.core.units import EptLevel
from pmlviz.ui.figures.cells import Mark
from pmlviz.ui.figures.readout import label, mark_of, tip, words
from pmlviz.ui.figures.trip import trip_of
from pmlviz.ui.frame import Frame, resolve
from tests.ui.figures.stage_frames import frame_after, frame_at, positions, timeline, timelines


def labelled(frame: Frame, gfn: int) -> tuple[str, str]:
    return label(frame, trip_of(frame), gfn)


def test_a_page_that_waits_is_told_with_its_slot() -> None:
    frame = frame_at(timeline("enable\nwrite 0x5000\nwrite 0x6000"), 3)

    assert tip(frame, 6) == (
        "gfn 0x6 · gpa 0x6000 · 2 MiB region 0, page 6 · 4 KiB leaf, logdirty W=1 D=1 A=1"
        " · only in PML[511] · written 1 time"
    )


def test_a_page_that_xen_marked_is_told_with_the_exit() -> None:
    frame = frame_at(timeline("enable\nwrite 0x5000\nwrite 0x6000"), 3)

    assert "in the bitmap" in words(frame, 5)
    assert labelled(frame, 5) == ("gfn 5: in the bitmap", "marked by Xen in exit 48, not logged")
    assert labelled(frame, 6) == (
        "gfn 6: only in the PML buffer",
        "logged by the processor, no exit",
    )


def test_a_recalculated_superpage_exits_49_on_its_first_touch() -> None:
    frame = frame_at(timeline("enable"), 1)

    assert "first touch exits 49" in words(frame, 0x200)
    assert labelled(frame, 0x200) == ("gfn 512: clean", "the first touch exits 49")


def test_a_write_protected_superpage_is_split_by_a_write() -> None:
    frame = frame_after(timeline("enable\nwrite 0x5000"), 2, e.EntryRetyped)

    assert "a write exits 48, and splits it" in words(frame, 7)


def test_a_lost_page_names_the_write_that_spent_the_flag() -> None:
    line = timeline("enable\nwrite 0x5000\nwrite 0x6000", strategy="superpage-naive")
    frame = frame_at(line, 3)

    assert words(frame, 6)[-2] == "written, in neither bitmap nor buffer: lost"
    assert labelled(frame, 6) == ("gfn 6: lost", "the write to gfn 5 spent the one D flag")


def test_a_drained_page_is_told_as_drained() -> None:
    frame = frame_at(timeline("enable\nwrite 0x5000\nwrite 0x6000\npeek"), 4)

    assert labelled(frame, 6) == ("gfn 6: in the bitmap", "drained from the PML buffer")


def test_a_write_that_meets_a_full_log_waits() -> None:
    line = timeline("enable\nread 0\nwrite gfn 0..512", level=EptLevel.PTE, pages=1024)
    frame = frame_after(line, 515, e.PmlIndexChecked)

    assert labelled(frame, 512) == (
        "gfn 512: the write waits",
        "D=0, not logged, not stored: exit 62 first",
    )


def test_write_protected_pages_and_untracked_ones_are_told_apart() -> None:
    protected = timeline("enable\nwrite 0x5000", level=EptLevel.PTE, strategy="write-protect")

    assert mark_of(frame_at(protected, 2), 6) is Mark.WRITE_PROTECTED
    assert labelled(frame_at(protected, 2), 6)[1] == "W=0: a write exits 48"
    assert labelled(frame_at(protected, 0), 6) == ("gfn 6: not tracked", "log-dirty mode is off")


def test_a_hole_is_not_mapped() -> None:
    frame = frame_at(timeline("enable", hole=True), 1)

    assert words(frame, 0x2000)[-1] == "not mapped: any access exits 48"
    assert labelled(frame, 0x2000)[0] == "gfn 8192: not mapped"


def test_whose_buffer_it_is_matters_with_two_vcpus() -> None:
    line = timeline("enable\nwrite 0x5000\nvcpu1 write 0x6000", vcpus=2)

    assert "only in PML[511] of vCPU 1" in words(frame_at(line, 3), 6)


@pytest.mark.parametrize("gfn", [0, 6, 511, 512, 2047, 1 << 22, (1 << 36) - 1])
@given(line=timelines())
def test_there_is_something_to_say_of_every_page_at_every_event(line: Timeline, gfn: int) -> None:
    for position in positions(line, 4):
        frame = resolve(line, position)

        assert all(words(frame, gfn))
        assert all(labelled(frame, gfn))
