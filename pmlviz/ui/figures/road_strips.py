"""Tables as strips: all entries of one EPT table top to bottom, and the fans that lead to them."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from pmlviz.core.bitset import Bitset, bits_of
from pmlviz.core.ept import RWX, PathStep
from pmlviz.core.recalc import words
from pmlviz.core.units import EptLevel, fmt, fmt_size
from pmlviz.ui.figures.cells import Mark, gravest, seam_opacity
from pmlviz.ui.figures.glyphs import glyph
from pmlviz.ui.figures.parts import Parts, label
from pmlviz.ui.figures.scene import Line, Primitive, Rect, Target
from pmlviz.ui.figures.text import width
from pmlviz.ui.figures.wires import fan
from pmlviz.ui.frame import Frame, Split

WIDE: Final = 10.0
"""Width of a strip, px."""

_BUCKET: Final = 2.0
_RAYS: Final = 11
_TICKS: Final = 32
_MOST_RUNS: Final = 32
_COLOR: Final = {Mark.DIRTY: "dirty", Mark.PENDING: "pend.line", Mark.LOST: "lost"}


def mark_of(frame: Frame, gfn: int) -> Mark:
    """Return what is known of page *gfn* at the frame's position, write protection left out."""
    if gfn in frame.lost:
        return Mark.LOST
    if gfn in frame.over:
        return Mark.OVER
    if gfn in frame.state.domain.bitmap.bits:
        return Mark.DIRTY
    return Mark.PENDING if gfn in frame.pending else Mark.CLEAN


def split_of(frame: Frame, gfn: int, level: EptLevel) -> Split | None:
    """Return the recent split, done by now, that made the table below the *level* entry of *gfn*.

    A 1 GiB page split down to 4 KiB made the tables of both levels below it.
    """
    n = frame.state.geometry.pages(level)
    first = gfn & ~(n - 1)
    for split in frame.splits:
        if split.done and split.pages >= n and split.gfn <= first < split.gfn + split.pages:
            return split
    return None


def strip(
    frame: Frame, step: PathStep, gfn: int, x: float, y: float, h: float, *, passed: bool
) -> Parts:
    """Return the table of *step* with the entry marked that the path of *gfn* takes.

    *passed*: the access has come this far.
    """
    geometry = frame.state.geometry
    tip = f"table {fmt(step.table)}: {geometry.entries} entries of {step.level.name}, "
    tip += f"{fmt_size(geometry.pages(step.level))} each"
    parts: list[Primitive] = [
        Rect(x, y, WIDE, h, "sunk", "line", 1, 2, (), 1, Target("table", step.table), tip),
        *_present(frame, step, x, y, h),
    ]
    if step.level == EptLevel.PTE:
        parts += _pages(frame, step, gfn, x, y, h)
    split = split_of(frame, gfn, EptLevel(step.level + 1)) if step.level < EptLevel.PML4E else None
    if split is not None:
        parts += [
            Line(
                x, y + h * i / _TICKS, x + WIDE, y + h * i / _TICKS, "crack", 0.6,
                opacity=seam_opacity(split.age),
            )
            for i in range(1, _TICKS)
        ]  # fmt: skip
    at = min(y + h * step.index / geometry.entries, y + h - 5)
    entry = Target("entry", (int(step.level), step.table, step.index))
    parts.append(
        Rect(
            x - 1, at, WIDE + 2, 5, "accent" if passed else "slab.edge", radius=1, target=entry,
            tip=f"{step.level.name} {step.index}",
        )
    )  # fmt: skip
    return tuple(parts)


def _present(frame: Frame, step: PathStep, x: float, y: float, h: float) -> Parts:
    """Return the runs of present entries; nothing for a table that is full."""
    page = frame.state.memory.get(step.table)
    if page is None:
        return ()
    present = words(page) & RWX != 0
    if present.all():
        return ()
    edges = np.flatnonzero(np.diff(present, prepend=False, append=False))
    if len(edges) > 2 * _MOST_RUNS:
        edges = np.array([edges[0], edges[-1]])
    each = h / len(present)
    return tuple(
        Rect(
            x + 1,
            min(y + first * each, y + h - 1.5),
            WIDE - 2,
            max((last - first) * each, 1.5),
            "road",
        )
        for first, last in edges.reshape(-1, 2).tolist()
    )


