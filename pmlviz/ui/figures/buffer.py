"""The PML buffer: a silo of 1 px a slot that fills downward, a lens on its slots, a valve.

Slots are drawn as they are in memory: a word stays where it is when the index goes back to the top,
so what was drained is ghosted, not gone.
"""

from typing import Final

from pmlviz.core import pml
from pmlviz.core.state import Vcpu
from pmlviz.ui.figures import theme
from pmlviz.ui.figures.buffer_lens import HEAD, Lens, lens
from pmlviz.ui.figures.folded import folded
from pmlviz.ui.figures.parts import panel
from pmlviz.ui.figures.pipe import CLEAR, DROP, WORDS, pipe
from pmlviz.ui.figures.scene import (
    NOT_YET,
    Anchor,
    Line,
    Path,
    Primitive,
    Rect,
    Scene,
    Target,
    Text,
)
from pmlviz.ui.figures.silo import SILO, silos
from pmlviz.ui.figures.text import width as text_width
from pmlviz.ui.figures.text import wrap
from pmlviz.ui.frame import Frame

WIDTH: Final = 256.0
COMPACT_HEIGHT: Final = 720.0
INSET: Final = theme.INSET
FOLDED: Final = 100.0
"""Room for counters and promise at the foot, px."""
_SIZES: Final = (512, 384, 256, 128)


def layout(
    frame: Frame, width: float, height: float, *, extras: bool = False, outlet: float = 0.0
) -> Scene:
    """Return the panel *width* x *height*; with *extras* counters and promise are at its
    foot; the pipe leaves at y = *outlet* or below.

    Anchors, at the left edge and while PML is on: `pml.slot` and `pml.index`, level with the slot
    just written or drained and with the next one; `pml.head`, level with the index in words;
    `pml.outlet`, where the pipe leaves.
    """
    compact = height < COMPACT_HEIGHT
    vcpu = frame.state.vcpus[frame.vcpu]
    entries = frame.state.geometry.pml_entries
    parts: list[Primitive] = [*panel(0, 0, width, height)]
    parts.append(
        Text(INSET, 26, "PML buffer", theme.TITLE, bold=True, target=Target("term", "PML"))
    )
    n = len(frame.state.vcpus)
    who = f"vCPU {frame.vcpu}" + (f" of {n}" if n > 1 else "")
    parts.append(Text(width - INSET, 26, who, theme.LABEL, color="muted", anchor="end"))
    foot = height - (FOLDED if extras else INSET)
    if extras:
        parts += folded(frame, INSET, foot, width - 2 * INSET)
    top = 81.0 if compact else 109.0
    room = foot - top - (108.0 if compact else 126.0)
    tall = next((float(size) for size in _SIZES if size + 6 <= room), float(_SIZES[-1]))
    silo_x = width - 71.0
    if not vcpu.pml or vcpu.pml_address is None:
        return Scene(width, height, (*parts, *_off(frame, silo_x, top, tall)))
    parts += _index(frame, vcpu, width, 50)
    parts += _pending(frame, vcpu, compact=compact)
    page = frame.state.memory[vcpu.pml_address]
    shown = lens(frame, page, vcpu, INSET, top + 4, silo_x - 21 - INSET, tall, compact=compact)
    parts += shown.parts
    parts += _funnels(shown, silo_x, top + 3, tall, entries)
    parts += silos(frame, silo_x, top, tall)
    bottom = top + tall + 6
    below = max(bottom, shown.below)
    y = max(bottom + DROP, below + CLEAR, outlet)
    above = y + WORDS > foot
    if above:
        y = max(y, below + WORDS)
    parts += pipe(frame, frame.vcpu, silo_x + SILO / 2, bottom, y, width, above=above)
    if not compact and not pml.is_full(vcpu.pml_index, entries):
        parts += _note(shown, top + tall)
    parts += shown.anchors
    parts.append(Anchor("pml.head", 0, HEAD))
    return Scene(width, height, tuple(parts))


