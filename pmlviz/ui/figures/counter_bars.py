"""Counts of a run item by item, a bar an item beside each, and the PML index along the run."""

from collections import Counter
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pmlviz.core import judge
from pmlviz.core.stats import Mark
from pmlviz.core.summary import PML_OFF
from pmlviz.ui.figures.debug_plan import LEFT, SMALL, TEXT, TITLE
from pmlviz.ui.figures.parts import Parts, changed
from pmlviz.ui.figures.scene import (
    Circle,
    Line,
    Point,
    Polyline,
    Primitive,
    Rect,
    Scene,
    Target,
    Text,
)
from pmlviz.ui.figures.slots import index_word, vcpu_of
from pmlviz.ui.figures.text import first_fitting, width
from pmlviz.ui.frame import Frame

MOST_BARS: Final = 64
_BAR: Final = 11.0
_PITCH: Final = 8.0
_LEAST_PITCH: Final = 3.0
_WITH_BARS: Final = 270.0
_PLOT: Final = 112.0
"""Height of the plot with its heading."""


class _Row(NamedTuple):
    words: tuple[str, ...]
    """For much room and for little."""

    now: int
    before: int
    mark: Mark = Mark(0)
    tip: str = ""
    term: str = ""
    """The word of the glossary that explains it."""


def _groups(frame: Frame) -> tuple[tuple[_Row, ...], ...]:
    was, now = frame.tally_before, frame.tally
    bits, bits_before = frame.state.domain.bitmap.bits, frame.before.domain.bitmap.bits
    waiting = judge.pending(frame.before)
    only, only_before = frame.pending.difference(bits), waiting.difference(bits_before)
    n, n_before = len(bits), len(bits_before)
    m, m_before = len(only), len(only_before)
    return (
        (
            _Row(("exit 48  EPT violation", "exit 48  violation"), now.violations, was.violations,
                 Mark.VIOLATION, "VM exits 48: an access met a right that the path does not grant",
                 "violation"),
            _Row(("exit 49  misconfiguration", "exit 49  misconfig"), now.misconfigs,
                 was.misconfigs, Mark.MISCONFIG, "VM exits 49: what Xen deferred is resolved",
                 "misconfiguration"),
            _Row(("exit 62  PML full",), now.pml_full, was.pml_full, Mark.PML_FULL,
                 "VM exits 62: a flag had to be set and no slot was left", "PML-full"),
        ),
        (
            _Row(("log entries",), now.log_entries, was.log_entries, Mark.LOGGED,
                 "Addresses that processors stored in PML buffers", "PML buffer"),
            _Row(("drains",), now.drains, was.drains, Mark.DRAIN,
                 "Buffers that held something when the hypervisor emptied them", "drain"),
            _Row(("tables (+4096 B each)", "tables (+4 KiB)"), now.tables_added, was.tables_added,
                 Mark.SPLIT, f"EPT tables added: {now.tables_added * 4096:,} bytes", "split"),
        ),
        (
            _Row(("pages in the bitmap", "in the bitmap"), n, n_before, term="log-dirty bitmap"),
            _Row(("pages only in a buffer", "only in a buffer"), m, m_before, term="pending"),
            _Row(("pages to send",), n + m, n_before + m_before),
        ),
    )  # fmt: skip


