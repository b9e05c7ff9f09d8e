"""Where the pipe from a buffer leads."""

from pmlviz.core import events as e
from pmlviz.core.units import EptLevel, Gfn
from pmlviz.ui.figures.drain_ahead import Drained, drained
from pmlviz.ui.figures.subject import subject_of
from pmlviz.ui.frame import Frame
from tests.ui.figures.stage_frames import frame_after, frame_at, timeline
from tests.ui.playing import frame_of

SCATTERED = "enable\nread gfn 0\nwrite gfn 5\nwrite gfn 9\nread gfn 6\ndrain"


def of(frame: Frame, vcpu: int = 0) -> Drained | None:
    return drained(frame, subject_of(frame), vcpu)


def small(script: str, *, vcpus: int = 1) -> Frame:
    line = timeline(script, level=EptLevel.PTE, pages=1024, vcpus=vcpus)
    return frame_at(line, len(line.script))


def test_nothing_waits_nothing_is_drained() -> None:
    assert of(frame_of("tour-xen", 3)) is None
    assert of(frame_of("write-protect", 3, strategy="write-protect")) is None


def test_a_page_that_waits_names_its_slot() -> None:
    found = of(frame_of("tour-xen", 4))

    assert found is not None
    assert (found.low, found.high, found.when) == (6, 6, "next")
    assert found.words[0] == "a drain will set bit 0x6: PML[511] → bitmap"


def test_a_bit_that_is_set_already_is_found_set() -> None:
    found = of(small("enable\nread gfn 0\nwrite gfn 5\nclean\nread gfn 0\nwrite gfn 5\npeek"))
    again = of(small("enable\nwrite gfn 5\npeek\ninvept\nwrite gfn 5"))

    assert found is None
    assert again is None


def test_of_many_the_page_looked_at_comes_first() -> None:
    found = of(small("enable\nread gfn 0\nwrite gfn 9\nwrite gfn 5"))

    assert found is not None
    assert found.words[0] == "a drain will set bit 0x5: PML[510] → bitmap"


def test_of_many_others_all_are_counted_and_the_newest_is_shown() -> None:
    line = timeline(SCATTERED, level=EptLevel.PTE, pages=1024)
    found = of(frame_at(line, 5))

    assert found is not None
    assert (found.low, found.high) == (9, 9)
    assert found.words[0] == "a drain will set 2 bits"


def test_a_full_buffer_names_the_run_and_the_exit_that_drains_it() -> None:
    at_rest, ahead = of(frame_of("pml-full", 514)), of(frame_of("pml-full", 515, 12))

    assert at_rest is not None
    assert ahead is not None
    assert (at_rest.low, at_rest.high) == (0, 511)
    assert at_rest.words[0] == "a drain will set bits 0x0 … 0x1ff"
    assert ahead.words[0] == "the drain of exit 62 will set bits 0x0 … 0x1ff"


def test_while_it_drains_the_pipe_leads_to_the_page_marked_now() -> None:
    line = timeline(SCATTERED, level=EptLevel.PTE, pages=1024)

    found = of(frame_after(line, 6, e.PageMarked, 2))

    assert found == Drained(Gfn(5), Gfn(5), ("the drain: bit 0x5 0→1", "bit 0x5"), "now")


def test_a_page_that_the_handler_marks_comes_by_no_pipe() -> None:
    frame = frame_after(timeline("enable\nwrite 0x5000"), 2, e.PageMarked)

    assert of(frame) is None
