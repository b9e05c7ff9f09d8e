"""The overview of guest memory: rows of regions, then bands of many, all in one raster.

A row of 512 cells is 2 MiB at a page a cell. Where rows are high enough, the height of a mark tells
its state, as in `cells.cell_s`; in thin bands only upper and lower half are told apart.
"""

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

_PALETTE: Final = (
    None, "slab", "slab", "clean", "wp", "over", "pend.line", "dirty", "lost", "clean.hairline",
)  # fmt: skip
_HIGH: Final = 10
"""Sub-rows of a row that has room for forms: eight of body, two of gap."""

_BODY: Final = 8
_ROOM: Final = 15.0
"""Height that words in a slab need, px."""


def overview(frame: Frame, rows: Rows, codes: Bits, focus: int) -> Parts:
    """Return the overview; *codes* are (rows, cols), *focus* the frame whose region is outlined."""
    inside: list[Primitive] = []
    if rows.single:
        inside += _single(frame, rows, codes)
    else:
        inside.append(
            Rect(rows.x - 0.5, rows.y - 0.5, rows.wide + 1, rows.high + 1, "sunk", "line", 1)
        )
    inside.append(_raster(rows, codes))
    if not rows.single:
        inside += _slab_runs(rows, codes)
    inside += _targets(rows)
    return (
        *_labels(rows, focus),
        Group("overview", tuple(inside)),
        Anchor("memory.overview.tl", rows.x, rows.y),
        Anchor("memory.overview.br", rows.x + rows.wide, rows.y + rows.high),
        *_outline(rows, focus),
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


def _outline(rows: Rows, focus: int) -> Parts:
    box = focus_box(rows, focus)
    if box is None:
        return ()
    x, y, w, h = box
    gap = 3.0 if rows.single else 2.0
    up = 3.0 if rows.single else 0.0
    frame = Rect(
        x - gap, y - gap - up, w + 2 * gap, h + 2 * gap + up, None, "ink", theme.EMPHASIS, 3,
        target=Target("gfn", focus),
    )  # fmt: skip
    return (frame,)


def _labels(rows: Rows, focus: int) -> Parts:
    row = rows.row_of(focus)
    every = max(1, int(-(-14 // rows.pitch)))
    firsts = rows.firsts()
    shown = set(range(0, len(firsts), every))
    if row is not None and not rows.single:
        # The one of the focus stays; what would touch it goes.
        shown = {n for n in shown if n == row or abs(n - row) * rows.pitch >= 13} | {row}
    return tuple(
        label(
            rows.x - 7, rows.y + n * rows.pitch + rows.body / 2, f"{firsts[n]:#05x}",
            theme.CAPTION, font="mono", color="ink" if n == row else "muted", anchor="end",
        )
        for n in sorted(shown)
    )  # fmt: skip


def _single(frame: Frame, rows: Rows, codes: Bits) -> list[Primitive]:
    """Return the grounds of rows that are one region each: slabs, shattered rows, plain ones."""
    found: list[Primitive] = []
    firsts = rows.firsts()
    ages = {s.gfn // REGION: s.age for s in frame.splits if s.done and s.pages == REGION}
    told = False
    for n, first in enumerate(firsts):
        y, some = rows.y + n * rows.pitch, codes[n]
        least, most = int(some.min()), int(some.max())
        slab = next((c for c in (SLAB, BIG_SLAB) if c in (least, most) or (some == c).any()), None)
        if slab is not None and least in (SLAB, BIG_SLAB):
            found.append(Rect(rows.x, y, rows.wide, rows.body, "slab", radius=3))
            found += bracket(rows.x, y, rows.wide, rows.body)
            if rows.body >= _ROOM - 3:
                size = "1 GiB" if slab == BIG_SLAB else "2 MiB"
                long = f"{size}, one entry, one D flag"
                part = f"part of one {size} page" if slab == BIG_SLAB else size
                found.append(
                    label(
                        rows.x + rows.wide / 2, y + rows.body / 2, part if told else long,
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


def _raster(rows: Rows, codes: Bits) -> Raster:
    """Return all marks, and in bands their ground, as one raster of rows split for their forms."""
    n, cols = codes.shape
    if rows.single:
        sub = np.zeros((n, _HIGH, cols), np.uint8)
        for mark, low, high in (
            (Mark.WRITE_PROTECTED, 3, 5), (Mark.OVER, 0, 4), (Mark.PENDING, 4, 8),
            (Mark.DIRTY, 0, 8),
        ):  # fmt: skip
            here = np.where(codes == CODE[mark], np.uint8(CODE[mark]), np.uint8(0))
            np.maximum(sub[:, low:high], here[:, None, :], out=sub[:, low:high])
    else:
        ground = np.where(codes > CLEAN, np.uint8(CLEAN), codes)
        sub = np.repeat(codes[:, None, :], 2, axis=1)
        sub[:, 1][codes == CODE[Mark.OVER]] = ground[codes == CODE[Mark.OVER]]
        sub[:, 0][codes == CODE[Mark.PENDING]] = ground[codes == CODE[Mark.PENDING]]
    lost = codes == CODE[Mark.LOST]
    if lost.any():
        wide = lost.copy()
        wide[:, 1:] |= lost[:, :-1]
        wide[:, :-1] |= lost[:, 1:]
        sub[np.broadcast_to(wide[:, None, :], sub.shape)] = CODE[Mark.LOST]
        if rows.single and n > 1:
            # Into the gap above, too: what is lost breaks the outline of its row.
            sub[:-1, _BODY:][np.broadcast_to(wide[1:, None, :], sub[:-1, _BODY:].shape)] = CODE[
                Mark.LOST
            ]
    return Raster(
        rows.x, rows.y, rows.wide, rows.high, sub.shape[0] * sub.shape[1], cols,
        sub.tobytes(), _PALETTE,
    )  # fmt: skip


def _slab_runs(rows: Rows, codes: Bits) -> list[Primitive]:
    """Return brackets and words over runs of bands that superpages alone map."""
    found: list[Primitive] = []
    least = codes.min(axis=1)
    whole = np.where(np.isin(least, (SLAB, BIG_SLAB)), least, 0)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], whole, [0]))))
    for a, b in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        high = (b - a) * rows.pitch
        if not whole[a] or high < _ROOM:
            continue
        y = rows.y + a * rows.pitch
        found += bracket(rows.x, y, rows.wide, high)
        size = 1 << 18 if whole[a] == BIG_SLAB else REGION
        count = (b - a) * rows.pages // size
        name = fmt_size(size)
        if count > 1:
            words = (f"{count:,} × {name}, one entry and one D flag each", f"{count:,} × {name}")
        else:
            words = (f"{name}, one entry, one D flag", name)
        text = first_fitting(words, rows.wide - 30, theme.LABEL, bold=True)
        middle = rows.y + a * rows.pitch + high / 2
        found.append(
            label(rows.x + rows.wide / 2, middle, text, theme.LABEL, bold=True, anchor="middle")
        )
    return found


def _targets(rows: Rows) -> list[Primitive]:
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
    return found
