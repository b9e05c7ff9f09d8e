"""Tokens: text is legible, states differ for every eye, accent is no state."""

from itertools import combinations

import pytest

from pmlviz.ui.figures.theme import LIGHT, TEXT_ON, THEMES, TOKENS, Theme
from tests.ui.figures.vision import COLOUR_VISIONS, contrast, difference, hue, rgb, seen

EVERY_THEME = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)

# "crack" draws lines only, never a cell's fill.
FILLS = ("clean", "dirty", "pend", "lost", "over", "wp", "slab")
STATE_HUES = ("dirty", "pend", "pend.line", "lost", "lost.text", "over", "crack", "crack.text")


@EVERY_THEME
def test_every_theme_has_every_token(theme: Theme) -> None:
    assert tuple(theme.colors) == TOKENS


@EVERY_THEME
def test_text_is_legible_on_every_ground_it_stands_on(theme: Theme) -> None:
    ratios = {
        f"{text} on {ground}": contrast(theme[text], theme[ground])
        for text, grounds in TEXT_ON.items()
        for ground in grounds
    }

    assert {pair: ratio for pair, ratio in ratios.items() if ratio < 4.5} == {}


@EVERY_THEME
def test_the_lock_and_the_knocked_out_cross_are_seen_on_their_grounds(theme: Theme) -> None:
    # WCAG 2.2, "Non-text Contrast".
    assert contrast(theme["wp.lock"], theme["wp"]) >= 3
    assert contrast(theme["lost"], theme["lost.ground"]) >= 3
    assert contrast(theme["panel"], theme["lost"]) >= 3


@EVERY_THEME
@pytest.mark.parametrize("vision", COLOUR_VISIONS)
def test_fills_differ_for_every_colour_vision(theme: Theme, vision: str) -> None:
    eye = COLOUR_VISIONS[vision]
    near = {
        (one, other): difference(seen(rgb(theme[one]), eye), seen(rgb(theme[other]), eye))
        for one, other in combinations(FILLS, 2)
    }
    if theme is LIGHT and vision == "tritanopia":
        # A slab never shares a cell with a page's state.
        assert near.pop(("over", "slab")) >= 9.5

    assert {pair: apart for pair, apart in near.items() if apart < 14.5} == {}


@EVERY_THEME
def test_accent_is_in_no_states_family_of_hues(theme: Theme) -> None:
    turns = {
        state: abs((hue(theme["accent"]) - hue(theme[state]) + 180) % 360 - 180)
        for state in STATE_HUES
    }

    assert {state: turn for state, turn in turns.items() if turn < 40} == {}


def test_a_token_that_no_theme_has_is_named() -> None:
    with pytest.raises(KeyError, match="plum"):
        LIGHT["plum"]
