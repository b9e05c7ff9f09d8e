"""One event into the state: dull, total, and the one place where states are made."""

from collections.abc import Iterable
from typing import assert_never

from immutables import Map
from msgspec.structs import replace

from pmlviz.core import events as e
from pmlviz.core.bitset import Bitset
from pmlviz.core.ept import A, D, entry_at, with_word
from pmlviz.core.logdirty import LogDirty
from pmlviz.core.state import EPTP_AD, Domain, Ghost, State, Vcpu
from pmlviz.core.tlb import EMPTY_TLB
from pmlviz.core.units import PAGE_SIZE, Gfn, Mfn, gfn_of


def fold(state: State, events: Iterable[e.Event]) -> State:
    """Return *state* after all *events*."""
    for event in events:
        state = evolve(state, event)
    return state


def evolve(state: State, event: e.Event) -> State:
    """Return *state* after *event*."""
    match event:
        case (
            e.AccessBegan()
            | e.TlbHit()
            | e.TlbMissed()
            | e.EptWalked()
            | e.PermissionGranted()
            | e.PmlIndexChecked()
            | e.DrainBegan()
            | e.BitmapPeeked()
        ):
            return state
        case e.AccessDone(_, kind, gpa):
            return _written(state, gfn_of(gpa)) if kind.writes else state
        case e.TlbFilled(vcpu, page, entry):
            return _vcpu(state, vcpu, tlb=state.vcpus[vcpu].tlb.set(page, entry))
        case e.AccessedSet(_, table, index):
            return _entry(state, table, index, entry_at(state.memory[table], index) | A)
        case e.DirtySet(_, table, index):
            return _entry(state, table, index, entry_at(state.memory[table], index) | D)
        case e.PmlLogged(vcpu, slot, gpa):
            frame = state.vcpus[vcpu].pml_address
            assert frame is not None
            return _entry(state, frame, slot, gpa)
        case e.PmlIndexStepped(vcpu, _, new) | e.PmlIndexReset(vcpu, _, new):
            return _vcpu(state, vcpu, pml_index=new)
        case e.PageMarked(gfn):
            return _domain(state, bitmap=state.domain.bitmap.mark(gfn))
        case (
            e.RecalcMarked(table, index, new=new)
            | e.EntryRetyped(table, index, new=new)
            | e.EptEntryWritten(table, index, new=new)
        ):
            return _entry(state, table, index, new)
        case e.VmExited(vcpu, vm_exit):
            return _vcpu(state, vcpu, exit=vm_exit)
        case e.VmEntered(vcpu):
            return _vcpu(state, vcpu, exit=None)
        case e.TlbFlushed(vcpu, page):
            tlb = state.vcpus[vcpu].tlb
            kept = EMPTY_TLB if page is None else tlb.delete(page) if page in tlb else tlb
            return _vcpu(state, vcpu, tlb=kept)
        case e.GuestEntryUpdated(_, mfn, index, gfn, value):
            return _written(_entry(state, mfn, index, value), gfn)
        case e.MemoryWritten(mfn, index, value):
            return _entry(state, mfn, index, value)
        case e.RecalcPushed(table, index, new=new, child=child, page=page):
            return _pages(_entry(state, table, index, new), ((child, page),))
        case e.TableRetyped(table, page=page):
            return _pages(state, ((table, page),))
        case e.SuperpageSplit(table, index, new=new, tables=tables):
            return _new_tables(_entry(state, table, index, new), tables)
        case e.EptTableAdded(table, page):
            return _new_tables(state, ((table, page),))
        case e.DomainPaused():
            return _domain(state, pause_count=state.domain.pause_count + 1)
        case e.DomainUnpaused():
            return _domain(state, pause_count=state.domain.pause_count - 1)
        case e.LogDirtyModeSet(on):
            empty = Bitset(state.geometry.leaf_bits)
            owed = replace(state, ghost=replace(state.ghost, unreported=empty))
            return _domain(owed, log_dirty=on, bitmap=LogDirty(empty))
        case e.PmlEnabled(vcpu, frame, index):
            memory = (
                state.memory if frame in state.memory else state.memory.set(frame, _blank(state))
            )
            return _vcpu(
                replace(state, memory=memory),
                vcpu,
                pml=True,
                pml_address=frame,
                pml_index=index,
            )
        case e.PmlDisabled(vcpu):
            frame = state.vcpus[vcpu].pml_address
            memory = state.memory.delete(frame) if frame is not None else state.memory
            return _vcpu(replace(state, memory=memory), vcpu, pml=False, pml_address=None)
        case e.DomainPmlSet(on):
            return _domain(state, pml=on)
        case e.EptpAdSet(on):
            vcpus = tuple(replace(v, eptp=v.eptp & ~EPTP_AD | EPTP_AD * on) for v in state.vcpus)
            return _domain(replace(state, vcpus=vcpus), ad=on)
        case e.EptInvalidated(which):
            vcpus = tuple(
                replace(v, tlb=EMPTY_TLB) if n in which else v for n, v in enumerate(state.vcpus)
            )
            return replace(state, vcpus=vcpus)
        case e.GlobalTypeSet(logdirty):
            return _domain(state, global_logdirty=logdirty)
        case e.BitmapCleaned():
            ghost = state.ghost
            unreported = ghost.unreported.difference(state.domain.bitmap.bits)
            cleaned = _domain(state, bitmap=state.domain.bitmap.cleared())
            return replace(cleaned, ghost=replace(ghost, unreported=unreported))
        case e.AllPagesCopied():
            return replace(state, ghost=replace(state.ghost, copied=state.ghost.versions))
        case e.PagesCopied(gfns):
            return replace(state, ghost=_copied(state.ghost, gfns))
        case e.SpuriousMisconfigExpected(which, on):
            vcpus = tuple(
                replace(v, spurious_misconfig=on) if n in which else v
                for n, v in enumerate(state.vcpus)
            )
            return replace(state, vcpus=vcpus)
        case _:
            assert_never(event)


