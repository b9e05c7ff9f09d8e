"""Where running and searching stop: goals that are looked for in what has been recorded so far.

A goal returns a position once it is found, and None while more items must be recorded to know.
"""

from collections.abc import Callable, Iterable
from enum import Enum

from pmlviz.core.stats import INTERESTING, Mark, mark_of
from pmlviz.core.timeline import START, Position, Timeline, find_item

Goal = Callable[[], Position | None]


class Until(Enum):
    """What running stops at, besides breakpoints and notes."""

    END = "end"
    CLEAN = "CLEAN"
    VIOLATION = "exit 48"
    MISCONFIG = "exit 49"
    PML_FULL = "exit 62"
    SPLIT = "a split"
    LOST = "a lost write"


UNTIL_MARK = {
    Until.END: Mark(0),
    Until.CLEAN: Mark.CLEAN,
    Until.VIOLATION: Mark.VIOLATION,
    Until.MISCONFIG: Mark.MISCONFIG,
    Until.PML_FULL: Mark.PML_FULL,
    Until.SPLIT: Mark.SPLIT,
    Until.LOST: Mark.LOST,
}


def at_item(timeline: Timeline, position: Position, *, rest: bool) -> Goal:
    """Return the goal of standing at *position*, at rest after its item if *rest*."""
    item = max(0, min(position.item, len(timeline.script)))

    def arrived() -> Position | None:
        if timeline.recorded < item:
            return None
        return timeline.rest(item) if rest else timeline.clamp(Position(item, position.event))

    return arrived


def mark_in_item(
    timeline: Timeline, here: Position, by: int, kinds: Mark = INTERESTING
) -> Position | None:
    """Return the next (*by* 1) or previous (-1) event of *kinds* within the item of *here*."""
    if not here.item:
        return None
    events = timeline.play(here.item).events
    order = range(here.event + 1, len(events) + 1) if by > 0 else range(here.event - 1, 0, -1)
    for n in order:
        if mark_of(events[n - 1]) & kinds:
            return Position(here.item, n)
    return None


def mark(timeline: Timeline, here: Position, by: int, kinds: Mark = INTERESTING) -> Goal:
    """Return the goal of the nearest event of *kinds* in another item than that of *here*."""

    def found() -> Position | None:
        item = find_item(timeline.summary, here.item, by, kinds)
        if item is not None:
            return _mark_of_item(timeline, item, by, kinds)
        return _neither(timeline, by)

    return found


def clean(timeline: Timeline, here: Position, by: int) -> Goal:
    """Return the goal of resting after the next or previous CLEAN."""

    def found() -> Position | None:
        item = find_item(timeline.summary, here.item, by, Mark.CLEAN)
        return timeline.rest(item) if item is not None else _neither(timeline, by)

    return found


def stop(
    timeline: Timeline,
    here: Position,
    by: int,
    until: Until,
    *,
    items: Iterable[int],
    gfns: Iterable[int],
) -> Goal:
    """Return the goal of the next of *items*, access to *gfns*, *until*, or the end."""
    stops, touched, kinds = frozenset(items), frozenset(gfns), UNTIL_MARK[until]
    at = here.item

    def found() -> Position | None:
        nonlocal at
        marks = timeline.summary.marks
        while True:
            at += by
            if at <= 0:
                return START
            if at > len(timeline.script):
                return timeline.rest(len(timeline.script))
            if at > timeline.recorded:
                at -= by
                return None
            if at in stops or marks[at] & kinds or _touches(timeline, at, touched):
                return timeline.rest(at)

    return found


def _touches(timeline: Timeline, number: int, gfns: frozenset[int]) -> bool:
    if not gfns:
        return False
    item = timeline.script.item(number)
    return item.is_access and item.value >> 12 in gfns


def _neither(timeline: Timeline, by: int) -> Position | None:
    if by < 0:
        return START
    return timeline.rest(len(timeline.script)) if timeline.complete else None


def _mark_of_item(timeline: Timeline, item: int, by: int, kinds: Mark) -> Position:
    events = timeline.play(item).events
    order = range(len(events)) if by > 0 else reversed(range(len(events)))
    n = next((n for n in order if mark_of(events[n]) & kinds), len(events) - 1)
    return Position(item, n + 1)
