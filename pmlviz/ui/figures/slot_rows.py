"""Rows of one PML buffer: the newest word on the rail, or both ends of a full one."""

from typing import NamedTuple

from pmlviz.core import events as e
from pmlviz.core import pml
from pmlviz.core.units import PAGE_SHIFT, fmt
from pmlviz.ui.figures.attempt import Progress
from pmlviz.ui.figures.debug_plan import TEXT, Plan
from pmlviz.ui.figures.parts import Parts, changed
from pmlviz.ui.figures.scene import Anchor, Hatch, Line, Primitive, Rect, Target, Text
from pmlviz.ui.figures.text import elide, first_fitting, width
from pmlviz.ui.frame import Frame

_HATCH = 24.0
_NUMBER = 26.0


class Buffer(NamedTuple):
    """The buffer that is looked at: whose, its page and index, and how far the access has come."""

    frame: Frame
    vcpu: int
    page: bytes
    at: int
    """The PML index."""

    now: Progress
    row: float
    """Height of a row, px."""

    @property
    def entries(self) -> int:
        """Slots."""
        return self.frame.state.geometry.pml_entries

    @property
    def full(self) -> bool:
        """The index names no slot."""
        return pml.is_full(self.at, self.entries)

    @property
    def first(self) -> int:
        """The lowest slot that holds a word not drained yet."""
        return pml.first_pending(self.at, self.entries)

    @property
    def draining(self) -> int | None:
        """The slot whose word the hypervisor reads now."""
        match self.frame.current:
            case e.PageMarked(gfn=gfn, by=e.MarkedBy.DRAIN):
                for slot in range(self.first, self.entries):
                    if pml.word(self.page, slot) >> PAGE_SHIFT == gfn:
                        return slot
        return None


class Place(NamedTuple):
    """Where rows go: left edge and width; *strip* is right edge and top of the strip they are of,
    None where another strip stands between.
    """

    x: float
    w: float
    strip: tuple[float, float] | None


def slot_rows(buffer: Buffer, place: Place, plan: Plan, below: float) -> tuple[Parts, float]:
    """Return rows at *place*, and where they end; *below* px are left free below them.

    Anchor: `pml.slot`.
    """
    room = plan.bottom - below - plan.top
    if buffer.full and buffer.draining is None:
        return _both_ends(buffer, place, plan, room)
    return _round_newest(buffer, place, plan, room)


