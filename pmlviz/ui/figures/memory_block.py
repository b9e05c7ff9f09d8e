"""One 2 MiB region as tiles: a slab while one entry maps it, the shatter, then 512 pages."""

from typing import Final

import numpy as np

from pmlviz.core import events as e
from pmlviz.ui.figures import theme
from pmlviz.ui.figures.cells import L_FROM, Mark, burst, cell, seam_opacity
from pmlviz.ui.figures.ept_map import Bits
from pmlviz.ui.figures.memory_fields import BIG_SLAB, CODE, SLAB, VOID
from pmlviz.ui.figures.memory_plan import BLOCK_COLS, BLOCK_ROWS, REGION, Block
from pmlviz.ui.figures.parts import Parts, changed, label, not_yet, slab
from pmlviz.ui.figures.raster import runs
from pmlviz.ui.figures.scene import (
    Command,
    Hatch,
    Line,
    Path,
    Primitive,
    Raster,
    Rect,
    Target,
)
from pmlviz.ui.figures.text import width
from pmlviz.ui.frame import Frame, Split

_PALETTE: Final = (
    "sunk", "slab", "slab", "clean", "wp", "over", "pend.ground", "dirty", "lost.ground",
)  # fmt: skip
_SIGNS: Final = 96
"""More tiles of a state than this share one path of strokes."""

_ONLY_PENDING: Final = tuple("pend" if c == CODE[Mark.PENDING] else None for c in range(9))


def latest(frame: Frame, block: Block) -> Split | None:
    """Return the latest split that the region of *block* came out of; None if it was long ago."""
    held = (s for s in frame.splits if s.gfn <= block.first < s.gfn + s.pages)
    recent = (s for s in held if s.done and seam_opacity(s.age))
    return min(recent, key=lambda s: s.age, default=None)


def splitting(frame: Frame, block: Block) -> bool:
    """Return whether the current event is the split of the superpage that *block* shows."""
    event = frame.current
    if not isinstance(event, e.SuperpageSplit) or event.gfn != block.first:
        return False
    return frame.state.geometry.pages(event.level) == REGION


def is_slab(codes: Bits) -> bool:
    """Return whether superpages map the whole block."""
    return int(codes.min()) in (SLAB, BIG_SLAB)


def tiles(frame: Frame, block: Block, codes: Bits, words: str, focus: int | None) -> Parts:
    """Return the region: *codes* are its 512 pages', *words* stand on it while it is a slab."""
    x, y, z = block.x, block.y, block.z
    parts: list[Primitive] = []
    split = latest(frame, block)
    seams = None if split is None else seam_opacity(split.age)
    if splitting(frame, block) and block.holds(focus) and focus is not None:
        row, col = divmod(focus - block.first, BLOCK_COLS)
        parts += burst(x, y, BLOCK_COLS, BLOCK_ROWS, z, z - _gap(z), col, row)
    elif is_slab(codes):
        parts += slab(x, y, block.wide, block.high)
        if seams is not None:
            parts.append(Rect(x, y, block.wide, block.high, None, "crack", 2, 4, opacity=seams))
        if words:
            parts.append(
                label(
                    x + block.wide / 2, y + block.high / 2, words, theme.BODY,
                    bold=True, anchor="middle",
                )
            )  # fmt: skip
        parts += _signs(block, codes)
    else:
        parts.append(
            Raster(x, y, block.wide, block.high, BLOCK_ROWS, BLOCK_COLS, codes.tobytes(), _PALETTE)
        )
        parts += _grid(block, seams)
        parts += _signs(block, codes)
    parts.append(
        Raster(
            x, y, block.wide, block.high, BLOCK_ROWS, BLOCK_COLS, bytes(REGION), (None,),
            Target("gfn", block.first),
        )
    )  # fmt: skip
    return tuple(parts)


def axis_width(block: Block) -> float:
    """Return how wide the frame numbers left of *block* are."""
    return width(f"{block.first:#05x}", theme.CAPTION, "mono")


def axis(block: Block) -> Parts:
    """Return the frame numbers left of every fourth row."""
    return tuple(
        label(
            block.x - 8, block.y + (row + 0.5) * block.z, f"{block.first + row * BLOCK_COLS:#05x}",
            theme.CAPTION, font="mono", color="muted", anchor="end",
        )
        for row in range(0, BLOCK_ROWS, 4)
    )  # fmt: skip


def marker(block: Block, gfn: int, *, now: bool, ahead: bool, tip: str) -> Parts:
    """Return the outline of the page that is shown: changed by this item, about to be, or chosen.

    Its area carries *tip*.
    """
    x, y = block.tile(gfn)
    gap = _gap(block.z) / 2
    size = block.z - 2 * gap
    area = Rect(x, y, block.z, block.z, target=Target("gfn", gfn), tip=tip)
    at = (x + gap, y + gap, size, size)
    if now:
        return (area, *changed(*at, gap=1.5))
    if ahead:
        return (area, *not_yet(*at, gap=1.5))
    return (area, Rect(x - 1, y - 1, block.z + 2, block.z + 2, None, "ink", theme.EMPHASIS, 2))


def _gap(z: float) -> float:
    """Return the gap between tiles of pitch *z*."""
    return max(0.9, 0.094 * z)


