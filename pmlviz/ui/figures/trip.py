"""How far an access has come at a frame's position: what the journey draws, without its geometry.

An item that is no access has a trip as well: it shows the path of the page that its last event was
about, or of the last page that an access was about, untravelled.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import msgspec

from pmlviz.core import events as e
from pmlviz.core.account import Leg, account
from pmlviz.core.ept import EptEntry, PathStep, entry_at, walk
from pmlviz.core.exits import AccessKind, VmExit
from pmlviz.core.units import PAGE_SHIFT, ROOT_LEVEL, EptLevel, Gfn, Gpa, gfn_of, page_gpa
from pmlviz.ui.figures.subject import subject_of
from pmlviz.ui.frame import Frame

Kind = Literal["start", "access", "operation", "refused", "selected"]
TlbSays = Literal["", "miss", "hit", "bypassed"]


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One entry of the path, with what the current item made of it so far."""

    step: PathStep
    was: EptEntry | None = None
    """Its value before its last change in this item; None if the item left it alone."""

    event: int = 0
    """Number of the event that changed it last, from 1; 0 if none did."""

    by_processor: bool = False
    """That event was the processor's setting of A or D."""

    @property
    def now(self) -> EptEntry:
        """The value at the position."""
        return self.step.entry


class Trip(msgspec.Struct, frozen=True):
    """One access to one page, as far as it has come.

    A new try after a VM exit begins anew; of the tries before only `exits` is kept.
    """

    kind: Kind
    vcpu: int = 0
    access: AccessKind | None = None
    gfn: Gfn | None = None
    gpa: Gpa | None = None
    entries: tuple[Entry, ...] = ()
    begun: bool = False
    tlb: TlbSays = ""
    walked: tuple[PathStep, ...] = ()
    """The entries that the walk met, as it met them; none before it."""

    guest_level: int = 0
    """Level of the guest's own entry that lies at `gpa`, 0 for the access itself."""

    granted: bool = False
    needs_d: bool = False
    """A write that must set D, which is not set yet."""

    full: bool = False
    """The PML index was found to name no slot."""

    index: int = 0
    dirtied: bool = False
    slot: int | None = None
    """Where the address was logged."""

    arrived: bool = False
    exit: VmExit | None = None
    """The VM exit under way: taken, and the guest not entered again."""

    coming: VmExit | None = None
    """The VM exit that is the very next event."""

    exits: tuple[VmExit, ...] = ()
    """Those that the item has taken so far."""

    page: tuple[int, int] = (1, 1)
    """Which page of how many a straddling access is at."""

    @property
    def leaf(self) -> Entry | None:
        """The entry that ends the path: it maps a page, or is not present."""
        return self.entries[-1] if self.entries else None

    @property
    def reached(self) -> EptLevel | None:
        """Where the walk ended; None before it."""
        return self.walked[-1].level if self.walked else None

    @property
    def stopped(self) -> VmExit | None:
        """The VM exit that stops this try: under way, or the next event."""
        return self.exit or self.coming


def trip_of(frame: Frame) -> Trip:
    """Return how far the access of *frame* has come, or the path that its item is shown on."""
    item = frame.item
    if frame.selection is not None and frame.selection != frame.focus:
        return _still(frame, "selected", frame.selection)
    if item is None:
        return _still(frame, "start", subject_of(frame).gfn)
    if frame.refused:
        gfn = frame.focus if item.is_access else subject_of(frame).gfn
        return _still(frame, "refused", gfn)
    if not item.is_access:
        return _still(frame, "operation", subject_of(frame).gfn)
    return _access(frame)


# ── an access ───────────────────────────────────────────────────────────────


def _access(frame: Frame) -> Trip:
    item = frame.item
    assert item is not None
    gpa, guest_level = frame.focus_gpa, 0
    paging = frame.state.vcpus[item.vcpu].paging
    if gpa is None and paging is not None:
        # Only the linear address is known yet; the guest's own root is read first.
        at = frame.state.geometry.index(item.value >> PAGE_SHIFT, ROOT_LEVEL)
        gpa, guest_level = Gpa(paging.cr3 + 8 * at), int(ROOT_LEVEL)
    gfn = None if gpa is None else gfn_of(gpa)
    attempts = account(frame.done)
    visits = [attempt.visit for attempt in attempts if attempt.visit is not None]
    trip = Trip(
        kind="access",
        vcpu=item.vcpu,
        access=attempts[0].began.kind if attempts else None,
        gfn=gfn,
        gpa=gpa,
        entries=_entries(frame, gfn),
        guest_level=guest_level,
        coming=_coming(frame),
        exits=tuple(visit.exited.exit for visit in visits),
        page=_page(frame, gfn),
    )
    if not attempts or (attempts[-1].visit is not None and attempts[-1].visit.entered):
        return trip
    now = attempts[-1]
    leg = next((leg for leg in reversed(now.legs) if leg.gfn == gfn), None)
    if leg is None:
        leg = now.legs[-1] if now.legs else Leg()
    vcpu = frame.state.vcpus[item.vcpu]
    unset = leg.last is not None and not leg.last.entry.d
    return msgspec.structs.replace(
        trip,
        begun=True,
        tlb=_tlb(trip.access, leg),
        walked=() if leg.walked is None else leg.walked.steps,
        guest_level=leg.guest_level or guest_level,
        granted=leg.granted is not None,
        needs_d=leg.granted is not None
        and leg.granted.write
        and unset
        and vcpu.ad
        and leg.dirty is None,
        full=leg.checked is not None and leg.checked.full,
        index=0 if leg.checked is None else leg.checked.index,
        dirtied=leg.dirty is not None,
        slot=None if leg.logged is None else leg.logged.slot,
        arrived=leg.done is not None,
        exit=None if now.visit is None else now.visit.exited.exit,
    )


