"""Elbows, arrow heads, wires, blocked effects."""

import pytest

from pmlviz.ui.figures.dump import dump
from pmlviz.ui.figures.passes import flatten
from pmlviz.ui.figures.scene import NOT_YET, Line, Path, Point, Scene, Text
from pmlviz.ui.figures.wires import (
    Direction,
    arrow_head,
    blocked,
    elbow,
    fan,
    heading,
    wire,
)
from tests.golden import Golden


def test_wires_draw_as_accepted(golden: Golden) -> None:
    scene = Scene(
        400,
        200,
        (
            *wire([(10, 10), (100, 10), (100, 60), (200, 60)]),
            *wire([(10, 80), (100, 80)], dash=NOT_YET, thick=2, head=0),
            *blocked([(10, 100), (100, 100), (100, 150)], "index > 511"),
            fan(200, 60, 70, 240, 10, 120),
        ),
    )

    golden(dump(scene), "scenes/wires_turn_and_are_blocked.txt")


def test_a_corner_is_a_quarter_turn_of_its_radius() -> None:
    d = elbow([(0, 0), (50, 0), (50, 50)], 10)

    assert [op for op, *_ in d] == ["M", "L", "C", "L"]
    assert d[1] == ("L", 40, 0)
    assert flatten(d)[0][-2] == pytest.approx((50, 10))


def test_a_short_leg_shares_its_length_between_its_corners() -> None:
    (line,) = flatten(elbow([(0, 0), (50, 0), (50, 8), (100, 8)], 10))

    assert (50, 4) in line
    assert max(x for x, y in line if y == 0) == 46


def test_points_that_coincide_make_no_corner() -> None:
    assert elbow([(0, 0), (0, 0), (9, 0)], 5) == (("M", 0, 0), ("L", 9, 0))


@pytest.mark.parametrize(
    ("direction", "back"),
    [("right", (-10, 0)), ("left", (10, 0)), ("up", (0, 10)), ("down", (0, -10))],
)
def test_an_arrow_head_ends_at_its_point(direction: Direction, back: Point) -> None:
    head = arrow_head(50, 50, direction, length=10, spread=4)
    ((tip, a, b, _),) = flatten(head.d)

    assert tip == (50, 50)
    assert ((a[0] + b[0]) / 2 - 50, (a[1] + b[1]) / 2 - 50) == back
    assert heading((0, 0), (-back[0], -back[1])) == direction


def test_a_wire_ends_inside_its_head() -> None:
    line, head = wire([(0, 0), (100, 0)], head=10)

    assert isinstance(line, Path)
    assert line.d[-1] == ("L", 94, 0)
    assert isinstance(head, Path)
    assert head.d[0] == ("M", 100, 0)


def test_a_blocked_effect_is_dashed_and_says_why() -> None:
    path, bar, _, reason = blocked([(0, 0), (100, 0)], "index > 511")

    assert isinstance(path, Path)
    assert path.dash == NOT_YET
    assert isinstance(bar, Line)
    assert (bar.x1, bar.x2) == (100, 100)
    assert isinstance(reason, Text)
    assert reason.text == "index > 511"
