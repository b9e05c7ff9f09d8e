"""Widths of strings in the bundled fonts, in px, without a font engine.

The advances are the fonts' own (assets/fonts/advances.json); no kerning, no ligatures, no hinting.
`pmlviz.ui.paint` sets its fonts so that Qt measures the same.
"""

import json
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, Final

from pmlviz.assets import asset
from pmlviz.ui.figures.scene import Face, Text

ASCENT: Final = 0.928
"""From the baseline to the top of the line, as a share of the size; likewise those below."""
DESCENT: Final = 0.236
CAP_HEIGHT: Final = 0.729
X_HEIGHT: Final = 0.547

_MIDDLE: Final = 0.36


class _Advances(dict[str, float]):
    """Advance of each character in em; a character that no font table has is as wide as an M."""

    def __missing__(self, char: str) -> float:
        return self["M"]


@cache
def _file() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(asset("fonts/advances.json").read_text("ascii"))
    return found


@cache
def _advances(face: str) -> _Advances:
    data = _file()[face]
    table = _Advances()
    for first, widths in data["runs"]:
        table |= {chr(first + i): w / data["per_em"] for i, w in enumerate(widths) if w}
    return table


@lru_cache(maxsize=8192)
def _ems(text: str, face: str) -> float:
    table = _advances(face)
    return sum([table[char] for char in text])


def width(text: str, size: float, font: Face = "sans", *, bold: bool = False) -> float:
    """Return the width of *text* at *size* px, in px."""
    return _ems(text, f"{font} bold" if bold else font) * size


def advances(text: str, font: Face = "sans", *, bold: bool = False) -> list[float]:
    """Return how far each character moves on, in em."""
    table = _advances(f"{font} bold" if bold else font)
    return [table[char] for char in text]


def text_width(text: Text) -> float:
    """Return the width of a text primitive, in px."""
    return width(text.text, text.size, text.font, bold=text.bold)


def baseline(middle: float, size: float) -> float:
    """Return the baseline that centres capitals and digits of *size* px on y = *middle*."""
    return middle + _MIDDLE * size


def elide(text: str, room: float, size: float, font: Face = "sans", *, bold: bool = False) -> str:
    """Return *text*, or its longest beginning that fits *room* px with an ellipsis after it."""
    if width(text, size, font, bold=bold) <= room:
        return text
    for n in range(len(text) - 1, 0, -1):
        cut = text[:n].rstrip() + "…"
        if width(cut, size, font, bold=bold) <= room:
            return cut
    return "…"


def first_fitting(
    options: Sequence[str], room: float, size: float, font: Face = "sans", *, bold: bool = False
) -> str:
    """Return the first of *options* that fits *room* px, else the last of them, elided."""
    for text in options:
        if width(text, size, font, bold=bold) <= room:
            return text
    return elide(options[-1], room, size, font, bold=bold)


def fit_size(
    text: str, room: float, sizes: Sequence[float], font: Face = "sans", *, bold: bool = False
) -> tuple[str, float]:
    """Return *text* and the first of *sizes* at which it fits *room* px.

    Where it fits at none, it is elided in its middle at the last.
    """
    for size in sizes:
        if width(text, size, font, bold=bold) <= room:
            return text, size
    return elide_middle(text, room, sizes[-1], font, bold=bold), sizes[-1]


def elide_middle(
    text: str, room: float, size: float, font: Face = "sans", *, bold: bool = False
) -> str:
    """Return *text*, or its beginning and end round an ellipsis: for paths and long numbers."""
    if width(text, size, font, bold=bold) <= room:
        return text
    for n in range(len(text) - 1, 1, -1):
        cut = text[: (n + 1) // 2] + "…" + text[len(text) - n // 2 :]
        if width(cut, size, font, bold=bold) <= room:
            return cut
    return "…"


def wrap(
    text: str, room: float, size: float, font: Face = "sans", *, bold: bool = False
) -> tuple[str, ...]:
    """Break *text* at spaces into lines no wider than *room* px; a longer word keeps its own line.

    A newline in *text* always breaks.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}" if line else word
            if line and width(longer, size, font, bold=bold) > room:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return tuple(lines)
