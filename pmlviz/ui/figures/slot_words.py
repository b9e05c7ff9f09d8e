"""What is said under a PML buffer: what just happened to it, and when its valve opens."""

from collections.abc import Iterator

from pmlviz.core import events as e
from pmlviz.core import pml
from pmlviz.core.ept import walk
from pmlviz.core.exits import ExitReason
from pmlviz.core.items import Op
from pmlviz.core.standing import slot_of
from pmlviz.core.strategies import STRATEGIES
from pmlviz.core.units import EptLevel, fmt, gfn_of, page_size_name
from pmlviz.ui.figures.slot_rows import Buffer
from pmlviz.ui.frame import Frame


def no_pml(frame: Frame) -> str:
    """Return why the current vCPU has no buffer."""
    if not frame.state.domain.log_dirty:
        return "PML is off: log-dirty mode is not on, and no write is tracked."
    if not frame.state.platform.pml:
        return "This processor has no PML: each first write to a page exits 48."
    strategy = STRATEGIES.get(frame.strategy)
    if strategy is not None and not strategy.tracking.uses_pml():
        return (
            f"PML is off, control bit 17 is 0: {frame.strategy} learns of a first write by exit 48."
        )
    return "PML is off, control bit 17 is 0: writes are seen by exit 48 alone."


def words_of(frame: Frame, buffer: Buffer) -> Iterator[str]:
    """Yield what is true of *buffer* now, the most telling sentence first."""
    now, n = buffer.now, buffer.entries
    last = n - 1
    if buffer.draining is not None or _open(frame, buffer.vcpu):
        yield (
            "The hypervisor reads the words; the index stands until all are read, and a word "
            "is not erased."
        )
    elif now.full:
        yield "A flag must go 0→1 and no slot is left: A, D, log and index stay as they are."
        yield "Writes to pages with D = 1 still run."
    elif buffer.full:
        if buffer.at == pml.INDEX_MASK:
            yield f"The index went 0 → {fmt(buffer.at)} without any exit."
        else:
            yield f"The index is past slot {last}: the buffer counts as full."
        yield "Writes to pages with D = 1 still run."
        yield "The next access that needs A or D set exits 62, before it happens."
    elif now.logged is not None and now.logged.vcpu == buffer.vcpu:
        yield from _logged(frame, now.logged)
    elif now.dirty is not None and now.will_log:
        yield f"D is set; the address goes to PML[{buffer.at}] next."
    elif _silent(frame, buffer):
        yield from _standing(frame)
    elif _was_reset(frame, buffer.vcpu):
        yield f"The index is {buffer.at} again. The words stay in the page, stale."
    elif buffer.first == n:
        yield f"Empty: the processor fills it downward, from slot {last} to 0."
    else:
        count = n - buffer.first
        waits = "word waits" if count == 1 else "words wait"
        yield f"{count} {waits} here; only a drain takes them to the bitmap."
    yield from _handled(frame)


def _logged(frame: Frame, event: e.PmlLogged) -> Iterator[str]:
    gfn = gfn_of(event.gpa)
    path = walk(frame.state.memory, frame.state.domain.root, gfn, frame.state.geometry)
    level = path[-1].level
    if level is EptLevel.PTE:
        yield f"Stored on the D 0→1 of gfn {fmt(gfn)}; the word keeps bits 11:0 clear and no level."
    else:
        size = page_size_name(level)
        yield (
            f"Stored on the D 0→1 of a {size} leaf. The word names one 4 KiB page; that the leaf "
            "is larger is not in it."
        )


def _silent(frame: Frame, buffer: Buffer) -> bool:
    """Return whether the item is a write of this vCPU that finds D set."""
    item = frame.item
    if item is None or item.op not in (Op.WRITE, Op.RMW) or item.vcpu != buffer.vcpu:
        return False
    return buffer.now.finds_dirty


def _standing(frame: Frame) -> Iterator[str]:
    """Yield why a write that was not logged needs no log, or that no record has it."""
    gfn = frame.focus
    if gfn is None or not frame.state.domain.log_dirty:
        return
    yield f"Nothing is stored: D of the leaf of gfn {fmt(gfn)} is 1 already."
    if not frame.at_rest:
        return
    slot = slot_of(frame.state, gfn)
    if slot is not None:
        yield f"The page waits in PML[{slot.slot}]" + (
            f" of vCPU {slot.vcpu}." if slot.vcpu != frame.vcpu else "."
        )
    elif gfn in frame.state.domain.bitmap.bits:
        yield "Its bit in the bitmap is set."
    elif gfn in frame.lost:
        yield "No record has this write: it is lost."


def _handled(frame: Frame) -> Iterator[str]:
    """Yield the page that a handler marked lately, which for that is in no buffer."""
    visits = (frame.done, frame.last_visit.events if frame.last_visit is not None else ())
    for events in visits:
        for event in reversed(events):
            if not isinstance(event, e.PageMarked) or event.by is not e.MarkedBy.HANDLER:
                continue
            gfn = event.gfn
            leaf = walk(frame.state.memory, frame.state.domain.root, gfn, frame.state.geometry)[-1]
            if gfn in frame.pending or gfn not in frame.state.domain.bitmap.bits:
                return
            if leaf.entry.d:
                yield (
                    f"gfn {fmt(gfn)} is not here: the handler set its bit and mapped it with D = 1."
                )
            return


def _was_reset(frame: Frame, vcpu: int) -> bool:
    return any(isinstance(x, e.PmlIndexReset) and x.vcpu == vcpu for x in frame.done[-64:])


def _open(frame: Frame, vcpu: int) -> bool:
    """Return whether a drain of the buffer of *vcpu* is under way."""
    for event in reversed(frame.done):
        match event:
            case e.PmlIndexReset(vcpu=which) | e.DrainBegan(vcpu=which, count=0) if which == vcpu:
                return False
            case e.DrainBegan(vcpu=which) if which == vcpu:
                return not frame.at_rest
            case _:
                continue
    return False


def valve_words(frame: Frame, vcpu: int) -> tuple[tuple[str, ...], bool]:
    """Return when the buffer of *vcpu* is drained, for much room and for little; whether it is."""
    if _open(frame, vcpu):
        return ("drain open: words go to the bitmap", "drain open"), True
    strategy = STRATEGIES.get(frame.strategy)
    if strategy is None:
        return ("drain shut",), False
    draining, n = strategy.draining, len(frame.state.vcpus)
    when: list[str] = []
    if vcpu in draining.before_snapshot(n):
        when += ["PEEK", "CLEAN"]
    if vcpu in draining.after_snapshot(n):
        when.append("after CLEAN")
    if draining.on_exit(ExitReason.EPT_VIOLATION):
        when.append("each exit")
    elif draining.on_exit(ExitReason.PML_FULL):
        when.append("exit 62")
    opens = ", ".join(when)
    ahead = frame.events[frame.position.event] if not frame.at_rest else None
    if isinstance(ahead, e.VmExited) and ahead.exit.reason is ExitReason.PML_FULL:
        return ("drain shut: opens at exit 62, the next event", "opens at exit 62, next"), False
    return (f"drain shut: opens at {opens}", f"drain: {opens}", "drain shut"), False
