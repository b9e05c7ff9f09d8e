"""The hypervisor half of the emulator's program: its EPT, its operations, its exit handlers.

All of it is software in root mode, so nothing here sets D or logs. The program lives in machine
memory 200000h-2FFFFFh, where EPT tables are handed out from 230000h up and never taken back, and
the guest sees it at C0200000h through entries whose A and D are set beforehand.
"""

from collections.abc import Iterator
from typing import Any

from immutables import Map
from msgspec.structs import replace

from pmlviz.core.emulator_trace import LEVELS, OnViolation, Op, Row, Scenario, number
from pmlviz.core.ept import (
    RWX,
    SP,
    A,
    D,
    EptEntry,
    Memory,
    MemType,
    PathStep,
    R,
    W,
    X,
    empty_table,
    entry_at,
    walk,
    with_word,
)
from pmlviz.core.events import (
    EptEntryWritten,
    EptpAdSet,
    EptTableAdded,
    MemoryWritten,
    PmlIndexReset,
)
from pmlviz.core.exits import VmExit
from pmlviz.core.pml import word
from pmlviz.core.run import Run
from pmlviz.core.state import EPTP_AD, Domain, GuestPaging, Platform, State, Vcpu
from pmlviz.core.tlb import TlbPolicy
from pmlviz.core.units import (
    PAGE_SHIFT,
    PAGE_SIZE,
    REAL,
    EptLevel,
    Gla,
    Gpa,
    Mfn,
    gfn_of,
)

ROOT = Mfn(0x230)
PML_PAGE = Mfn(0x22F)
PROGRAM = Mfn(0x200)
PROGRAM_PAGES = 0x100
CODE = Gla(0xC0200000)
"""Where the guest half runs: with guest paging on, its linear and guest-physical address alike."""
LAST_SLOT = REAL.pml_entries - 1
NOTHING = (1 << 64) - 1
"""What the PML page is filled with wherever the processor has logged nothing since."""

_WB = MemType.WB << 3
NO_LEAF = 2
"""Status of an operation that found no leaf, or none of the level it needs."""
_SPLITTING = {"split_w_all": "all", "split_w_fault": "one"}
"""Policy -> which of the last split's entries may be written."""


def first_state(scenario: Scenario, tables: dict[Mfn, bytes]) -> State:
    """Return the machine before its first VM entry; *tables* are the guest's own."""
    base, middle = Mfn(ROOT << PAGE_SHIFT), RWX | A
    leaves = (
        frame << PAGE_SHIFT | RWX | _WB | A | D for frame in range(PROGRAM, PROGRAM + PROGRAM_PAGES)
    )
    memory = {
        **tables,
        ROOT: with_word(empty_table(REAL), 0, base + 0x1000 | RWX),
        Mfn(ROOT + 1): with_word(empty_table(REAL), CODE >> 30, base + 0x2000 | middle),
        Mfn(ROOT + 2): with_word(empty_table(REAL), CODE >> 21 & 0x1FF, base + 0x3000 | middle),
        Mfn(ROOT + 3): b"".join(leaf.to_bytes(8, "little") for leaf in leaves).ljust(
            PAGE_SIZE, b"\0"
        ),
        PML_PAGE: b"\xff" * PAGE_SIZE,
    }
    paged = scenario.guest == "paged64"
    vcpu = Vcpu(
        eptp=base | 0x1E | EPTP_AD * scenario.ad,
        pml=bool(scenario.pml),
        pml_address=PML_PAGE,
        pml_index=number(scenario.index),
        paging=GuestPaging(Gpa(number(scenario.guest_pt_base))) if paged else None,
    )
    domain = Domain(root=ROOT, regions=(), next_mfn=Mfn(ROOT + 4), ept_tables=4)
    return State(Platform(tlb_policy=TlbPolicy.FLUSH_ON_EXIT), Map(memory), (vcpu,), domain)


def path_to(state: State, gpa: int) -> tuple[PathStep, ...]:
    """Return the EPT entries for *gpa*, from the root down to the leaf or the first absent one."""
    return walk(state.memory, ROOT, gfn_of(gpa), REAL)


def row(state: State, gpa: int) -> Row:
    """Return the EPT walk of *gpa* as traces show it."""
    return [hex(gpa), *(hex(step.entry) for step in path_to(state, gpa))]


