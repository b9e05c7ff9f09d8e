"""The PML buffer of the Debug layout: the strip of 512 slots, lens rows, the index, the valve."""

from typing import Final

import numpy as np

from pmlviz.core import events as e
from pmlviz.core import pml
from pmlviz.core.state import Vcpu
from pmlviz.core.units import PAGE_SHIFT, fmt
from pmlviz.ui.figures.ordinals import Part, pin, pins
from pmlviz.ui.figures.parts import Parts, changed
from pmlviz.ui.figures.scene import (
    Anchor,
    Hatch,
    Line,
    Path,
    Primitive,
    Raster,
    Rect,
    Scene,
    Target,
    Text,
)
from pmlviz.ui.figures.strip import ROW, STRIP
from pmlviz.ui.figures.table_column import RAIL
from pmlviz.ui.figures.text import width, wrap
from pmlviz.ui.frame import Frame

LEFT: Final = 16.0
_PALETTE: Final = (None, "pend", "line")


def layout(frame: Frame, room: float, height: float) -> Scene:
    """Return the panel *room* x *height* for the current vCPU.

    Anchors: `pml.slot` (left edge of the slot just logged, or of the next), `pml.valve` (its outlet).
    """
    vcpu = frame.state.vcpus[min(frame.vcpu, len(frame.state.vcpus) - 1)]
    entries = frame.state.geometry.pml_entries
    parts: list[Primitive] = [
        Text(LEFT, 24, "PML buffer", 13, bold=True),
        Text(LEFT + 90, 24, f"{entries} x 8 bytes", 11, color="muted"),
        Text(LEFT, 50, f"vCPU {frame.vcpu}", 12, bold=True),
    ]
    if not vcpu.pml or vcpu.pml_address is None:
        words = (
            "PML is off: bit 17 of the secondary controls is 0. Writes are seen by exit 48 alone."
        )
        if not frame.state.domain.log_dirty:
            words = "PML is off: log-dirty mode has not been enabled, no write is tracked."
        lines = wrap(words, room - 2 * LEFT, 11)
        parts += [Text(LEFT, 92 + 16 * n, line, 11, color="muted") for n, line in enumerate(lines)]
        return Scene(room, height, tuple(parts))
    top, bottom = RAIL - 50, height - 44
    parts += _index(frame, vcpu, room)
    page = frame.state.memory[vcpu.pml_address]
    parts += _strip(page, vcpu.pml_index, entries, top, bottom)
    parts += _lens(frame, page, vcpu, room, top, bottom)
    parts += _valve(frame, room, bottom)
    return Scene(room, height, tuple(parts))


def _index(frame: Frame, vcpu: Vcpu, room: float) -> Parts:
    entries = frame.state.geometry.pml_entries
    waiting = pml.pending_count(vcpu.pml_index, entries)
    before = frame.before.vcpus[frame.vcpu]
    parts: list[Primitive] = [
        Text(
            room - LEFT,
            50,
            f"{waiting} pending, {entries - waiting} free",
            10,
            color="muted",
            anchor="end",
        ),
        Text(LEFT, 67, "index", 11, color="muted", target=Target("term", "PML index")),
    ]
    x = LEFT + 40
    if before.pml and before.pml_index != vcpu.pml_index:
        old = _decimal(before.pml_index, entries)
        parts.append(Text(x, 67, f"{old} →", 11, "mono", color="muted"))
        x += width(f"{old} →", 11, "mono") + 6
        word = _decimal(vcpu.pml_index, entries)
        w = width(word, 12, "mono", bold=True)
        parts += changed(x - 1, 56, w + 2, 14)
    word = _decimal(vcpu.pml_index, entries)
    parts.append(Text(x, 67, word, 12, "mono", bold=True))
    x += width(word, 12, "mono", bold=True) + 10
    hexed = (
        fmt(vcpu.pml_index)
        if not pml.is_full(vcpu.pml_index, entries)
        else f"{vcpu.pml_index} > {entries - 1}"
    )
    parts.append(Text(x, 67, hexed, 10, "mono", color="muted"))
    pinned = pins(frame)
    parts += pin(pinned.get(Part.INDEX), room - LEFT - 30, 64)
    parts += pin(pinned.get(Part.STEP), room - LEFT - 8, 64)
    parts.append(Line(LEFT, 72.5, room - LEFT, 72.5, "faint", 1))
    return tuple(parts)


def _decimal(index: int, entries: int) -> str:
    return f"{index:#06x}" if pml.is_full(index, entries) else str(index)


def _strip(page: bytes, index: int, entries: int, top: float, bottom: float) -> Parts:
    words = np.frombuffer(page, dtype="<u8")[:entries]
    codes = np.zeros(entries, np.uint8)
    codes[words != 0] = 2
    codes[pml.first_pending(index, entries) :] = 1
    height = bottom - top
    y = top + (entries - 1 - min(index, entries - 1) + 0.5) / entries * height
    if pml.is_full(index, entries):
        y = bottom + 2
    return (
        Rect(LEFT, top, STRIP, height, "sunk", "faint", 1),
        Raster(LEFT + 0.5, top, STRIP - 1, height, entries, 1, codes[::-1].tobytes(), _PALETTE),
        Path(
            (("M", LEFT - 7, y - 4), ("L", LEFT - 1, y), ("L", LEFT - 7, y + 4), ("Z",)),
            fill="accent",
        ),
    )


