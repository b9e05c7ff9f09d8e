"""Pure passes over scenes: where things are, what a click meets."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from math import hypot, inf
from typing import Final, assert_never

from pmlviz.ui.figures.scene import (
    Anchor,
    Circle,
    Command,
    Group,
    Hatch,
    Leaf,
    Line,
    Path,
    Point,
    Polyline,
    Primitive,
    Raster,
    Rect,
    Scene,
    Target,
    Text,
)
from pmlviz.ui.figures.text import ASCENT, DESCENT, text_width

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

_NEAR: Final = 3.0
_CURVE_STEPS: Final = 8
_MOST_BOXES: Final = 32


def flatten(d: Iterable[Command]) -> list[list[Point]]:
    """Return the outline as polygons and open lines, each cubic cut into straight pieces."""
    lines: list[list[Point]] = []
    for op, *v in d:
        if op == "M":
            lines.append([(v[0], v[1])])
        elif op == "L":
            lines[-1].append((v[0], v[1]))
        elif op == "C":
            x0, y0 = lines[-1][-1]
            for i in range(1, _CURVE_STEPS + 1):
                t = i / _CURVE_STEPS
                s = 1 - t
                a, b, c, e = s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t
                lines[-1].append(
                    (
                        a * x0 + b * v[0] + c * v[2] + e * v[4],
                        a * y0 + b * v[1] + c * v[3] + e * v[5],
                    )
                )
        else:
            lines[-1].append(lines[-1][0])
    return lines


def anchors(scene: Scene) -> dict[str, Point]:
    """Return every anchor by name, in the scene's coordinates.

    A name used twice is a ValueError.
    """
    found: dict[str, Point] = {}

    def visit(parts: Iterable[Primitive], dx: float, dy: float, scale: float) -> None:
        for part in parts:
            if isinstance(part, Group):
                visit(part.children, dx + part.dx * scale, dy + part.dy * scale, scale * part.scale)
            elif isinstance(part, Anchor):
                if part.name in found:
                    message = f"anchor {part.name!r} is offered twice"
                    raise ValueError(message)
                found[part.name] = (dx + part.x * scale, dy + part.y * scale)

    visit(scene.parts, 0, 0, 1)
    return found


def box(part: Primitive) -> Box | None:
    """Return the box *part* paints in, strokes included, in its parent's coordinates."""
    match part:
        case Group():
            return _outside(part, _union(box(child) for child in part.children))
        case Anchor():
            return None
        case _:
            return _box(part)


# Most of a scene is as in the scene before: a look-up is quicker than measuring again.
@lru_cache(maxsize=1 << 14)
def _box(part: Leaf) -> Box | None:
    match part:
        case Rect(x, y, w, h, stroke=stroke, width=width):
            pad = width / 2 if stroke else 0
            return (x - pad, y - pad, x + w + pad, y + h + pad)
        case Hatch(x, y, w, h) | Raster(x, y, w, h):
            return (x, y, x + w, y + h)
        case Circle(x, y, r, stroke=stroke, width=width):
            r += width / 2 if stroke else 0
            return (x - r, y - r, x + r, y + r)
        case Line(x1, y1, x2, y2, width=width):
            return _around(((x1, y1), (x2, y2)), width / 2)
        case Polyline(points, width=width):
            return _around(points, width / 2)
        case Path(d, stroke=stroke, width=width):
            pad = width / 2 if stroke else 0
            return _around([point for line in flatten(d) for point in line], pad)
        case Text(x, y, size=size, anchor=anchor):
            w = text_width(part)
            left = x - {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor] * w
            return (left, y - ASCENT * size, left + w, y + DESCENT * size)
        case _:
            assert_never(part)


