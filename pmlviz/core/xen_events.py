"""What the hypervisor, the toolstack and other software do, as events (see `events.py`)."""

from enum import Enum
from typing import ClassVar

from pmlviz.core.ept import EptEntry
from pmlviz.core.fact import Fact
from pmlviz.core.rules import Rule
from pmlviz.core.units import EptLevel, Gfn, Mfn


class VmEntered(Fact, frozen=True, gc=False):
    """The hypervisor finished with the exit of *vcpu* and entered the guest; the instruction runs
    again.
    """

    rule: ClassVar[Rule] = Rule.VM_ENTRY

    vcpu: int


class DomainPaused(Fact, frozen=True, gc=False):
    """No vCPU of the domain runs until it is unpaused."""

    rule: ClassVar[Rule] = Rule.PAUSE


class DomainUnpaused(Fact, frozen=True, gc=False):
    """The domain may run again."""

    rule: ClassVar[Rule] = Rule.PAUSE


class LogDirtyModeSet(Fact, frozen=True, gc=False):
    """Log-dirty mode went on or off.

    Off frees the bitmap.
    """

    rule: ClassVar[Rule] = Rule.LOG_DIRTY_MODE

    on: bool


class PmlEnabled(Fact, frozen=True, gc=False):
    """*vcpu* got a PML page, its index the last slot, and control bit 17."""

    rule: ClassVar[Rule] = Rule.PML_ENABLE

    vcpu: int
    pml_address: Mfn
    index: int


class PmlDisabled(Fact, frozen=True, gc=False):
    """Control bit 17 of *vcpu* was cleared and its PML page freed."""

    rule: ClassVar[Rule] = Rule.PML_DISABLE

    vcpu: int


class DomainPmlSet(Fact, frozen=True, gc=False):
    """The domain's own PML flag changed: from now on types give other flags."""

    rule: ClassVar[Rule] = Rule.PML_ENABLE

    on: bool


class EptpAdSet(Fact, frozen=True, gc=False):
    """EPTP bit 6 was written to the VMCS of every vCPU."""

    rule: ClassVar[Rule] = Rule.EPTP_AD

    on: bool


class EptInvalidated(Fact, frozen=True, gc=False):
    """INVEPT dropped every cached translation on the CPUs of *vcpus*."""

    rule: ClassVar[Rule] = Rule.INVEPT

    vcpus: tuple[int, ...]


class GlobalTypeSet(Fact, frozen=True, gc=False):
    """The type that entries with recalc will get was changed for the whole domain."""

    rule: ClassVar[Rule] = Rule.GLOBAL_TYPE

    logdirty: bool


class RecalcMarked(Fact, frozen=True, gc=False):
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


class RecalcPushed(Fact, frozen=True, gc=False):
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


class EntryRetyped(Fact, frozen=True, gc=False):
    """The type of one leaf was set and its flags derived anew from it."""

    rule: ClassVar[Rule] = Rule.RETYPE

    table: Mfn
    index: int
    level: EptLevel
    gfn: Gfn
    old: EptEntry
    new: EptEntry


class TableRetyped(Fact, frozen=True, gc=False):
    """All leaves of one table were recomputed at once, and *page* is the table now.

    *changed* of them got another type, or other flags.
    """

    rule: ClassVar[Rule] = Rule.RETYPE_TABLE

    table: Mfn
    level: EptLevel
    gfn: Gfn
    changed: int
    page: bytes


class SuperpageSplit(Fact, frozen=True, gc=False):
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


class PageMarked(Fact, frozen=True, gc=False):
    """paging_mark_pfn_dirty: the bit of *gfn* is set.

    *was_set*: it was set before.
    """

    rule: ClassVar[Rule] = Rule.MARK_DIRTY

    gfn: Gfn
    by: MarkedBy
    was_set: bool


class DrainBegan(Fact, frozen=True, gc=False):
    """The hypervisor read the index of *vcpu* and goes through *count* words from slot *first*
    up.
    """

    rule: ClassVar[Rule] = Rule.PML_DRAIN

    vcpu: int
    first: int
    count: int


class PmlIndexReset(Fact, frozen=True, gc=False):
    """VMWRITE of the PML index: the buffer counts as empty, its words stay where they are."""

    rule: ClassVar[Rule] = Rule.PML_INDEX_RESET

    vcpu: int
    old: int
    new: int


class BitmapPeeked(Fact, frozen=True, gc=False):
    """PEEK gave the toolstack the bitmap: *pages* bits set.

    Nothing was cleared.
    """

    rule: ClassVar[Rule] = Rule.PEEK

    pages: int


class BitmapCleaned(Fact, frozen=True, gc=False):
    """CLEAN gave the toolstack the bitmap, *pages* bits set, and zeroed it.

    *send*: they are copied afterwards.
    """

    rule: ClassVar[Rule] = Rule.CLEAN

    pages: int
    send: bool


class AllPagesCopied(Fact, frozen=True, gc=False):
    """Every page was sent: the destination holds the guest as it is now."""

    rule: ClassVar[Rule] = Rule.COPY

    pages: int


class PagesCopied(Fact, frozen=True, gc=False):
    """The pages that CLEAN returned were sent: the destination holds their versions of now."""

    rule: ClassVar[Rule] = Rule.COPY

    gfns: tuple[Gfn, ...]


class SpuriousMisconfigExpected(Fact, frozen=True, gc=False):
    """Entries were repaired, so a vCPU that exits 49 and finds nothing to do is tolerated once
    (*on*), or was (*off*).
    """

    rule: ClassVar[Rule] = Rule.RECALC_PUSH

    vcpus: tuple[int, ...]
    on: bool


class EptEntryWritten(Fact, frozen=True, gc=False):
    """Software wrote one raw entry: a map, an unmap, a flag cleared, or a change made by hand."""

    rule: ClassVar[Rule] = Rule.SOFTWARE_WRITE

    table: Mfn
    index: int
    old: EptEntry
    new: EptEntry


class EptTableAdded(Fact, frozen=True, gc=False):
    """A new EPT table of 4096 bytes came into use."""

    rule: ClassVar[Rule] = Rule.SOFTWARE_WRITE

    table: Mfn
    page: bytes


class MemoryWritten(Fact, frozen=True, gc=False):
    """Software in root mode wrote one 64-bit word of machine memory, past EPT: no D, no log."""

    rule: ClassVar[Rule] = Rule.SOFTWARE_WRITE

    mfn: Mfn
    index: int
    value: int
