"""Words and marks of EPT entries."""

import pytest

from pmlviz.core.ept import EptEntry
from pmlviz.core.units import REAL, EptLevel
from pmlviz.ui.figures.entry_parts import bit, changed_runs, differences, mem_type, raw, raw_value
from pmlviz.ui.figures.scene import Line, Rect, Text
from pmlviz.ui.figures.text import text_width

CLEAN, LOGGED = EptEntry(0xB820000100006177), EptEntry(0xB820000100006377)
SUPERPAGE, TABLE = EptEntry(0xB8200001000001F5), EptEntry(0xB800000002345107)


def test_a_raw_value_has_sixteen_digits() -> None:
    assert raw(EptEntry(0x107)) == "0x0000000000000107"


def test_only_the_digits_that_changed_are_boxed() -> None:
    assert list(changed_runs(CLEAN, LOGGED)) == [(15, 15)]
    assert list(changed_runs(CLEAN, CLEAN)) == []
    assert list(changed_runs(0, 0xFF00FF)) == [(12, 13), (16, 17)]


def test_a_raw_value_ends_where_it_is_told_to() -> None:
    (text,) = raw_value(200, 20, LOGGED, 14)

    assert isinstance(text, Text)
    assert text.x + text_width(text) == pytest.approx(200)


def test_a_box_stands_round_its_digit() -> None:
    box, text = raw_value(200, 20, LOGGED, 14, was=CLEAN)

    assert isinstance(box, Rect)
    assert isinstance(text, Text)
    step = text_width(text) / 18
    assert box.x == pytest.approx(text.x + 15 * step - 0.5)


def test_a_clear_bit_is_struck_a_set_one_is_filled() -> None:
    set_, clear = bit(0, 0, 19, "W", on=True), bit(0, 0, 19, "W", on=False)

    assert any(isinstance(p, Line) for p in clear)
    assert not any(isinstance(p, Line) for p in set_)
    assert isinstance(set_[0], Rect)
    assert set_[0].fill == "bit"


@pytest.mark.parametrize(
    ("was", "now", "level", "words"),
    [
        (SUPERPAGE, TABLE, EptLevel.PDE, "was one 2 MiB leaf"),
        (EptEntry(0xB80000000234553F), TABLE, EptLevel.PDE, "emt 7→0, recalc 1→0"),
        (EptEntry(TABLE & ~0x100), TABLE, EptLevel.PDE, "A 0→1"),
        (TABLE, EptEntry(0), EptLevel.PDE, "was present"),
        (TABLE, EptEntry(TABLE + 0x1000), EptLevel.PDE, "changed"),
    ],
)
def test_what_changed_is_said_in_few_words(
    was: EptEntry, now: EptEntry, level: EptLevel, words: str
) -> None:
    assert differences(was, now, level, REAL)[0] == words


@pytest.mark.parametrize(("emt", "name"), [(6, "WB"), (0, "UC"), (7, "emt 7"), (2, "emt 2")])
def test_memory_types_have_their_letters(emt: int, name: str) -> None:
    assert mem_type(emt) == name
