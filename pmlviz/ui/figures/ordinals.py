"""The order of events, pinned to the parts they concern: the numbers of the Debug layout.

The events of one item's present attempt (from the access that began last to its end) each belong to
one part of the picture. A still picture then tells the sequence: done, now, next.
"""

from enum import StrEnum
from typing import Final

import msgspec

from pmlviz.core import events as e
from pmlviz.ui.figures.parts import Parts
from pmlviz.ui.figures.scene import Circle, Dash, Target, Text
from pmlviz.ui.figures.text import baseline
from pmlviz.ui.frame import Frame

_NEXT: Final[Dash] = (3.0, 2.0)


class Part(StrEnum):
    """What an event concerns."""

    VCPU = "vcpu"
    TLB = "tlb"
    WALK = "walk"
    PERMISSION = "permission"
    INDEX = "index"
    ACCESSED = "a"
    DIRTY = "d"
    LOG = "log"
    STEP = "step"
    PAGE = "page"
    EXIT = "exit"


_PART: Final[dict[type, Part]] = {
    e.AccessBegan: Part.VCPU,
    e.TlbHit: Part.TLB,
    e.TlbMissed: Part.TLB,
    e.EptWalked: Part.WALK,
    e.PermissionGranted: Part.PERMISSION,
    e.PmlIndexChecked: Part.INDEX,
    e.AccessedSet: Part.ACCESSED,
    e.DirtySet: Part.DIRTY,
    e.PmlLogged: Part.LOG,
    e.PmlIndexStepped: Part.STEP,
    e.AccessDone: Part.PAGE,
    e.VmExited: Part.EXIT,
}


class Ordinal(msgspec.Struct, frozen=True, gc=False):
    """Event *number* of the item (from 1): done before, happening *now*, or still to come."""

    number: int
    now: bool
    done: bool


def attempt(frame: Frame) -> tuple[int, int]:
    """Return the numbers (from 1) of the first and last event of the attempt the position is in."""
    first = 1
    for n, event in enumerate(frame.events[: max(1, frame.position.event)], 1):
        if isinstance(event, e.AccessBegan):
            first = n
    last = len(frame.events)
    for n in range(first, len(frame.events) + 1):
        if isinstance(frame.events[n - 1], e.VmExited):
            last = n
            break
    return first, max(last, min(frame.position.event, len(frame.events)))


def pins(frame: Frame) -> dict[Part, Ordinal]:
    """Return the event to tell at each part: that of now, else the latest done, else the next."""
    found: dict[Part, Ordinal] = {}
    if frame.item is None or not frame.item.is_access:
        return found
    first, last = attempt(frame)
    here = frame.position.event
    for number in range(first, last + 1):
        part = _PART.get(type(frame.events[number - 1]))
        if part is None:
            continue
        known = found.get(part)
        if known is None or number <= here:
            found[part] = Ordinal(number, number == here, number <= here)
    return found


def pin(ordinal: Ordinal | None, x: float, y: float, r: float = 8.5) -> Parts:
    """Return the numbered ring of *ordinal* at (x, y); nothing for None."""
    if ordinal is None:
        return ()
    target = Target("event", ordinal.number)
    tip = f"event {ordinal.number} of this item"
    if ordinal.now:
        ring = Circle(x, y, r, "accent", "panel", 1.5, target=target, tip=tip)
        color, bold = "accent.ink", True
    elif ordinal.done:
        ring = Circle(x, y, r, "panel", "muted", 1, target=target, tip=tip)
        color, bold = "ink", False
    else:
        ring = Circle(x, y, r, "panel", "accent", 1, _NEXT, target=target, tip=tip)
        color, bold = "accent", False
    size = 10.0 if ordinal.number < 100 else 8.0
    text = Text(
        x, baseline(y, size), str(ordinal.number), size, bold=bold, color=color, anchor="middle"
    )
    return (ring, text)
