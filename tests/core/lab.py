"""A machine on the bench: accesses, software's hand in the tables, a look at what came of it."""

from collections.abc import Sequence

from msgspec.structs import replace

from pmlviz.core.actions import GuestAccess
from pmlviz.core.boot import boot
from pmlviz.core.cpu import access
from pmlviz.core.ept import EptEntry, P2mType, PathStep, walk
from pmlviz.core.events import (
    AccessDone,
    EptEntryWritten,
    EptInvalidated,
    EptpAdSet,
    Event,
    MemoryWritten,
    PmlEnabled,
    PmlIndexReset,
    PmlLogged,
    VmEntered,
    VmExited,
)
from pmlviz.core.evolve import fold
from pmlviz.core.exits import AccessKind, ExitReason, VmExit
from pmlviz.core.p2m import logdirty_flags, retyped
from pmlviz.core.pml import word
from pmlviz.core.run import Run
from pmlviz.core.state import GuestPaging, Platform, Region, State, Vcpu
from pmlviz.core.units import PAGE_SHIFT, EptLevel, Gfn, Gla, Gpa, Mfn

PML_PAGE = 0x1000
"""Frame of the PML page of vCPU 0; vCPU n has the n-th after it."""
A_AND_D = 0x300


class Lab:
    """One machine, PML on for every vCPU."""

    def __init__(
        self,
        level: EptLevel = EptLevel.PTE,
        pages: int = 1024,
        *,
        vcpus: int = 1,
        platform: Platform | None = None,
        index: int = 511,
    ) -> None:
        """Map *pages* from gfn 0 by leaves of *level*, as Xen boots them."""
        state = boot([Region(Gfn(0), pages, level)], vcpus=vcpus, platform=platform)
        self.run = Run(state)
        self.run.emit(EptpAdSet(on=True))
        for vcpu in range(vcpus):
            self.run.emit(PmlEnabled(vcpu, Mfn(PML_PAGE + vcpu), index))

    @property
    def state(self) -> State:
        """The machine now."""
        return self.run.state

    # ── what the guest does ─────────────────────────────────────────────────

    def access(self, kind: AccessKind, gla: int, size: int = 1, *, vcpu: int = 0) -> list[Event]:
        """Perform one access and return its events, which must account for all that changed."""
        before, began = self.state, len(self.run.events)
        access(self.run, GuestAccess(vcpu, kind, Gla(gla), size))
        events = self.run.events[began:]
        assert fold(before, events) == self.state
        ends = [event for event in events if isinstance(event, (AccessDone, VmExited))]
        assert len(ends) == 1 or all(isinstance(end, AccessDone) for end in ends)
        return events

    def read(self, gla: int, size: int = 1, *, vcpu: int = 0) -> list[Event]:
        """Read, and return the events."""
        return self.access(AccessKind.READ, gla, size, vcpu=vcpu)

    def write(self, gla: int, size: int = 1, *, vcpu: int = 0) -> list[Event]:
        """Write, and return the events."""
        return self.access(AccessKind.WRITE, gla, size, vcpu=vcpu)

    def fetch(self, gla: int) -> list[Event]:
        """Fetch an instruction, and return the events."""
        return self.access(AccessKind.FETCH, gla)

    def walk(self, gpa: int) -> list[Event]:
        """Let the page walker access the guest paging-structure entry at *gpa*."""
        return self.access(AccessKind.WALK, gpa, 8)

    def write_gfns(self, gfns: Sequence[int]) -> list[Event]:
        """Write one byte to each of *gfns*."""
        return [event for gfn in gfns for event in self.write(gfn << PAGE_SHIFT)]

    # ── what software does ──────────────────────────────────────────────────

    def enter(self, *, vcpu: int = 0) -> None:
        """Let the pending exit of *vcpu* be over."""
        self.run.emit(VmEntered(vcpu))

    def invept(self) -> None:
        """Drop every cached translation on every vCPU."""
        self.run.emit(EptInvalidated(tuple(range(len(self.state.vcpus)))))

    def set_index(self, index: int, *, vcpu: int = 0) -> None:
        """VMWRITE the PML index."""
        self.run.emit(PmlIndexReset(vcpu, self.vcpu(vcpu).pml_index, index))

    def put(self, gfn: int, value: int, level: EptLevel = EptLevel.PTE) -> None:
        """Write the raw entry of *level* for *gfn*, without INVEPT."""
        step = next(step for step in self.path(gfn) if step.level == level)
        self.run.emit(EptEntryWritten(step.table, step.index, step.entry, EptEntry(value)))

    def change(self, gfn: int, level: EptLevel = EptLevel.PTE, /, **fields: int) -> None:
        """Change fields of the entry of *level* for *gfn*, without INVEPT."""
        entry = next(step.entry for step in self.path(gfn) if step.level == level)
        self.put(gfn, entry.replace(**fields), level)

    def arm(self, gfns: Sequence[int] | None = None) -> None:
        """Make the leaves of *gfns* (None: all) clean log-dirty ones that the processor may log."""
        flags = logdirty_flags(self.state.platform, writable=True)
        for gfn in range(self.state.domain.max_gfn) if gfns is None else gfns:
            leaf = self.path(gfn)[-1]
            new = retyped(leaf.entry, P2mType.RAM_LOGDIRTY, flags)
            if new != leaf.entry:
                self.put(gfn, new, leaf.level)

    def ad_off(self) -> None:
        """Clear EPTP bit 6."""
        self.run.emit(EptpAdSet(on=False))

    def pml_off(self) -> None:
        """Clear control bit 17 of vCPU 0, and nothing else."""
        first, *others = self.state.vcpus
        self.run.state = replace(self.state, vcpus=(replace(first, pml=False), *others))

    def page_guest(self, cr3: int, words: dict[int, int]) -> None:
        """Turn guest paging on: *words* maps guest-physical addresses to guest entries."""
        for gpa, value in words.items():
            leaf = self.path(gpa >> PAGE_SHIFT)[-1]
            within = (gpa >> PAGE_SHIFT) % self.state.geometry.pages(leaf.level)
            mfn = Mfn(leaf.entry.mfn + within)
            self.run.emit(MemoryWritten(mfn, (gpa & 0xFFF) >> 3, value))
        vcpus = tuple(replace(v, paging=GuestPaging(Gpa(cr3))) for v in self.state.vcpus)
        self.run.state = replace(self.state, vcpus=vcpus)

    # ── what can be seen ────────────────────────────────────────────────────

    def vcpu(self, number: int = 0) -> Vcpu:
        """Return one vCPU."""
        return self.state.vcpus[number]

    @property
    def index(self) -> int:
        """The PML index of vCPU 0."""
        return self.vcpu().pml_index

    @property
    def exit(self) -> VmExit | None:
        """The pending exit of vCPU 0."""
        return self.vcpu().exit

    @property
    def reason(self) -> ExitReason | None:
        """The reason of the pending exit of vCPU 0."""
        return self.exit.reason if self.exit else None

    def path(self, gfn: int) -> tuple[PathStep, ...]:
        """Return the EPT entries for *gfn*."""
        return walk(self.state.memory, self.state.domain.root, gfn, self.state.geometry)

    def leaf(self, gfn: int) -> EptEntry:
        """Return the leaf that maps *gfn*, or the absent entry in its place."""
        return self.path(gfn)[-1].entry

    def log(self, slot: int, *, vcpu: int = 0) -> int:
        """Return the word in *slot* of the PML page of *vcpu*."""
        return word(self.state.memory[Mfn(PML_PAGE + vcpu)], slot)


def logged(events: Sequence[Event]) -> list[tuple[int, int]]:
    """Return (slot, address) of each entry that *events* put into the log."""
    return [(event.slot, event.gpa) for event in events if isinstance(event, PmlLogged)]


def names(events: Sequence[Event]) -> list[str]:
    """Return what kind each event is."""
    return [type(event).__name__ for event in events]
