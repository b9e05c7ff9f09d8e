"""The way home: the pipe from the PML buffer to guest memory, and the valve that only Xen opens."""

from typing import Final

from pmlviz.core import events as e
from pmlviz.core import pml
from pmlviz.core.state import Vcpu
from pmlviz.ui.figures import theme
from pmlviz.ui.figures.scene import Anchor, Circle, Command, Line, Path, Primitive, Text
from pmlviz.ui.figures.text import elide
from pmlviz.ui.frame import Frame

VALVE: Final = 60.0
"""x of the valve, from the left edge of the panel."""
BEND: Final = 12.0


def pipe(
    frame: Frame, vcpu: Vcpu, x: float, top: float, below: float, width: float
) -> list[Primitive]:
    """Return the pipe from the silo's bottom (*x*, *top*) down past *below* and out to the left.

    It is open while the hypervisor drains, and shut at all other times.
    """
    y = max(top + 40, below + 24)
    opened, head, words = state_of(frame, vcpu)
    filled = "pend" if opened else "road"
    elbow: tuple[Command, ...] = (
        ("M", x, top),
        ("L", x, y - BEND),
        ("C", x, y - BEND / 2, x - BEND / 2, y, x - BEND, y),
        ("L", 0.0, y),
    )
    now = opened or (head.endswith("exit 62") and bool(words == ""))
    parts: list[Primitive] = [
        Path(elbow, stroke=filled, width=theme.PIPE, cap="butt"),
        Path(elbow, stroke="pend.line", width=1.5, dash=(5, 5), cap="butt"),
        Circle(VALVE, y, 12, "panel", "ink", 2),
    ]
    if opened:
        parts.append(Line(VALVE - 8, y, VALVE + 8, y, "ink", 3))
    else:
        parts.append(Line(VALVE, y - 8, VALVE, y + 8, "ink", 3))
    left = theme.INSET + 32
    room = width - left - theme.INSET
    color = "accent" if now else "ink"
    parts.append(
        Text(
            left,
            y + 28,
            elide(head, room, theme.LABEL, bold=True),
            theme.LABEL,
            bold=True,
            color=color,
        )
    )
    if words:
        parts.append(
            Text(left, y + 45, elide(words, room, theme.LABEL), theme.LABEL, color="muted")
        )
    parts.append(Anchor("pml.outlet", 0, y))
    return parts


def state_of(frame: Frame, vcpu: Vcpu) -> tuple[bool, str, str]:
    """Return whether the valve is open, its state in words, and when it opens next."""
    begun = False
    for event in frame.done:
        if isinstance(event, e.DrainBegan) and event.count:
            begun = True
        elif isinstance(event, e.PmlIndexReset):
            begun = False
    if begun:
        return True, "drain: open", "words go to the bitmap"
    ahead = frame.events[frame.position.event :]
    if any(isinstance(event, e.DrainBegan) and event.count for event in ahead):
        full = pml.is_full(vcpu.pml_index, frame.state.geometry.pml_entries)
        return (
            (False, "drain: opens at exit 62", "")
            if full
            else (False, "drain: shut", "opens in this item")
        )
    if frame.next_drain is not None:
        number, text = frame.next_drain
        return False, "drain: shut", f"opens at item {number}, {text}"
    return False, "drain: shut", "opens at exit 62, PEEK, CLEAN"
