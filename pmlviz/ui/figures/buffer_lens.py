"""The lens of the PML buffer: the slots round the index as rows of text."""

from typing import Final

import msgspec

from pmlviz.core import events as e
from pmlviz.core import pml
from pmlviz.core.state import Vcpu
from pmlviz.core.units import PAGE_SHIFT, fmt
from pmlviz.ui.figures import theme
from pmlviz.ui.figures.parts import changed
from pmlviz.ui.figures.scene import Anchor, Line, Path, Primitive, Rect, Target, Text
from pmlviz.ui.figures.text import baseline, elide_middle
from pmlviz.ui.figures.text import width as text_width
from pmlviz.ui.frame import Frame

HEAD: Final = 45.0
"""Level with the index in words, px from the top of the panel."""
_BOTH_ENDS: Final = 4
"""Rows shown at each end of a full buffer."""


class Lens(msgspec.Struct, frozen=True):
    """The rows drawn, and where: *spans* are (highest slot, lowest, top, bottom) of each run."""

    parts: tuple[Primitive, ...]
    anchors: tuple[Anchor, ...]
    spans: tuple[tuple[int, int, float, float], ...]
    right: float
    bottom: float
    below: float
    """Bottom of what reaches below the silo, 0 if nothing does."""


class _Rows(msgspec.Struct):
    """Rows of *high* px, one below another."""

    x: float
    w: float
    high: float
    pitch: float


def lens(
    frame: Frame,
    page: bytes,
    vcpu: Vcpu,
    x: float,
    top: float,
    w: float,
    tall: float,
    *,
    compact: bool,
) -> Lens:
    """Return the rows from *top* on, *w* wide, beside a silo *tall* px high."""
    rows = _Rows(x, w, 19.0 if compact else 23.0, 22.0 if compact else 26.0)
    entries = frame.state.geometry.pml_entries
    if pml.is_full(vcpu.pml_index, entries) and entries > 2 * _BOTH_ENDS:
        return _full(frame, page, vcpu, rows, top, tall)
    n = 5 if compact else 6
    index = vcpu.pml_index
    first = min(entries - 1, max(index + 2, n - 1))
    slots = [s for s in range(first, first - n, -1) if s >= 0]
    parts: list[Primitive] = []
    at: dict[int, float] = {}
    logged = _logged_slot(frame)
    said_never = False
    for place, slot in enumerate(slots):
        y = top + place * rows.pitch
        row, never = _row(frame, page, vcpu, slot, rows, y, quiet=said_never)
        parts += row
        said_never = said_never or never
        at[slot] = y + rows.high / 2
        if slot == logged:
            parts += changed(x, y, w, rows.high)
    drained = _drained_slot(frame)
    holds = next(
        (s for s in at if s > index and pml.word(page, s) >> PAGE_SHIFT == frame.focus), None
    )
    told = next((at[s] for s in (logged, drained, holds, index) if s in at), top + rows.high / 2)
    if (logged, drained, holds) == (None, None, None) and index in at:
        # The slot that is spoken of is another buffer's, or beyond the rows.
        told = HEAD
    anchors = [Anchor("pml.slot", 0, told)]
    if index in at:
        anchors.append(Anchor("pml.index", 0, at[index]))
    bottom = top + (len(slots) - 1) * rows.pitch + rows.high
    span = (slots[0], slots[-1], top, bottom)
    return Lens(tuple(parts), tuple(anchors), (span,), x + w, bottom, 0)


def _logged_slot(frame: Frame) -> int | None:
    for event in reversed(frame.done):
        match event:
            case e.PmlLogged(vcpu=vcpu, slot=slot) if vcpu == frame.vcpu:
                return slot
            case e.PmlIndexReset(vcpu=vcpu) if vcpu == frame.vcpu:
                return None
            case e.AccessBegan():
                return None
            case _:
                continue
    return None


def _drained_slot(frame: Frame) -> int | None:
    """Return the highest slot that this item drained so far."""
    for event in reversed(frame.done):
        match event:
            case e.DrainBegan(vcpu=vcpu, first=first, count=count) if vcpu == frame.vcpu and count:
                return first + count - 1
            case _:
                continue
    return None


