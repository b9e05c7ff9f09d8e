"""The processor model, made to cache translations exactly as the emulator does.

The emulator keeps 4 KiB translations in two direct-mapped arrays, one for data and one for code,
and empties both at every VM entry and exit. The SDM allows a processor all of that. It can be seen,
in a D flag that is not set again and an A flag that is: so a replay keeps and drops what it does.
"""

from typing import NamedTuple

from immutables import Map

from pmlviz.core.actions import GuestAccess
from pmlviz.core.cpu import access
from pmlviz.core.emulator_guest import GuestTables
from pmlviz.core.emulator_host import load, store
from pmlviz.core.ept import EptEntry, PathStep
from pmlviz.core.ept_access import is_misconfigured
from pmlviz.core.events import (
    DirtySet,
    EptWalked,
    PermissionGranted,
    PmlIndexStepped,
    PmlLogged,
    TlbFilled,
    TlbFlushed,
)
from pmlviz.core.exits import AccessKind, ExitReason, VmExit
from pmlviz.core.pml import is_full
from pmlviz.core.run import Run
from pmlviz.core.state import State, Vcpu
from pmlviz.core.tlb import TlbEntry
from pmlviz.core.units import PAGE_SHIFT, PAGE_SIZE, REAL, Gla, Gpa

_RAM = range(16 << 20, 2 << 30)
"""Machine memory that reads as written: neither the program's own nor past the emulator's last."""
DATA_SLOTS, CODE_SLOTS = 2048, 1024
BIT12 = 1 << 12
"""Of a 2M or 1G leaf: reserved (SDM, "EPT Misconfigurations"), and ignored by the emulator."""


class Cached(NamedTuple):
    """One slot of the emulator's caches."""

    page: int
    size: int
    """Bytes of the guest page it lies in: INVLPG drops all that belongs to one."""
    write: bool
    """A write filled it: only then do writes hit."""
    entry: TlbEntry


class EmulatorTlb(NamedTuple):
    """What the emulator caches now."""

    data: Map[int, Cached] = Map()
    code: Map[int, Cached] = Map()

    def hit(self, page: int, kind: AccessKind) -> TlbEntry | None:
        """Return the translation of *page* that serves an access of *kind*, or None."""
        fetch = kind is AccessKind.FETCH
        slot = self.code.get(page % CODE_SLOTS) if fetch else self.data.get(page % DATA_SLOTS)
        if slot is None or slot.page != page or (kind.writes and not slot.write):
            return None
        return slot.entry

    def filled(self, page: int, size: int, kind: AccessKind, entry: TlbEntry) -> "EmulatorTlb":
        """Return the caches after an access of *kind* translated *page*."""
        slot = Cached(page, size, kind.writes, entry)
        if kind is AccessKind.FETCH:
            return self._replace(code=self.code.set(page % CODE_SLOTS, slot))
        return self._replace(data=self.data.set(page % DATA_SLOTS, slot))

    def without(self, lin: int) -> "EmulatorTlb":
        """Return the caches after INVLPG of *lin*."""
        return EmulatorTlb(_kept(self.data, lin), _kept(self.code, lin))


def _kept(slots: Map[int, Cached], lin: int) -> Map[int, Cached]:
    return Map(
        {n: slot for n, slot in slots.items() if (slot.page << PAGE_SHIFT ^ lin) & -slot.size}
    )


class Logged(NamedTuple):
    """One entry that the access put into the log."""

    slot: int
    gpa: Gpa
    low: int
    """Bits 11:0 of the address accessed, which the log leaves out."""


class Accessed(NamedTuple):
    """What came of one access."""

    vm_exit: VmExit | None
    logged: list[Logged]
    walked_when_full: bool
    """EPT was walked, and the walk allowed, while the PML index left no slot."""
    misconfigured_by_bit12: PathStep | None
    """The leaf behind an EPT misconfiguration, if but for bit 12 it were well formed."""


