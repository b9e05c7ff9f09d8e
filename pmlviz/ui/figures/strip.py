"""A table of 512 things as a strip, and a few of its rows as text: the grammar of the Debug layout.

EPT table and PML buffer both hold 512 things, so both are drawn as one object: a strip of all of
them, and lens rows round the point of interest, tied by two lines.
"""

from typing import Final

import numpy as np

from pmlviz.core.ept import EptEntry, P2mType, entry_at
from pmlviz.core.units import EptLevel, Mfn, fmt
from pmlviz.ui.figures.debug_plan import TEXT
from pmlviz.ui.figures.parts import Parts
from pmlviz.ui.figures.scene import Line, Primitive, Raster, Rect, Target, Text
from pmlviz.ui.figures.text import first_fitting
from pmlviz.ui.frame import Frame

STRIP: Final = 10.0
FAN: Final = 11.0
"""From the strip to its rows, px."""

SUPERPAGE: Final = 0.5
"""Opacity of a superpage's ground behind words."""

_PALETTE: Final = (None, "line", "slab", "faint", "wp", "dirty")
_ABSENT, _PRESENT, _SUPER, _RECALC, _READ_ONLY, _DIRTY = range(6)


def strip(x: float, top: float, height: float, page: bytes, level: EptLevel, index: int) -> Parts:
    """Return all entries of table *page* from *top* down, the walked one marked in ink.

    Each is coloured by what it is: absent, present, superpage, recalculation pending, W = 0, D = 1.
    """
    words = np.frombuffer(page, dtype="<u8")
    codes = np.zeros(len(words), np.uint8)
    present = (words & np.uint64(7)) != 0
    codes[present] = _PRESENT
    if level is EptLevel.PTE:
        codes[present & ((words & np.uint64(0x200)) != 0)] = _DIRTY
    else:
        codes[present & ((words & np.uint64(0x80)) != 0)] = _SUPER
    codes[present & ((words & np.uint64(2)) == 0)] = _READ_ONLY
    codes[present & ((words & np.uint64(0x400)) != 0)] = _RECALC
    y = top + (index + 0.5) / len(words) * height
    return (
        Rect(x, top, STRIP, height, "sunk", "faint", 1),
        Raster(x + 0.5, top, STRIP - 1, height, len(words), 1, codes.tobytes(), _PALETTE),
        Rect(x - 1.5, y - 1.5, STRIP + 3, 3, "ink"),
    )


def flags_of(entry: EptEntry, level: EptLevel) -> tuple[str, str]:
    """Return R W X and A D of *entry* in fixed width: `RWX`, `AD`, a dot for 0, – for none."""
    d = ("D" if entry.d else "·") if entry.is_leaf(level) else "–"
    return rights_of(entry), ("A" if entry.a else "·") + d


def rights_of(entry: EptEntry) -> str:
    """Return R W X of *entry*, a dot for 0."""
    bits = (entry.r, entry.w, entry.x)
    return "".join(name if on else "·" for name, on in zip("RWX", bits, strict=True))


def type_name(p2mt: int) -> str:
    """Return the name of Xen's page type: `logdirty`, `ram_rw`, or its number."""
    try:
        name = P2mType(p2mt).name.lower()
    except ValueError:
        return f"type {p2mt}"
    return "logdirty" if name == "ram_logdirty" else name


def words_of(entry: EptEntry, level: EptLevel) -> tuple[str, ...]:
    """Return what *entry* leads to, in a word or two, and in fewer."""
    if not entry.present:
        return ("not present", "absent")
    if not entry.is_leaf(level):
        to = f"→ {fmt(entry.mfn)}"
        return (f"{to} recalc", to) if entry.recalc else (to,)
    size = {EptLevel.PTE: "", EptLevel.PDE: "2M ", EptLevel.PDPTE: "1G "}.get(level, "")
    return (size + ("recalc" if entry.recalc else type_name(entry.p2mt)),)


