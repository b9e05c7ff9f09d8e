"""Where the things of the upper stage stand: one plan for a width, a height and a path.

Two sizes, chosen by the room given: full (a window of 1600 x 1000) and compact (1280 x 800: cards
narrower, no address ribbon). The gap before the last table takes all spare width.
"""

from typing import Final, NamedTuple

from pmlviz.core.units import EptLevel
from pmlviz.ui.figures import leaf_card
from pmlviz.ui.figures.trip import Entry

FULL_WIDTH: Final = 1068.0
"""The least width at which the stage is laid out in full."""
FULL_HEIGHT: Final = 288.0
LEAST_WIDTH: Final = 986.0
"""The least width of the compact stage; with less room it is drawn smaller."""
LEAST_HEIGHT: Final = 236.0
MOST_WIDTH: Final = 1400.0
"""Wider than this it does not grow: the fan before the last table would be all there is."""

INSET: Final = 14.0
STRIP_GAP: Final = 14.0
"""From the left edge of a strip to its card, px."""


class Spot(NamedTuple):
    """A rectangle of the plan."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.w

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.h

    @property
    def middle(self) -> float:
        """Half-way between left and right."""
        return self.x + self.w / 2


class Plan(NamedTuple):
    """Where everything stands."""

    width: float
    height: float
    compact: bool
    ribbon: float | None
    """Top of the address ribbon; None where there is none."""
    road: float
    lane: float
    """y of the lane between the cards and the floor, where exits run."""
    vcpu: Spot
    tlb: Spot
    cards: tuple[Spot, ...]
    """One for each entry of the path; the last is the big one."""
    beyond: Spot | None
    """Where the superpage lies that the last entry maps."""
    page: Spot

    @property
    def rows(self) -> leaf_card.Rows:
        """The rows of the big card."""
        return leaf_card.COMPACT if self.compact else leaf_card.FULL

    @property
    def drop(self) -> float:
        """X where an exit falls through the floor."""
        return drop_at(compact=self.compact)

    def strip_x(self, i: int) -> float:
        """Return the left edge of the strip before card *i*."""
        return self.cards[i].x - STRIP_GAP

    def before(self, i: int) -> float:
        """Return the right edge of what stands before strip *i*."""
        return self.cards[i - 1].right if i else self.tlb.right


class _Sizes(NamedTuple):
    vcpu: float
    tlb: float
    gap: float
    """Between cards, and from a card to the next strip."""
    card: float
    card_high: float
    leaf: float
    leaf_high: float
    leaf_top: float
    page: float
    page_gap: float


_FULL: Final = _Sizes(80, 84, 14, 132, 150, 250, 196, 71, 86, 18)
_COMPACT: Final = _Sizes(66, 70, 9, 128, 138, 240, 170, 43, 74, 18)
_STATION_HIGH: Final = 96.0
_PAGE_HIGH: Final = 88.0
_PAGE_UP: Final = 36.0
_LANE_UP: Final = 12.0


def is_compact(width: float, height: float) -> bool:
    """Return whether a stage of this room, road and header together, is laid out compactly."""
    return width < FULL_WIDTH or height < FULL_HEIGHT


def chips_at(*, compact: bool) -> float:
    """Return the left edge of the first chip of the deck below."""
    return 96.0 if compact else 108.0


def drop_at(*, compact: bool) -> float:
    """Return x where an exit falls through the floor: above the deck's first chip."""
    return chips_at(compact=compact) + 30


def plan_of(width: float, height: float, entries: tuple[Entry, ...]) -> Plan:
    """Return the plan for *entries* in *width* x *height*, at least the least of both."""
    compact = is_compact(width, height)
    s = _COMPACT if compact else _FULL
    lowest = LEAST_HEIGHT if compact else FULL_HEIGHT
    # Spare height is shared above and below the road.
    top = s.leaf_top + max(0.0, height - lowest) / 2
    road = round(top + s.leaf_high / 2)
    station = road - _STATION_HIGH / 2
    vcpu = Spot(INSET, station, s.vcpu, _STATION_HIGH)
    tlb = Spot(vcpu.right + s.gap, station, s.tlb, _STATION_HIGH)
    page = Spot(width - INSET - s.page, road - _PAGE_UP, s.page, _PAGE_HIGH)
    cards: list[Spot] = []
    left = tlb.right + s.gap + STRIP_GAP
    for _ in entries[:-1]:
        cards.append(Spot(left, road - s.card_high / 2, s.card, s.card_high))
        left = cards[-1].right + s.gap + STRIP_GAP
    beyond = None
    if entries:
        leaf = entries[-1]
        at = page.x - s.page_gap - s.leaf if leaf.step.level == EptLevel.PTE else left
        cards.append(Spot(at, top, s.leaf, s.leaf_high))
        if leaf.now.present and leaf.step.level > EptLevel.PTE:
            x = cards[-1].right + s.gap
            beyond = Spot(x, road - 66, page.x - s.gap - x, 132)
    return Plan(
        width=width,
        height=height,
        compact=compact,
        ribbon=None if compact else 44.0,
        road=road,
        lane=max(top + s.leaf_high + 11, height - _LANE_UP),
        vcpu=vcpu,
        tlb=tlb,
        cards=tuple(cards),
        beyond=beyond,
        page=page,
    )
