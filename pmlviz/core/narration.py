"""One event in one sentence.

Every number of a sentence is in the event or in the state before it. A sentence says what has
happened and what follows from it by the rules, never what other events may bring.
"""

from typing import assert_never

from pmlviz.core import events as e
from pmlviz.core import wording as say
from pmlviz.core.ept import EptEntry, P2mType
from pmlviz.core.exits import AccessKind, ExitReason, VmExit
from pmlviz.core.state import State
from pmlviz.core.units import PAGE_SIZE, EptLevel, fmt

XEN = "Xen"


def sentence(event: e.Event, before: State, *, who: str = XEN) -> str:
    """Return what *event* did to *before*, in one sentence. *who* names the hypervisor."""
    geometry = before.geometry
    entries = geometry.pml_entries
    match event:
        # ── the processor
        case e.AccessBegan(vcpu, kind, gla, size, retry):
            linear = before.vcpus[vcpu].paging is not None and kind is not AccessKind.WALK
            where = f"linear address {fmt(gla)}" if linear else say.place(gla)
            n = f"{say.count(size, 'byte')} at " if size > 1 else ""
            if retry:
                return f"vCPU {vcpu} runs the same {say.noun(kind)} again, {n or 'at '}{where}."
            if kind is AccessKind.WALK:
                return f"The page walker of vCPU {vcpu} needs the guest's table at {where}."
            return f"vCPU {vcpu} is about to {say.do(kind)} {n}{where}."
        case e.TlbHit(vcpu, page, gfn, d):
            what = f"{_linear(before, vcpu, page, gfn)} cached, {_known(d=d)}"
            return f"vCPU {vcpu} has {what}: no walk."
        case e.TlbMissed(vcpu):
            return f"vCPU {vcpu} has no cached translation that serves: the EPT must be walked."
        case e.TlbFilled(vcpu, page, entry):
            rights = "".join(
                x if on else "-" for x, on in (("R", entry.r), ("W", entry.w), ("X", entry.x))
            )
            what = f"{_linear(before, vcpu, page, entry.gfn)} → mfn {fmt(entry.mfn)}"
            return f"vCPU {vcpu} caches {what}, {rights}, {_known(d=entry.d)}."
        case e.TlbFlushed(vcpu, page):
            if page is None:
                return f"vCPU {vcpu} drops all its cached translations by itself."
            return f"vCPU {vcpu} drops what it had cached for linear page {fmt(page)}."
        case e.EptWalked(gpa=gpa, guest_level=guest_level):
            if guest_level:
                table = EptLevel(guest_level).name
                return f"The guest's {table} lies at {say.place(gpa)}: {_walked(event, before)}."
            return f"The walk for {say.place(gpa)}: {_walked(event, before)}."
        case e.PermissionGranted(_, gpa, write):
            if write:
                return f"Every entry on the path has W=1: {say.place(gpa)} may be written."
            return f"Every entry on the path allows the access to {say.place(gpa)}."
        case e.PmlIndexChecked(vcpu, index, full):
            if full:
                what = f"but the PML index of vCPU {vcpu} is {fmt(index)}: it names no slot"
            else:
                what = f"and the PML index of vCPU {vcpu} names a free slot, {index}"
            return f"A flag must be set, {what}."
        case e.AccessedSet(_, table, index, level):
            return f"A goes 0→1 in {say.entry(level, index)} of table {fmt(table)}."
        case e.DirtySet(_, _, index, level, gpa):
            what = f"{say.entry(level, index)}, the {say.size(before, level)} leaf"
            return f"D goes 0→1 in {what} of {say.place(gpa)}."
        case e.PmlLogged(vcpu, slot, gpa):
            return f"vCPU {vcpu} stores {say.place(gpa)} in slot {slot} of its PML buffer."
        case e.PmlIndexStepped(vcpu, old, new):
            what = f"{say.index(old, entries)} to {say.index(new, entries)}"
            then = ": no slot is left" if new >= entries else ""
            return f"The PML index of vCPU {vcpu} steps from {what}{then}."
        case e.GuestEntryUpdated(_, _, index, gfn, value):
            what = f"word {index} of gfn {gfn} is {fmt(value)}"
            return f"A or D is set in the guest's own table: {what} now."
        case e.AccessDone(vcpu, kind, gpa):
            if kind.writes:
                return f"The {say.noun(kind)} reaches memory: {say.place(gpa)} has changed."
            return f"The {say.noun(kind)} of {say.place(gpa)} is done."
        case e.VmExited(vcpu, vm_exit):
            return _exited(vcpu, vm_exit)
        # ── the hypervisor
        case e.VmEntered(vcpu):
            return f"{who} enters the guest on vCPU {vcpu}; the same instruction runs again."
        case e.DomainPaused():
            if before.domain.pause_count:
                return f"{who} pauses the domain, which is paused already, for this operation."
            return f"{who} pauses the domain: no vCPU of it runs."
        case e.DomainUnpaused():
            if before.domain.pause_count > 1:
                return "The pause for this operation ends; the domain stays paused."
            return f"{who} lets the domain run again."
        case e.LogDirtyModeSet(on):
            if on:
                return "Log-dirty mode goes on, with an empty bitmap."
            marked = len(before.domain.bitmap.bits)
            bits = f"{say.count(marked, 'bit')} set" if marked else "no bit set"
            return f"Log-dirty mode goes off; its bitmap is freed with {bits}."
        case e.PmlEnabled(vcpu, frame, index):
            return (
                f"PML goes on for vCPU {vcpu}: its buffer is mfn {fmt(frame)}, its index {index}."
            )
        case e.PmlDisabled(vcpu):
            held = before.vcpus[vcpu].pml_address
            where = "" if held is None else f", mfn {fmt(held)},"
            return f"PML goes off for vCPU {vcpu}; its buffer{where} is freed."
        case e.DomainPmlSet(on):
            if on:
                return "The domain has PML from here on: log-dirty types give other flags."
            return "The domain has no PML from here on: log-dirty types are read-only."
        case e.EptpAdSet(on):
            if on:
                return (
                    "EPTP bit 6 goes on for every vCPU: the processor keeps A and D flags, "
                    "and guest page walks count as writes."
                )
            return "EPTP bit 6 goes off for every vCPU: no flag is kept, nothing can be logged."
        case e.EptInvalidated(numbers):
            return f"INVEPT drops every translation that {say.vcpus(numbers)} had cached."
        case e.GlobalTypeSet(logdirty):
            p2mt = P2mType.RAM_LOGDIRTY if logdirty else P2mType.RAM_RW
            return f"From here on an entry that is recomputed becomes {say.p2mt(p2mt)}."
        case e.PageMarked(gfn, by, was_set):
            if was_set:
                return f"The bit of gfn {gfn} in the bitmap is set already."
            if by is e.MarkedBy.HANDLER:
                return f"The handler sets the bit of gfn {gfn} in the bitmap: 0→1."
            return f"The bit of gfn {gfn} in the bitmap goes 0→1."
        case e.DrainBegan(vcpu, first, n):
            if not n:
                return f"{who} finds the buffer of vCPU {vcpu} empty."
            return f"{who} drains the buffer of vCPU {vcpu}: {say.slots(first, n)}."
        case e.PmlIndexReset(vcpu, old, new):
            return (
                f"The PML index of vCPU {vcpu} is written: {say.index(old, entries)} → "
                f"{say.index(new, entries)}. The words stay in the page."
            )
        case e.BitmapPeeked(n):
            return f"PEEK returns {say.count(n, 'page')} and clears nothing."
        case e.BitmapCleaned(n, send):
            then = "; they are to be sent" if send and n else ""
            return f"CLEAN returns {say.count(n, 'page')} and clears the bitmap{then}."
        case e.AllPagesCopied(n):
            return f"All {n} pages are sent: the destination has the guest as it is now."
        case e.PagesCopied(pages):
            if not pages:
                return "There is no page to send."
            now = "it is" if len(pages) == 1 else "they are"
            return f"The destination gets {say.gfns(pages)} as {now} now."
        case e.SpuriousMisconfigExpected(numbers, on):
            if on:
                return (
                    f"{say.vcpus(numbers)} may still exit 49 for what is repaired now: "
                    "that is forgiven once."
                )
            return f"{say.vcpus(numbers)} may no longer exit 49 without a cause."
        # ── the tables
        case e.RecalcMarked(_, index, level, old=old, new=new):
            return (
                f"{say.entry(level, index)} is marked: {fmt(old)} → {fmt(new)}. "
                "Memory type 7 makes its next use exit 49."
            )
        case e.RecalcPushed(_, index, level, old=old, new=new, child=child):
            return (
                f"{say.entry(level, index)} is repaired: {fmt(old)} → {fmt(new)}. "
                f"The entries of table {fmt(child)} carry the mark now."
            )
        case e.EntryRetyped(_, index, level, gfn, old, new):
            name = f"{say.entry(level, index)} ({say.span(gfn, geometry.pages(level))})"
            return f"{name} {_retyped(old, new)}."
        case e.TableRetyped(table, level, gfn, changed):
            covered = say.span(gfn, geometry.entries * geometry.pages(level))
            what = say.count(changed, "entry", "entries")
            return f"Table {fmt(table)} ({covered}) is recomputed: {what} changed."
        case e.SuperpageSplit(_, index, level, _, old, new, tables):
            what = f"{say.size(before, level)} leaf {say.entry(level, index)}"
            more = f"{say.count(len(tables), 'new table')}, {len(tables) * PAGE_SIZE} bytes"
            return f"The {what} is split: {fmt(old)} → {fmt(new)}, {more}."
        case e.EptEntryWritten(table, index, old, new):
            where = f"entry {index} of table {fmt(table)}"
            return f"Software writes {where}, {fmt(old)} → {fmt(new)}, and invalidates nothing."
        case e.EptTableAdded(table):
            return f"Frame {fmt(table)} becomes an EPT table, {PAGE_SIZE} bytes."
        case e.MemoryWritten(mfn, index, value):
            return (
                f"Software in root mode writes {fmt(value)} to word {index} of mfn {fmt(mfn)}, "
                "past EPT: no D flag, no log."
            )
        case _:
            assert_never(event)


