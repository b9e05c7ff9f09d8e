"""Time as chapters: one an item, with its events as ticks and what is telling as pictograms.

What is recorded has solid lines, what is not yet a dashed one. A long script has a strip of all its
items below, one column a pixel, as high as the most telling mark in it. Other lines of history are
lanes from where they left.
"""

from typing import Final

import numpy as np

from pmlviz.core.stats import Mark
from pmlviz.core.timeline import Position
from pmlviz.ui.figures import theme
from pmlviz.ui.figures.glyphs import Glyph, glyph
from pmlviz.ui.figures.parts import label
from pmlviz.ui.figures.scene import (
    NOT_YET,
    Circle,
    Group,
    Line,
    Path,
    Primitive,
    Raster,
    Rect,
    Scene,
    Target,
    Token,
)
from pmlviz.ui.figures.text import elide
from pmlviz.ui.figures.text import width as text_width
from pmlviz.ui.figures.timeline_axis import REST, Span, position_at, spans
from pmlviz.ui.frame import Frame

INSET: Final = 12.0
LONG: Final = 160
"""A script of more items than this has the strip."""

LANE: Final = 15.0
_CHIP_TOP, _CHIP_H, _GLYPHS, _AXIS, _LEGEND = 9.0, 22.0, 37.0, 49.0, 63.0
_STRIP_TOP, _STRIP_H = 57.0, 12.0
_LEAST_TICK = 4.0

MARKS: Final[tuple[tuple[Mark, Glyph, str], ...]] = (
    (Mark.LOST, "lost", "lost write"),
    (Mark.PML_FULL, "pml_full", "62 PML full"),
    (Mark.VIOLATION, "violation", "48 violation"),
    (Mark.MISCONFIG, "misconfig", "49 misconfiguration"),
    (Mark.SPLIT, "split", "split"),
    (Mark.DRAIN, "drain", "drain"),
    (Mark.CLEAN, "clean", "CLEAN"),
    (Mark.MARKED, "marked", "marked"),
)
"""What a timeline shows, the most telling first."""

_PALETTE: tuple[Token | None, ...] = (None, "faint", "muted", "ink", "lost")


def _severities() -> "np.ndarray[tuple[int], np.dtype[np.uint8]]":
    """Return, for each combination of marks, how high it stands in the strip (0 to 6)."""
    table = np.zeros(1024, np.uint8)
    order = (
        (Mark.LOGGED, 1), (Mark.MARKED, 1), (Mark.DRAIN, 2), (Mark.MISCONFIG, 2), (Mark.PEEK, 2),
        (Mark.VIOLATION, 3), (Mark.SPLIT, 3), (Mark.CLEAN, 4), (Mark.PML_FULL, 5), (Mark.LOST, 6),
    )  # fmt: skip
    every = np.arange(1024)
    for mark, height in order:
        table[(every & mark.value) != 0] = height
    return table


_SEVERITY: Final = _severities()


def height_of(frame: Frame, *, compact: bool = False) -> float:
    """Return the height the timeline wants: more with more lines of history; *compact* is without
    legend.
    """
    least = 58.0 if compact and not _is_long(frame) and len(frame.branches) < 2 else 75.0
    return least + LANE * max(0, min(3, len(frame.branches) - 1))


def seek(frame: Frame, width: float, x: float, y: float) -> Position:
    """Return the position at (x, y) of the figure `layout` draws *width* px wide."""
    if _is_long(frame) and _STRIP_TOP - 3 <= y <= _STRIP_TOP + _STRIP_H + 3:
        share = (x - INSET) / max(1.0, width - 2 * INSET)
        return Position(max(0, min(frame.n_items, round(share * frame.n_items))), REST)
    return position_at(frame, spans(frame, INSET, width - INSET), x)


def layout(frame: Frame, width: float, height: float, *, legend: bool = True) -> Scene:
    """Return the timeline of *frame*; the playhead stands at the last event that has happened."""
    laid = spans(frame, INSET, width - INSET)
    parts: list[Primitive] = []
    for span in laid:
        parts += _chapter(frame, span)
    if _is_long(frame):
        parts += _strip(frame, INSET, width - 2 * INSET)
    elif legend and height >= 70:
        parts += _legend(frame, width - INSET)
    parts += _lanes(frame, laid, width)
    parts += _notes(frame, laid)
    parts += _playhead(frame, laid, min(69.0, height - 4))
    return Scene(width, height, tuple(parts))


def _is_long(frame: Frame) -> bool:
    return frame.n_items > LONG


