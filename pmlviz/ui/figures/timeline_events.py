"""Time in events, for the Debug layout: an item is as wide as its events are many.

Each event has a tick, each telling one a chip below it: the exits by number, splits, drains, log
entries, CLEANs. Solid is done, dashed not yet. Other lines of history are lanes from where they
left.
"""

from typing import Final

from pmlviz.core.timeline import Position
from pmlviz.ui.figures.debug_plan import SMALL, TEXT
from pmlviz.ui.figures.event_axis import Span, position_at, spans
from pmlviz.ui.figures.event_chips import chips
from pmlviz.ui.figures.scene import (
    NOT_YET,
    Circle,
    Command,
    Group,
    Line,
    Path,
    Primitive,
    Rect,
    Scene,
    Target,
    Text,
    Token,
)
from pmlviz.ui.figures.text import elide, width
from pmlviz.ui.frame import Frame

INSET: Final = 14.0
LANE: Final = 17.0
_MOST_LANES: Final = 3
_NAME, _AXIS, _CHIPS = 13.0, 38.0, 47.0
_HEIGHT, _LEAST_HEIGHT = 72.0, 66.0


def height_of(frame: Frame, *, compact: bool = False) -> float:
    """Return the height the timeline wants: more with more lines of history."""
    lanes = max(0, min(_MOST_LANES, len(frame.branches) - 1))
    return _LEAST_HEIGHT if compact and not lanes else _HEIGHT + LANE * lanes


def seek(frame: Frame, room: float, x: float, y: float) -> Position:
    """Return the position at (x, y) of the figure `layout` draws *room* px wide."""
    del y
    return position_at(frame, spans(frame, INSET, room - INSET), x)


def layout(frame: Frame, room: float, height: float) -> Scene:
    """Return the timeline of *frame*; the playhead stands at the last event that has happened."""
    laid = spans(frame, INSET, room - INSET)
    parts: list[Primitive] = []
    for span in laid:
        parts += _item(frame, span)
    parts += chips(frame, laid, _CHIPS, room)
    parts += _lanes(frame, laid, room, height)
    parts += _playhead(frame, laid)
    return Scene(room, height, tuple(parts))


def _item(frame: Frame, span: Span) -> list[Primitive]:
    here = frame.position.item
    now, later = span.first <= here <= span.last, span.first > here
    parts: list[Primitive] = [
        *_name(frame, span, now=now, later=later),
        Line(span.x + 0.5, 4, span.x + 0.5, _AXIS + 8, "faint", 1),
    ]
    color: Token = "faint" if later else "ink"
    if span.first > frame.recorded:
        parts.append(Line(span.x, _AXIS, span.x + span.w, _AXIS, "faint", 1.5, NOT_YET))
        return parts
    parts.append(Line(span.x, _AXIS, span.x + span.w, _AXIS, color, 1 if later else 2))
    if now and not span.is_rest:
        at = span.x_of(frame.position.event) if frame.position.event else span.x
        parts[-1] = Line(span.x, _AXIS, at, _AXIS, "ink", 2)
        parts.append(Line(at, _AXIS, span.x + span.w, _AXIS, "faint", 1))
    if span.is_rest:
        return parts
    n, ends = span.n_events, span.ends
    if n > 2 * ends and span.w * 0.3 > 70:
        said = f"{n - 2 * ends:,} more"
        middle = span.x + span.w / 2
        parts.append(Text(middle, _AXIS - 6, said, SMALL, color="muted", anchor="middle"))
    for event in (*range(1, ends + 1), *range(max(ends, n - ends) + 1, n + 1)):
        done = not later and (not now or event <= frame.position.event)
        x = span.x_of(event)
        parts.append(Line(x, _AXIS - 4, x, _AXIS + 4, "muted" if done else "faint", 1))
    return parts


def _name(frame: Frame, span: Span, *, now: bool, later: bool) -> list[Primitive]:
    if span.is_rest:
        number, text = "…", f"{span.first:,}–{span.last:,}"
        target = Target("item", span.last if span.last < frame.position.item else span.first)
    else:
        number, text = f"{span.first:,}", frame.script.item(span.first).text
        target = Target("item", span.first)
    tip = f"{number} {text}"
    room = span.w - 9
    wide = width(number, TEXT, "mono", bold=True)
    area = Rect(span.x, 2, span.w, _AXIS - 2, target=target, tip=tip)
    if room < wide:
        return [area]
    color: Token = "ink" if now else "muted"
    found: list[Primitive] = [
        area,
        Text(span.x + 6, _NAME, number, TEXT, "mono", bold=True, color=color),
    ]
    left = room - wide - 7
    if left > 20:
        word = elide(text, left, TEXT, "mono", bold=now)
        found.append(
            Text(span.x + 13 + wide, _NAME, word, TEXT, "mono", bold=now,
                 color="ink" if not later else "muted")
        )  # fmt: skip
    return found


def _lanes(frame: Frame, laid: tuple[Span, ...], room: float, height: float) -> list[Primitive]:
    """Return the other lines of history, each from the item it left after."""
    parts: list[Primitive] = []
    y = _HEIGHT
    others = [(n, lane) for n, lane in enumerate(frame.branches) if not lane.current]
    for number, lane in others[:_MOST_LANES]:
        if y + 8 > height:
            break
        left = next((s for s in laid if s.first <= lane.fork <= s.last), None)
        x = left.x + left.w if left is not None else INSET
        x = min(x, room - 220)
        more = lane.n_items - lane.fork
        said = f"{lane.name}: {more} {'item' if more == 1 else 'items'} after item {lane.fork:,}"
        target = Target("branch", number)
        end = min(room - 24 - width(said, SMALL), x + 24 + 8 * more)
        d: tuple[Command, ...] = (
            ("M", x, _AXIS + 2), ("L", x, y - 6), ("C", x, y - 2, x + 2, y, x + 6, y),
            ("L", max(end, x + 8), y),
        )  # fmt: skip
        parts += [
            Path(d, stroke="faint", width=1.5),
            Circle(max(end, x + 8), y, 3, "muted", target=target),
            Text(max(end, x + 8) + 8, y + 3.6, said, SMALL, color="muted", target=target),
            Rect(x, y - LANE / 2, room - INSET - x, LANE, target=target, tip="Click to show it"),
        ]
        y += LANE
    return parts


def _playhead(frame: Frame, laid: tuple[Span, ...]) -> list[Primitive]:
    here = frame.position
    x, half = INSET, 0.0
    for span in laid:
        if span.first <= here.item <= span.last:
            x, half = span.x_of(here.event), min(20.0, span.step / 2) if here.event else 0.0
    head = (
        ("M", x - 6, 19.0), ("L", x + 6, 19.0), ("L", x + 6, 23.0), ("L", x, 29.0),
        ("L", x - 6, 23.0), ("Z",),
    )  # fmt: skip
    parts: list[Primitive] = [
        Line(x, 23, x, _AXIS + 7, "accent", 2),
        Path(head, fill="accent"),
    ]
    if half:
        parts.insert(0, Line(x - half, _AXIS, x + half, _AXIS, "accent", 3))
    return [Group("playhead", tuple(parts))]
