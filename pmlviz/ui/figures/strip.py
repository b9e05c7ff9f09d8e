"""A table of 512 things as a strip, and a few of its rows as text: the grammar of the Debug layout.

EPT table and PML buffer both hold 512 things, so both are drawn as one object: a strip of all of
them, and lens rows round the point of interest.
"""

from typing import Final

import numpy as np

from pmlviz.core.ept import EptEntry, P2mType, entry_at
from pmlviz.core.units import EptLevel, fmt
from pmlviz.ui.figures.parts import Parts
from pmlviz.ui.figures.scene import Raster, Rect, Target, Text
from pmlviz.ui.figures.text import elide

STRIP: Final = 10.0
ROW: Final = 20.0
SIZE: Final = 11.0

_PALETTE: Final = (None, "line", "slab", "crack", "wp", "dirty")
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
    rwx = "".join(
        name if on else "·" for name, on in zip("RWX", (entry.r, entry.w, entry.x), strict=True)
    )
    d = ("D" if entry.d else "·") if entry.is_leaf(level) else "–"
    return rwx, ("A" if entry.a else "·") + d


def type_name(p2mt: int) -> str:
    """Return the name of Xen's page type: `logdirty`, `ram_rw`, or its number."""
    try:
        name = P2mType(p2mt).name.lower()
    except ValueError:
        return f"type {p2mt}"
    return "logdirty" if name == "ram_logdirty" else name


def words_of(entry: EptEntry, level: EptLevel) -> str:
    """Return what *entry* leads to, in a word or two."""
    if not entry.is_leaf(level):
        return f"→ {fmt(entry.mfn)}" + (" recalc" if entry.recalc else "")
    size = {EptLevel.PTE: "", EptLevel.PDE: "2M ", EptLevel.PDPTE: "1G "}.get(level, "")
    return size + ("recalc" if entry.recalc else type_name(entry.p2mt))


def rows(
    x: float,
    y: float,
    width: float,
    page: bytes,
    level: EptLevel,
    table: int,
    index: int,
    above: int,
    below: int,
) -> Parts:
    """Return *above* and *below* rows round entry *index*, whose own is centred on y = *y*.

    A run of absent entries is one line, for it is one fact.
    """
    n = len(page) // 8
    parts: list[Rect | Text] = []
    walked: list[Rect | Text] = []
    for offset in range(-above, below + 1):
        at = index + offset
        if not 0 <= at < n:
            continue
        entry = entry_at(page, at)
        middle = y + offset * ROW
        if not entry.present and offset:
            if offset > 0:
                parts.append(_absent(page, at, n, x, middle, width))
                break
            continue
        row = _row(x, middle, width, entry, level, table, at, walked=offset == 0)
        if offset:
            parts += row
        else:
            walked = row
    return (*parts, *walked)


def _absent(page: bytes, at: int, n: int, x: float, middle: float, width: float) -> Text:
    last = at
    while last + 1 < n and not entry_at(page, last + 1).present:
        last += 1
    run = f"{at} … {last}" if last > at else f"{at}"
    return Text(x + 8, middle + 4, f"{run}  not present", SIZE - 0.5, "mono", color="muted")


def _row(
    x: float,
    middle: float,
    width: float,
    entry: EptEntry,
    level: EptLevel,
    table: int,
    at: int,
    *,
    walked: bool,
) -> list[Rect | Text]:
    rwx, ad = flags_of(entry, level)
    target = Target("entry", (int(level), table, at))
    tip = f"{level.name}[{at}] {int(entry):#018x}"
    fill = "slab" if entry.is_leaf(level) and level > EptLevel.PTE and not walked else "panel"
    box = Rect(x, middle - ROW / 2, width, ROW, fill, "line", 0.75, target=target, tip=tip)
    if walked:
        box = Rect(
            x, middle - ROW / 2 - 1, width, ROW + 2, "panel", "ink", 1.5, target=target, tip=tip
        )
    y = middle + 4

    def text(dx: float, word: str, anchor: str = "start") -> Text:
        return Text(
            x + dx, y, word, SIZE, "mono", bold=walked, anchor="end" if anchor == "end" else "start"
        )

    return [
        box,
        text(30, str(at), "end"),
        text(37, rwx),
        text(61, ad),
        text(80, elide(words_of(entry, level), width - 84, SIZE, "mono", bold=walked)),
    ]
