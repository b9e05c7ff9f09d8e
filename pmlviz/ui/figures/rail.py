"""The rail of the Debug layout: one straight line through four tables, every field of every entry.

In each table the walked entry lies on the rail; its 512 entries stand as a strip, the rows round it
as text. Below each stand its flags, raw value and fields, and the permission as an AND over the
path.
"""

from itertools import pairwise

from pmlviz.core import events as e
from pmlviz.core.ept import EptEntry, PathStep
from pmlviz.core.exits import ExitReason
from pmlviz.core.units import EptLevel, fmt
from pmlviz.ui.figures.ordinals import Ordinal, Part, pin, pins
from pmlviz.ui.figures.parts import Parts
from pmlviz.ui.figures.scene import Anchor, Line, Polyline, Primitive, Rect, Scene, Target, Text
from pmlviz.ui.figures.table_column import (
    BITS,
    GAP,
    LEFT,
    PAGE,
    RAIL,
    Column,
    columns,
    no_table,
    table_column,
    table_fan,
)
from pmlviz.ui.figures.text import elide, width
from pmlviz.ui.frame import Frame


def layout(frame: Frame, room: float, height: float) -> Scene:
    """Return the panel *room* x *height*: header, vCPU, TLB, tables and page on the rail.

    Anchors: `leaf.d` (right of the D lamp), `rail.out` (right edge on the rail).
    """
    pinned = pins(frame)
    cols = columns(room)
    parts: list[Primitive] = [*_head(frame, room)]
    by_level = {step.level: step for step in frame.path}
    before = {step.level: step for step in frame.path_before}
    bottom = height - 16
    top = RAIL - 50
    parts += _guest(frame, room, cols[0].x, pinned)
    for left, right in pairwise(cols):
        if left.level in by_level and right.level in by_level:
            parts += table_fan(frame, left, right, top, bottom)
    previous = cols[0].x
    for column in cols:
        step = by_level.get(column.level)
        parts += _column_head(frame, column)
        if step is None:
            parts += no_table(column, top, bottom, by_level)
            continue
        parts.append(Line(previous, RAIL, column.rows_x, RAIL, "ink", 1.5))
        parts += table_column(frame, column, step, before.get(column.level), top, bottom)
        previous = column.right
    parts += _page(frame, room, previous, by_level, pinned)
    parts += _verdict(frame, cols, by_level, room, bottom, pinned)
    first = cols[0]
    parts += pin(pinned.get(Part.WALK), first.x - 14, RAIL - 14)
    return Scene(room, height, tuple(parts))


def _head(frame: Frame, room: float) -> Parts:
    item = frame.item
    title = Text(LEFT, 24, "Path of this access", 13, bold=True)
    if item is None:
        said = "nothing has happened yet: F10 does the first item, F11 its first event"
    elif frame.refused:
        said = f"{item.text}: refused, {frame.refused}"
    elif item.is_access and frame.focus is not None:
        said = f"{item.text} (gfn {fmt(frame.focus)}) by vCPU {item.vcpu}"
    else:
        said = item.text
    hint = "F11 next event   F10 next item"
    left = LEFT + width(title.text, 13, bold=True) + 14
    free = room - left - width(hint, 11) - 2 * LEFT
    return (
        title,
        Text(left, 24, elide(said, free, 11), 11, color="muted"),
        Text(room - LEFT, 24, hint, 11, color="muted", anchor="end"),
    )


