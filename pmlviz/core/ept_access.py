"""One guest-physical access: the EPT walk, its permissions, the A and D flags, the log, the exits.

The order is the SDM's. "Prioritization of EPT Misconfigurations and EPT Violations": an entry that
is absent or malformed ends the walk at its own level, from the top down; permissions are judged
after the leaf is found, over the whole path. "Accessed and Dirty Flags for EPT" and
"Page-Modification Logging" come last, for an access that is allowed; and a processor that must set
a flag looks at the PML index first.
"""

from typing import NamedTuple

from pmlviz.core.ept import (
    RESERVED_EMT,
    RWX,
    A,
    D,
    EptEntry,
    PathStep,
    R,
    W,
    X,
    walk,
)
from pmlviz.core.events import (
    AccessedSet,
    DirtySet,
    EptWalked,
    PermissionGranted,
    PmlIndexChecked,
    PmlIndexStepped,
    PmlLogged,
    TlbFlushed,
    VmExited,
)
from pmlviz.core.exits import AccessKind, ExitReason, Qualification, VmExit
from pmlviz.core.pml import is_full, next_index
from pmlviz.core.run import Run
from pmlviz.core.state import Vcpu
from pmlviz.core.tlb import TlbPolicy
from pmlviz.core.units import PAGE_SHIFT, PAGE_SIZE, EptLevel, Geometry, Gla, Gpa, Mfn, gfn_of

_NON_LEAF_RESERVED = 0xF8
"""Bits 7:3 of an entry that leads to a table; bit 7 can be set there in a PML4E only."""


class Mode(NamedTuple):
    """What one access to guest-physical memory is to EPT."""

    right: int
    """The one of R, W, X that every entry of the path must grant."""
    qualification: int
    """Its bits in the exit qualification of an EPT violation (SDM, Table 27-7)."""

    @property
    def write(self) -> bool:
        """It counts as a write for D and the log."""
        return self.right == W


class Reached(NamedTuple):
    """Where an allowed access led."""

    mfn: Mfn
    """The 4 KiB frame of the access itself, also within a superpage."""
    rights: int
    """R, W, X over the whole path."""
    d: bool
    """D of the leaf is set now, and the processor keeps it."""


_TRANSLATED = Qualification.GLA_VALID | Qualification.GLA_TRANSLATION
_WALKED = Qualification.GLA_VALID

_MODES: dict[AccessKind, Mode] = {
    AccessKind.READ: Mode(R, int(Qualification.READ | _TRANSLATED)),
    AccessKind.WRITE: Mode(W, int(Qualification.WRITE | _TRANSLATED)),
    AccessKind.FETCH: Mode(X, int(Qualification.FETCH | _TRANSLATED)),
    # Whether a read-modify-write sets bit 0 as well is implementation-specific: here it does not.
    AccessKind.RMW: Mode(W, int(Qualification.WRITE | _TRANSLATED)),
}
# SDM, Table 27-7, first footnote: what counts as a write to a guest paging-structure entry sets
# bits 0 and 1 both. Bit 8 stays clear: the address is not the translation of the linear one.
WALK_WRITE = Mode(W, int(Qualification.READ | Qualification.WRITE | _WALKED))
WALK_READ = Mode(R, int(Qualification.READ | _WALKED))


def mode_of(kind: AccessKind, vcpu: Vcpu) -> Mode:
    """Return what an access of *kind* is to EPT on *vcpu*."""
    if kind is AccessKind.WALK:
        # SDM, "Accessed and Dirty Flags for EPT": with the flags on, accesses to guest
        # paging-structure entries are treated as writes.
        return WALK_WRITE if vcpu.ad else WALK_READ
    return _MODES[kind]


def is_misconfigured(
    entry: EptEntry, level: EptLevel, geometry: Geometry, *, exec_only: bool = True
) -> bool:
    """Return whether the present *entry* is malformed at *level* (SDM, "EPT Misconfigurations").

    *exec_only*: the processor supports execute-only translations. Physical addresses are 52 bits
    wide here: no bit of one is reserved but those below a superpage's frame, bit 12 among them.
    """
    if entry & (R | W) == W or (not exec_only and entry & RWX == X):
        return True
    if entry.is_leaf(level):
        return entry.emt in RESERVED_EMT or bool(entry.mfn & (geometry.pages(level) - 1))
    return bool(entry & _NON_LEAF_RESERVED)


