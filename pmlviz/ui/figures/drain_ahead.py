"""Which bit of the bitmap a drain sets, or will set: the pipe from a buffer to a page."""

from typing import Literal, NamedTuple

from pmlviz.core import events as e
from pmlviz.core import judge, pml
from pmlviz.core.exits import ExitReason
from pmlviz.core.units import PAGE_SHIFT, Gfn, fmt
from pmlviz.ui.figures.subject import Subject
from pmlviz.ui.frame import Frame


class Drained(NamedTuple):
    """The pages *low* to *high* that the pipe leads to, what is said on it, when it happens."""

    low: Gfn
    high: Gfn
    words: tuple[str, ...]
    """For much room and for little."""

    when: Literal["now", "next"]


def drained(frame: Frame, subject: Subject, vcpu: int) -> Drained | None:
    """Return where the pipe from the buffer of *vcpu* leads; None if nothing waits in it."""
    match frame.current:
        case e.PageMarked(gfn=gfn, by=e.MarkedBy.DRAIN, was_set=was_set):
            said = "is set already" if was_set else "0→1"
            told = (f"the drain: bit {fmt(gfn)} {said}", f"bit {fmt(gfn)}")
            return Drained(gfn, gfn, told, "now")
    waiting = judge.pending_words(frame.state, vcpu)
    if not waiting:
        return None
    gfns = [Gfn(word >> PAGE_SHIFT) for word in waiting]
    n, entries = len(gfns), frame.state.geometry.pml_entries
    by = "a drain"
    ahead = frame.events[frame.position.event] if not frame.at_rest else None
    if isinstance(ahead, e.VmExited) and ahead.exit.reason is ExitReason.PML_FULL:
        by = "the drain of exit 62"
    if n == 1 or (subject.gfn in gfns and n < entries):
        gfn = subject.gfn if subject.gfn in gfns else gfns[0]
        slot = pml.first_pending(frame.state.vcpus[vcpu].pml_index, entries) + gfns.index(gfn)
        does = "find bit" if gfn in frame.state.domain.bitmap.bits else "set bit"
        short = f"{by} will {does} {fmt(gfn)}"
        return Drained(gfn, gfn, (f"{short}: PML[{slot}] → bitmap", short, by), "next")
    low, high = min(gfns), max(gfns)
    short = f"{by} will set {len(set(gfns))} bits"
    if high - low == n - 1:
        words = (f"{by} will set bits {fmt(low)} … {fmt(high)}", short, by)
        return Drained(low, high, words, "next")
    return Drained(gfns[0], gfns[0], (short, by), "next")