def leaf_of(state: State, gpa: int) -> PathStep | None:
    """Return the leaf that maps *gpa*, or None."""
    last = path_to(state, gpa)[-1]
    return last if last.entry.present and last.entry.is_leaf(last.level) else None


def entry_in(state: State, table: Mfn, index: int) -> EptEntry:
    """Return entry *index* of *table*, which may be any frame: SETENT checks nothing."""
    return entry_at(state.memory.get(table, bytes(PAGE_SIZE)), index)


def write_entry(run: Run, step: PathStep, value: int) -> None:
    """Write *value* where *step* was met."""
    old = entry_in(run.state, step.table, step.index)
    run.emit(EptEntryWritten(step.table, step.index, old, EptEntry(value)))


def set_entry(run: Run, gpa: int, level: EptLevel, value: int) -> None:
    """Write *value* as the entry of *level* for *gpa*, making the tables above it.

    A superpage in the way is replaced by an empty table.
    """
    table, at = ROOT, EptLevel.PML4E
    while at > level:
        index = REAL.index(gfn_of(gpa), at)
        entry = entry_in(run.state, table, index)
        if not entry.present or entry.is_leaf(at):
            table = _add_table(run, PathStep(at, table, index, entry), empty_table(REAL))
        else:
            table = entry.mfn
        at = EptLevel(at - 1)
    step = PathStep(level, table, REAL.index(gfn_of(gpa), level), EptEntry(0))
    write_entry(run, step, value)


def _add_table(run: Run, at: PathStep, page: bytes) -> Mfn:
    frame = run.state.domain.next_mfn
    run.emit(EptTableAdded(frame, page))
    write_entry(run, at, frame << PAGE_SHIFT | RWX)
    return frame


def split(run: Run, leaf: PathStep, gpa: int, w: str) -> list[Any]:
    """Turn superpage *leaf* into a table; *w*: which of its entries may be written."""
    child = EptLevel(leaf.level - 1)
    parent = leaf.entry
    common = parent & (R | X | 7 << 3) | (SP if child > EptLevel.PTE else 0)
    chosen = REAL.index(gfn_of(gpa), child)
    words = []
    for index in range(REAL.entries):
        granted = {"all": True, "one": index == chosen, "parent": parent.w}[w]
        frame = parent.mfn + index * REAL.pages(child)
        words.append(common | W * granted | frame << PAGE_SHIFT)
    _add_table(run, leaf, b"".join(value.to_bytes(8, "little") for value in words))
    return ["split", hex(gpa), leaf.level - 1]


def leaves_in(state: State, gpa: int, n_bytes: int) -> Iterator[PathStep]:
    """Yield each leaf that maps something of the *n_bytes* from *gpa* on."""
    end = gpa + n_bytes
    while gpa < end:
        last = path_to(state, gpa)[-1]
        if last.entry.present:
            yield last
        size = REAL.pages(last.level) << PAGE_SHIFT
        gpa = (gpa & -size) + size


def change_leaves(run: Run, gpa: int, n_bytes: int, *, clear: int = 0, put: int = 0) -> list[Any]:
    """Clear and then set bits in every leaf of a range."""
    leaves = list(leaves_in(run.state, gpa, n_bytes))
    for leaf in leaves:
        write_entry(run, leaf, leaf.entry & ~clear | put)
    return ["range", len(leaves)]


def load(memory: Memory, hpa: int, size: int) -> bytes:
    """Return *size* bytes of machine memory from *hpa* on."""
    pages = (memory.get(Mfn(at >> PAGE_SHIFT)) for at in range(hpa, hpa + size))
    return bytes(
        page[at & (PAGE_SIZE - 1)] if page is not None else 0 for at, page in enumerate(pages, hpa)
    )


def store(run: Run, hpa: int, data: bytes) -> None:
    """Write *data* to machine memory, past EPT."""
    for at, byte in enumerate(data, hpa):
        frame, index, shift = Mfn(at >> PAGE_SHIFT), (at & (PAGE_SIZE - 1)) >> 3, (at & 7) * 8
        old = word(run.state.memory.get(frame, bytes(PAGE_SIZE)), index)
        run.emit(MemoryWritten(frame, index, old & ~(0xFF << shift) | byte << shift))


def set_index(run: Run, index: int) -> None:
    """VMWRITE of the PML index; the buffer counts as empty and looks it."""
    run.emit(PmlIndexReset(0, run.state.vcpus[0].pml_index, index))
    page = run.state.memory[PML_PAGE]
    for slot in range(REAL.pml_entries):
        if word(page, slot) != NOTHING:
            run.emit(MemoryWritten(PML_PAGE, slot, NOTHING))


