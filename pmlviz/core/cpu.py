"""The processor: what one access of one instruction does, by the SDM's rules.

A linear address goes through the vCPU's TLB, else through the guest's tables (`guest_walk.py`) and
EPT (`ept_access.py`). The access ends in `AccessDone`, one a page, or in exactly one `VmExited`,
after which it has not taken place: the hypervisor handles the exit, the instruction runs again.
"""

from pmlviz.core.actions import GuestAccess
from pmlviz.core.ept import R, W, X
from pmlviz.core.ept_access import ept_access, mode_of
from pmlviz.core.errors import IllegalAction
from pmlviz.core.events import AccessBegan, AccessDone, TlbFilled, TlbHit, TlbMissed
from pmlviz.core.exits import AccessKind
from pmlviz.core.guest_walk import guest_walk
from pmlviz.core.run import Run
from pmlviz.core.tlb import TlbEntry
from pmlviz.core.units import PAGE_SHIFT, PAGE_SIZE, Geometry, Gla, Gpa, fmt, gfn_of, page_gpa

_OFFSET = PAGE_SIZE - 1


def access(run: Run, action: GuestAccess) -> None:
    """Perform the access of one instruction.

    Raises IllegalAction, and changes nothing, where the address is wider than four levels
    translate, or where the guest's own tables deny it: a guest's fault is outside the model.
    """
    vcpu, kind, gla = action.vcpu, action.kind, action.gla
    last = Gla(gla + action.size - 1)
    _check(run.state.geometry, action, last)
    events, state = len(run.events), run.state
    run.emit(AccessBegan(vcpu, kind, gla, action.size, action.retry))
    try:
        first = _translate(run, vcpu, kind, gla)
        if first is None:
            return
        if last >> PAGE_SHIFT == gla >> PAGE_SHIFT:
            run.emit(AccessDone(vcpu, kind, first))
            return
        # Both pages are translated before a byte moves, the lower one first: it stays logged and
        # dirty although nothing was stored, if the upper one exits.
        second = _translate(run, vcpu, kind, Gla(last & ~_OFFSET))
    except IllegalAction:
        del run.events[events:]
        run.state = state
        raise
    if second is not None:
        run.emit(AccessDone(vcpu, kind, first))
        run.emit(AccessDone(vcpu, kind, second))


def _translate(run: Run, vcpu: int, kind: AccessKind, gla: Gla) -> Gpa | None:
    """Return the guest-physical address behind *gla*; None if a VM exit came instead."""
    this = run.state.vcpus[vcpu]
    if kind is AccessKind.WALK:
        # The page walker's own access: *gla* is the guest-physical address of the entry, and
        # translations of linear addresses are of no use to it.
        at = Gpa(gla)
        return at if ept_access(run, vcpu, mode_of(kind, this), at, gla) else None
    page = gla >> PAGE_SHIFT
    cached = this.tlb.get(page)
    if cached is not None and _serves(cached, kind, ad=this.ad):
        run.emit(TlbHit(vcpu, page, cached.gfn, cached.d))
        return Gpa(page_gpa(cached.gfn) | gla & _OFFSET)
    run.emit(TlbMissed(vcpu, page))
    gpa, w, x = Gpa(gla), True, True
    if this.paging is not None:
        translation = guest_walk(run, vcpu, this.paging, gla, kind)
        if translation is None:
            return None
        gpa, w, x = translation
    reached = ept_access(run, vcpu, mode_of(kind, this), gpa, gla)
    if reached is None:
        return None
    entry = TlbEntry(
        gfn=gfn_of(gpa),
        mfn=reached.mfn,
        r=bool(reached.rights & R),
        w=w and bool(reached.rights & W),
        x=x and bool(reached.rights & X),
        d=reached.d,
    )
    run.emit(TlbFilled(vcpu, page, entry))
    return gpa


def _serves(cached: TlbEntry, kind: AccessKind, *, ad: bool) -> bool:
    """Return whether *cached* suffices: if not, the processor walks and lets the tables decide."""
    if kind.writes:
        return cached.w and (cached.d or not ad)
    return cached.x if kind is AccessKind.FETCH else cached.r


def _check(geometry: Geometry, action: GuestAccess, last: Gla) -> None:
    """Raise IllegalAction unless four levels can translate every byte of *action*."""
    if not 1 <= action.size <= PAGE_SIZE:
        raise IllegalAction(
            f"an access of {action.size} bytes", hint=f"one access moves 1 to {PAGE_SIZE} bytes"
        )
    end = geometry.max_pages << PAGE_SHIFT
    if action.gla < 0 or last >= end:
        raise IllegalAction(
            f"address {fmt(action.gla)} is wider than four levels translate",
            hint=f"the last byte of an access lies at or below {fmt(end - 1)}",
        )
