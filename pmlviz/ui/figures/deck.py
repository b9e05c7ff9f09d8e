"""Xen's deck below the floor: what the hypervisor did, does, or is about to do for this item.

An exit falls through the floor onto the first chip; VM entry climbs back behind the last. Where the
item took no exit, the deck says so and keeps the last visit in view, in the deck's own ink: the
contrast between two writes is the lesson.
"""

from typing import Final

import msgspec

from pmlviz.core import events as e
from pmlviz.core.telling import Story
from pmlviz.ui.figures import theme
from pmlviz.ui.figures.deck_chain import Chain, chain_of
from pmlviz.ui.figures.deck_steps import Row, steps
from pmlviz.ui.figures.parts import Parts, disc
from pmlviz.ui.figures.scene import (
    NOT_YET,
    Anchor,
    Command,
    Group,
    Line,
    Path,
    Primitive,
    Rect,
    Scene,
    Target,
    Text,
    Token,
)
from pmlviz.ui.figures.stage_discs import number_of
from pmlviz.ui.figures.stage_plan import INSET, LEAST_WIDTH, MOST_WIDTH, chips_at, drop_at
from pmlviz.ui.figures.text import elide, first_fitting, fit_size
from pmlviz.ui.figures.text import width as text_width
from pmlviz.ui.figures.told import story_of, who_of
from pmlviz.ui.figures.trip import Trip, trip_of
from pmlviz.ui.figures.wires import arrow_head, elbow
from pmlviz.ui.frame import Frame

FULL_HEIGHT: Final = 96.0
"""The least height at which the deck has its third line."""
LEAST_HEIGHT: Final = 64.0

_EXIT_DASH: Final = (9.0, 6.0)
_TITLE_FROM_FALL: Final = 18.0


class _Rows(msgspec.Struct, frozen=True):
    """Where things are, px from the deck's top: baselines, and the top of the chips."""

    name: float
    name_size: float
    mode: float
    ran: float | None
    """None: in the place of `mode`."""
    title: float
    chips: float
    chip_high: float
    size: float
    line: float | None


_FULL: Final = _Rows(30, 22, 50, 88, 30, 42, 28, theme.BODY, 92)
_COMPACT: Final = _Rows(28, theme.TITLE, 45, None, 26, 35, 24, theme.LABEL, None)


def layout(frame: Frame, width: float, height: float, *, story: Story | None = None) -> Scene:
    """Return the deck, *width* x *height*, with its ground, whose lower corners are round.

    Anchors: `deck.in` at its upper edge where exits arrive, `entry.back` where VM entry leaves.
    """
    story = story or story_of(frame)
    # Whatever page is selected: the deck is about the item.
    trip = trip_of(msgspec.structs.replace(frame, selection=None))
    chain = chain_of(frame)
    scale = min(1.0, width / LEAST_WIDTH, height / LEAST_HEIGHT)
    w, compact = min(width / scale, MOST_WIDTH), height < FULL_HEIGHT
    rows = _COMPACT if compact else _FULL
    x, drop = chips_at(compact=compact), drop_at(compact=compact)
    falls = chain.exits and bool(chain.chips)
    left = drop + _TITLE_FROM_FALL if falls else x
    title = elide(chain.title, w - INSET - left, theme.LABEL, bold=True)
    parts: list[Primitive] = [
        *_names(frame, chain, rows),
        Text(
            left, rows.title, title, theme.LABEL, bold=True, color="deckink",
            target=Target("item", chain.item) if chain.item else None, tip=chain.title,
        ),
    ]  # fmt: skip
    row = Row(x, rows.chips, rows.chip_high, rows.size, w - x - INSET - (34 if falls else 0))
    chips, end = steps(chain, row)
    parts += chips
    if falls:
        clear = left + text_width(title, theme.LABEL, bold=True) + 14
        middle = rows.chips + rows.chip_high / 2
        parts += _climb(frame, trip, chain, end, max(end + 21, clear), middle, w)
        lane = frame.selection is None or frame.selection == frame.focus
        number = None if trip.stopped is not None and lane else number_of(story, "exit")
        parts += _fall(trip, drop, rows.chips, None if chain.item else number)
    if rows.line is not None and chain.line:
        room = w - x - INSET
        text, size = fit_size(chain.line, room, (theme.LABEL, 11.5, theme.CAPTION))
        if text != chain.line:
            text = elide(chain.line, room, size)
        parts.append(Text(x, rows.line, text, size, color="deckink", tip=chain.line))
    if scale < 1:
        parts = [Group("deck", tuple(parts), scale=scale)]
    return Scene(width, height, (*_ground(width, height), *parts))


