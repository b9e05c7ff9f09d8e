"""Pages in their states: what is drawn tells them apart, whoever looks and at whatever zoom."""

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from pmlviz.ui.export import image
from pmlviz.ui.figures.cells import (
    SEVERITY,
    Mark,
    burst,
    cell,
    cell_l,
    cell_m,
    cell_s,
    gravest,
    row_s,
    seam_opacity,
    seams,
    seams_s,
    slab_l,
    slab_m,
    slab_s,
    tile,
)
from pmlviz.ui.figures.dump import dump
from pmlviz.ui.figures.parts import Parts
from pmlviz.ui.figures.passes import bounds, target_at
from pmlviz.ui.figures.scene import Primitive, Rect, Scene, Target
from pmlviz.ui.figures.theme import THEMES, Theme
from tests.golden import Golden
from tests.ui.figures.vision import VISIONS, Array, seen

pytestmark = pytest.mark.usefixtures("qapp")

MARGIN = 4
ROW = 14
CLEARLY = 32
"""Two pixels differ clearly from this difference on, the mean of their channels, of 255."""


def picture(parts: Parts, w: int, h: int, theme: Theme) -> Array:
    """Return sRGB values 0 to 1 of what is drawn on a panel, shape (h, w, 3)."""
    drawn = image(Scene(w, h, parts, "panel"), theme)
    rows = np.frombuffer(bytes(drawn.constBits()), np.uint8).reshape(h, w, 4)
    return rows[..., 2::-1] / 255


def drawn_l(z: int, theme: Theme) -> dict[str, Array]:
    at, side = (MARGIN, MARGIN), z + 2 * MARGIN
    parts = {str(mark): cell_l(mark, *at, z) for mark in Mark}
    parts["superpage"] = slab_l(*at, 3 * z, z, "")
    parts["shattered"] = (*seams(*at, 1, 1, z + 1.2, 1.2), *tile(*at, z))
    return {name: picture(one, side, side, theme) for name, one in parts.items()}


def drawn_m(z: int, theme: Theme) -> dict[str, Array]:
    at, side = (MARGIN, MARGIN), z + 2 * MARGIN
    parts = {str(mark): cell_m(mark, *at, z) for mark in Mark}
    parts["superpage"] = slab_m(*at, 9 * z, 3 * z)
    parts["shattered"] = (*seams(*at, 1, 1, z + 1, 1), *tile(*at, z))
    return {name: picture(one, side, side, theme) for name, one in parts.items()}


def drawn_s(w: int, theme: Theme) -> dict[str, Array]:
    row = (-20.0, MARGIN, 100.0, ROW)
    parts = {str(mark): (*row_s(*row), *cell_s(mark, MARGIN, MARGIN, w, ROW)) for mark in Mark}
    parts["superpage"] = slab_s(*row)
    parts["shattered"] = (*row_s(*row), *seams_s(*row))
    return {name: picture(one, 12, ROW + 2 * MARGIN, theme) for name, one in parts.items()}


EVERY_THEME = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
EVERY_VISION = pytest.mark.parametrize("vision", VISIONS)


def clear_pixels(one: Array, other: Array, vision: str) -> NDArray[np.bool_]:
    eye = VISIONS[vision]
    apart: Array = np.abs(seen(one, eye) - seen(other, eye)).mean(axis=2) * 255
    return apart >= CLEARLY


@EVERY_VISION
@EVERY_THEME
@pytest.mark.parametrize("z", [12, 16, 34])
def test_two_states_differ_in_a_tenth_of_the_cell_at_l(z: int, theme: Theme, vision: str) -> None:
    shares = {
        (a, b): clear_pixels(one, other, vision).sum() / z**2
        for (a, one), (b, other) in combinations(drawn_l(z, theme).items(), 2)
    }

    assert {pair: share for pair, share in shares.items() if share < 0.1} == {}


@EVERY_VISION
@EVERY_THEME
@pytest.mark.parametrize("z", [5, 7, 11])
def test_two_states_differ_in_a_tenth_of_the_cell_at_m(z: int, theme: Theme, vision: str) -> None:
    shares = {
        (a, b): clear_pixels(one, other, vision).sum() / z**2
        for (a, one), (b, other) in combinations(drawn_m(z, theme).items(), 2)
    }

    assert {pair: share for pair, share in shares.items() if share < 0.1} == {}


