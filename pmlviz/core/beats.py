"""One event in the one or two words of a chip. Neighbours that are equal are one chip."""

from typing import assert_never

from pmlviz.core import events as e
from pmlviz.core import wording as say
from pmlviz.core.ept import MemType, P2mType
from pmlviz.core.exits import AccessKind
from pmlviz.core.units import REAL, fmt


def beat(event: e.Event) -> str | None:
    """Return the chip of *event*, None for one that needs none."""
    match event:
        case e.AccessBegan(retry=retry):
            return "retry" if retry else None
        case e.TlbHit():
            return "TLB hit"
        case e.TlbFlushed():
            return "TLB drop"
        case e.EptWalked(guest_level=level):
            return "guest walk" if level else "walk"
        case e.PermissionGranted():
            return "permission"
        case e.PmlIndexChecked(index=index, full=full):
            return f"index {fmt(index)}" if full else None
        case e.AccessedSet():
            return "A 0→1"
        case e.DirtySet():
            return "D 0→1"
        case e.PmlLogged():
            return "log"
        case e.PmlIndexStepped():
            return "index \N{MINUS SIGN} 1"
        case e.GuestEntryUpdated():
            return "guest A/D"
        case e.AccessDone(kind=kind):
            return (
                "store" if kind.writes else "walked" if kind is AccessKind.WALK else say.noun(kind)
            )
        case e.VmExited(exit=vm_exit):
            return f"exit {vm_exit.reason.value}"
        case e.VmEntered():
            return "retry"
        case e.DomainPaused():
            return "pause"
        case e.DomainUnpaused():
            return "resume"
        case e.LogDirtyModeSet(on):
            return "mode on" if on else "mode off"
        case e.PmlEnabled():
            return "PML on"
        case e.PmlDisabled():
            return "PML off"
        case e.EptpAdSet(on):
            return "A/D on" if on else "A/D off"
        case e.EptInvalidated():
            return "INVEPT"
        case e.RecalcMarked():
            return "recalc"
        case e.RecalcPushed():
            return "resolve"
        case e.EntryRetyped(old=old, new=new):
            if old.emt == MemType.RECALC:
                return "resolve"
            # Only a page that the processor has logged is log-dirty with D set.
            logged = old.p2mt == P2mType.RAM_LOGDIRTY and old.w and old.d
            return "drain" if logged and new.p2mt == P2mType.RAM_RW else "retype"
        case e.TableRetyped():
            return "retype"
        case e.SuperpageSplit():
            return f"split 1→{split_into(event)}"
        case e.PageMarked(by=by):
            return "mark" if by is e.MarkedBy.HANDLER else "drain"
        case e.DrainBegan():
            return "drain"
        case e.PmlIndexReset(new=new):
            return f"index = {new if new < REAL.pml_entries else fmt(new)}"
        case e.BitmapPeeked():
            return "PEEK"
        case e.BitmapCleaned():
            return "CLEAN"
        case e.AllPagesCopied():
            return "copy all"
        case e.PagesCopied(pages):
            return "copy" if pages else None
        case e.EptEntryWritten():
            return "edit entry"
        case e.EptTableAdded():
            return "new table"
        case e.MemoryWritten():
            return "root write"
        case (
            e.TlbMissed()
            | e.TlbFilled()
            | e.DomainPmlSet()
            | e.GlobalTypeSet()
            | e.SpuriousMisconfigExpected()
        ):
            return None
        case _:
            assert_never(event)


def split_into(event: e.SuperpageSplit) -> int:
    """Return how many leaves a split made of one: 512, or 262,144 where it went down two levels."""
    n_words = len(event.tables[0][1]) // 8
    n_tables = len(event.tables)
    return n_words if n_tables == 1 else n_words * (n_tables - 1)
