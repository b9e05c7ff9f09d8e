"""Rows of chips that may be too long: which to show, so that the present one is among them."""

from collections.abc import Sequence
from typing import NamedTuple


class Window(NamedTuple):
    """The chips from *first* to before *last* are shown; those outside are counted."""

    first: int
    last: int


def window(widths: Sequence[float], gap: float, room: float, at: int, more: float) -> Window:
    """Return the longest run of chips round chip *at* that fits *room* px.

    A side that is cut takes *more* px and a gap for the count of what it hides. Chip *at* is always
    shown.
    """
    n = len(widths)
    if not n:
        return Window(0, 0)
    at = max(0, min(at, n - 1))
    first, last = at, at + 1

    def needed(first: int, last: int) -> float:
        shown = sum(widths[first:last]) + gap * (last - first - 1)
        return shown + (more + gap) * ((first > 0) + (last < n))

    grown = True
    while grown:
        grown = False
        # What is to come first: the past is told by the picture.
        if last < n and needed(first, last + 1) <= room:
            last += 1
            grown = True
        if first > 0 and needed(first - 1, last) <= room:
            first -= 1
            grown = True
    # The very last chip on a side may fit in the room of the count that it makes needless.
    while first > 0 and needed(0, last) <= room:
        first = 0
    while last < n and needed(first, n) <= room:
        last = n
    return Window(first, last)