def layout(frame: Frame, room: float, height: float) -> Scene:
    """Return the counts *room* x *height* (at least 224 x 200); bars and plot as room allows."""
    title = Text(LEFT, 24, "Counters", TITLE, bold=True)
    x = LEFT + width(title.text, TITLE, bold=True) + 12
    first = max(1, frame.position.item - _bars_in(room) + 1)
    options = ("since the start", "")
    if room >= _WITH_BARS:
        more = ", by item" if first == 1 else f"; bars from item {first:,} on"
        options = (f"since the start{more}", f"bars from item {first:,} on")
    parts: list[Primitive] = [
        title,
        Text(x, 24, first_fitting(options, room - LEFT - x, TEXT), TEXT, color="muted"),
    ]
    plot = height >= 330
    groups = _groups(frame)
    space = height - 34 - (_PLOT if plot else 8)
    pitch = min(20.0, (space - 2 * 10) / (sum(len(g) for g in groups) + 1))
    per_item = _per_item(frame, first)
    y = 34 + pitch * 0.6
    for n, group in enumerate(groups):
        if n:
            parts.append(Line(LEFT, y - pitch / 2, room - LEFT, y - pitch / 2, "line", 1))
            y += 10
        for row in group:
            parts += _row(frame, row, per_item, first, room, y)
            y += pitch
    parts += _verdict(frame, room, y)
    if plot:
        parts += _plot(frame, room, max(height - _PLOT, y + 16))
    return Scene(room, height, tuple(parts))


def _bars_in(room: float) -> int:
    return max(8, min(MOST_BARS, int((room - 240) / _LEAST_PITCH)))


def _per_item(frame: Frame, first: int) -> list[Counter[Mark]]:
    """Return how often each mark occurs in each item from *first* to now, no event after now."""
    found: list[Counter[Mark]] = []
    here = frame.position
    for item in range(first, here.item + 1):
        counts: Counter[Mark] = Counter()
        for event, marks in frame.summary.places(item):
            if item < here.item or event <= here.event:
                for mark in Mark(marks):
                    counts[mark] += 1
        found.append(counts)
    return found


def _row(
    frame: Frame,
    row: _Row,
    per_item: list[Counter[Mark]],
    first: int,
    room: float,
    y: float,
) -> Parts:
    right = room - LEFT
    value = f"{row.now:,}"
    wide = width(value, 12, "mono", bold=True)
    bars = row.mark and room >= _WITH_BARS
    free = (right - 132 if bars else right - wide) - LEFT - 8
    parts: list[Primitive] = [
        Text(LEFT, y, first_fitting(row.words, max(free, 90), TEXT), TEXT, color="muted",
             tip=row.tip, target=Target("term", row.term) if row.term else None),
        Text(right, y, value, 12, "mono", bold=True, anchor="end"),
    ]  # fmt: skip
    if row.now != row.before:
        now = frame.current is not None and not frame.at_rest
        box = (right - wide - 2, y - 11, wide + 4, 14)
        line = Line(right - wide, y + 3, right, y + 3, "accent", 2)
        parts += changed(*box) if now and row.mark and _at_current(frame, row.mark) else (line,)
    if bars:
        counts = [each[row.mark] for each in per_item]
        parts += _bars(frame, counts, first, (right - 124, right - wide - 14), y)
    return tuple(parts)


def _at_current(frame: Frame, mark: Mark) -> bool:
    """Return whether the current event is the one that was counted."""
    here = frame.position
    return any(
        event == here.event and marks & mark for event, marks in frame.summary.places(here.item)
    )


def _bars(
    frame: Frame, counts: list[int], first: int, span: tuple[float, float], y: float
) -> Parts:
    """Return a bar an item, as high as its count; none is a hairline."""
    left, right = span
    if not counts or right - left < 12:
        return ()
    pitch = min(_PITCH, (right - left) / len(counts))
    shown = counts[-max(1, int((right - left) / max(pitch, 1.5))) :]
    pitch = min(_PITCH, (right - left) / len(shown))
    first += len(counts) - len(shown)
    most = max(1, *shown) if shown else 1
    wide = max(1.0, pitch - 2)
    parts: list[Primitive] = []
    for n, count in enumerate(shown):
        item = first + n
        x = left + n * pitch
        high = max(2.0, _BAR * count / most) if count else 1.0
        color = "accent" if item == frame.position.item else "muted"
        parts.append(
            Rect(x, y + 1 - high, wide, high, color if count else "faint",
                 target=Target("item", item), tip=f"item {item:,}: {count}")
        )  # fmt: skip
    return tuple(parts)


