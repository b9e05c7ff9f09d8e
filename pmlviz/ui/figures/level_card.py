"""An EPT entry that leads to a table, as a card that the road crosses."""

from typing import Final

from pmlviz.core.ept import MemType, PathStep
from pmlviz.core.units import fmt
from pmlviz.ui.figures import theme
from pmlviz.ui.figures.entry_parts import bit, differences, raw_value, span_words
from pmlviz.ui.figures.parts import Parts, card
from pmlviz.ui.figures.road_strips import split_of
from pmlviz.ui.figures.scene import Primitive, Target, Text, Token
from pmlviz.ui.figures.text import first_fitting, width
from pmlviz.ui.figures.trip import Entry
from pmlviz.ui.frame import Frame

PAD: Final = 7.0
_BIT: Final = 19.0
FLAG_PLACES: Final = {"R": 0.0, "W": 22.0, "X": 44.0, "A": 74.0}
"""Left edges of the flags, px from the card's inner edge."""
_FLAGS: Final = 31.0
FLAGS_BELOW: Final = _FLAGS + _BIT
"""Lower edge of the flags, px from the card's top."""
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
        Text(left, y + 21, name_of(step), theme.BODY, bold=True, target=target, tip=tip),
    ]
    for name, at in FLAG_PLACES.items():
        on = bool(getattr(now, name.lower()))
        parts += bit(left + at, y + _FLAGS, _BIT, name, on=on, now=fresh and turned(entry, name))
    frame_no = fmt(now.mfn)
    where = first_fitting((f"→ table {frame_no}", f"→ {frame_no}"), room, theme.LABEL, "mono")
    table = Target("table", now.mfn)
    parts.append(Text(left, road + 22, where, theme.LABEL, "mono", target=table, tip=tip))
    notes, color, bold = _notes(frame, entry, gfn)
    note = first_fitting(notes, room, theme.CAPTION, bold=bold)
    tip = notes[0]
    parts.append(Text(left, road + 41, note, theme.CAPTION, bold=bold, color=color, tip=tip))
    tip = tip_of(step)
    size = min(theme.RAW, room / (_DIGITS * width("0", 1, "mono")))
    parts += raw_value(
        left + _DIGITS * width("0", size, "mono"), y + h - 10, now, size,
        was=entry.was, color="muted" if entry.was is None else "ink", target=target, tip=tip,
    )  # fmt: skip
    return tuple(parts)


def _notes(frame: Frame, entry: Entry, gfn: int) -> tuple[tuple[str, ...], Token, bool]:
    """Return the words under the frame number, the fullest first, their colour, and if bold."""
    geometry, level = frame.state.geometry, entry.step.level
    covers = span_words(geometry, level)
    if split_of(frame, gfn, level) is not None:
        return (f"was one {covers} leaf", f"was a {covers} leaf", "was a leaf"), "crack.text", True
    if entry.was is not None:
        return (*differences(entry.was, entry.now, level, geometry),), "accent", True
    if entry.now.emt == MemType.RECALC:
        return ("emt 7: any use exits 49", "emt 7: use exits 49", "emt 7: exits 49"), "ink", True
    return (f"{covers}, no D flag",), "muted", False
