"""The story of an access that met VM exits, at rest: which, why, what was done, and the retry."""

from pmlviz.core import events as e
from pmlviz.core import wording as say
from pmlviz.core.account import Attempt, Leg, Visit
from pmlviz.core.beats import split_into
from pmlviz.core.ept import MemType
from pmlviz.core.exits import AccessKind, ExitReason
from pmlviz.core.moment import Moment
from pmlviz.core.rules import Rule
from pmlviz.core.story_access import LOST, is_lost, subject, target
from pmlviz.core.story_visit import claim_of_visit, refused, wall
from pmlviz.core.telling import Story, told
from pmlviz.core.units import EptLevel, fmt, gfn_of

_MAIN = (ExitReason.PML_FULL, ExitReason.EPT_VIOLATION, ExitReason.EPT_MISCONFIG)
"""Which visit the story is about, if there are several."""
_RULES = {
    ExitReason.PML_FULL: Rule.PML_FULL,
    ExitReason.EPT_VIOLATION: Rule.EPT_VIOLATION,
    ExitReason.EPT_MISCONFIG: Rule.EPT_MISCONFIG,
}
_RETRIED = {AccessKind.READ: "reads", AccessKind.FETCH: "fetches", AccessKind.WALK: "goes on"}


def tell_rest(m: Moment, attempts: list[Attempt]) -> Story:
    """Return the story of an access that met VM exits and is done."""
    visits = [a.visit for a in attempts if a.visit is not None]
    numbers = [str(v.reason.value) for v in visits]
    main = min(visits, key=lambda v: _MAIN.index(v.reason))
    at = next(a for a in attempts if a.visit is main)
    final = attempts[-1]
    lost = any(is_lost(m, leg) for leg in final.legs)
    claim = claim_of_visit(at, main)
    text = f"{_head(m, attempts, at)}{_exits(numbers)}{_because(at, main, once=len(visits) == 1)}. "
    text += f"{_deeds(m, at, main)}; {_retry(m, final)}."
    earlier = [x.logged for a in attempts[:-1] for x in a.legs if x.logged is not None]
    if earlier:
        text += f" An earlier try logged {say.gfns({gfn_of(x.gpa) for x in earlier})}."
    many = len(visits) > 1
    badge = f"{len(visits)} VM exits: {', '.join(numbers)}" if many else f"VM exit {numbers[0]}"
    return Story(told(text), _RULES[main.reason], claim, LOST if lost else badge)


def _head(m: Moment, attempts: list[Attempt], at: Attempt) -> str:
    first, final = attempts[0], attempts[-1]
    who = subject(first)
    own = [leg for leg in final.legs if not leg.guest_level]
    if len(own) > 1:
        n = say.count(first.began.size, "byte")
        pages = [leg.gfn for leg in own if leg.gfn is not None]
        return f"{who} {say.does(first.began.kind)} {n} across {say.gfns(pages)}: "
    leg = own[-1] if own else None
    return f"{who} {say.does(first.began.kind)} {target(m, at, leg)}: "


def _exits(numbers: list[str]) -> str:
    return f"{{exit}} exit{'s' if len(numbers) > 1 else ''} {say.listed(numbers)}"


def _because(attempt: Attempt, visit: Visit, *, once: bool) -> str:
    leg = attempt.legs[-1] if attempt.legs else Leg()
    last = leg.last
    if last is None:
        return ""
    name = say.step_name(last)
    match visit.reason:
        case ExitReason.EPT_MISCONFIG:
            planted = last.entry.emt == MemType.RECALC
            if not planted:
                return f", for {name} is malformed"
            return ", for its path was marked" if once else ", for their paths were marked"
        case ExitReason.EPT_VIOLATION:
            q = visit.exited.exit.qualification
            if say.granted(q) == "---":
                return f", for {{leaf}} {name} is not present"
            stopped = say.step_name(wall(leg, q) or last)
            return f", for {{leaf.w}} {stopped} has {refused(q)}=0"
        case ExitReason.PML_FULL:
            index = leg.checked.index if leg.checked is not None else 0
            return f", for {{pml.index}} index `{fmt(index)}` names no slot"
        case _:
            return ""


def _deeds(m: Moment, attempt: Attempt, visit: Visit) -> str:
    """Return what the hypervisor did in the visit that matters most."""
    match visit.reason:
        case ExitReason.PML_FULL:
            n = say.count(visit.drained, "address", "addresses")
            return f"{m.who} drains {n} into {{bitmap}} the bitmap"
        case ExitReason.EPT_VIOLATION:
            return f"{m.who} {_relieved(m, visit)}"
        case _:
            return f"{m.who} {_resolved(m, visit)}"


def _relieved(m: Moment, visit: Visit) -> str:
    pages = f"{{bitmap}} marks {say.gfns(visit.marked)}" if visit.marked else ""
    split = visit.split
    if split is not None:
        size, n = say.size(m.before, split.level), split_into(split)
        tables = f" ({len(split.tables)} tables)" if len(split.tables) > 1 else ""
        cut = f"{{split}} splits its {size} into {n}{tables}"
        return f"{pages} and {cut}" if pages else cut
    for x in reversed(visit.events):
        if isinstance(x, e.EntryRetyped) and x.new.w:
            what = "it" if x.level == EptLevel.PTE else f"all its {say.size(m.before, x.level)}"
            opened = f"makes {what} writable"
            return f"{pages} and {opened}" if pages else opened
    return pages or "finds nothing left to do"


def _resolved(m: Moment, visit: Visit) -> str:
    for x in reversed(visit.events):
        match x:
            case e.EntryRetyped(level=level, new=new) if level > EptLevel.PTE:
                size = say.size(m.before, level)
                return f"makes {{leaf}} its {size} page {say.p2mt(new.p2mt)}, {say.flags(new)}"
            case e.TableRetyped(changed=changed, page=page):
                logdirty = m.before.domain.global_logdirty
                kind = "logdirty" if logdirty else "ram_rw"
                n = len(page) // 8
                if changed == n:
                    return f"makes {{leaf}} all {n} pages of its table {kind}"
                if not changed:
                    return "recomputes {leaf} its table, where no type changes"
                become = "page becomes" if changed == 1 else f"of {n} pages become"
                return f"recomputes {{leaf}} its table: {changed} {become} {kind}"
            case _:
                continue
    return "finds it repaired already"


def _retry(m: Moment, final: Attempt) -> str:
    """Return what came of the attempt that went through."""
    kind = final.began.kind
    verb = _RETRIED.get(kind, "stores")
    logged = [leg.logged for leg in final.legs if leg.logged is not None]
    if logged:
        words = [f"`PML[{x.slot}] = {fmt(x.gpa)}`" for x in logged]
        flags = "D" if len(logged) == 1 else f"{len(logged)} D flags"
        return f"the retry sets {{leaf.d}} {flags}: {{pml.slot}} {say.listed(words[:2])}"
    leg = final.legs[-1]
    counts = leg.granted is not None and leg.granted.write
    if not counts and not kind.writes:
        return f"the retry {verb} and sets no D"
    if not m.vcpu(final.began.vcpu).ad:
        return f"the retry {verb}"
    if leg.dirty is not None:
        return "the retry sets {leaf.d} D, and nothing is logged"
    if kind is AccessKind.WALK:
        return f"the retry {verb}"
    return f"the retry {verb} unlogged, for {{leaf.d}} D is 1"
