"""What can happen: the only way a state changes.

Each event is a past fact with the data to fold it into the state (`evolve.py`) and the rule it
obeys (`rules.py`). Events that change nothing are there to be told: narration, highlighting and
sub-step scrubbing read the same list. *table* is the frame of an EPT table, *index* the entry in
it, *gfn* the first guest frame that the entry maps.
"""

from enum import Enum
from typing import ClassVar

import msgspec

from pmlviz.core.ept import EptEntry, PathStep
from pmlviz.core.exits import AccessKind, VmExit
from pmlviz.core.rules import Rule
from pmlviz.core.tlb import TlbEntry
from pmlviz.core.units import EptLevel, Gfn, Gla, Gpa, Mfn


class _Fact(msgspec.Struct, frozen=True, gc=False):
    """Base of all events; compared by value."""


# ── the processor ───────────────────────────────────────────────────────────


class AccessBegan(_Fact, frozen=True, gc=False):
    """*vcpu* began an instruction's access of *size* bytes at *gla*.

    *retry*: after a handled exit.
    """

    rule: ClassVar[Rule] = Rule.GUEST_ACCESS

    vcpu: int
    kind: AccessKind
    gla: Gla
    size: int = 1
    retry: bool = False


class TlbHit(_Fact, frozen=True, gc=False):
    """The cached translation of linear *page* served the access; the EPT was not walked."""

    rule: ClassVar[Rule] = Rule.TLB_HIT

    vcpu: int
    page: int
    gfn: Gfn
    d: bool


class TlbMissed(_Fact, frozen=True, gc=False):
    """No usable translation of linear *page* was cached, so that the EPT must be walked."""

    rule: ClassVar[Rule] = Rule.TLB_MISS

    vcpu: int
    page: int


class EptWalked(_Fact, frozen=True, gc=False):
    """The processor walked the EPT for *gpa*: *steps* down to the leaf, or to where the walk ended.

    *guest_level* is the level of the guest paging-structure entry being read (4..1), 0 for the
    access itself.
    """

    rule: ClassVar[Rule] = Rule.EPT_WALK

    vcpu: int
    gpa: Gpa
    steps: tuple[PathStep, ...]
    guest_level: int = 0


class PermissionGranted(_Fact, frozen=True, gc=False):
    """R, W, X taken over the whole path allow the access to *gpa*.

    *write*: it counts as a write.
    """

    rule: ClassVar[Rule] = Rule.EPT_PERMISSION

    vcpu: int
    gpa: Gpa
    write: bool


class PmlIndexChecked(_Fact, frozen=True, gc=False):
    """An A or D flag must be set, so the processor examined the PML *index*."""

    rule: ClassVar[Rule] = Rule.PML_INDEX_CHECK

    vcpu: int
    index: int
    full: bool


class AccessedSet(_Fact, frozen=True, gc=False):
    """The processor set A in one entry of the path."""

    rule: ClassVar[Rule] = Rule.EPT_ACCESSED

    vcpu: int
    table: Mfn
    index: int
    level: EptLevel


class DirtySet(_Fact, frozen=True, gc=False):
    """The processor set D in the leaf of *level* that maps *gpa*: 0 became 1."""

    rule: ClassVar[Rule] = Rule.EPT_DIRTY

    vcpu: int
    table: Mfn
    index: int
    level: EptLevel
    gpa: Gpa


class PmlLogged(_Fact, frozen=True, gc=False):
    """The processor stored *gpa* (bits 11:0 clear) in *slot* of the PML buffer."""

    rule: ClassVar[Rule] = Rule.PML_LOG

    vcpu: int
    slot: int
    gpa: Gpa


class PmlIndexStepped(_Fact, frozen=True, gc=False):
    """The processor moved the PML index down by one, 16 bits wide: 0 became 0xFFFF."""

    rule: ClassVar[Rule] = Rule.PML_INDEX_STEP

    vcpu: int
    old: int
    new: int


class TlbFilled(_Fact, frozen=True, gc=False):
    """The processor cached the translation of linear *page*."""

    rule: ClassVar[Rule] = Rule.TLB_FILL

    vcpu: int
    page: int
    entry: TlbEntry


class TlbFlushed(_Fact, frozen=True, gc=False):
    """The processor dropped all its translations on its own (*page* None), or that of one linear
    page (INVLPG).
    """

    rule: ClassVar[Rule] = Rule.TLB_FLUSH

    vcpu: int
    page: int | None = None


class GuestEntryUpdated(_Fact, frozen=True, gc=False):
    """The processor set A or D in the guest's own paging-structure entry: word *index* of frame
    *mfn*.
    """

    rule: ClassVar[Rule] = Rule.GUEST_PAGE_WALK

    vcpu: int
    mfn: Mfn
    index: int
    gfn: Gfn
    value: int


