"""A legend for figures that have none: a sample and its words for each mark that is drawn."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from pmlviz.ui.figures import theme
from pmlviz.ui.figures.cells import WORDS, Mark, cell_l
from pmlviz.ui.figures.parts import Parts, changed, not_yet, slab
from pmlviz.ui.figures.scene import (
    Circle,
    Group,
    Hatch,
    Leaf,
    Line,
    Path,
    Polyline,
    Primitive,
    Rect,
    Text,
)
from pmlviz.ui.figures.text import width

_SIDE: Final = 13.0
_ROW: Final = 22.0
_GAP: Final = 18.0


def _fills(*tokens: str) -> Callable[[Leaf], bool]:
    return lambda part: isinstance(part, Rect | Path | Circle) and part.fill in tokens


def _is_crack(part: Leaf) -> bool:
    return isinstance(part, Line | Polyline | Path | Rect) and part.stroke == "crack"


def _is_outline(part: Leaf, *, dashed: bool) -> bool:
    now = isinstance(part, Rect) and part.stroke == "accent" and part.fill is None
    return now and bool(part.dash) is dashed if isinstance(part, Rect) else False


def _cell(mark: Mark) -> Callable[[float, float], Parts]:
    return lambda x, y: cell_l(mark, x, y, _SIDE)


def _just_split(x: float, y: float) -> Parts:
    cuts = [Line(x + at, y, x + at, y + _SIDE, "crack", 1.2) for at in (1, 4.7, 8.3, 12)]
    return (Rect(x, y, _SIDE, _SIDE, "clean", "crack", 1), *cuts)


_ENTRIES: Final[tuple[tuple[str, Callable[[Leaf], bool], Callable[[float, float], Parts]], ...]] = (
    ("superpage: one entry, one D flag", _fills("slab"), lambda x, y: slab(x, y, _SIDE, _SIDE)),
    ("just split", _is_crack, _just_split),
    (WORDS[Mark.DIRTY], _fills("dirty"), _cell(Mark.DIRTY)),
    (WORDS[Mark.PENDING], lambda part: isinstance(part, Hatch), _cell(Mark.PENDING)),
    (WORDS[Mark.LOST], _fills("lost", "lost.ground"), _cell(Mark.LOST)),
    (WORDS[Mark.OVER], _fills("over"), _cell(Mark.OVER)),
    (WORDS[Mark.WRITE_PROTECTED], _fills("wp"), _cell(Mark.WRITE_PROTECTED)),
    (
        "changed by this event or item",
        lambda part: _is_outline(part, dashed=False),
        lambda x, y: changed(x + 2, y + 2, _SIDE - 4, _SIDE - 4, radius=3),
    ),
    (
        "next",
        lambda part: _is_outline(part, dashed=True),
        lambda x, y: not_yet(x + 2, y + 2, _SIDE - 4, _SIDE - 4, radius=3),
    ),
)


def legend(parts: Iterable[Primitive], x: float, y: float, room: float) -> tuple[Parts, float]:
    """Return the legend of the marks in *parts* from (x, y) on, wrapped to *room*; and its height.

    Nothing, and 0, for a picture without any.
    """
    leaves = list(_leaves(parts))
    drawn: list[Primitive] = []
    at, top = x, y
    for words, is_mark, sample in _ENTRIES:
        if not any(is_mark(part) for part in leaves):
            continue
        wide = _SIDE + 6 + width(words, theme.CAPTION)
        if at > x and at + wide > x + room:
            at, top = x, top + _ROW
        drawn += sample(at, top)
        drawn.append(Text(at + _SIDE + 6, top + 10.5, words, theme.CAPTION))
        at += wide + _GAP
    return tuple(drawn), top - y + _ROW if drawn else 0.0


def _leaves(parts: Iterable[Primitive]) -> Iterator[Leaf]:
    for part in parts:
        if isinstance(part, Group):
            yield from _leaves(part.children)
        elif isinstance(part, Leaf):
            yield part
