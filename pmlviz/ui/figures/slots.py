"""The PML buffer of the Debug layout: the strip of 512 slots, rows of it, the index, the valve.

Slot 511 is at the top, for the processor fills downward. Each vCPU has a strip; rows and index are
of the one that the item is about.
"""

from typing import Final, NamedTuple

import numpy as np

from pmlviz.core import events as e
from pmlviz.core import pml
from pmlviz.core.state import Vcpu
from pmlviz.core.units import fmt
from pmlviz.ui.figures.attempt import progress_of
from pmlviz.ui.figures.debug_plan import LEFT, LINE, SMALL, TEXT, TITLE, Plan, plan_of
from pmlviz.ui.figures.ordinals import Ordinal, Part, pin, pin_width, pins
from pmlviz.ui.figures.parts import Parts, changed
from pmlviz.ui.figures.scene import Anchor, Line, Path, Primitive, Raster, Rect, Scene, Target, Text
from pmlviz.ui.figures.slot_rows import Buffer, Place, slot_rows
from pmlviz.ui.figures.slot_words import no_pml, valve_words, words_of
from pmlviz.ui.figures.strip import FAN, STRIP
from pmlviz.ui.figures.text import elide, first_fitting, width, wrap
from pmlviz.ui.frame import Frame

_PALETTE: Final = (None, "pend", "line")
_LEAST_ROWS: Final = 176.0
"""The rows get at least this width; strips of other vCPUs give way."""


class _Strips(NamedTuple):
    """The vCPUs whose strips are shown, and where: *wide* px each, *pitch* apart."""

    vcpus: range
    wide: float
    pitch: float

    @property
    def right(self) -> float:
        return LEFT + self.pitch * (len(self.vcpus) - 1) + self.wide


def vcpu_of(frame: Frame) -> int:
    """Return the vCPU whose buffer is looked at: the item's, or that of the drain under way."""
    if frame.item is not None and not frame.item.is_access:
        for event in reversed(frame.done):
            if isinstance(event, e.DrainBegan | e.PmlIndexReset | e.PmlEnabled | e.PmlDisabled):
                return event.vcpu
    return min(frame.vcpu, len(frame.state.vcpus) - 1)


def layout(
    frame: Frame, room: float, height: float, plan: Plan | None = None, *, joined: bool = False
) -> Scene:
    """Return the panel *room* x *height* (at least 224 x 300).

    Anchors: `pml.slot` (left edge of the slot just logged, or of the next) and `pml.valve` (its
    outlet). *joined*: a wire comes to the slot and carries the number of the event.
    """
    plan = plan or plan_of(1e9, height)
    number = vcpu_of(frame)
    vcpu = frame.state.vcpus[number]
    entries = frame.state.geometry.pml_entries
    title = Text(LEFT, plan.title, "PML buffer", TITLE, bold=True)
    right = LEFT + width(title.text, TITLE, bold=True) + 12
    parts: list[Primitive] = [
        title,
        Text(right, plan.title, f"{entries} × 8 bytes", TEXT, color="muted"),
        Text(LEFT, plan.name, f"vCPU {number}", 12, bold=True, target=Target("vcpu", number)),
        Line(LEFT, plan.rule, room - LEFT, plan.rule, "faint", 1),
    ]
    if not vcpu.pml or vcpu.pml_address is None:
        lines = wrap(no_pml(frame), room - 2 * LEFT, TEXT)
        parts += [
            Text(LEFT, plan.rule + 22 + LINE * n, line, TEXT, color="muted")
            for n, line in enumerate(lines)
        ]
        return Scene(room, height, tuple(parts))
    pinned = pins(frame)
    parts += _index(frame, number, plan, room, pinned)
    strips = _strips(len(frame.state.vcpus), number, room)
    parts += _all_strips(frame, strips, number, plan)
    x = strips.right + FAN
    now = progress_of(frame)
    page = frame.state.memory[vcpu.pml_address]
    buffer = Buffer(frame, number, page, vcpu.pml_index, now, plan.row)
    words = _words(frame, buffer, room - LEFT - x, plan)
    beside = strips.vcpus[-1] == number
    strip_top = plan.top + (12 if len(frame.state.vcpus) > 1 else 0)
    place = Place(x, room - LEFT - x, (strips.right, strip_top) if beside else None)
    rows, end = slot_rows(buffer, place, plan, len(words) * LINE + 12)
    parts += rows
    top = end + 6 + LINE
    parts += [Text(x, top + LINE * n, line, TEXT, color="muted") for n, line in enumerate(words)]
    if not joined:
        parts += pin(pinned.get(Part.LOG), x - 3, plan.rail - plan.row / 2 - 3, grow="left")
    parts += _valve(frame, number, strips, plan, room, pinned)
    return Scene(room, height, tuple(parts))