class AccessDone(_Fact, frozen=True, gc=False):
    """The access to *gpa* took place; a write reached memory (a straddling access: one event a
    page).
    """

    rule: ClassVar[Rule] = Rule.ACCESS_DONE

    vcpu: int
    kind: AccessKind
    gpa: Gpa


class VmExited(_Fact, frozen=True, gc=False):
    """The access did not take place: *vcpu* left the guest, and the hypervisor must handle
    *exit*.
    """

    vcpu: int
    exit: VmExit

    @property
    def rule(self) -> Rule:
        """The rule behind the exit's reason."""
        return {48: Rule.EPT_VIOLATION, 49: Rule.EPT_MISCONFIG, 62: Rule.PML_FULL}[self.exit.reason]


# ── the hypervisor ──────────────────────────────────────────────────────────


class VmEntered(_Fact, frozen=True, gc=False):
    """The hypervisor finished with the exit of *vcpu* and entered the guest; the instruction runs
    again.
    """

    rule: ClassVar[Rule] = Rule.VM_ENTRY

    vcpu: int


class DomainPaused(_Fact, frozen=True, gc=False):
    """No vCPU of the domain runs until it is unpaused."""

    rule: ClassVar[Rule] = Rule.PAUSE


class DomainUnpaused(_Fact, frozen=True, gc=False):
    """The domain may run again."""

    rule: ClassVar[Rule] = Rule.PAUSE


class LogDirtyModeSet(_Fact, frozen=True, gc=False):
    """Log-dirty mode went on or off.

    Off frees the bitmap.
    """

    rule: ClassVar[Rule] = Rule.LOG_DIRTY_MODE

    on: bool


class PmlEnabled(_Fact, frozen=True, gc=False):
    """*vcpu* got a PML page, its index the last slot, and control bit 17."""

    rule: ClassVar[Rule] = Rule.PML_ENABLE

    vcpu: int
    pml_address: Mfn
    index: int


class PmlDisabled(_Fact, frozen=True, gc=False):
    """Control bit 17 of *vcpu* was cleared and its PML page freed."""

    rule: ClassVar[Rule] = Rule.PML_DISABLE

    vcpu: int


class DomainPmlSet(_Fact, frozen=True, gc=False):
    """The domain's own PML flag changed: from now on types give other flags."""

    rule: ClassVar[Rule] = Rule.PML_ENABLE

    on: bool


class EptpAdSet(_Fact, frozen=True, gc=False):
    """EPTP bit 6 was written to the VMCS of every vCPU."""

    rule: ClassVar[Rule] = Rule.EPTP_AD

    on: bool


class EptInvalidated(_Fact, frozen=True, gc=False):
    """INVEPT dropped every cached translation on the CPUs of *vcpus*."""

    rule: ClassVar[Rule] = Rule.INVEPT

    vcpus: tuple[int, ...]


class GlobalTypeSet(_Fact, frozen=True, gc=False):
    """The type that entries with recalc will get was changed for the whole domain."""

    rule: ClassVar[Rule] = Rule.GLOBAL_TYPE

    logdirty: bool


class RecalcMarked(_Fact, frozen=True, gc=False):
    """One entry was made to misconfigure (emt 7) with recalc set, so that its first touch exits
    49.
    """

    rule: ClassVar[Rule] = Rule.RECALC_MARK

    table: Mfn
    index: int
    level: EptLevel
    gfn: Gfn
    old: EptEntry
    new: EptEntry


class RecalcPushed(_Fact, frozen=True, gc=False):
    """The mark moved one level down: *old* became *new*, and every entry of *child* (now *page*)
    carries it.
    """

    rule: ClassVar[Rule] = Rule.RECALC_PUSH

    table: Mfn
    index: int
    level: EptLevel
    gfn: Gfn
    old: EptEntry
    new: EptEntry
    child: Mfn
    page: bytes


class EntryRetyped(_Fact, frozen=True, gc=False):
    """The type of one leaf was set and its flags derived anew from it."""

    rule: ClassVar[Rule] = Rule.RETYPE

    table: Mfn
    index: int
    level: EptLevel
    gfn: Gfn
    old: EptEntry
    new: EptEntry


class TableRetyped(_Fact, frozen=True, gc=False):
    """All leaves of one table were recomputed at once; *changed* of them got another type.

    *page* is the table now.
    """

    rule: ClassVar[Rule] = Rule.RETYPE_TABLE

    table: Mfn
    level: EptLevel
    gfn: Gfn
    changed: int
    page: bytes


