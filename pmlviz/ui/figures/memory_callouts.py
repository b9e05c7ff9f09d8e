"""Notes on single pages of a block: what is said of them, and where it covers no other mark."""

from typing import Final, NamedTuple

import numpy as np

from pmlviz.core import events as e
from pmlviz.ui.figures import readout, theme
from pmlviz.ui.figures.cells import Mark
from pmlviz.ui.figures.ept_map import Bits
from pmlviz.ui.figures.memory_fields import CLEAN, CODE
from pmlviz.ui.figures.memory_plan import BLOCK_COLS, BLOCK_ROWS, Block
from pmlviz.ui.figures.parts import Parts
from pmlviz.ui.figures.scene import Command, Path, Primitive, Rect, Target, Text
from pmlviz.ui.figures.text import elide, width
from pmlviz.ui.figures.trip import trip_of
from pmlviz.ui.frame import Frame

_HIGH: Final = 42.0
_PAD: Final = 8.0


class Note(NamedTuple):
    """What is said of *gfn*: a bold line and a plain one."""

    gfn: int
    head: str
    text: str


def waits(frame: Frame) -> bool:
    """Return whether the access of the current item has not taken place yet."""
    if frame.item is None or not frame.item.is_access or frame.at_rest:
        return False
    return not any(isinstance(event, e.AccessDone) for event in frame.done)


def notes(frame: Frame, block: Block, codes: Bits, most: int) -> list[Note]:
    """Return at most *most* notes on pages of *block*, that on the page in focus first."""
    shown = frame.shown_gfn
    chosen: list[int] = []
    if block.holds(shown) and shown is not None:
        chosen.append(shown)
    seen = {int(codes[gfn - block.first]) for gfn in chosen}
    for mark in (Mark.LOST, Mark.OVER, Mark.DIRTY, Mark.PENDING):
        code = CODE[mark]
        at = np.flatnonzero(codes == code)
        # What is so of every page needs no note on one of them.
        if code in seen or not 0 < len(at) < len(codes):
            continue
        near = (chosen[0] - block.first) if chosen else int(at[0])
        chosen.append(block.first + int(at[np.argmin(np.abs(at - near))]))
    trip = trip_of(frame)
    return [Note(gfn, *readout.label(frame, trip, gfn)) for gfn in chosen[:most]]


