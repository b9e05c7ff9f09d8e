"""Where the parts of the guest memory panel stand, and which guest frames each of them shows."""

from math import ceil
from typing import Final, NamedTuple

from pmlviz.core.state import Region
from pmlviz.ui.figures import theme
from pmlviz.ui.figures.text import width

REGION: Final = 512
"""Pages of a block, and of a row of the overview at one page a cell: 2 MiB."""

BLOCK_COLS: Final = 32
BLOCK_ROWS: Final = REGION // BLOCK_COLS
COMPACT_BELOW: Final = 250.0
"""A panel less high than this is drawn compactly."""

TOP: Final = 38.0
_LABEL: Final = 44.0
"""Room for a row label left of a block."""

_COUNTS: Final = 128.0
"""Room for the counts left of two blocks."""

_BETWEEN: Final = 66.0
"""From one block to the next."""

_LEAST_TILE: Final = 9.0
_LEAST_ROW: Final = 8.0
"""Rows less high than this have no gaps between them and no words in them."""

_LEAST_BAND: Final = 3.0
_MOST_ROW: Final = 34.0


class Span(NamedTuple):
    """Guest frames one after another."""

    first: int
    pages: int

    @property
    def end(self) -> int:
        """One past the last frame."""
        return self.first + self.pages


class Rows(NamedTuple):
    """The overview: rows of *cols* cells of 2**order pages each.

    *spans* are whole rows, rising; with *order* 0 and high rows each row is one 2 MiB region.
    """

    spans: tuple[Span, ...]
    cols: int
    order: int
    pitch: float
    x: float
    y: float
    cell: float
    left: float | None = None
    """Where what is seen of them begins, if that is not all."""

    right: float | None = None

    @property
    def middle(self) -> float:
        """Half-way along what is seen of a row."""
        left = self.x if self.left is None else self.left
        right = self.x + self.wide if self.right is None else self.right
        return (left + right) / 2

    @property
    def pages(self) -> int:
        """Pages of a row."""
        return self.cols << self.order

    @property
    def n_rows(self) -> int:
        """How many rows there are."""
        return sum(span.pages for span in self.spans) // self.pages

    @property
    def wide(self) -> float:
        """Width, px."""
        return self.cols * self.cell

    @property
    def high(self) -> float:
        """Height, px."""
        return self.n_rows * self.pitch

    @property
    def single(self) -> bool:
        """Whether each row is one region, high enough to be drawn as such."""
        return self.pages == REGION and self.pitch >= _LEAST_ROW

    @property
    def body(self) -> float:
        """Height of a row without the gap below it."""
        return 0.8 * self.pitch if self.single else self.pitch

    def row_of(self, gfn: int) -> int | None:
        """Return the number of the row that shows *gfn*; None if none does."""
        before = 0
        for span in self.spans:
            if span.first <= gfn < span.end:
                return before + (gfn - span.first) // self.pages
            before += span.pages // self.pages
        return None

    def firsts(self) -> list[int]:
        """Return the first frame of each row."""
        return [gfn for span in self.spans for gfn in range(span.first, span.end, self.pages)]


class Block(NamedTuple):
    """512 pages as tiles of *z* px from (x, y) on."""

    first: int
    x: float
    y: float
    z: float

    @property
    def wide(self) -> float:
        """Width, px."""
        return BLOCK_COLS * self.z

    @property
    def high(self) -> float:
        """Height, px."""
        return BLOCK_ROWS * self.z

    def tile(self, gfn: int) -> tuple[float, float]:
        """Return the top left of the tile of *gfn*."""
        row, col = divmod(gfn - self.first, BLOCK_COLS)
        return self.x + col * self.z, self.y + row * self.z

    def holds(self, gfn: int | None) -> bool:
        """Return whether *gfn* is one of the tiles."""
        return gfn is not None and self.first <= gfn < self.first + REGION


class Plan(NamedTuple):
    """Where everything stands."""

    width: float
    height: float
    compact: bool
    rows: Rows | None
    """None where the blocks show the whole guest."""

    blocks: tuple[Block, ...]
    """In order of gfn; the last one stands at the right edge."""

    legend: float
    """Middle of the legend's line."""


def spans_of(regions: tuple[Region, ...], pages: int) -> tuple[Span, ...]:
    """Return guest memory as whole rows of *pages* pages, what touches or overlaps joined."""
    found: list[Span] = []
    for region in regions:
        first = region.gfn // pages * pages
        end = -(-(region.gfn + region.pages) // pages) * pages
        if found and first <= found[-1].end:
            last = found[-1]
            found[-1] = Span(last.first, max(end, last.end) - last.first)
        else:
            found.append(Span(first, end - first))
    return tuple(found)


def plan_of(
    regions: tuple[Region, ...], focus: int, width_: float, height: float, *, pair: bool
) -> Plan:
    """Return the plan for a guest of *regions* and a block that holds *focus*.

    With *pair* the guest is two regions of small pages, and both are shown as blocks.
    """
    compact = height < COMPACT_BELOW
    high = height - (64.0 if compact else 70.0)
    legend = height - (13.5 if compact else 15.5)
    inset = theme.INSET
    if pair:
        least = inset + _COUNTS + _LABEL
        z = min(high / BLOCK_ROWS, (width_ - inset - _BETWEEN - least) / 2 / BLOCK_COLS)
        second = width_ - inset - BLOCK_COLS * z
        first = max(least, second - _BETWEEN - BLOCK_COLS * z)
        spans = spans_of(regions, REGION)
        at = [gfn for span in spans for gfn in range(span.first, span.end, REGION)]
        blocks = (Block(at[0], first, TOP, z), Block(at[1], second, TOP, z))
        return Plan(width_, height, compact, None, blocks, legend)
    last = max(region.gfn + region.pages for region in regions) - 1
    names = width(f"{last:#05x}", theme.CAPTION, "mono")
    # On a whole px, so that cells are sharp.
    left = max(60.0, ceil(inset + names + 7))
    least = max(_LABEL, names + 14)
    between = least + 8
    cols = 512
    while cols > 128 and width_ - left - cols - between - inset < BLOCK_COLS * _LEAST_TILE:
        cols //= 2
    room = (width_ - left - cols - between - inset) / BLOCK_COLS
    z = min(high / BLOCK_ROWS, room)
    first = focus // REGION * REGION
    block = Block(first, width_ - inset - BLOCK_COLS * z, TOP, z)
    # Whole quarters of a px a cell, so that columns differ little in width.
    cell = min(2.0, (block.x - between - left) // (cols / 4) / 4)
    rows = _rows(regions, cols, left, high)._replace(cell=max(1.0, cell))
    return Plan(width_, height, compact, rows, (block,), legend)


def _rows(regions: tuple[Region, ...], cols: int, x: float, high: float) -> Rows:
    order = 0
    while True:
        spans = spans_of(regions, cols << order)
        n = sum(span.pages for span in spans) // (cols << order)
        pitch = min(high / n, _MOST_ROW)
        if pitch >= _LEAST_BAND and cols << order >= REGION:
            return Rows(spans, cols, order, pitch, x, TOP, 1.0)
        order += 1
