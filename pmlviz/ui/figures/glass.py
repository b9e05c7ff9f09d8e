"""The log-dirty bitmap of the Debug layout: a glass of 64 columns on the pages round one of them.

One row is what one PDE covers, 512 pages; the columns are the same pages of each row. Below it all
of guest memory at 1 px a page, the page looked at in words, and the marks that occur.
"""

from typing import Final, NamedTuple

from pmlviz.core import events as e
from pmlviz.core.units import EptLevel, fmt
from pmlviz.ui.figures.attempt import progress_of
from pmlviz.ui.figures.debug_plan import LEFT, SMALL, TEXT, TITLE
from pmlviz.ui.figures.glass_bands import Glass
from pmlviz.ui.figures.glass_legend import legend
from pmlviz.ui.figures.glass_overview import Overview, overview
from pmlviz.ui.figures.glass_rows import glass_rows
from pmlviz.ui.figures.ordinals import Part, pin, pin_width, pins
from pmlviz.ui.figures.page_words import page_words
from pmlviz.ui.figures.pages import PAGES, Field, Window
from pmlviz.ui.figures.parts import Parts, changed, not_yet
from pmlviz.ui.figures.scene import Anchor, Line, Primitive, Scene, Text
from pmlviz.ui.figures.subject import Subject, subject_of
from pmlviz.ui.figures.text import elide, width, wrap
from pmlviz.ui.frame import Frame

COLUMNS: Final = 64
_STEP: Final = 8
_LEAST_CELL: Final = 15.0
_MOST_CELL: Final = 34.0
_LEAST_PITCH: Final = 15.0
MOST_ROWS: Final = 8
_FULL_HEIGHT: Final = 360.0
PIPE_Y: Final = 41.0
"""Where the pipe from the buffer runs, from the top of the panel."""


class _Heights(NamedTuple):
    offsets: float
    rows: float
    overview: float
    overview_h: float
    legend: float


def layout(
    frame: Frame, room: float, height: float, *, pipe_to: tuple[int, int] | None = None
) -> Scene:
    """Return the panel *room* x *height* (at least 816 x 260).

    Anchors: `glass.cell` (above the page looked at), `glass.pipe` (above the pages *pipe_to*, or
    beside the row that they are further along in); missing where that is outside the glass.
    """
    subject = subject_of(frame)
    heights = _heights(height)
    space = heights.overview - 14 - heights.rows
    glass, field = _glass(frame, subject, room, max(1, int(space / _LEAST_PITCH)))
    pitch = min(_MOST_CELL, space / glass.n_rows)
    glass = glass._replace(top=heights.rows, pitch=pitch)
    parts: list[Primitive] = [*_head(frame, glass, room), *_offsets(glass, heights.offsets)]
    rows, seen = glass_rows(frame, glass, field, subject.gfn)
    parts += rows
    parts += _changes(frame, subject, glass)
    at = glass.cell(subject.gfn)
    if at is not None:
        parts.append(Anchor("glass.cell", at[0] + at[2] / 2, at[1] - 2))
    if pipe_to is not None:
        parts += _pipe_end(glass, *pipe_to)
    top = min(heights.overview, heights.rows + pitch * glass.n_rows + 20)
    wide, below = overview(frame, glass, Overview(glass.x, top, room - LEFT, heights.overview_h))
    parts += below
    parts += _read_out(frame, subject, glass.x + wide + 28, top, room - LEFT, heights.legend - 8)
    parts += legend(seen, glass.x, heights.legend, room - LEFT)
    return Scene(room, height, tuple(parts))


def _pipe_end(glass: Glass, low: int, high: int) -> Parts:
    """Return the anchor over the pages *low* to *high*, a run of them outlined as not yet."""
    for row in range(glass.n_rows):
        first = glass.gfn(row)
        left, right = max(low, first), min(high, first + glass.columns - 1)
        if left <= right:
            a, b = glass.cell(left), glass.cell(right)
            assert a is not None
            assert b is not None
            x, y, h = a[0], a[1], a[3]
            w = b[0] + b[2] - x
            run = not_yet(x, y, w, h, gap=1, radius=1) if right > left else ()
            return (*run, Anchor("glass.pipe", x + w / 2, y - 2))
        start = first - glass.start
        if start <= low < start + glass.each:
            x = glass.x + glass.wide + 5 if low >= first else glass.x - 3
            return (Anchor("glass.pipe", x, glass.top + row * glass.pitch + glass.cell_h / 2),)
    return ()


def _heights(height: float) -> _Heights:
    if height >= _FULL_HEIGHT:
        end = height - 30
        return _Heights(72, 78, end - 84, 48, end)
    end = height - 20
    return _Heights(61, 67, end - 52, 40, end)


