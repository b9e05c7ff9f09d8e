"""One action into a step, or the reason why it is not allowed now."""

from typing import NamedTuple, assert_never

from pmlviz.core import hypervisor
from pmlviz.core.actions import (
    Action,
    CleanBitmap,
    CopyAll,
    DisableLogDirty,
    DrainPml,
    EnableLogDirty,
    GuestAccess,
    HandleExit,
    Invept,
    PeekBitmap,
    StopAndCopy,
    WriteEptEntry,
    WritePmlIndex,
)
from pmlviz.core.axes import Strategy
from pmlviz.core.cpu import access
from pmlviz.core.ept import RWX, SP, entry_at
from pmlviz.core.errors import IllegalAction
from pmlviz.core.events import EptEntryWritten, EptInvalidated, PmlIndexReset
from pmlviz.core.exits import AccessKind
from pmlviz.core.pml import INDEX_MASK
from pmlviz.core.recalc import words
from pmlviz.core.run import Run, Step
from pmlviz.core.state import State
from pmlviz.core.units import PAGE_SIZE, ROOT_LEVEL, EptLevel, Mfn, fmt, gfn_of


class Refusal(NamedTuple):
    """Why an action is not allowed now, and what would be."""

    reason: str
    hint: str


def step(state: State, action: Action, strategy: Strategy) -> Step:
    """Do *action*. Raises IllegalAction, with nothing changed, if it is not allowed now."""
    refused = refusal(state, action)
    if refused is not None:
        raise IllegalAction(refused.reason, hint=refused.hint)
    run = Run(state)
    match action:
        case GuestAccess():
            access(run, action)
        case HandleExit(vcpu):
            hypervisor.handle_exit(run, strategy, vcpu)
        case EnableLogDirty():
            hypervisor.enable_log_dirty(run, strategy)
        case DisableLogDirty():
            hypervisor.disable_log_dirty(run, strategy)
        case PeekBitmap():
            hypervisor.peek(run, strategy)
        case CleanBitmap(send):
            hypervisor.clean(run, strategy, send=send)
        case DrainPml(chosen):
            hypervisor.drain_pml(run, strategy, chosen)
        case Invept(chosen):
            vcpus = range(len(state.vcpus)) if chosen is None else (chosen,)
            run.emit(EptInvalidated(tuple(vcpus)))
        case CopyAll():
            hypervisor.copy_all(run)
        case StopAndCopy():
            hypervisor.stop_and_copy(run, strategy)
        case WriteEptEntry(table, index, value):
            old = entry_at(state.memory[table], index)
            run.emit(EptEntryWritten(table, index, old, value))
        case WritePmlIndex(vcpu, index):
            run.emit(PmlIndexReset(vcpu, state.vcpus[vcpu].pml_index, index))
        case _:
            assert_never(action)
    return run.step(action)


def enabled(state: State, action: Action, strategy: Strategy) -> str:
    """Return "" if *action* is allowed now, otherwise one sentence that says why not."""
    refused = refusal(state, action)
    return "" if refused is None else refused.reason


def refusal(state: State, action: Action) -> Refusal | None:
    """Return why *action* is not allowed now, None if it is. No strategy has a say in that."""
    match action:
        case GuestAccess():
            return _no_vcpu(state, action.vcpu) or _no_access(state, action)
        case HandleExit(vcpu):
            return _no_vcpu(state, vcpu) or _no_handling(state, vcpu)
        case EnableLogDirty():
            if state.domain.log_dirty:
                return Refusal(
                    "log-dirty mode is on already (-EINVAL)", "switch it off first, or CLEAN"
                )
            return None
        case DisableLogDirty() | PeekBitmap() | CleanBitmap():
            return _mode_off(state)
        case StopAndCopy():
            return _mode_off(state) or _stopped(state)
        case DrainPml(vcpu):
            if vcpu is not None and (none := _no_vcpu(state, vcpu)):
                return none
            chosen = state.vcpus if vcpu is None else (state.vcpus[vcpu],)
            if not any(v.pml for v in chosen):
                who = "no vCPU has" if vcpu is None else f"vCPU {vcpu} does not have"
                return Refusal(f"{who} a PML buffer now", "switch log-dirty mode on")
            return None
        case Invept(vcpu):
            return None if vcpu is None else _no_vcpu(state, vcpu)
        case CopyAll():
            return None
        case WriteEptEntry():
            return _no_entry(state, action)
        case WritePmlIndex(vcpu, index):
            if not 0 <= index <= INDEX_MASK:
                return Refusal(f"PML index {index} does not fit 16 bits", "0 to 0xffff")
            return _no_vcpu(state, vcpu)
        case _:
            assert_never(action)


