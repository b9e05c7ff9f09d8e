"""One page drawn in its state, at three zooms; superpages and fresh seams beside it.

L (12 px and up) has room for a sign, M (5 to 11 px) for a stroke, S (1 to 4 px) only for height:
there the part of the row that is filled tells the state, so that forms survive at 1 px and without
colour. What a downsampled column shows is the gravest mark in it, `SEVERITY` first.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from pmlviz.ui.figures.glyphs import glyph
from pmlviz.ui.figures.parts import Parts, bracket, slab
from pmlviz.ui.figures.scene import (
    Circle,
    Hatch,
    Line,
    Path,
    Primitive,
    Rect,
    Target,
)

L_FROM: Final = 12.0
M_FROM: Final = 5.0

LOST_BEYOND: Final = 3.0
"""How far, at S, a lost page sticks out of its row, above and below, px."""

SEAM_AGES: Final = 8
"""After so many items the seams of a split have faded."""


class Mark(StrEnum):
    """What is known of one 4 KiB page."""

    CLEAN = "clean"
    DIRTY = "dirty"
    PENDING = "pending"
    LOST = "lost"
    OVER = "over"
    WRITE_PROTECTED = "wp"


SEVERITY: Final = (
    Mark.LOST,
    Mark.DIRTY,
    Mark.PENDING,
    Mark.OVER,
    Mark.WRITE_PROTECTED,
    Mark.CLEAN,
)
WORDS: Final = {
    Mark.CLEAN: "clean",
    Mark.DIRTY: "dirty and in the bitmap",
    Mark.PENDING: "dirty, still only in a PML buffer",
    Mark.LOST: "written but in neither: lost",
    Mark.OVER: "reported but not written",
    Mark.WRITE_PROTECTED: "write-protected",
}


def gravest(marks: Iterable[Mark]) -> Mark:
    """Return the mark that a cell standing for several pages shows; CLEAN for none."""
    return min(marks, key=SEVERITY.index, default=Mark.CLEAN)


def seam_opacity(age: int) -> float:
    """Return how strong the seams of a split are *age* items later: 1 now, 0 after eight."""
    return max(0.0, 1 - age / SEAM_AGES)


def cell(
    mark: Mark, x: float, y: float, z: float, *, target: Target | None = None, tip: str = ""
) -> Parts:
    """Return one page *z* px wide and high at L or M; seams are the gaps its caller leaves."""
    if z >= L_FROM:
        return cell_l(mark, x, y, z, target=target, tip=tip)
    return cell_m(mark, x, y, z, target=target, tip=tip)


def tile(x: float, y: float, z: float, *, target: Target | None = None, tip: str = "") -> Parts:
    """Return a clean page among fresh seams: without hairline, so that the seams are seen."""
    return (Rect(x, y, z, z, "clean", None, 0, 0, (), 1, target, tip),)


def cell_l(
    mark: Mark,
    x: float,
    y: float,
    w: float,
    h: float | None = None,
    *,
    target: Target | None = None,
    tip: str = "",
) -> Parts:
    """Return one page *w* px wide and *h* (default: the same) high, with room for a sign."""
    h = w if h is None else h
    z = min(w, h)
    cx, cy = x + w / 2, y + h / 2
    match mark:
        case Mark.CLEAN:
            return (Rect(x, y, w, h, "clean", "clean.hairline", 0.75, 0, (), 1, target, tip),)
        case Mark.DIRTY:
            return (Rect(x, y, w, h, "dirty", None, 0, 0, (), 1, target, tip),)
        case Mark.PENDING:
            return (
                Hatch(x, y, w, h, pitch=z / 3.6, width=z / 12, target=target, tip=tip),
                Rect(x, y, w, h, None, "pend.line", 0.75),
            )
        case Mark.LOST:
            thick = z / 8
            frame = Rect(
                x + thick / 2, y + thick / 2, w - thick, h - thick,
                "lost.ground", "lost", thick, 0, (), 1, target, tip,
            )  # fmt: skip
            return (frame, _cross(cx, cy, 0.27 * z, z / 7))
        case Mark.OVER:
            near, r = 0.2 * z, max(0.8, z / 14)
            dots = [
                Circle(cx + i, cy + j, r, "over.ink") for j in (-near, near) for i in (-near, near)
            ]
            return (Rect(x, y, w, h, "over", "over.ink", 1, 0, (), 1, target, tip), *dots)
        case Mark.WRITE_PROTECTED:
            body = Rect(x, y, w, h, "wp", "clean.hairline", 0.75, 0, (), 1, target, tip)
            return (body, *glyph("lock", cx, cy + 0.02 * z, 0.58 * z, "wp.lock"))


def cell_m(
    mark: Mark, x: float, y: float, z: float, *, target: Target | None = None, tip: str = ""
) -> Parts:
    """Return one page with room for a stroke."""
    cx, cy = x + z / 2, y + z / 2
    match mark:
        case Mark.CLEAN:
            return (Rect(x, y, z, z, "clean", "clean.hairline", 0.5, 0, (), 1, target, tip),)
        case Mark.DIRTY:
            return (Rect(x, y, z, z, "dirty", None, 0, 0, (), 1, target, tip),)
        case Mark.PENDING:
            return (
                Rect(x, y, z, z, "pend.ground", None, 0, 0, (), 1, target, tip),
                Line(x, y + z, x + z, y, "pend.line", z / 5),
            )
        case Mark.LOST:
            # Over its seams: what is lost has no neat edge.
            body = Rect(x - 0.5, y - 0.5, z + 1, z + 1, "lost", None, 0, 0, (), 1, target, tip)
            return (body, _cross(cx, cy, 0.32 * z, 0.17 * z, "panel"))
        case Mark.OVER:
            body = Rect(
                x + 0.4, y + 0.4, z - 0.8, z - 0.8, "over", "over.ink", 0.8, 0, (), 1, target, tip
            )
            return (body, Circle(cx, cy, z / 8, "over.ink"))
        case Mark.WRITE_PROTECTED:
            return (
                Rect(x, y, z, z, "wp", None, 0, 0, (), 1, target, tip),
                Line(cx, cy - 0.26 * z, cx, cy + 0.26 * z, "wp.lock", 0.3 * z),
            )


def cell_s(mark: Mark, x: float, y: float, w: float, h: float) -> Parts:
    """Return one page as a column of its row: *w* px wide, the row *h* px high."""
    match mark:
        case Mark.CLEAN:
            return ()
        case Mark.DIRTY:
            return (Rect(x, y, w, h, "dirty"),)
        case Mark.PENDING:
            return (Rect(x, y + h / 2, w, h / 2, "pend.line"),)
        case Mark.LOST:
            wide = max(LOST_BEYOND, w)
            left = x + (w - wide) / 2
            return (Rect(left, y - LOST_BEYOND, wide, h + 2 * LOST_BEYOND, "lost"),)
        case Mark.OVER:
            return (Rect(x, y, max(w, 3), h / 2, "over", "over.ink", 0.7),)
        case Mark.WRITE_PROTECTED:
            return (Rect(x, y + 0.38 * h, w, 0.24 * h, "wp"),)


def row_s(x: float, y: float, w: float, h: float) -> Parts:
    """Return the ground of a row at S: one 2 MiB of pages, all clean so far."""
    return (Rect(x, y, w, h, "clean", "clean.hairline", 0.75),)


def slab_s(x: float, y: float, w: float, h: float) -> Parts:
    """Return a superpage at S: a bar with end brackets, nothing inside."""
    return (Rect(x, y, w, h, "slab"), *bracket(x, y, w, h))


def slab_m(x: float, y: float, w: float, h: float) -> Parts:
    """Return a superpage at M: one slab, too small for words."""
    return slab(x, y, w, h)


def slab_l(x: float, y: float, w: float, h: float, size: str) -> Parts:
    """Return a superpage at L: one slab, its size in words."""
    return slab(x, y, w, h, size)


def seams(x: float, y: float, cols: int, rows: int, z: float, gap: float, *, age: int = 0) -> Parts:
    """Return the orange between tiles of pitch *z* that lie *gap* apart, as one sheet below them.

    The tiles are drawn over it. The seam is the news, the tiles are ordinary.
    """
    opacity = seam_opacity(age)
    if not opacity:
        return ()
    edge = max(1.0, min(gap, 1.5))
    sheet = Rect(
        x - edge, y - edge, cols * z - gap + 2 * edge, rows * z - gap + 2 * edge,
        "crack", radius=min(2.0, edge), opacity=opacity,
    )  # fmt: skip
    return (sheet,)


def seams_s(x: float, y: float, w: float, h: float, *, age: int = 0, every: float = 8) -> Parts:
    """Return a freshly split row at S: an orange edge and a tick each 8 px."""
    opacity = seam_opacity(age)
    if not opacity:
        return ()
    ticks = [
        Line(x + i * every, y, x + i * every, y + h, "crack", 0.6, opacity=opacity)
        for i in range(1, int((w - 0.5) // every) + 1)
    ]
    edge = Rect(x, y, w, h, None, "crack", 1, opacity=opacity)
    return (*ticks, edge)


def burst(
    x: float, y: float, cols: int, rows: int, z: float, tile: float, col: int, row: int
) -> Parts:
    """Return the split itself as a still: slab tiles pushed away from the page at (col, row).

    A tile d tiles away is pushed 7 px x (1 - d / 30); the page itself stays.
    """
    found: list[Primitive] = []
    for j in range(rows):
        for i in range(cols):
            dx, dy = i - col, j - row
            d = (dx * dx + dy * dy) ** 0.5
            push = 7 * max(0.0, 1 - d / 30) / d if d else 0.0
            found.append(
                Rect(
                    x + i * z + dx * push, y + j * z + dy * push, tile, tile, "slab", "crack", 0.75
                )
            )
    return tuple(found)


def _cross(cx: float, cy: float, r: float, width: float, color: str = "lost") -> Path:
    return Path(
        (
            ("M", cx - r, cy - r),
            ("L", cx + r, cy + r),
            ("M", cx + r, cy - r),
            ("L", cx - r, cy + r),
        ),
        stroke=color,
        width=width,
    )
