"""Where running and searching stop."""

from pmlviz.core.document import open_document
from pmlviz.core.stats import Mark
from pmlviz.core.timeline import START, Position
from pmlviz.ui import search
from pmlviz.ui.search import Until
from tests.ui.playing import timeline_of


def test_a_goal_beyond_what_is_recorded_is_not_reached_yet() -> None:
    timeline = open_document("tour-xen").timeline()
    goal = search.at_item(timeline, Position(3), rest=True)

    before = goal()
    timeline.record_to(3)

    assert before is None
    assert goal() == timeline.rest(3)


def test_the_next_mark_lies_in_the_same_item_or_in_another() -> None:
    timeline = timeline_of("tour-xen")

    near = search.mark_in_item(timeline, Position(3, 4), 1)
    far = search.mark(timeline, timeline.rest(3), 1)()

    assert near == Position(3, 12)
    assert far == Position(6, 2)


def test_without_a_mark_the_search_ends_at_an_end() -> None:
    timeline = timeline_of("tour-xen")

    assert search.mark(timeline, Position(2, 1), -1)() == START
    assert search.mark(timeline, timeline.rest(7), 1)() == timeline.rest(7)
    assert search.mark(timeline, START, 1, Mark.LOST)() == timeline.rest(7)


def test_cleans_are_gone_to_at_rest() -> None:
    timeline = timeline_of("tour-xen")

    assert search.clean(timeline, START, 1)() == timeline.rest(6)
    assert search.clean(timeline, timeline.rest(7), -1)() == timeline.rest(6)


def test_running_stops_at_notes_touched_frames_kinds_and_the_end() -> None:
    timeline = timeline_of("tour-xen")

    def stop(**at: object) -> Position | None:
        until = at.get("until", Until.END)
        assert isinstance(until, Until)
        items = {5} if at.get("items") else set[int]()
        gfns = {7} if at.get("gfns") else set[int]()
        return search.stop(timeline, START, 1, until, items=items, gfns=gfns)()

    assert stop(items=True) == timeline.rest(5)
    assert stop(gfns=True) == timeline.rest(5)
    assert stop(until=Until.SPLIT) == timeline.rest(3)
    assert stop() == timeline.rest(7)


def test_running_backwards_stops_at_the_start() -> None:
    timeline = timeline_of("tour-xen")

    goal = search.stop(timeline, timeline.rest(6), -1, Until.END, items=(), gfns=())

    assert goal() == START
