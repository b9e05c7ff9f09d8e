"""Whether the texts of a scene can be read: none over another, none beyond its edges."""

from collections.abc import Iterator
from itertools import combinations

from pmlviz.ui.figures.passes import bounds
from pmlviz.ui.figures.scene import Circle, Group, Primitive, Scene, Text
from pmlviz.ui.figures.text import text_width

Box = tuple[float, float, float, float]

TOUCH = 1.0
"""Boxes may meet by this much, px: they are drawn round letters, not by them."""
_UP, _DOWN = 0.74, 0.2
"""From the baseline to the top of a capital and to the end of a tail, as shares of the size."""


def text_boxes(scene: Scene) -> list[tuple[str, Box]]:
    """Return every text of *scene* with the box of its letters, in the scene's coordinates."""
    found = []
    for part, dx, dy, scale in _leaves(scene.parts, 0.0, 0.0, 1.0):
        if isinstance(part, Text) and part.text.strip():
            left, top, right, bottom = _letters(part)
            box = (
                dx + left * scale, dy + top * scale, dx + right * scale, dy + bottom * scale,
            )  # fmt: skip
            found.append((part.text, box))
    return found


def _letters(text: Text) -> Box:
    w = text_width(text)
    left = text.x - {"start": 0.0, "middle": 0.5, "end": 1.0}[text.anchor] * w
    return left, text.y - _UP * text.size, left + w, text.y + _DOWN * text.size


def _leaves(
    parts: tuple[Primitive, ...], dx: float, dy: float, scale: float
) -> Iterator[tuple[Primitive, float, float, float]]:
    for part in parts:
        if isinstance(part, Group):
            x, y = dx + part.dx * scale, dy + part.dy * scale
            yield from _leaves(part.children, x, y, scale * part.scale)
        else:
            yield part, dx, dy, scale


def hidden(scene: Scene) -> list[str]:
    """Return the texts that a disc lies over; the number on the disc itself is not one."""
    under: list[tuple[str, Box]] = []
    covered: list[str] = []
    for part, dx, dy, scale in _leaves(scene.parts, 0.0, 0.0, 1.0):
        match part:
            case Text() if part.text.strip():
                left, top, right, bottom = (v * scale for v in _letters(part))
                under.append((part.text, (dx + left, dy + top, dx + right, dy + bottom)))
            case Circle(x, y, r, fill="accent"):
                # The square within the circle: round corners hide little.
                half = 0.75 * r * scale
                cx, cy = dx + x * scale, dy + y * scale
                disc = (cx - half, cy - half, cx + half, cy + half)
                covered += [text for text, box in under if _meet(box, disc)]
            case _:
                pass
    return covered


def _meet(a: Box, b: Box) -> bool:
    return min(a[2], b[2]) - max(a[0], b[0]) > TOUCH and min(a[3], b[3]) - max(a[1], b[1]) > TOUCH


def overlapping(scene: Scene) -> list[tuple[str, str]]:
    """Return the pairs of texts that lie over one another."""
    return [
        (one, other) for (one, a), (other, b) in combinations(text_boxes(scene), 2) if _meet(a, b)
    ]


def cut_off(scene: Scene) -> list[str]:
    """Return the texts that reach beyond the scene's edges."""
    return [
        text
        for text, (left, top, right, bottom) in text_boxes(scene)
        if left < -0.5 or top < -0.5 or right > scene.width + 0.5 or bottom > scene.height + 0.5
    ]


def spills(scene: Scene, slack: float = 3.0) -> bool:
    """Return whether anything is drawn more than *slack* px beyond the scene's edges."""
    x, y, w, h = bounds(scene)
    return x < -slack or y < -slack or x + w > scene.width + slack or y + h > scene.height + slack
