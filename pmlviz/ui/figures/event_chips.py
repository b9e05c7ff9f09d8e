"""The telling events of a timeline as chips below their ticks; where they crowd, the gravest."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from pmlviz.core import events as e
from pmlviz.core.stats import Mark
from pmlviz.ui.figures.debug_plan import SMALL
from pmlviz.ui.figures.event_axis import Span
from pmlviz.ui.figures.parts import Parts
from pmlviz.ui.figures.scene import Dash, Primitive, Rect, Target, Text, Token
from pmlviz.ui.figures.text import width
from pmlviz.ui.frame import Frame

_WORDS: Final[tuple[tuple[Mark, str, str], ...]] = (
    (Mark.LOST, "lost", "a write that no record has"),
    (Mark.PML_FULL, "62", "exit 62: PML full"),
    (Mark.VIOLATION, "48", "exit 48: EPT violation"),
    (Mark.SPLIT, "split", "a superpage is split"),
    (Mark.MISCONFIG, "49", "exit 49: EPT misconfiguration"),
    (Mark.DRAIN, "drain", "a buffer is drained"),
    (Mark.CLEAN, "CLEAN", "the bitmap is read and cleared"),
    (Mark.PEEK, "PEEK", "the bitmap is read"),
    (Mark.LOGGED, "log", "an address is stored in a PML buffer"),
    (Mark.MARKED, "mark", "the handler sets a bit"),
)
"""The gravest first; each with its word and what it says in full."""

_HIGH: Final = 15.0
_NOT_YET: Final[Dash] = (3.0, 2.0)
"""Short dashes, for so small a thing."""
_PAD: Final = 4.5
_APART: Final = 3.0


class _Chip(NamedTuple):
    rank: int
    x: float
    words: str
    tip: str
    item: int
    event: int
    mark: Mark


def chips(frame: Frame, laid: tuple[Span, ...], top: float, room: float) -> Parts:
    """Return the chips of all items of *laid*, their tops at *top*, none over another.

    The current event's is filled; the next to come has the accent's dashes.
    """
    here = frame.position
    found = [chip for span in laid if not span.is_rest for chip in _of_item(frame, span)]
    ahead = [c for c in found if (c.item, c.event) > (here.item, here.event)]
    following = min(ahead, key=lambda c: (c.item, c.event), default=None)
    current = [c for c in found if (c.item, c.event) == (here.item, here.event)]
    order = [*current, *([following] if following is not None else [])]
    order += sorted((c for c in found if c not in order), key=lambda c: (c.rank, c.x))
    taken: list[tuple[float, float]] = []
    parts: list[Primitive] = []
    for chip in order:
        w = width(chip.words, SMALL, "mono", bold=chip in current) + 2 * _PAD
        x = max(2.0, min(room - 2 - w, chip.x - w / 2))
        if any(x < right + _APART and left - _APART < x + w for left, right in taken):
            continue
        taken.append((x, x + w))
        when = "now" if chip in current else "next" if chip == following else ""
        later = (chip.item, chip.event) > (here.item, here.event)
        parts += _draw(chip, x, top, w, when, later=later)
    return tuple(parts)


def _of_item(frame: Frame, span: Span) -> Iterator[_Chip]:
    if span.first > frame.recorded:
        return
    for event, marks in frame.summary.places(span.first):
        for rank, (mark, word, tip) in enumerate(_WORDS):
            if marks & mark:
                words = _words(frame, span.first, event, mark, word)
                yield _Chip(rank, span.x_of(event), words, tip, span.first, event, mark)
                break


def _words(frame: Frame, item: int, event: int, mark: Mark, word: str) -> str:
    """Return the chip's word, with its number where the frame knows the event."""
    if mark is Mark.SPLIT:
        age = frame.position.item - item
        sizes = {split.pages for split in frame.splits if split.age == age}
        return f"1→{sizes.pop():,}" if len(sizes) == 1 else word
    if item == frame.position.item and event <= len(frame.events):
        match frame.events[event - 1]:
            case e.PmlLogged(slot=slot):
                return f"log {slot}"
            case e.DrainBegan(count=count):
                return f"drain {count}"
    return word


def _draw(chip: _Chip, x: float, y: float, w: float, when: str, *, later: bool) -> Parts:
    fill: Token = "panel"
    edge: Token = "faint"
    ink: Token = "muted"
    dash: Dash = ()
    if chip.mark is Mark.SPLIT:
        fill, edge, ink = "crack.ground", "crack", "crack.text"
    elif chip.mark is Mark.LOST:
        fill, edge, ink = "lost.ground", "lost", "lost.text"
    if later:
        fill, dash = "panel", _NOT_YET
        ink = ink if chip.mark is Mark.SPLIT or chip.mark is Mark.LOST else "muted"
    if when == "now":
        fill, edge, ink = "accent", "accent", "accent.ink"
    elif when == "next":
        edge, ink = "accent", "accent"
    target = Target("event", (chip.item, chip.event))
    return (
        Rect(x + 0.5, y + 0.5, w - 1, _HIGH, fill, edge, 1, 2, dash, 1, target, chip.tip),
        Text(x + _PAD, y + 11.6, chip.words, SMALL, "mono", bold=when == "now", color=ink),
    )
