"""Counts of a run so far: exits by reason, log entries, drains, tables, pages to send."""

import msgspec

from pmlviz.core import judge
from pmlviz.core.bitset import Bitset
from pmlviz.ui.figures import theme
from pmlviz.ui.figures.glyphs import Glyph, glyph
from pmlviz.ui.figures.parts import label
from pmlviz.ui.figures.scene import Line, Primitive, Scene, Target, Text
from pmlviz.ui.figures.text import width as text_width
from pmlviz.ui.frame import Frame

_ROW = 32.0
_LEAST_ROW = 20.0


class Count(msgspec.Struct, frozen=True):
    """One line: a pictogram, words, the number before the current item, and now."""

    glyph: Glyph | None
    words: str
    before: int
    now: int
    tip: str
    plus: bool = False


def counts(frame: Frame) -> tuple[tuple[Count, ...], ...]:
    """Return the counts in groups, as they stand at the position of *frame*."""
    was, now = frame.tally_before, frame.tally
    before = _to_send(frame.before.domain.bitmap.bits, judge.pending(frame.before))
    to_send = _to_send(frame.state.domain.bitmap.bits, frame.pending)
    return (
        (
            Count("misconfig", "misconfig (49)", was.misconfigs, now.misconfigs,
                  "VM exits 49, EPT misconfiguration: Xen resolves what it had deferred"),
            Count("violation", "violation (48)", was.violations, now.violations,
                  "VM exits 48, EPT violation: a write met W=0"),
            Count("pml_full", "PML full (62)", was.pml_full, now.pml_full,
                  "VM exits 62: a write needed a slot and there was none"),
        ),
        (
            Count("logged", "logged", was.log_entries, now.log_entries,
                  "Addresses that the processor stored in a PML buffer"),
            Count("drain", "drains", was.drains, now.drains,
                  "Buffers that held something when Xen emptied them"),
            Count("split", "tables +4096 B", was.tables_added, now.tables_added,
                  f"{now.tables_added} tables added, {4096 * now.tables_added} bytes", plus=True),
        ),
        (
            Count(None, "pages to send", before, to_send,
                  "Pages in the bitmap or in a PML buffer"),
        ),
    )  # fmt: skip


def layout(frame: Frame, width: float, height: float, *, title: bool = False) -> Scene:
    """Return the counters *width* px wide; rows close up when *height* is short."""
    groups = counts(frame)
    n_rows = sum(len(group) for group in groups)
    top = 38.0 if title else 6.0
    spare = height - top - 2 * 5 - 48
    row = max(_LEAST_ROW, min(_ROW, spare / n_rows))
    parts: list[Primitive] = []
    if title:
        parts.append(Text(theme.INSET, 24, "Counters", theme.TITLE, bold=True))
    left, right = 12.0, width - 12.0
    y = top + row / 2
    for n, group in enumerate(groups):
        if n:
            parts.append(Line(left, y - row / 2 + 2, right, y - row / 2 + 2, "line"))
            y += 5
        for count in group:
            parts += _row(count, left, right, y)
            y += row
    bits, pending = len(frame.state.domain.bitmap.bits), len(frame.pending)
    for words in (f"{bits:,} in the bitmap", f"{pending:,} still in the buffer"):
        parts.append(label(left, y + 2, words, color="muted"))
        y += 18
    return Scene(width, height, tuple(parts))


def _row(count: Count, left: float, right: float, y: float) -> list[Primitive]:
    target = Target("term", count.words)
    parts: list[Primitive] = []
    if count.glyph is not None:
        parts += glyph(count.glyph, left + 7, y, 10)
    x = left + 20 if count.glyph is not None else left
    parts.append(label(x, y, count.words, color="muted", target=target, tip=count.tip))
    sign = "+" if count.plus else ""
    changed = count.now != count.before
    value = f"{sign}{count.now:,}"
    parts.append(
        label(right, y, value, theme.TITLE, font="mono", bold=True,
              color="accent" if changed else "ink", anchor="end", tip=count.tip)
    )  # fmt: skip
    if changed:
        at = right - text_width(value, theme.TITLE, "mono", bold=True) - 6
        was = f"{sign}{count.before:,}→"
        if at - text_width(was, theme.CAPTION, "mono") > x + text_width(count.words, theme.LABEL):
            parts.append(
                label(at, y + 2, was, theme.CAPTION, font="mono", color="accent", anchor="end")
            )
    return parts


def _to_send(bits: Bitset, pending: Bitset) -> int:
    return len(bits) + len(pending.difference(bits))
