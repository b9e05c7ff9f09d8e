"""Stripes: cut to their rectangle, pieces of one hatch."""

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.ui.figures.hatch import stripes
from pmlviz.ui.figures.scene import Hatch

PLACES = st.floats(-200, 200)
SIZES = st.floats(2, 60)


@given(PLACES, PLACES, SIZES, SIZES, PLACES)
def test_stripes_stay_inside_their_rectangle(
    x: float, y: float, w: float, h: float, phase: float
) -> None:
    hatch = Hatch(x, y, w, h, pitch=4, width=1.5)

    for polygon in stripes(hatch, phase):
        assert all(x - 1e-6 <= px <= x + w + 1e-6 for px, _ in polygon)
        assert all(y - 1e-6 <= py <= y + h + 1e-6 for _, py in polygon)


def test_a_stripe_lies_where_the_sum_of_the_coordinates_says() -> None:
    _, stripe, *_ = stripes(Hatch(100, 0, 50, 50, pitch=10, width=2))

    low, high = sorted({round(x + y, 6) for x, y in stripe})
    step = 10 * sqrt(2)
    assert high - low == pytest.approx(2 * sqrt(2))
    assert (low + high) / 2 == pytest.approx(round((low + high) / 2 / step) * step)


def test_two_halves_hatch_like_the_whole() -> None:
    def area(x: float, w: float, phase: float = 0) -> float:
        return sum(_area(polygon) for polygon in stripes(Hatch(x, 3, w, 20, pitch=5), phase))

    assert area(0, 17) + area(17, 23) == pytest.approx(area(0, 40))
    assert area(0, 23, phase=17) == pytest.approx(area(17, 23))


def test_a_stripe_across_a_corner_has_the_corner() -> None:
    polygons = stripes(Hatch(-5, -5, 10, 10, pitch=50, width=6))

    assert [len(polygon) for polygon in polygons] == [6]


def _area(polygon: list[tuple[float, float]]) -> float:
    closed = [*polygon[1:], polygon[0]]
    pairs = zip(polygon, closed, strict=True)
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs)) / 2
