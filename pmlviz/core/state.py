"""The machine as one immutable value: memory, logical processors, Xen's domain, and what only a
judge may read.

Nothing here knows Qt, time or chance. Only `evolve` makes new states (and `boot` the first one).
"""

import msgspec
from immutables import Map

from pmlviz.core.bitset import Bitset
from pmlviz.core.ept import Memory
from pmlviz.core.exits import VmExit
from pmlviz.core.logdirty import LogDirty
from pmlviz.core.tlb import EMPTY_TLB, Tlb, TlbPolicy
from pmlviz.core.units import REAL, EptLevel, Geometry, Gfn, Gpa, Mfn

EPTP_AD = 1 << 6
"""EPTP bit 6: accessed and dirty flags enabled (SDM, "Extended-Page-Table Pointer")."""


class Region(msgspec.Struct, frozen=True):
    """Guest memory mapped alike: *pages* 4 KiB frames from *gfn* on, by leaves of *level*."""

    gfn: Gfn
    pages: int
    level: EptLevel


class Platform(msgspec.Struct, frozen=True):
    """What the processor can do and how the model's processor behaves where the SDM leaves it
    open.
    """

    geometry: Geometry = REAL
    tlb_policy: TlbPolicy = TlbPolicy.STICKY
    ad: bool = True
    """The processor has EPT A/D flags."""

    pml: bool = True
    """The processor has PML, which needs A/D flags."""

    pml_pages: int | None = None
    """PML pages the domain's paging pool can give; None: one for every vCPU."""

    exec_only: bool = True
    """IA32_VMX_EPT_VPID_CAP bit 0: execute-only translations are supported."""

    exec_sp: bool = True
    """Xen leaves superpages executable (off on processors affected by CVE-2018-12207)."""


class GuestPaging(msgspec.Struct, frozen=True):
    """Four-level guest paging is on, from the PML4 at *cr3* (a guest-physical address)."""

    cr3: Gpa


class Vcpu(msgspec.Struct, frozen=True):
    """One logical processor with the fields of its VMCS that matter here."""

    eptp: int
    """EPTP: frame of the root table in bits 51:12, `EPTP_AD` in bit 6."""
    pml: bool = False
    """Secondary processor-based control bit 17, "enable PML"."""

    pml_address: Mfn | None = None
    """Frame of the PML page; None until one is allocated."""

    pml_index: int = 0
    """GUEST_PML_INDEX: the next slot, unsigned 16 bits."""

    tlb: Tlb = EMPTY_TLB
    paging: GuestPaging | None = None
    exit: VmExit | None = None
    """A VM exit that the hypervisor has not handled yet; the guest does not run meanwhile."""

    spurious_misconfig: bool = False
    """Xen's ept_spurious_misconfig: another CPU may have repaired what this one met."""

    @property
    def root(self) -> Mfn:
        """Frame of the EPT's root table."""
        return Mfn(self.eptp >> 12)

    @property
    def ad(self) -> bool:
        """EPTP bit 6: the processor keeps A and D flags."""
        return bool(self.eptp & EPTP_AD)


class Domain(msgspec.Struct, frozen=True):
    """Xen's view of the guest: its p2m, its log-dirty mode and its paging pool."""

    root: Mfn
    regions: tuple[Region, ...]
    next_mfn: Mfn
    """The next frame the paging pool hands out for an EPT table."""

    ept_tables: int
    """EPT tables in use, 4096 bytes each."""

    log_dirty: bool = False
    """PG_log_dirty: log-dirty mode is on for the whole domain."""

    pml: bool = False
    """vmx_domain_pml_enabled: type-to-flags and new vCPUs go by this."""
    ad: bool = False
    """Xen's hostp2m.ept.ad: what EPTP bit 6 is set to on every vCPU."""

    global_logdirty: bool = False
    """The effective type of an entry with recalc set is logdirty."""

    bitmap: LogDirty = LogDirty(Bitset())
    pause_count: int = 0

    @property
    def max_gfn(self) -> Gfn:
        """One past the last mapped frame."""
        return Gfn(max((r.gfn + r.pages for r in self.regions), default=0))


class Ghost(msgspec.Struct, frozen=True):
    """What only a judge may read: no rule of processor or hypervisor looks at it.

    *versions* counts the writes to each page; *unreported* holds the pages written in log-dirty
    mode whose write no CLEAN has returned yet; *copied* is the version of each page that the
    destination holds, None before the first copy.
    """

    versions: Map[Gfn, int] = Map()
    unreported: Bitset = Bitset()
    copied: Map[Gfn, int] | None = None


class State(msgspec.Struct, frozen=True):
    """The whole machine at one moment."""

    platform: Platform
    memory: Memory
    vcpus: tuple[Vcpu, ...]
    domain: Domain
    ghost: Ghost = Ghost()

    @property
    def geometry(self) -> Geometry:
        """The sizes the rules depend on."""
        return self.platform.geometry