def _row(
    frame: Frame, page: bytes, vcpu: Vcpu, slot: int, rows: _Rows, y: float, *, quiet: bool
) -> tuple[list[Primitive], bool]:
    """Return one slot and whether it said that it was never used."""
    entries = frame.state.geometry.pml_entries
    live = slot >= pml.first_pending(vcpu.pml_index, entries)
    following = slot == vcpu.pml_index
    gpa = pml.word(page, slot)
    target = Target("slot", (frame.vcpu, slot))
    base = baseline(y + rows.high / 2, theme.LABEL)
    left, right = rows.x + 8, rows.x + rows.w - 8
    room = rows.w - 42
    if live:
        word = elide_middle(fmt(gpa), room, theme.LABEL, "mono", bold=True)
        tip = f"PML[{slot}] = {gpa:#018x}: gfn {fmt(gpa >> 12)}, waits for a drain"
        return [
            Rect(rows.x, y, rows.w, rows.high, "pend.ground", "pend.line", theme.BORDER, 4,
                 target=target, tip=tip),
            Text(left, base, str(slot), theme.LABEL, "mono"),
            Text(right, base, word, theme.LABEL, "mono", bold=True, anchor="end"),
        ], False  # fmt: skip
    tip = f"PML[{slot}] " + (
        f"still holds {gpa:#018x}, drained: stale" if gpa else "was never written"
    )
    edge, dash = ("accent", (4.0, 3.0)) if following else ("line", ())
    parts: list[Primitive] = [
        Rect(rows.x, y, rows.w, rows.high, "panel", edge, 1.25, 4, dash, target=target, tip=tip),
        Text(left, base, str(slot), theme.LABEL, "mono", color="muted"),
    ]
    if following:
        parts.append(Text(right, base, "next", theme.LABEL, color="accent", anchor="end"))
        right -= 34
        room -= 34
    if gpa:
        word = elide_middle(fmt(gpa), room, theme.CAPTION, "mono")
        end = text_width(word, theme.CAPTION, "mono")
        middle = y + rows.high / 2
        parts.append(Text(right, base, word, theme.CAPTION, "mono", color="muted", anchor="end"))
        parts.append(Line(right - end - 2, middle, right + 2, middle, "faint", 1.25))
        return parts, False
    if following or quiet:
        return parts, False
    parts.append(Text(right, base, "never used", theme.CAPTION, color="muted", anchor="end"))
    return parts, True


def _full(frame: Frame, page: bytes, vcpu: Vcpu, rows: _Rows, top: float, tall: float) -> Lens:
    """Return both ends of the full buffer, and the slot that there is not."""
    entries = frame.state.geometry.pml_entries
    silo_bottom = top + tall - 2
    n = _BOTH_ENDS if tall >= 380 else 3 if tall >= 250 else 1
    parts: list[Primitive] = []
    low_top = silo_bottom - n * rows.pitch + (rows.pitch - rows.high)
    logged = _logged_slot(frame)
    slot_y = low_top
    for place in range(n):
        for slot, y in (
            (entries - 1 - place, top + place * rows.pitch),
            (n - 1 - place, low_top + place * rows.pitch),
        ):
            parts += _row(frame, page, vcpu, slot, rows, y, quiet=True)[0]
            if slot == logged:
                parts += changed(rows.x, y, rows.w, rows.high)
                slot_y = y
    middle_x, middle = rows.x + rows.w / 2 - 12, (top + n * rows.pitch + low_top) / 2
    if low_top - (top + n * rows.pitch) > 76:
        parts += [
            Text(middle_x, middle - 18, "· · ·", theme.TITLE, bold=True, color="muted",
                 anchor="middle"),
            Text(middle_x, middle + 4, "every slot waits", theme.LABEL, color="muted",
                 anchor="middle"),
            Text(middle_x, middle + 21, "for the drain", theme.LABEL, color="muted",
                 anchor="middle"),
        ]  # fmt: skip
    y = silo_bottom + 12
    base = baseline(y + 13, theme.LABEL)
    right = rows.x + rows.w
    parts += [
        Rect(rows.x, y, rows.w, 26, "accent.soft", "accent", 2, 4, (5, 4),
             tip=f"index {vcpu.pml_index:#06x} is past slot {entries - 1}: the log is full"),
        Text(rows.x + 8, base, f"{vcpu.pml_index:#06x}", theme.LABEL, "mono", bold=True,
             color="accent"),
        Text(right - 8, base, "no slot", theme.LABEL, bold=True, color="accent", anchor="end"),
        Line(right + 2, y + 13, right + 9, y + 13, "accent", 2),
        _cross(right + 14, y + 13),
    ]  # fmt: skip
    spans = (
        (entries - 1, entries - n, top, top + (n - 1) * rows.pitch + rows.high),
        (n - 1, 0, low_top, low_top + (n - 1) * rows.pitch + rows.high),
    )
    slot_at = slot_y + rows.high / 2 if logged is not None else top + rows.high / 2
    anchors = (Anchor("pml.slot", 0, slot_at), Anchor("pml.index", 0, y + 13))
    return Lens(tuple(parts), anchors, spans, right, spans[1][3], y + 26)


def _cross(x: float, y: float) -> Path:
    r = 4.8
    return Path(
        (("M", x - r, y - r), ("L", x + r, y + r), ("M", x + r, y - r), ("L", x - r, y + r)),
        stroke="accent",
        width=2.2,
    )
