"""The overview closer up: some rows of 2 MiB, or some columns of them, in the place of the whole.

What is seen is told in rows and columns of 512 pages, fractions included, as a hand moves it. Rows
stay at least 3 px high: where they would not, two, four … of them are drawn as one, the gravest
mark winning. From 8 px a page on, pages are tiles with their signs.
"""

from typing import Final, NamedTuple

import numpy as np

from pmlviz.ui.figures import pages, theme
from pmlviz.ui.figures.cells import Mark, cell_l
from pmlviz.ui.figures.ept_map import Bits, Window
from pmlviz.ui.figures.memory_fields import CLEAN, MARK, base_of, codes_of
from pmlviz.ui.figures.memory_overview import ground, labels, marks, outline, targets
from pmlviz.ui.figures.memory_plan import REGION, Rows, Span
from pmlviz.ui.figures.parts import Parts
from pmlviz.ui.figures.scene import Anchor, Group, Line, Primitive, Raster, Rect, Target
from pmlviz.ui.frame import Frame

_LEAST: Final = 3.0
_TILES: Final = 8.0
_MINI: Final = 8.0
"""Width of the strip that shows the whole guest, px."""

_MINI_GAP: Final = 9.0
MINI: Final = _MINI + _MINI_GAP
"""Room that the strip takes right of the rows, px."""

_MINI_PALETTE: Final = (
    "sunk", "slab", "slab", "clean", "wp", "over", "pend.line", "dirty", "lost",
)  # fmt: skip


class View(NamedTuple):
    """What is seen: columns (pages of a row) and rows of 2 MiB, from and to."""

    x0: float
    x1: float
    y0: float
    y1: float


def zoomed_rows(home: Rows, view: View) -> Rows:
    """Return the rows that *view* shows in the place of *home*; they may reach beyond it."""
    each = home.high / (view.y1 - view.y0)
    order = 0
    while each * (1 << order) < _LEAST:
        order += 1
    first = int(view.y0) >> order
    n = max(1, -(-int(np.ceil(view.y1)) >> order) - first)
    cell = home.wide / (view.x1 - view.x0)
    pitch = each * (1 << order)
    x = home.x - view.x0 * cell
    y = home.y + ((first << order) - view.y0) * each
    span = Span((first << order) * REGION, (n << order) * REGION)
    return Rows((span,), REGION, order, pitch, x, y, cell, home.x, home.x + home.wide)


def zoomed(frame: Frame, home: Rows, view: View, whole: Bits, focus: int) -> Parts:
    """Return the overview of *view* where *home* was; *whole* are the codes of the whole guest.

    Groups and anchors are those of `memory_overview.overview`, and `overview.all`: the strip.
    """
    rows = zoomed_rows(home, view)
    window = Window(rows.spans[0].first, rows.n_rows * REGION, rows.order)
    field = pages.PAGES.field(frame, window)
    shape = (rows.n_rows, REGION)
    codes, base = codes_of(field).reshape(shape), base_of(field).reshape(shape)
    clip = (home.x, home.y, home.wide, home.high)
    as_tiles = rows.single and rows.cell >= _TILES
    over: Parts = _tiles(rows, codes, base, view) if as_tiles else ()
    shown = np.where(codes == _DIRTY, codes, np.uint8(0)) if as_tiles else codes
    edge = Rect(home.x - 0.5, home.y - 0.5, home.wide + 1, home.high + 1, None, "line", 1)
    inside = (marks(rows, shown), *over, *targets(rows))
    return (
        *_labels_within(rows, home, focus, int(view.x0) << rows.order),
        Group("overview.ground", ground(frame, rows, base), clip=clip),
        Group("overview", inside, clip=clip),
        Group("overview.edge", (edge, *_outline_within(rows, home, focus))),
        Group("overview.all", strip(home, rows, whole)),
        Anchor("memory.overview.tl", home.x, home.y),
        Anchor("memory.overview.br", home.x + home.wide, home.y + home.high),
    )


_DIRTY: Final = next(code for code, mark in MARK.items() if mark is Mark.DIRTY)


def strip(home: Rows, rows: Rows, whole: Bits) -> Parts:
    """Return the whole guest as one column, what is seen of it in a frame; a click selects."""
    x, y = home.x + home.wide + _MINI_GAP, home.y
    column = whole.reshape(home.n_rows, -1).max(axis=1)
    parts: list[Primitive] = [
        Raster(x, y, _MINI, home.high, home.n_rows, 1, column.tobytes(), _MINI_PALETTE),
        Rect(x - 0.5, y - 0.5, _MINI + 1, home.high + 1, None, "line", 1),
    ]
    for span in home.spans:
        n = span.pages // home.pages
        parts.append(
            Raster(
                x, y, _MINI, n * home.pitch, n, 1, bytes(n), (None,), Target("gfn", span.first),
                "the whole guest: a click selects a page there", home.pages,
            )
        )  # fmt: skip
        y += n * home.pitch
    top, bottom = _seen(home, rows.spans[0])
    high = max(4.0, bottom - top)
    top = min(top, home.y + home.high - high)
    parts.append(Rect(x - 2, top - 1, _MINI + 4, high + 2, None, "ink", 1.5, 2))
    return tuple(parts)


def _seen(home: Rows, span: Span) -> tuple[float, float]:
    """Return from where to where in *home* the pages of *span* are."""

    def place(gfn: int) -> float:
        before = 0
        for one in home.spans:
            if gfn < one.end:
                within = max(0, gfn - one.first)
                return home.y + (before + within) / home.pages * home.pitch
            before += one.pages
        return home.y + home.high

    return place(span.first), place(span.end)


def _labels_within(rows: Rows, home: Rows, focus: int, skip: int) -> Parts:
    """Return the first frame that is seen of each row whose middle is."""
    top, bottom = home.y + 4, home.y + home.high - 4
    size = theme.CAPTION
    return tuple(
        one
        for one in labels(rows, focus, home.x, skip)
        if hasattr(one, "y") and top <= one.y - 0.36 * size <= bottom
    )


def _outline_within(rows: Rows, home: Rows, focus: int) -> Parts:
    """Return the outline of the focus, cut to what is seen of it."""
    found: list[Primitive] = []
    for one in outline(rows, focus):
        if not isinstance(one, Rect):
            continue
        left, right = max(one.x, home.x - 3), min(one.x + one.w, home.x + home.wide + 3)
        top, bottom = max(one.y, home.y - 3), min(one.y + one.h, home.y + home.high + 3)
        if right - left > 6 and bottom - top > 6:
            found.append(
                Rect(left, top, right - left, bottom - top, None, one.stroke, one.width, one.radius)
            )
    return tuple(found)


def _tiles(rows: Rows, codes: Bits, base: Bits, view: View) -> Parts:
    """Return the pages that are seen as tiles: the seams between them, and their signs."""
    low, high = max(0, int(view.x0)), min(REGION, int(np.ceil(view.x1)))
    parts: list[Primitive] = []
    for row in range(rows.n_rows):
        y = rows.y + row * rows.pitch
        if (base[row] == CLEAN).any():
            for col in range(low, high + 1):
                x = rows.x + col * rows.cell
                parts.append(Line(x, y, x, y + rows.body, "clean.hairline", theme.HAIRLINE))
        for col in (low + np.flatnonzero(codes[row, low:high] > CLEAN)).tolist():
            mark = MARK[int(codes[row, col])]
            if mark is not Mark.DIRTY:
                x = rows.x + col * rows.cell + 0.6
                parts += cell_l(mark, x, y + 0.6, rows.cell - 1.2, rows.body - 1.2)
    return tuple(parts)