def _slots_shown(index: int, entries: int, above: int, below: int) -> list[int]:
    """Return the slots of the lens, rising in y: the newest word on the rail, others round it."""
    newest = pml.first_pending(index, entries)
    centre = min(newest, entries - 1)
    return [s for s in range(centre + above, centre - below - 1, -1) if 0 <= s < entries]


def _lens(frame: Frame, page: bytes, vcpu: Vcpu, room: float, top: float, bottom: float) -> Parts:
    entries = frame.state.geometry.pml_entries
    index = vcpu.pml_index
    newest = min(pml.first_pending(index, entries), entries - 1)
    fits = int((bottom - RAIL) // ROW) - 1
    x, w = LEFT + STRIP + 11, room - 2 * LEFT - STRIP - 11
    parts: list[Primitive] = []
    full = pml.is_full(index, entries)
    logged = next((event.slot for event in frame.done if isinstance(event, e.PmlLogged)), None)
    for slot in _slots_shown(index, entries, 2, fits):
        middle = RAIL + (newest - slot) * ROW
        parts += _slot(frame, page, slot, index, x, middle, w)
        if slot == logged and isinstance(frame.current, e.PmlLogged | e.PmlIndexStepped):
            parts += changed(x, middle - ROW / 2, w, ROW, radius=2)
    if full:
        middle = RAIL + (newest + 1) * ROW
        parts.append(Rect(x, middle - ROW / 2, w, ROW, None, "accent", 1, dash=(3, 2)))
        parts.append(
            Text(x + 26, middle + 4, f"{index:#06x} > {entries - 1}", 11, "mono", color="accent")
        )
        parts.append(
            Text(x + w - 6, middle + 4, "no slot left", 10.5, color="accent", anchor="end")
        )
    target = RAIL if logged is not None or full else RAIL + (newest - index) * ROW
    parts.append(Anchor("pml.slot", x, RAIL + (newest + 1) * ROW if full else target))
    return (*parts, *pin(pins(frame).get(Part.LOG), x - 4, RAIL - ROW / 2))


def _slot(
    frame: Frame, page: bytes, slot: int, index: int, x: float, middle: float, w: float
) -> Parts:
    entries = frame.state.geometry.pml_entries
    live = slot >= pml.first_pending(index, entries)
    gpa = pml.word(page, slot)
    y, top = middle + 4, middle - ROW / 2
    target = Target("slot", (frame.vcpu, slot))
    tip = f"PML[{slot}] {gpa:#018x}" + ("" if live else ", stale" if gpa else ", never written")
    number = Text(x + 26, y, str(slot), 11, "mono", bold=live, anchor="end")
    if live:
        return (
            Rect(x, top, w, ROW, "pend.ground", "pend.line", 0.75, target=target, tip=tip),
            Hatch(x + w - 24, top, 24, ROW, pitch=2.8),
            number,
            Text(x + 34, y, f"{gpa:#018x}", 11, "mono", bold=True),
            Text(
                x + w - 30,
                y,
                f"gfn {fmt(gpa >> PAGE_SHIFT)}",
                10.5,
                "mono",
                color="ink",
                anchor="end",
            ),
        )
    line = Line(x, top + ROW, x + w, top + ROW, "line", 0.75)
    box = Rect(x, top, w, ROW, None, target=target, tip=tip)
    if slot == index:
        return (
            box,
            line,
            number,
            Text(x + w - 4, y, "next free", 10.5, color="accent", anchor="end"),
        )
    if gpa:
        stale = Text(x + 34, y, f"{gpa:#018x}", 11, "mono", color="muted")
        struck = Line(x + 34, middle, x + 34 + width(stale.text, 11, "mono"), middle, "faint", 1)
        return (
            box,
            line,
            number,
            stale,
            struck,
            Text(x + w - 4, y, "stale", 10.5, color="muted", anchor="end"),
        )
    return (
        box,
        line,
        number,
        Text(x + w - 4, y, "never written", 10.5, color="muted", anchor="end"),
    )


def _valve(frame: Frame, room: float, bottom: float) -> Parts:
    x, y = LEFT + STRIP / 2, bottom + 14
    opens = any(isinstance(event, e.DrainBegan) and event.count for event in frame.done)
    words = (
        "drain open: words go to the bitmap"
        if opens
        else "drain shut: opens at PEEK, CLEAN, exit 62"
    )
    color = "pend.line" if opens else "muted"
    bow = (
        ("M", x - 5, y - 6), ("L", x + 5, y - 6), ("L", x - 5, y + 6), ("L", x + 5, y + 6), ("Z",),
    )  # fmt: skip
    del room
    return (
        Line(x, bottom, x, y - 6, "ink", 1.2),
        Path(bow, fill="pend" if opens else "panel", stroke="ink", width=1.2),
        Text(x + 14, y + 4, words, 10, color=color if opens else "muted"),
        Anchor("pml.valve", x, y + 8),
    )
