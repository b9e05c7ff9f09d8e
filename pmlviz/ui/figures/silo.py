"""The silo: all slots of a PML buffer to scale, one bar a vCPU, and where the index stands."""

from typing import Final

import numpy as np

from pmlviz.core import pml
from pmlviz.core.units import fmt
from pmlviz.ui.figures import theme
from pmlviz.ui.figures.scene import Hatch, Line, Path, Primitive, Rect, Target, Text
from pmlviz.ui.frame import Frame

SILO: Final = 46.0
"""Width of all silos together, px."""
MOST_SILOS: Final = 4
"""With more vCPUs than this only the current one's is drawn."""

_OTHER: Final = 7.0
_GAP: Final = 3.0
_WORDS: Final = 34.0
"""The least width with words in it, px."""
_LEAST_FILL: Final = 3.0
_LEAST_HATCH: Final = 5.0


def silos(frame: Frame, x: float, top: float, tall: float) -> list[Primitive]:
    """Return one silo a vCPU, side by side; that of the current one is wide and in ink.

    *tall* is the height of all slots; the walls take 3 px more at either end.
    """
    n = len(frame.state.vcpus)
    which = [frame.vcpu] if n > MOST_SILOS else list(range(n))
    wide = SILO - (_OTHER + _GAP) * (len(which) - 1)
    parts: list[Primitive] = []
    for number in which:
        w = wide if number == frame.vcpu else _OTHER
        parts += _silo(frame, number, x, top, w, tall)
        if number == frame.vcpu:
            current = x
        x += w + _GAP
    parts += _pointer(frame, current, wide, x - _GAP, top + 3, tall)
    return parts


def _silo(
    frame: Frame, number: int, x: float, top: float, w: float, tall: float
) -> list[Primitive]:
    vcpu = frame.state.vcpus[number]
    current = number == frame.vcpu
    wall = 3.0 if current else 1.5
    parts: list[Primitive] = [
        Rect(
            x, top, w, tall + 6, "sunk", "ink" if current else "faint", 2 if current else 1,
            min(4.0, w / 3), target=Target("vcpu", number),
            tip=f"PML buffer of vCPU {number}, index {fmt(vcpu.pml_index)}",
        )
    ]  # fmt: skip
    if not vcpu.pml or vcpu.pml_address is None:
        return parts
    entries = frame.state.geometry.pml_entries
    px = tall / entries
    inner, left, high = w - 2 * wall, x + wall, top + 3
    waiting = pml.pending_count(vcpu.pml_index, entries)
    filled = waiting * px
    for first, last in _stale_runs(frame.state.memory[vcpu.pml_address], entries - waiting):
        y = high + (entries - 1 - last) * px
        high_ = max(1.0, (last - first + 1) * px)
        parts.append(Rect(left, y, inner, high_, "line", opacity=0.55))
    if filled >= _LEAST_HATCH:
        parts.append(Hatch(left, high, inner, filled, pitch=9, width=1.6))
        parts.append(Rect(left, high, inner, filled, None, "pend.line", 1.5 if current else 1))
    elif waiting:
        parts.append(Rect(left, high, inner, max(filled, _LEAST_FILL), "pend.line"))
    if current and w >= _WORDS:
        parts += _words(waiting, entries, x + w / 2, high, filled, tall)
    return parts


def _stale_runs(page: bytes, below: int) -> list[tuple[int, int]]:
    """Return the runs (first, last) of slots under *below* that still hold a word."""
    held = np.frombuffer(page, dtype="<u8")[:below] != 0
    edges = np.flatnonzero(np.diff(np.concatenate(([False], held, [False])).astype(np.int8)))
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _words(
    waiting: int, entries: int, x: float, high: float, filled: float, tall: float
) -> list[Primitive]:
    free = entries - waiting
    if free == 0:
        middle = high + tall / 2
        return [
            Rect(x - 15, middle - 20, 30, 38, "panel", "pend.line", 1, 3),
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


def _pointer(
    frame: Frame, x: float, w: float, right: float, high: float, tall: float
) -> list[Primitive]:
    """Return the arrow at the slot that the index names, or under the last one if it names none."""
    vcpu = frame.state.vcpus[frame.vcpu]
    entries = frame.state.geometry.pml_entries
    waiting = pml.pending_count(vcpu.pml_index, entries)
    y = high + waiting * tall / entries + (0.5 if waiting < entries else 0)
    arrow = Path(
        (("M", right + 2, y), ("L", right + 15, y - 7), ("L", right + 15, y + 7), ("Z",)),
        fill="accent",
    )
    if x + w == right:
        return [arrow]
    # Others stand between the arrow and what it points to.
    return [Line(x + w, y, right + 3, y, "accent", 1.5), arrow]
