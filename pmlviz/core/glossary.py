"""Every term and bit that a picture or sentence uses: one line each, and where it is written."""

import msgspec

from pmlviz.core.rules import Citation, Source


class Term(msgspec.Struct, frozen=True):
    """A word of the field: what it is, where that is written, and other words for it."""

    name: str
    line: str
    citation: Citation
    also: tuple[str, ...] = ()


def _sdm(heading: str) -> Citation:
    return Citation(Source.SDM, heading, "")


def _xen(place: str) -> Citation:
    return Citation(Source.XEN, place, "")


def _mail(who: str) -> Citation:
    return Citation(Source.THREAD, f"{who}, 13 February 2015", "")


_EPT = _sdm("EPT Translation Mechanism")
_FLAGS = _sdm("Accessed and Dirty Flags for EPT")
_LOG = _sdm("Page-Modification Logging")
_TYPES = _xen("mm/p2m-ept.c: ept_p2m_type_to_flags")
_RECALC = _xen("mm/p2m-ept.c: resolve_misconfig")
_ENTRY = _xen("include/asm/hvm/vmx/vmx.h: ept_entry_t")
_OP = _xen("mm/paging.c: paging_log_dirty_op")

TERMS: tuple[Term, ...] = (
    # ── addresses
    Term("gfn", "Guest frame number: the guest-physical address without its low 12 bits.", _EPT),
    Term("gpa", "Guest-physical address: what the guest takes for physical memory.", _EPT),
    Term(
        "gla",
        "Guest-linear address: what the guest's instructions use, before the guest's own paging.",
        _EPT,
        ("linear address",),
    ),
    Term(
        "mfn",
        "Machine frame number: a page of real memory; in an entry, bits 51:12.",
        _ENTRY,
    ),
    # ── the tables
    Term("EPT", "Extended page tables: four levels that turn a gpa into a machine address.", _EPT),
    Term(
        "PML4E",
        "An entry of the EPT's root, 512 GiB each. The name has nothing to do with PML.",
        _EPT,
    ),
    Term("PDPTE", "An entry of the third level: a table, or with bit 7 set a 1 GiB page.", _EPT),
    Term("PDE", "An entry of the second level: a table, or with bit 7 set a 2 MiB page.", _EPT),
    Term("PTE", "An entry of the lowest level: one 4 KiB page.", _EPT),
    Term("leaf", "The entry that ends a walk: it maps a page, and it alone has a D flag.", _FLAGS),
    Term(
        "walk",
        "Going from the root down to the leaf, one entry a level.",
        _EPT,
        ("EPT walk",),
    ),
    Term(
        "guest page walk",
        "Reading the guest's own page tables; with EPT A/D flags on, it counts as writing them.",
        _FLAGS,
        ("page walk",),
    ),
    Term(
        "superpage",
        "A 2 MiB or 1 GiB page mapped by one leaf, which has one D flag for all of it.",
        _mail("Andrew Cooper"),
        ("large page",),
    ),
    Term(
        "split",
        "Replacing a superpage's leaf by a table of smaller leaves, each with a D flag of its own.",
        _xen("mm/p2m-ept.c: ept_split_super_page"),
        ("shatter", "shattering"),
    ),
    # ── the bits of an entry
    Term("R", "Bit 0: reads are allowed, if every entry on the path has it.", _EPT),
    Term("W", "Bit 1: writes are allowed, if every entry on the path has it.", _EPT),
    Term("X", "Bit 2: instruction fetches are allowed, if every entry on the path has it.", _EPT),
    Term(
        "emt",
        "Bits 5:3: the memory type of a leaf, 6 for write-back. Xen writes 7, which is reserved, "
        "to force exit 49.",
        _sdm("EPT Misconfigurations"),
        ("memory type",),
    ),
    Term("ipat", "Bit 6 of a leaf: the guest's own memory type (PAT) is ignored.", _ENTRY),
    Term("sp", "Bit 7: this PDE or PDPTE maps a superpage and leads to no table.", _ENTRY),
    Term("A", "Bit 8, accessed: the processor sets it in each entry it uses.", _FLAGS, ("A flag",)),
    Term(
        "D",
        "Bit 9 of a leaf, dirty: a write sets it. Its change from 0 to 1 is what PML logs.",
        _FLAGS,
        ("D flag",),
    ),
    Term(
        "recalc",
        "Bit 10, Xen's own: the type of what lies below must be computed anew.",
        _RECALC,
    ),
    Term("snp", "Bit 11: the IOMMU's snoop bit; the processor ignores it.", _ENTRY),
    Term("p2mt", "Bits 57:52, Xen's own: the type of the page.", _ENTRY, ("type",)),
    Term("pw", "Bit 58: paging-write, of a feature that Xen leaves off here.", _ENTRY),
    Term("access", "Bits 62:59, Xen's own: what an introspection tool allows; 7 is rwx.", _ENTRY),
    Term("sve", "Bit 63: a violation here raises no #VE in the guest.", _ENTRY),
    # ── page types
    Term(
        "p2m",
        "Xen's map from guest frames to machine frames: with EPT, the EPT itself.",
        _ENTRY,
    ),
    Term("ram_rw", "Page type 0: plain memory, W=1 and D=1, so that no write is logged.", _TYPES),
    Term(
        "logdirty",
        "Page type 2: the next write must be noticed. W=1 D=0 if PML can log it, otherwise W=0.",
        _TYPES,
        ("log-dirty page",),
    ),
    Term(
        "write-protected",
        "W=0, so that the first write to the page exits.",
        _TYPES,
        ("write protection",),
    ),
    # ── PML
    Term(
        "PML",
        "Page-modification logging: the processor writes down each page whose D flag it sets.",
        _LOG,
    ),
    Term(
        "PML buffer",
        "One 4 KiB page a vCPU with 512 addresses, filled from slot 511 down.",
        _LOG,
        ("page-modification log",),
    ),
    Term(
        "PML index",
        "16 bits that name the next free slot, 511 when empty; after slot 0 it is 0xffff: full.",
        _LOG,
        ("index",),
    ),
    Term(
        "PML-full",
        "Exit 62: a flag must be set and no slot is free. Nothing has changed; the access is "
        "retried.",
        _LOG,
        ("exit 62", "PML full"),
    ),
    Term("pending", "Logged in a PML buffer, not yet in the bitmap.", _LOG),
    Term(
        "drain",
        "Moving a buffer's addresses into the bitmap and setting its index back to 511.",
        _xen("mm/p2m-ept.c: ept_vcpu_flush_pml_buffer"),
        ("flush",),
    ),
    Term(
        "EPTP",
        "The EPT pointer: which root table a vCPU uses, and whether A and D flags are kept.",
        _sdm("Extended-Page-Table Pointer (EPTP)"),
    ),
    Term(
        "EPTP.AD",
        "Bit 6 of EPTP: the processor keeps A and D flags. Without it PML never logs.",
        _FLAGS,
        ("A/D",),
    ),
    # ── exits
    Term(
        "vCPU",
        "A virtual processor: its state is a VMCS, with a PML buffer and index of its own.",
        _sdm("Guest Non-Register State"),
    ),
    Term(
        "VMCS",
        "The page of memory with a vCPU's state and controls, PML address and index among them.",
        _sdm("Control Field for Page-Modification Logging"),
    ),
    Term(
        "VM exit",
        "The processor leaves the guest and runs the hypervisor, which is told the reason.",
        _sdm("Basic VM-Exit Information"),
    ),
    Term(
        "VM entry",
        "The hypervisor enters the guest; after a fault-like exit the same instruction runs again.",
        _xen("hvm/vmx/vmx.c: vmx_vmexit_handler"),
        ("retry",),
    ),
    Term(
        "violation",
        "Exit 48: some entry on the path is absent or does not allow the access.",
        _sdm("EPT Violations"),
        ("EPT violation", "exit 48"),
    ),
    Term(
        "misconfiguration",
        "Exit 49: an entry holds a reserved value. Xen plants one to be called at the first touch.",
        _sdm("EPT Misconfigurations"),
        ("EPT misconfiguration", "misconfig", "exit 49"),
    ),
    Term(
        "qualification",
        "What an exit tells: for 48 the access tried and the path's rights, for 62 only bit 12.",
        _sdm("Basic VM-Exit Information"),
        ("exit qualification",),
    ),
    Term(
        "root mode",
        "Where the hypervisor runs; what it writes passes no EPT, sets no D and is not logged.",
        _sdm("EPT Overview"),
    ),
    # ── caches
    Term(
        "TLB",
        "The processor's cached translations, each with its rights and whether D is set.",
        _sdm("Information That May Be Cached"),
    ),
    Term(
        "INVEPT",
        "The instruction that drops what a processor has cached of an EPT; needed after clearing "
        "W or D.",
        _sdm("Guidelines for Use of the INVEPT Instruction"),
    ),
    # ── log-dirty
    Term(
        "log-dirty mode",
        "Xen keeps a record of every page that the guest writes.",
        _xen("mm/hap/hap.c: hap_enable_log_dirty"),
        ("log-dirty",),
    ),
    Term(
        "log-dirty bitmap",
        "One bit a guest page: written since the last CLEAN.",
        _xen("mm/paging.c: paging_mark_pfn_dirty"),
        ("bitmap",),
    ),
    Term(
        "trie",
        "How Xen keeps the bitmap: four levels of pages, whose leaves hold 32,768 bits each.",
        _xen("include/asm/paging.h: LOGDIRTY_NODE_ENTRIES"),
    ),
    Term("PEEK", "Drain all buffers and read the bitmap; clear nothing.", _OP),
    Term(
        "CLEAN",
        "Drain all buffers, read and clear the bitmap, and arm every page again.",
        _OP,
    ),
    Term(
        "arm",
        "To make a page's next write noticed: W=0, or W=1 D=0 under PML.",
        _xen("mm/hap/hap.c: hap_clean_dirty_bitmap"),
        ("re-arm", "armed"),
    ),
    Term(
        "copy-all",
        "The first round of a live migration: every page is sent while the guest runs.",
        _xen("tools/libs/guest/xg_sr_save.c: send_memory_live"),
    ),
    Term(
        "stop-and-copy",
        "The last round: the guest stops, and what CLEAN still returns is sent.",
        _xen("tools/libs/guest/xg_sr_save.c: suspend_and_send_dirty"),
    ),
    Term(
        "lost",
        "Written, but in neither bitmap nor buffer: the destination keeps an old page.",
        _mail("Andrew Cooper"),
    ),
    Term(
        "over-reported",
        "In the bitmap, though not written: sent for nothing, but never wrong.",
        _mail("Kai Huang"),
    ),
)

_BY_NAME = {word.lower(): term for term in TERMS for word in (*term.also, term.name)}
_BY_EXACT_NAME = {word: term for term in TERMS for word in (*term.also, term.name)}


def look_up(word: str) -> Term | None:
    """Return the term that *word* names, in any spelling; None for a word that is none."""
    return _BY_EXACT_NAME.get(word) or _BY_NAME.get(word.lower())
