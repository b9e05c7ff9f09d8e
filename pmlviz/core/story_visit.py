"""The story of a VM exit while its handler runs: the exit itself, then what was done last."""

from collections.abc import Sequence

from pmlviz.core import events as e
from pmlviz.core import wording as say
from pmlviz.core.account import Attempt, Leg, Visit
from pmlviz.core.beats import split_into
from pmlviz.core.ept import EptEntry, MemType, PathStep, entry_at
from pmlviz.core.exits import AccessKind, ExitReason, Qualification
from pmlviz.core.moment import Moment
from pmlviz.core.narration import sentence
from pmlviz.core.story_access import target
from pmlviz.core.telling import Story, told
from pmlviz.core.units import EptLevel, fmt


def tell_visit(m: Moment, attempts: list[Attempt]) -> Story:
    """Return the story of the visit under way: the exit itself, then what was done last in it."""
    now = attempts[-1]
    visit = now.visit
    assert visit is not None
    told_last = _last_deed(m, now, visit)
    claim = claim_of_visit(now, visit)
    if not told_last:
        return Story(
            told(_exit(m, now, visit)),
            visit.exited.rule,
            claim,
            f"VM exit {visit.reason.value}",
        )
    number = visit.reason.value
    text = f"Exit {number}: {told_last}"
    return Story(told(text), m.done[-1].rule, claim, f"in {m.who}")


def claim_of_visit(attempt: Attempt, visit: Visit) -> str:
    """Return the claim of the thread that the *visit* which ended *attempt* bears on."""
    leg = attempt.legs[-1] if attempt.legs else Leg()
    large = leg.last is not None and leg.last.level > EptLevel.PTE
    walks = leg.guest_level or attempt.began.kind is AccessKind.WALK
    if walks and visit.reason == ExitReason.EPT_VIOLATION:
        return "C30"
    match visit.reason:
        case ExitReason.PML_FULL:
            return "C17"
        case ExitReason.EPT_VIOLATION:
            return "C18" if visit.split is not None else "C21" if large else "C23"
        case _:
            return ""


def _exit(m: Moment, attempt: Attempt, visit: Visit) -> str:
    """Return what the exit is and why it came, before anything was done about it."""
    vm_exit = visit.exited.exit
    leg = attempt.legs[-1] if attempt.legs else Leg()
    where = target(m, attempt, leg)
    last = leg.last
    match vm_exit.reason:
        case ExitReason.EPT_MISCONFIG:
            name = "an entry" if last is None else say.step_name(last)
            fault = "is malformed" if last is None else say.malformed(m.before_last, last)
            planted = fault == f"holds memory type {MemType.RECALC.value}"
            why = (
                f"{m.who} wrote that reserved value there to be called at the first touch"
                if planted
                else "no access may pass"
            )
            return f"{{exit}} Exit 49 at {where}: {{leaf}} {name} {fault}, and {why}."
        case ExitReason.EPT_VIOLATION:
            q = vm_exit.qualification
            what = f"qualification `{fmt(q)}`, {say.tried(q)}"
            name = "the path" if last is None else say.step_name(wall(leg, q) or last)
            if say.granted(q) == "---":
                return f"{{exit}} Exit 48 at {where}: {{leaf}} {name} is not present; {what}."
            no = refused(q)
            return (
                f"{{exit}} Exit 48 at {where}: {{leaf.w}} {name} has {no}=0; {what}. "
                "No flag is set, nothing is stored."
            )
        case ExitReason.PML_FULL:
            index = leg.checked.index if leg.checked is not None else 0
            return (
                f"{{exit}} Exit 62: {{pml.index}} index `{fmt(index)}` names no slot. The exit "
                "changes no flag, log or page, and does not tell the address."
            )
        case _:
            return sentence(visit.exited, m.before_last, who=m.who)


def refused(qualification: int) -> str:
    """Return which of R, W, X was wanting."""
    if qualification & Qualification.WRITE:
        return "W"
    return "X" if qualification & Qualification.FETCH else "R"


def wall(leg: Leg, qualification: int) -> PathStep | None:
    """Return the entry on the path of *leg* that refused it, if one did."""
    steps = leg.walked.steps if leg.walked is not None else ()
    return say.denying(steps, refused(qualification).lower())


