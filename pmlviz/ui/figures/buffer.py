"""The PML buffer: a silo of 1 px a slot that fills downward, a lens on its slots, a valve.

Slots are drawn as they are in memory: a word stays where it is when the index goes back to the top,
so what was drained is ghosted, not gone.
"""

from typing import Final

import numpy as np

from pmlviz.core import pml
from pmlviz.core.state import Vcpu
from pmlviz.core.units import fmt
from pmlviz.ui.figures import theme
from pmlviz.ui.figures.buffer_lens import Lens, lens
from pmlviz.ui.figures.folded import folded
from pmlviz.ui.figures.parts import panel
from pmlviz.ui.figures.pipe import pipe
from pmlviz.ui.figures.scene import (
    NOT_YET,
    Hatch,
    Line,
    Path,
    Primitive,
    Rect,
    Scene,
    Target,
    Text,
)
from pmlviz.ui.figures.text import width as text_width
from pmlviz.ui.figures.text import wrap
from pmlviz.ui.frame import Frame

WIDTH: Final = 256.0
COMPACT_HEIGHT: Final = 720.0
INSET: Final = theme.INSET
SILO: Final = 46.0
_SIZES: Final = (512, 384, 256, 128)
MOST_SILOS: Final = 4


def layout(
    frame: Frame, width: float, height: float, *, extras: bool = False, outlet: float = 0.0
) -> Scene:
    """Return the panel *width* x *height*; with *extras* counters and promise are at its
    foot; the pipe leaves at y = *outlet* or below.

    Anchors: `pml.slot` and `pml.index` at the left edge, level with the slot just written and the
    next one; `pml.outlet` where the pipe leaves to the left.
    """
    compact = height < COMPACT_HEIGHT
    vcpu = frame.state.vcpus[min(frame.vcpu, len(frame.state.vcpus) - 1)]
    parts: list[Primitive] = [*panel(0, 0, width, height)]
    parts.append(
        Text(INSET, 26, "PML buffer", theme.TITLE, bold=True, target=Target("term", "PML"))
    )
    n = len(frame.state.vcpus)
    who = f"vCPU {frame.vcpu}" + (f" of {n}" if n > 1 else "")
    parts.append(Text(width - INSET, 26, who, theme.LABEL, color="muted", anchor="end"))
    foot = height - (100.0 if extras else 14.0)
    if extras:
        parts += folded(frame, INSET, foot, width - 2 * INSET)
    if not vcpu.pml or vcpu.pml_address is None:
        return Scene(width, height, (*parts, *_off(frame, width, foot)))
    top = 81.0 if compact else 109.0
    parts += _index(frame, vcpu, width, 50)
    parts += _pending(frame, vcpu, compact=compact)
    room = foot - top - (92.0 if compact else 126.0)
    tall = next((float(size) for size in _SIZES if size + 6 <= room), float(_SIZES[-1]))
    page = frame.state.memory[vcpu.pml_address]
    silo_x = width - 71.0
    shown = lens(frame, page, vcpu, INSET, top + 4, silo_x - 21 - INSET, tall, compact=compact)
    parts += shown.parts
    parts += _funnels(shown, silo_x, top + 3, tall, frame.state.geometry.pml_entries)
    parts += _silos(frame, silo_x, top, tall)
    below = top + tall + 6
    if shown.below > below:
        below = shown.below
    below = max(below, outlet - 24)
    parts += pipe(frame, vcpu, silo_x + SILO / 2, top + tall + 6, below, width)
    if not compact and not pml.is_full(vcpu.pml_index, frame.state.geometry.pml_entries):
        parts += _note(shown, top + tall)
    parts += shown.anchors
    return Scene(width, height, tuple(parts))


