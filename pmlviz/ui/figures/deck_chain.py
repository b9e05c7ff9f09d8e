"""What the deck shows: the chips of one item, how far they are, and the words round them."""

from collections.abc import Sequence

import msgspec

from pmlviz.core import deck as told
from pmlviz.core import events as e
from pmlviz.core import wording as say
from pmlviz.core.items import Op
from pmlviz.ui.figures.told import who_of
from pmlviz.ui.frame import Frame


class Chain(msgspec.Struct, frozen=True):
    """The steps of the hypervisor in one item, and what is said of them."""

    chips: tuple[told.Chip, ...]
    title: str
    line: str
    ran: str
    exits: bool
    """The hypervisor came by VM exits, and goes back by VM entry."""

    upto: int
    """Events that have happened: chips that begin later are to come."""

    item: int = 0
    """The item of a last visit; 0 for the current one."""

    running: bool = False

    @property
    def now(self) -> int:
        """Which chip began last, -1 if none has."""
        return max((i for i, one in enumerate(self.chips) if one.at <= self.upto), default=-1)

    @property
    def done(self) -> bool:
        """Whether every chip has begun."""
        return all(one.at <= self.upto for one in self.chips)


def chain_of(frame: Frame) -> Chain:
    """Return what the deck shows: this item's visits, else the last one before it."""
    who, n = who_of(frame), frame.position.event
    chips = told.handler_chips(frame.events)
    operation = frame.item is not None and not frame.item.is_access
    exited = any(isinstance(event, e.VmExited) for event in frame.done)
    coming = _coming(frame)
    if chips and (operation or exited or coming):
        done = frame.events[: n + 1] if coming and not exited else frame.done
        line = told.handler_line(done, frame.before, who=who)
        under_way = _under_way(frame)
        running = under_way is not None or (operation and not frame.at_rest)
        if operation:
            doer = "the toolstack" if frame.item and frame.item.op is Op.COPY_ALL else who
            title = f"What {doer} did:"
            if not frame.at_rest:
                title = f"What {doer} does (dashed = not yet):"
        elif under_way is not None:
            title = f"In the handler of exit {under_way} (dashed = not yet):"
        elif coming:
            title = f"Next, in the handler of exit {coming} (dashed = not yet):"
        else:
            title = f"What {who} did in this item"
            title += ":" if chips[-1].at <= n else " (dashed = not yet):"
        return Chain(chips, title, line, "", not operation, n, 0, running)
    visit = frame.last_visit
    ran = "did not run" if frame.item is not None else ""
    if visit is None:
        title = f"{who} has met no VM exit of this guest so far"
        line = "A VM exit would fall through this floor; VM entry climbs back behind its last step."
        return Chain((), title, line, ran, exits=True, upto=n)
    return Chain(
        chips=told.handler_chips(visit.events),
        title=f"Last visit: item {visit.item}, {visit.text}{_into(frame, visit.events)}",
        line=told.handler_line(visit.events, frame.before, who=who),
        ran=ran,
        exits=True,
        upto=len(visit.events),
        item=visit.item,
    )


def _into(frame: Frame, events: Sequence[e.Event]) -> str:
    """Return what a write that split a superpage went into."""
    split = next((x for x in events if isinstance(x, e.SuperpageSplit)), None)
    return f" into the whole {say.size(frame.state, split.level)} page" if split else ""


def _coming(frame: Frame) -> int:
    """Return the reason of the exit that is the very next event, 0 if it is none."""
    n = frame.position.event
    following = frame.events[n] if n < len(frame.events) else None
    return following.exit.reason.value if isinstance(following, e.VmExited) else 0


def _under_way(frame: Frame) -> int | None:
    """Return the reason of the exit that is being handled."""
    for event in reversed(frame.done):
        if isinstance(event, e.VmEntered):
            return None
        if isinstance(event, e.VmExited):
            return event.exit.reason.value
    return None