def _vcpu(state: State, number: int, **changes: object) -> State:
    vcpus = state.vcpus
    changed: Vcpu = replace(vcpus[number], **changes)
    return State(
        state.platform,
        state.memory,
        (*vcpus[:number], changed, *vcpus[number + 1 :]),
        state.domain,
        state.ghost,
    )


def _domain(state: State, **changes: object) -> State:
    domain: Domain = replace(state.domain, **changes)
    return State(state.platform, state.memory, state.vcpus, domain, state.ghost)


def _blank(state: State) -> bytes:
    return bytes(max(PAGE_SIZE, 8 * state.geometry.pml_entries))


def _entry(state: State, table: Mfn, index: int, value: int) -> State:
    page = state.memory.get(table)
    if page is None:
        page = bytes(PAGE_SIZE)
    memory = state.memory.set(table, with_word(page, index, value))
    return State(state.platform, memory, state.vcpus, state.domain, state.ghost)


def _pages(state: State, pages: tuple[tuple[Mfn, bytes], ...]) -> State:
    draft = state.memory.mutate()
    for mfn, page in pages:
        draft[mfn] = page
    return replace(state, memory=draft.finish())


def _new_tables(state: State, tables: tuple[tuple[Mfn, bytes], ...]) -> State:
    domain = state.domain
    used = max(mfn for mfn, _ in tables) + 1
    return _domain(
        _pages(state, tables),
        ept_tables=domain.ept_tables + len(tables),
        next_mfn=max(domain.next_mfn, used),
    )


def _written(state: State, gfn: Gfn) -> State:
    ghost = state.ghost
    judged = Ghost(
        ghost.versions.set(gfn, ghost.versions.get(gfn, 0) + 1),
        ghost.unreported.add(gfn) if state.domain.log_dirty else ghost.unreported,
        ghost.copied,
    )
    return State(state.platform, state.memory, state.vcpus, state.domain, judged)


def _copied(ghost: Ghost, gfns: tuple[Gfn, ...]) -> Ghost:
    draft = (Map() if ghost.copied is None else ghost.copied).mutate()
    for gfn in gfns:
        draft[gfn] = ghost.versions.get(gfn, 0)
    return replace(ghost, copied=draft.finish())
