"""What the hypervisor did in one item, as a chain of chips and one line below it."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from pmlviz.core import events as e
from pmlviz.core import wording as say
from pmlviz.core.beats import split_into
from pmlviz.core.ept import MemType, entry_at
from pmlviz.core.exits import ExitReason
from pmlviz.core.narration import XEN
from pmlviz.core.state import State
from pmlviz.core.units import EptLevel, fmt

Glyph = Literal["", "misconfig", "violation", "full", "logged", "drain", "split", "mark", "clean"]


class Chip(msgspec.Struct, frozen=True, gc=False):
    """One step of the hypervisor: a glyph's name (or none), its words, and when it begins."""

    glyph: Glyph
    text: str
    at: int = 0
    """The number of the event, from 1, that it begins with: before that it is still to come."""


class _Chain:
    """Chips under construction."""

    def __init__(self, events: Sequence[e.Event]) -> None:
        self.chips: list[Chip] = []
        self.now = 0
        self.draining = False
        self.in_visit = False
        self.reason: ExitReason | None = None
        self.noun = next(
            (say.noun(x.kind) for x in events if isinstance(x, e.AccessBegan)), "access"
        )
        exits = [n for n, x in enumerate(events) if isinstance(x, e.VmExited)]
        self.last_exit = exits[-1] + 1 if exits else 0
        self.n_drains = sum(isinstance(x, e.DrainBegan) for x in events)
        self.kind: type | None = None
        self.n = 0

    def add(self, glyph: Glyph, text: str) -> None:
        """Append a chip, unless the last one says the same."""
        if not self.chips or (self.chips[-1].glyph, self.chips[-1].text) != (glyph, text):
            self.chips.append(Chip(glyph, text, self.now))
            self.kind = None

    def tell(self, event: e.Event, glyph: Glyph, one: str, many: str, n: int = 1) -> None:
        """Append *one* for *event*; after others of its kind, *many* (with {n}) for all of them."""
        again = self.kind is type(event) and bool(self.chips)
        self.kind, self.n = type(event), self.n + n if again else n
        if again:
            self.chips[-1] = Chip(glyph, many.format(n=self.n), self.chips[-1].at)
        else:
            self.chips.append(Chip(glyph, one, self.now))


def handler_chips(events: Sequence[e.Event]) -> tuple[Chip, ...]:
    """Return what the hypervisor did in *events*, all those of one item; none if it did not run.

    Retries between two exits are left out: the last one stands for them.
    """
    chain = _Chain(events)
    for chain.now, event in enumerate(events, 1):
        _chip(chain, event)
    return tuple(chain.chips)


