"""One page in words."""

from pmlviz.core.units import EptLevel
from pmlviz.ui.figures.page_words import page_words
from pmlviz.ui.figures.subject import subject_of
from pmlviz.ui.frame import Frame
from tests.ui.figures.stage_frames import frame_at, timeline
from tests.ui.playing import frame_of


def said(frame: Frame) -> list[str]:
    return list(page_words(frame, subject_of(frame)))


def test_a_logged_page_says_where_and_how_it_is_mapped() -> None:
    assert said(frame_of("tour-xen", 4)) == [
        "logged in PML[511], so its bit is still 0",
        "4 KiB page, logdirty, W = 1, D = 1",
        "written 1 time so far",
    ]


def test_a_page_stored_but_not_stepped_over_does_not_count_yet() -> None:
    assert said(frame_of("tour-xen", 4, 7))[0] == (
        "stored in PML[511]; it counts once the index has stepped over it"
    )


def test_a_page_the_handler_marked_is_dirty() -> None:
    assert said(frame_of("tour-xen", 3))[0] == "dirty: its bit in the bitmap is set"


def test_before_it_is_written_a_marked_page_is_over_reported() -> None:
    found = said(frame_of("tour-xen", 3, 13))

    assert found[0] == "its bit is set, yet it was not written since CLEAN: over-reported"


def test_a_lost_page_is_said_to_be_lost_and_in_what_it_is() -> None:
    assert said(frame_of("tour", 4, strategy="superpage-naive"))[:2] == [
        "written, and in neither bitmap nor buffer: lost",
        "2 MiB superpage PDE[0], logdirty, W = 1, D = 1",
    ]


def test_a_clean_page_whose_type_is_to_be_recomputed_says_so() -> None:
    line = timeline("enable\nwrite 0x5000\nclean\nread 0x400000")
    frame = frame_at(line, 4, selection=0x600)

    assert said(frame) == [
        "clean: its bit is 0, and it is in no buffer",
        "2 MiB superpage PDE[3], ram_rw, W = 1, D = 1, recalc pending",
    ]


def test_with_log_dirty_off_nothing_is_recorded() -> None:
    assert said(frame_at(timeline("write 0x5000"), 1))[0] == "no record of its writes is kept"


def test_where_nothing_is_mapped_it_says_so() -> None:
    frame = frame_at(timeline("enable", pages=1024, hole=True), 1, selection=0x800)

    assert said(frame)[1] == "not mapped"


def test_a_page_dirty_again_is_in_both() -> None:
    line = timeline("enable\nread gfn 0\nwrite gfn 5\npeek", level=EptLevel.PTE, pages=1024)
    frame = frame_at(line, 4)

    assert said(frame)[0] == "dirty: its bit in the bitmap is set"


def test_of_several_vcpus_it_says_whose_buffer() -> None:
    assert said(frame_of("two-vcpus", 4))[0].startswith("logged in PML[511] of vCPU 1")
