"""Counters and promise in four lines, for windows that have no room for them as panels."""

from pmlviz.ui.figures import theme
from pmlviz.ui.figures.glyphs import Glyph, glyph
from pmlviz.ui.figures.promise import verdict
from pmlviz.ui.figures.scene import Line, Primitive, Text
from pmlviz.ui.figures.text import elide
from pmlviz.ui.figures.text import width as text_width
from pmlviz.ui.frame import Frame


def folded(frame: Frame, x: float, y: float, room: float) -> list[Primitive]:
    """Return exits, tables, pages to send and the promise, from *y* down; 86 px high."""
    t, before = frame.tally, frame.tally_before
    parts: list[Primitive] = [Line(x, y, x + room, y, "line", 1)]
    base = y + 21
    parts.append(Text(x, base, "exits", theme.LABEL, color="muted"))
    at = x + 47
    exits: tuple[tuple[Glyph, int, int], ...] = (
        ("misconfig", t.misconfigs, before.misconfigs),
        ("violation", t.violations, before.violations),
        ("pml_full", t.pml_full, before.pml_full),
    )
    for name, now, old in exits:
        parts += glyph(name, at, base - 4.5, 10)
        word = f"{now:,}"
        color = "accent" if now != old else "ink"
        parts.append(Text(at + 10, base, word, theme.BODY, "mono", bold=True, color=color))
        at += 24 + text_width(word, theme.BODY, "mono", bold=True)
    base += 22
    parts.append(Text(x, base, "tables", theme.LABEL, color="muted"))
    word = f"+{t.tables_added:,}"
    parts.append(Text(x + 50, base, word, theme.BODY, "mono", bold=True))
    at = x + 50 + text_width(word, theme.BODY, "mono", bold=True) + 14
    parts.append(Text(at, base, "to send", theme.LABEL, color="muted"))
    send = f"{len(frame.state.domain.bitmap.bits.union(frame.pending)):,}"
    parts.append(Text(at + 54, base, send, theme.BODY, "mono", bold=True))
    base += 22
    lost = len(frame.lost)
    good = not lost
    parts.append(Text(x, base, "promise", theme.LABEL, color="muted"))
    said = "✔ kept (I-3)" if good else f"✘ broken: {lost:,} lost"
    parts.append(
        Text(x + 60, base, elide(said, room - 60, theme.LABEL, bold=True), theme.LABEL, bold=True,
             color="ok" if good else "lost.text", tip=verdict(frame)[1])
    )  # fmt: skip
    return parts
