"""Pictograms as shapes, at any size: the same in picture, timeline, counters and legend.

Drawn, not typed: fonts differ in which of these signs they have and how heavy they are. Each fills
a square of *size* px centred on (x, y), a little less where the sign is narrow.
"""

from collections.abc import Callable
from typing import Final, Literal, get_args

from pmlviz.ui.figures.parts import Parts
from pmlviz.ui.figures.scene import Command, Line, Path, Point, Rect, Token
from pmlviz.ui.figures.wires import QUARTER, arrow_head

Glyph = Literal[
    "misconfig",
    "violation",
    "pml_full",
    "logged",
    "drain",
    "split",
    "marked",
    "clean",
    "lock",
    "lost",
    "kept",
    "first",
    "back",
    "forward",
    "last",
    "run",
    "pause",
    "more",
    "chevron",
]
GLYPHS: Final[tuple[Glyph, ...]] = get_args(Glyph)

EXIT_GLYPHS: Final[dict[int, Glyph]] = {48: "violation", 49: "misconfig", 62: "pml_full"}
"""Basic exit reason: its pictogram."""


def glyph(name: Glyph, x: float, y: float, size: float = 10, color: Token = "ink") -> Parts:
    """Return pictogram *name* centred on (x, y), *size* px high."""
    return _DRAW[name](x, y, size / 2, color)


def _closed(points: list[Point], color: Token, *, hollow: float = 0) -> Path:
    (x, y), *rest = points
    d: tuple[Command, ...] = (("M", x, y), *(("L", px, py) for px, py in rest), ("Z",))
    return Path(d, stroke=color, width=hollow) if hollow else Path(d, fill=color)


def _open(lines: list[list[Point]], color: Token, width: float) -> Path:
    d: list[Command] = []
    for (x, y), *rest in lines:
        d.append(("M", x, y))
        d += [("L", px, py) for px, py in rest]
    return Path(tuple(d), stroke=color, width=width)


def _misconfig(x: float, y: float, r: float, color: Token) -> Parts:
    return (
        _closed([(x, y - r), (x + r, y), (x, y + r), (x - r, y)], color, hollow=_thick(r, 0.32)),
    )


def _violation(x: float, y: float, r: float, color: Token) -> Parts:
    return (_closed([(x - r, y - 0.8 * r), (x + r, y - 0.8 * r), (x, y + r)], color),)


def _pml_full(x: float, y: float, r: float, color: Token) -> Parts:
    line = _thick(r, 0.32)
    return (
        Rect(x - r, y - r, 2 * r, 2 * r, None, color, line),
        Rect(x - r, y - 0.2 * r, 2 * r, 1.2 * r, color),
    )


def _logged(x: float, y: float, r: float, color: Token) -> Parts:
    line = _thick(r, 0.28)
    return (
        Rect(x - r, y - 0.8 * r, 2 * r, 1.6 * r, None, color, line),
        Line(x - r, y, x + r, y, color, line),
    )


def _drain(x: float, y: float, r: float, color: Token) -> Parts:
    return (
        Line(x, y - r, x, y + 0.3 * r, color, _thick(r, 0.32), cap="round"),
        arrow_head(x, y + r, "down", length=r, spread=0.66 * r, fill=color),
    )


def _split(x: float, y: float, r: float, color: Token) -> Parts:
    ends = [[(x, y - r), (x + dx, y + r)] for dx in (-r, 0, r)]
    return (_open(ends, color, _thick(r, 0.3)),)


def _marked(x: float, y: float, r: float, color: Token) -> Parts:
    return (Rect(x - 0.8 * r, y - 0.8 * r, 1.6 * r, 1.6 * r, color),)


def _clean(x: float, y: float, r: float, color: Token) -> Parts:
    left = x - 0.7 * r
    return (
        _open([[(left, y - r), (left, y + r)]], color, _thick(r, 0.3)),
        _closed([(left, y - r), (left + 1.7 * r, y - 0.45 * r), (left, y + 0.1 * r)], color),
    )