def _words(frame: Frame, buffer: Buffer, room: float, plan: Plan) -> tuple[str, ...]:
    lines: list[str] = []
    most = 3 if plan.compact else 5
    for said in words_of(frame, buffer):
        more = wrap(said, room, TEXT)
        if len(lines) + len(more) > most:
            break
        lines += more
    return tuple(lines)


def _index(
    frame: Frame, number: int, plan: Plan, room: float, pinned: dict[Part, Ordinal]
) -> Parts:
    entries = frame.state.geometry.pml_entries
    vcpu, before = frame.state.vcpus[number], frame.before.vcpus[number]
    y, right = plan.digits, room - LEFT
    parts: list[Primitive] = []
    waiting = pml.pending_count(vcpu.pml_index, entries)
    told = (f"{waiting} pending, {entries - waiting} free", f"{waiting} pending")
    free = room - 2 * LEFT - width(f"vCPU {number}", 12, bold=True) - 10
    parts.append(
        Text(right, plan.name, first_fitting(told, free, SMALL), SMALL, color="muted",
             anchor="end")
    )  # fmt: skip
    for part in (Part.STEP, Part.INDEX):
        ordinal = pinned.get(part)
        if ordinal is not None:
            wide = pin_width(ordinal)
            parts += pin(ordinal, right - wide / 2, y - 4)
            right -= wide + 3
    parts.append(Text(LEFT, y, "index", TEXT, color="muted", target=Target("term", "PML index")))
    x = LEFT + 40
    word = index_word(vcpu.pml_index, entries)
    if before.pml and before.pml_index != vcpu.pml_index:
        old = f"{index_word(before.pml_index, entries)} →"
        parts.append(Text(x, y, old, TEXT, "mono", color="muted"))
        x += width(old, TEXT, "mono") + 8
        wide = width(word, 12, "mono", bold=True)
        now = isinstance(frame.current, e.PmlIndexStepped | e.PmlIndexReset)
        line = Line(x, y + 3, x + wide, y + 3, "accent", 2)
        parts += changed(x - 2, y - 11, wide + 4, 14) if now else (line,)
    parts.append(Text(x, y, word, 12, "mono", bold=True))
    x += width(word, 12, "mono", bold=True) + 12
    full = pml.is_full(vcpu.pml_index, entries)
    hexed = f"{vcpu.pml_index} > {entries - 1}" if full else fmt(vcpu.pml_index)
    if x + width(hexed, SMALL, "mono") < right - 4:
        parts.append(Text(x, y, hexed, SMALL, "mono", color="muted"))
    return tuple(parts)


def index_word(index: int, entries: int) -> str:
    """Return the PML index as the buffer shows it: the slot, or hex where it names none."""
    return f"{index:#06x}" if pml.is_full(index, entries) else str(index)