def _index(frame: Frame, vcpu: Vcpu, width: float, y: float) -> list[Primitive]:
    """Return the index in hex and in decimal, and what it was before this item."""
    entries = frame.state.geometry.pml_entries
    before = frame.before.vcpus[frame.vcpu]
    moved = before.pml and before.pml_index != vcpu.pml_index
    full = pml.is_full(vcpu.pml_index, entries)
    color = "accent" if moved or full else "ink"
    parts: list[Primitive] = [
        Text(INSET, y, "index", theme.LABEL, color="muted", target=Target("term", "PML index"))
    ]
    x = INSET + 42
    word, last = _hex(vcpu.pml_index, entries), "full" if full else str(vcpu.pml_index)
    old = _hex(before.pml_index, entries)
    taken = text_width(word, theme.TITLE, "mono", bold=True) + 8
    size = theme.BODY
    if moved:
        # Of the three the old one and the decimal give way first.
        both = text_width(old, 1, "mono") + text_width(last, 1, "mono", bold=True)
        room = width - INSET - x - taken - 22
        size = theme.BODY if both * theme.BODY <= room else theme.CAPTION
        parts.append(Text(x, y + 1, old, size, "mono", color="muted"))
        x += text_width(old, size, "mono") + 5
        parts.append(Text(x, y + 1, "→", size, color="muted"))
        x += 17 if size == theme.BODY else 14
    parts += [
        Text(x, y + 2, word, theme.TITLE, "mono", bold=True, color=color),
        Text(width - INSET, y + 1, last, size, "mono", bold=True, color=color, anchor="end"),
    ]
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


def _off(frame: Frame, silo_x: float, top: float, tall: float) -> list[Primitive]:
    """Return what the panel says while PML is off, beside an empty place for the silo."""
    if not frame.state.domain.log_dirty:
        words = "PML is off: log-dirty mode is not enabled, so no write is tracked."
    else:
        words = (
            "PML is off: control bit 17 is 0. The processor logs nothing; the first write to each"
            " page exits 48, and the handler marks it."
        )
    lines = wrap(words, silo_x - 20 - INSET, theme.LABEL)
    text: list[Primitive] = [
        Text(INSET, top + 16 + 18 * n, line, theme.LABEL, color="muted")
        for n, line in enumerate(lines)
    ]
    silo = Rect(silo_x, top, SILO, tall + 6, None, "faint", theme.BORDER, 4, NOT_YET)
    return [*text, silo]


def _funnels(shown: Lens, silo_x: float, high: float, tall: float, entries: int) -> list[Primitive]:
    """Return the wedges from groups of lens rows to their slots in the silo, and the scale."""
    px = tall / entries
    parts: list[Primitive] = []
    taken: list[tuple[float, float]] = []
    left, right = shown.right + 2, silo_x - 1
    for first, last, top, bottom in shown.spans:
        y1, y2 = high + (entries - 1 - first) * px, high + (entries - last) * px
        y2 = max(y2, y1 + 4)
        parts.append(
            Path(
                (("M", left, top), ("L", right, y1), ("L", right, y2), ("L", left, bottom), ("Z",)),
                fill="road",
            )
        )
        taken.append((min(top, y1) - 8, max(bottom, y2) + 8))
    for slot in (entries * 3 // 4, entries // 2, entries // 4, 0):
        y = high + (entries - 1 - slot) * px + 0.5
        # A number that a wedge passes would not be read.
        if any(top <= y <= bottom for top, bottom in taken):
            continue
        parts += [
            Line(silo_x - 7, y, silo_x - 1, y, "muted", theme.BORDER),
            Text(silo_x - 11, y + 4, str(slot), theme.CAPTION, color="muted", anchor="end"),
        ]
    return parts


def _note(shown: Lens, bottom: float) -> list[Primitive]:
    """Return when the buffer is read, in the room beside the silo."""
    y = bottom - 92
    if shown.bottom + 30 > y:
        return []
    lines = ("Xen reads it at", "exit 62, PEEK and", "CLEAN, no sooner.")
    box: list[Primitive] = [Rect(INSET, y, shown.right - INSET - 18, 62, "sunk", radius=4)]
    box += [
        Text(INSET + 8, y + 18 + 17 * n, line, theme.LABEL, color="muted")
        for n, line in enumerate(lines)
    ]
    return box
