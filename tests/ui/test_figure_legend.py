"""Legends name the marks that are there, and no others."""

import pytest

from pmlviz.ui.figure_legend import legend
from pmlviz.ui.figures.cells import WORDS, Mark, cell_l
from pmlviz.ui.figures.parts import changed, not_yet, slab
from pmlviz.ui.figures.passes import box
from pmlviz.ui.figures.scene import Group, Line, Primitive, Rect, Text


def words(*parts: Primitive) -> list[str]:
    drawn, _ = legend(parts, 0, 0, 2000)
    return [part.text for part in drawn if isinstance(part, Text)]


@pytest.mark.parametrize("mark", [mark for mark in Mark if mark is not Mark.CLEAN])
def test_each_state_of_a_page_is_named_in_the_words_of_all_figures(mark: Mark) -> None:
    assert words(*cell_l(mark, 0, 0, 20)) == [WORDS[mark]]


def test_superpages_splits_changes_and_what_is_next_are_named() -> None:
    assert words(*slab(0, 0, 50, 20)) == ["superpage: one entry, one D flag"]
    assert words(Line(0, 0, 9, 9, "crack")) == ["just split"]
    assert words(*changed(0, 0, 20, 20)) == ["changed by this event or item"]
    assert words(*not_yet(0, 0, 20, 20)) == ["next"]


def test_marks_within_groups_count_and_each_is_named_once() -> None:
    page = cell_l(Mark.DIRTY, 0, 0, 20)

    assert words(Group("a", (*page, Group("b", page))), *page) == [WORDS[Mark.DIRTY]]


def test_a_picture_without_marks_has_no_legend() -> None:
    assert legend([Rect(0, 0, 9, 9, "panel"), Text(0, 0, "word")], 0, 0, 500) == ((), 0.0)


def test_a_legend_wraps_to_its_room_and_knows_its_height() -> None:
    everything = [part for mark in Mark for part in cell_l(mark, 0, 0, 20)]

    wide, low = legend(everything, 8, 100, 2000)
    narrow, high = legend(everything, 8, 100, 230)

    assert high > low
    for drawn, height, right in ((wide, low, 2008), (narrow, high, 240)):
        for part in drawn:
            left, top, end, bottom = box(part) or (8, 100, 8, 100)
            assert 7 <= left <= end <= right
            assert 99 <= top <= bottom <= 100 + height