def _chip(chain: _Chain, event: e.Event) -> None:
    match event:
        case e.VmExited(exit=vm_exit):
            chain.in_visit, chain.reason = True, vm_exit.reason
            _exit_chip(chain, event)
        case e.VmEntered():
            if chain.last_exit and chain.now > chain.last_exit:
                full = chain.reason == ExitReason.PML_FULL
                chain.add("", f"retry the {chain.noun}" if full else "retry")
            chain.in_visit = False
        case e.DrainBegan(vcpu, _, n):
            chain.draining = True
            whose = f" of vCPU {vcpu}" if chain.n_drains > 1 else ""
            chain.add("drain", f"drain {n}{whose} → bitmap")
        case e.PmlIndexReset(new=new):
            chain.draining = False
            chain.add("", f"index = {new if new <= 0x1FF else fmt(new)}")
        case e.EntryRetyped(old=old, new=new):
            if chain.draining:
                chain.add("", f"types → {say.p2mt(new.p2mt)}")
            elif old.emt != MemType.RECALC:
                chain.add("", f"{say.p2mt(new.p2mt)} D={new.d:d}")
        case e.TableRetyped(changed=changed, level=level, page=page):
            if not chain.in_visit:
                first = next(x for n in range(len(page) // 8) if (x := entry_at(page, n)).present)
                flags = say.flags(first)
                one, many = f"{say.count(changed, level.name)}: {flags}", f"{{n}} leaves: {flags}"
                chain.tell(event, "", one, many, changed)
        case e.SuperpageSplit():
            into = split_into(event)
            chain.tell(event, "split", f"split 1 → {into}", f"split {{n}} × 1 → {into}")
        case e.PageMarked(gfn, by=e.MarkedBy.HANDLER):
            chain.tell(event, "mark", f"gfn {gfn} in bitmap", "{n} pages in bitmap")
        case e.LogDirtyModeSet(on):
            chain.add("", f"log-dirty {'on' if on else 'off'}")
        case e.PmlEnabled(index=index):
            chain.add("", f"PML on, index {index}")
        case e.PmlDisabled():
            chain.add("", "PML off")
        case e.EptpAdSet(on):
            chain.add("", f"A/D {'on' if on else 'off'}")
        case e.RecalcMarked(level=level, index=index):
            chain.tell(event, "", f"mark {say.entry(level, index)}", f"mark {{n}} {level.name}s")
        case e.EptInvalidated():
            if not chain.in_visit and not chain.draining:
                chain.add("", "INVEPT")
        case e.BitmapPeeked(n):
            chain.add("clean", f"PEEK returns {n}")
        case e.BitmapCleaned(n):
            chain.add("clean", f"CLEAN returns {n}")
        case e.AllPagesCopied(n):
            chain.add("", f"send all {n}")
        case e.PagesCopied(pages) if pages:
            chain.add("", f"send {say.gfns(pages)}")
        case e.EptEntryWritten():
            chain.add("", "entry written by hand")
        case _:
            pass


def _exit_chip(chain: _Chain, event: e.VmExited) -> None:
    vm_exit = event.exit
    match vm_exit.reason:
        case ExitReason.EPT_MISCONFIG:
            chain.add("misconfig", "49 resolve type")
        case ExitReason.EPT_VIOLATION:
            chain.add("violation", f"48 qual {fmt(vm_exit.qualification)}")
        case ExitReason.PML_FULL:
            chain.add("full", "62 PML full")
        case _:
            chain.add("", f"exit {vm_exit.reason.value}")


# ── the line below ──────────────────────────────────────────────────────────


def handler_line(done: Sequence[e.Event], before: State, *, who: str = XEN) -> str:
    """Return the one thing to know of what the hypervisor did in *done*; "" if it did nothing."""
    last = {type(event): event for event in done}
    split, exited = last.get(e.SuperpageSplit), last.get(e.VmExited)
    if isinstance(split, e.SuperpageSplit):
        return _split_line(split)
    if isinstance(exited, e.VmExited):
        return _exit_line(exited, done, before, who)
    if e.BitmapCleaned in last:
        return (
            "The domain is paused throughout: no write falls between reading the bitmap and "
            "arming the pages again."
        )
    if e.BitmapPeeked in last:
        return "Nothing is armed again: a page that is in the bitmap needs no second log."
    if e.PmlIndexReset in last:
        return "The words stay in the buffer's page: the index alone says which of them count."
    for event in done:
        if isinstance(event, e.RecalcMarked):
            return f"{_change(event)}. No entry below it is touched."
    if e.TableRetyped in last:
        return "Every leaf is written now, so that none has to wait for an exit."
    return ""


def _change(event: e.RecalcMarked | e.EntryRetyped | e.SuperpageSplit) -> str:
    """Return an entry and what became of it: `PDE [0]: 0x… → 0x…`."""
    return f"{event.level.name} [{event.index}]: {fmt(event.old)} → {fmt(event.new)}"


def _split_line(event: e.SuperpageSplit) -> str:
    # All parts are alike now, that of the faulting page too: its type changes afterwards.
    leaf = entry_at(event.tables[-1][1], 0)
    siblings = say.count(split_into(event) - 1, "sibling")
    then = "so the processor can log them" if leaf.w else "so each exits 48 at its first write"
    return f"{_change(event)}. The {siblings} became {say.flags(leaf)}, {then}."


def _exit_line(event: e.VmExited, done: Sequence[e.Event], before: State, who: str) -> str:
    after = done[list(done).index(event) + 1 :]
    match event.exit.reason:
        case ExitReason.PML_FULL:
            return (
                "The exit cannot say which page it was: the qualification defines only bit 12. "
                f"The buffer is all {who} has."
            )
        case ExitReason.EPT_VIOLATION:
            for x in after:
                if isinstance(x, e.EntryRetyped):
                    return f"{_change(x)}: {say.p2mt(x.new.p2mt)}, {say.flags(x.new)}."
            return "The exit tells the address and the rights of the path. Nothing was set."
        case ExitReason.EPT_MISCONFIG:
            for x in after:
                if isinstance(x, e.EntryRetyped) and x.level > EptLevel.PTE:
                    size = say.size(before, x.level)
                    return f"{_change(x)}. Still one {size} entry, {say.flags(x.new)}."
                if isinstance(x, e.TableRetyped):
                    n = len(x.page) // 8
                    return (
                        f"All {n} entries of table {fmt(x.table)} at once. No INVEPT: what is "
                        "misconfigured is never cached."
                    )
            return "What is misconfigured is never cached: repairing it needs no INVEPT."
        case _:
            return ""
