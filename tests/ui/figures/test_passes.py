"""Passes: anchors, bounds, what a click meets, what must be repainted."""

import pytest

from pmlviz.ui.figures.passes import anchors, bounds, clipped, damage, hit, target_at
from pmlviz.ui.figures.scene import (
    Anchor,
    Circle,
    Group,
    Hatch,
    Line,
    Path,
    Polyline,
    Primitive,
    Raster,
    Rect,
    Scene,
    Target,
    Text,
)

GFN = Target("gfn", 6)
TRIANGLE = (("M", 0.0, 0.0), ("L", 10.0, 0.0), ("L", 0.0, 10.0), ("Z",))


def scene(*parts: Primitive) -> Scene:
    return Scene(100, 100, parts)


def test_anchors_are_found_where_their_groups_put_them() -> None:
    inner = Group("inner", (Anchor("pte.d", 2, 3),), 10, 20)
    outer = Group("outer", (inner, Anchor("pml.511", 1, 1)), 100, 200, scale=2)

    assert anchors(scene(outer)) == {"pte.d": (124, 246), "pml.511": (102, 202)}


def test_an_anchor_offered_twice_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"pte\.d"):
        anchors(scene(Anchor("pte.d", 0, 0), Anchor("pte.d", 1, 1)))


def test_bounds_take_in_strokes_and_offsets() -> None:
    parts = Group("g", (Rect(0, 0, 10, 10, stroke="ink", width=2),), 5, 5)

    assert bounds(scene(parts)) == (4, 4, 12, 12)


def test_bounds_of_text_are_those_of_its_line() -> None:
    x, y, w, h = bounds(scene(Text(50, 50, "0x6000", 10, "mono", anchor="end")))

    assert (x + w, y, h) == pytest.approx((50, 40.72, 11.64))
    assert w == pytest.approx(36.12, abs=0.01)


def test_bounds_end_at_a_clip_and_are_empty_for_nothing() -> None:
    group = Group("g", (Rect(0, 0, 50, 50, "ink"),), clip=(10, 10, 20, 20))

    assert bounds(scene(group)) == (10, 10, 20, 20)
    assert bounds(scene(Anchor("a", 9, 9))) == (0, 0, 0, 0)


def test_every_kind_of_primitive_has_bounds() -> None:
    parts = (
        Line(0, 0, 10, 0, width=2),
        Polyline(((0, 5), (20, 5)), width=2),
        Path((("M", 0, 30), ("C", 0, 40, 10, 40, 10, 30)), stroke="ink", width=0),
        Circle(30, 30, 5),
        Hatch(40, 0, 5, 5),
        Raster(0, 45, 5, 5, 1, 1, b"\0", ("ink",)),
    )

    assert bounds(scene(*parts)) == (-1, -1, 46, 51)


def test_the_topmost_thing_with_a_target_is_hit() -> None:
    below, above = Rect(0, 0, 10, 10, target=Target("gfn", 1)), Rect(5, 0, 10, 10, target=GFN)

    assert hit(scene(below, above), 7, 5) is above
    assert hit(scene(below, above), 2, 5) is below
    assert hit(scene(below, above), 50, 50) is None


def test_what_has_no_target_lets_the_click_through() -> None:
    slot = Rect(0, 0, 50, 20, target=Target("slot", 511))

    assert hit(scene(slot, Text(5, 14, "0x6000")), 10, 10) is slot


def test_a_tip_is_hovered_but_not_clicked() -> None:
    slot = Rect(0, 0, 50, 20, target=Target("slot", 511))
    word = Text(5, 14, "stale", tip="left from the last drain")

    assert hit(scene(slot, word), 10, 10) is word
    assert target_at(scene(slot, word), 10, 10) == Target("slot", 511)


def test_a_click_goes_through_groups_and_not_outside_their_clip() -> None:
    cell = Rect(0, 0, 10, 10, target=GFN)
    group = Group("g", (cell,), 20, 20, clip=(0, 0, 5, 5), scale=2)

    assert hit(scene(group), 25, 25) is cell
    assert hit(scene(group), 35, 35) is None


