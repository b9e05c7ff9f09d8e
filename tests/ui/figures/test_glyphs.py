"""Pictograms: all there, in their square, unlike each other."""

from itertools import combinations

import pytest

from pmlviz.ui.figures.dump import dump
from pmlviz.ui.figures.glyphs import EXIT_GLYPHS, GLYPHS, Glyph, glyph
from pmlviz.ui.figures.passes import bounds
from pmlviz.ui.figures.scene import Primitive, Scene
from tests.golden import Golden


def test_the_pictograms_draw_as_accepted(golden: Golden) -> None:
    parts: list[Primitive] = []
    for i, name in enumerate(GLYPHS):
        parts += glyph(name, 10 + 20 * i, 10, 10)

    golden(dump(Scene(20 * len(GLYPHS), 20, tuple(parts))), "scenes/pictograms.txt")


@pytest.mark.parametrize("name", GLYPHS)
@pytest.mark.parametrize("size", [8, 10, 24])
def test_a_pictogram_fills_its_square_and_no_more(name: Glyph, size: float) -> None:
    x, y, w, h = bounds(Scene(1, 1, glyph(name, 50, 50, size)))

    line = 0.25 * size
    assert x >= 50 - size * 0.625 - line / 2
    assert x + w <= 50 + size * 0.625 + line / 2
    assert y >= 50 - size / 2 - line / 2
    assert y + h <= 50 + size / 2 + line / 2
    assert h >= 0.5 * size


def test_no_two_pictograms_are_drawn_alike() -> None:
    drawn = {name: dump(Scene(1, 1, glyph(name, 0, 0))) for name in GLYPHS}

    assert [pair for pair in combinations(GLYPHS, 2) if drawn[pair[0]] == drawn[pair[1]]] == []


def test_every_exit_of_page_modification_logging_has_its_own() -> None:
    assert EXIT_GLYPHS == {48: "violation", 49: "misconfig", 62: "pml_full"}


def test_a_pictogram_takes_the_colour_it_is_given() -> None:
    for name in GLYPHS:
        text = dump(Scene(1, 1, glyph(name, 0, 0, 10, "deckink")))

        assert "deckink" in text
        assert "=ink" not in text