def _pages(frame: Frame, step: PathStep, gfn: int, x: float, y: float, h: float) -> Parts:
    """Return the marks of the table's pages, the gravest in each 2 px."""
    n = frame.state.geometry.entries
    first = gfn & ~(n - 1)
    buckets: dict[int, Mark] = {}
    for bits in (frame.state.domain.bitmap.bits, frame.pending, frame.lost):
        for page in _between(bits, first, n):
            at = int((page - first) * h / n / _BUCKET)
            mark = mark_of(frame, page)
            buckets[at] = gravest((mark, buckets.get(at, Mark.CLEAN)))
    parts: list[Primitive] = []
    for at, mark in sorted(buckets.items()):
        color = _COLOR.get(mark, "over.ink")
        beyond = 2.0 if mark is Mark.LOST else 0.0
        top = min(y + at * _BUCKET, y + h - _BUCKET)
        parts.append(Rect(x - beyond, top, WIDE + 2 * beyond, _BUCKET, color))
    return tuple(parts)


def _between(bits: Bitset, first: int, n: int) -> Iterator[int]:
    """Yield the gfns of *bits* among the *n* from *first* on."""
    size = 1 << bits.leaf_bits
    for number in range(first // size, (first + n - 1) // size + 1):
        low, high = max(first, number * size), min(first + n, (number + 1) * size)
        leaf = bits.leaves.get(number, 0) >> low - number * size & (1 << high - low) - 1
        for index in bits_of(leaf):
            yield low + index


def to_strip(
    frame: Frame, gfn: int, above: EptLevel, x1: float, x2: float, road: float, y: float, h: float
) -> Parts:
    """Return the fan from the entry of level *above* at x1 to its table's strip at x2.

    Orange when that entry was just split, more faintly with each item since.
    """
    split = split_of(frame, gfn, above)
    if split is None:
        return (fan(x1, road - 12, road + 12, x2, y, y + h),)
    opacity = seam_opacity(split.age)
    near, far = 14.0, h
    rays = [
        Line(
            x1, road - near + 2 * near * i / (_RAYS + 1), x2, y + far * i / (_RAYS + 1),
            "crack", 0.7, opacity=opacity,
        )
        for i in range(1, _RAYS + 1)
    ]  # fmt: skip
    grey = () if split.age == 0 else (fan(x1, road - near, road + near, x2, y, y + h),)
    edge = fan(
        x1, road - near, road + near, x2, y, y + h,
        fill="crack.ground", stroke="crack", opacity=opacity,
    )  # fmt: skip
    return (*grey, edge, *rays)


def slab_beyond(
    frame: Frame,
    step: PathStep,
    gfn: int,
    x: float,
    y: float,
    w: float,
    h: float,
    *,
    passed: bool,
) -> Parts:
    """Return the page of a superpage leaf as the one block that it is, *gfn* marked at its edge."""
    geometry = frame.state.geometry
    n = geometry.pages(step.level)
    size = fmt_size(n)
    at = gfn & (n - 1)
    tip = f"{size} mapped by one entry: gfn {gfn - at} to {gfn - at + n - 1}, with one D flag"
    middle = x + w / 2
    parts: list[Primitive] = [
        Rect(x, y, w, h, "slab", "slab.edge", 1.5, 4, (), 1, Target("gfn", gfn), tip),
        Rect(x - 1, y + (h - 5) * at / n, 12, 5, "accent" if passed else "slab.edge", radius=1),
        label(middle, y + h / 2 - 26, size, 14, bold=True, anchor="middle"),
    ]
    words = "one entry, one D flag"
    lines = (words,) if width(words, 11) <= w - 12 else ("one entry,", "one D flag")
    parts += [
        label(middle, y + h / 2 + 24 + 14 * i, line, 11, anchor="middle")
        for i, line in enumerate(lines)
    ]
    if not step.entry.w:
        lead = width(size, 14, bold=True) / 2 + 12
        parts += glyph("lock", middle - lead, y + h / 2 - 27, 13, "ink")
    return tuple(parts)
