"""What is under the glass, where it lies, and superpages in it: one band, one entry in words."""

from itertools import groupby
from typing import NamedTuple

from pmlviz.core.ept import PathStep, walk
from pmlviz.core.units import page_size_name
from pmlviz.ui.figures.cells import Mark, cell_l
from pmlviz.ui.figures.debug_plan import SMALL
from pmlviz.ui.figures.pages import MARKS
from pmlviz.ui.figures.parts import Parts
from pmlviz.ui.figures.scene import Command, Path, Primitive, Rect, Target, Text
from pmlviz.ui.figures.strip import SUPERPAGE, type_name
from pmlviz.ui.figures.text import baseline, elide, first_fitting
from pmlviz.ui.frame import Frame


class Glass(NamedTuple):
    """Which pages are under the glass, and where.

    They are *n_rows* rows of *total*, from row *first* on; of the *each* pages of a row *columns*
    are shown from the *start*-th on.
    """

    x: float
    top: float
    cell_w: float
    pitch: float
    columns: int
    start: int
    first: int
    n_rows: int
    total: int
    each: int

    @property
    def cell_h(self) -> float:
        """Height of a cell."""
        return self.pitch - 2

    @property
    def wide(self) -> float:
        """Width of a row."""
        return self.columns * self.cell_w

    def gfn(self, row: int) -> int:
        """Return the first page shown of *row*, counted from the first row shown."""
        return (self.first + row) * self.each + self.start

    def cell(self, gfn: int) -> tuple[float, float, float, float] | None:
        """Return x, y, width, height of page *gfn*; None if it is outside."""
        row, column = gfn // self.each - self.first, gfn % self.each - self.start
        if not (0 <= row < self.n_rows and 0 <= column < self.columns):
            return None
        x, y = self.x + column * self.cell_w, self.top + row * self.pitch
        return x + 0.5, y, self.cell_w - 1, self.cell_h


class Row(NamedTuple):
    """One row: its number, its first page shown, the codes of its marks, the bits of its EPT."""

    n: int
    gfn: int
    marks: list[int]
    slab: bool
    huge: bool
    mapped: bool
    late: bool
    """Its first touch exits 49."""


def _leaf(frame: Frame, gfn: int) -> PathStep:
    return walk(frame.state.memory, frame.state.domain.root, gfn, frame.state.geometry)[-1]


def band_of(
    frame: Frame, glass: Glass, rows: list[Row], words: tuple[str, ...], kept: int
) -> Parts:
    """Return one superpage: a band over all its rows shown, its size and its entry in words.

    The words leave pages with a mark, and page *kept*, free.
    """
    first, last = rows[0], rows[-1]
    y = glass.top + first.n * glass.pitch
    h = (last.n - first.n) * glass.pitch + glass.cell_h
    leaf = _leaf(frame, first.gfn)
    target = Target("entry", (int(leaf.level), leaf.table, leaf.index))
    parts: list[Primitive] = [
        Rect(glass.x, y, glass.wide, h, "slab", opacity=SUPERPAGE, target=target, tip=words[0]),
        *_brackets(glass, y, h),
    ]
    free = _widest_gap(first, kept)
    at = glass.x + free[0] * glass.cell_w + 8
    room = free[1] * glass.cell_w - 16
    if room > 30:
        said = first_fitting(words, room, SMALL)
        middle = y + glass.cell_h / 2
        parts.append(Text(at, baseline(middle, SMALL), elide(said, room, SMALL), SMALL))
    for row in rows:
        for column, code in enumerate(row.marks):
            mark = MARKS[code]
            if mark is not Mark.CLEAN:
                top = glass.top + row.n * glass.pitch
                x = glass.x + column * glass.cell_w + 0.5
                parts += cell_l(mark, x, top, glass.cell_w - 1, glass.cell_h)
    return tuple(parts)


def band_words(frame: Frame, rows: list[Row]) -> tuple[tuple[str, ...], str]:
    """Return the words of a superpage for much room and for little, and its state alone."""
    leaf = _leaf(frame, rows[0].gfn)
    entry = leaf.entry
    size = page_size_name(leaf.level)
    if frame.state.geometry.table_bits != 9:
        size = f"{frame.state.geometry.pages(leaf.level)} pages"
    name = f"{leaf.level.name}[{leaf.index}]"
    raw = f"{int(entry):#018x}"
    if rows[0].late:
        state = "recalc pending: split only if written"
    elif entry.w:
        state = f"{type_name(entry.p2mt)}, W = 1, D = {int(entry.d)}"
    else:
        state = f"{type_name(entry.p2mt)}, W = 0: a write exits 48"
    more = "; all rows shown are inside it" if len(rows) > 1 else ""
    words = (
        f"{size} superpage, one entry: {name} {raw}, {state}{more}",
        f"{size} superpage: {name} {raw}",
        f"{size}  {name}",
        size,
    )
    return words, state


def _brackets(glass: Glass, y: float, h: float) -> Parts:
    """Return brackets where the band begins or ends under the glass; it goes on elsewhere."""
    parts: list[Primitive] = []

    def end(x: float, arm: float) -> Path:
        top, bottom = y + 0.5, y + h - 0.5
        d: tuple[Command, ...] = (
            ("M", x + arm, top), ("L", x, top), ("L", x, bottom), ("L", x + arm, bottom),
        )  # fmt: skip
        return Path(d, stroke="slab.edge", width=1.2)

    if glass.start == 0:
        parts.append(end(glass.x - 6, 4))
    if glass.start + glass.columns >= glass.each:
        parts.append(end(glass.x + glass.wide + 6, -4))
    return tuple(parts)


def _widest_gap(row: Row, kept: int) -> tuple[int, int]:
    """Return first column and length of the longest run of clean pages without *kept*."""
    best, at = (0, 0), 0
    free = [
        MARKS[code] is Mark.CLEAN and row.gfn + column != kept
        for column, code in enumerate(row.marks)
    ]
    for is_free, run in groupby(free):
        n = len(list(run))
        if is_free and n > best[1]:
            best = (at, n)
        at += n
    return best