def _strips(n: int, current: int, room: float) -> _Strips:
    """Return the strips that fit beside the rows: all, or those round the *current* vCPU."""
    wide, pitch = (STRIP, STRIP + 8) if n <= 3 else (6.0, 10.0 if n <= 10 else 14.0)
    spare = room - 2 * LEFT - FAN - _LEAST_ROWS - wide
    most = max(1, int(spare // pitch) + 1)
    first = max(0, min(current - most // 2, n - most))
    return _Strips(range(first, min(n, first + most)), wide, pitch)


def _all_strips(frame: Frame, strips: _Strips, current: int, plan: Plan) -> Parts:
    parts: list[Primitive] = []
    several = len(frame.state.vcpus) > 1
    top = plan.top + (12 if several else 0)
    for n, number in enumerate(strips.vcpus):
        x = LEFT + strips.pitch * n
        here = number == current
        target = Target("vcpu", number)
        if several:
            parts.append(
                Text(x + strips.wide / 2, plan.top + 7, str(number), 9, bold=here,
                     color="ink" if here else "muted", anchor="middle", target=target)
            )  # fmt: skip
        parts += _strip(frame, frame.state.vcpus[number], (x, top, strips.wide), plan, here=here)
    return tuple(parts)


def _strip(
    frame: Frame, vcpu: Vcpu, at: tuple[float, float, float], plan: Plan, *, here: bool
) -> Parts:
    """Return all slots of one buffer from the last down; the mark is at the next free one."""
    x, top, wide = at
    entries, high = frame.state.geometry.pml_entries, plan.bottom - top
    if not vcpu.pml or vcpu.pml_address is None:
        return (Rect(x, top, wide, high, None, "faint", 1, dash=(3, 2), tip="PML is off"),)
    words = np.frombuffer(frame.state.memory[vcpu.pml_address], dtype="<u8")[:entries]
    codes = np.zeros(entries, np.uint8)
    codes[words != 0] = 2
    codes[pml.first_pending(vcpu.pml_index, entries) :] = 1
    index = vcpu.pml_index
    y = top + (entries - 1 - min(index, entries - 1) + 0.5) / entries * high
    y = min(y, plan.bottom - 3) if not pml.is_full(index, entries) else plan.bottom - 1
    mark = (("M", x - 7, y - 4), ("L", x - 1, y), ("L", x - 7, y + 4), ("Z",))
    return (
        Rect(x, top, wide, high, "sunk", "ink" if here else "faint", 1),
        Raster(x + 0.5, top, wide - 1, high, entries, 1, codes[::-1].tobytes(), _PALETTE),
        *((Path(mark, fill="accent"),) if here else ()),
    )


def _valve(
    frame: Frame,
    number: int,
    strips: _Strips,
    plan: Plan,
    room: float,
    pinned: dict[Part, Ordinal],
) -> Parts:
    """Return the valve below the strip of the current vCPU, and when it opens."""
    x = LEFT + strips.pitch * (number - strips.vcpus.start) + strips.wide / 2
    y = plan.bottom + 9
    options, opens = valve_words(frame, number)
    bow = (
        ("M", x - 5, y - 5), ("L", x + 5, y - 5), ("L", x - 5, y + 5), ("L", x + 5, y + 5), ("Z",),
    )  # fmt: skip
    at = max(strips.right + FAN, x + 14)
    ordinal = pinned.get(Part.VALVE)
    parts: list[Primitive] = [
        Line(x, plan.bottom, x, y - 5, "ink", 1.2),
        Path(bow, fill="pend" if opens else "panel", stroke="ink", width=1.2),
        Anchor("pml.valve", x, y + 7),
    ]
    if ordinal is not None:
        wide = pin_width(ordinal)
        parts += pin(ordinal, at + wide / 2, y)
        at += wide + 5
    said = first_fitting(options, room - LEFT - at, SMALL)
    parts.append(
        Text(at, y + 4, elide(said, room - LEFT - at, SMALL), SMALL,
             color="ink" if opens else "muted", tip=options[0])
    )  # fmt: skip
    return tuple(parts)
