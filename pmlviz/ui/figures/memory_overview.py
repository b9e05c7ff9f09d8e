"""The overview of guest memory: rows of regions, then bands of many, all in one raster.

A row of 512 cells is 2 MiB at a page a cell. Where rows are high enough, the height of a mark tells
its state, as in `cells.cell_s`; in thin bands only upper and lower half are told apart.
"""

from itertools import pairwise
from typing import Final

import numpy as np

from pmlviz.core.units import fmt_size
from pmlviz.ui.figures import theme
from pmlviz.ui.figures.cells import Mark, row_s, seam_opacity, seams_s
from pmlviz.ui.figures.ept_map import Bits
from pmlviz.ui.figures.memory_fields import BIG_SLAB, CLEAN, CODE, SLAB, VOID
from pmlviz.ui.figures.memory_plan import REGION, Rows
from pmlviz.ui.figures.parts import Parts, bracket, label
from pmlviz.ui.figures.scene import Anchor, Group, Primitive, Raster, Rect, Target
from pmlviz.ui.figures.text import first_fitting
from pmlviz.ui.frame import Frame

_PALETTE: Final = (None, None, None, None, "wp", "over", "pend.line", "dirty", "lost")
_GROUND: Final = ("sunk", "slab", "slab", "clean")
_HIGH: Final = 10
"""Parts of a row that has room for forms: eight of body, two of gap."""

_FORMS: Final = (
    (Mark.WRITE_PROTECTED, 3, 5), (Mark.OVER, 0, 4), (Mark.PENDING, 4, 8), (Mark.DIRTY, 0, 8),
    (Mark.LOST, 0, 8),
)  # fmt: skip
_HALVES: Final = (
    (Mark.WRITE_PROTECTED, 0, 2), (Mark.OVER, 0, 1), (Mark.PENDING, 1, 2), (Mark.DIRTY, 0, 2),
    (Mark.LOST, 0, 2),
)  # fmt: skip
_ROOM: Final = 15.0
"""Height that words in a slab need, px."""


def overview(frame: Frame, rows: Rows, codes: Bits, base: Bits, focus: int) -> Parts:
    """Return the overview; *codes* and *base*, what maps the cells, are (rows, cols).

    The region of *focus* is outlined.

    Group `overview` holds the marks, on transparent ground, the outline, and what a click meets.
    """
    return (
        *labels(rows, focus, rows.x),
        Group("overview.ground", ground(frame, rows, base)),
        Group("overview", (marks(rows, codes), *outline(rows, focus), *targets(rows))),
        Anchor("memory.overview.tl", rows.x, rows.y),
        Anchor("memory.overview.br", rows.x + rows.wide, rows.y + rows.high),
    )