@EVERY_VISION
@EVERY_THEME
@pytest.mark.parametrize("w", [1, 2, 4])
def test_two_states_differ_in_two_pixels_of_a_column_at_s(
    w: int, theme: Theme, vision: str
) -> None:
    tallest = {
        (a, b): clear_pixels(one, other, vision).sum(axis=0).max()
        for (a, one), (b, other) in combinations(drawn_s(w, theme).items(), 2)
    }

    assert {pair: n for pair, n in tallest.items() if n < 2} == {}


def test_cells_are_drawn_as_accepted(golden: Golden) -> None:
    parts: list[Primitive] = []
    for i, mark in enumerate(Mark):
        parts += cell_l(mark, 10 + 40 * i, 10, 34, target=Target("gfn", i))
        parts += cell_m(mark, 10 + 40 * i, 60, 7)
        parts += cell_s(mark, 10 + 40 * i, 80, 2, ROW)
    parts += [
        *slab_l(10, 110, 114, 32, "2 MiB"),
        *slab_s(140, 110, 90, 14),
        *row_s(10, 150, 90, 14),
    ]
    parts += [*seams(10, 180, 3, 1, 37, 2, age=2), *seams_s(140, 180, 40, 14)]

    golden(dump(Scene(260, 220, tuple(parts))), "scenes/every_state_at_every_zoom.txt")


@pytest.mark.parametrize("mark", Mark)
@pytest.mark.parametrize("z", [5, 11, 12, 34])
def test_a_cell_answers_a_click_anywhere(mark: Mark, z: float) -> None:
    scene = Scene(50, 50, cell(mark, 5, 5, z, target=Target("gfn", 6)))

    places = [(5.5, 5.5), (5 + z / 2, 5 + z / 2), (4.5 + z, 4.5 + z)]

    assert [target_at(scene, *place) for place in places] == [Target("gfn", 6)] * 3


def test_a_page_has_room_for_a_sign_from_12_px_on() -> None:
    assert cell(Mark.LOST, 0, 0, 12) == cell_l(Mark.LOST, 0, 0, 12)
    assert cell(Mark.LOST, 0, 0, 11.9) == cell_m(Mark.LOST, 0, 0, 11.9)


def test_a_lost_page_breaks_the_silhouette_of_its_row() -> None:
    (bar,) = cell_s(Mark.LOST, 10, 20, 1, 14)

    assert bounds(Scene(1, 1, (bar,))) == (9, 17, 3, 20)


def test_pending_and_over_reported_are_opposite_halves() -> None:
    (pending,) = cell_s(Mark.PENDING, 0, 0, 2, 14)
    (over,) = cell_s(Mark.OVER, 0, 0, 2, 14)

    assert isinstance(pending, Rect)
    assert isinstance(over, Rect)
    assert (pending.y, pending.h) == (7, 7)
    assert (over.y, over.h) == (0, 7)


def test_what_stands_for_several_pages_shows_the_gravest() -> None:
    assert gravest([Mark.CLEAN] * 63 + [Mark.LOST]) is Mark.LOST
    assert gravest([Mark.PENDING, Mark.DIRTY, Mark.OVER]) is Mark.DIRTY
    assert gravest([]) is Mark.CLEAN
    assert sorted(SEVERITY) == sorted(Mark)


def test_seams_fade_in_eight_steps() -> None:
    assert [seam_opacity(age) for age in range(10)] == [
        1, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125, 0, 0,
    ]  # fmt: skip
    assert seams(0, 0, 3, 3, 8, 1, age=8) == ()
    assert seams_s(0, 0, 160, 14, age=8) == ()


def test_a_split_pushes_tiles_off_the_page_that_was_written() -> None:
    tiles = [part for part in burst(0, 0, 32, 16, 5, 4, 5, 0) if isinstance(part, Rect)]

    written, beside, far = tiles[5], tiles[6], tiles[31]
    assert (written.x, written.y) == (25, 0)
    assert beside.x - 30 == pytest.approx(7 * (1 - 1 / 30))
    assert far.x - 155 == pytest.approx(7 * (1 - 26 / 30))
