"""What is implemented and where it is written.

Every event obeys one `Rule`; every rule has one `Citation`. Citations name headings and functions,
which outlive editions and line numbers, and say in our own words what is written there.
"""

from enum import Enum

import msgspec


class Rule(Enum):
    """One id for each rule that an event can obey."""

    GUEST_ACCESS = "guest-access"
    TLB_HIT = "tlb-hit"
    TLB_MISS = "tlb-miss"
    TLB_FILL = "tlb-fill"
    TLB_FLUSH = "tlb-flush"
    EPT_WALK = "ept-walk"
    EPT_PERMISSION = "ept-permission"
    EPT_VIOLATION = "ept-violation"
    EPT_MISCONFIG = "ept-misconfig"
    PML_INDEX_CHECK = "pml-index-check"
    PML_FULL = "pml-full"
    EPT_ACCESSED = "ept-accessed"
    EPT_DIRTY = "ept-dirty"
    PML_LOG = "pml-log-on-dirty"
    PML_INDEX_STEP = "pml-index-step"
    GUEST_PAGE_WALK = "guest-page-walk"
    ACCESS_DONE = "access-done"
    VM_ENTRY = "vm-entry"
    PAUSE = "domain-pause"
    LOG_DIRTY_MODE = "log-dirty-mode"
    PML_ENABLE = "pml-enable"
    PML_DISABLE = "pml-disable"
    EPTP_AD = "eptp-ad"
    INVEPT = "invept"
    GLOBAL_TYPE = "change-global-type"
    RECALC_MARK = "recalc-mark"
    RECALC_PUSH = "recalc-push-down"
    RETYPE = "retype-entry"
    RETYPE_TABLE = "retype-table"
    SPLIT = "split-superpage"
    MARK_DIRTY = "mark-dirty"
    PML_DRAIN = "pml-drain"
    PML_INDEX_RESET = "pml-index-reset"
    PEEK = "peek"
    CLEAN = "clean"
    COPY = "copy-pages"
    SOFTWARE_WRITE = "software-write"


class Source(Enum):
    """A text that rules are written in, by the short name that a citation begins with."""

    SDM = "SDM Vol. 3C"
    XEN = "Xen"
    THREAD = "xen-devel"


SOURCES: dict[Source, str] = {
    Source.SDM: "Intel 64 and IA-32 Architectures Software Developer's Manual, Volume 3C",
    Source.XEN: "The Xen hypervisor; paths begin at xen/arch/x86, those with tools/ at the top",
    Source.THREAD: "xen-devel, February 2015: PML (Page Modification Logging) design for Xen",
}
"""What each source is, in full."""


class Citation(msgspec.Struct, frozen=True):
    """Where a rule is written: a *heading* (of Xen: file and function), and what it *says*."""

    source: Source
    heading: str
    says: str

    @property
    def where(self) -> str:
        """The place in words: `SDM Vol. 3C, “Page-Modification Logging”`."""
        if self.source is Source.XEN:
            return f"{self.source.value}, {self.heading}"
        return f"{self.source.value}, “{self.heading}”"


def _sdm(heading: str, says: str) -> Citation:
    return Citation(Source.SDM, heading, says)


def _xen(place: str, says: str) -> Citation:
    return Citation(Source.XEN, place, says)


_CACHED = "Creating and Using Cached Translation Information"
_FLAGS = "Accessed and Dirty Flags for EPT"
_LOGGING = "Page-Modification Logging"

