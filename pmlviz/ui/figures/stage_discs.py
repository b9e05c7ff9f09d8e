"""Where the numbered discs of a story sit on the road: on the part that the sentence names next."""

import re
from typing import Final

from pmlviz.core.telling import Anchor, Disc, Story
from pmlviz.core.units import EptLevel
from pmlviz.ui.figures import leaf_card, theme
from pmlviz.ui.figures.exit_lane import right_needed
from pmlviz.ui.figures.level_card import FLAG_PLACES, FLAGS_BELOW, PAD, name_of
from pmlviz.ui.figures.parts import Parts, disc
from pmlviz.ui.figures.road_strips import split_of
from pmlviz.ui.figures.scene import Primitive
from pmlviz.ui.figures.stage_plan import Plan
from pmlviz.ui.figures.text import width
from pmlviz.ui.figures.trip import Trip
from pmlviz.ui.frame import Frame

_ENTRY: Final = re.compile(r"\s*(PML4E|PDPTE|PDE|PTE) \d+")
_FLAG: Final = re.compile(r" has ([RWX])=0")
_BIG: Final = 9.0
_SMALL: Final = 8.0

Spot = tuple[float, float, float]
"""x, y and radius of a disc."""


def number_of(story: Story, anchor: Anchor) -> int | None:
    """Return the number of the disc of *anchor*, None if the story has none."""
    return next((one.n for one in story.discs if one.anchor == anchor), None)


def road_discs(frame: Frame, trip: Trip, plan: Plan, story: Story) -> Parts:
    """Return the discs of *story* that belong on the road: `leaf`, `leaf.w`, `leaf.d`, `split`."""
    if trip.kind not in ("access", "operation") or not plan.cards:
        return ()
    parts: list[Primitive] = []
    for at, part in enumerate(story.parts):
        if not isinstance(part, Disc):
            continue
        after = story.parts[at + 1] if at + 1 < len(story.parts) else None
        words = "" if after is None or isinstance(after, Disc) else after.text
        spot = _spot(frame, trip, plan, part.anchor, words)
        if spot is not None:
            parts += disc(part.n, *spot)
    return tuple(parts)


def _spot(frame: Frame, trip: Trip, plan: Plan, anchor: Anchor, words: str) -> Spot | None:
    named = _ENTRY.match(words)
    level = EptLevel[named.group(1)] if named else None
    levels = [entry.step.level for entry in trip.entries]
    last = len(levels) - 1
    at = levels.index(level) if level in levels else last
    match anchor:
        case "leaf":
            return _by_title(trip, plan, at)
        case "leaf.w":
            said = _FLAG.search(words)
            flag = said.group(1) if said else right_needed(frame, trip).upper()
            return _by_flag(plan, at, flag)
        case "leaf.d":
            return _by_flag(plan, last, "D")
        case "split":
            return _by_fan(frame, trip, plan, None if level is None else at)
        case _:
            return None


def _by_title(trip: Trip, plan: Plan, at: int) -> Spot:
    card, name = plan.cards[at], name_of(trip.entries[at].step)
    if at == len(plan.cards) - 1:
        x = card.x + leaf_card.INSET + width(name, theme.TITLE, bold=True) + 15
        return x, card.y + plan.rows.title - 0.36 * theme.TITLE, _BIG
    x = card.x + PAD + width(name, theme.BODY, bold=True) + 11
    return x, card.y + 21 - 0.36 * theme.BODY, _SMALL


def _by_flag(plan: Plan, at: int, flag: str) -> Spot:
    card, rows = plan.cards[at], plan.rows
    if at == len(plan.cards) - 1:
        wide = rows.d_wide if flag == "D" else leaf_card.BIT_WIDE
        x = leaf_card.bit_places(card.x)[flag] + wide / 2
        return x, card.y + rows.bits + rows.bit_high + (4 if flag == "D" else 2), _BIG
    return card.x + PAD + FLAG_PLACES[flag] + 9.5, card.y + FLAGS_BELOW + 2, _SMALL


def _by_fan(frame: Frame, trip: Trip, plan: Plan, above: int | None) -> Spot | None:
    """Return the place on the fan below entry *above*, else below the entry that was just split."""
    gfn = trip.gfn
    if above is None and gfn is not None:
        splits = [split_of(frame, gfn, entry.step.level) for entry in trip.entries[:-1]]
        above = next((i for i, one in enumerate(splits) if one is not None and not one.age), None)
    if above is None or above + 1 >= len(plan.cards):
        return None
    x = (plan.cards[above].right + plan.strip_x(above + 1)) / 2
    return x, plan.road - 34, _BIG