def _glass(frame: Frame, subject: Subject, room: float, most: int) -> tuple[Glass, Field]:
    """Return the glass, at most *most* rows of it, its heights open; and the states of its rows."""
    geometry, state = frame.state.geometry, frame.state
    each = geometry.pages(EptLevel.PDE)
    total = max(1, -(-state.domain.max_gfn // each))
    count = min(MOST_ROWS, total, most)
    row = min(subject.gfn // each, total - 1)
    first = max(0, min(row - count // 2, total - count))
    label = width(fmt((first + count - 1) * each), SMALL, "mono")
    x = LEFT + label + 14
    usable = room - LEFT - x
    columns = COLUMNS
    while usable / (columns + _STEP) >= _LEAST_CELL:
        columns += _STEP
    columns = min(columns, each)
    cell = min(_MOST_CELL, usable / columns)
    offset = subject.gfn % each
    start = max(0, min((offset - columns // 2) // _STEP * _STEP, each - columns))
    field = PAGES.field(frame, Window(first * each, count * each, 0))
    return Glass(x, 0, cell, 0, columns, start, first, count, total, each), field


def _head(frame: Frame, glass: Glass, room: float) -> Parts:
    title = Text(LEFT, 24, "Log-dirty bitmap", TITLE, bold=True)
    x = LEFT + width(title.text, TITLE, bold=True) + 12
    parts: list[Primitive] = [title]
    ordinal = pins(frame).get(Part.BITMAP)
    if ordinal is not None:
        wide = pin_width(ordinal)
        parts += pin(ordinal, x + wide / 2, 20)
        x += wide + 6
    rows = "row" if glass.total == 1 else "rows"
    said = f"{glass.total:,} {rows} × {glass.each} pages"
    if glass.columns < glass.each:
        last = glass.start + glass.columns - 1
        said += f"; glass on gfn +{fmt(glass.start)} … +{fmt(last)} of each row"
    if glass.n_rows < glass.total:
        said += f", rows {glass.first + 1:,} to {glass.first + glass.n_rows:,}"
    domain = frame.state.domain
    if not domain.log_dirty:
        said = f"log-dirty mode is off: there is no bitmap. {said}"
    else:
        bits, pages = len(domain.bitmap.bits), len(frame.pending)
        said += f". {bits:,} in the bitmap, {pages:,} waiting in buffers"
    return (*parts, Text(x, 24, elide(said, room - LEFT - x, TEXT), TEXT, color="muted"))


def _offsets(glass: Glass, y: float) -> Parts:
    """Return the offsets of every eighth column in its row."""
    parts: list[Primitive] = []
    step = _STEP if glass.cell_w * _STEP > 44 else 2 * _STEP
    for column in range(0, glass.columns, step):
        x = glass.x + column * glass.cell_w
        offset = glass.start + column
        word = f"+{offset:#04x}" if offset else "+0"
        parts += [
            Text(x, y, word, SMALL, "mono", color="muted"),
            Line(x + 0.5, y + 2, x + 0.5, y + 5, "faint", 1),
        ]
    return tuple(parts)


def _changes(frame: Frame, subject: Subject, glass: Glass) -> Parts:
    """Return the outline of the page whose record this event changed, or the next one will."""
    now: int | None = None
    match frame.current:
        case e.PageMarked(gfn=gfn):
            now = gfn
        case e.PmlIndexStepped() if not frame.at_rest:
            now = subject.gfn
    if now is not None:
        at = glass.cell(now)
        return changed(*at, gap=1, radius=1) if at is not None else ()
    item, progress = frame.item, progress_of(frame)
    writes = item is not None and item.op.value in ("write", "rmw")
    if writes and not progress.done and frame.focus == subject.gfn:
        at = glass.cell(subject.gfn)
        return not_yet(*at, gap=1, radius=1) if at is not None else ()
    return ()


def _read_out(
    frame: Frame, subject: Subject, x: float, top: float, right: float, bottom: float
) -> Parts:
    """Return the page looked at, in words."""
    room = right - x
    if room < 120:
        return ()
    gfn = subject.gfn
    name = f"gfn {fmt(gfn)}   gpa {fmt(gfn << 12)}"
    parts: list[Primitive] = [
        Text(x, top + 8, elide(name, room, 12, "mono", bold=True), 12, "mono", bold=True)
    ]
    y = top + 24
    for said in page_words(frame, subject):
        lines = wrap(said, room, TEXT)
        if y + 15 * (len(lines) - 1) > bottom:
            continue
        for line in lines:
            parts.append(Text(x, y, elide(line, room, TEXT), TEXT, color="muted"))
            y += 15
    return tuple(parts)
