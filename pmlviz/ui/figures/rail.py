"""The rail of the Debug layout: one straight line through four tables, every field of every entry.

In each table the walked entry lies on the rail; its 512 entries stand as a strip, the rows round it
as text. Below each stand its flags, raw value and fields, and the permission as an AND over the
path.
"""

from itertools import pairwise
from typing import NamedTuple

from pmlviz.core import events as e
from pmlviz.core import wording
from pmlviz.core.exits import ExitReason
from pmlviz.core.units import EptLevel, fmt
from pmlviz.ui.figures.attempt import Progress, progress_of, right_of
from pmlviz.ui.figures.debug_plan import LEFT, TEXT, TITLE, Plan, plan_of
from pmlviz.ui.figures.ordinals import Ordinal, Part, pin, pin_width, pins
from pmlviz.ui.figures.parts import Parts
from pmlviz.ui.figures.rail_ends import guest_end, page_end
from pmlviz.ui.figures.scene import NOT_YET, Line, Primitive, Rect, Scene, Text, Token
from pmlviz.ui.figures.subject import Subject, subject_of
from pmlviz.ui.figures.table_column import (
    BEFORE_PAGE,
    LEVELS,
    Column,
    Track,
    column_head,
    table_column,
    table_fan,
    track_of,
)
from pmlviz.ui.figures.table_fields import lamp_x
from pmlviz.ui.figures.text import elide, first_fitting, width
from pmlviz.ui.figures.wires import arrow_head
from pmlviz.ui.frame import Frame


class _Rail(NamedTuple):
    frame: Frame
    subject: Subject
    now: Progress
    plan: Plan
    track: Track
    room: float
    pinned: dict[Part, Ordinal]


def layout(frame: Frame, room: float, height: float, plan: Plan | None = None) -> Scene:
    """Return the panel *room* x *height* (at least 816 x 330): vCPU, TLB, tables, page on the rail.

    Anchors: `leaf.d` (right of the D lamp), `rail.page` (top left of the page).
    """
    plan = plan or plan_of(room, height)
    subject = subject_of(frame)
    track = track_of(room, subject.path[-1].level, compact=plan.compact)
    rail = _Rail(frame, subject, progress_of(frame), plan, track, room, pins(frame))
    parts: list[Primitive] = [*_head(rail)]
    on_path = [c for c in track.columns if subject.step(c.level) is not None]
    for left, right in pairwise(on_path):
        parts += table_fan(frame, subject, left, right, plan)
    gate = _gate(rail)
    parts += _line(rail, on_path, gate)
    parts += guest_end(frame, subject, rail.now, plan, track, rail.pinned)
    for column in track.columns:
        parts += column_head(frame, subject.gfn, column, plan)
        parts += table_column(frame, subject, column, plan)
    parts += page_end(frame, subject, rail.now, plan, track, rail.pinned)
    parts += _verdict(rail)
    parts += _bar(rail, gate)
    parts += _pins(rail)
    return Scene(room, height, tuple(parts))


def _head(rail: _Rail) -> Parts:
    frame, item, gfn = rail.frame, rail.frame.item, rail.subject.gfn
    title = Text(LEFT, rail.plan.title, "Path of this access", TITLE, bold=True)
    if item is None:
        said = f"nothing has happened yet; this is the path of gfn {fmt(gfn)}"
    elif frame.refused:
        said = f"{item.text}: refused, {frame.refused}"
    elif item.is_access and frame.focus == gfn:
        where = fmt(frame.focus_gpa) if frame.focus_gpa is not None else ""
        said = f"{item.op.value} of gpa {where} (gfn {fmt(gfn)}) by vCPU {item.vcpu}"
    else:
        said = f"{item.text}; shown is the path of gfn {fmt(gfn)}"
    x = LEFT + width(title.text, TITLE, bold=True) + 14
    parts: list[Primitive] = [title]
    machine = rail.pinned.get(Part.MACHINE)
    if machine is not None:
        wide = pin_width(machine)
        parts += pin(machine, x + wide / 2, rail.plan.title - 4)
        x += wide + 6
    hint = "F11 next event   F10 next item"
    wide = width(hint, TEXT)
    if rail.room - x - wide - 2 * LEFT > width(said, TEXT):
        parts.append(
            Text(rail.room - LEFT, rail.plan.title, hint, TEXT, color="muted", anchor="end")
        )
    parts.append(
        Text(x, rail.plan.title, elide(said, rail.room - x - LEFT, TEXT), TEXT, color="muted")
    )
    return tuple(parts)


