"""What a pointer means over a scene."""

import pytest

from pmlviz.ui.figures.scene import Rect, Scene, Target
from pmlviz.ui.views.pointing import aimed_at, page_range, tip_at

GFN = Target("gfn", 5)
SCENE = Scene(
    100, 100, (Rect(0, 0, 50, 50, "ink", target=GFN), Rect(10, 10, 10, 10, "panel", tip="a note"))
)


def test_a_click_goes_through_what_has_only_a_tip() -> None:
    assert aimed_at(SCENE, 15, 15) == GFN
    assert tip_at(SCENE, 15, 15) == "a note"


def test_where_nothing_lies_there_is_nothing_to_select_or_tell() -> None:
    assert aimed_at(SCENE, 90, 90) is None
    assert tip_at(SCENE, 90, 90) == ""


def test_before_the_first_frame_nothing_is_pointed_at() -> None:
    assert aimed_at(None, 15, 15) is None
    assert tip_at(None, 15, 15) == ""


@pytest.mark.parametrize(("start", "end"), [(5, 9), (9, 5)])
def test_a_drag_either_way_covers_the_same_pages(start: int, end: int) -> None:
    assert page_range(Target("gfn", start), Target("gfn", end)) == (5, 9)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (None, GFN), (GFN, None), (GFN, Target("slot", 3)), (Target("slot", 3), GFN),
        (Target("gfn", "5"), GFN),
    ],
)  # fmt: skip
def test_a_drag_that_leaves_the_pages_covers_none(start: Target | None, end: Target | None) -> None:
    assert page_range(start, end) is None
