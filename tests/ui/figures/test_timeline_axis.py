"""Where items and events lie along a timeline, and back."""

from itertools import pairwise

import pytest

from pmlviz.core.script import ItemScript, Line
from pmlviz.core.timeline import Position
from pmlviz.ui.figures.timeline_axis import CURRENT_SHARE, chapters, position_at, spans
from tests.ui.playing import frame_of


def lines(n: int) -> list[Line]:
    return list(ItemScript.parse("\n".join(f"write {k}" for k in range(n))).lines())


def test_a_short_script_has_a_chapter_for_each_line() -> None:
    found = chapters(lines(7), 3, 20)

    assert [(span.first, span.last) for span in found] == [(n, n) for n in range(1, 8)]


def test_of_a_range_the_current_item_stands_apart() -> None:
    script = ItemScript.parse("enable\nwrite gfn 0..511\nclean")

    found = chapters(script.lines(), 100, 20)

    assert [(s.first, s.last) for s in found] == [
        (1, 1),
        (2, 99),
        (100, 100),
        (101, 513),
        (514, 514),
    ]


@pytest.mark.parametrize("current", [0, 1, 2, 500, 999, 1000])
def test_of_a_long_script_the_neighbourhood_has_chapters_and_the_rest_is_two(current: int) -> None:
    found = chapters(lines(1000), current, 20)

    assert len(found) <= 20
    assert found[0].first == 1
    assert found[-1].last == 1000
    assert all(b.first == a.last + 1 for a, b in pairwise(found))
    assert any(s.first <= max(1, current) <= s.last and s.count == 1 for s in found)


@pytest.mark.parametrize("item", [1, 4, 7])
def test_the_current_chapter_gets_a_fifth_of_the_width_and_all_fill_it(item: int) -> None:
    laid = spans(frame_of("tour-xen", item), 12, 1012)

    current = next(span for span in laid if span.first == item)
    assert current.w >= CURRENT_SHARE * 980
    assert laid[0].x == 12
    assert laid[-1].x + laid[-1].w == pytest.approx(1012)


@pytest.mark.parametrize("event", [1, 4, 10])
def test_a_click_where_an_event_lies_is_that_event(event: int) -> None:
    frame = frame_of("tour-xen", 4)
    laid = spans(frame, 12, 1588)
    n_events = frame.summary.events[4]

    x = laid[3].x_of(4, event, n_events)

    assert position_at(frame, laid, x) == Position(4, event)


def test_a_click_left_of_everything_is_the_start() -> None:
    frame = frame_of("tour-xen", 4)

    assert position_at(frame, spans(frame, 12, 1588), 3) == Position(0, 0)


@pytest.mark.parametrize("event", [1, 7, 100, 1000])
def test_of_an_item_of_many_events_the_first_have_room_and_every_one_can_be_clicked(
    event: int,
) -> None:
    frame = frame_of("pml-full", 515)
    n_events = frame.summary.events[515]
    laid = spans(frame, 12, 1588)
    span = next(each for each in laid if each.first == 515)

    x = span.x_of(515, event, n_events)

    assert n_events > 1000
    assert position_at(frame, laid, x) == Position(515, event)
    assert span.x_of(515, 8, n_events) - span.x_of(515, 4, n_events) > 20
