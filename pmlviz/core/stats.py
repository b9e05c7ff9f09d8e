"""Counters and marks from events: what a run cost, and what is worth seeing in it."""

from collections import Counter
from collections.abc import Iterable
from enum import IntFlag

import msgspec

from pmlviz.core import events as e
from pmlviz.core.exits import ExitReason


class Tally(msgspec.Struct, frozen=True, gc=False):
    """Counts since the first step.

    `bytes` of tables are `tables_added` times 4096.
    """

    violations: int = 0
    """VM exits 48."""

    misconfigs: int = 0
    """VM exits 49."""

    pml_full: int = 0
    """VM exits 62."""

    log_entries: int = 0
    """Addresses that processors stored in PML buffers."""

    drains: int = 0
    """Buffers that held something when the hypervisor emptied them."""
    splits: int = 0
    """Superpages split."""
    tables_added: int = 0
    """EPT tables that splitting (or mapping) added."""

    handler_marks: int = 0
    """Pages that the handler of a violation marked in the bitmap."""

    invepts: int = 0
    cleans: int = 0
    peeks: int = 0
    reported: int = 0
    """Pages that CLEANs returned, all together."""

    sent: int = 0
    """Pages copied to the destination."""

    @property
    def exits(self) -> int:
        """VM exits of all reasons."""
        return self.violations + self.misconfigs + self.pml_full

    def after(self, events: Iterable[e.Event]) -> "Tally":
        """Return the counts after *events*."""
        more: Counter[str] = Counter()
        for event in events:
            if type(event) in _COUNTED:
                _count(event, more)
        if not more:
            return self
        return msgspec.structs.replace(self, **{k: getattr(self, k) + n for k, n in more.items()})


_EXIT_FIELD = {
    ExitReason.EPT_VIOLATION: "violations",
    ExitReason.EPT_MISCONFIG: "misconfigs",
    ExitReason.PML_FULL: "pml_full",
}
_COUNTED = frozenset(
    {
        e.VmExited,
        e.PmlLogged,
        e.DrainBegan,
        e.SuperpageSplit,
        e.EptTableAdded,
        e.PageMarked,
        e.EptInvalidated,
        e.BitmapCleaned,
        e.BitmapPeeked,
        e.AllPagesCopied,
        e.PagesCopied,
    }
)


def _count(event: e.Event, more: Counter[str]) -> None:
    match event:
        case e.PmlLogged():
            more["log_entries"] += 1
        case e.VmExited(exit=vm_exit):
            more[_EXIT_FIELD[vm_exit.reason]] += 1
        case e.PageMarked(by=e.MarkedBy.HANDLER):
            more["handler_marks"] += 1
        case e.DrainBegan(count=count) if count:
            more["drains"] += 1
        case e.SuperpageSplit(tables=tables):
            more["splits"] += 1
            more["tables_added"] += len(tables)
        case e.EptTableAdded():
            more["tables_added"] += 1
        case e.EptInvalidated():
            more["invepts"] += 1
        case e.BitmapCleaned(pages):
            more["cleans"] += 1
            more["reported"] += pages
        case e.BitmapPeeked():
            more["peeks"] += 1
        case e.AllPagesCopied(pages):
            more["sent"] += pages
        case e.PagesCopied(gfns):
            more["sent"] += len(gfns)
        case _:
            pass


class Mark(IntFlag):
    """What happened in one item that a timeline shows."""

    VIOLATION = 1
    MISCONFIG = 2
    PML_FULL = 4
    SPLIT = 8
    DRAIN = 16
    MARKED = 32
    LOGGED = 64
    CLEAN = 128
    PEEK = 256
    LOST = 512


VM_EXIT = Mark.VIOLATION | Mark.MISCONFIG | Mark.PML_FULL
"""A VM exit of whatever reason."""

INTERESTING = (
    Mark.VIOLATION
    | Mark.MISCONFIG
    | Mark.PML_FULL
    | Mark.SPLIT
    | Mark.DRAIN
    | Mark.CLEAN
    | Mark.PEEK
    | Mark.LOST
)
_EXIT_MARK = {
    ExitReason.EPT_VIOLATION: Mark.VIOLATION,
    ExitReason.EPT_MISCONFIG: Mark.MISCONFIG,
    ExitReason.PML_FULL: Mark.PML_FULL,
}
_MARK_OF: dict[type, int] = {
    e.PmlLogged: Mark.LOGGED,
    e.SuperpageSplit: Mark.SPLIT,
    e.PageMarked: Mark.MARKED,
    e.BitmapCleaned: Mark.CLEAN,
    e.BitmapPeeked: Mark.PEEK,
}


def mark_of(event: e.Event) -> Mark:
    """Return the mark that *event* leaves on a timeline (0 for most).

    A lost write is no single event's mark.
    """
    match event:
        case e.VmExited(exit=vm_exit):
            return _EXIT_MARK[vm_exit.reason]
        case e.DrainBegan(count=count):
            return Mark.DRAIN if count else Mark(0)
        case e.PageMarked(by=by):
            return Mark.MARKED if by is e.MarkedBy.HANDLER else Mark(0)
        case _:
            return Mark(_MARK_OF.get(type(event), 0))