class EmulatorCpu:
    """The one logical processor of a trace, and its memory."""

    def __init__(self, state: State, tables: GuestTables, tlb: EmulatorTlb | None = None) -> None:
        """Start from *state*, with empty caches unless *tlb* is given."""
        self.run = Run(state)
        self.tables = tables
        self.tlb = tlb or EmulatorTlb()

    @property
    def vcpu(self) -> Vcpu:
        """The logical processor now."""
        return self.run.state.vcpus[0]

    @property
    def index_full(self) -> bool:
        """PML is in force and its index leaves no slot."""
        this = self.vcpu
        return this.pml and this.ad and is_full(this.pml_index, REAL.pml_entries)

    def fork(self) -> "EmulatorCpu":
        """Return another processor that stands where this one does."""
        return EmulatorCpu(self.run.state, self.tables, self.tlb)

    def left_guest(self) -> None:
        """Empty the caches, as every VM exit and entry does."""
        self.run.emit(TlbFlushed(0))
        self.tlb = EmulatorTlb()

    def access(self, kind: AccessKind, lin: int, size: int) -> Accessed:
        """Perform an access of *size* bytes at linear address *lin*."""
        self._align(kind, lin, size)
        full, began = self.index_full, len(self.run.events)
        access(self.run, GuestAccess(0, kind, Gla(lin), size))
        logged: list[Logged] = []
        walked_when_full, address, last = False, 0, None
        for event in self.run.events[began:]:
            match event:
                case EptWalked(steps=steps):
                    last = steps[-1]
                case PermissionGranted():
                    walked_when_full |= full
                case DirtySet(gpa=gpa):
                    address = gpa
                case PmlLogged(slot=slot, gpa=gpa):
                    logged.append(Logged(slot, gpa, address & (PAGE_SIZE - 1)))
                case PmlIndexStepped(new=new):
                    full = is_full(new, REAL.pml_entries)
                case TlbFilled(page=page, entry=entry):
                    within = self.tables.page_size(page << PAGE_SHIFT)
                    self.tlb = self.tlb.filled(page, within, kind, entry)
        pending = self.vcpu.exit
        misconfigured = pending is not None and pending.reason is ExitReason.EPT_MISCONFIG
        bit12 = last if misconfigured and last is not None and _only_bit12(last) else None
        return Accessed(pending, logged, walked_when_full, bit12)

    def load(self, lin: int, size: int) -> int | None:
        """Return what was just read at *lin*, little-endian; None where that is not defined."""
        parts = self._parts(lin, size)
        if not all(hpa in _RAM for hpa, _ in parts):
            return None
        memory = self.run.state.memory
        return int.from_bytes(b"".join(load(memory, hpa, n) for hpa, n in parts), "little")

    def store(self, lin: int, size: int, value: int) -> None:
        """Let the bytes of *value* that fit reach memory at *lin*, which was just written."""
        data = (value & (1 << 8 * size) - 1).to_bytes(size, "little")
        for hpa, n in self._parts(lin, size):
            store(self.run, hpa, data[:n])
            data = data[n:]

    def _parts(self, lin: int, size: int) -> list[tuple[int, int]]:
        """Return (machine address, length) of the one or two pages behind an access."""
        first = min(size, PAGE_SIZE - (lin & (PAGE_SIZE - 1)))
        tlb = self.vcpu.tlb
        return [
            (tlb[at >> PAGE_SHIFT].mfn << PAGE_SHIFT | at & (PAGE_SIZE - 1), n)
            for at, n in ((lin, first), (lin + first, size - first))
            if n
        ]

    def _align(self, kind: AccessKind, lin: int, size: int) -> None:
        """Make the model's TLB hold what the emulator's holds of the pages about to be accessed."""
        for page in range(lin >> PAGE_SHIFT, (lin + size - 1 >> PAGE_SHIFT) + 1):
            want = self.tlb.hit(page, kind)
            if want is not None:
                self.run.emit(TlbFilled(0, page, want))
            elif page in self.vcpu.tlb:
                self.run.emit(TlbFlushed(0, page))


def _only_bit12(leaf: PathStep) -> bool:
    mended = EptEntry(leaf.entry & ~BIT12)
    return mended.is_leaf(leaf.level) and not is_misconfigured(mended, leaf.level, REAL)
