"""How far an access has come: the attempt that the position is in, from its begin to its end.

An attempt begins with the access and ends with it done, or with a VM exit and what the hypervisor
does then; the next attempt is the same instruction again.
"""

import msgspec

from pmlviz.core import events as e
from pmlviz.core.exits import VmExit
from pmlviz.core.items import Op
from pmlviz.ui.frame import Frame


class Progress(msgspec.Struct, frozen=True):
    """What of the present attempt has happened, for the page that it looks at last."""

    begun: bool = False
    hit: bool = False
    """The TLB served it: no table is read."""

    missed: bool = False
    walk: e.EptWalked | None = None
    granted: bool = False
    full: bool = False
    """A flag must be set and the log has no slot."""

    dirty: e.DirtySet | None = None
    logged: e.PmlLogged | None = None
    stepped: bool = False
    will_log: bool = False
    """An address is still to be stored in this attempt."""

    exit: VmExit | None = None
    """Why the access did not take place."""

    done: bool = False

    @property
    def finds_dirty(self) -> bool:
        """Nothing stands in the way of the access, and no D flag is to be set for it."""
        allowed = self.granted or self.hit or self.done
        return allowed and self.dirty is None and not (self.full or self.will_log or self.exit)

    @property
    def walked(self) -> bool:
        """The tables have been read for the page."""
        return self.walk is not None


def bounds_of(frame: Frame) -> tuple[int, int]:
    """Return the numbers (from 1) of the first and last event of the attempt the position is in.

    What the hypervisor does after an exit belongs to it once the exit has happened.
    """
    here, events = frame.position.event, frame.events
    first = max(1, here)
    while first > 1 and not isinstance(events[first - 1], e.AccessBegan):
        first -= 1
    for number in range(first, len(events) + 1):
        event = events[number - 1]
        if isinstance(event, e.VmEntered) or (isinstance(event, e.VmExited) and here < number):
            return first, number
    return first, len(events)


def progress_of(frame: Frame) -> Progress:
    """Return how far the access of *frame* has come; of an operation, nothing has begun."""
    found = Progress()
    if frame.item is None or not frame.item.is_access or not frame.events:
        return found
    first, last = bounds_of(frame)
    here = frame.position.event
    for event in frame.events[first - 1 : here]:
        found = _after(found, event)
    ahead = frame.events[max(first - 1, here) : last]
    will_log = any(isinstance(event, e.PmlLogged) for event in ahead)
    return msgspec.structs.replace(found, will_log=will_log)


def right_of(frame: Frame) -> str:
    """Return which of R, W, X the current access needs; W where there is none."""
    if frame.item is None:
        return "W"
    match frame.item.op:
        case Op.READ:
            return "R"
        case Op.FETCH:
            return "X"
        case Op.WALK:
            # SDM, "Accessed and Dirty Flags for EPT": with them on, a walk counts as a write.
            return "W" if frame.state.vcpus[frame.vcpu].ad else "R"
        case _:
            return "W"


def _after(now: Progress, event: e.Event) -> Progress:
    replace = msgspec.structs.replace
    match event:
        case e.AccessBegan():
            return Progress(begun=True)
        case e.TlbHit():
            return Progress(begun=True, hit=True)
        case e.TlbMissed():
            return Progress(begun=True, missed=True)
        case e.EptWalked():
            # Guest paging: each of its tables is walked to before the page itself.
            return Progress(begun=True, missed=True, walk=event)
        case e.PermissionGranted():
            return replace(now, granted=True)
        case e.PmlIndexChecked(full=full):
            return replace(now, full=full)
        case e.DirtySet():
            return replace(now, dirty=event)
        case e.PmlLogged():
            return replace(now, logged=event)
        case e.PmlIndexStepped():
            return replace(now, stepped=True)
        case e.VmExited(exit=vm_exit):
            return replace(now, exit=vm_exit)
        case e.AccessDone():
            return replace(now, done=True)
        case _:
            return now