class _Room:
    """Where marks and notes are already, in tiles of a block."""

    def __init__(self, block: Block, codes: Bits) -> None:
        self.block = block
        cost = np.zeros(codes.shape, np.int64)
        for code, weight in (
            (CODE[Mark.LOST], 60), (CODE[Mark.DIRTY], 8), (CODE[Mark.PENDING], 8),
            (CODE[Mark.OVER], 10), (CODE[Mark.WRITE_PROTECTED], 1),
        ):  # fmt: skip
            cost[codes == code] = weight
        self.cost = cost.reshape(BLOCK_ROWS, BLOCK_COLS)
        self._sums: list[list[int]] = []

    def at(self, x: float, y: float, w: float, h: float) -> int:
        """Return what a box at (x, y) would cover."""
        if not self._sums:
            sums = np.zeros((BLOCK_ROWS + 1, BLOCK_COLS + 1), np.int64)
            sums[1:, 1:] = self.cost.cumsum(axis=0).cumsum(axis=1)
            self._sums = sums.tolist()
        b = self.block
        a = max(0, int((x - 3 - b.x) // b.z))
        c = min(BLOCK_COLS, int((x + w + 3 - b.x) // b.z) + 1)
        t = max(0, int((y - 3 - b.y) // b.z))
        u = min(BLOCK_ROWS, int((y + h + 3 - b.y) // b.z) + 1)
        above, below = self._sums[t], self._sums[u]
        return below[c] - below[a] - above[c] + above[a]

    def take(self, x: float, y: float, w: float, h: float, weight: int = 100_000) -> None:
        """Let nothing else stand there."""
        b = self.block
        a, c = int((x - b.x) // b.z), int((x + w - b.x) // b.z)
        t, u = int((y - b.y) // b.z), int((y + h - b.y) // b.z)
        self.cost[max(0, t) : u + 1, max(0, a) : c + 1] += weight
        self._sums = []


def callouts(block: Block, codes: Bits, said: list[Note], tips: dict[int, str]) -> Parts:
    """Return the notes as boxes inside *block*, each tied to its page; what finds no room goes."""
    room = _Room(block, np.where(codes < CLEAN, np.uint8(CLEAN), codes))
    for note in said:
        room.take(*block.tile(note.gfn), block.z - 1, block.z - 1, 2000)
    ties: list[Primitive] = []
    boxes: list[Primitive] = []
    for note in said:
        wide = _PAD * 2 + max(
            width(note.head, theme.LABEL, bold=True), width(note.text, theme.LABEL)
        )
        wide = min(wide, block.wide - 8)
        best = _place(block, room, note, wide)
        if best is None:
            continue
        x, y = best
        room.take(x - 4, y - 4, wide + 8, _HIGH + 8)
        tie, cells = _tie(block, note.gfn, x, y, wide)
        ties.append(tie)
        for left, top, high in cells:
            room.take(left, top, block.z - 1, high, 50)
        boxes += _box(note, x, y, wide, tips.get(note.gfn, ""))
    return (*ties, *boxes)


def _place(block: Block, room: _Room, note: Note, wide: float) -> tuple[float, float] | None:
    """Return the top left that covers least and lies near the page; None if notes fill all."""
    tx, ty = block.tile(note.gfn)
    right, bottom = block.x + block.wide - wide - 4, block.y + block.high - _HIGH - 4
    if right < block.x or bottom < block.y:
        return None
    best: tuple[float, float, float] | None = None
    step = max(block.z, 8.0)
    ys = [block.y + 4 + i * step for i in range(int((bottom - block.y - 4) / step) + 1)]
    xs = [block.x + 4 + i * 2 * step for i in range(int((right - block.x - 4) / (2 * step)) + 1)]
    xs += [right, min(right, tx + 2.1 * block.z)]
    for x in xs:
        for y in ys:
            covered = room.at(x, y, wide, _HIGH)
            away = abs(x - (tx + 2 * block.z)) * (1.0 if x > tx else 2.0)
            away += abs(y - (ty + 2.4 * block.z)) * (1.0 if y > ty else 1.5)
            score = covered * 40 + away
            if best is None or score < best[0]:
                best = (score, x, y)
    if best is None or best[0] > 2_000_000:
        return None
    return best[1], best[2]


def _tie(
    block: Block, gfn: int, x: float, y: float, wide: float
) -> tuple[Path, list[tuple[float, float, float]]]:
    """Return the line from the page to its box, and the strips of the block it runs over."""
    tx, ty = block.tile(gfn)
    cx, half = tx + block.z / 2, block.z / 2
    below = y > ty + block.z
    start = ty + block.z + 2 if below else ty - 2
    d: tuple[Command, ...]
    if x - 3 < cx < x + wide + 3:
        end = y if below else y + _HIGH
        d = (("M", cx, start), ("L", cx, end))
        return Path(d, stroke="ink", width=1.5), [(tx, min(start, end), abs(end - start))]
    side = x if cx < x else x + wide
    if y <= ty + half <= y + _HIGH:
        out = tx + block.z + 2 if cx < x else tx - 2
        d = (("M", out, ty + half), ("L", side, ty + half))
        return Path(d, stroke="ink", width=1.5), []
    at = y + 14 if below else y + _HIGH - 14
    d = (("M", cx, start), ("L", cx, at), ("L", side, at))
    return Path(d, stroke="ink", width=1.5), [(tx, min(start, at), abs(at - start))]


def _box(note: Note, x: float, y: float, wide: float, tip: str) -> Parts:
    room = wide - 2 * _PAD
    target = Target("gfn", note.gfn)
    return (
        Rect(x, y, wide, _HIGH, "panel", "ink", theme.BORDER, 4, (), 1, target, tip),
        Text(x + _PAD, y + 16, elide(note.head, room, theme.LABEL, bold=True), bold=True),
        Text(x + _PAD, y + 33, elide(note.text, room, theme.LABEL)),
    )