def _exited(vcpu: int, vm_exit: VmExit) -> str:
    where = "" if vm_exit.gpa is None else f" at {say.place(vm_exit.gpa)}"
    leaves = f"vCPU {vcpu} leaves the guest{where}"
    match vm_exit.reason:
        case ExitReason.EPT_VIOLATION:
            q = vm_exit.qualification
            rights = say.granted(q)
            path = "where nothing is mapped" if rights == "---" else f"where the path is {rights}"
            told = f"Qualification {fmt(q)}: {say.tried(q)} {path}"
            return f"Exit 48, EPT violation: {leaves}. {told}."
        case ExitReason.EPT_MISCONFIG:
            return f"Exit 49, EPT misconfiguration: {leaves}."
        case ExitReason.PML_FULL:
            return f"Exit 62, PML full: {leaves}. It changes no flag, no log and no page."
        case ExitReason.EXTERNAL_INTERRUPT:
            return f"Exit 1, external interrupt: {leaves}."
        case _:
            assert_never(vm_exit.reason)


def _known(*, d: bool) -> str:
    return "D known to be 1" if d else "D not known to be 1"


def _linear(before: State, vcpu: int, page: int, gfn: int) -> str:
    """Return what a translation translates: with guest paging on, a linear page comes first."""
    paged = before.vcpus[vcpu].paging is not None
    return f"linear page {fmt(page)} = gfn {gfn}" if paged else f"gfn {gfn}"


def _walked(event: e.EptWalked, before: State) -> str:
    path = " → ".join(say.step_name(step) for step in event.steps)
    last = event.steps[-1]
    if not last.entry.present:
        return f"{path}, which is not present"
    if fault := say.malformed(before, last):
        return f"{path}, misconfigured: it {fault}"
    return f"{path}, a {say.size(before, last.level)} leaf with {say.flags(last.entry)}"


def _retyped(old: EptEntry, new: EptEntry) -> str:
    if old.p2mt == new.p2mt:
        kind = f"stays {say.p2mt(new.p2mt)}"
    else:
        kind = f"goes from {say.p2mt(old.p2mt)} to {say.p2mt(new.p2mt)}"
    return f"{kind}, {say.flags(new)}"