def _both_ends(buffer: Buffer, place: Place, plan: Plan, room: float) -> tuple[Parts, float]:
    """Return the first and the last slots, the middle counted, and the row there is no slot for."""
    x, w = place.x, place.w
    n = buffer.entries
    row = buffer.row
    most = max(4, int((room - row - 8) // row))
    if n <= most:
        shown: list[int | None] = list(range(n - 1, -1, -1))
    else:
        ends = 2 if most >= 5 else 1
        shown = [*range(n - 1, n - 1 - ends, -1), None, *range(ends - 1, -1, -1)]
    parts: list[Primitive] = []
    middle = plan.top + row / 2
    for slot in shown:
        if slot is None:
            hidden = n - sum(s is not None for s in shown)
            options = (f"⋮ {hidden} more, all pending", f"⋮ {hidden} more")
            said = first_fitting(options, w - _NUMBER - 8, TEXT)
            parts.append(Text(x + _NUMBER + 8, middle + 4, said, TEXT, color="muted"))
        else:
            parts += _slot(buffer, slot, x, middle, w)
            if slot == _changed_slot(buffer):
                parts += changed(x, middle - row / 2, w, row, radius=2)
        middle += row
    middle += 8
    refused = buffer.now.full
    color, dash = ("accent", (3, 2)) if refused else ("muted", (3, 2))
    said = f"{fmt(buffer.at)} > {n - 1}"
    last = elide("no slot left", w - _NUMBER - 16 - width(said, TEXT, "mono"), 10.5)
    parts += [
        Rect(x, middle - row / 2, w, row, None, color, 1, dash=dash),
        Text(x + _NUMBER + 8, middle + 4, said, TEXT, "mono", color=color),
        Text(x + w - 6, middle + 4, last, 10.5, color=color, anchor="end"),
        Anchor("pml.slot", x, middle),
    ]
    return tuple(parts), middle + row / 2


def _round_newest(buffer: Buffer, place: Place, plan: Plan, room: float) -> tuple[Parts, float]:
    """Return the newest word on the rail, older ones above, free slots below."""
    x, w = place.x, place.w
    n, row = buffer.entries, buffer.row
    drained = buffer.draining
    centre = drained if drained is not None else min(buffer.first, n - 1)
    above = int((plan.rail - row / 2 - plan.top) // row)
    below = max(1, int((plan.top + room - plan.rail - row / 2) // row))
    parts: list[Primitive] = []
    told = ""
    end = plan.rail
    marked: Parts = ()
    high, low = min(n - 1, centre + above), max(0, centre - below)
    if place.strip is not None:
        right, top = place.strip
        for at, slot in ((n - 1 - high, high + 0.5), (n - low, low - 0.5)):
            y = top + at / n * (plan.bottom - top)
            parts.append(Line(right, y, x, plan.rail + (centre - slot) * row, "line", 0.75))
    for slot in range(high, low - 1, -1):
        middle = plan.rail + (centre - slot) * row
        kind = _kind(buffer, slot)
        parts += _slot(buffer, slot, x, middle, w, quiet=kind == told)
        told = kind
        if slot in (drained, _changed_slot(buffer)):
            marked = changed(x, middle - row / 2, w, row, radius=2)
        end = middle + row / 2
    logged = buffer.now.logged
    target = logged.slot if logged is not None and logged.vcpu == buffer.vcpu else buffer.at
    y = plan.rail + (centre - target) * row
    seen = plan.top - 1 < y - row / 2 and y < end + 1
    anchor = Anchor("pml.slot", x, y if seen else plan.rail)
    return (*parts, *marked, anchor), end


def _changed_slot(buffer: Buffer) -> int | None:
    """Return the slot that the current event stored to."""
    match buffer.frame.current:
        case e.PmlLogged(vcpu=vcpu, slot=slot) if vcpu == buffer.vcpu:
            return slot
        case _:
            return None


def _kind(buffer: Buffer, slot: int) -> str:
    logged = buffer.now.logged
    stored = logged is not None and not buffer.now.stepped and logged.vcpu == buffer.vcpu
    # Stored, though the index has not stepped over it yet.
    if slot >= buffer.first or (stored and logged is not None and slot == logged.slot):
        return "pending"
    if slot == buffer.at:
        return "next free"
    return "stale" if pml.word(buffer.page, slot) else "never written"


def _slot(
    buffer: Buffer, slot: int, x: float, middle: float, w: float, *, quiet: bool = False
) -> Parts:
    """Return one slot; *quiet*: the row above has said already what kind it is."""
    kind = _kind(buffer, slot)
    gpa = pml.word(buffer.page, slot)
    y = middle + 4
    target = Target("slot", (buffer.vcpu, slot))
    said = "never written" if kind == "next free" and not gpa else kind
    tip = f"PML[{slot}] {gpa:#018x}, {said}"
    live = kind == "pending"
    parts: list[Primitive] = []
    size = TEXT if w > 160 else 10.5
    at = x + _NUMBER + 8
    if live:
        parts += _pending(buffer, gpa, x, middle, w, size, target, tip)
    else:
        row = buffer.row
        parts += [
            Rect(x, middle - row / 2, w, row, None, target=target, tip=tip),
            Line(x, middle + row / 2, x + w, middle + row / 2, "line", 0.75),
        ]
        last = "" if quiet else kind
        color = "accent" if kind == "next free" else "muted"
        room = w - _NUMBER - 12
        if last:
            parts.append(Text(x + w - 4, y, last, 10.5, color=color, anchor="end"))
            room -= width(last, 10.5) + 6
        if gpa:
            word = _word(gpa, room, size)
            wide = width(word, size, "mono")
            parts += [
                Text(at, y, word, size, "mono", color="muted"),
                Line(at, middle, at + wide, middle, "faint", 1),
            ]
    number = Text(x + _NUMBER, y, str(slot), TEXT, "mono", live, anchor="end")
    return (*parts, number)


def _pending(
    buffer: Buffer, gpa: int, x: float, middle: float, w: float, size: float,
    target: Target, tip: str,
) -> Parts:  # fmt: skip
    row = buffer.row
    top, y = middle - row / 2, middle + 4
    at = x + _NUMBER + 8
    hatch = _HATCH if w > 190 else 14.0
    room = w - _NUMBER - 8 - hatch - 4
    word = _word(gpa, room, size)
    wide = width(word, size, "mono", bold=True)
    parts: list[Primitive] = [
        Rect(x, top, w, row, "pend.ground", "pend.line", 0.75, target=target, tip=tip),
        Hatch(x + w - hatch, top, hatch, row, pitch=2.8, target=target, tip=tip),
        Text(at, y, word, size, "mono", bold=True),
    ]
    gfn = f"gfn {fmt(gpa >> PAGE_SHIFT)}"
    if wide + 10 + width(gfn, 10.5, "mono") < room:
        right = x + w - hatch - 6
        parts.append(Text(right, y, gfn, 10.5, "mono", anchor="end"))
    return tuple(parts)


def _word(gpa: int, room: float, size: float) -> str:
    """Return the stored word in full, without its leading zeros where there is little room."""
    return first_fitting((f"{gpa:#018x}", fmt(gpa)), room, size, "mono", bold=True)
