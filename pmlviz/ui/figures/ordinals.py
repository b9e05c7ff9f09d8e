"""The order of events, pinned to the parts they concern: the numbers of the Debug layout.

The events of one item's present attempt (from the access that began last to the exit that ends it,
and what the hypervisor does then) each belong to one part of the picture. A still picture then
tells the sequence: done, now, next.
"""

from enum import StrEnum
from typing import Final, Literal

import msgspec

from pmlviz.core import events as e
from pmlviz.ui.figures.attempt import bounds_of
from pmlviz.ui.figures.parts import Parts
from pmlviz.ui.figures.scene import Circle, Dash, Rect, Target, Text
from pmlviz.ui.figures.text import baseline, width
from pmlviz.ui.frame import Frame

RADIUS: Final = 8.5
_NEXT: Final[Dash] = (3.0, 2.0)
_SEARCH: Final = 2048
"""How far back and ahead an event of each part is looked for."""


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
    ENTRY = "entry"
    VALVE = "valve"
    BITMAP = "bitmap"
    MACHINE = "machine"


_PART: Final[dict[type, Part]] = {
    e.AccessBegan: Part.VCPU,
    e.VmEntered: Part.VCPU,
    e.TlbHit: Part.TLB,
    e.TlbMissed: Part.TLB,
    e.TlbFilled: Part.TLB,
    e.TlbFlushed: Part.TLB,
    e.EptInvalidated: Part.TLB,
    e.EptWalked: Part.WALK,
    e.PermissionGranted: Part.PERMISSION,
    e.PmlIndexChecked: Part.INDEX,
    e.AccessedSet: Part.ACCESSED,
    e.DirtySet: Part.DIRTY,
    e.PmlLogged: Part.LOG,
    e.PmlIndexStepped: Part.STEP,
    e.PmlIndexReset: Part.STEP,
    e.AccessDone: Part.PAGE,
    e.GuestEntryUpdated: Part.PAGE,
    e.VmExited: Part.EXIT,
    e.RecalcMarked: Part.ENTRY,
    e.RecalcPushed: Part.ENTRY,
    e.EntryRetyped: Part.ENTRY,
    e.TableRetyped: Part.ENTRY,
    e.SuperpageSplit: Part.ENTRY,
    e.EptEntryWritten: Part.ENTRY,
    e.EptTableAdded: Part.ENTRY,
    e.DrainBegan: Part.VALVE,
    e.PageMarked: Part.BITMAP,
    e.BitmapPeeked: Part.BITMAP,
    e.BitmapCleaned: Part.BITMAP,
}
"""What each event concerns; those not named here are of the whole machine."""


class Ordinal(msgspec.Struct, frozen=True, gc=False):
    """Event *number* of the item (from 1): done before, happening now, or still to come."""

    number: int
    when: Literal["done", "now", "next"]

    @property
    def now(self) -> bool:
        """It is the current event."""
        return self.when == "now"


def pins(frame: Frame) -> dict[Part, Ordinal]:
    """Return the event to tell at each part: that of now, else the latest done, else the next."""
    if not frame.events:
        return {}
    here = frame.position.event
    first, last = bounds_of(frame)
    found: dict[Part, Ordinal] = {}
    for number in range(here, max(first, here - _SEARCH) - 1, -1):
        found.setdefault(
            part_of(frame.events[number - 1]), Ordinal(number, "now" if number == here else "done")
        )
    for number in range(max(first, here + 1), min(last, here + _SEARCH) + 1):
        found.setdefault(part_of(frame.events[number - 1]), Ordinal(number, "next"))
    return found


def part_of(event: e.Event) -> Part:
    """Return what *event* concerns."""
    return _PART.get(type(event), Part.MACHINE)


def pin_width(ordinal: Ordinal) -> float:
    """Return how wide `pin` draws *ordinal*: a ring, or longer for a number of many digits."""
    return max(2 * RADIUS, width(str(ordinal.number), 9, bold=True) + 8)


def pin(
    ordinal: Ordinal | None,
    x: float,
    y: float,
    *,
    grow: Literal["both", "left", "right"] = "both",
) -> Parts:
    """Return the numbered ring of *ordinal* at (x, y); nothing for None.

    A long number makes it wider, to both sides or to that of *grow*.
    """
    if ordinal is None:
        return ()
    target = Target("event", ordinal.number)
    tip = f"event {ordinal.number} of this item"
    fill, edge, color = "panel", "muted", "ink"
    thick, dash = 1.0, Dash()
    if ordinal.now:
        fill, edge, thick, color = "accent", "panel", 1.5, "accent.ink"
    elif ordinal.when == "next":
        edge, dash, color = "accent", _NEXT, "accent"
    wide = pin_width(ordinal)
    spare = wide / 2 - RADIUS
    x += {"both": 0.0, "left": -spare, "right": spare}[grow]
    body: Circle | Rect
    if spare:
        body = Rect(
            x - wide / 2, y - RADIUS, wide, 2 * RADIUS, fill, edge, thick, RADIUS, dash, 1,
            target, tip,
        )  # fmt: skip
    else:
        body = Circle(x, y, RADIUS, fill, edge, thick, dash, 1, target, tip)
    size = 10.0 if not spare else 9.0
    text = Text(
        x, baseline(y, size), str(ordinal.number), size, bold=ordinal.now, color=color,
        anchor="middle",
    )  # fmt: skip
    return (body, text)