def _index(frame: Frame, vcpu: Vcpu, width: float, y: float) -> list[Primitive]:
    entries = frame.state.geometry.pml_entries
    before = frame.before.vcpus[min(frame.vcpu, len(frame.before.vcpus) - 1)]
    moved = before.pml and before.pml_index != vcpu.pml_index
    full = pml.is_full(vcpu.pml_index, entries)
    color = "accent" if moved or full else "ink"
    parts: list[Primitive] = [
        Text(INSET, y, "index", theme.LABEL, color="muted", target=Target("term", "PML index"))
    ]
    x = INSET + 42
    if moved:
        old = _hex(before.pml_index, entries)
        parts.append(Text(x, y + 1, old, theme.BODY, "mono", color="muted"))
        x += text_width(old, theme.BODY, "mono") + 5
        parts.append(Text(x, y + 1, "→", theme.BODY, color="muted"))
        x += 17
    word = _hex(vcpu.pml_index, entries)
    parts.append(Text(x, y + 2, word, theme.TITLE, "mono", bold=True, color=color))
    x += text_width(word, theme.TITLE, "mono", bold=True)
    last = "full" if full else str(vcpu.pml_index)
    if x + text_width(last, theme.BODY, "mono", bold=True) + 8 <= width - INSET:
        end = width - INSET
        parts.append(
            Text(end, y + 1, last, theme.BODY, "mono", bold=True, color=color, anchor="end")
        )
    return parts


def _hex(index: int, entries: int) -> str:
    return f"{index:#06x}" if pml.is_full(index, entries) else f"{index:#05x}"


def _pending(frame: Frame, vcpu: Vcpu, *, compact: bool) -> list[Primitive]:
    waiting = pml.pending_count(vcpu.pml_index, frame.state.geometry.pml_entries)
    y = 72.0 if compact else 84.0
    parts: list[Primitive] = [Text(INSET, y, f"{waiting} pending", theme.BODY, bold=True)]
    if not compact:
        last = frame.state.geometry.pml_entries - 1
        parts.append(
            Text(INSET, 102, f"fills downward, {last} first", theme.CAPTION, color="muted")
        )
    return parts


def _off(frame: Frame, width: float, foot: float) -> list[Primitive]:
    """Return what the panel says while PML is off."""
    if not frame.state.domain.log_dirty:
        words = "PML is off: log-dirty mode is not enabled, so no write is tracked."
    else:
        words = (
            "PML is off: control bit 17 is 0. The processor logs nothing; the first write to each"
            " page exits 48, and the handler marks it."
        )
    lines = wrap(words, width - 2 * INSET, theme.LABEL)
    text: list[Primitive] = [
        Text(INSET, 58 + 18 * n, line, theme.LABEL, color="muted") for n, line in enumerate(lines)
    ]
    top = 58.0 + 18 * len(lines) + 14
    silo = Rect(width - 71, top, SILO, foot - top - 14, None, "faint", 1.25, 4, NOT_YET)
    return [*text, silo]


def _silos(frame: Frame, x: float, top: float, tall: float) -> list[Primitive]:
    """Return one silo a vCPU, side by side; the current one in ink. More than four: it alone."""
    n = len(frame.state.vcpus)
    which = [frame.vcpu] if n > MOST_SILOS else list(range(n))
    gap = 3.0
    w = (SILO - gap * (len(which) - 1)) / len(which)
    parts: list[Primitive] = []
    for place, number in enumerate(which):
        parts += _silo(frame, number, x + place * (w + gap), top, w, tall)
    return parts


