"""The rows of the glass: pages in their states, superpages as one band, the seams of splits."""

from itertools import groupby
from typing import Final

import numpy as np

from pmlviz.core.units import fmt
from pmlviz.ui.figures.cells import Mark, cell_l, seam_opacity
from pmlviz.ui.figures.debug_plan import SMALL
from pmlviz.ui.figures.glass_bands import Glass, Row, band_of, band_words
from pmlviz.ui.figures.glyphs import glyph
from pmlviz.ui.figures.pages import HUGE, MARKS, MISCONFIGURED, Field
from pmlviz.ui.figures.parts import Parts
from pmlviz.ui.figures.scene import Command, Hatch, Path, Primitive, Raster, Rect, Target, Text
from pmlviz.ui.figures.text import baseline, elide
from pmlviz.ui.frame import Frame

SEAM: Final = "seam"
SLAB: Final = "superpage"
_MANY: Final = 16
"""More locks than this in a run are drawn in every eighth cell only."""


def glass_rows(frame: Frame, glass: Glass, field: Field, kept: int) -> tuple[Parts, frozenset[str]]:
    """Return all rows, and what is seen in them: marks, `superpage`, `seam`.

    No words stand on page *kept*.
    """
    parts: list[Primitive] = []
    seen: set[str] = set()
    rows = [_row(glass, field, n) for n in range(glass.n_rows)]
    for row in rows:
        y = glass.top + row.n * glass.pitch
        label = fmt((glass.first + row.n) * glass.each)
        parts.append(
            Text(glass.x - 12, baseline(y + glass.cell_h / 2, SMALL), label, SMALL, "mono",
                 color="muted", anchor="end")
        )  # fmt: skip
    told = ""
    for huge, group in groupby(rows, key=lambda row: row.huge and row.slab):
        some = list(group)
        for band in [some] if huge else [[row] for row in some]:
            if band[0].slab:
                words, state = band_words(frame, band)
                # What has been said of the band above is not said again.
                parts += band_of(frame, glass, band, words[2:] if state == told else words, kept)
                seen.add(SLAB)
                told = state
                continue
            told = ""
            opacity = _seams(frame, glass, band[0])
            parts += _pages(glass, band[0], field, opacity)
            seen |= {SEAM} if opacity else set()
    for row in rows:
        seen |= {str(MARKS[code]) for code in set(row.marks)}
        parts += _hits(glass, row)
    return tuple(parts), frozenset(seen)


def _row(glass: Glass, field: Field, n: int) -> Row:
    at = n * glass.each + glass.start
    part = slice(at, at + glass.columns)
    slabs = field.slabs[part]
    return Row(
        n,
        glass.gfn(n),
        [int(code) for code in field.marks[part]],
        bool(slabs.all()),
        bool((field.bits[part] & np.uint8(HUGE)).all()),
        bool(field.mapped[part].any()),
        bool((field.bits[part] & np.uint8(MISCONFIGURED)).any()),
    )


def _seams(frame: Frame, glass: Glass, row: Row) -> float:
    """Return how strong the seams of a recent split of *row* are; 0 for none."""
    start = (glass.first + row.n) * glass.each
    ages = [
        split.age
        for split in frame.splits
        if split.done and split.gfn < start + glass.each and start < split.gfn + split.pages
    ]
    return seam_opacity(min(ages)) if ages else 0.0


def _pages(glass: Glass, row: Row, field: Field, seam: float) -> Parts:
    """Return a row of 4 KiB pages; *seam* > 0 is how strong the seams of a split are."""
    x, y, h = glass.x, glass.top + row.n * glass.pitch, glass.cell_h
    if not row.mapped:
        word = elide("not mapped", glass.wide - 16, SMALL)
        return (
            Rect(x, y, glass.wide, h, None, "line", 0.75, dash=(3, 2)),
            Text(x + 8, baseline(y + h / 2, SMALL), word, SMALL, color="muted"),
        )
    parts: list[Primitive] = [Rect(x, y, glass.wide, h, "clean", "clean.hairline", 0.75)]
    parts.append(_grid(x, y, glass.cell_w, h, glass.columns, "clean.hairline", 0.5))
    if seam:
        parts += [
            Rect(x, y, glass.wide, h, None, "crack", 1, opacity=seam),
            _cuts(x, y, glass.cell_w, h, glass.columns, seam),
        ]
    parts += _holes(glass, row, field, y)
    column = 0
    for code, run in groupby(row.marks):
        n = len(list(run))
        if MARKS[code] is not Mark.CLEAN:
            parts += _run(glass, MARKS[code], column, n, y)
        column += n
    return tuple(parts)


def _holes(glass: Glass, row: Row, field: Field, y: float) -> Parts:
    """Cover pages of the row that nothing maps."""
    at = row.n * glass.each + glass.start
    mapped = field.mapped[at : at + glass.columns]
    if mapped.all():
        return ()
    parts: list[Primitive] = []
    column = 0
    for known, run in groupby(bool(m) for m in mapped):
        n = len(list(run))
        if not known:
            parts.append(
                Rect(glass.x + column * glass.cell_w, y - 0.5, n * glass.cell_w + 0.5,
                     glass.cell_h + 1, "panel", tip="not mapped")
            )  # fmt: skip
        column += n
    return tuple(parts)


def _run(glass: Glass, mark: Mark, column: int, n: int, y: float) -> Parts:
    """Return *n* neighbours of one state."""
    w, h = glass.cell_w, glass.cell_h
    x = glass.x + column * w
    if mark is Mark.PENDING and n > 1:
        z = min(w, h)
        return (
            Hatch(x + 0.5, y, n * w - 1, h, pitch=z / 3.6, width=z / 12),
            Rect(x + 0.5, y, n * w - 1, h, None, "pend.line", 0.75),
            _grid(x, y, w, h, n, "pend.line", 0.75),
        )
    if mark is Mark.WRITE_PROTECTED and n > _MANY:
        parts: list[Primitive] = [
            Rect(x, y, n * w, h, "wp", "clean.hairline", 0.75),
            _grid(x, y, w, h, n, "clean.hairline", 0.75),
        ]
        for i in range(-column % 8, n, 8):
            parts += glyph("lock", x + (i + 0.5) * w, y + h / 2, 0.58 * min(w, h), "wp.lock")
        return tuple(parts)
    found: list[Primitive] = []
    for i in range(n):
        found += cell_l(mark, x + i * w + 0.5, y, w - 1, h)
    return tuple(found)


def _grid(x: float, y: float, w: float, h: float, n: int, stroke: str, thick: float) -> Path:
    """Return the lines between *n* cells."""
    d: list[Command] = []
    for i in range(1, n):
        d += [("M", x + i * w, y), ("L", x + i * w, y + h)]
    return Path(tuple(d), stroke=stroke, width=thick)


def _cuts(x: float, y: float, w: float, h: float, n: int, seam: float) -> Path:
    """Return a cut at each page's edge, from above and from below."""
    d: list[Command] = []
    arm = h * 0.28
    for i in range(n + 1):
        at = x + i * w
        d += [("M", at, y), ("L", at, y + arm), ("M", at, y + h - arm), ("L", at, y + h)]
    return Path(tuple(d), stroke="crack", width=1.2, opacity=seam)


def _hits(glass: Glass, row: Row) -> Parts:
    """Return what a click on the row's pages selects."""
    y = glass.top + row.n * glass.pitch
    return (
        Raster(
            glass.x, y, glass.wide, glass.cell_h, 1, glass.columns, bytes(glass.columns), (None,),
            Target("gfn", row.gfn),
        ),
    )  # fmt: skip
