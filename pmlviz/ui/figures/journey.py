"""The journey of this write: from the vCPU over the TLB and the EPT's tables to the page.

The road is pale where the access has not come and accent where it has; it stops where the access
stops. The figure is right at every position of every item: where there is no access to follow, it
shows, untravelled, the path of the page that the item is about.
"""

from typing import Final

from pmlviz.core import events as e
from pmlviz.core.telling import Story
from pmlviz.ui.figures import theme
from pmlviz.ui.figures.exit_lane import bypass, exit_lane
from pmlviz.ui.figures.journey_head import head, ribbon
from pmlviz.ui.figures.leaf_card import BIT_WIDE, bit_places, leaf_card
from pmlviz.ui.figures.level_card import PAD, level_card
from pmlviz.ui.figures.parts import Parts, label
from pmlviz.ui.figures.road_strips import slab_beyond, strip, to_strip
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
)
from pmlviz.ui.figures.stage_discs import number_of, road_discs
from pmlviz.ui.figures.stage_plan import (
    INSET,
    LEAST_HEIGHT,
    LEAST_WIDTH,
    MOST_WIDTH,
    Plan,
    plan_of,
)
from pmlviz.ui.figures.stations import page_card, tlb_card, vcpu_card
from pmlviz.ui.figures.text import width as text_width
from pmlviz.ui.figures.told import story_of
from pmlviz.ui.figures.trip import Trip, trip_of
from pmlviz.ui.figures.wires import arrow_head, elbow, fan
from pmlviz.ui.frame import Frame

_PALE: Final = 10.0
_OVER: Final = 8.0
"""How far it passes above a superpage, px."""
_CLEAR: Final = 5.0
_UP: Final = 15.0
"""How far the wire to the PML buffer rises from D, px."""


def layout(
    frame: Frame,
    width: float,
    height: float,
    *,
    story: Story | None = None,
    port: float | None = None,
) -> Scene:
    """Return the road of the stage, *width* x *height*, without ground.

    *story* is the frame's story, if it is known already: its discs are drawn on the parts they
    name (`leaf`, `leaf.w`, `leaf.d`, `split`, `exit`); those of buffer and bitmap are left to
    others. *port* is the y where the wire from D leaves to the right. Anchors: `leaf.d`, `leaf.w`,
    `page`, `pml.port`; `wire.solid` or `wire.dashed` where a wire to the buffer leaves; of an exit
    `exit.from` and, at the lower edge, `exit.to`.
    """
    story = story or story_of(frame)
    trip = trip_of(frame)
    scale = min(1.0, width / LEAST_WIDTH, height / LEAST_HEIGHT)
    plan = plan_of(min(width / scale, MOST_WIDTH), height / scale, trip.entries)
    parts = (
        *head(frame, trip, story.verdict, plan),
        *ribbon(frame, trip, plan),
        *_road(frame, trip, plan),
        *_wire(frame, trip, plan, None if port is None else port / scale),
        *exit_lane(frame, trip, plan, number_of(story, "exit")),
        *road_discs(frame, trip, plan, story),
    )
    if scale < 1:
        parts = (Group("journey", parts, scale=scale),)
    return Scene(width, height, parts)


def travelled(trip: Trip, plan: Plan) -> float:
    """Return how far right the road is accent: 0 where nothing has set out."""
    if not trip.begun:
        return 0.0
    if trip.tlb in ("", "hit") or not plan.cards:
        return plan.tlb.x
    if trip.arrived:
        return plan.page.x
    if trip.reached is None:
        return plan.strip_x(0)
    if trip.granted:
        return plan.cards[-1].right
    for entry, card in zip(trip.entries[:-1], plan.cards, strict=False):
        if entry.step.level == trip.reached:
            return card.right
    return plan.cards[-1].x