def _last_deed(m: Moment, attempt: Attempt, visit: Visit) -> str:
    """Return what the handler did last, "" if it has done nothing yet."""
    deeds = [x for x in visit.events if not isinstance(x, e.TlbFlushed)]
    if not deeds:
        return ""
    last = deeds[-1]
    geometry = m.before.geometry
    match last:
        case e.RecalcPushed(_, index, level):
            return (
                f"{m.who} repairs {{leaf}} {say.entry(level, index)} and passes its mark "
                "to the entries one level down."
            )
        case e.EntryRetyped(_, index, level, gfn, old, new) if level > EptLevel.PTE:
            pages = say.span(gfn, geometry.pages(level))
            size = say.size(m.before, level)
            whole = f"still one {size} page" if old.emt == MemType.RECALC else f"one {size} page"
            kind = say.p2mt(new.p2mt)
            return (
                f"{m.who} makes {{leaf}} {say.entry(level, index)} {kind}, {say.flags(new)}: "
                f"{pages}, {whole}."
            )
        case e.TableRetyped():
            return f"{m.who} {_table(m, last, attempt)}."
        case e.PageMarked(by=e.MarkedBy.HANDLER):
            pages = say.gfns(visit.marked)
            unseen = ", which PML will not log" if m.before.domain.pml else ""
            return f"{m.who} itself sets {{bitmap}} the bit of {pages}{unseen}."
        case e.SuperpageSplit(_, index, level):
            size, n = say.size(m.before, level), split_into(last)
            return (
                f"{m.who} splits {{split}} {say.entry(level, index)}: one leaf of {size} with one "
                f"D flag becomes {n} with one each."
            )
        case e.EntryRetyped(_, index, gfn=page, new=new) if not draining(deeds):
            unlogged = " and is not logged" if m.before.domain.pml else ""
            return (
                f"{m.who} makes {{leaf}} {say.entry(EptLevel.PTE, index)}, gfn {page}, "
                f"{say.p2mt(new.p2mt)}: {say.flags(new)}, so it can be written{unlogged}."
            )
        case e.DrainBegan() | e.PageMarked() | e.EntryRetyped():
            return drain_progress(m, visit.events)
        case e.EptInvalidated():
            return "INVEPT drops what processors have cached of the entries that changed."
        case e.PmlIndexReset(_, _, new):
            drained = say.count(visit.drained, "address", "addresses")
            to = say.index(new, m.entries)
            return (
                f"{drained} went to {{bitmap}} the bitmap and {{pml.index}} the index is {to}; "
                "the words stay, but no longer count."
            )
        case e.VmEntered(vcpu):
            noun = say.noun(attempt.began.kind)
            return f"{m.who} is done and enters vCPU {vcpu} again, where the {noun} is retried."
        case _:
            return sentence(last, m.before_last, who=m.who)


def draining(events: Sequence[e.Event]) -> bool:
    """Return whether the last drain of *events* is still under way."""
    ends = [x for x in events if isinstance(x, e.DrainBegan | e.PmlIndexReset)]
    return bool(ends) and isinstance(ends[-1], e.DrainBegan)


def drain_progress(m: Moment, events: Sequence[e.Event]) -> str:
    """Return how far the drain that is under way in *events* has come."""
    start = max(n for n, x in enumerate(events) if isinstance(x, e.DrainBegan))
    began = events[start]
    assert isinstance(began, e.DrainBegan)
    of = say.count(began.count, "address", "addresses")
    drains = f"{m.who} drains {of} of vCPU {began.vcpu}"
    match events[-1]:
        case e.EntryRetyped(gfn=gfn, new=new):
            return f"{drains}: gfn {gfn} becomes {{leaf}} {say.p2mt(new.p2mt)}, {say.flags(new)}."
        case e.PageMarked(gfn, was_set=was_set):
            n = sum(isinstance(x, e.PageMarked) for x in events[start:])
            so_far = f"{n} of {began.count}" if n <= began.count else say.count(n, "page")
            is_in, now = ("was in", " already") if was_set else ("is in", "")
            return f"{drains}: gfn {gfn} {is_in} {{bitmap}} the bitmap{now}, {so_far}."
        case _:
            return f"{drains}, {{pml.slot}} {say.slots(began.first, began.count)}."


def _table(m: Moment, event: e.TableRetyped, attempt: Attempt) -> str:
    """Return what a recomputed table is now, from the entry that the access is after."""
    geometry = m.before.geometry
    n = len(event.page) // 8
    leg = attempt.legs[-1] if attempt.legs else Leg()
    at = 0 if leg.gfn is None else geometry.index(leg.gfn, event.level)
    entry: EptEntry = entry_at(event.page, at)
    kind = say.p2mt(entry.p2mt)
    span = say.span(event.gfn, n * geometry.pages(event.level))
    if event.changed == n:
        return f"makes {{leaf}} all {n} pages of the table, {span}, {kind}: {say.flags(entry)}"
    if not event.changed:
        return f"recomputes {{leaf}} the table of {span}: no page changes its type"
    become = "page becomes" if event.changed == 1 else "pages become"
    return f"recomputes {{leaf}} the table of {span}: {event.changed} {become} {kind}"
