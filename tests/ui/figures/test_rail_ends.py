"""The ends of the rail: who accesses, by what translation, which page."""

import pytest

from pmlviz.core import events as e
from pmlviz.ui.figures.attempt import progress_of
from pmlviz.ui.figures.debug_plan import plan_of
from pmlviz.ui.figures.ordinals import pins
from pmlviz.ui.figures.passes import anchors, target_at
from pmlviz.ui.figures.rail_ends import guest_end, page_end
from pmlviz.ui.figures.scene import Rect, Scene, Target
from pmlviz.ui.figures.subject import subject_of
from pmlviz.ui.figures.table_column import track_of
from pmlviz.ui.frame import Frame
from tests.ui.figures.reading import text_boxes
from tests.ui.figures.stage_frames import frame_after, frame_at, timeline

SPLITS = "enable\nwrite 0x5000\nwrite 0x6008\nwrite 0x6008\nclean"


def ends(frame: Frame, width: float = 1048, height: float = 416) -> tuple[Scene, Scene]:
    plan = plan_of(width, height)
    subject = subject_of(frame)
    track = track_of(width, subject.path[-1].level, compact=plan.compact)
    about = (frame, subject, progress_of(frame), plan, track, pins(frame))
    return Scene(width, height, guest_end(*about)), Scene(width, height, page_end(*about))


def words(scene: Scene) -> list[str]:
    return [text for text, _ in text_boxes(scene)]


@pytest.mark.parametrize(
    ("item", "does"),
    [
        ("write 0x5000", "writes"),
        ("read 0x5000", "reads"),
        ("fetch 0x5000", "fetches"),
        ("rmw 0x5000", "modifies"),
        ("walk 0x5000", "walks"),
        ("invept", "no access"),
    ],
)
def test_the_vcpu_says_what_it_does(item: str, does: str) -> None:
    guest, _ = ends(frame_at(timeline(item), 1))

    assert does in words(guest)
    assert "vCPU 0" in words(guest)


def test_the_tlb_says_whether_it_served_and_what_it_holds() -> None:
    line = timeline(SPLITS)

    begun, _ = ends(frame_at(line, 3, 1))
    missed, _ = ends(frame_at(line, 3))
    served, _ = ends(frame_at(line, 4))

    assert "–" in words(begun)
    assert {"miss", "holds 2", "gfn 0x6", "W D"} <= set(words(missed))
    assert "hit" in words(served)


def test_compactly_the_tlb_stands_below_the_vcpu() -> None:
    boxes = dict(text_boxes(ends(frame_at(timeline(SPLITS), 3), 836, 330)[0]))

    assert boxes["TLB"][1] > boxes["vCPU 0"][3]


def test_the_page_is_dashed_until_the_access_reached_it() -> None:
    line = timeline(SPLITS)

    def frame_of_page(frame: Frame) -> Rect:
        return next(p for p in ends(frame)[1].parts if isinstance(p, Rect))

    waiting = frame_of_page(frame_after(line, 3, e.PmlLogged))
    reached = frame_of_page(frame_at(line, 3))
    idle = frame_of_page(frame_at(line, 5))

    assert (bool(waiting.dash), waiting.stroke) == (True, "faint")
    assert (bool(reached.dash), reached.stroke) == (False, "ink")
    assert (bool(idle.dash), idle.stroke) == (False, "faint")


def test_the_page_tells_offset_and_both_frame_numbers() -> None:
    _, page = ends(frame_at(timeline(SPLITS), 3))

    assert {"0x008", "gfn 0x6", "mfn 0x100006", "done"} <= set(words(page))


def test_a_page_inside_a_superpage_has_the_frame_of_its_own() -> None:
    _, page = ends(frame_at(timeline(SPLITS), 1, selection=0x234))

    assert "mfn 0x100234" in words(page)


def test_a_click_on_the_page_selects_it() -> None:
    _, page = ends(frame_at(timeline(SPLITS), 3))
    x, y = anchors(page)["rail.page"]

    assert target_at(page, x + 50, y + 40) == Target("gfn", 6)