def _road(frame: Frame, trip: Trip, plan: Plan) -> Parts:
    """Return stations, tables and page with the road through them."""
    road, end = plan.road, travelled(trip, plan)
    start = plan.vcpu.middle
    gfn = trip.gfn
    parts: list[Primitive] = [
        Line(start, road, plan.page.middle, road, "road", _PALE, cap="round"),
    ]
    for i in range(1, len(plan.cards)):
        parts += _fan(frame, trip, plan, i)
    if plan.beyond is not None:
        b, card = plan.beyond, plan.cards[-1]
        parts.append(fan(card.right, road - 12, road + 12, b.x, b.y, b.y + b.h))
    if end > start:
        parts.append(Line(start, road, end, road, "accent", theme.ROAD))
    dropped = isinstance(frame.current, e.EptInvalidated | e.TlbFlushed)
    parts += vcpu_card(frame, trip, *plan.vcpu)
    parts += tlb_card(frame, trip, *plan.tlb, dropped=dropped)
    for i, (entry, card) in enumerate(zip(trip.entries, plan.cards, strict=True)):
        assert gfn is not None
        at = plan.strip_x(i)
        parts += strip(frame, entry.step, gfn, at, card.y, card.h, passed=end >= at)
        if i < len(plan.cards) - 1:
            parts += level_card(frame, entry, gfn, *card, road)
            color = "accent" if end >= card.right else "road"
            parts.append(Line(card.x + PAD, road, card.right - PAD, road, color, theme.ROAD))
        else:
            parts += leaf_card(frame, trip, *card, plan.rows)
        if end >= plan.strip_x(i):
            parts.append(arrow_head(plan.strip_x(i) - 1, road))
    if trip.tlb not in ("", "hit") or end == plan.tlb.x:
        parts.append(arrow_head(plan.tlb.x - 1, road))
    if gfn is None or not plan.cards:
        return (*parts, *_nowhere(frame, trip, plan))
    if plan.beyond is not None:
        parts += slab_beyond(
            frame, trip.entries[-1].step, gfn, *plan.beyond, passed=end >= plan.page.x
        )
        if end >= plan.page.x:
            parts.append(Line(plan.beyond.x, road, plan.page.x, road, "accent", theme.ROAD))
    parts += page_card(frame, trip, *plan.page)
    if end >= plan.page.x:
        parts.append(arrow_head(plan.page.x - 1, road, length=9, spread=6))
    parts.append(Anchor("page", plan.page.x, road))
    return (*parts, *bypass(trip, plan))


def _fan(frame: Frame, trip: Trip, plan: Plan, i: int) -> Parts:
    above, card = trip.entries[i - 1].step, plan.cards[i]
    assert trip.gfn is not None
    left, right = plan.cards[i - 1].right, plan.strip_x(i)
    return to_strip(frame, trip.gfn, above.level, left, right, plan.road, card.y, card.h)


def _nowhere(frame: Frame, trip: Trip, plan: Plan) -> Parts:
    """Return words for a road that leads to no table: an address wider than they translate."""
    x = plan.tlb.right + 40
    words = frame.refused or "no page is in view"
    return (
        Rect(x, plan.road - 20, plan.page.right - x, 40, "sunk", "line", 1, 6),
        label(x + 14, plan.road, words, theme.BODY),
    )


def _wire(frame: Frame, trip: Trip, plan: Plan, port: float | None) -> Parts:
    """Return the wire from D to the port at the right: solid when logged, dashed when blocked."""
    if not plan.cards:
        return ()
    leaf, rows = plan.cards[-1], plan.rows
    x = bit_places(leaf.x)["D"] + rows.d_wide + 3
    y = leaf.y + rows.bits + rows.bit_high / 2
    end = plan.width
    level = y - _UP if plan.beyond is None else plan.beyond.y - _OVER
    out = level if port is None else port
    anchors: tuple[Primitive, ...] = (
        Anchor("leaf.d", x, y),
        Anchor("leaf.w", leaf.x + _w_middle(), leaf.y + rows.bits + rows.bit_high),
        Anchor("pml.port", end, out),
    )
    logs = trip.access is not None and frame.state.vcpus[trip.vcpu].pml
    if trip.slot is None and not trip.full and not (trip.dirtied and logs):
        return anchors
    dash = () if trip.slot is not None else NOT_YET
    curve = Path(_over(x, y, level, end, out, plan), None, "accent", theme.CAUSE, dash, "butt")
    if not trip.full:
        way = "wire.solid" if trip.slot is not None else "wire.dashed"
        return (curve, *anchors, Anchor(way, end, out))
    words = f"index > {frame.state.geometry.pml_entries - 1}"
    w = text_width(words, theme.LABEL, bold=True)
    if plan.beyond is None:
        middle, base = min((leaf.right + end) / 2, end - w / 2 - 8), min(out, level) - 14
    else:
        middle, base = plan.beyond.middle, level
    return (
        curve,
        Line(end - 4, out - 13, end - 4, out + 13, "accent", 5, cap="round"),
        Rect(middle - w / 2 - 5, base - 8, w + 10, 16, "panel"),
        label(middle, base, words, bold=True, color="accent", anchor="middle"),
        *anchors,
    )


def _over(
    x: float, y: float, level: float, end: float, out: float, plan: Plan
) -> tuple[Command, ...]:
    """Return the wire's way: up from D, above the page, and in the margin beside it to the port."""
    direct = plan.beyond is None and out <= plan.page.y - _CLEAR
    at = out if direct else level
    up: tuple[Command, ...] = (("M", x, y), ("C", x + 13, y, x + 9, at, x + 31, at))
    if direct:
        return (*up, ("L", end, out))
    beside = end - INSET / 2
    return (*up, *elbow([(x + 31, at), (beside, at), (beside, out), (end, out)], 6)[1:])


def _w_middle() -> float:
    """Return the middle of the W box, px from the left edge of the big card."""
    return bit_places(0.0)["W"] + BIT_WIDE / 2
