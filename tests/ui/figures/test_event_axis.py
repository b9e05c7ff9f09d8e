"""Where items and events lie on an axis of events, and back."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.core.timeline import Position
from pmlviz.core.units import EptLevel
from pmlviz.ui.figures.event_axis import LEAST_STEP, REST, Span, position_at, spans
from pmlviz.ui.frame import Frame, resolve
from tests.ui.figures.stage_frames import frame_at, timeline
from tests.ui.playing import frame_of, timeline_of

LONG = timeline("enable\nread gfn 0\nwrite gfn 0..511\nclean", level=EptLevel.PTE, pages=1024)


def laid(frame: Frame, width: float = 1500) -> tuple[Span, ...]:
    return spans(frame, 14, width)


def test_an_item_is_as_wide_as_its_events() -> None:
    found = laid(frame_of("tour-xen", 7))
    events = timeline_of("tour-xen").summary.events

    steps = {round(span.w / max(4, events[span.first]), 6) for span in found}

    assert [span.first for span in found] == [1, 2, 3, 4, 5, 6, 7]
    assert len(steps) == 1


def test_items_follow_one_another_over_the_whole_room() -> None:
    for frame in (frame_of("tour-xen", 3), frame_at(LONG, 300), frame_at(LONG, 515)):
        found = laid(frame)

        assert all(a.x + a.w == pytest.approx(b.x) for a, b in pairwise(found))
        assert all(a.last + 1 == b.first for a, b in pairwise(found))
        assert found[0].x == 14
        assert found[-1].x + found[-1].w <= 1500.1


def test_of_a_long_script_the_items_round_the_current_one_are_on_the_axis() -> None:
    found = laid(frame_at(LONG, 300))

    assert found[0].is_rest
    assert found[-1].is_rest
    assert (found[0].first, found[-1].last) == (1, 515)
    assert any(span.first == span.last == 300 for span in found)
    assert all(span.step >= LEAST_STEP - 0.01 for span in found if not span.is_rest)


def test_an_item_not_recorded_yet_has_some_room() -> None:
    line = timeline("enable\nwrite 0x5000\nwrite 0x6000")
    found = laid(frame_at(line, 1))

    assert [span.n_events for span in found][1:] == [0, 0]
    assert all(span.w > 40 for span in found)


def test_an_item_of_very_many_events_keeps_room_for_those_at_its_ends() -> None:
    frame = frame_of("pml-full", 515)
    (span,) = (s for s in laid(frame) if s.first == 515)
    steps = [b - a for a, b in pairwise([span.x_of(n) for n in range(1, span.n_events + 1)])]

    assert span.n_events > 1000
    assert steps[0] == pytest.approx(span.step)
    assert steps[-1] == pytest.approx(span.step)
    assert min(steps) < 1
    assert all(step > 0 for step in steps)


def test_there_is_nothing_to_lay_out_in_an_empty_script() -> None:
    assert laid(frame_at(timeline("# nothing"), 0, 0)) == ()
    assert position_at(frame_at(timeline("# nothing"), 0, 0), (), 100) == Position()


@given(st.sampled_from(["tour-xen", "pml-full", "straddle"]), st.data())
def test_each_event_is_found_where_it_lies(reference: str, data: st.DataObject) -> None:
    line = timeline_of(reference)
    item = data.draw(st.integers(1, len(line.script)))
    frame = resolve(line, line.rest(item))
    found = laid(frame)
    (span,) = (s for s in found if s.first == s.last == item)

    event = data.draw(st.integers(1, span.n_events))

    assert position_at(frame, found, span.x_of(event)) == Position(item, event)


def test_a_click_in_the_rest_of_a_script_goes_to_an_item_at_rest() -> None:
    frame = frame_at(LONG, 300)
    found = laid(frame)

    position = position_at(frame, found, found[0].x + 32)

    assert 1 < position.item < 289
    assert position.event == REST


def test_left_of_everything_is_the_start() -> None:
    frame = frame_of("tour-xen", 3)

    assert position_at(frame, laid(frame), 2) == Position()
