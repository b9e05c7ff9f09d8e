"""Where items and events lie on an axis of events, and back: an item is as wide as its events.

Of a long script the items round the current one are on it, the rest in one span at each end. An
item of very many events is cut to a share of the room; its events lie closer together.
"""

from typing import Final

import msgspec

from pmlviz.core.timeline import Position
from pmlviz.ui.frame import Frame

LEAST_STEP: Final = 7.0
_MOST_STEP: Final = 48.0
_LEAST_EVENTS: Final = 4
_MOST_SHARE: Final = 0.4
_UNKNOWN: Final = 8
"""Events that an item not recorded yet is as wide as."""

_OWN_ROOM: Final = 0.35
"""Share of a cut item's room that the events at each of its ends have."""

_REST_W: Final = 64.0
REST: Final = 1 << 30
"""An event number past any item's last: at rest."""


class Span(msgspec.Struct, frozen=True):
    """Items *first* to *last* from *x* on, *w* px wide: one item, or the rest of a script."""

    first: int
    last: int
    n_events: int
    x: float = 0.0
    w: float = 0.0
    step: float = 1.0
    """From one event to the next, px, where there is room for all."""

    @property
    def is_rest(self) -> bool:
        """Whether it stands for the items that are not on the axis one by one."""
        return self.last > self.first or self.n_events < 0

    @property
    def ends(self) -> int:
        """How many events at each end have room of their own; all of them where that is enough."""
        slots = self.w / self.step
        if self.n_events <= slots + 0.5:
            return self.n_events
        return max(1, int(slots * _OWN_ROOM))

    def x_of(self, event: int) -> float:
        """Return where *event* lies, counted from 1; 0 is the begin of the item."""
        if not event:
            return self.x
        ends, n = self.ends, self.n_events
        if ends == n:
            return self.x + (event - 0.5) * self.w / max(1, n)
        if event <= ends:
            return self.x + (event - 0.5) * self.step
        if event > n - ends:
            return self.x + self.w - (n - event + 0.5) * self.step
        low, high = self._middle
        return low + (event - ends - 0.5) / (n - 2 * ends) * (high - low)

    def event_at(self, x: float) -> int:
        """Return the event at *x*, at least 1: the other way of `x_of`."""
        ends, n = self.ends, self.n_events
        if n < 2:
            return max(1, n)
        share = (x - self.x) / self.w
        low, high = self._middle
        if ends == n:
            event = 1 + int(share * n)
        elif x < low:
            event = 1 + int((x - self.x) / self.step)
        elif x >= high:
            event = n - int((self.x + self.w - x) / self.step)
        else:
            event = 1 + ends + int((x - low) / (high - low) * (n - 2 * ends))
        return max(1, min(n, event))

    @property
    def _middle(self) -> tuple[float, float]:
        return self.x + self.ends * self.step, self.x + self.w - self.ends * self.step


def spans(frame: Frame, left: float, right: float) -> tuple[Span, ...]:
    """Return the items on the axis from *left* to *right*."""
    n = frame.n_items
    if not n:
        return ()
    room = right - left
    here = max(1, min(frame.position.item, n))
    first = last = here
    cap = max(_LEAST_EVENTS, int(room * _MOST_SHARE / LEAST_STEP))
    budget = int((room - 2 * _REST_W) / LEAST_STEP)
    used = _weight(frame, here, cap)
    grew = True
    while grew and (first > 1 or last < n):
        grew = False
        for item in (last + 1, first - 1):
            if 1 <= item <= n and used + _weight(frame, item, cap) <= budget:
                used += _weight(frame, item, cap)
                first, last = min(first, item), max(last, item)
                grew = True
    found: list[Span] = []
    x = left
    if first > 1:
        found.append(Span(1, first - 1, -1, x, _REST_W))
        x += _REST_W
    free = room - _REST_W * ((first > 1) + (last < n))
    step = min(_MOST_STEP, free / used)
    for item in range(first, last + 1):
        w = _weight(frame, item, cap) * step
        found.append(Span(item, item, events_of(frame, item), x, w, step))
        x += w
    if last < n:
        found.append(Span(last + 1, n, -1, x, _REST_W))
    return tuple(found)


def events_of(frame: Frame, item: int) -> int:
    """Return how many events *item* has; 0 if it is not recorded yet."""
    return frame.summary.events[item] if item <= frame.recorded else 0


def _weight(frame: Frame, item: int, cap: int) -> int:
    n = frame.summary.events[item] if item <= frame.recorded else _UNKNOWN
    return max(_LEAST_EVENTS, min(n, cap))


def position_at(frame: Frame, laid: tuple[Span, ...], x: float) -> Position:
    """Return the position at *x*: an event, or an item of the rest of the script, at rest."""
    if not laid or x < laid[0].x - 2:
        return Position()
    span = next((s for s in laid if x < s.x + s.w), laid[-1])
    share = max(0.0, min(1.0, (x - span.x) / max(1.0, span.w)))
    if span.is_rest:
        n = span.last - span.first + 1
        return Position(span.first + min(n - 1, int(share * n)), REST)
    if span.first > frame.recorded:
        return Position(span.first, REST)
    return Position(span.first, span.event_at(x))