def _ground(w: float, h: float) -> Parts:
    r = theme.RADIUS_PANEL
    k = r * 0.4477
    d: tuple[Command, ...] = (
        ("M", 0.5, 0),
        ("L", w - 0.5, 0),
        ("L", w - 0.5, h - r),
        ("C", w - 0.5, h - k, w - k, h - 0.5, w - r, h - 0.5),
        ("L", r, h - 0.5),
        ("C", k, h - 0.5, 0.5, h - k, 0.5, h - r),
        ("Z",),
    )
    return (Path(d, "deck"), Rect(0.5, 0, w - 1, theme.FLOOR, "floor"))


def _names(frame: Frame, chain: Chain, rows: _Rows) -> Parts:
    who = Text(INSET, rows.name, who_of(frame), rows.name_size, bold=True, color="deckink")
    mode = Text(INSET, rows.mode, "root mode", theme.LABEL, color="deckink")
    if not chain.ran:
        return (who, mode)
    if rows.ran is None:
        return (
            who,
            Text(INSET, rows.mode, chain.ran, theme.CAPTION, bold=True, color="deckink"),
        )
    return (
        who,
        mode,
        Text(INSET, rows.ran, chain.ran, theme.LABEL, bold=True, color="deckink"),
    )


def _climb(
    frame: Frame, trip: Trip, chain: Chain, start: float, x: float, middle: float, w: float
) -> Parts:
    """Return VM entry: from behind the last chip up through the floor at *x*."""
    dash = () if chain.done else NOT_YET
    now = not chain.item and chain.done and isinstance(frame.current, e.VmEntered)
    color: Token = "accent" if now else "deckink"
    d = elbow([(start + 3, middle), (x, middle), (x, 8)], 6)
    options = (f"VM entry, to vCPU {trip.vcpu}", "VM entry", "")
    words = first_fitting(options, w - INSET - x - 11, theme.LABEL, bold=True)
    text = Text(x + 11, middle + 4.5, words, theme.LABEL, bold=True, color="deckink")
    return (
        Rect(x - 8, 0, 16, theme.FLOOR, "deck"),
        Path(d, None, color, theme.EMPHASIS, dash, "butt"),
        arrow_head(x, 0.5, "up", fill=color),
        Anchor("entry.back", x, 0),
        *((text,) if words else ()),
    )


def _fall(trip: Trip, x: float, chips: float, number: int | None) -> Parts:
    """Return the hole in the floor and what falls through it onto the first chip."""
    bottom = chips - 1
    hole = 12.0 if trip.stopped is not None else 8.0
    parts: list[Primitive] = [
        Rect(x - hole, 0, 2 * hole, theme.FLOOR, "deck"),
        Anchor("deck.in", x, 0),
    ]
    if trip.stopped is not None:
        dash = _EXIT_DASH if trip.exit is None else ()
        parts += [
            Line(x, 0, x, bottom - 9, "accent", theme.EXIT, dash),
            arrow_head(x, bottom, "down", length=13, spread=8.5),
        ]
    else:
        parts += [
            Line(x, 0, x, bottom - 5, "deckink", theme.EMPHASIS),
            arrow_head(x, bottom, "down", fill="deckink"),
        ]
    if number is not None:
        parts += disc(number, x, chips - 22, 9, ring="deck")
    return tuple(parts)