def ept_access(
    run: Run, vcpu: int, mode: Mode, gpa: Gpa, gla: Gla, *, guest_level: int = 0
) -> Reached | None:
    """Access *gpa* through EPT on behalf of linear address *gla*; None if a VM exit came instead.

    *guest_level* is the level (4..1) of the guest paging-structure entry at *gpa*, 0 if none is.
    """
    state = run.state
    geometry, platform = state.geometry, state.platform
    gfn = gfn_of(gpa)
    path = walk(state.memory, state.vcpus[vcpu].root, gfn, geometry)
    rights = RWX
    for depth, step in enumerate(path, 1):
        entry = step.entry
        rights &= entry
        if entry & RWX and is_misconfigured(
            entry, step.level, geometry, exec_only=platform.exec_only
        ):
            # The walk ends here: what lies below a malformed entry is never read.
            run.emit(EptWalked(vcpu, gpa, path[:depth], guest_level))
            leave(run, vcpu, VmExit(ExitReason.EPT_MISCONFIG, gpa=gpa))
            return None
    run.emit(EptWalked(vcpu, gpa, path, guest_level))
    if not rights & mode.right:
        # Not present is the case of an entry that grants nothing, so that bits 5:3 are clear.
        qualification = mode.qualification | rights << 3
        leave(run, vcpu, VmExit(ExitReason.EPT_VIOLATION, qualification, gpa, gla))
        return None
    run.emit(PermissionGranted(vcpu, gpa, mode.write))
    if not _set_flags(run, vcpu, path, gpa, write=mode.write):
        return None
    leaf = path[-1]
    frame = Mfn(leaf.entry.mfn + (gfn & (geometry.pages(leaf.level) - 1)))
    known = state.vcpus[vcpu].ad and (mode.write or leaf.entry.d)
    return Reached(frame, rights, known)


def _set_flags(run: Run, vcpu: int, path: tuple[PathStep, ...], gpa: Gpa, *, write: bool) -> bool:
    """Set A on *path*, and D in its leaf for a write; False if the log was full."""
    this = run.state.vcpus[vcpu]
    if not this.ad:
        # With EPTP bit 6 clear, PML is on in vain: D is never set, so nothing is ever logged.
        return True
    leaf = path[-1]
    unset = [step for step in path if not step.entry & A]
    need_d = write and not leaf.entry & D
    if not unset and not need_d:
        return True
    index = this.pml_index
    if this.pml:
        # SDM, "Page-Modification Logging": the index is examined before either flag is set,
        # so that a read that must set A finds the log full too.
        full = is_full(index, run.state.geometry.pml_entries)
        run.emit(PmlIndexChecked(vcpu, index, full))
        if full:
            leave(run, vcpu, VmExit(ExitReason.PML_FULL))
            return False
    for step in unset:
        run.emit(AccessedSet(vcpu, step.table, step.index, step.level))
    if need_d:
        run.emit(DirtySet(vcpu, leaf.table, leaf.index, leaf.level, gpa))
        if this.pml:
            # The 4 KiB page of the access, whatever the size of the leaf: no level is recorded.
            run.emit(PmlLogged(vcpu, index, Gpa(gpa & -PAGE_SIZE)))
            run.emit(PmlIndexStepped(vcpu, index, next_index(index)))
    return True


def leave(run: Run, vcpu: int, vm_exit: VmExit) -> None:
    """Take *vm_exit* on *vcpu*, and drop the cached translations that it drops."""
    run.emit(VmExited(vcpu, vm_exit))
    if run.state.platform.tlb_policy is TlbPolicy.FLUSH_ON_EXIT:
        run.emit(TlbFlushed(vcpu))
    elif vm_exit.gla is not None and vm_exit.qualification & Qualification.GLA_TRANSLATION:
        # SDM, "Operations that Invalidate Cached Mappings": an EPT violation drops what it would
        # have used for the linear address.
        page = vm_exit.gla >> PAGE_SHIFT
        if page in run.state.vcpus[vcpu].tlb:
            run.emit(TlbFlushed(vcpu, page))