def _gate(rail: _Rail) -> EptLevel | None:
    """Return the level whose entry stopped the access, as the processor met it; None if none."""
    now = rail.now
    if now.exit is None or now.walk is None or now.exit.reason is ExitReason.PML_FULL:
        return None
    path = now.walk.steps
    if now.exit.reason is ExitReason.EPT_MISCONFIG:
        return path[-1].level
    denying = wording.denying(path, right_of(rail.frame).lower())
    return denying.level if denying is not None else path[-1].level


def _line(rail: _Rail, on_path: list[Column], gate: EptLevel | None) -> Parts:
    """Return the rail: solid where the access has come, dashed where it has not yet."""
    y, now = rail.plan.rail, rail.now
    access = rail.frame.item is not None and rail.frame.item.is_access
    color: Token = "ink" if now.walked else "faint"
    dash = () if now.walked or now.hit or not access else NOT_YET
    parts: list[Primitive] = []
    at = rail.track.guest
    for column in on_path:
        parts.append(Line(at, y, column.rows_x - 5, y, color, 1.5, dash))
        parts.append(arrow_head(column.rows_x, y, length=6, spread=3.2, fill=color))
        at = column.right
        if column.level == gate:
            color, dash = "faint", NOT_YET
    end = rail.track.page_x
    leaf = rail.subject.leaf
    if leaf is None:
        return tuple(parts)
    if not (now.done and now.walked):
        color, dash = "faint", NOT_YET if access and not now.hit else ()
    parts.append(Line(at, y, end - 5, y, color, 1.5, dash))
    parts.append(arrow_head(end, y, length=6, spread=3.2, fill=color))
    if now.hit:
        parts += _bypass(rail)
    return tuple(parts)


def _bypass(rail: _Rail) -> Parts:
    """Return the way of an access that the TLB served: past all tables."""
    y = rail.plan.top - 4
    x1, x2 = rail.track.guest - 16, rail.track.page_x + 40
    dash = () if rail.now.done else NOT_YET
    top = rail.plan.rail - 32
    return (
        Line(x1, rail.plan.rail - 22, x1, y, "ink", 1.5, dash),
        Line(x1, y, x2, y, "ink", 1.5, dash),
        Line(x2, y, x2, top - 5, "ink", 1.5, dash),
        arrow_head(x2, top, "down", length=6, spread=3.2, fill="ink"),
    )


def _bar(rail: _Rail, gate: EptLevel | None) -> Parts:
    """Return the crossbar of an access that did not take place, right of what stopped it."""
    stopped = rail.now.exit is not None or rail.now.full
    if not stopped:
        return ()
    column = next((c for c in rail.track.columns if c.level == gate), None)
    if column is None:
        x = rail.track.page_x - _from_page(rail)
    else:
        x = column.right + rail.track.gap / 2
    y = rail.plan.rail
    now = isinstance(rail.frame.current, e.VmExited | e.PmlIndexChecked)
    color: Token = "accent" if now else "ink"
    return (
        Line(x, y - 14, x, y + 14, color, 3, cap="round"),
        *pin(rail.pinned.get(Part.EXIT), x, y + 25),
    )


def _from_page(rail: _Rail) -> float:
    return (rail.track.gap + BEFORE_PAGE) / 2


