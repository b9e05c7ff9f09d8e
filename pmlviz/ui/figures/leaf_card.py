"""The entry that ends the path, as the big card: each flag, each field, what it was and is."""

from typing import Final

import msgspec

from pmlviz.core import wording as say
from pmlviz.core.ept import MemType, P2mType
from pmlviz.core.exits import ExitReason
from pmlviz.core.units import EptLevel, fmt
from pmlviz.ui.figures import theme
from pmlviz.ui.figures.entry_parts import TIPS, digit_box, mem_type, raw_value, term
from pmlviz.ui.figures.level_card import is_fresh, name_of, target_of, tip_of, turned
from pmlviz.ui.figures.parts import Parts, card, changed, label, not_yet
from pmlviz.ui.figures.road_strips import split_of
from pmlviz.ui.figures.scene import Line, Primitive, Rect, Text
from pmlviz.ui.figures.text import first_fitting, width
from pmlviz.ui.figures.trip import Entry, Trip
from pmlviz.ui.frame import Frame

INSET: Final = 12.0
BIT_WIDE: Final = 30.0
_PITCH: Final = 34.0
_VALUE: Final = 36.0


class Rows(msgspec.Struct, frozen=True):
    """Where the card's rows are, px from its top: baselines, and the top of the boxes."""

    title: float
    labels: float
    bits: float
    bit_high: float
    type: float
    mfn: float
    rule: float
    was: float
    now: float
    d_wide: float
    raw: float
    """Size of the raw value."""


FULL: Final = Rows(26, 47, 52, 34, 113, 131, 143, 161, 182, 72, theme.LEAF_RAW)
COMPACT: Final = Rows(23, 39, 44, 28, 97, 113, 122, 139, 158, 66, 13.6)


def bit_places(x: float) -> dict[str, float]:
    """Return the left edges of the boxes on the card at *x*, by flag."""
    x += INSET
    a = x + 3 * _PITCH + 8
    return {"R": x, "W": x + _PITCH, "X": x + 2 * _PITCH, "A": a, "D": a + _PITCH + 8}


def leaf_card(
    frame: Frame, trip: Trip, x: float, y: float, w: float, h: float, rows: Rows
) -> Parts:
    """Return the card of the entry that ends the path of *trip*, which has one."""
    entry = trip.entries[-1]
    step, now = entry.step, entry.now
    target, tip = target_of(step), tip_of(step)
    right = x + w - INSET
    title = Text(
        x + INSET, y + rows.title, name_of(step), theme.TITLE, bold=True, target=target,
        tip=tip,
    )  # fmt: skip
    what = f"{say.size(frame.state, step.level)} leaf" if now.present else "not present"
    parts: list[Primitive] = [
        *card(x, y, w, h, target=target, tip=tip),
        title,
        Text(right, y + rows.title, what, theme.LABEL, color="muted", anchor="end"),
        *_digits(frame, entry, x, y, rows),
        *_d_box(frame, trip, entry, x, y, rows),
        *_fields(frame, trip, entry, x, y, w, rows),
        Line(x + INSET, y + rows.rule, right, y + rows.rule, "line", 1),
        *_values(frame, trip, entry, x, y, w, rows),
    ]
    return tuple(parts)


def _digits(frame: Frame, entry: Entry, x: float, y: float, rows: Rows) -> Parts:
    fresh = is_fresh(frame, entry)
    parts: list[Primitive] = []
    for name, at in bit_places(x).items():
        if name == "D":
            continue
        on = bool(getattr(entry.now, name.lower()))
        now = fresh and turned(entry, name)
        parts += digit_box(at, y + rows.bits, BIT_WIDE, rows.bit_high, name, on=on, now=now)
        parts.append(
            Text(
                at + BIT_WIDE / 2, y + rows.labels, name, theme.LABEL, bold=True, color="muted",
                anchor="middle", target=term(name), tip=TIPS[name],
            )
        )  # fmt: skip
    return tuple(parts)


def _d_box(frame: Frame, trip: Trip, entry: Entry, x: float, y: float, rows: Rows) -> Parts:
    left, top, w, h = bit_places(x)["D"], y + rows.bits, rows.d_wide, rows.bit_high
    middle, centre = left + w / 2, top + h / 2
    d, tip = term("D"), TIPS["D"]
    soft = Rect(left, top, w, h, "accent.soft", None, 0, 3, (), 1, d, tip)
    hot = Text(
        middle, y + rows.labels, "D", theme.BODY, bold=True, color="accent", anchor="middle",
        target=d, tip=tip,
    )  # fmt: skip
    if trip.dirtied:
        digits = label(
            middle, centre, "0→1", 0.58 * h, font="mono", bold=True, color="accent",
            anchor="middle",
        )  # fmt: skip
        return (hot, soft, digits, *changed(left, top, w, h, gap=1))
    if trip.needs_d:
        size = 0.56 * h
        return (
            hot,
            soft,
            label(left + 9, centre, "0", size, font="mono", bold=True),
            label(
                left + w - 7, centre, "→1?", min(theme.BODY, size), font="mono", bold=True,
                color="accent", anchor="end",
            ),
            *not_yet(left, top, w, h, gap=1),
        )  # fmt: skip
    by_xen = entry.now.d and turned(entry, "D")
    words = "D, by Xen" if by_xen else "D" if frame.state.vcpus[trip.vcpu].ad else "D, A/D off"
    head = Text(
        middle, y + rows.labels, words, theme.LABEL if words == "D" else theme.CAPTION,
        bold=True, color="muted", anchor="middle", target=d, tip=tip,
    )  # fmt: skip
    now = is_fresh(frame, entry) and turned(entry, "D")
    return (head, *digit_box(left, top, w, h, "D", on=entry.now.d, now=now))


