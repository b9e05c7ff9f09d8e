"""The lane between cards and floor: where an exit leaves the road, and where a TLB hit goes by."""

from typing import Final

from pmlviz.core import wording as say
from pmlviz.core.ept import PathStep
from pmlviz.core.exits import AccessKind, ExitReason
from pmlviz.ui.figures import theme
from pmlviz.ui.figures.parts import Parts, disc, label
from pmlviz.ui.figures.scene import NOT_YET, Anchor, Line, Path, Point, Primitive, Rect, Target
from pmlviz.ui.figures.stage_plan import Plan
from pmlviz.ui.figures.text import first_fitting, width
from pmlviz.ui.figures.trip import Trip
from pmlviz.ui.figures.wires import arrow_head, elbow
from pmlviz.ui.frame import Frame

_DASH: Final = (9.0, 6.0)
_FROM: Final = 40.0
"""Where an exit leaves its card, px from the card's left edge."""
_DISC: Final = 10.0
_BAR: Final = 26.0


def right_needed(frame: Frame, trip: Trip) -> str:
    """Return which of `r`, `w`, `x` every entry of the path must grant."""
    if trip.guest_level or trip.access is AccessKind.WALK:
        return "w" if frame.state.vcpus[trip.vcpu].ad else "r"
    match trip.access:
        case AccessKind.WRITE | AccessKind.RMW:
            return "w"
        case AccessKind.FETCH:
            return "x"
        case _:
            return "r"


def wall_of(frame: Frame, trip: Trip) -> PathStep | None:
    """Return the entry that denied the access, as the walk met it; None if none did."""
    if not trip.walked or trip.granted or not trip.walked[-1].entry.present:
        return None
    return say.denying(trip.walked, right_needed(frame, trip))


def stop_card(trip: Trip) -> int | None:
    """Return which card the road stops at; None if no exit stops it."""
    if trip.stopped is None or not trip.entries or trip.reached is None:
        return None
    places = [i for i, entry in enumerate(trip.entries) if entry.step.level == trip.reached]
    return places[0] if places else len(trip.entries) - 1


def reasons(frame: Frame, trip: Trip) -> tuple[str, ...]:
    """Return the VM exit that stops this try and what is to blame, the fullest wording first."""
    stopped = trip.stopped
    assert stopped is not None
    short = f"VM exit {stopped.reason.value}"
    if stopped.reason == ExitReason.PML_FULL:
        return (f"{short}, PML full", short)
    if not trip.walked:
        return (short,)
    last = trip.walked[-1]
    name = f"{last.level.name} [{last.index}]"
    if not last.entry.present:
        return (f"{short}: {name} is not present", f"{short}: not present", short)
    if stopped.reason == ExitReason.EPT_MISCONFIG:
        fault = say.malformed(frame.before, last)
        return (f"{short}: {name} {fault}", f"{short}: {name}", short)
    wall, right = wall_of(frame, trip), right_needed(frame, trip).upper()
    if wall is None:
        return (short,)
    name = f"{wall.level.name} [{wall.index}]"
    return (f"{short}: {right}=0 in {name}", f"{short}: {right}=0", short)


def exit_lane(frame: Frame, trip: Trip, plan: Plan, number: int | None) -> Parts:
    """Return the exit from its card down to the lane and to the drop: dashed while it is to come.

    *number* is the disc on it. Anchors: `exit.from`, `exit.to`.
    """
    at = stop_card(trip)
    if at is None:
        return ()
    card = plan.cards[at]
    x = card.x + _FROM
    dash = _DASH if trip.exit is None else ()
    points = [(x, card.bottom), (x, plan.lane), (plan.drop, plan.lane), (plan.drop, plan.height)]
    line = Path(elbow(points, 8), None, "accent", theme.EXIT, dash, "butt")
    parts: list[Primitive] = [
        line,
        Anchor("exit.from", x, card.bottom),
        Anchor("exit.to", plan.drop, plan.height),
    ]
    if trip.stopped is not None and trip.stopped.reason != ExitReason.PML_FULL:
        end = card.right + 3
        bar = Line(end, plan.road - _BAR / 2, end, plan.road + _BAR / 2, "accent", 5, cap="round")
        parts.append(bar)
    options = reasons(frame, trip)
    lead = 2 * _DISC + 6 if number is not None else 0.0
    on_lane = x - plan.drop - 44 - lead
    words = options[0]
    w = width(words, theme.LABEL, bold=True)
    if w <= on_lane:
        left = plan.drop + (x - plan.drop - w - lead) / 2 + lead
        parts.append(Rect(left - lead - 5, plan.lane - 9, w + lead + 10, 18, "panel"))
    else:
        left = x + 14 + lead
        words = first_fitting(options, plan.width - left - 14, theme.LABEL, bold=True)
    if number is not None:
        parts += disc(number, left - _DISC - 6, plan.lane, _DISC)
    parts.append(label(left, plan.lane, words, bold=True, color="accent", tip=options[0]))
    return tuple(parts)


def bypass(trip: Trip, plan: Plan) -> Parts:
    """Return the way of a TLB hit: past the tables, straight to the page."""
    if trip.tlb != "hit" or trip.gfn is None:
        return ()
    x1, x2, top = plan.tlb.middle, plan.page.middle, plan.page.bottom
    dash = () if trip.arrived else NOT_YET
    points: list[Point] = [
        (x1, plan.tlb.bottom), (x1, plan.lane), (x2, plan.lane), (x2, top + 6),
    ]  # fmt: skip
    words = "the cached translation serves: no table is read"
    w = width(words, theme.LABEL, bold=True)
    middle = (x1 + x2) / 2
    return (
        Path(elbow(points, 10), None, "accent", theme.ROAD, dash, "butt", 1, Target("term", "TLB")),
        arrow_head(x2, top + 1, "up", fill="accent"),
        Rect(middle - w / 2 - 8, plan.lane - 9, w + 16, 18, "panel"),
        label(middle, plan.lane, words, bold=True, color="accent", anchor="middle"),
    )
