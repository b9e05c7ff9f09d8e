"""What may be typed at "go to": an item, a share, a distance, an exit, a guest frame."""

import re

from pmlviz.core.errors import PmlvizError
from pmlviz.core.items import parse_number
from pmlviz.core.stats import Mark
from pmlviz.core.timeline import Position, Timeline
from pmlviz.core.units import Gfn

USAGE = "1234 · 50% · +100 · -3 · 12.4 (event 4 of item 12) · exit 3 · gfn 0x1f4"
EXITS = Mark.VIOLATION | Mark.MISCONFIG | Mark.PML_FULL
REST = 1 << 30

_SHARE = re.compile(r"(\d+(?:\.\d+)?)\s*%\Z")
_STEP = re.compile(r"([+-])\s*(\d+)\Z")
_PLACE = re.compile(r"(\d+)(?:\.(\d+))?\Z")


def parse(text: str, timeline: Timeline, here: Position) -> Position | Gfn:
    """Return the position, or the guest frame to select, that *text* names.

    Raises PmlvizError.
    """
    text = text.strip().replace(",", "")
    last = len(timeline.script)
    if match := _SHARE.match(text):
        return Position(round(last * min(100.0, float(match[1])) / 100), REST)
    if match := _STEP.match(text):
        by = int(match[2]) * (1 if match[1] == "+" else -1)
        return Position(max(0, min(last, here.item + by)), REST)
    if match := _PLACE.match(text):
        item = int(match[1])
        if item > last:
            raise PmlvizError(f"there is no item {item}", hint=f"0 to {last:,}")
        return Position(item, int(match[2]) if match[2] else REST)
    word, _, rest = text.partition(" ")
    if word == "gfn" and rest:
        gfn = parse_number(rest.strip())
        if gfn >= timeline.start.domain.max_gfn:
            top = timeline.start.domain.max_gfn - 1
            raise PmlvizError(f"there is no gfn {gfn:#x}", hint=f"0 to {top:#x}")
        return Gfn(gfn)
    if word == "exit" and rest:
        return _exit(parse_number(rest.strip()), timeline)
    raise PmlvizError(f"cannot go to {text!r}", hint=USAGE)


def _exit(wanted: int, timeline: Timeline) -> Position:
    """Return the position of the *wanted*-th VM exit, counted from 1, among what is recorded."""
    seen = 0
    for item, marks in enumerate(timeline.summary.marks):
        if not marks & EXITS:
            continue
        for event, mark in timeline.summary.places(item):
            if mark & EXITS:
                seen += 1
                if seen == wanted:
                    return Position(item, event)
    known = "so far" if not timeline.complete else "in all"
    raise PmlvizError(f"there is no exit {wanted}", hint=f"{seen:,} exits {known}")