def drain(run: Run, *, clear: bool) -> list[Any]:
    """Empty the log; *clear*: clear D of the leaf of each page that it named."""
    page = run.state.memory[PML_PAGE]
    logged = [gpa for slot in range(REAL.pml_entries) if (gpa := word(page, slot)) != NOTHING]
    for gpa in logged if clear else ():
        leaf = leaf_of(run.state, gpa)
        if leaf is not None:
            write_entry(run, leaf, leaf.entry & ~D)
    set_index(run, LAST_SLOT)
    return ["drain", len(logged)]


def handle_violation(run: Run, pending: VmExit, policy: OnViolation) -> list[list[Any]]:
    """Do what *policy* (not `skip`) does about an EPT violation; returns what there is to tell."""
    gpa = pending.gpa or 0
    leaf = leaf_of(run.state, gpa)
    if leaf is None:
        page = gpa & -PAGE_SIZE
        set_entry(run, page, EptLevel.PTE, page | RWX | _WB)
        return [["demand", hex(page)]]
    # Bits 2:0 of the qualification are R, W, X of the access.
    missing = pending.qualification & RWX & ~leaf.entry
    if missing & W and leaf.level > EptLevel.PTE and policy in _SPLITTING:
        told = []
        while leaf.level > EptLevel.PTE:
            w = _SPLITTING[policy] if leaf.level == EptLevel.PDE else "parent"
            told.append(split(run, leaf, gpa, w))
            leaf = path_to(run.state, gpa)[-1]
        return told
    dirty = bool(missing & W) and policy == "grant_dirty"
    write_entry(run, leaf, leaf.entry | missing | D * dirty)
    return [["grant_dirty" if dirty else "grant", hex(gpa), leaf.level - 1]]


def host_op(run: Run, op: Op) -> tuple[list[list[Any]], int]:
    """Do host operation *op*; returns what there is to tell, and the status of the step."""
    gpa, level = number(op.gpa or 0), LEVELS[op.level]
    match op.op:
        case "MAP":
            map_pages(run, op)
        case "UNMAP":
            set_entry(run, gpa, level, 0)
        case "SETENT":
            set_entry(run, gpa, level, number(op.value or 0))
        case "PROTECT":
            return [change_leaves(run, gpa, op.bytes, clear=RWX, put=_permissions(op))], 0
        case "CLEAR_D":
            return [change_leaves(run, gpa, op.bytes, clear=D)], 0
        case "CLEAR_A":
            return [change_leaves(run, gpa, op.bytes, clear=A)], 0
        case "SET_D":
            return [change_leaves(run, gpa, op.bytes, put=D)], 0
        case "SPLIT":
            leaf = leaf_of(run.state, gpa)
            if leaf is None or leaf.level == EptLevel.PTE:
                return [], NO_LEAF
            return [split(run, leaf, gpa, op.w)], 0
        case "SET_INDEX":
            set_index(run, number(op.index))
        case "DRAIN":
            return [drain(run, clear=bool(op.clear))], 0
        case "PML_ENABLE":
            # Control bit 17 alone: the page and the index stay, as no event of Xen's has it.
            vcpu = replace(run.state.vcpus[0], pml=bool(op.on))
            run.state = replace(run.state, vcpus=(vcpu,))
        case "AD_ENABLE":
            run.emit(EptpAdSet(bool(op.on)))
        case "POKE":
            store(run, number(op.hpa or 0), number(op.value or 0).to_bytes(8, "little"))
        # INVEPT finds the caches empty: the emulator emptied them on the way here.
    return [], 0


def map_pages(run: Run, op: Op) -> None:
    """Write the leaves of a MAP operation."""
    level = LEVELS[op.level]
    size = REAL.pages(level) << PAGE_SHIFT
    large = SP if level > EptLevel.PTE else 0
    flags = _permissions(op) | op.memtype << 3 | large | A * op.a | D * op.d
    gpa = number(op.gpa or 0)
    hpa = gpa if op.hpa is None else number(op.hpa)
    for offset in range(0, op.count * size, size):
        set_entry(run, gpa + offset, level, hpa + offset | flags)


def _permissions(op: Op) -> int:
    return sum(bit for letter, bit in (("r", R), ("w", W), ("x", X)) if letter in op.perm)
