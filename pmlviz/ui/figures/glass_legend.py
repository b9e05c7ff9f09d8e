"""The marks of a glass and their words: only those that occur in it."""

from typing import Final

from pmlviz.ui.figures.cells import Mark, cell_l
from pmlviz.ui.figures.debug_plan import SMALL
from pmlviz.ui.figures.glass_rows import SEAM, SLAB
from pmlviz.ui.figures.parts import Parts
from pmlviz.ui.figures.scene import Line, Primitive, Rect, Target, Text
from pmlviz.ui.figures.strip import SUPERPAGE
from pmlviz.ui.figures.text import width

_SIDE: Final = 14.0
_WORDS: Final = {
    str(Mark.CLEAN): ("clean", ""),
    str(Mark.DIRTY): ("dirty, in the bitmap", "log-dirty bitmap"),
    str(Mark.PENDING): ("dirty, only in PML", "pending"),
    str(Mark.LOST): ("lost", "lost"),
    str(Mark.OVER): ("over-reported", "over-reported"),
    str(Mark.WRITE_PROTECTED): ("write-protected", "write-protected"),
    SLAB: ("superpage", "superpage"),
    SEAM: ("just split", "split"),
}
"""Each mark's words, and the term that explains it."""


def legend(seen: frozenset[str], x: float, y: float, right: float) -> Parts:
    """Return a sample and its words for each of *seen*, from x to *right*, the top at *y*."""
    parts: list[Primitive] = []
    for name, (words, term) in _WORDS.items():
        wide = _SIDE + 5 + width(words, SMALL)
        if name not in seen or x + wide > right:
            continue
        parts += _sample(name, x, y)
        parts.append(
            Text(
                x + _SIDE + 5,
                y + 10.6,
                words,
                SMALL,
                color="muted",
                target=Target("term", term) if term else None,
            )
        )
        x += wide + 18
    return tuple(parts)


def _sample(name: str, x: float, y: float) -> Parts:
    if name == SLAB:
        band = Rect(x + 2, y, _SIDE - 2, _SIDE, "slab", opacity=SUPERPAGE)
        bars = ((x, y, x, y + _SIDE), (x, y + 0.5, x + 3, y + 0.5))
        low = (x, y + _SIDE - 0.5, x + 3, y + _SIDE - 0.5)
        return (band, *(Line(*bar, "slab.edge", 1.2) for bar in (*bars, low)))
    if name == SEAM:
        cuts = [Line(x + at, y, x + at, y + _SIDE, "crack", 1.2) for at in (1, 5, 9, 13)]
        return (Rect(x, y, _SIDE, _SIDE, "clean", "crack", 1), *cuts)
    return cell_l(Mark(name), x, y, _SIDE)