def _verdict(frame: Frame, room: float, y: float) -> Parts:
    lost, over = len(frame.lost), len(frame.over)
    right = room - LEFT
    bad = bool(lost)
    return (
        Text(LEFT, y, "lost  ·  over-reported", TEXT, color="muted", target=Target("term", "lost")),
        Text(right, y, f"{lost:,} · {over:,}", 12, "mono", bold=True, anchor="end",
             color="lost.text" if bad else "ink"),
    )  # fmt: skip


def _plot(frame: Frame, room: float, top: float) -> Parts:
    """Return the PML index after each item: full at the bottom, all slots free at the top."""
    number = vcpu_of(frame)
    entries = frame.state.geometry.pml_entries
    vcpu = frame.state.vcpus[number]
    right = room - LEFT
    name = "index along the run" if len(frame.state.vcpus) == 1 else f"index of vCPU {number}"
    word = index_word(vcpu.pml_index, entries) if vcpu.pml else "PML off"
    high, low = top + 34, top + 92
    left = LEFT + 36
    parts: list[Primitive] = [
        Line(LEFT, top, right, top, "line", 1),
        Text(LEFT, top + 21, name, TEXT, color="muted"),
        Text(right, top + 21, word, TEXT, "mono", anchor="end"),
        Text(left - 8, high + 4, str(entries - 1), SMALL, "mono", color="muted", anchor="end"),
        Text(left - 8, low + 3, "full", SMALL, color="muted", anchor="end"),
        Line(left, high, right, high, "line", 1),
        Line(left, low, right, low, "faint", 1),
    ]
    n = max(1, frame.n_items)

    def at(item: float, level: float) -> tuple[float, float]:
        share = (entries - 1 - level) / entries
        return left + item / n * (right - left), high + share * (low - high)

    known = frame.summary.pml_index
    if number < len(known):
        levels = _levels(np.array(known[number][: frame.position.item]), entries)
        for run in _runs(levels, int(right - left)):
            parts += _stretch([at(*each) for each in run])
    if vcpu.pml:
        now = float(_levels(np.array([vcpu.pml_index]), entries)[0])
        x, y = at(frame.position.item, now)
        before = frame.before.vcpus[number]
        if before.pml and frame.position.item:
            old = float(_levels(np.array([before.pml_index]), entries)[0])
            bx, by = at(frame.position.item - 1, old)
            parts.append(Polyline(((bx, by), (x, by), (x, y)), "ink", 1.5))
        parts += [
            Line(x, high, x, low, "faint", 1, dash=(2, 2)),
            Circle(x, y, 3.5, "accent"),
        ]
    return tuple(parts)


def _stretch(points: list[Point]) -> Parts:
    return (Polyline(tuple(points), "ink", 1.5),) if len(points) > 1 else ()


def _levels(indices: NDArray[np.int_], entries: int) -> NDArray[np.float64]:
    """Return the next slot, -1 where the buffer is full, NaN where PML is off."""
    levels = np.where(indices >= entries, -1.0, indices.astype(np.float64))
    return np.where(indices == PML_OFF, np.nan, levels)


def _runs(levels: NDArray[np.float64], px: int) -> list[list[tuple[float, float]]]:
    """Return (item, level) of each stretch with PML on, at most about two points a px.

    Of the items of one px the fullest is kept, and the last.
    """
    n = len(levels)
    step = max(1, n // max(1, px))
    runs: list[list[tuple[float, float]]] = [[]]
    for start in range(0, n, step):
        some = levels[start : start + step]
        on = some[~np.isnan(some)]
        if not len(on):
            runs.append([])
            continue
        runs[-1].append((start, float(on.min())))
        if step > 1:
            runs[-1].append((min(n, start + step) - 1, float(on[-1])))
    return [run for run in runs if run]