def clipped(group: Group) -> tuple[tuple[Primitive, ...], bool]:
    """Return the children that show through the group's clip, and whether any of them is cut."""
    if group.clip is None:
        return group.children, False
    x, y, w, h = group.clip
    frame = (x, y, x + w, y + h)
    shown: list[Primitive] = []
    cut = False
    for child in group.children:
        area = box(child)
        inside = None if area is None else _overlap(area, frame)
        if inside is not None:
            shown.append(child)
            cut = cut or inside != area
    return tuple(shown), cut


def bounds(scene: Scene) -> tuple[float, float, float, float]:
    """Return x, y, width, height of what the parts paint; all 0 when they paint nothing."""
    left, top, right, bottom = _union(box(part) for part in scene.parts) or (0, 0, 0, 0)
    return (left, top, right - left, bottom - top)


def damage(old: Scene, new: Scene) -> Box | None:
    """Return the box to repaint when *new* takes the place of *old*; None when nothing changed.

    Antialiasing reaches half a px further than the box.
    """
    if (old.width, old.height, old.ground) != (new.width, new.height, new.ground):
        return (0, 0, new.width, new.height)
    return _union(_changes(old.parts, new.parts))


def damages(old: tuple[Primitive, ...], new: tuple[Primitive, ...]) -> list[Box]:
    """Return the boxes to repaint when *new* takes the place of *old*, none over another.

    Many small ones become one.
    """
    changed = [one for one in _changes(old, new) if one is not None]
    if len(changed) > _MOST_BOXES:
        whole = _union(changed)
        return [] if whole is None else [whole]
    apart: list[Box] = []
    for one in changed:
        grown = one
        while met := [other for other in apart if _overlap(other, grown) is not None]:
            apart = [other for other in apart if other not in met]
            grown = _union((grown, *met)) or grown
        apart.append(grown)
    return apart


def _changes(old: tuple[Primitive, ...], new: tuple[Primitive, ...]) -> Iterator[Box | None]:
    if len(old) != len(new):
        # What is put in or taken out does not touch what stands before and after it.
        least = min(len(old), len(new))
        start = next((i for i in range(least) if old[i] != new[i]), least)
        end = next((i for i in range(least - start) if old[-1 - i] != new[-1 - i]), least - start)
        yield from (box(part) for part in old[start : len(old) - end])
        yield from (box(part) for part in new[start : len(new) - end])
        return
    for a, b in zip(old, new, strict=True):
        if a == b:
            continue
        if isinstance(a, Group) and isinstance(b, Group) and _place(a) == _place(b):
            for inner in _changes(a.children, b.children):
                yield _outside(a, inner)
        else:
            yield box(a)
            yield box(b)


def _place(group: Group) -> tuple[object, ...]:
    return (group.dx, group.dy, group.scale, group.clip)


def _outside(group: Group, inner: Box | None) -> Box | None:
    """Return what shows of *inner*, in the coordinates that *group* stands in."""
    if inner is not None and group.clip is not None:
        x, y, w, h = group.clip
        inner = _overlap(inner, (x, y, x + w, y + h))
    if inner is None:
        return None
    left, top, right, bottom = inner
    dx, dy, scale = group.dx, group.dy, group.scale
    return (left * scale + dx, top * scale + dy, right * scale + dx, bottom * scale + dy)


def _around(points: Iterable[Point], pad: float) -> Box | None:
    xs, ys = zip(*points, strict=True) if points else ((), ())
    if not xs:
        return None
    return (min(xs) - pad, min(ys) - pad, max(xs) + pad, max(ys) + pad)


def _union(boxes: Iterable[Box | None]) -> Box | None:
    left = top = inf
    right = bottom = -inf
    for one in boxes:
        if one is not None:
            # Comparisons, not min and max: a step of the window unites a thousand boxes.
            x1, y1, x2, y2 = one
            if x1 < left:
                left = x1
            if y1 < top:
                top = y1
            if x2 > right:
                right = x2
            if y2 > bottom:
                bottom = y2
    return None if left == inf else (left, top, right, bottom)


