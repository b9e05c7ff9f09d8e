"""Lines that go somewhere: elbows with quarter turns, arrow heads, blocked effects, fans."""

from collections.abc import Sequence
from math import hypot
from typing import Literal

from pmlviz.ui.figures import theme
from pmlviz.ui.figures.parts import Parts, label
from pmlviz.ui.figures.scene import (
    NOT_YET,
    Command,
    Dash,
    Line,
    Path,
    Point,
    Rect,
    Target,
    Token,
)
from pmlviz.ui.figures.text import width

Direction = Literal["right", "left", "up", "down"]

_STEP: dict[Direction, Point] = {
    "right": (1, 0),
    "left": (-1, 0),
    "up": (0, -1),
    "down": (0, 1),
}
QUARTER = 0.5523
"""Where the handles of a cubic lie that draws a quarter of a circle of radius 1."""


def arrow_head(
    x: float,
    y: float,
    direction: Direction = "right",
    *,
    length: float = 7.5,
    spread: float = 5,
    fill: Token = "accent",
) -> Path:
    """Return a filled head with its tip at (x, y), *length* long and twice *spread* wide."""
    ux, uy = _STEP[direction]
    bx, by = x - ux * length, y - uy * length
    return Path(
        (
            ("M", x, y),
            ("L", bx - uy * spread, by + ux * spread),
            ("L", bx + uy * spread, by - ux * spread),
            ("Z",),
        ),
        fill=fill,
    )


def elbow(points: Sequence[Point], radius: float = 10) -> tuple[Command, ...]:
    """Return the outline through *points* with every corner a quarter turn of *radius*.

    A corner takes at most half of the shorter leg that meets there.
    """
    (x, y), *rest = points
    d: list[Command] = [("M", x, y)]
    for i, (px, py) in enumerate(rest[:-1]):
        ax, ay = points[i]
        bx, by = rest[i + 1]
        into, out = hypot(px - ax, py - ay), hypot(bx - px, by - py)
        r = min(radius, into / 2, out / 2)
        if r == 0:
            continue
        sx, sy = px - (px - ax) / into * r, py - (py - ay) / into * r
        ex, ey = px + (bx - px) / out * r, py + (by - py) / out * r
        k = QUARTER
        d += [
            ("L", sx, sy),
            (
                "C",
                sx + (px - sx) * k,
                sy + (py - sy) * k,
                ex + (px - ex) * k,
                ey + (py - ey) * k,
                ex,
                ey,
            ),
        ]
    d.append(("L", *rest[-1]))
    return tuple(d)


def heading(a: Point, b: Point) -> Direction:
    """Return which way the leg from *a* to *b* mostly goes."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    if abs(dx) >= abs(dy):
        return "right" if dx >= 0 else "left"
    return "down" if dy >= 0 else "up"


def wire(
    points: Sequence[Point],
    *,
    radius: float = 10,
    stroke: Token = "accent",
    thick: float = theme.CAUSE,
    dash: Dash = (),
    head: float = 10.5,
    target: Target | None = None,
    tip: str = "",
) -> Parts:
    """Return a line with quarter turns through *points* and an arrow head at the last of them.

    The line ends inside the head; *head* 0 draws none.
    """
    direction = heading(points[-2], points[-1])
    ux, uy = _STEP[direction]
    x, y = points[-1]
    legs = [*points[:-1], (x - ux * head * 0.6, y - uy * head * 0.6)] if head else list(points)
    line = Path(elbow(legs, radius), None, stroke, thick, dash, "butt", 1, target, tip)
    if not head:
        return (line,)
    tip_ = arrow_head(x, y, direction, length=head, spread=head * 2 / 3, fill=stroke)
    return (line, tip_)


def blocked(
    points: Sequence[Point],
    reason: str,
    *,
    radius: float = 10,
    stroke: Token = "accent",
    thick: float = theme.CAUSE,
    size: float = theme.LABEL,
    bar: float = 28,
    ground: Token = "panel",
) -> Parts:
    """Return an effect that did not come about: the wire dashed, ended by a bar with its *reason*.

    The reason stands where the wire would have gone on.
    """
    x, y = points[-1]
    direction = heading(points[-2], points[-1])
    ux, uy = _STEP[direction]
    end = Line(
        x - uy * bar / 2,
        y - ux * bar / 2,
        x + uy * bar / 2,
        y + ux * bar / 2,
        stroke,
        4,
        cap="round",
    )
    w = width(reason, size, bold=True) + 12
    cx, cy = x + ux * (w / 2 + 8), y + uy * (size + 4)
    return (
        Path(elbow(points, radius), None, stroke, thick, NOT_YET, "butt"),
        end,
        Rect(cx - w / 2, cy - size * 0.8, w, size * 1.6, ground, radius=theme.RADIUS_CHIP),
        label(cx, cy, reason, size, bold=True, color=stroke, anchor="middle"),
    )


def fan(
    x1: float,
    top1: float,
    bottom1: float,
    x2: float,
    top2: float,
    bottom2: float,
    *,
    fill: Token | None = "road",
    stroke: Token | None = None,
    opacity: float = 0.55,
) -> Path:
    """Return the wedge from the edge x1 to the edge x2: one thing shown larger, or made many."""
    return Path(
        (("M", x1, top1), ("L", x2, top2), ("L", x2, bottom2), ("L", x1, bottom1), ("Z",)),
        fill=fill,
        stroke=stroke,
        opacity=opacity,
    )
