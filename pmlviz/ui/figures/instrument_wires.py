"""The wires of the Debug layout: from the D lamp to its slot, from the valve to the bitmap's cell.

Accent and solid is now, accent and dashed not yet, ink already; a refused effect ends in a bar.
"""

from typing import Final, NamedTuple

from pmlviz.core import events as e
from pmlviz.core.items import Op
from pmlviz.ui.figures.attempt import Progress, progress_of
from pmlviz.ui.figures.debug_plan import SMALL
from pmlviz.ui.figures.drain_ahead import Drained
from pmlviz.ui.figures.glass import PIPE_Y
from pmlviz.ui.figures.ordinals import Part, pin, pins
from pmlviz.ui.figures.parts import Parts
from pmlviz.ui.figures.scene import Dash, Line, Point, Primitive, Rect, Text, Token
from pmlviz.ui.figures.subject import Subject
from pmlviz.ui.figures.text import first_fitting, width
from pmlviz.ui.figures.wires import wire
from pmlviz.ui.frame import Frame

_PIPE_DASH: Final[Dash] = (4.0, 3.0)
_RADIUS: Final = 6.0


class Joints(NamedTuple):
    """What wires join: the anchors of all panels, and where path and buffer, and they and the
    bitmap, meet.
    """

    at: dict[str, Point]
    left: float
    """x of the buffer's panel."""

    seam: float
    """y of the bitmap's panel."""


class _Wire(NamedTuple):
    words: str
    color: Token
    thick: float
    dash: Dash
    refused: bool = False


def log_wire(frame: Frame, subject: Subject, joints: Joints) -> Parts:
    """Return the wire from the leaf's D to the slot that its change was, or will be, stored in."""
    start, end = joints.at.get("leaf.d"), joints.at.get("pml.slot")
    if start is None or end is None or frame.focus != subject.gfn:
        return ()
    now = progress_of(frame)
    told = _told(frame, now)
    if told is None:
        return _silence(frame, subject, now, start, joints.left)
    (x1, y1), (x2, y2) = start, end
    channel = joints.left + 1
    points = [(x1, y1), (channel, y1), (channel, y2), (x2 - 1, y2)]
    parts: list[Primitive] = []
    if told.refused:
        stop = x2 - 14
        points[-1] = (stop, y2)
        parts += wire(points, radius=_RADIUS, stroke=told.color, thick=told.thick, head=0)
        parts.append(Line(stop, y2 - 9, stop, y2 + 9, told.color, 3, cap="round"))
    else:
        parts += wire(
            points, radius=_RADIUS, stroke=told.color, thick=told.thick, dash=told.dash, head=7.5
        )
    label = width(told.words, SMALL)
    parts += [
        Rect(channel - 10 - label - 4, y1 - 17, label + 8, 13, "panel"),
        Text(channel - 10, y1 - 7, told.words, SMALL, color=told.color, anchor="end"),
    ]
    pinned = pins(frame)
    ordinal = pinned.get(Part.INDEX if told.refused else Part.LOG)
    return (*parts, *pin(ordinal, channel, (y1 + y2) / 2 if abs(y1 - y2) > 40 else y1))


def _silence(frame: Frame, subject: Subject, now: Progress, start: Point, left: float) -> Parts:
    """Return the wire of a write that finds D set: it goes nowhere."""
    writes = frame.item is not None and frame.item.op in (Op.WRITE, Op.RMW)
    leaf = subject.leaf
    if not (writes and now.finds_dirty and frame.state.domain.log_dirty):
        return ()
    if leaf is None or not leaf.entry.d:
        return ()
    (x, y), lost = start, subject.gfn in frame.lost
    color = "lost.text" if lost else "muted"
    stop = x + 22
    options = ("D is 1 already: no log, lost", "no log, lost") if lost else (
        "D is 1 already: no log", "no log",
    )  # fmt: skip
    said = first_fitting(options, left - stop - 12, SMALL)
    return (
        Line(x, y, stop, y, color, 1.5, _PIPE_DASH),
        Line(stop, y - 8, stop, y + 8, color, 3, cap="round"),
        Rect(stop + 4, y - 7, width(said, SMALL) + 6, 14, "panel"),
        Text(stop + 7, y + 3.6, said, SMALL, color=color),
    )


def _told(frame: Frame, now: Progress) -> _Wire | None:
    """Return how the wire looks and what is said on it; None if there is nothing to log."""
    writes = frame.item is not None and frame.item.op in (Op.WRITE, Op.RMW, Op.WALK)
    if now.full:
        live = isinstance(frame.current, e.PmlIndexChecked | e.VmExited)
        said = "needs D 0→1: no slot" if writes else "needs a flag: no slot"
        return _Wire(said, "accent" if live else "muted", 2 if live else 1.2, (), refused=True)
    if now.logged is not None:
        if isinstance(frame.current, e.PmlLogged):
            return _Wire("D 0→1 is logged", "accent", 2, ())
        return _Wire("D 0→1 was logged", "ink", 1.2, ())
    if now.will_log:
        said = "D 0→1 will be logged" if now.dirty is None else "D 0→1 is logged next"
        return _Wire(said, "accent", 1.2, _PIPE_DASH)
    return None


def home_pipe(pipe: Drained | None, joints: Joints) -> Parts:
    """Return the pipe from the valve to the page whose bit a drain sets, or will set."""
    valve, cell = joints.at.get("pml.valve"), joints.at.get("glass.pipe")
    if pipe is None or valve is None or cell is None:
        return ()
    now = pipe.when == "now"
    x1, y1 = valve
    x2, y2 = cell
    lane = joints.seam + PIPE_Y
    channel = joints.left - 10
    bend = joints.seam + 5
    dash = () if now else _PIPE_DASH
    thick = 2.0 if now else 1.2
    points = [(x1, y1), (x1, bend), (channel, bend), (channel, lane), (x2, lane), (x2, y2)]
    parts: list[Primitive] = [
        *wire(points, radius=_RADIUS, thick=thick, dash=dash, head=6),
    ]
    # The words stand in the pipe, right of where it turns down; left of it where that is too near.
    beside = channel - x2 - 60 >= 120
    said = first_fitting(pipe.words, channel - x2 - 60 if beside else 180, SMALL)
    wide = width(said, SMALL)
    at = x2 + 40 if beside else min(x2, channel) - 14 - wide
    parts += [
        Rect(at - 5, lane - 7, wide + 10, 14, "panel"),
        Text(at, lane + 3.6, said, SMALL, color="accent"),
    ]
    return tuple(parts)
