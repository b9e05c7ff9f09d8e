"""The stripes of a hatch as polygons, cut exactly to its rectangle."""

from math import ceil, floor, sqrt

from pmlviz.ui.figures.scene import Hatch, Point


def stripes(hatch: Hatch, phase: float = 0) -> list[list[Point]]:
    """Return one convex polygon a stripe.

    *phase* is the sum of the offsets between the hatch's coordinates and the scene's, so that the
    hatches of a scene are pieces of one.
    """
    step = hatch.pitch * sqrt(2)
    half = hatch.width * sqrt(2) / 2
    low, high = hatch.x + hatch.y, hatch.x + hatch.y + hatch.w + hatch.h
    first = ceil((low + phase - half) / step)
    last = floor((high + phase + half) / step)
    found = []
    for k in range(first, last + 1):
        middle = k * step - phase
        polygon = _band(hatch, max(middle - half, low), min(middle + half, high))
        if polygon:
            found.append(polygon)
    return found


def _band(r: Hatch, a: float, b: float) -> list[Point]:
    """Return the part of the rectangle where a <= x + y <= b, clockwise from the top."""
    if b - a < 1e-6:
        return []

    def upper(s: float) -> Point:
        # Where x + y = s meets the top edge, or past its end the right edge.
        return (s - r.y, r.y) if s - r.y <= r.x + r.w else (r.x + r.w, s - r.x - r.w)

    def lower(s: float) -> Point:
        return (r.x, s - r.x) if s - r.x <= r.y + r.h else (s - r.y - r.h, r.y + r.h)

    polygon = [upper(a)]
    if a < r.x + r.w + r.y < b:
        polygon.append((r.x + r.w, r.y))
    polygon += [upper(b), lower(b)]
    if a < r.x + r.y + r.h < b:
        polygon.append((r.x, r.y + r.h))
    polygon.append(lower(a))
    return polygon
