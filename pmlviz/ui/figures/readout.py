"""What there is to say of one page: for tips, the status bar and the labels beside a tile."""

from typing import NamedTuple

from pmlviz.core import events as e
from pmlviz.core import wording as say
from pmlviz.core.ept import RESERVED_EMT, MemType, PathStep, walk
from pmlviz.core.standing import slot_of, spent_on
from pmlviz.core.state import State
from pmlviz.core.units import EptLevel, Gfn, fmt, page_gpa
from pmlviz.ui.figures.cells import Mark
from pmlviz.ui.figures.told import who_of
from pmlviz.ui.figures.trip import Trip
from pmlviz.ui.frame import Frame


class Leaf(NamedTuple):
    """The entry that maps a page, and whether the page can be reached as it is."""

    step: PathStep
    misconfigured: bool
    """Some entry of the path has a reserved memory type: the first touch exits 49."""

    write: bool
    """W over the whole path."""


def leaf_of(state: State, gfn: int) -> Leaf | None:
    """Return what maps *gfn*; None if nothing does."""
    if not 0 <= gfn < state.geometry.max_pages:
        return None
    path = walk(state.memory, state.domain.root, gfn, state.geometry)
    last = path[-1]
    if not last.entry.present:
        return None
    bad = last.entry.emt in RESERVED_EMT or any(s.entry.emt == MemType.RECALC for s in path[:-1])
    return Leaf(last, bad, all(step.entry.w for step in path))


def mark_of(frame: Frame, gfn: int) -> Mark:
    """Return the state of *gfn*, as `pages.Field` has it."""
    if gfn in frame.lost:
        return Mark.LOST
    if gfn in frame.state.domain.bitmap.bits:
        return Mark.OVER if gfn in frame.over else Mark.DIRTY
    if gfn in frame.pending:
        return Mark.PENDING
    leaf = leaf_of(frame.state, gfn)
    if leaf is None or leaf.misconfigured or leaf.write or leaf.step.level > EptLevel.PTE:
        return Mark.CLEAN
    return Mark.WRITE_PROTECTED


def words(frame: Frame, gfn: int) -> tuple[str, ...]:
    """Return all there is to say of *gfn*, a few words each, where it is first."""
    state = frame.state
    n = state.geometry.pages(EptLevel.PDE)
    size = say.size(state, EptLevel.PDE)
    said = [
        f"gfn {fmt(gfn)}",
        f"gpa {fmt(page_gpa(gfn))}",
        f"{size} region {gfn // n:,}, page {gfn % n}",
    ]
    leaf = leaf_of(state, gfn)
    if leaf is None:
        return (*said, "not mapped: any access exits 48")
    entry, level = leaf.step.entry, leaf.step.level
    said.append(
        f"{say.size(state, level)} leaf, {say.p2mt(entry.p2mt)}"
        f" W={entry.w:d} D={entry.d:d} A={entry.a:d}"
    )
    if leaf.misconfigured:
        said.append("first touch exits 49")
    elif not leaf.write:
        said.append("a write exits 48" + (", and splits it" if level > EptLevel.PTE else ""))
    said += _record(frame, gfn)
    version = state.ghost.versions.get(Gfn(gfn))
    if version:
        said.append(f"written {say.count(version, 'time')}")
    return tuple(said)


def tip(frame: Frame, gfn: int) -> str:
    """Return `words` as the text of a tip."""
    return " · ".join(words(frame, gfn))


def _record(frame: Frame, gfn: int) -> list[str]:
    """Return where the record of a write to *gfn* is."""
    bit = gfn in frame.state.domain.bitmap.bits
    slot = slot_of(frame.state, gfn) if gfn in frame.pending else None
    said = []
    if slot is not None:
        whose = f" of vCPU {slot.vcpu}" if len(frame.state.vcpus) > 1 else ""
        said.append(f"{'also' if bit else 'only'} in PML[{slot.slot}]{whose}")
    if bit:
        said.append("in the bitmap" + (", not written" if gfn in frame.over else ""))
    elif gfn in frame.lost:
        said.append("written, in neither bitmap nor buffer: lost")
    elif slot is None:
        said.append("not in the bitmap" if frame.state.domain.log_dirty else "not tracked")
    return said