def _tlb(access: AccessKind | None, leg: Leg) -> TlbSays:
    if access is AccessKind.WALK:
        return "bypassed"
    if leg.hit is not None:
        return "hit"
    return "" if leg.page is None and leg.walked is None else "miss"


def _coming(frame: Frame) -> VmExit | None:
    n = frame.position.event
    following = frame.events[n] if n < len(frame.events) else None
    return following.exit if isinstance(following, e.VmExited) else None


def _page(frame: Frame, gfn: Gfn | None) -> tuple[int, int]:
    item = frame.item
    assert item is not None
    first, last = item.value >> PAGE_SHIFT, (item.value + item.size - 1) >> PAGE_SHIFT
    if first == last:
        return (1, 1)
    if frame.state.vcpus[item.vcpu].paging is None:
        return (2 if gfn == last else 1, 2)
    met = [event.page for event in frame.done if isinstance(event, e.TlbHit | e.TlbMissed)]
    return (2 if met and met[-1] == last else 1, 2)


# ── no access ───────────────────────────────────────────────────────────────


def _still(frame: Frame, kind: Kind, gfn: Gfn | None) -> Trip:
    gpa = page_gpa(gfn) if gfn is not None else None
    if kind == "refused" and frame.focus_gpa is not None:
        gpa = frame.focus_gpa
    return Trip(kind, gfn=gfn, gpa=gpa, vcpu=frame.vcpu, entries=_entries(frame, gfn))


# ── the path ────────────────────────────────────────────────────────────────


class _Change(NamedTuple):
    was: EptEntry
    event: int
    by_processor: bool


def _entries(frame: Frame, gfn: Gfn | None) -> tuple[Entry, ...]:
    state = frame.state
    if gfn is None or gfn >= state.geometry.max_pages:
        return ()
    path = walk(state.memory, state.domain.root, gfn, state.geometry)
    changes = _changes(frame, path)
    return tuple(
        Entry(step, *changes[step.table, step.index])
        if (step.table, step.index) in changes
        else Entry(step)
        for step in path
    )


def _changes(frame: Frame, path: Sequence[PathStep]) -> dict[tuple[int, int], _Change]:
    """Return the last change of each entry of *path* by the events of the item so far."""
    value: dict[tuple[int, int], EptEntry] = {}
    for step in path:
        page = frame.before.memory.get(step.table)
        if page is not None:
            value[step.table, step.index] = entry_at(page, step.index)
    changes: dict[tuple[int, int], _Change] = {}
    for number, event in enumerate(frame.done, 1):
        for step in path:
            at = (step.table, step.index)
            new = _after(event, step, value.get(at))
            old = value.get(at)
            if new is None or new == old:
                continue
            value[at] = new
            if old is not None:
                by_processor = isinstance(event, e.AccessedSet | e.DirtySet)
                changes[at] = _Change(old, number, by_processor)
    return changes


def _after(event: e.Event, step: PathStep, old: EptEntry | None) -> EptEntry | None:
    """Return what *event* made of the entry of *step*, None if it is not about it."""
    match event:
        case (
            e.RecalcMarked(table, index, new=new)
            | e.EntryRetyped(table, index, new=new)
            | e.EptEntryWritten(table, index, new=new)
        ):
            return new if (table, index) == (step.table, step.index) else None
        case e.RecalcPushed(table, index, new=new, child=child, page=page):
            if (table, index) == (step.table, step.index):
                return new
            return entry_at(page, step.index) if child == step.table else None
        case e.TableRetyped(table, page=page) | e.EptTableAdded(table, page):
            return entry_at(page, step.index) if table == step.table else None
        case e.SuperpageSplit(table, index, new=new, tables=tables):
            if (table, index) == (step.table, step.index):
                return new
            return next((entry_at(page, step.index) for t, page in tables if t == step.table), None)
        case e.AccessedSet(table=table, index=index):
            here = (table, index) == (step.table, step.index) and old is not None
            return old.replace(a=1) if here and old is not None else None
        case e.DirtySet(table=table, index=index):
            here = (table, index) == (step.table, step.index) and old is not None
            return old.replace(d=1) if here and old is not None else None
        case _:
            return None