def _lock(x: float, y: float, r: float, color: Token) -> Parts:
    w, top, arch = 0.8 * r, y - 0.08 * r, 0.5 * r
    high = top - 0.3 * r
    k = QUARTER * arch
    shackle: tuple[Command, ...] = (
        ("M", x - arch, top),
        ("L", x - arch, high),
        ("C", x - arch, high - k, x - k, high - arch, x, high - arch),
        ("C", x + k, high - arch, x + arch, high - k, x + arch, high),
        ("L", x + arch, top),
    )
    return (
        Path(shackle, stroke=color, width=_thick(r, 0.28)),
        Rect(x - w, top, 2 * w, y + r - top, color, radius=min(1.0, r / 6)),
    )


def _lost(x: float, y: float, r: float, color: Token) -> Parts:
    s = 0.8 * r
    lines = [[(x - s, y - s), (x + s, y + s)], [(x + s, y - s), (x - s, y + s)]]
    return (_open(lines, color, _thick(r, 0.42)),)


def _kept(x: float, y: float, r: float, color: Token) -> Parts:
    tick = [(x - 0.85 * r, y + 0.1 * r), (x - 0.25 * r, y + 0.7 * r), (x + 0.85 * r, y - 0.7 * r)]
    return (_open([tick], color, _thick(r, 0.4)),)


def _triangle(x: float, y: float, w: float, h: float, color: Token) -> Path:
    """Return a triangle with its upright side at *x*, pointing *w* to the right, 2 *h* high."""
    return _closed([(x, y - h), (x + w, y), (x, y + h)], color)


def _first(x: float, y: float, r: float, color: Token) -> Parts:
    return (
        Rect(x - r, y - r, 0.42 * r, 2 * r, color),
        _triangle(x + r, y, -1.5 * r, r, color),
    )


def _back(x: float, y: float, r: float, color: Token) -> Parts:
    return (_triangle(x + 0.75 * r, y, -1.5 * r, r, color),)


def _forward(x: float, y: float, r: float, color: Token) -> Parts:
    return (_triangle(x - 0.75 * r, y, 1.5 * r, r, color),)


def _last(x: float, y: float, r: float, color: Token) -> Parts:
    return (
        _triangle(x - r, y, 1.5 * r, r, color),
        Rect(x + 0.58 * r, y - r, 0.42 * r, 2 * r, color),
    )


def _run(x: float, y: float, r: float, color: Token) -> Parts:
    return (
        _triangle(x - 1.25 * r, y, 1.25 * r, r, color),
        _triangle(x, y, 1.25 * r, r, color),
    )


def _pause(x: float, y: float, r: float, color: Token) -> Parts:
    return (
        Rect(x - 0.7 * r, y - r, 0.5 * r, 2 * r, color),
        Rect(x + 0.2 * r, y - r, 0.5 * r, 2 * r, color),
    )


def _more(x: float, y: float, r: float, color: Token) -> Parts:
    return (
        _open(
            [[(x - 0.8 * r, y - r / 2), (x, y + r / 2), (x + 0.8 * r, y - r / 2)]],
            color,
            _thick(r, 0.28),
        ),
    )


def _chevron(x: float, y: float, r: float, color: Token) -> Parts:
    return (
        _open([[(x - r / 2, y - r), (x + r / 2, y), (x - r / 2, y + r)]], color, _thick(r, 0.28)),
    )


def _thick(r: float, share: float) -> float:
    """Return a line width that grows with the glyph and stays visible when it is small."""
    return max(1.1, share * r)


_DRAW: Final[dict[Glyph, Callable[[float, float, float, Token], Parts]]] = {
    "misconfig": _misconfig,
    "violation": _violation,
    "pml_full": _pml_full,
    "logged": _logged,
    "drain": _drain,
    "split": _split,
    "marked": _marked,
    "clean": _clean,
    "lock": _lock,
    "lost": _lost,
    "kept": _kept,
    "first": _first,
    "back": _back,
    "forward": _forward,
    "last": _last,
    "run": _run,
    "pause": _pause,
    "more": _more,
    "chevron": _chevron,
}