def _guest(frame: Frame, room: float, tables_x: float, pinned: dict[Part, Ordinal]) -> Parts:
    """Return the address, the vCPU and its TLB, at the left end of the rail."""
    gpa = frame.focus_gpa
    stacked = room < 1000
    parts: list[Primitive] = [
        Text(LEFT, 50, "gpa", 12, bold=True),
        Text(LEFT, 67, fmt(gpa) if gpa is not None else "–", 11, "mono", bold=True),
        Line(LEFT, 72.5, tables_x - 16, 72.5, "faint", 1),
    ]
    w = 66.0
    does = "no access"
    if frame.item is not None and frame.item.is_access:
        does = {"rmw": "locks, adds", "walk": "page walk"}.get(
            frame.item.op.value, f"{frame.item.op.value}s".replace("fetchs", "fetches")
        )
    box_y = RAIL - 22
    parts += [
        Rect(LEFT + 0.75, box_y, w, 43, "panel", "ink", 1.5),
        Text(LEFT + 8, box_y + 17, f"vCPU {frame.vcpu}", 12, bold=True),
        Text(LEFT + 8, box_y + 33, does, 11, color="muted"),
    ]
    tlb_x, tlb_y = (LEFT, box_y + 66) if stacked else (LEFT + 84, box_y)
    said, held = _tlb_words(frame)
    parts += [
        Rect(tlb_x + 0.5, tlb_y, w - 4, 43, "panel", "faint", 1),
        Text(tlb_x + 8, tlb_y + 17, "TLB", 12, bold=True),
        Text(tlb_x + 8, tlb_y + 33, said, 11, color="muted"),
    ]
    parts += [
        Text(tlb_x, tlb_y + 60 + 14 * n, line, 10, "mono", color="muted")
        for n, line in enumerate(held)
    ]
    if stacked:
        parts.append(Line(LEFT + 30, box_y + 43, LEFT + 30, tlb_y, "ink", 1.5))
        parts.append(Line(LEFT + w + 1, RAIL, tables_x, RAIL, "ink", 1.5))
    else:
        parts.append(Line(LEFT + w + 1, RAIL, tlb_x, RAIL, "ink", 1.5))
        parts.append(Line(tlb_x + w - 4, RAIL, tables_x, RAIL, "ink", 1.5))
    parts += pin(pinned.get(Part.VCPU), LEFT, box_y)
    parts += pin(pinned.get(Part.TLB), tlb_x, tlb_y)
    return tuple(parts)


def _tlb_words(frame: Frame) -> tuple[str, tuple[str, ...]]:
    looked = "–"
    for event in reversed(frame.done):
        if isinstance(event, e.TlbHit):
            looked = "hit"
            break
        if isinstance(event, e.TlbMissed):
            looked = "miss"
            break
    vcpu = frame.state.vcpus[min(frame.vcpu, len(frame.state.vcpus) - 1)]
    n = len(vcpu.tlb)
    entry = vcpu.tlb.get(frame.shown_gfn) if frame.shown_gfn is not None else None
    holds = f"holds {n}"
    if entry is None:
        return looked, (holds,)
    flags = " ".join(name for name, on in (("W", entry.w), ("D", entry.d)) if on) or "read only"
    return looked, (holds, f"gfn {fmt(entry.gfn)}", flags)


def _column_head(frame: Frame, column: Column) -> Parts:
    gfn = frame.shown_gfn
    index = frame.state.geometry.index(gfn, column.level) if gfn is not None else None
    digits = f"{index:09b}" if index is not None else "–"
    parts: list[Primitive] = [
        Text(
            column.x, 50, column.level.name, 12, bold=True, target=Target("term", column.level.name)
        ),
        Line(column.x, 72.5, column.right, 72.5, "faint", 1),
    ]
    if column.folded:
        parts.append(
            Text(column.x, 67, f"= {index}" if index is not None else "–", 11, "mono", bold=True)
        )
        return tuple(parts)
    parts.append(
        Text(column.right, 50, f"gpa {BITS[column.level]}", 10, "mono", color="muted", anchor="end")
    )
    parts.append(Text(column.x, 67, digits, 11, "mono"))
    if index is not None:
        parts.append(Text(column.right, 67, f"= {index}", 11, "mono", bold=True, anchor="end"))
    return tuple(parts)