def _fields(
    frame: Frame, trip: Trip, entry: Entry, x: float, y: float, w: float, rows: Rows
) -> Parts:
    step, now, was = entry.step, entry.now, entry.was
    left, right, value = x + INSET, x + w - INSET, x + INSET + _VALUE
    upper, lower = y + rows.type, y + rows.mfn
    if not now.present:
        return (
            Text(left, upper, "R, W and X are clear:", theme.LABEL, color="muted"),
            Text(left, lower, "nothing is mapped here", theme.LABEL, color="muted"),
        )
    retyped = was is not None and was.present and was.p2mt != now.p2mt
    remarked = was is not None and (was.emt, was.recalc) != (now.emt, now.recalc)
    mem = f"recalc {now.recalc:d} · {mem_type(now.emt)}"
    kind, number = say.p2mt(now.p2mt), f"({now.p2mt})"
    room = right - value - width(mem, theme.LABEL, bold=remarked) - 6
    kind = first_fitting((f"{kind} {number}", kind), room, theme.LABEL, "mono", bold=True)
    n = frame.state.geometry.entries
    fresh = step.level < EptLevel.PML4E and split_of(frame, trip.gfn or 0, EptLevel(step.level + 1))
    mfn = fmt(now.mfn)
    room = right - value - width(mfn, theme.LABEL, "mono", bold=True) - 6
    place = f"{step.index} of {n}"
    which = first_fitting(
        (f"{'child' if fresh else 'entry'} {place}", place, ""), room, theme.LABEL
    )
    hot = "accent" if remarked else "muted"
    return (
        Text(left, upper, "type", theme.LABEL, color="muted", target=term("type")),
        Text(
            value, upper, kind, theme.LABEL, "mono", bold=True,
            color="accent" if retyped else "ink", target=term("type"), tip=TIPS["type"],
        ),
        Text(
            right, upper, mem, theme.LABEL, bold=remarked, color=hot, anchor="end",
            target=term("recalc"), tip=TIPS["recalc"],
        ),
        Text(left, lower, "mfn", theme.LABEL, color="muted", target=term("mfn")),
        Text(
            value, lower, mfn, theme.LABEL, "mono", bold=True, target=term("mfn"), tip=TIPS["mfn"],
        ),
        *((Text(right, lower, which, theme.LABEL, color="muted", anchor="end"),) if which else ()),
    )  # fmt: skip


def _values(
    frame: Frame, trip: Trip, entry: Entry, x: float, y: float, w: float, rows: Rows
) -> Parts:
    left, right = x + INSET, x + w - INSET
    upper, lower = y + rows.was, y + rows.now
    target, tip = target_of(entry.step), tip_of(entry.step)
    if entry.was is not None:
        return (
            Text(left, upper, "was", theme.LABEL, color="muted"),
            *raw_value(right, upper, entry.was, rows.raw, color="muted"),
            Text(left, lower, "now", theme.LABEL, color="muted"),
            *raw_value(
                right, lower, entry.now, rows.raw, was=entry.was, bold=True, target=target, tip=tip
            ),
        )
    note = first_fitting(_notes(frame, trip, entry), right - left, theme.CAPTION)
    return (
        Text(left, upper, "now", theme.LABEL, color="muted"),
        *raw_value(right, upper, entry.now, rows.raw, bold=True, target=target, tip=tip),
        Text(left, lower, note, theme.CAPTION, color="muted"),
    )


def _notes(frame: Frame, trip: Trip, entry: Entry) -> tuple[str, ...]:
    """Return what follows from the entry as it is, the fullest wording first."""
    now, state = entry.now, frame.state
    vcpu = state.vcpus[trip.vcpu]
    if not now.present:
        return ("any access exits 48",)
    above = next((one for one in trip.entries[:-1] if one.now.emt == MemType.RECALC), None)
    if above is not None:
        what = name_of(above.step)
        return (f"not read before {what} is repaired", f"{what} exits first")
    if now.emt == MemType.RECALC:
        return ("memory type 7 is reserved: any use exits 49", "memory type 7: any use exits 49")
    if trip.stopped is not None and trip.stopped.reason == ExitReason.PML_FULL:
        return (
            "exit 62 leaves A, D, log, index as they are",
            "exit 62 changes no flag, log or index",
        )
    if now.p2mt == P2mType.RAM_LOGDIRTY and not now.w:
        return ("W=0: a write exits 48",)
    if not vcpu.ad:
        return ("A and D are not kept: EPTP bit 6 is 0",)
    if not vcpu.pml:
        return ("",)
    if now.d:
        return ("D is 1 already: a write logs nothing",)
    return ("D is 0: the next write is logged",) if now.w else ("",)
