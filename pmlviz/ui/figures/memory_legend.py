"""What the marks of the guest memory panel mean: those that are there, and how many in words."""

from typing import Final

from pmlviz.ui.figures import theme
from pmlviz.ui.figures.cells import Mark, cell_l
from pmlviz.ui.figures.memory_fields import BIG_SLAB, CODE, SLAB
from pmlviz.ui.figures.parts import Parts, changed, label, not_yet
from pmlviz.ui.figures.scene import Primitive, Rect, Text
from pmlviz.ui.figures.text import width

_SIZE: Final = 11.5
_BOX: Final = 13.0
_GAP: Final = 18.0
_WORDS: Final = {
    Mark.CLEAN: ("clean", "clean"),
    Mark.DIRTY: ("in the bitmap", "in the bitmap"),
    Mark.PENDING: ("only in a PML buffer", "only in PML"),
    Mark.LOST: ("lost: in neither", "lost"),
    Mark.OVER: ("reported, not written", "not written"),
    Mark.WRITE_PROTECTED: ("write-protected, W=0", "W=0"),
}


def legend(
    middle: float,
    room: float,
    codes: set[int],
    *,
    seams: int | None,
    guarded: str,
    now: bool,
    ahead: bool,
    short: bool,
) -> Parts:
    """Return one line of what *codes* mean; *guarded* is what the first touch of a slab does.

    *seams* is the age of the latest split. What finds no room goes, from the end.
    """
    parts: list[Primitive] = []
    x = theme.INSET
    y = middle - _BOX / 2

    def fits(words: str, wide: float = _BOX) -> bool:
        return x + wide + 5 + width(words, _SIZE) <= room

    def put(icon: Parts, wide: float, words: str) -> float:
        parts.extend(icon)
        parts.append(label(x + wide + 5, middle, words, _SIZE))
        return x + wide + 5 + width(words, _SIZE) + _GAP

    for mark in (
        Mark.LOST, Mark.CLEAN, Mark.DIRTY, Mark.PENDING, Mark.OVER, Mark.WRITE_PROTECTED
    ):  # fmt: skip
        words = _WORDS[mark][short]
        if CODE[mark] in codes and fits(words):
            x = put(cell_l(mark, x, y, _BOX), _BOX, words)
    for code, size in ((SLAB, "2 MiB page"), (BIG_SLAB, "1 GiB page")):
        words = size if short or not guarded else f"{size}, {guarded}"
        if code in codes and fits(words, 22):
            icon = (Rect(x, y + 0.5, 22, 12, "slab", "slab.edge", theme.BORDER, 3),)
            x = put(icon, 22, words)
    if seams is not None:
        ago = "now" if seams == 0 else f"{seams} item{'s' * (seams > 1)} ago"
        words = "shattered" if short else f"shattered, {ago}"
        if fits(words):
            icon = (Rect(x + 0.5, y + 0.5, 12, 12, "clean", "crack", 1.5),)
            x = put(icon, _BOX, words)
    if now and fits("changed now"):
        x = put(changed(x + 2, y + 2, 9, 9), _BOX, "changed now")
    if ahead and fits("next"):
        x = put(not_yet(x + 2, y + 2, 9, 9), _BOX, "next")
    return tuple(parts)


def counts(x: float, top: float, bottom: float, of: dict[Mark, int], waiting: str) -> Parts:
    """Return how many pages are in each state, in a column; *waiting* at its foot."""
    parts: list[Primitive] = []
    names = {
        Mark.LOST: "lost", Mark.PENDING: "in the buffer", Mark.DIRTY: "in the bitmap",
        Mark.OVER: "not written", Mark.WRITE_PROTECTED: "write-protected", Mark.CLEAN: "clean",
    }  # fmt: skip
    always = (Mark.PENDING, Mark.DIRTY, Mark.CLEAN)
    shown = [mark for mark in names if of.get(mark, 0) or mark in always]
    foot = 22 if waiting else 0
    pitch = min(46.0, (bottom - top - foot) / len(shown))
    for i, mark in enumerate(shown):
        y = top + 8 + i * pitch
        if y + 36 > bottom - foot + 4:
            break
        parts += cell_l(mark, x, y, 20)
        parts.append(Text(x + 30, y + 17, f"{of.get(mark, 0):,}", 22, "mono", bold=True))
        parts.append(Text(x + 30, y + 34, names[mark], theme.LABEL, color="muted"))
    if waiting:
        parts.append(Text(x, bottom - 3, waiting, theme.LABEL, bold=True, color="accent"))
    return tuple(parts)