def _no_vcpu(state: State, vcpu: int) -> Refusal | None:
    n = len(state.vcpus)
    if 0 <= vcpu < n:
        return None
    return Refusal(f"there is no vCPU {vcpu}", f"the machine has {n}, numbered from 0")


def _mode_off(state: State) -> Refusal | None:
    if state.domain.log_dirty:
        return None
    return Refusal("log-dirty mode is off (-EINVAL)", "switch it on first")


def _stopped(state: State) -> Refusal | None:
    if not state.domain.pause_count:
        return None
    return Refusal("the guest has stopped for good", "go back to before stop-and-copy")


def _no_access(state: State, action: GuestAccess) -> Refusal | None:
    if stopped := _stopped(state):
        return stopped
    if state.vcpus[action.vcpu].exit is not None:
        return Refusal(
            f"vCPU {action.vcpu} has left the guest: its VM exit is not handled yet",
            "handle the exit first",
        )
    if not 1 <= action.size <= PAGE_SIZE:
        return Refusal(f"an access of {action.size} bytes", f"1 to {PAGE_SIZE} bytes")
    if state.vcpus[action.vcpu].paging is not None and action.kind is not AccessKind.WALK:
        # A linear address: whether it is mapped only the walk of the guest's tables can tell.
        return None
    for at in (action.gla, action.gla + action.size - 1):
        gfn = gfn_of(at)
        if not any(r.gfn <= gfn < r.gfn + r.pages for r in state.domain.regions):
            end = state.domain.max_gfn
            return Refusal(
                f"address {fmt(at)} lies outside guest memory",
                f"the last mapped frame is {fmt(end - 1)}" if end else "the guest has no memory",
            )
    return None


def _no_handling(state: State, vcpu: int) -> Refusal | None:
    if state.vcpus[vcpu].exit is None:
        return Refusal(f"vCPU {vcpu} has no pending VM exit", "an access must exit first")
    if stopped := _stopped(state):
        return stopped
    reason = hypervisor.unhandled(state, vcpu)
    return Refusal(reason, "go back, or mend the entry by hand") if reason else None


def _no_entry(state: State, action: WriteEptEntry) -> Refusal | None:
    tables = _table_levels(state)
    level = tables.get(action.table)
    if level is None:
        return Refusal(f"frame {fmt(action.table)} is no EPT table", "choose a table of the EPT")
    if not 0 <= action.index < state.geometry.entries:
        return Refusal(f"a table has no entry {action.index}", f"0 to {state.geometry.entries - 1}")
    if not 0 <= action.value < 1 << 64:
        return Refusal(f"{fmt(action.value)} does not fit 64 bits", "an entry has 64 bits")
    value = action.value
    leads = value.present and not value.is_leaf(level)
    if leads and tables.get(value.mfn) != level - 1:
        return Refusal(
            f"frame {fmt(value.mfn)} holds no EPT table of the level below",
            "keep the frame, set the page-size bit, or clear R, W and X",
        )
    return None


def _table_levels(state: State) -> dict[Mfn, EptLevel]:
    """Return the level of each table that can be reached from the root."""
    levels: dict[Mfn, EptLevel] = {}
    rest = [(state.domain.root, ROOT_LEVEL)]
    while rest:
        table, level = rest.pop()
        levels[table] = level
        if level == EptLevel.PTE:
            continue
        page = state.memory[table]
        entries = words(page)
        leads = (entries & RWX) != 0
        if level < ROOT_LEVEL:
            leads &= (entries & SP) == 0
        below = EptLevel(level - 1)
        rest += [(entry_at(page, index).mfn, below) for index in map(int, leads.nonzero()[0])]
    return levels