# ── labels ──────────────────────────────────────────────────────────────────


def label(frame: Frame, trip: Trip, gfn: int) -> tuple[str, str]:
    """Return a head and a line for the label that points at the tile of *gfn*."""
    if gfn == trip.gfn and (coming := _coming(frame, trip)) is not None:
        return coming
    mark = mark_of(frame, gfn)
    match mark:
        case Mark.LOST:
            return f"gfn {gfn}: lost", _why_lost(frame, gfn)
        case Mark.DIRTY:
            return f"gfn {gfn}: in the bitmap", _who_marked(frame, gfn)
        case Mark.OVER:
            return f"gfn {gfn}: over-reported", "in the bitmap, but not written"
        case Mark.PENDING:
            return f"gfn {gfn}: only in the PML buffer", _how_logged(frame, gfn)
        case Mark.WRITE_PROTECTED:
            return f"gfn {gfn}: write-protected", "W=0: a write exits 48"
        case Mark.CLEAN:
            return _clean(frame, gfn)


def _coming(frame: Frame, trip: Trip) -> tuple[str, str] | None:
    """Return what is said of a page whose access has begun and has not taken place."""
    if trip.kind != "access" or trip.arrived or not trip.begun or trip.access is None:
        return None
    head = f"gfn {trip.gfn}: the {say.noun(trip.access)} waits"
    stopped = trip.stopped
    if stopped is None:
        if trip.slot is not None:
            return head, f"its address is logged in PML[{trip.slot}]"
        return head, "the walk is under way" if trip.walked else "nothing has changed yet"
    reason = stopped.reason.value
    if trip.full:
        return head, f"D=0, not logged, not stored: exit {reason} first"
    return head, f"exit {reason} first"


def _clean(frame: Frame, gfn: int) -> tuple[str, str]:
    leaf = leaf_of(frame.state, gfn)
    if leaf is None:
        return f"gfn {gfn}: not mapped", "any access exits 48"
    if not frame.state.domain.log_dirty:
        return f"gfn {gfn}: not tracked", "log-dirty mode is off"
    if leaf.misconfigured:
        return f"gfn {gfn}: clean", "the first touch exits 49"
    if not leaf.write:
        return f"gfn {gfn}: clean", "W=0: the first write splits the page"
    vcpu = frame.state.vcpus[frame.vcpu]
    if not (vcpu.pml and vcpu.ad):
        return f"gfn {gfn}: clean", "a write leaves no record"
    if leaf.step.entry.d:
        return f"gfn {gfn}: not in the bitmap", "D=1 already: a write logs nothing"
    return f"gfn {gfn}: clean", "D=0: the first write is logged"


def _how_logged(frame: Frame, gfn: int) -> str:
    slot = slot_of(frame.state, gfn)
    if slot is None:
        return "logged by the processor, no exit"
    if any(isinstance(x, e.VmExited) for x in frame.done) and slot.slot is not None:
        return f"logged by the processor, in PML[{slot.slot}]"
    return "logged by the processor, no exit"


def _who_marked(frame: Frame, gfn: int) -> str:
    visited = () if frame.last_visit is None else frame.last_visit.events
    for events in (frame.done, visited):
        reason = ""
        for event in events:
            match event:
                case e.VmExited(exit=taken):
                    reason = f" in exit {taken.reason.value}"
                case e.PageMarked(gfn=marked, by=by) if marked == gfn:
                    if by is e.MarkedBy.HANDLER:
                        return f"marked by {who_of(frame)}{reason}, not logged"
                    return f"drained from the PML buffer{reason}"
                case _:
                    continue
    return "to be sent at the next CLEAN"


def _why_lost(frame: Frame, gfn: int) -> str:
    leaf = leaf_of(frame.state, gfn)
    if leaf is not None and leaf.step.level > EptLevel.PTE and leaf.step.entry.d:
        spent = spent_on(frame.state, gfn, leaf.step)
        if spent is not None and spent != gfn:
            return f"the write to gfn {spent} spent the one D flag"
    return "written, in neither bitmap nor buffer"
