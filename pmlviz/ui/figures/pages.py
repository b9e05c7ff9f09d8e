"""Page states as arrays: what is true of each page of a window of guest memory, at any scale.

A cell stands for 2**order pages and shows the gravest of their marks (`cells.SEVERITY`), so that
one lost page is seen at any scale. What is kept from frame to frame only saves work: leaves of a
bitset and EPT tables are read again when they are others than before, so that a step costs the
same on a small guest and on a large one.
"""

from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from pmlviz.core.bitset import Bitset
from pmlviz.ui.figures.cells import SEVERITY, Mark
from pmlviz.ui.figures.ept_map import (
    GUARDED,
    HUGE,
    LARGE,
    MISCONFIGURED,
    PAGE,
    READ_ONLY,
    SUPERPAGE,
    Bits,
    EptMap,
    Window,
)
from pmlviz.ui.frame import Frame

Flags = NDArray[np.bool_]

RANK: Final = {mark: rank for rank, mark in enumerate(reversed(SEVERITY))}
"""The code of each mark in a field: 0 is CLEAN, the highest is the gravest."""

MARKS: Final = tuple(reversed(SEVERITY))
"""The mark of each code."""

_ANY: Final = np.arange(256)
_IS_SLAB: Final = ((_ANY & PAGE) == 0) & ((_ANY & SUPERPAGE) != 0)
_IS_MAPPED: Final = (_ANY & (PAGE | SUPERPAGE)) != 0
_IS_SHUT: Final = (_ANY & (PAGE | READ_ONLY)) == PAGE | READ_ONLY

_KEPT: Final = 8
"""Windows of which the arrays are kept."""


class Field(msgspec.Struct, frozen=True, eq=False):
    """The states of the cells of *window*: in *marks* codes as in `RANK`, in *bits* the EPT's."""

    window: Window
    marks: Bits
    bits: Bits

    @property
    def slabs(self) -> Flags:
        """Which cells are mapped by superpages alone."""
        found: Flags = _IS_SLAB[self.bits]
        return found

    @property
    def mapped(self) -> Flags:
        """Which cells have a mapped page."""
        found: Flags = _IS_MAPPED[self.bits]
        return found

    def count(self, mark: Mark) -> int:
        """Return how many cells show *mark*; of the clean ones those that are mapped."""
        chosen = self.marks == RANK[mark]
        if mark is Mark.CLEAN:
            chosen &= self.mapped
        return int(np.count_nonzero(chosen))

    def at(self, gfn: int) -> Mark:
        """Return the mark of the cell that *gfn* is in."""
        return MARKS[int(self.marks[(gfn - self.window.first) >> self.window.order])]

    def has(self, bits: int) -> bool:
        """Return whether any cell has one of *bits*."""
        return bool((self.bits & np.uint8(bits)).any())


class Pages:
    """Fields of one frame after another."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self.ept = EptMap()
        self._windows: dict[Window, _Kept] = {}

    def field(self, frame: Frame, window: Window) -> Field:
        """Return the states of *window* at *frame*."""
        self.ept.follow(frame)
        kept = self._windows.pop(window, None) or _Kept(window)
        self._windows[window] = kept
        if len(self._windows) > _KEPT:
            del self._windows[next(iter(self._windows))]
        bits = kept.mapping(self.ept)
        recorded, over = frame.state.domain.bitmap.bits, frame.over
        written = recorded.difference(over) if over else recorded
        waiting = frame.pending.difference(recorded)
        marks = np.where(_IS_SHUT[bits], _WP, _CLEAN)
        for mark, pages in (
            (Mark.OVER, over),
            (Mark.PENDING, waiting),
            (Mark.DIRTY, written),
            (Mark.LOST, frame.lost),
        ):
            marks[kept.sets[mark].cells(pages)] = RANK[mark]
        return Field(window, marks, bits)


_WP: Final = np.uint8(RANK[Mark.WRITE_PROTECTED])
_CLEAN: Final = np.uint8(RANK[Mark.CLEAN])
_BITSETS: Final = (Mark.OVER, Mark.PENDING, Mark.DIRTY, Mark.LOST)


class _Kept:
    """The arrays of one window, and what they were made from."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.version = -1
        self.bits: Bits = np.zeros(0, np.uint8)
        self.sets = {mark: BitCells(window) for mark in _BITSETS}

    def mapping(self, ept: EptMap) -> Bits:
        """Return the EPT's bits of each cell."""
        if self.version != ept.version:
            self.bits, self.version = ept.bits(self.window), ept.version
        return self.bits


class BitCells:
    """Which cells of a window hold a page of a set; only leaves that changed are read."""

    def __init__(self, window: Window) -> None:
        """Watch *window*."""
        self.window = window
        self.reads = 0
        """Leaves read so far."""
        self._leaves: object = None
        self._held: dict[int, int] = {}
        self._places: Flags = np.zeros(0, np.bool_)
        self._cells = np.zeros(window.cells, np.bool_)

    def cells(self, pages: Bitset) -> Flags:
        """Return, for each cell, whether *pages* has one of its pages."""
        leaves, leaf_bits, window = pages.leaves, pages.leaf_bits, self.window
        if leaves is self._leaves:
            return self._cells
        self._leaves = leaves
        order = min(window.order, leaf_bits)
        if not self._places.size:
            self._places = np.zeros(window.pages >> order, np.bool_)
        low, high = window.first >> leaf_bits, (window.end - 1) >> leaf_bits
        if high - low < len(leaves):
            here = {n: leaf for n in range(low, high + 1) if (leaf := leaves.get(n))}
        else:
            here = {n: leaf for n, leaf in leaves.items() if leaf and low <= n <= high}
        others = [(n, leaf) for n, leaf in here.items() if self._held.get(n) != leaf]
        others += [(n, 0) for n in self._held.keys() - here.keys()]
        for number, leaf in others:
            self.reads += 1
            start = max(window.first, number << leaf_bits)
            end = min(window.end, (number + 1) << leaf_bits)
            bits = leaf >> (start - (number << leaf_bits)) & ((1 << (end - start)) - 1)
            at = (start - window.first) >> order
            found = _any_bit(bits, end - start, order)
            self._places[at : at + len(found)] = found
        self._held = here
        if others:
            self._cells = np.logical_or.reduce(self._places.reshape(window.cells, -1), axis=1)
        return self._cells


def _any_bit(bits: int, n: int, order: int) -> Flags:
    """Return which runs of 2**order of the *n* low *bits* have one that is set."""
    octets = np.frombuffer(bits.to_bytes((n + 7) >> 3, "little"), np.uint8)
    if order >= 3:
        octets = octets.reshape(-1, 1 << (order - 3))
        found: Flags = np.logical_or.reduce(octets, axis=1)
        return found
    each = np.unpackbits(octets, count=n, bitorder="little").reshape(-1, 1 << order)
    some: Flags = np.logical_or.reduce(each, axis=1)
    return some


PAGES: Final = Pages()
"""What figures share: the work of the last frame saves that of the next."""

__all__ = [
    "GUARDED", "HUGE", "LARGE", "MARKS", "MISCONFIGURED", "PAGE", "PAGES", "RANK", "READ_ONLY",
    "SUPERPAGE", "BitCells", "Field", "Pages", "Window",
]  # fmt: skip