def _overlap(a: Box, b: Box) -> Box | None:
    left, top = max(a[0], b[0]), max(a[1], b[1])
    right, bottom = min(a[2], b[2]), min(a[3], b[3])
    return (left, top, right, bottom) if left <= right and top <= bottom else None


def hit(scene: Scene, x: float, y: float) -> Leaf | None:
    """Return the topmost primitive with a target or a tip at (x, y).

    What has neither lets the point through: a caption does not shield the slot it stands on. A line
    is met within 3 px.
    """
    found = _find(scene.parts, x, y)
    return None if found is None else found[0]


def target_at(scene: Scene, x: float, y: float) -> Target | None:
    """Return what a click at (x, y) selects; in a raster that counts, the cell's own target."""
    found = _find(scene.parts, x, y, targets_only=True)
    if found is None:
        return None
    part, x, y = found
    target = part.target
    if target is None or not isinstance(part, Raster) or not isinstance(target.value, int):
        return target
    row = min(int((y - part.y) / part.h * part.rows), part.rows - 1)
    col = min(int((x - part.x) / part.w * part.cols), part.cols - 1)
    return Target(target.kind, target.value + (row * part.cols + col) * part.step)


def _find(
    parts: tuple[Primitive, ...], x: float, y: float, *, targets_only: bool = False
) -> tuple[Leaf, float, float] | None:
    for part in reversed(parts):
        if isinstance(part, Group):
            gx, gy = (x - part.dx) / part.scale, (y - part.dy) / part.scale
            if part.clip is not None:
                cx, cy, cw, ch = part.clip
                if not (cx <= gx < cx + cw and cy <= gy < cy + ch):
                    continue
            found = _find(part.children, gx, gy, targets_only=targets_only)
            if found is not None:
                return found
        elif (
            not isinstance(part, Anchor)
            and (part.target is not None or (part.tip and not targets_only))
            and _covers(part, x, y)
        ):
            return part, x, y
    return None


def _covers(part: Leaf, x: float, y: float) -> bool:
    match part:
        case Circle():
            return hypot(x - part.x, y - part.y) <= part.r
        case Line():
            return _near([(part.x1, part.y1), (part.x2, part.y2)], x, y, part.width)
        case Polyline():
            return _near(part.points, x, y, part.width)
        case Path():
            lines = flatten(part.d)
            if part.fill is not None and any(_winds(line, x, y) for line in lines):
                return True
            return part.stroke is not None and any(_near(p, x, y, part.width) for p in lines)
        case Rect() | Hatch() | Raster() | Text():
            left, top, right, bottom = box(part) or (0, 0, 0, 0)
            return left <= x < right and top <= y < bottom
        case _:
            assert_never(part)


def _near(points: Iterable[Point], x: float, y: float, width: float) -> bool:
    reach = max(width / 2, _NEAR)
    return any(_distance(a, b, x, y) <= reach for a, b in _legs(list(points)))


def _legs(points: list[Point]) -> Iterator[tuple[Point, Point]]:
    return pairwise(points)


def _distance(a: Point, b: Point, x: float, y: float) -> float:
    (ax, ay), (bx, by) = a, b
    dx, dy = bx - ax, by - ay
    length2 = dx * dx + dy * dy
    t = max(0.0, min(1.0, ((x - ax) * dx + (y - ay) * dy) / length2)) if length2 else 0.0
    return hypot(x - ax - t * dx, y - ay - t * dy)


def _winds(polygon: list[Point], x: float, y: float) -> int:
    """Return how often the polygon, closed, winds round the point."""
    turns = 0
    for (ax, ay), (bx, by) in _legs([*polygon, polygon[0]]):
        if (ay <= y) != (by <= y):
            side = (bx - ax) * (y - ay) - (x - ax) * (by - ay)
            if (side > 0) == (by > ay):
                turns += 1 if by > ay else -1
    return turns
