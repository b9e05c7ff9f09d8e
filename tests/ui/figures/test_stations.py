"""Both ends of the road: the vCPU with its TLB, and the page of guest memory."""

from pmlviz.core import events as e
from pmlviz.core.document import open_document
from pmlviz.ui.figures.parts import Parts
from pmlviz.ui.figures.scene import NOT_YET, Hatch, Path, Text
from pmlviz.ui.figures.stations import page_card, tlb_card, vcpu_card
from pmlviz.ui.figures.trip import trip_of
from pmlviz.ui.frame import Frame
from tests.ui.figures.stage_frames import GOLDEN, frame_after, frame_at, paged, timeline


def words(parts: Parts) -> list[str]:
    return [p.text for p in parts if isinstance(p, Text)]


def vcpu(frame: Frame) -> list[str]:
    return words(vcpu_card(frame, trip_of(frame), 14, 122, 80, 96))


def tlb(frame: Frame, *, dropped: bool = False) -> list[str]:
    return words(tlb_card(frame, trip_of(frame), 108, 122, 84, 96, dropped=dropped))


def page(frame: Frame) -> Parts:
    return page_card(frame, trip_of(frame), 992, 134, 86, 88)


def test_the_vcpu_is_in_root_mode_from_exit_to_entry() -> None:
    line = timeline(GOLDEN)

    shown = [vcpu(frame_at(line, 3, n)) for n in (11, 12, 17)]

    assert shown[0] == ["vCPU 0", "write", "0x5000", "non-root"]
    assert [one[-1] for one in shown] == ["non-root", "root mode", "non-root"]


def test_while_xen_enables_the_log_the_vcpu_waits() -> None:
    line = open_document("tour-xen").timeline()

    assert vcpu(frame_at(line, 1, 8)) == ["vCPU 0", "paused", "Xen works"]
    assert vcpu(frame_at(line, 1)) == ["vCPU 0", "runs", "non-root"]


def test_the_tlb_tells_a_miss_from_a_hit_and_what_it_holds() -> None:
    line = timeline(GOLDEN)

    assert tlb(frame_at(line, 0, 0)) == ["TLB", "vCPU 0", "empty"]
    assert tlb(frame_at(line, 4)) == ["TLB", "gfn 6", "miss", "so: walk"]
    assert tlb(frame_at(line, 5)) == ["TLB", "gfn 6", "hit", "no walk"]


def test_the_tlb_of_a_paged_guest_goes_by_linear_page_and_may_be_dropped() -> None:
    frame = frame_at(paged("write 0x5123"), 1)

    assert tlb(frame)[1] == "page 0x5"
    assert tlb(frame, dropped=True)[-1] == "dropped"


def test_the_page_is_dashed_until_the_write_reaches_it_then_hatched() -> None:
    line = timeline(GOLDEN)
    coming, stored = page(frame_at(line, 4, 4)), page(frame_at(line, 4))

    assert isinstance(coming[0], Path)
    assert isinstance(stored[0], Path)
    assert (coming[0].dash, words(coming)[-1]) == (NOT_YET, "untouched")
    assert (stored[0].dash, words(stored)[-1]) == ((), "stored")
    assert not any(isinstance(p, Hatch) for p in coming)
    assert any(isinstance(p, Hatch) for p in stored)


def test_a_page_in_the_bitmap_that_was_not_written_yet_says_so() -> None:
    frame = frame_after(timeline(GOLDEN), 3, e.SuperpageSplit)

    assert words(page(frame)) == ["gfn 5", "0x5000", "not written"]


def test_a_lost_page_and_a_hole_are_not_taken_for_clean_ones() -> None:
    lost = page(frame_at(timeline(GOLDEN, strategy="superpage-naive"), 4))
    hole = page(frame_at(timeline("enable", hole=True), 1, selection=0x1000))

    assert words(lost)[-1] == "lost"
    assert words(hole)[-1] == "not mapped"
    assert isinstance(lost[0], Path)
    assert isinstance(hole[0], Path)
    assert (lost[0].fill, hole[0].fill) == ("lost.ground", "sunk")
