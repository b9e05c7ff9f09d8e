"""Counters and promise in three lines, for windows that have no room for them as panels."""

from pmlviz.ui.figures import theme
from pmlviz.ui.figures.counters import Count, counts
from pmlviz.ui.figures.glyphs import glyph
from pmlviz.ui.figures.promise import verdict
from pmlviz.ui.figures.scene import Line, Primitive, Text
from pmlviz.ui.figures.text import elide
from pmlviz.ui.figures.text import width as text_width
from pmlviz.ui.frame import Frame

_LINE = 22.0


def folded(frame: Frame, x: float, y: float, room: float) -> list[Primitive]:
    """Return exits, tables, pages to send and the promise, from *y* down; 86 px high."""
    exits, (_, _, tables), (to_send,) = counts(frame)
    parts: list[Primitive] = [Line(x, y, x + room, y, "line", 1)]
    base = y + 21
    parts.append(Text(x, base, "exits", theme.LABEL, color="muted"))
    at = x + 47
    for count in exits:
        if count.glyph is not None:
            parts += glyph(count.glyph, at, base - 4.5, 10)
        value = _value(count, at + 10, base)
        parts.append(value)
        at += 24 + text_width(value.text, theme.BODY, "mono", bold=True)
    base += _LINE
    parts.append(Text(x, base, "tables", theme.LABEL, color="muted", tip=tables.tip))
    value = _value(tables, x + 50, base)
    at = x + 50 + text_width(value.text, theme.BODY, "mono", bold=True) + 14
    parts += [value, Text(at, base, "to send", theme.LABEL, color="muted", tip=to_send.tip)]
    at += 54
    value = _value(to_send, at, base)
    was = f"{to_send.before:,}→"
    w = text_width(was, theme.CAPTION, "mono") + 3
    fits = at + w + text_width(value.text, theme.BODY, "mono", bold=True) <= x + room
    if to_send.now != to_send.before and fits:
        parts.append(Text(at, base, was, theme.CAPTION, "mono", color="accent"))
        value = _value(to_send, at + w, base)
    parts.append(value)
    base += _LINE
    lost = len(frame.lost)
    said = f"✘ broken: {lost:,} lost" if lost else "✔ kept (I-3)"
    said = elide(said, room - 60, theme.LABEL, bold=True)
    color = "lost.text" if lost else "ok"
    parts += [
        Text(x, base, "promise", theme.LABEL, color="muted"),
        Text(x + 60, base, said, theme.LABEL, bold=True, color=color, tip=verdict(frame)[1]),
    ]
    return parts


def _value(count: Count, x: float, y: float) -> Text:
    """Return the number as it is now: in the accent if this item changed it."""
    word = f"{'+' if count.plus else ''}{count.now:,}"
    color = "accent" if count.now != count.before else "ink"
    return Text(x, y, word, theme.BODY, "mono", bold=True, color=color, tip=count.tip)