def _verdict(rail: _Rail) -> Parts:
    """Return the permission as an AND over the path: a violation is the column that says W = 0."""
    y, now = rail.plan.verdict, rail.now
    if y is None:
        return ()
    flag = right_of(rail.frame)
    parts: list[Primitive] = []
    allowed, judged = True, now.granted or now.exit is not None
    for column in rail.track.columns:
        step = rail.subject.step(column.level)
        if step is None:
            continue
        on = bool(getattr(step.entry, flag.lower()))
        allowed = allowed and on
        middle = (column.rows_x + column.right) / 2
        parts += [
            Line(column.rows_x, y - 15.5, column.right, y - 15.5, "faint", 1),
            Text(middle, y, f"{flag} = {int(on)}", TEXT, "mono", not on, anchor="middle"),
        ]
        if not on:
            parts.append(Rect(middle - 24, y - 12, 48, 16, None, "ink", 1.5))
        last = step is rail.subject.path[-1]
        gap = rail.track.gap + (BEFORE_PAGE if column.level is LEVELS[-1] else 0)
        x = column.right + gap / 2
        # On a ground of its own, for the fan's edge runs through here.
        parts += [
            Rect(x - 7, y - 11, 14, 15, "panel"),
            Text(x, y, "⇒" if last else "∧", TEXT, color="muted", anchor="middle"),
        ]
    x, w = rail.track.page_x, rail.track.page_w
    words = _judgement(rail, allowed=allowed)
    parts += [
        Line(x, y - 15.5, x + w, y - 15.5, "faint", 1),
        Text(x + w / 2, y, first_fitting(words, w - 4, TEXT), TEXT,
             color="ink" if judged else "muted", anchor="middle"),
    ]  # fmt: skip
    return tuple(parts)


def _judgement(rail: _Rail, *, allowed: bool) -> tuple[str, ...]:
    """Return what comes of the permission, in words for much room and for little."""
    item = rail.frame.item
    what = item.op.value if item is not None and item.is_access else "write"
    reason = rail.now.exit.reason if rail.now.exit is not None else None
    if reason is ExitReason.EPT_MISCONFIG:
        return ("misconfigured: exit 49", "exit 49")
    if reason is ExitReason.EPT_VIOLATION:
        return (f"{what} refused: exit 48", "refused: exit 48", "exit 48")
    if reason is ExitReason.PML_FULL or rail.now.full:
        return ("allowed, but no slot", "no slot")
    return (f"{what} allowed" if allowed else f"{what} refused",)


def _pins(rail: _Rail) -> Parts:
    plan, track, pinned = rail.plan, rail.track, rail.pinned
    first = track.columns[0]
    parts = pin(pinned.get(Part.WALK), (track.guest + first.x) / 2, plan.rail)
    permission = pinned.get(Part.PERMISSION)
    if plan.verdict is not None:
        right = track.page_x + track.page_w
        parts += pin(permission, right - 2, plan.verdict - 19, grow="left")
    leaf = rail.subject.path[-1]
    column = next(c for c in track.columns if c.level == leaf.level)
    if not column.folded:
        d, a = lamp_x(column.rows_x, "D"), lamp_x(column.rows_x, "A")
        parts += pin(pinned.get(Part.DIRTY), d + 33, plan.lamps - 6, grow="right")
        parts += pin(pinned.get(Part.ACCESSED), a + 11, plan.lamps - 6, grow="left")
        if plan.verdict is None:
            w = lamp_x(column.rows_x, "W")
            parts += pin(permission, w - 2, plan.lamps - 9)
    entry = _entry_column(rail)
    y = plan.rail - plan.row / 2 - 3
    return (*parts, *pin(pinned.get(Part.ENTRY), entry.rows_x - 7, y, grow="left"))


def _entry_column(rail: _Rail) -> Column:
    """Return the column of the entry that the hypervisor wrote last, or will write.

    That is the last one of the path where the entry is elsewhere.
    """
    ordinal = rail.pinned.get(Part.ENTRY)
    level = rail.subject.path[-1].level
    if ordinal is not None:
        written = getattr(rail.frame.events[ordinal.number - 1], "level", level)
        level = max(level, written)
    return next(c for c in rail.track.columns if c.level == level)