class Rows:
    """Rows round one entry of a table, which lies on y = *middle*; a run of absent ones is one."""

    def __init__(
        self,
        frame: Frame,
        at: tuple[EptLevel, Mfn, int],
        place: tuple[float, float, float, float],
    ) -> None:
        """*at*: level, frame of the table, index; *place*: x, middle, width, height of a row."""
        self.level, self.table, self.index = at
        self.x, self.middle, self.width, self.row = place
        self.page = frame.state.memory[self.table]
        before = frame.before.memory.get(self.table)
        self.before = before if before is not None else self.page
        self.n = len(self.page) // 8
        self.first = self.last = self.index
        self._top = self._bottom = self.middle

    def parts(self, above: int, below: int) -> Parts:
        """Return at most *above* rows above and *below* rows below, the walked one on top."""
        found: list[Primitive] = []
        for step, most in ((-1, above), (1, below)):
            at, y = self.index + step, self.middle
            for _ in range(most):
                if not 0 <= at < self.n:
                    break
                y += step * self.row
                end = self._absent_to(at, step)
                if end is None:
                    found += self._row(at, y, walked=False)
                    end = at
                else:
                    found.append(self._absent(min(at, end), max(at, end), y))
                at = end + step
                self.first, self.last = min(self.first, end), max(self.last, end)
                self._top, self._bottom = min(self._top, y), max(self._bottom, y)
        return (*found, *self._row(self.index, self.middle, walked=True))

    def ties(self, strip_right: float, top: float, height: float) -> Parts:
        """Return the two lines from the strip to what the rows show of it; after `parts`."""
        half = self.row / 2
        ends = ((self.first, self._top - half), (self.last + 1, self._bottom + half))
        return tuple(
            Line(strip_right, top + at / self.n * height, self.x, y, "line", 0.75) for at, y in ends
        )

    def _absent_to(self, at: int, step: int) -> int | None:
        """Return the far end of the run of absent entries from *at* on; None if it is present."""
        if entry_at(self.page, at).present:
            return None
        while 0 <= at + step < self.n and not entry_at(self.page, at + step).present:
            at += step
        return at

    def _absent(self, first: int, last: int, middle: float) -> Text:
        run = f"{first} … {last}" if last > first else f"{first}"
        options = (f"{run}  not present", f"{run}  absent", run)
        word = first_fitting(options, self.width - 10, TEXT - 0.5, "mono")
        return Text(self.x + 8, middle + 4, word, TEXT - 0.5, "mono", color="muted")

    def _row(self, at: int, middle: float, *, walked: bool) -> list[Primitive]:
        entry = entry_at(self.page, at)
        rwx, ad = flags_of(entry, self.level)
        target = Target("entry", (int(self.level), self.table, at))
        tip = f"{self.level.name}[{at}] {int(entry):#018x}"
        top, h = middle - self.row / 2, self.row
        found: list[Primitive] = []
        if walked:
            found.append(
                Rect(self.x, top - 0.5, self.width, h + 1, "panel", "ink", 1.5,
                     target=target, tip=tip)
            )  # fmt: skip
        else:
            ground, opacity = "panel", 1.0
            if entry_at(self.before, at) != entry:
                ground = "accent.soft"
            elif entry.is_leaf(self.level) and self.level > EptLevel.PTE:
                ground, opacity = "slab", SUPERPAGE
            found += [
                Rect(self.x, top, self.width, h, ground, opacity=opacity, target=target, tip=tip),
                Line(self.x, top + h, self.x + self.width, top + h, "line", 0.75),
            ]
        y = middle + 4
        # 11 px where `511 RWX AD 2M logdirty` fits with some air.
        size, stops = (TEXT, (28, 35, 59, 78)) if self.width >= 156 else (10.5, (21, 26, 48, 65))
        options = words_of(entry, self.level)
        room = self.width - stops[3] - 3
        words = first_fitting(options, room, size, "mono", bold=walked)
        number = "ink" if walked else "muted"
        return [
            *found,
            Text(self.x + stops[0], y, str(at), size, "mono", walked, number, "end"),
            Text(self.x + stops[1], y, rwx, size, "mono", walked),
            Text(self.x + stops[2], y, ad, size, "mono", walked),
            Text(self.x + stops[3], y, words, size, "mono", walked),
        ]
