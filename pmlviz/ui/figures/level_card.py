"""An EPT entry that leads to a table, as a card that the road crosses."""

from typing import Final

from pmlviz.core.ept import MemType, PathStep
from pmlviz.core.units import fmt
from pmlviz.ui.figures import theme
from pmlviz.ui.figures.entry_parts import bit, difference, raw_value, span_words
from pmlviz.ui.figures.parts import Parts, card
from pmlviz.ui.figures.road_strips import split_of
from pmlviz.ui.figures.scene import Primitive, Target, Text, Token
from pmlviz.ui.figures.text import first_fitting, width
from pmlviz.ui.figures.trip import Entry
from pmlviz.ui.frame import Frame

PAD: Final = 7.0
_BIT: Final = 19.0
_PLACES: Final = (("R", 0.0), ("W", 22.0), ("X", 44.0), ("A", 74.0))
_DIGITS: Final = 18


def name_of(step: PathStep) -> str:
    """Return an entry's name as its card has it: `PDE [0]`."""
    return f"{step.level.name} [{step.index}]"


def target_of(step: PathStep) -> Target:
    """Return what a click on an entry selects."""
    return Target("entry", (int(step.level), step.table, step.index))


def tip_of(step: PathStep) -> str:
    """Return what hovering over an entry tells."""
    return f"{name_of(step)} of table {fmt(step.table)}: {fmt(step.entry)}"


def is_fresh(frame: Frame, entry: Entry) -> bool:
    """Return whether the last event is what changed *entry*."""
    return 0 < entry.event == frame.position.event


def turned(entry: Entry, name: str) -> bool:
    """Return whether the last change of *entry* turned flag *name*."""
    if entry.was is None:
        return False
    old: bool = getattr(entry.was, name.lower())
    new: bool = getattr(entry.now, name.lower())
    return old != new


def level_card(
    frame: Frame, entry: Entry, gfn: int, x: float, y: float, w: float, h: float, road: float
) -> Parts:
    """Return the card of *entry* on the path of *gfn*; the road crosses it at y = *road*."""
    step, now = entry.step, entry.now
    left, room = x + PAD, w - 2 * PAD
    target, tip = target_of(step), tip_of(step)
    fresh = is_fresh(frame, entry)
    parts: list[Primitive] = [
        *card(x, y, w, h, target=target, tip=tip),
        Text(left, y + 21, name_of(step), theme.BODY, "sans", True, "ink", "start", target, tip),
    ]
    for name, at in _PLACES:
        on = bool(getattr(now, name.lower()))
        parts += bit(left + at, y + 31, _BIT, name, on=on, now=fresh and turned(entry, name))
    frame_no = fmt(now.mfn)
    where = first_fitting((f"→ table {frame_no}", f"→ {frame_no}"), room, theme.LABEL, "mono")
    table = Target("table", now.mfn)
    parts.append(Text(left, road + 22, where, theme.LABEL, "mono", target=table, tip=tip))
    note, color, bold = _note(frame, entry, gfn)
    note = first_fitting((note, note.replace(", ", " ")), room, theme.CAPTION, bold=bold)
    parts.append(Text(left, road + 41, note, theme.CAPTION, "sans", bold, color))
    size = min(theme.RAW, room / (_DIGITS * width("0", 1, "mono")))
    parts += raw_value(
        left + _DIGITS * width("0", size, "mono"), y + h - 10, now, size,
        was=entry.was, color="muted" if entry.was is None else "ink", target=target, tip=tip,
    )  # fmt: skip
    return tuple(parts)


def _note(frame: Frame, entry: Entry, gfn: int) -> tuple[str, Token, bool]:
    """Return the words under the frame number, their colour, and whether they are bold."""
    geometry, level = frame.state.geometry, entry.step.level
    covers = span_words(geometry, level)
    if split_of(frame, gfn, level) is not None:
        return f"was one {covers} leaf", "crack.text", True
    if entry.was is not None:
        return difference(entry.was, entry.now, level, geometry), "accent", True
    if entry.now.emt == MemType.RECALC:
        return "emt 7: any use exits", "ink", True
    return f"{covers}, no D flag", "muted", False
