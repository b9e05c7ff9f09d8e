"""The way home: the pipe from the PML buffer to guest memory, and the valve that only Xen opens."""

from typing import Final, NamedTuple

from pmlviz.core import events as e
from pmlviz.core.exits import ExitReason
from pmlviz.ui.figures import theme
from pmlviz.ui.figures.scene import Anchor, Circle, Command, Line, Path, Primitive, Text
from pmlviz.ui.figures.text import first_fitting
from pmlviz.ui.frame import Frame

VALVE: Final = 60.0
"""x of the valve, from the left edge of the panel."""
BEND: Final = 12.0
DROP: Final = 40.0
"""How far below the silo the pipe leaves, px, if nothing else stands there."""
CLEAR: Final = 24.0
"""From what reaches below the silo to the middle of the pipe, px."""
WORDS: Final = 50.0
"""Room that the words take above or below the middle of the pipe, px."""


class Valve(NamedTuple):
    """What the valve does at this event, and what is said of it."""

    head: str
    words: tuple[str, ...]
    """When it opens, for much room and for little; nothing if the head says it."""

    open: bool = False
    now: bool = False
    """Whether this event, or the very next step, is about the valve."""


def valve_of(frame: Frame, vcpu: int) -> Valve:
    """Return the state of the valve of *vcpu*: open while the hypervisor empties its buffer."""
    draining = False
    for event in frame.done:
        match event:
            case e.DrainBegan(vcpu=who, count=count) if who == vcpu:
                draining = count > 0
            case e.PmlIndexReset(vcpu=who) if who == vcpu:
                draining = False
            case _:
                continue
    if draining:
        return Valve("drain: open", ("words go to the bitmap",), open=True, now=True)
    by_exit = False
    for event in frame.events[frame.position.event :]:
        match event:
            case e.VmExited(vcpu=who, exit=exit_) if who == vcpu:
                by_exit = exit_.reason is ExitReason.PML_FULL
            case e.DrainBegan(vcpu=who, count=count) if who == vcpu and count:
                if by_exit:
                    return Valve("drain: opens at exit 62", (), now=True)
                return Valve("drain: shut", ("opens in this item",))
            case _:
                continue
    if frame.next_drain is None:
        return Valve(
            "drain: shut",
            ("opens at exit 62, PEEK, CLEAN", "at exit 62, PEEK, CLEAN", "opens at exit 62"),
        )  # fmt: skip
    number, text = frame.next_drain
    return Valve(
        "drain: shut",
        (f"opens at item {number:,}, {text}", f"at item {number:,}, {text}",
         f"opens at item {number:,}"),
    )  # fmt: skip


def pipe(
    frame: Frame, vcpu: int, x: float, top: float, y: float, width: float, *, above: bool
) -> list[Primitive]:
    """Return the pipe from the silo's bottom (*x*, *top*) down to *y* and out to the left.

    Its words stand under it, or *above* it.
    """
    valve = valve_of(frame, vcpu)
    elbow: tuple[Command, ...] = (
        ("M", x, top),
        ("L", x, y - BEND),
        ("C", x, y - BEND / 2, x - BEND / 2, y, x - BEND, y),
        ("L", 0.0, y),
    )
    parts: list[Primitive] = [
        Path(elbow, stroke="pend" if valve.open else "road", width=theme.PIPE, cap="butt"),
        Path(elbow, stroke="pend.line", width=1.5, dash=(5, 5), cap="butt"),
        Circle(VALVE, y, 12, "panel", "ink", 2),
    ]
    if valve.open:
        parts.append(Line(VALVE - 8, y, VALVE + 8, y, "ink", 3))
    else:
        parts.append(Line(VALVE, y - 8, VALVE, y + 8, "ink", 3))
    left = theme.INSET if above else theme.INSET + 32
    room = (x - 10 if above else width - theme.INSET) - left
    base = y - (37 if valve.words else 20) if above else y + 28
    head = first_fitting((valve.head, valve.head.removeprefix("drain: ")), room, theme.LABEL,
                         bold=True)  # fmt: skip
    parts.append(
        Text(left, base, head, theme.LABEL, bold=True, color="accent" if valve.now else "ink")
    )
    if valve.words:
        words = first_fitting(valve.words, room, theme.LABEL)
        parts.append(Text(left, base + 17, words, theme.LABEL, color="muted"))
    parts.append(Anchor("pml.outlet", 0, y))
    return parts