def _silo(
    frame: Frame, number: int, x: float, top: float, w: float, tall: float
) -> list[Primitive]:
    vcpu = frame.state.vcpus[number]
    current = number == frame.vcpu
    edge = "ink" if current else "faint"
    target = Target("vcpu", number)
    parts: list[Primitive] = [
        Rect(x, top, w, tall + 6, "sunk", edge, 2 if current else 1, 4, target=target,
             tip=f"PML buffer of vCPU {number}, index {fmt(vcpu.pml_index)}")
    ]  # fmt: skip
    if not vcpu.pml or vcpu.pml_address is None:
        return parts
    entries = frame.state.geometry.pml_entries
    px = tall / entries
    inner, left, high = w - 6, x + 3, top + 3
    waiting = pml.pending_count(vcpu.pml_index, entries)
    filled = waiting * px
    if waiting:
        if filled >= 5:
            parts.append(Hatch(left, high, inner, filled, pitch=9, width=1.6))
            parts.append(Rect(left, high, inner, filled, None, "pend.line", 1.5))
        else:
            parts.append(Rect(left, high, inner, max(filled, 3.0), "pend.line"))
    stale = _stale_runs(frame.state.memory[vcpu.pml_address], entries - waiting)
    for first, last in stale:
        y = high + (entries - 1 - last) * px
        parts.append(Rect(left, y, inner, max(1.0, (last - first + 1) * px), "line"))
    if current:
        parts += _silo_words(waiting, entries, x + w / 2, high, filled, tall, w)
        y = high + min(filled, tall) + (0.5 if waiting < entries else 0)
        parts += [
            Path((("M", x + w + 2, y), ("L", x + w + 15, y - 7), ("L", x + w + 15, y + 7), ("Z",)),
                 fill="accent")
        ]  # fmt: skip
    return parts


def _stale_runs(page: bytes, below: int) -> list[tuple[int, int]]:
    """Return the runs (first, last) of slots under *below* that still hold a word."""
    held = np.frombuffer(page, dtype="<u8")[:below] != 0
    edges = np.flatnonzero(np.diff(np.concatenate(([False], held, [False])).astype(np.int8)))
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _silo_words(
    waiting: int, entries: int, x: float, high: float, filled: float, tall: float, w: float
) -> list[Primitive]:
    if w < 40:
        return []
    free = entries - waiting
    if free == 0:
        middle = high + tall / 2
        return [
            Rect(x - 16, middle - 20, 32, 38, "panel", "pend.line", 1, 3),
            Text(x, middle - 4, str(waiting), theme.LABEL, bold=True, anchor="middle"),
            Text(x, middle + 11, "full", theme.CAPTION, anchor="middle"),
        ]
    if tall - filled < 44:
        return []
    middle = high + (filled + tall) / 2
    return [
        Text(x, middle, str(free), theme.LABEL, color="muted", anchor="middle"),
        Text(x, middle + 15, "free", theme.CAPTION, color="muted", anchor="middle"),
    ]


def _funnels(shown: Lens, silo_x: float, high: float, tall: float, entries: int) -> list[Primitive]:
    """Return the wedges from groups of lens rows to their slots in the silo, and the scale."""
    px = tall / entries
    parts: list[Primitive] = []
    for first, last, top, bottom in shown.spans:
        y1, y2 = high + (entries - 1 - first) * px, high + (entries - last) * px
        right = shown.right
        d = (
            ("M", right + 2, top), ("L", silo_x - 1, y1),
            ("L", silo_x - 1, max(y2, y1 + 4)), ("L", right + 2, bottom), ("Z",),
        )  # fmt: skip
        parts.append(Path(d, fill="road"))
    for slot in (entries * 3 // 4, entries // 2, entries // 4, 0):
        y = high + (entries - 1 - slot) * px + 0.5
        if any(top - 8 <= y <= bottom + 8 for _, _, top, bottom in shown.spans):
            continue
        parts.append(Line(silo_x - 7, y, silo_x - 1, y, "muted", 1.25))
        parts.append(
            Text(silo_x - 11, y + 4, str(slot), theme.CAPTION, color="muted", anchor="end")
        )
    return parts


def _note(shown: Lens, bottom: float) -> list[Primitive]:
    """Return when the buffer is read, in the room beside the silo."""
    y = bottom - 92
    if shown.bottom + 30 > y:
        return []
    lines = ("Xen reads it at", "exit 62, PEEK and", "CLEAN, no sooner.")
    box: list[Primitive] = [Rect(INSET, y, shown.right - INSET - 26, 62, "sunk", radius=4)]
    box += [
        Text(INSET + 8, y + 18 + 17 * n, line, theme.LABEL, color="muted")
        for n, line in enumerate(lines)
    ]
    return box