CITATIONS: dict[Rule, Citation] = {
    Rule.GUEST_ACCESS: _sdm(
        "EPT Overview",
        "With EPT in use, every address that the guest calls physical is translated once more "
        "before memory is reached.",
    ),
    Rule.TLB_HIT: _sdm(
        _CACHED,
        "A processor may use a translation that it has cached and not look at the tables, "
        "even if these have changed since.",
    ),
    Rule.TLB_MISS: _sdm(
        _CACHED,
        "Where no cached translation serves the access, the processor walks the tables.",
    ),
    Rule.TLB_FILL: _sdm(
        "Information That May Be Cached",
        "A translation may be cached with the rights met on its path; nothing is cached from "
        "an entry that is absent or misconfigured.",
    ),
    Rule.TLB_FLUSH: _sdm(
        "Operations that Invalidate Cached Mappings",
        "An EPT violation drops what was cached for its address; a processor may also drop "
        "any translation at any time.",
    ),
    Rule.EPT_WALK: _sdm(
        "EPT Translation Mechanism",
        "Nine bits of the address choose the entry at each of four levels; an entry with bit "
        "7 set maps a 1 GiB or 2 MiB page and ends the walk early.",
    ),
    Rule.EPT_PERMISSION: _sdm(
        "EPT Violations",
        "An access is allowed only if every entry on its path grants it: R for reads, W for "
        "writes, X for fetches.",
    ),
    Rule.EPT_VIOLATION: _sdm(
        "EPT Violations",
        "An access through an absent entry, or one that some entry on the path denies, causes "
        "a VM exit that tells the address and the rights.",
    ),
    Rule.EPT_MISCONFIG: _sdm(
        "EPT Misconfigurations",
        "A present entry with a reserved value, such as memory type 7 in a leaf, causes a VM "
        "exit whatever the access is.",
    ),
    Rule.PML_INDEX_CHECK: _sdm(
        _LOGGING,
        "When an accessed or dirty flag must be set, the PML index is looked at first: "
        "outside 0 to 511 it names no slot.",
    ),
    Rule.PML_FULL: _sdm(
        _LOGGING,
        "With no slot left the processor exits before it sets a flag, writes the log or does "
        "the access; the instruction can run again.",
    ),
    Rule.EPT_ACCESSED: _sdm(
        _FLAGS,
        "The processor sets bit 8 of every entry that it uses for a translation, where it is "
        "not set yet.",
    ),
    Rule.EPT_DIRTY: _sdm(
        _FLAGS,
        "A write sets bit 9 of the entry that maps the page, where it is not set yet; the "
        "processor never clears it.",
    ),
    Rule.PML_LOG: _sdm(
        _LOGGING,
        "Each time a dirty flag goes from 0 to 1, the 4 KiB-aligned address of the write goes "
        "into the slot that the index names.",
    ),
    Rule.PML_INDEX_STEP: _sdm(
        _LOGGING,
        "After each log the index goes down by one. It has 16 bits, so that 0xffff comes after 0.",
    ),
    Rule.GUEST_PAGE_WALK: _sdm(
        _FLAGS,
        "With the flags on, the processor's own accesses to guest page tables count as writes.",
    ),
    Rule.ACCESS_DONE: _sdm(
        "EPT Overview",
        "An access that no VM exit has stopped takes place, at the address that EPT gave.",
    ),
    Rule.VM_ENTRY: _xen(
        "hvm/vmx/vmx.c: vmx_vmexit_handler",
        "After exits 48, 49 and 62 the guest is entered with its instruction pointer unmoved, "
        "so that the same instruction runs again.",
    ),
    Rule.PAUSE: _xen(
        "mm/paging.c: paging_log_dirty_op",
        "The domain is paused while buffers are drained, the bitmap is read and types are "
        "armed again.",
    ),
    Rule.LOG_DIRTY_MODE: _xen(
        "mm/hap/hap.c: hap_enable_log_dirty",
        "The mode goes on, then PML if the processor has it, then every page is to become "
        "log-dirty.",
    ),
    Rule.PML_ENABLE: _xen(
        "hvm/vmx/vmcs.c: vmx_domain_enable_pml",
        "Every vCPU gets a page for its log, index 511 and control bit 17; if one page is "
        "missing, no vCPU gets any.",
    ),
    Rule.PML_DISABLE: _xen(
        "hvm/vmx/vmcs.c: vmx_vcpu_disable_pml",
        "The buffer is drained, the control bit cleared and the page given back.",
    ),
    Rule.EPTP_AD: _xen(
        "mm/p2m-ept.c: ept_enable_pml",
        "EPTP bit 6 is on only while PML is: without accessed and dirty flags there is "
        "nothing to log.",
    ),
    Rule.INVEPT: _sdm(
        "Guidelines for Use of the INVEPT Instruction",
        "Software that clears a right or a flag in an entry must drop what processors have "
        "cached of it.",
    ),
    Rule.GLOBAL_TYPE: _xen(
        "mm/p2m-ept.c: ept_change_entry_type_global",
        "The new type of all pages is noted; entries take it over when they are recomputed.",
    ),
    Rule.RECALC_MARK: _xen(
        "mm/p2m-ept.c: ept_invalidate_emt_subtree",
        "Only the entries of the root get an invalid memory type and the recalculation mark, "
        "so that any use of them exits.",
    ),
    Rule.RECALC_PUSH: _xen(
        "mm/p2m-ept.c: resolve_misconfig",
        "The handler of exit 49 repairs the path that was used and passes the mark to the "
        "entries one level down.",
    ),
    Rule.RETYPE: _xen(
        "mm/p2m-ept.c: ept_p2m_type_to_flags",
        "R, W, X and D of an entry follow from its type: ram_rw has W=1 D=1, log-dirty W=1 "
        "D=0 where PML can log it, else W=0.",
    ),
    Rule.RETYPE_TABLE: _xen(
        "mm/p2m-ept.c: resolve_misconfig",
        "At the lowest level all 512 entries of a table are recomputed at once; a page whose "
        "type stays keeps its flags.",
    ),
    Rule.SPLIT: _xen(
        "mm/p2m-ept.c: ept_split_super_page",
        "A superpage becomes a table of smaller entries with the same type, whose flags are "
        "derived anew: D is not inherited.",
    ),
    Rule.MARK_DIRTY: _xen(
        "mm/paging.c: paging_mark_pfn_dirty",
        "The bit of the page is set, and counted if it was clear.",
    ),
    Rule.PML_DRAIN: _xen(
        "mm/p2m-ept.c: ept_vcpu_flush_pml_buffer",
        "From the slot above the index up to 511, each logged page becomes ram_rw and is "
        "marked in the bitmap.",
    ),
    Rule.PML_INDEX_RESET: _xen(
        "mm/p2m-ept.c: ept_vcpu_flush_pml_buffer",
        "The index is written back as 511; the page of the buffer is not erased.",
    ),
    Rule.PEEK: _xen(
        "mm/paging.c: paging_log_dirty_op",
        "All buffers are drained and the bitmap is copied out; nothing is cleared, no page is "
        "armed again.",
    ),
    Rule.CLEAN: _xen(
        "mm/paging.c: paging_log_dirty_op",
        "All buffers are drained, the bitmap is copied out and cleared, and every page is "
        "armed again before the guest runs.",
    ),
    Rule.COPY: _xen(
        "tools/libs/guest/xg_sr_save.c: send_memory_live",
        "All pages are sent once, then in each round those that CLEAN returned, and the rest "
        "when the guest has stopped.",
    ),
    Rule.SOFTWARE_WRITE: _sdm(
        _FLAGS,
        "Only software clears the flags; until it invalidates, a processor that has cached "
        "them may not set them again.",
    ),
}
