"""What the EPT says of every page, a few bits an entry, kept from frame to frame.

Each table becomes a row of bits, one byte an entry; an entry that leads to a table has the bits of
all that lies below it, or-ed together, so that a picture of any scale is an "or" over few rows. A
frame that is some events away from the last one costs a look at the tables which those events name;
any other costs a look at every table. A table is decoded when its bytes are others than before.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from immutables import Map
from numpy.typing import NDArray

from pmlviz.core import events as e
from pmlviz.core.ept import RESERVED_EMT, RWX, SP, Memory, W
from pmlviz.core.units import MFN_WIDTH, PAGE_SHIFT, ROOT_LEVEL, EptLevel, Geometry, Mfn
from pmlviz.ui.frame import Frame

PAGE: Final = 1
"""Mapped by 4 KiB leaves."""

LARGE: Final = 2
"""Mapped by a 2 MiB leaf."""

HUGE: Final = 4
"""Mapped by a 1 GiB leaf."""

READ_ONLY: Final = 8
"""4 KiB pages whose W is clear, in an entry that can be used as it is."""

GUARDED: Final = 16
"""The same of superpages: the first write is to split them."""

MISCONFIGURED: Final = 32
"""The first touch exits 49: the memory type on the path is reserved, as Xen does it."""

SUPERPAGE: Final = LARGE | HUGE

# Of what is not misconfigured, kept apart: what a clear W above them makes read-only.
_USABLE_PAGE: Final = 64
_USABLE_SUPERPAGE: Final = 128

Bits = NDArray[np.uint8]

Flags = NDArray[np.bool_]

# What an entry adds to the bits below it.
_OPEN, _SHUT, _BAD = np.arange(3, dtype=np.uint8)


def _added(bits: int, bar: int) -> int:
    """Return *bits* as they are below an entry that is open, shut (W clear) or bad (exits 49)."""
    if bar >= _BAD:
        # It is not write-protected: what it will be after the exit is not settled.
        return bits & (PAGE | SUPERPAGE) | MISCONFIGURED if bits else 0
    if bar == _SHUT:
        page = READ_ONLY if bits & _USABLE_PAGE else 0
        return bits | page | (GUARDED if bits & _USABLE_SUPERPAGE else 0)
    return bits


_BELOW: Final[Bits] = np.array(
    [[_added(bits, bar) for bits in range(256)] for bar in range(4)], np.uint8
)
_LEAF: Final = {
    EptLevel.PTE: np.uint8(PAGE | _USABLE_PAGE),
    EptLevel.PDE: np.uint8(LARGE | _USABLE_SUPERPAGE),
    EptLevel.PDPTE: np.uint8(HUGE | _USABLE_SUPERPAGE),
    EptLevel.PML4E: np.uint8(0),
}
_MFN: Final = np.uint64(((1 << MFN_WIDTH) - 1) << PAGE_SHIFT)
_BAD_LEAF: Final = np.isin(np.arange(8), list(RESERVED_EMT))
_BAD_TABLE: Final = np.arange(8) > 0
_NOTHING: Final[Bits] = np.zeros(0, np.uint8)
_NONE: Final = np.zeros(0, np.intp)


class Window(NamedTuple):
    """*cells* cells of 2**order pages each, from gfn *first* on, which is a multiple of a cell."""

    first: int
    cells: int
    order: int

    @property
    def pages(self) -> int:
        """How many pages it covers."""
        return self.cells << self.order

    @property
    def end(self) -> int:
        """One past its last page."""
        return self.first + self.pages


class _Row:
    """One table: its bytes as last seen, where its bits are, the tables its entries lead to."""

    __slots__ = ("above", "at", "barred", "indices", "level", "page", "slot", "tables", "union")

    def __init__(self, level: EptLevel, slot: int) -> None:
        self.level, self.slot = level, slot
        self.above: Mfn | None = None
        self.at = 0
        self.page: bytes | None = None
        self.barred = _NOTHING
        """What each entry adds to the bits of the table below it."""
        self.indices = _NONE
        self.tables: list[Mfn] = []
        self.union = 0


class EptMap:
    """The bits of one EPT."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self.looks = 0
        """Tables looked at so far."""
        self.version = 0
        """Grows when the bits of any page change."""
        self._rows: dict[Mfn, _Row] = {}
        self._pool: Bits = np.zeros((1, 0), np.uint8)
        self._used = 0
        self._geometry = Geometry()
        self._root: Mfn | None = None
        self._memory: Memory = Map()
        self._before: Memory | None = None
        self._events: tuple[e.Event, ...] = ()

    def follow(self, frame: Frame) -> None:
        """Bring the bits to what *frame* shows."""
        state = frame.state
        root, geometry = state.domain.root, state.geometry
        touched = self._touched(frame)
        if (root, geometry) != (self._root, self._geometry):
            self._rows, self._root, self._geometry, self._used = {}, root, geometry, 0
            self._pool = np.zeros((16, geometry.entries), np.uint8)
            self._memory, touched = Map(), None
        if state.memory is not self._memory:
            self._memory = state.memory
            if touched is None:
                self._visit([root], ROOT_LEVEL, None, [0])
            else:
                for mfn in sorted(touched & self._rows.keys(), key=lambda m: self._rows[m].level):
                    self._again(mfn)
        self._before, self._events = frame.before.memory, frame.events

    def bits(self, window: Window) -> Bits:
        """Return the bits of each cell of *window*; 0 where nothing is mapped."""
        out = np.zeros(window.cells, np.uint8)
        if self._root is not None:
            self._fill(out, window, self._rows[self._root], 0, 0)
        return out & np.uint8(_USABLE_PAGE - 1)

    # ── looking ──────────────────────────────────────────────────────────────

    def _touched(self, frame: Frame) -> set[Mfn] | None:
        """Return the frames that may differ from the memory known; None if any may."""
        if frame.before.memory is self._memory:
            return set(_named(frame.done))
        if frame.before.memory is self._before:
            return {*_named(frame.events), *_named(self._events)}
        if frame.state.memory is self._before:
            return set(_named(self._events))
        return None

    def _visit(
        self, tables: Sequence[Mfn], level: EptLevel, above: Mfn | None, at: Sequence[int]
    ) -> Bits:
        """Look at *tables* and all below them; return their unions.

        Entries *at* of table *above* lead to them.
        """
        rows = [self._row(mfn, level, above, i) for mfn, i in zip(tables, at, strict=True)]
        changed = self._decode(tables, rows, level)
        if level > EptLevel.PTE:
            for i, (mfn, row) in enumerate(zip(tables, rows, strict=True)):
                below = EptLevel(level - 1)
                unions = self._visit(row.tables, below, mfn, row.indices.tolist())
                changed[i] |= self._lead(row, row.indices, unions)
        for i in np.flatnonzero(changed).tolist():
            self._settle(rows[i])
        return np.array([row.union for row in rows], np.uint8)

    def _again(self, mfn: Mfn) -> None:
        """Look at table *mfn* again, and at tables it newly leads to; tell those above it."""
        row: _Row | None = self._rows[mfn]
        assert row is not None
        old = set(zip(row.indices.tolist(), row.tables, strict=True))
        changed = bool(self._decode([mfn], [row], row.level)[0])
        now = zip(row.indices.tolist(), row.tables, strict=True)
        new = [pair for pair in now if pair not in old]
        if new:
            at = [i for i, _ in new]
            self._visit([child for _, child in new], EptLevel(row.level - 1), mfn, at)
        unions = np.array([self._rows[child].union for child in row.tables], np.uint8)
        changed |= self._lead(row, row.indices, unions)
        while changed and row is not None:
            self._settle(row)
            above = self._rows[row.above] if row.above is not None else None
            if above is not None:
                here = np.array([row.at])
                changed = self._lead(above, here, np.array([row.union], np.uint8))
            row = above

    def _decode(self, tables: Sequence[Mfn], rows: Sequence[_Row], level: EptLevel) -> Flags:
        """Read the bytes of *tables* into *rows*; return which of them have other bits now.

        Entries that lead to the same table as before keep their bits, others have none: `_lead`.
        """
        self.looks += len(tables)
        n = self._geometry.entries
        changed = np.zeros(len(tables), np.bool_)
        pages = [self._memory.get(mfn, b"") for mfn in tables]
        news = [i for i, page in enumerate(pages) if page is not rows[i].page]
        if not news:
            return changed
        data = b"".join((pages[i] or bytes(8 * n))[: 8 * n] for i in news)
        words = np.frombuffer(data, "<u8").reshape(-1, n)
        leads, bits, barred = _read(words, level)
        for i, page_words, lead, new, bar in zip(news, words, leads, bits, barred, strict=True):
            row, row.page = rows[i], pages[i]
            row.barred = bar
            old = self._pool[row.slot]
            if level > EptLevel.PTE:
                indices = np.flatnonzero(lead)
                mfns = (page_words[indices] & _MFN) >> np.uint64(PAGE_SHIFT)
                known = dict(zip(row.indices.tolist(), row.tables, strict=True))
                row.indices, row.tables = indices, [Mfn(mfn) for mfn in mfns.tolist()]
                same = [
                    known.get(i) == t for i, t in zip(indices.tolist(), row.tables, strict=True)
                ]
                kept = indices[same]
                new[kept] = old[kept]
            changed[i] = not np.array_equal(new, old)
            old[:] = new
        return changed

    def _lead(self, row: _Row, indices: NDArray[np.intp], unions: Bits) -> bool:
        """Give entries *indices* of *row* the *unions* of the tables they lead to.

        Return whether their bits changed.
        """
        bits = _BELOW[row.barred[indices], unions]
        old = self._pool[row.slot]
        if np.array_equal(old[indices], bits):
            return False
        old[indices] = bits
        return True

    def _settle(self, row: _Row) -> None:
        row.union = int(np.bitwise_or.reduce(self._pool[row.slot]))
        self.version += 1

    def _row(self, mfn: Mfn, level: EptLevel, above: Mfn | None, at: int) -> _Row:
        row = self._rows.get(mfn)
        if row is None or row.level != level:
            if self._used == len(self._pool):
                self._pool = np.concatenate((self._pool, np.zeros_like(self._pool)))
            row = self._rows[mfn] = _Row(level, self._used)
            self._used += 1
        row.above, row.at = above, at
        return row

    # ── pictures ─────────────────────────────────────────────────────────────

    def _fill(self, out: Bits, window: Window, row: _Row, first: int, barred: int) -> None:
        """Write the bits of a table, which begins at gfn *first*, to the cells of *window*."""
        order = self._geometry.order(row.level)
        low = max(0, (window.first - first) >> order)
        high = min(self._geometry.entries, -((first - window.end) >> order))
        start = first + (low << order) - window.first
        bits = self._pool[row.slot, low:high]
        if not bits.any():
            return
        if order <= window.order:  # of the root alone
            group = 1 << (window.order - order)
            bits = np.concatenate((bits, np.zeros(-len(bits) % group, np.uint8)))
            _put(out, start >> window.order, _any(_BELOW[barred, bits], group))
            return
        each = 1 << (order - window.order)
        inside = slice(*np.searchsorted(row.indices, (low, high)).tolist())
        indices, tables = row.indices[inside], row.tables[inside]
        below = order - self._geometry.table_bits
        if below <= window.order:
            spread = np.repeat(_BELOW[barred, bits], each).reshape(-1, each)
            if tables:
                found = self._pool[[self._rows[mfn].slot for mfn in tables]]
                cells = _any(found, 1 << (window.order - below)).reshape(-1, each)
                bars = row.barred[indices] | np.uint8(barred)
                spread[indices - low] = _BELOW[bars[:, None], cells]
            _put(out, start >> window.order, spread.reshape(-1))
            return
        leads = dict(zip(indices.tolist(), tables, strict=True))
        for index in (low + np.flatnonzero(bits)).tolist():
            gfn = first + (index << order)
            child = leads.get(index)
            if child is not None:
                self._fill(out, window, self._rows[child], gfn, barred | int(row.barred[index]))
            else:
                at = (gfn - window.first) >> window.order
                out[max(0, at) : max(0, at + each)] = _BELOW[barred, bits[index - low]]