def _chapter(frame: Frame, span: Span) -> list[Primitive]:
    here = frame.position.item
    now = span.first <= here <= span.last
    later = span.first > here
    target = Target("item", span.last if span.count > 1 and not now else span.first)
    text = _caption(frame, span)
    tip = f"items {span.first:,} to {span.last:,}: {span.text}" if span.count > 1 else text
    color: Token = "accent.ink" if now else "muted" if later else "ink"
    parts: list[Primitive] = [
        Rect(span.x, _CHIP_TOP, span.w, _CHIP_H, "accent" if now else "sunk",
             radius=theme.RADIUS_CHIP, target=target, tip=tip)
    ]  # fmt: skip
    room = span.w - 10
    shown = elide(text, room, theme.LABEL, bold=now)
    if shown.endswith("…") and text_width(str(span.first), theme.LABEL, bold=now) > room - 10:
        shown = f"{span.first:,}" if text_width(f"{span.first:,}", theme.LABEL) <= span.w else ""
    if shown:
        parts.append(
            label(span.x + span.w / 2, _CHIP_TOP + _CHIP_H / 2, shown, theme.LABEL, bold=now,
                  color=color, anchor="middle", target=target, tip=tip)
        )  # fmt: skip
    left, right = span.x + 3, span.x + span.w - 3
    if span.first > frame.recorded:
        parts.append(Line(left, _AXIS, right, _AXIS, "faint", 2, dash=NOT_YET))
    else:
        parts.append(Line(left, _AXIS, right, _AXIS, "faint" if later else "muted", 2))
        parts += _range_ticks(frame, span) if span.count > 1 else _ticks(frame, span)
    return parts


def _caption(frame: Frame, span: Span) -> str:
    if span.count == 1:
        words = frame.script.item(span.first).text if ".." in span.text else span.text
        return f"{span.first:,}  {words}"
    numbers = f"{span.first:,}–{span.last:,}"
    return f"{numbers}  {span.text}" if span.text else numbers


def _ticks(frame: Frame, span: Span) -> list[Primitive]:
    """Draw one tick an event, and the marks above theirs."""
    item, here = span.first, frame.position
    n_events = frame.summary.events[item]
    marked = dict[int, Mark]()
    for event, mark in frame.summary.places(item):
        marked[event] = marked.get(event, Mark(0)) | mark
    parts: list[Primitive] = []
    last_glyph = -1e9
    room = 0
    while room < n_events and (
        span.x_of(item, room + 2, n_events) - span.x_of(item, room + 1, n_events) >= _LEAST_TICK
    ):
        room += 1  # events only come closer: so many have a tick of their own
    for event in sorted({*range(1, room + 1), *marked}):
        happened = item < here.item or (item == here.item and event <= here.event)
        x = span.x_of(item, event, n_events)
        mark = marked.get(event, Mark(0))
        shown = _most_telling(mark)
        if shown is not None and x - last_glyph >= 13:
            parts += _mark(shown, x, happened=happened, target=Target("event", (item, event)))
            last_glyph = x
        if shown is not None or event <= room:
            color: Token = "muted" if happened else "faint"
            parts.append(Line(x, _AXIS - 4, x, _AXIS + 4, color, 1.6 if shown else 1.2))
    return parts


def _range_ticks(frame: Frame, span: Span) -> list[Primitive]:
    """Draw a tick each 11 px, and each 16 px the most telling mark of the items there."""
    parts: list[Primitive] = []
    color: Token = "muted" if span.first <= frame.position.item else "faint"
    n_ticks = min(span.count, int((span.w - 18) / 11))
    for n in range(n_ticks):
        x = span.x + 9 + (n + 0.5) / n_ticks * (span.w - 18)
        parts.append(Line(x, _AXIS - 4, x, _AXIS + 4, color, 1))
    last = min(span.last, frame.recorded)
    n_slots = min(last - span.first + 1, max(1, int((span.w - 18) / 16)))
    if n_slots < 1:
        return parts
    marks = np.array(frame.summary.marks[span.first : last + 1], np.uint16)
    starts = np.arange(n_slots) * len(marks) // n_slots
    for n, bits in enumerate(np.bitwise_or.reduceat(marks, starts)):
        shown = _most_telling(Mark(int(bits)))
        if shown is not None and shown[0] is not Mark.MARKED:
            number = span.first + int(starts[n])
            x = span.x_of(number, 0, 0)
            done = number <= frame.position.item
            parts += _mark(shown, x, happened=done, target=Target("item", number))
    return parts


def _most_telling(mark: Mark) -> tuple[Mark, Glyph, str] | None:
    return next((each for each in MARKS if each[0] & mark), None) if mark else None


def _mark(
    shown: tuple[Mark, Glyph, str], x: float, *, happened: bool, target: Target
) -> list[Primitive]:
    mark, name, words = shown
    color: Token = ("lost.text" if mark is Mark.LOST else "ink") if happened else "muted"
    return [
        *glyph(name, x, _GLYPHS, 12 if name != "marked" else 11, color),
        Rect(x - 8, _GLYPHS - 8, 16, 16, target=target, tip=words),
    ]


