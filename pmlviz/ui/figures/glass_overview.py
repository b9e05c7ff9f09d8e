"""All of guest memory below the glass, at 1 px a page or more pages, the glass outlined in it."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pmlviz.core.units import fmt_size
from pmlviz.ui.figures.cells import Mark
from pmlviz.ui.figures.debug_plan import SMALL
from pmlviz.ui.figures.glass_bands import Glass
from pmlviz.ui.figures.pages import PAGES, RANK, Window
from pmlviz.ui.figures.parts import Parts
from pmlviz.ui.figures.scene import Path, Primitive, Raster, Rect, Text, Token
from pmlviz.ui.frame import Frame

_WIDE: Final = 512
_LEAST_LINE: Final = 4.0
_SUB: Final = 4
"""A line is so many rasters high: which of them are filled tells the state without colour."""

_FORMS: Final = {
    Mark.DIRTY: ((0, 1, 2, 3), 1),
    Mark.PENDING: ((2, 3), 2),
    Mark.OVER: ((0, 1), 3),
    Mark.WRITE_PROTECTED: ((1, 2), 4),
    Mark.LOST: ((0, 1, 2, 3), 5),
}
_PALETTE: Final[tuple[Token | None, ...]] = (
    None, "dirty", "pend", "over", "wp", "lost", "road",
)  # fmt: skip
_SLAB: Final = 6


class Overview(NamedTuple):
    """Where it goes: left edge, top, the right end of the room, height."""

    x: float
    y: float
    right: float
    h: float


def overview(frame: Frame, glass: Glass, place: Overview) -> tuple[float, Parts]:
    """Return its width and its parts."""
    pages = glass.total * glass.each
    columns = min(_WIDE, pages)
    most = max(1, int(place.h // _LEAST_LINE))
    order = 0
    while columns * most << order < pages:
        order += 1
    lines = max(1, -(-pages // (columns << order)))
    field = PAGES.field(frame, Window(0, lines * columns, order))
    wide = min(float(max(columns, 128)), (place.right - place.x) * 0.56)
    high = place.h / lines if lines > 1 else 12.0
    high = min(high, 12.0)
    codes = _codes(field.marks.reshape(lines, columns), field.slabs.reshape(lines, columns))
    lost = field.marks.reshape(lines, columns) == RANK[Mark.LOST]
    total_h = high * lines
    parts: list[Primitive] = [
        Rect(place.x, place.y, wide, total_h, "clean", "clean.hairline", 1),
        Raster(place.x, place.y, wide, total_h, lines * (_SUB + 1), columns, codes.tobytes(),
               _PALETTE),
    ]  # fmt: skip
    parts += _labels(place, order)
    for line in np.flatnonzero(lost.any(axis=1)):
        y = place.y + (int(line) + 0.5) * high
        flag = (("M", place.x - 7, y - 4), ("L", place.x - 1, y), ("L", place.x - 7, y + 4), ("Z",))
        parts.append(Path(flag, fill="lost", tip="a lost page in this row"))
    parts += _outline(glass, place, columns << order, wide, high)
    return wide, tuple(parts)


def _labels(place: Overview, order: int) -> Parts:
    scale = "a page" if order == 0 else fmt_size(1 << order)
    lines = (("all", "ink"), ("1 px", "muted"), (scale, "muted"))
    return tuple(
        Text(place.x - 12, place.y + 8 + 13 * n, line, SMALL, color=color, anchor="end")
        for n, (line, color) in enumerate(lines)
    )


def _codes(marks: NDArray[np.uint8], slabs: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return a palette index for each raster: `_SUB` of them a line, and one between lines."""
    lines, columns = marks.shape
    codes = np.zeros((lines, _SUB + 1, columns), np.uint8)
    codes[:, :_SUB] = np.where(slabs[:, None, :], _SLAB, 0)
    for mark, (rows, code) in _FORMS.items():
        found = marks == RANK[mark]
        if mark is Mark.LOST and columns > 2:
            # One lost page must be seen: it takes 3 px.
            found[:, 1:-1] |= found[:, 2:] | found[:, :-2]
        for row in rows:
            codes[:, row][found] = code
    return codes


def _outline(glass: Glass, place: Overview, line_pages: int, wide: float, high: float) -> Parts:
    """Return the frame round what is under the glass."""
    px = wide / line_pages
    first, last = glass.gfn(0), glass.gfn(glass.n_rows - 1) + glass.columns - 1
    top, bottom = first // line_pages, last // line_pages
    if line_pages == glass.each:
        x, w = place.x + glass.start * px, glass.columns * px
    elif top == bottom:
        x, w = place.x + first % line_pages * px, max(3.0, (last - first + 1) * px)
    else:
        x, w = place.x, wide
    y, h = place.y + top * high, (bottom - top + 1) * high
    return (Rect(x - 2, y - 2, w + 4, h + 4, None, "ink", 1.5, tip="the pages under the glass"),)
