"""Cards, chips, outlines, brackets, discs."""

from pmlviz.ui.figures.dump import dump
from pmlviz.ui.figures.parts import (
    bracket,
    card,
    changed,
    chip,
    chip_width,
    disc,
    label,
    not_yet,
    panel,
    slab,
)
from pmlviz.ui.figures.passes import bounds
from pmlviz.ui.figures.scene import NOT_YET, Path, Rect, Scene, Target, Text
from tests.golden import Golden


def test_the_helpers_draw_as_accepted(golden: Golden) -> None:
    scene = Scene(
        400,
        300,
        (
            *panel(0, 0, 400, 100),
            *panel(0, 110, 400, 100, now=True),
            *card(10, 10, 80, 60, target=Target("entry", "PTE"), tip="leaf"),
            *chip(100, 10, "permission"),
            *chip(100, 40, "62 PML full", h=28, radius=4, dash=NOT_YET, lead=17),
            *changed(200, 10, 150, 23),
            *changed(360, 10, 11.5, 11.5),
            *not_yet(200, 40, 150, 23),
            *slab(10, 120, 120, 32, "2 MiB"),
            *slab(10, 160, 120, 6),
            *bracket(10, 170, 120, 20),
            *disc(3, 200, 150, 11),
            *disc(1, 230, 150, 9, ring=None),
            label(260, 150, "next", bold=True, color="accent"),
        ),
    )

    golden(dump(scene), "scenes/parts_of_every_figure.txt")


def test_what_changed_is_solid_with_a_corner_and_what_is_next_dashed_without() -> None:
    outline, corner = changed(10, 10, 150, 23)
    (next_,) = not_yet(10, 10, 150, 23)

    assert isinstance(outline, Rect)
    assert isinstance(next_, Rect)
    assert (outline.stroke, outline.width, outline.dash) == ("accent", 2, ())
    assert (next_.stroke, next_.width, next_.dash) == ("accent", 2, NOT_YET)
    assert next_.fill is None
    assert isinstance(corner, Path)
    assert corner.fill == "accent"


def test_an_outline_stands_two_px_outside() -> None:
    x, y, w, h = bounds(Scene(1, 1, not_yet(10, 10, 100, 20)))

    # Its middle is 2 px outside, and it is 2 px wide.
    assert (x, y, w, h) == (7, 7, 106, 26)


def test_a_chip_is_as_wide_as_it_says() -> None:
    pill, words = chip(0, 0, "D 0→1", bold=True, lead=12)

    assert isinstance(pill, Rect)
    assert isinstance(words, Text)
    assert pill.w == chip_width("D 0→1", bold=True, lead=12)
    assert words.x == 9 + 12
