"""Where items and events lie along a timeline, and back: chapters with a stepwise fisheye.

A chapter is a line of the script; the current item is always one of its own, at least a fifth of
the width. Of a long script only the neighbourhood has chapters; what lies before and after is one
chapter each.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

import msgspec

from pmlviz.core.script import Line
from pmlviz.core.timeline import Position, Summary
from pmlviz.ui.frame import Frame

GAP: Final = 2.0
PAD: Final = 9.0
"""From a chapter's edge to where its first event's room begins."""

CURRENT_SHARE: Final = 0.2
MANY: Final = 48
"""An item of more events than this is not told evenly."""

LEAST_CHAPTER: Final = 64.0
"""A neighbourhood has as many chapters as fit at this width."""


class Span(msgspec.Struct, frozen=True):
    """A chapter: items *first* to *last*, at *x*, *w* px wide; *text* is the script's, if it is one
    line.
    """

    first: int
    last: int
    text: str
    x: float = 0.0
    w: float = 0.0

    @property
    def count(self) -> int:
        """Items of the chapter."""
        return self.last - self.first + 1

    def x_of(self, item: int, event: int, n_events: int) -> float:
        """Return where *event* (of *n_events*) of *item* lies; event 0 is the chapter's start."""
        room = self.w - 2 * PAD
        if self.count > 1:
            return self.x + PAD + (item - self.first + 0.5) / self.count * room
        if not event:
            return self.x + 3
        return self.x + PAD + _share(event, n_events) * room


def spans(frame: Frame, left: float, right: float) -> tuple[Span, ...]:
    """Return the chapters of *frame*, laid out from *left* to *right*."""
    current = frame.position.item
    room = right - left
    found = chapters(frame.script.lines(), current, max(3, int(room / LEAST_CHAPTER)))
    if not found:
        return ()
    weights = [_weight(span, frame.summary) for span in found]
    usable = room - GAP * (len(found) - 1)
    total = sum(weights)
    shares = [weight / total for weight in weights]
    at = next((n for n, span in enumerate(found) if span.first <= current <= span.last), None)
    if at is not None and shares[at] < CURRENT_SHARE:
        rest = 1 - shares[at]
        shares = [share / rest * (1 - CURRENT_SHARE) for share in shares]
        shares[at] = CURRENT_SHARE
    x = left
    laid = []
    for span, share in zip(found, shares, strict=True):
        laid.append(msgspec.structs.replace(span, x=x, w=share * usable))
        x += share * usable + GAP
    return tuple(laid)


def chapters(lines: Sequence[Line], current: int, most: int) -> list[Span]:
    """Return about *most* chapters, not laid out: lines round item *current*, the rest in bulk."""
    n = len(lines)
    if not n:
        return []
    at = max(0, bisect_right(lines, current, key=_first_of) - 1)
    if n <= most:
        low, high = 0, n
    else:
        low = max(0, min(at - (most - 2) // 2, n - (most - 2)))
        high = min(n, low + most - 2)
    found: list[Span] = []
    if low:
        found.append(Span(1, lines[low].first - 1, ""))
    for number in range(low, high):
        line = lines[number]
        found += _around(line, current)
    if high < n:
        found.append(Span(lines[high].first, lines[n - 1].last, ""))
    return found


def position_at(frame: Frame, laid: Sequence[Span], x: float) -> Position:
    """Return the position at *x*: an event of a chapter of one item, else an item at rest."""
    if not laid or x < laid[0].x:
        return Position()
    span = next((s for s in laid if x < s.x + s.w + GAP / 2), laid[-1])
    share = (x - span.x - PAD) / max(1.0, span.w - 2 * PAD)
    if span.count > 1:
        item = span.first + max(0, min(span.count - 1, int(share * span.count)))
        return Position(item, REST)
    if span.first > frame.recorded:
        return Position(span.first, REST)
    n_events = frame.summary.events[span.first]
    return Position(span.first, max(1, min(n_events, _event_at(share, n_events))))


REST: Final = 1 << 30
"""An event number past any item's last: at rest."""


def _share(event: int, n_events: int) -> float:
    """Return how far along its chapter *event* lies: evenly, or by the logarithm in an item of
    many, where what is telling comes before hundreds of alike ones.
    """
    if n_events <= MANY:
        return (event - 0.5) / max(n_events, 1)
    return math.log(event + 0.5) / math.log(n_events + 1)


def _event_at(share: float, n_events: int) -> int:
    """Return the event at *share* of its chapter, the inverse of `_share`."""
    if n_events <= MANY:
        return 1 + int(share * n_events)
    return round(math.exp(max(0.0, share) * math.log(n_events + 1)) - 0.5)


def _first_of(line: Line) -> int:
    return line.first


def _around(line: Line, current: int) -> list[Span]:
    """Return *line* as chapters; the current item stands apart from its range."""
    if line.count == 1 or not line.first <= current <= line.last:
        return [Span(line.first, line.last, line.text)]
    parts = [(line.first, current - 1), (current, current), (current + 1, line.last)]
    return [Span(first, last, line.text) for first, last in parts if first <= last]


def _weight(span: Span, summary: Summary) -> float:
    if span.count > 1:
        return 12 + min(20.0, math.sqrt(span.count))
    if span.first < len(summary.events):
        return 5.0 + min(24, summary.events[span.first])
    return 9.0