class SuperpageSplit(_Fact, frozen=True, gc=False):
    """A leaf of *level* became a table: *old* became *new*, and *tables* (frame, page) came into
    use.
    """

    rule: ClassVar[Rule] = Rule.SPLIT

    table: Mfn
    index: int
    level: EptLevel
    gfn: Gfn
    old: EptEntry
    new: EptEntry
    tables: tuple[tuple[Mfn, bytes], ...]


class MarkedBy(Enum):
    """Who set a bit of the log-dirty bitmap."""

    HANDLER = "handler"
    DRAIN = "drain"


class PageMarked(_Fact, frozen=True, gc=False):
    """paging_mark_pfn_dirty: the bit of *gfn* is set.

    *was_set*: it was set before.
    """

    rule: ClassVar[Rule] = Rule.MARK_DIRTY

    gfn: Gfn
    by: MarkedBy
    was_set: bool


class DrainBegan(_Fact, frozen=True, gc=False):
    """The hypervisor read the index of *vcpu* and goes through *count* words from slot *first*
    up.
    """

    rule: ClassVar[Rule] = Rule.PML_DRAIN

    vcpu: int
    first: int
    count: int


class PmlIndexReset(_Fact, frozen=True, gc=False):
    """VMWRITE of the PML index: the buffer counts as empty, its words stay where they are."""

    rule: ClassVar[Rule] = Rule.PML_INDEX_RESET

    vcpu: int
    old: int
    new: int


class BitmapPeeked(_Fact, frozen=True, gc=False):
    """PEEK gave the toolstack the bitmap: *pages* bits set.

    Nothing was cleared.
    """

    rule: ClassVar[Rule] = Rule.PEEK

    pages: int


class BitmapCleaned(_Fact, frozen=True, gc=False):
    """CLEAN gave the toolstack the bitmap, *pages* bits set, and zeroed it.

    *send*: they are copied afterwards.
    """

    rule: ClassVar[Rule] = Rule.CLEAN

    pages: int
    send: bool


class AllPagesCopied(_Fact, frozen=True, gc=False):
    """Every page was sent: the destination holds the guest as it is now."""

    rule: ClassVar[Rule] = Rule.COPY

    pages: int


class PagesCopied(_Fact, frozen=True, gc=False):
    """The pages that CLEAN returned were sent: the destination holds their versions of now."""

    rule: ClassVar[Rule] = Rule.COPY

    gfns: tuple[Gfn, ...]


class SpuriousMisconfigExpected(_Fact, frozen=True, gc=False):
    """Entries were repaired, so a vCPU that exits 49 and finds nothing to do is tolerated once
    (*on*), or was (*off*).
    """

    rule: ClassVar[Rule] = Rule.RECALC_PUSH

    vcpus: tuple[int, ...]
    on: bool


class EptEntryWritten(_Fact, frozen=True, gc=False):
    """Software wrote one raw entry: a map, an unmap, a flag cleared, or a change made by hand."""

    rule: ClassVar[Rule] = Rule.SOFTWARE_WRITE

    table: Mfn
    index: int
    old: EptEntry
    new: EptEntry


class EptTableAdded(_Fact, frozen=True, gc=False):
    """A new EPT table of 4096 bytes came into use."""

    rule: ClassVar[Rule] = Rule.SOFTWARE_WRITE

    table: Mfn
    page: bytes


class MemoryWritten(_Fact, frozen=True, gc=False):
    """Software in root mode wrote one 64-bit word of machine memory, past EPT: no D, no log."""

    rule: ClassVar[Rule] = Rule.SOFTWARE_WRITE

    mfn: Mfn
    index: int
    value: int


Event = (
    AccessBegan
    | TlbHit
    | TlbMissed
    | EptWalked
    | PermissionGranted
    | PmlIndexChecked
    | AccessedSet
    | DirtySet
    | PmlLogged
    | PmlIndexStepped
    | TlbFilled
    | TlbFlushed
    | GuestEntryUpdated
    | AccessDone
    | VmExited
    | VmEntered
    | DomainPaused
    | DomainUnpaused
    | LogDirtyModeSet
    | PmlEnabled
    | PmlDisabled
    | DomainPmlSet
    | EptpAdSet
    | EptInvalidated
    | GlobalTypeSet
    | RecalcMarked
    | RecalcPushed
    | EntryRetyped
    | TableRetyped
    | SuperpageSplit
    | PageMarked
    | DrainBegan
    | PmlIndexReset
    | BitmapPeeked
    | BitmapCleaned
    | AllPagesCopied
    | PagesCopied
    | SpuriousMisconfigExpected
    | EptEntryWritten
    | EptTableAdded
    | MemoryWritten
)
