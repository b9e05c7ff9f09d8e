"""What the processor does, as events (`events.py` tells what an event is)."""

from typing import ClassVar

from pmlviz.core.ept import PathStep
from pmlviz.core.exits import AccessKind, VmExit
from pmlviz.core.fact import Fact
from pmlviz.core.rules import Rule
from pmlviz.core.tlb import TlbEntry
from pmlviz.core.units import EptLevel, Gfn, Gla, Gpa, Mfn


class AccessBegan(Fact, frozen=True, gc=False):
    """*vcpu* began an instruction's access of *size* bytes at *gla*.

    *retry*: after a handled exit.
    """

    rule: ClassVar[Rule] = Rule.GUEST_ACCESS

    vcpu: int
    kind: AccessKind
    gla: Gla
    size: int = 1
    retry: bool = False


class TlbHit(Fact, frozen=True, gc=False):
    """The cached translation of linear *page* served the access; the EPT was not walked."""

    rule: ClassVar[Rule] = Rule.TLB_HIT

    vcpu: int
    page: int
    gfn: Gfn
    d: bool


class TlbMissed(Fact, frozen=True, gc=False):
    """No usable translation of linear *page* was cached, so that the EPT must be walked."""

    rule: ClassVar[Rule] = Rule.TLB_MISS

    vcpu: int
    page: int


class EptWalked(Fact, frozen=True, gc=False):
    """The processor walked the EPT for *gpa*: *steps* down to the leaf, or to where the walk ended.

    *guest_level* is the level of the guest paging-structure entry being read (4..1), 0 for the
    access itself.
    """

    rule: ClassVar[Rule] = Rule.EPT_WALK

    vcpu: int
    gpa: Gpa
    steps: tuple[PathStep, ...]
    guest_level: int = 0


class PermissionGranted(Fact, frozen=True, gc=False):
    """R, W, X taken over the whole path allow the access to *gpa*.

    *write*: it counts as a write.
    """

    rule: ClassVar[Rule] = Rule.EPT_PERMISSION

    vcpu: int
    gpa: Gpa
    write: bool


class PmlIndexChecked(Fact, frozen=True, gc=False):
    """An A or D flag must be set, so the processor examined the PML *index*."""

    rule: ClassVar[Rule] = Rule.PML_INDEX_CHECK

    vcpu: int
    index: int
    full: bool


class AccessedSet(Fact, frozen=True, gc=False):
    """The processor set A in one entry of the path."""

    rule: ClassVar[Rule] = Rule.EPT_ACCESSED

    vcpu: int
    table: Mfn
    index: int
    level: EptLevel


class DirtySet(Fact, frozen=True, gc=False):
    """The processor set D in the leaf of *level* that maps *gpa*: 0 became 1."""

    rule: ClassVar[Rule] = Rule.EPT_DIRTY

    vcpu: int
    table: Mfn
    index: int
    level: EptLevel
    gpa: Gpa


class PmlLogged(Fact, frozen=True, gc=False):
    """The processor stored *gpa* (bits 11:0 clear) in *slot* of the PML buffer."""

    rule: ClassVar[Rule] = Rule.PML_LOG

    vcpu: int
    slot: int
    gpa: Gpa


class PmlIndexStepped(Fact, frozen=True, gc=False):
    """The processor moved the PML index down by one, 16 bits wide: 0 became 0xFFFF."""

    rule: ClassVar[Rule] = Rule.PML_INDEX_STEP

    vcpu: int
    old: int
    new: int


class TlbFilled(Fact, frozen=True, gc=False):
    """The processor cached the translation of linear *page*."""

    rule: ClassVar[Rule] = Rule.TLB_FILL

    vcpu: int
    page: int
    entry: TlbEntry


class TlbFlushed(Fact, frozen=True, gc=False):
    """The processor dropped all its translations on its own (*page* None), or that of one linear
    page (INVLPG).
    """

    rule: ClassVar[Rule] = Rule.TLB_FLUSH

    vcpu: int
    page: int | None = None


class GuestEntryUpdated(Fact, frozen=True, gc=False):
    """The processor set A or D in the guest's own paging-structure entry: word *index* of frame
    *mfn*.
    """

    rule: ClassVar[Rule] = Rule.GUEST_PAGE_WALK

    vcpu: int
    mfn: Mfn
    index: int
    gfn: Gfn
    value: int


class AccessDone(Fact, frozen=True, gc=False):
    """The access to *gpa* took place; a write reached memory (a straddling access: one event a
    page).
    """

    rule: ClassVar[Rule] = Rule.ACCESS_DONE

    vcpu: int
    kind: AccessKind
    gpa: Gpa


class VmExited(Fact, frozen=True, gc=False):
    """The access did not take place: *vcpu* left the guest, and the hypervisor must handle
    *exit*.
    """

    vcpu: int
    exit: VmExit

    @property
    def rule(self) -> Rule:
        """The rule behind the exit's reason."""
        return {48: Rule.EPT_VIOLATION, 49: Rule.EPT_MISCONFIG, 62: Rule.PML_FULL}[self.exit.reason]