def focus_box(rows: Rows, focus: int) -> tuple[float, float, float, float] | None:
    """Return left, top, width, height of what the overview shows of the region of *focus*."""
    row = rows.row_of(focus)
    if row is None:
        return None
    y = rows.y + row * rows.pitch
    if rows.pages <= REGION:
        return rows.x, y, rows.wide, rows.body
    at = (focus // REGION * REGION) % rows.pages
    wide = max(6.0, (REGION >> rows.order) * rows.cell)
    x = rows.x + (at >> rows.order) * rows.cell
    x = min(max(rows.x, x - (wide - (REGION >> rows.order)) / 2), rows.x + rows.wide - wide)
    return x, y, wide, rows.body


def ground(frame: Frame, rows: Rows, base: Bits) -> Parts:
    """Return what lies under the marks: what maps the pages, and recent splits."""
    return tuple(_single(frame, rows, base) if rows.single else _bands(frame, rows, base))


def outline(rows: Rows, focus: int) -> Parts:
    """Return the outline of the region of *focus*."""
    box = focus_box(rows, focus)
    if box is None:
        return ()
    x, y, w, h = box
    if rows.single:
        return (Rect(x - 3, y - 6, w + 6, h + 9, None, "ink", theme.EMPHASIS, 3),)
    return (Rect(x - 2.5, y - 2.5, w + 5, h + 5, None, "ink", theme.EMPHASIS, 1.5),)


def labels(rows: Rows, focus: int, x: float, skip: int = 0) -> Parts:
    """Return the frame *skip* pages from the first of each row, left of *x*, as many as fit."""
    row = rows.row_of(focus)
    every = max(1, int(-(-14 // rows.pitch)))
    firsts = rows.firsts()
    shown = set(range(0, len(firsts), every))
    if row is not None and not rows.single:
        # The one of the focus stays; what would touch it goes.
        shown = {n for n in shown if n == row or abs(n - row) * rows.pitch >= 13} | {row}
    return tuple(
        label(
            x - 7, rows.y + n * rows.pitch + rows.body / 2, f"{firsts[n] + skip:#05x}",
            theme.CAPTION, font="mono", color="ink" if n == row else "muted", anchor="end",
        )
        for n in sorted(shown)
    )  # fmt: skip


def _single(frame: Frame, rows: Rows, base: Bits) -> list[Primitive]:
    """Return the grounds of rows that are one region each: slabs, shattered rows, plain ones."""
    found: list[Primitive] = []
    firsts = rows.firsts()
    ages = {s.gfn // REGION: s.age for s in frame.splits if s.done and s.pages == REGION}
    told = False
    for n, first in enumerate(firsts):
        y, some = rows.y + n * rows.pitch, base[n]
        least, most = int(some.min()), int(some.max())
        if least in (SLAB, BIG_SLAB):
            found.append(Rect(rows.x, y, rows.wide, rows.body, "slab", radius=3))
            found += bracket(rows.x, y, rows.wide, rows.body)
            if rows.body >= _ROOM - 3:
                size = "1 GiB" if least == BIG_SLAB else "2 MiB"
                long = f"{size}, one entry, one D flag"
                part = f"part of one {size} page" if least == BIG_SLAB else size
                found.append(
                    label(
                        rows.middle, y + rows.body / 2, part if told else long,
                        theme.CAPTION if told else theme.LABEL, bold=not told, anchor="middle",
                    )
                )  # fmt: skip
                told = True
        elif most == VOID:
            found.append(Rect(rows.x, y, rows.wide, rows.body, "sunk"))
        else:
            found += row_s(rows.x, y, rows.wide, rows.body)
            age = ages.get(first // REGION)
            if age is not None and seam_opacity(age):
                found += seams_s(rows.x, y, rows.wide, rows.body, age=age)
    return found


def _bands(frame: Frame, rows: Rows, base: Bits) -> list[Primitive]:
    """Return the ground of rows that are many regions: what maps them, and recent splits."""
    ground = Raster(
        rows.x, rows.y, rows.wide, rows.high, rows.n_rows, rows.cols, base.tobytes(), _GROUND
    )
    edge = Rect(rows.x - 0.5, rows.y - 0.5, rows.wide + 1, rows.high + 1, None, "line", 1)
    return [ground, edge, *_shattered(frame, rows), *_slab_runs(rows, base)]


def marks(rows: Rows, codes: Bits) -> Raster:
    """Return all marks as one raster, each row split so that their heights tell them apart."""
    forms, high = (_FORMS, _HIGH) if rows.single else (_HALVES, 2)
    n, cols = codes.shape
    sub = np.zeros((n, high, cols), np.uint8)
    if int(codes.max()) > CLEAN:
        for mark, low, top in forms:
            here = codes == CODE[mark]
            sub[:, low:top] |= np.where(here, np.uint8(CODE[mark]), np.uint8(0))[:, None, :]
    flat = sub.reshape(n * high, cols)
    if bool((codes == CODE[Mark.LOST]).any()):
        _widen(flat)
    return Raster(rows.x, rows.y, rows.wide, rows.high, n * high, cols, flat.tobytes(), _PALETTE)


def _widen(cells: Bits) -> None:
    """Let what is lost be three cells wide, and reach beyond its row."""
    lost = cells == CODE[Mark.LOST]
    wide = lost.copy()
    wide[:, 1:] |= lost[:, :-1]
    wide[:, :-1] |= lost[:, 1:]
    tall = wide.copy()
    for far in (1, 2) if len(cells) % _HIGH == 0 else (1,):
        tall[far:] |= wide[:-far]
        tall[:-far] |= wide[far:]
    cells[tall] = CODE[Mark.LOST]


def _slab_runs(rows: Rows, base: Bits) -> list[Primitive]:
    """Return brackets and words over runs of bands that superpages alone map."""
    found: list[Primitive] = []
    least, most = base.min(axis=1), base.max(axis=1)
    whole = np.where((least == most) & np.isin(least, (SLAB, BIG_SLAB)), least, 0)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], whole, [0])))).tolist()
    runs = [(a, b) for a, b in pairwise(edges) if whole[a] and (b - a) * rows.pitch >= _ROOM]
    longest = max(runs, key=lambda run: run[1] - run[0], default=None)
    for a, b in runs:
        y, high = rows.y + a * rows.pitch, (b - a) * rows.pitch
        found += bracket(rows.x, y, rows.wide, high)
        size = 1 << 18 if whole[a] == BIG_SLAB else REGION
        count, name = (b - a) * rows.pages // size, fmt_size(size)
        each = ", one entry and one D flag each" if count > 1 else ", one entry, one D flag"
        short = f"{count:,} × {name}" if count > 1 else name
        bold = (a, b) == longest
        options = (short + each, short) if bold else (short,)
        size_ = theme.LABEL if bold else theme.CAPTION
        text = first_fitting(options, rows.wide - 30, size_, bold=bold)
        found.append(label(rows.middle, y + high / 2, text, size_, bold=bold, anchor="middle"))
    return found


def _shattered(frame: Frame, rows: Rows) -> list[Primitive]:
    """Return the seams of recent splits over bands: an orange edge, and a tick each 8 px."""
    found: list[Primitive] = []
    for split in frame.splits:
        first, last = rows.row_of(split.gfn), rows.row_of(split.gfn + split.pages - 1)
        if first is None or last is None or not split.done or not seam_opacity(split.age):
            continue
        y, high = rows.y + first * rows.pitch, (last + 1 - first) * rows.pitch
        if split.pages >= rows.pages:
            found += seams_s(rows.x, y, rows.wide, high, age=split.age)
        else:
            x = rows.x + (split.gfn % rows.pages >> rows.order) * rows.cell
            wide = max(4.0, (split.pages >> rows.order) * rows.cell)
            x = min(x, rows.x + rows.wide - wide)
            found += seams_s(x, y, wide, high, age=split.age)
    return found


def targets(rows: Rows) -> Parts:
    """Return what a click meets: a raster that draws nothing, for each span of rows."""
    found: list[Primitive] = []
    y = rows.y
    for span in rows.spans:
        n = span.pages // rows.pages
        found.append(
            Raster(
                rows.x, y, rows.wide, n * rows.pitch, n, rows.cols, bytes(n * rows.cols), (None,),
                Target("gfn", span.first), step=1 << rows.order,
            )
        )  # fmt: skip
        y += n * rows.pitch
    return tuple(found)