def test_a_line_is_met_within_three_px() -> None:
    line = Line(0, 0, 100, 0, target=GFN)
    bend = Polyline(((0, 20), (50, 20), (50, 90)), target=GFN)

    assert hit(scene(line), 50, 2.5) is line
    assert hit(scene(line), 50, 4) is None
    assert hit(scene(bend), 52, 60) is bend


def test_a_filled_path_is_met_inside_and_a_drawn_one_on_its_line() -> None:
    filled = Path(TRIANGLE, fill="accent", target=GFN)
    drawn = Path(TRIANGLE, stroke="accent", target=GFN)

    assert hit(scene(filled), 2, 2) is filled
    assert hit(scene(filled), 8, 8) is None
    assert hit(scene(drawn), 0, 5) is drawn


def test_circles_hatches_and_words_are_met() -> None:
    circle = Circle(10, 10, 5, "ink", target=GFN)
    hatch = Hatch(30, 0, 10, 10, target=GFN)
    word = Text(60, 50, "D", target=GFN)

    assert hit(scene(circle), 13, 13) is circle
    assert hit(scene(circle), 15, 15) is None
    assert hit(scene(hatch), 35, 5) is hatch
    assert hit(scene(word), 62, 48) is word


def test_a_raster_tells_which_cell_was_clicked() -> None:
    raster = Raster(10, 10, 40, 20, 2, 4, bytes(8), ("clean",), Target("gfn", 0x200))

    assert target_at(scene(raster), 10, 10) == Target("gfn", 0x200)
    assert target_at(scene(raster), 49.9, 29.9) == Target("gfn", 0x207)
    assert target_at(scene(raster), 60, 10) is None


def test_a_cell_that_stands_for_many_counts_by_its_step() -> None:
    raster = Raster(0, 0, 40, 20, 2, 4, bytes(8), (None,), Target("gfn", 0x200), step=8)

    assert target_at(scene(raster), 15, 15) == Target("gfn", 0x200 + 5 * 8)


def test_a_clip_shows_what_is_inside_and_says_whether_anything_is_cut() -> None:
    inside, across, outside = Rect(2, 2, 2, 2), Rect(8, 8, 5, 5), Rect(30, 30, 5, 5)

    assert clipped(Group("g", (inside, outside), clip=(0, 0, 10, 10))) == ((inside,), False)
    assert clipped(Group("g", (inside, across), clip=(0, 0, 10, 10))) == ((inside, across), True)
    assert clipped(Group("g", (across,))) == ((across,), False)


def test_nothing_is_repainted_when_nothing_changed() -> None:
    assert damage(scene(Rect(0, 0, 1, 1)), scene(Rect(0, 0, 1, 1))) is None


def test_only_what_changed_is_repainted_even_deep_in_groups() -> None:
    def step(slot: str) -> Scene:
        parts = (Rect(0, 0, 10, 10, slot), Rect(40, 0, 10, 10, "clean"))
        return scene(Group("pml", parts, 20, 30, scale=2), Rect(0, 0, 5, 5, "ink"))

    assert damage(step("clean"), step("dirty")) == (20, 30, 40, 50)


def test_a_thing_that_moved_is_repainted_where_it_was_and_where_it_is() -> None:
    old, new = Group("g", (Rect(0, 0, 5, 5),), 0, 0), Group("g", (Rect(0, 0, 5, 5),), 50, 0)

    assert damage(scene(old), scene(new)) == (0, 0, 55, 5)


def test_what_came_or_went_is_repainted() -> None:
    mark = Rect(50, 50, 5, 5, "accent")

    assert damage(scene(Rect(0, 0, 9, 9)), scene(Rect(0, 0, 9, 9), mark)) == (50, 50, 55, 55)
    assert damage(scene(Rect(0, 0, 9, 9), mark), scene(Rect(0, 0, 9, 9))) == (50, 50, 55, 55)


def test_another_size_repaints_everything() -> None:
    assert damage(Scene(10, 10, ()), Scene(20, 10, ())) == (0, 0, 20, 10)