def _strip(frame: Frame, x: float, w: float) -> list[Primitive]:
    """Draw all items in one strip, the tallest mark of each pixel."""
    n_cols = min(frame.n_items, int(w))
    edges = np.linspace(0, frame.n_items, n_cols + 1).astype(np.int64)
    recorded = frame.recorded
    known = int(np.searchsorted(edges, recorded, side="right")) - 1
    heights = np.zeros(n_cols, np.uint8)
    if known > 0:
        severity = _SEVERITY[np.array(frame.summary.marks, np.uint16)[1:]]
        heights[:known] = np.maximum.reduceat(severity, edges[:known])
    rows = np.arange(6, 0, -1, dtype=np.uint8)[:, None]
    ink = np.where(heights >= 6, 4, np.where(heights >= 3, 3, np.where(heights >= 2, 2, 1)))
    codes = np.where(heights[None, :] >= rows, ink[None, :], 0).astype(np.uint8)
    end = x + w * recorded / frame.n_items
    return [
        Rect(x, _STRIP_TOP, w, _STRIP_H, "sunk", tip=f"all {frame.n_items:,} items"),
        Raster(x, _STRIP_TOP, w, _STRIP_H, 6, n_cols, codes.tobytes(), _PALETTE),
        Line(x, _STRIP_TOP + _STRIP_H + 1, end, _STRIP_TOP + _STRIP_H + 1, "muted", 1),
        Line(end, _STRIP_TOP + _STRIP_H + 1, x + w, _STRIP_TOP + _STRIP_H + 1, "faint", 1,
             dash=NOT_YET),
        Line(x + w * frame.position.item / frame.n_items, _STRIP_TOP - 3,
             x + w * frame.position.item / frame.n_items, _STRIP_TOP + _STRIP_H + 3, "accent", 2),
    ]  # fmt: skip


def _legend(frame: Frame, right: float) -> list[Primitive]:
    """Draw the marks that occur, and their words, from the right."""
    seen = 0
    marks = frame.summary.marks
    for bits in marks[1 : frame.recorded + 1]:
        seen |= bits
    parts: list[Primitive] = []
    x = right
    for mark, name, words in MARKS:
        room = text_width(words, theme.CAPTION) + 20
        if not seen & mark or x - room < INSET:
            continue
        x -= text_width(words, theme.CAPTION)
        parts.append(label(x, _LEGEND + 1, words, theme.CAPTION, color="muted"))
        x -= 11
        parts += glyph(name, x, _LEGEND + 1, 9, "muted")
        x -= 20
    return parts


def _lanes(frame: Frame, laid: tuple[Span, ...], width: float) -> list[Primitive]:
    if len(frame.branches) < 2:
        return []
    parts: list[Primitive] = []
    shown = frame.branches[-4:] if len(frame.branches) > 4 else frame.branches
    y = 75.0 + LANE / 2 - 4
    for lane in shown:
        if lane.current:
            continue
        number = frame.branches.index(lane)
        start = INSET
        for span in laid:
            if span.first <= lane.fork <= span.last:
                start = span.x + span.w
        text = f"{lane.name}, {lane.n_items:,} items"
        end = max(start + 40, min(width - INSET - 160, start + 30.0 * (lane.n_items - lane.fork)))
        target = Target("branch", number)
        tip = f"{text}; leaves after item {lane.fork:,}. Click to show it"
        parts += [
            Path((("M", start, _AXIS + 5), ("L", start, y), ("L", end, y)), stroke="faint",
                 width=1.5),
            Circle(end, y, 3, "muted", target=target),
            label(end + 8, y, text, theme.CAPTION, color="muted", target=target, tip=tip),
            Rect(start, y - LANE / 2, end - start + 170, LANE, target=target, tip=tip),
        ]  # fmt: skip
        y += LANE
    return parts


def _notes(frame: Frame, laid: tuple[Span, ...]) -> list[Primitive]:
    parts: list[Primitive] = []
    spans_of = {span.first: span for span in laid if span.count == 1}
    for item, text in frame.notes:
        span = spans_of.get(item)
        if span is not None:
            color: Token = "accent.ink" if item == frame.position.item else "muted"
            x = span.x + span.w - 7
            parts.append(Circle(x, _CHIP_TOP + 6, 2.2, color, tip=text))
    return parts


def _playhead(frame: Frame, laid: tuple[Span, ...], bottom: float) -> list[Primitive]:
    here = frame.position
    x = INSET - 2
    for span in laid:
        if span.first <= here.item <= span.last:
            n_events = frame.summary.events[here.item]
            x = span.x_of(here.item, here.event, n_events)
    bottom = _STRIP_TOP - 4 if _is_long(frame) else bottom
    head = (("M", x, 11.0), ("L", x - 8, 2.0), ("L", x + 8, 2.0), ("Z",))
    return [
        Group("playhead", (
            Line(x, _CHIP_TOP + _CHIP_H, x, bottom, "accent", 3),
            Path(head, fill="accent"),
        ))
    ]  # fmt: skip