def _named(events: tuple[e.Event, ...]) -> Iterator[Mfn]:
    """Yield the frame of each table that *events* wrote."""
    for event in events:
        for name in ("table", "child", "mfn"):
            mfn = getattr(event, name, None)
            if mfn is not None:
                yield mfn
        if isinstance(event, e.SuperpageSplit):
            for mfn, _ in event.tables:
                yield mfn


def _read(words: NDArray[np.uint64], level: EptLevel) -> tuple[Flags, Bits, Bits]:
    """Return which entries lead to tables, the bits of the others, and what each adds below it."""
    low = words.astype(np.uint16)
    present = (low & RWX) != 0
    leaf = present
    if level > EptLevel.PTE:
        leaf = present & ((low & (SP if level < ROOT_LEVEL else 0)) != 0)
    emt = (low >> 3) & 7
    bar = np.where(low & W, _OPEN, _SHUT)
    bar = np.where(np.where(leaf, _BAD_LEAF[emt], _BAD_TABLE[emt]), _BAD, bar)
    return present & ~leaf, np.where(leaf, _BELOW[bar, _LEAF[level]], np.uint8(0)), bar


def _any(bits: Bits, group: int) -> Bits:
    """Return *bits* or-ed in groups of *group*, a power of two."""
    flat = bits.reshape(-1)
    if group >= 8:
        wide = np.bitwise_or.reduce(flat.view(np.uint64).reshape(-1, group // 8), axis=1)
        for shift in (32, 16, 8):
            wide |= wide >> np.uint64(shift)
        low: Bits = wide.astype(np.uint8)
        return low
    found: Bits = np.bitwise_or.reduce(flat.reshape(-1, group), axis=1)
    return found


def _put(out: Bits, at: int, cells: Bits) -> None:
    """Write *cells* to *out* from place *at* on, as far as they lie inside."""
    inside = cells[max(0, -at) :][: max(0, len(out) - max(0, at))]
    out[max(0, at) :][: len(inside)] = inside