def _page(
    frame: Frame,
    room: float,
    previous: float,
    path: dict[EptLevel, PathStep],
    pinned: dict[Part, Ordinal],
) -> Parts:
    x, w = room - LEFT - PAGE, PAGE - 2
    leaf = path[min(path)] if path else None
    gfn = frame.shown_gfn
    offset = f"{frame.focus_gpa & 0xFFF:#05x}" if frame.focus_gpa is not None else "–"
    parts: list[Primitive] = [
        Text(x, 50, "page", 12, bold=True),
        Text(x + w, 50, "11:0", 10, "mono", color="muted", anchor="end"),
        Text(x, 67, offset, 11, "mono"),
        Line(x, 72.5, x + w, 72.5, "faint", 1),
    ]
    reached = any(isinstance(event, e.AccessDone) for event in frame.done)
    found = leaf is not None and leaf.entry.present and leaf.entry.is_leaf(leaf.level)
    blocked = _gate(frame)
    if blocked:
        parts.append(Line(previous, RAIL, x - 14, RAIL, "accent", 1.5, (5, 4)))
        parts.append(Line(x - 14, RAIL - 14, x - 14, RAIL + 14, "accent", 3))
    elif path:
        parts.append(
            Line(
                previous,
                RAIL,
                x,
                RAIL,
                "ink" if reached else "faint",
                1.5,
                () if reached else (5, 4),
            )
        )
    parts.append(
        Rect(
            x,
            RAIL - 32,
            w,
            64,
            "panel",
            "ink" if reached else "faint",
            1,
            dash=() if reached else (5, 4),
        )
    )
    if gfn is not None:
        target = Target("gfn", int(gfn))
        parts.append(
            Text(x + 9, RAIL - 12, f"gfn {fmt(gfn)}", 11, "mono", bold=True, target=target)
        )
        if found and leaf is not None:
            inside = gfn & (frame.state.geometry.pages(leaf.level) - 1)
            parts.append(Text(x + 9, RAIL + 4, f"mfn {fmt(leaf.entry.mfn + inside)}", 11, "mono"))
        word = "done" if reached else "not touched" if frame.item and frame.item.is_access else ""
        parts.append(Text(x + 9, RAIL + 20, word, 10, color="muted"))
    parts += pin(pinned.get(Part.PAGE), x, RAIL - 32)
    parts.append(Anchor("rail.out", x + w, RAIL))
    return tuple(parts)


def _gate(frame: Frame) -> str:
    """Return what stopped the access at this position, empty if nothing did."""
    for event in reversed(frame.done):
        match event:
            case e.VmExited(exit=vm_exit):
                return f"exit {int(vm_exit.reason)}"
            case e.PmlIndexChecked(full=True):
                return "PML full"
            case e.AccessBegan() | e.AccessDone():
                return ""
            case _:
                continue
    return ""


def _verdict(
    frame: Frame,
    cols: tuple[Column, ...],
    path: dict[EptLevel, PathStep],
    room: float,
    bottom: float,
    pinned: dict[Part, Ordinal],
) -> Parts:
    """Return the permission as an AND over the path: a violation is simply the column that says W = 0."""
    if not path:
        return ()
    y = bottom - 2
    flag = (
        "X"
        if frame.item is not None and frame.item.op.value == "fetch"
        else ("R" if frame.item is not None and frame.item.op.value == "read" else "W")
    )
    parts: list[Primitive] = []
    allowed = True
    for column in cols:
        step = path.get(column.level)
        if step is None:
            continue
        on = bool(EptEntry(step.entry) & {"R": 1, "W": 2, "X": 4}[flag])
        allowed = allowed and on
        middle = (column.rows_x + column.right) / 2
        parts.append(
            Text(middle, y, f"{flag} = {int(on)}", 11, "mono", bold=not on,
                 color="ink" if on else "lost.text", anchor="middle")
        )  # fmt: skip
        if step.level != min(path):
            parts.append(Text(column.right + GAP / 2, y, "∧", 11, color="muted", anchor="middle"))
    exits = [event.exit.reason for event in frame.done if isinstance(event, e.VmExited)]
    word = f"{frame.item.op.value if frame.item and frame.item.is_access else 'write'} " + (
        "allowed" if allowed else "refused"
    )
    if exits and exits[-1] is ExitReason.EPT_MISCONFIG and not frame.at_rest:
        word = "misconfigured"
    x = room - LEFT - PAGE
    parts.append(
        Text(x + PAGE / 2, y, word, 11, anchor="middle", color="ink" if allowed else "lost.text")
    )
    parts.append(Polyline(((x, y - 18), (x + PAGE - 2, y - 18)), "faint", 1))
    parts += pin(pinned.get(Part.PERMISSION), x + PAGE - 2, y - 18)
    parts += pin(
        pinned.get(Part.DIRTY), cols[-1].right if EptLevel.PTE in path else x - 20, bottom - 122
    )
    return tuple(parts)
