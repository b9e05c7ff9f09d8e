"""The events of an access in chapters: the tries of its instruction, and the visits between."""

from collections.abc import Sequence

import msgspec

from pmlviz.core import events as e
from pmlviz.core.ept import PathStep
from pmlviz.core.exits import ExitReason
from pmlviz.core.units import Gpa, gfn_of


class Leg(msgspec.Struct):
    """One guest-physical access of an instruction, as far as its events have told.

    An instruction has one leg a page; with guest paging on, one more for each guest table it reads.
    """

    page: int | None = None
    """The linear page, where a TLB was asked."""
    hit: e.TlbHit | None = None
    walked: e.EptWalked | None = None
    granted: e.PermissionGranted | None = None
    checked: e.PmlIndexChecked | None = None
    accessed: int = 0
    """A flags that were set."""
    dirty: e.DirtySet | None = None
    logged: e.PmlLogged | None = None
    stepped: e.PmlIndexStepped | None = None
    done: e.AccessDone | None = None

    @property
    def gpa(self) -> Gpa | None:
        """The guest-physical address, once a walk or the end of the access has told it."""
        known = self.walked or self.done
        return known.gpa if known is not None else None

    @property
    def gfn(self) -> int | None:
        """The page, once it is known."""
        if self.hit is not None:
            return self.hit.gfn
        return None if self.gpa is None else gfn_of(self.gpa)

    @property
    def last(self) -> PathStep | None:
        """The entry where the walk ended: the leaf, if it found one."""
        return None if self.walked is None else self.walked.steps[-1]

    @property
    def guest_level(self) -> int:
        """The level of the guest table that is read (4..1), 0 for the access itself."""
        return 0 if self.walked is None else self.walked.guest_level


class Visit(msgspec.Struct):
    """One stay in the hypervisor: the exit, what was done, and whether the guest is back."""

    exited: e.VmExited
    events: list[e.Event] = []
    entered: bool = False

    @property
    def reason(self) -> ExitReason:
        """Why the guest was left."""
        return self.exited.exit.reason

    @property
    def split(self) -> e.SuperpageSplit | None:
        """The first superpage that was split."""
        return next((x for x in self.events if isinstance(x, e.SuperpageSplit)), None)

    @property
    def marked(self) -> list[int]:
        """The gfns that the handler marked itself."""
        return [
            x.gfn for x in self.events if isinstance(x, e.PageMarked) and x.by is e.MarkedBy.HANDLER
        ]

    @property
    def drained(self) -> int:
        """Words of a PML buffer that were gone through."""
        return sum(x.count for x in self.events if isinstance(x, e.DrainBegan))


class Attempt(msgspec.Struct):
    """One try of the instruction: its legs, and the visit that it ended in, if it did."""

    began: e.AccessBegan
    legs: list[Leg] = []
    visit: Visit | None = None

    @property
    def done(self) -> bool:
        """Whether the access took place."""
        return any(leg.done for leg in self.legs)


def account(events: Sequence[e.Event]) -> list[Attempt]:
    """Return the attempts that *events* make up; none if they are not of an access."""
    if not events or not isinstance(events[0], e.AccessBegan):
        return []
    attempts: list[Attempt] = []
    for event in events:
        if isinstance(event, e.AccessBegan):
            attempts.append(Attempt(event))
            continue
        now = attempts[-1]
        if now.visit is not None:
            now.visit.events.append(event)
            now.visit.entered = now.visit.entered or isinstance(event, e.VmEntered)
        elif isinstance(event, e.VmExited):
            now.visit = Visit(event)
        else:
            _tell(now.legs, event)
    return attempts


def _tell(legs: list[Leg], event: e.Event) -> None:
    """Put *event* of the processor into the leg that it belongs to."""
    match event:
        case e.TlbMissed(_, page):
            legs.append(Leg(page))
        case e.TlbHit(_, page):
            legs.append(Leg(page, hit=event))
        case e.EptWalked() if legs and legs[-1].walked is None and legs[-1].hit is None:
            legs[-1].walked = event
        case e.EptWalked():
            legs.append(Leg(walked=event))
        case e.AccessDone(gpa=gpa):
            # A straddling access is done when all its pages are translated.
            next(leg for leg in reversed(legs) if leg.gfn == gfn_of(gpa)).done = event
        case e.PermissionGranted():
            legs[-1].granted = event
        case e.PmlIndexChecked():
            legs[-1].checked = event
        case e.AccessedSet():
            legs[-1].accessed += 1
        case e.DirtySet():
            legs[-1].dirty = event
        case e.PmlLogged():
            legs[-1].logged = event
        case e.PmlIndexStepped():
            legs[-1].stepped = event
        case _:
            pass