def _grid(block: Block, seams: float | None) -> list[Primitive]:
    """Return the lines between tiles; *seams* is how strong those of a fresh split are."""
    x, y, z = block.x, block.y, block.z
    d: list[Command] = []
    for col in range(1, BLOCK_COLS):
        d += [("M", x + col * z, y), ("L", x + col * z, y + block.high)]
    for row in range(1, BLOCK_ROWS):
        d += [("M", x, y + row * z), ("L", x + block.wide, y + row * z)]
    gap = _gap(z)
    found: list[Primitive] = [
        Path(tuple(d), stroke="clean.hairline", width=gap, cap="butt"),
        Rect(x, y, block.wide, block.high, None, "clean.hairline", gap),
    ]
    if seams is not None:
        edge = max(gap, 1.4)
        found += [
            Path(tuple(d), stroke="crack", width=gap, cap="butt", opacity=seams * 0.7),
            Rect(
                x - edge / 2, y - edge / 2, block.wide + edge, block.high + edge,
                None, "crack", edge, 1.5, opacity=seams,
            ),
        ]  # fmt: skip
    return found


def _signs(block: Block, codes: Bits) -> list[Primitive]:
    """Return the hatches, crosses, dots and locks of the tiles that have one."""
    found: list[Primitive] = []
    z, gap = block.z, _gap(block.z)
    for mark in (Mark.DIRTY, Mark.PENDING, Mark.WRITE_PROTECTED, Mark.OVER, Mark.LOST):
        at = np.flatnonzero(codes == CODE[mark]).tolist()
        if not at:
            continue
        if len(at) <= _SIGNS:
            for i in at:
                x, y = block.tile(block.first + i)
                found += cell(mark, x + gap / 2, y + gap / 2, z - gap)
        elif mark is Mark.PENDING:
            found += _hatches(block, codes)
            found += _grid_over(block)
        elif mark is Mark.WRITE_PROTECTED and z - gap >= L_FROM:
            found += _locks([block.tile(block.first + i) for i in at], z)
        elif mark is not Mark.DIRTY:
            found.append(_strokes(mark, [block.tile(block.first + i) for i in at], z))
    return found


def _hatches(block: Block, codes: Bits) -> list[Primitive]:
    """Return the waiting pages as few hatched rectangles."""
    raster = Raster(
        0, 0, 1, 1, BLOCK_ROWS, BLOCK_COLS, codes.tobytes(), _ONLY_PENDING
    )  # fmt: skip
    z = block.z
    return [
        Hatch(
            block.x + col * z, block.y + row * z, wide * z, high * z,
            pitch=z / 3.6, width=max(1.0, z / 12),
        )
        for col, row, wide, high, _ in runs(raster)
    ]  # fmt: skip


def _grid_over(block: Block) -> list[Primitive]:
    """Return thin dark lines between tiles of which many are hatched."""
    x, y, z = block.x, block.y, block.z
    lines: list[Primitive] = [
        Line(x + c * z, y, x + c * z, y + block.high, "panel", 0.9) for c in range(1, BLOCK_COLS)
    ]
    lines += [
        Line(x, y + r * z, x + block.wide, y + r * z, "panel", 0.9) for r in range(1, BLOCK_ROWS)
    ]
    return lines


def _strokes(mark: Mark, at: list[tuple[float, float]], z: float) -> Path:
    """Return the signs of many tiles as one path: crosses, dots, or keyhole bars."""
    d: list[Command] = []
    for x, y in at:
        cx, cy = x + z / 2, y + z / 2
        if mark is Mark.LOST:
            r = 0.27 * z
            d += [("M", cx - r, cy - r), ("L", cx + r, cy + r)]
            d += [("M", cx + r, cy - r), ("L", cx - r, cy + r)]
        elif mark is Mark.OVER:
            d += [("M", cx - 0.01, cy), ("L", cx + 0.01, cy)]
        else:
            d += [("M", cx, cy - 0.2 * z), ("L", cx, cy + 0.2 * z)]
    color, wide = {
        Mark.LOST: ("lost", z / 7),
        Mark.OVER: ("over.ink", z / 4),
        Mark.WRITE_PROTECTED: ("wp.lock", 0.2 * z),
    }[mark]
    return Path(tuple(d), stroke=color, width=wide)


def _locks(at: list[tuple[float, float]], z: float) -> list[Primitive]:
    """Return the lock of `cells.cell_l` on many tiles: all shackles, then all bodies."""
    tile = z - _gap(z)
    r = 0.29 * tile
    arch, line = 0.5 * r, max(0.9, 0.28 * r)
    shackles: list[Command] = []
    bodies: list[Command] = []
    for left, upper in at:
        x, y = left + z / 2, upper + z / 2 + 0.02 * tile
        top, bottom = y - 0.08 * r, y + r
        high = top - 0.8 * r
        # Single strokes, which are drawn quickly however many there are.
        shackles += (
            ("M", x - arch, top), ("L", x - arch, high + line),
            ("M", x - arch + line / 2, high), ("L", x + arch - line / 2, high),
            ("M", x + arch, high + line), ("L", x + arch, top),
        )  # fmt: skip
        bodies += (("M", x, top), ("L", x, bottom))
    return [
        Path(tuple(shackles), stroke="wp.lock", width=line),
        Path(tuple(bodies), stroke="wp.lock", width=1.6 * r, cap="butt"),
    ]


def is_void(codes: Bits) -> bool:
    """Return whether nothing maps any page of the block."""
    return int(codes.max()) == VOID
