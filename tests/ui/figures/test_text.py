"""Widths: the fonts' own advances, elision, wrapping."""

import importlib.util

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.assets import asset
from pmlviz.ui.figures.scene import Text
from pmlviz.ui.figures.text import (
    advances,
    baseline,
    elide,
    elide_middle,
    first_fitting,
    fit_size,
    text_width,
    width,
    wrap,
)

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40)


def test_the_data_is_what_the_bundled_fonts_say() -> None:
    spec = importlib.util.spec_from_file_location("advances", asset("fonts/advances.py"))
    assert spec is not None
    assert spec.loader is not None
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)

    assert maker.text() == asset("fonts/advances.json").read_text("ascii")


def test_the_bundled_fonts_have_every_sign_that_figures_type() -> None:
    missing = [sign for sign in "→←↑↓⇒✔✕✘×≤≥…·◇▼▲▶◀▸■□●⚑∧–—“”µ−" if advances(sign) == [0]]

    assert missing == []
    assert width("⇒", 10) != width("M", 10)


def test_digits_are_as_wide_as_each_other() -> None:
    for bold in (False, True):
        assert len({width(digit, 12.5, bold=bold) for digit in "0123456789"}) == 1
        assert len({width(sign, 12.5, "mono", bold=bold) for sign in "0xfiM→✔"}) == 1


def test_a_width_grows_with_the_size() -> None:
    assert width("vCPU 0 writes ", 23) == pytest.approx(166.75, abs=0.01)
    assert width("vCPU 0 writes ", 46) == pytest.approx(2 * 166.75, abs=0.02)


def test_a_sign_that_no_font_has_is_as_wide_as_an_m() -> None:
    assert width("漢", 10) == width("M", 10)


def test_a_text_primitive_is_measured_in_its_own_type() -> None:
    text = Text(0, 0, "0x6000", 14, "mono", bold=True)

    assert text_width(text) == width("0x6000", 14, "mono", bold=True)


def test_capitals_are_centred_on_the_middle() -> None:
    assert baseline(100, 10) == pytest.approx(103.6)


def test_what_fits_is_not_elided() -> None:
    assert elide("gfn 6", 500, 12.5) == "gfn 6"
    assert elide_middle("gfn 6", 500, 12.5) == "gfn 6"


def test_what_does_not_fit_keeps_its_beginning() -> None:
    assert elide("Why the superpage must be split", 100, 12.5) == "Why the supe…"


def test_what_is_elided_in_the_middle_keeps_both_ends() -> None:
    short = elide_middle("0xb820000100006377", 100, 12.5, "mono")

    assert short == "0xb820…006377"


@given(WORDS, st.floats(20, 300))
def test_elided_text_fits(text: str, room: float) -> None:
    assert width(elide(text, room, 12.5), 12.5) <= room
    assert width(elide_middle(text, room, 12.5), 12.5) <= room


def test_text_wraps_at_spaces() -> None:
    lines = wrap("Every page written since CLEAN is in the bitmap.", 150, 12.5)

    assert lines == ("Every page written", "since CLEAN is in the", "bitmap.")


def test_a_long_word_keeps_its_own_line_and_a_newline_breaks() -> None:
    assert wrap("a 0xb820000100006377 b\nc", 40, 12.5) == ("a", "0xb820000100006377", "b", "c")


@given(WORDS)
def test_wrapping_loses_no_word(text: str) -> None:
    assert " ".join(wrap(text, 60, 12.5)).split() == text.split()


def test_the_first_wording_that_fits_is_taken_else_the_last_is_cut() -> None:
    options = ("a long wording", "shorter", "short")

    assert first_fitting(options, 500, 12) == "a long wording"
    assert first_fitting(options, width("shorter", 12), 12) == "shorter"
    assert first_fitting(options, width("sh…", 12), 12) == "sh…"


def test_a_text_gets_the_first_size_that_fits_else_it_is_cut_in_its_middle() -> None:
    room = width("0x7fffffff000", 11, "mono")

    assert fit_size("0x7fffffff000", room, (14, 11, 9), "mono") == ("0x7fffffff000", 11)
    shown, size = fit_size("0x7fffffff000", 40, (14, 11), "mono")
    assert (size, shown[:2], "…" in shown) == (11, "0x", True)
