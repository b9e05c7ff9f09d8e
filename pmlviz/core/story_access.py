"""The story of an access while the guest runs it, leg by leg, and of one that met no exit."""

from pmlviz.core import events as e
from pmlviz.core import judge
from pmlviz.core import wording as say
from pmlviz.core.account import Attempt, Leg
from pmlviz.core.ept import PathStep, walk
from pmlviz.core.exits import AccessKind
from pmlviz.core.moment import Moment
from pmlviz.core.rules import Rule
from pmlviz.core.standing import spent_on, standing
from pmlviz.core.telling import Story, told
from pmlviz.core.units import PAGE_SHIFT, PAGE_SIZE, EptLevel, Gpa, fmt, page_gpa

IN_GUEST = "in the guest"
NO_EXIT = "no exit"
LOST = "lost"


def tell_leg(m: Moment, attempts: list[Attempt]) -> Story:
    """Return the story of the attempt under way."""
    now = attempts[-1]
    if not now.legs:
        return Story(told(_begins(m, now)), now.began.rule, verdict=IN_GUEST)
    leg = now.legs[-1]
    text = f"{_head(m, now, leg)}{body(m, now, leg)}.{_cached(m)}"
    verdict = IN_GUEST if m.next_exit is None else f"VM exit {m.next_exit} comes next"
    rule = m.done[-1].rule
    ad = m.vcpu(now.began.vcpu).ad
    return Story(told(text), rule, claim_of(leg, ad=ad), verdict)


def _cached(m: Moment) -> str:
    """Return that the translation was cached, if that is what happened last."""
    last = m.done[-1]
    if not isinstance(last, e.TlbFilled):
        return ""
    return f" The TLB keeps it{', with D=1' if last.entry.d else ''}."


def tell_plain(m: Moment, attempt: Attempt) -> Story:
    """Return the story, at rest, of an access of one leg that no VM exit has stopped."""
    leg = attempt.legs[0]
    lost = is_lost(m, leg)
    text = f"{_head(m, attempt, leg)}{body(m, attempt, leg)}.{_tail(m, attempt, leg)}"
    rule, claim = main_rule(leg), claim_of(leg, ad=m.vcpu(attempt.began.vcpu).ad, lost=lost)
    if attempt.began.kind is AccessKind.WALK and leg.dirty is not None:
        rule, claim = Rule.GUEST_PAGE_WALK, "C30"
    return Story(told(text), rule, claim, LOST if lost else NO_EXIT)


def is_lost(m: Moment, leg: Leg) -> bool:
    """Return whether *leg* wrote a page that is in no record now."""
    wrote = leg.done is not None and leg.done.kind.writes and leg.gfn is not None
    return wrote and judge.is_lost(m.state, leg.gfn or 0)


def main_rule(leg: Leg) -> Rule:
    """Return the rule that *leg* is about."""
    if leg.checked is not None and leg.checked.full:
        return Rule.PML_FULL
    if leg.logged is not None:
        return Rule.PML_LOG
    if leg.hit is not None:
        return Rule.TLB_HIT
    if leg.granted is None:
        return Rule.EPT_WALK
    return Rule.EPT_DIRTY if leg.granted.write else Rule.EPT_ACCESSED


def claim_of(leg: Leg, *, ad: bool = True, lost: bool = False) -> str:
    """Return the claim of the thread that *leg* bears on; *ad*: D flags are kept."""
    large = leg.last is not None and leg.last.level > EptLevel.PTE
    if lost:
        return "C20" if large else ""
    if leg.logged is not None:
        return "C13" if large else "C6"
    silent = leg.hit is not None and leg.hit.d
    if leg.granted is not None and leg.granted.write:
        silent = ad and leg.last is not None and leg.last.entry.d
    return "" if not silent else "C14" if large else "C11"


# ── the head: who does what ─────────────────────────────────────────────────


def subject(attempt: Attempt) -> str:
    """Return who does it, to begin a sentence with: `vCPU 0`, or its page walker."""
    vcpu = f"vCPU {attempt.began.vcpu}"
    return f"The page walker of {vcpu}" if attempt.began.kind is AccessKind.WALK else vcpu


def target(m: Moment, attempt: Attempt, leg: Leg | None) -> str:
    """Return what it is done to: `gpa 0x6000`, or the linear address while no other is known."""
    gpa = None if leg is None else address(attempt, leg)
    began = attempt.began
    if gpa is None:
        paged = m.vcpu(began.vcpu).paging is not None and began.kind is not AccessKind.WALK
        if paged:
            return f"`linear address {fmt(began.gla)}`"
        gpa = Gpa(began.gla if leg is None or leg.page is None else _in_page(attempt, leg.page))
    return f"`gpa {fmt(gpa)}`"


def address(attempt: Attempt, leg: Leg) -> Gpa | None:
    """Return the guest-physical address of *leg*, as far as it is known."""
    if leg.gpa is None and leg.hit is not None:
        inside = _in_page(attempt, leg.hit.page) & (PAGE_SIZE - 1)
        return Gpa(page_gpa(leg.hit.gfn) | inside)
    return leg.gpa


def _in_page(attempt: Attempt, page: int) -> int:
    """Return the first byte of the access in linear *page*."""
    return max(attempt.began.gla, page << PAGE_SHIFT)


def _begins(m: Moment, attempt: Attempt) -> str:
    began = attempt.began
    who = subject(attempt)
    where = target(m, attempt, None)
    if began.retry:
        return f"{who} is back in the guest and tries {where} again."
    if began.kind is AccessKind.WALK:
        return f"{who} needs the guest's page table at {where}."
    n = f"{say.count(began.size, 'byte')} at " if began.size > 1 else ""
    return f"{who} is about to {say.do(began.kind)} {n}{where}."


def _head(m: Moment, attempt: Attempt, leg: Leg) -> str:
    began = attempt.began
    who, where = subject(attempt), target(m, attempt, leg)
    if leg.page is not None and leg.page << PAGE_SHIFT > began.gla:
        return f"{who} turns to its upper page, {where}: "
    if leg.guest_level:
        table = EptLevel(leg.guest_level).name
        reads = f"vCPU {began.vcpu} reads the guest's {table} at {where}"
        counts = ", which counts as a write" if m.vcpu(began.vcpu).ad else ""
        return f"To translate `{fmt(began.gla)}`, {reads}{counts}: "
    if leg.done:
        return f"{who} {say.does(began.kind)} {where}: "
    if began.retry:
        return f"{who} tries {where} again: "
    if leg.dirty or leg.accessed:
        return f"{who} is {say.doing(began.kind)} {where}: "
    return f"{who} is about to {say.do(began.kind)} {where}: "


# ── the body: what the processor met ────────────────────────────────────────


def body(m: Moment, attempt: Attempt, leg: Leg) -> str:
    """Return what has happened in *leg* so far, as a clause without its full stop."""
    if leg.hit is not None:
        if attempt.began.kind.writes:
            if not leg.hit.d:
                return "its translation is cached, and no D flag is kept: nothing is logged"
            return "{leaf.d} the TLB holds it with D=1, so nothing is logged"
        return "its translation is cached; no table is read, no flag is set"
    last = leg.last
    if last is None:
        return "no translation of it is cached, so the EPT must be walked"
    if leg.granted is None:
        return _walked(m, attempt, leg, last)
    if leg.dirty is not None:
        return _dirtied(m, attempt, leg, last)
    if leg.checked is not None:
        return _checked(m, leg, last)
    if leg.granted.write:
        return _writable(m, attempt, leg, last)
    return f"{{leaf}} {say.step_name(last)} allows it, and a read sets no D flag"


def _walked(m: Moment, attempt: Attempt, leg: Leg, last: PathStep) -> str:
    name = say.step_name(last)
    if not last.entry.present:
        return f"{{leaf}} {name} is not present, and nothing below it is mapped"
    if fault := say.malformed(m.before, last):
        reserved = ", which is reserved" if "memory type" in fault else ""
        return f"{{leaf}} {name} {fault}{reserved}: no access may pass"
    assert leg.walked is not None
    right = _right(m, attempt, leg)
    if (wall := say.denying(leg.walked.steps, right)) is not None:
        large = wall is last and wall.level > EptLevel.PTE
        size = f", and it maps {say.size(m.before, wall.level)}" if large else ""
        return f"{{leaf.w}} {say.step_name(wall)} has {right.upper()}=0{size}"
    size = say.size(m.before, last.level)
    return f"the walk ends at {{leaf}} {name}, a {size} page with {say.flags(last.entry)}"


def _right(m: Moment, attempt: Attempt, leg: Leg) -> str:
    """Return which of `r`, `w`, `x` the leg needs."""
    kind = attempt.began.kind
    if leg.guest_level or kind is AccessKind.WALK:
        return "w" if m.vcpu(attempt.began.vcpu).ad else "r"
    return "w" if kind.writes else "x" if kind is AccessKind.FETCH else "r"


def _checked(m: Moment, leg: Leg, last: PathStep) -> str:
    assert leg.checked is not None
    assert leg.granted is not None
    need_d = leg.granted.write and not last.entry.d
    need = "{leaf.d} D must first go 0→1" if need_d else "an A flag on its path must first go 0→1"
    right = "{leaf.w}" if need_d else "{leaf}"
    allows = f"{right} {say.step_name(last)} allows it, but {need}"
    index = leg.checked.index
    if leg.checked.full:
        past = f"is past the {say.ordinal(m.entries)} slot"
        return (
            f"{allows}; {{pml.index}} index `{fmt(index)}` {past}: "
            "{exit} exit 62 comes, before anything changes"
        )
    if leg.accessed:
        flags = "an A flag" if leg.accessed == 1 else f"{leg.accessed} A flags"
        return f"{right} {say.step_name(last)} allows it, and {flags} on its path went 0→1"
    return f"{allows}; {{pml.index}} index {index} names a free slot"


def _dirtied(m: Moment, attempt: Attempt, leg: Leg, last: PathStep) -> str:
    large = last.level > EptLevel.PTE
    what = f"the one D flag of its {say.size(m.before, last.level)}" if large else "its D flag"
    text = f"{{leaf.w}} {say.step_name(last)} is writable, so {{leaf.d}} {what} goes 0→1"
    if leg.logged is not None:
        slot, gpa = leg.logged.slot, leg.logged.gpa
        text += f", {{pml.slot}} `PML[{slot}] = {fmt(gpa)}`"
    if leg.stepped is not None:
        text += f" and {{pml.index}} the index steps to {say.index(leg.stepped.new, m.entries)}"
    if leg.logged is None and not m.vcpu(attempt.began.vcpu).pml:
        text += f", but PML is off on vCPU {attempt.began.vcpu}: nothing is logged"
    return text


def _writable(m: Moment, attempt: Attempt, leg: Leg, last: PathStep) -> str:
    name = say.step_name(last)
    if not m.vcpu(attempt.began.vcpu).ad:
        no_d = "EPTP bit 6 is 0, so there is no D flag to set and nothing to log"
        return f"{{leaf.w}} {name} is writable; {no_d}"
    if not last.entry.d:
        return f"{{leaf.w}} {name} allows it, and {{leaf.d}} D is 0: it must go 0→1 first"
    if last.level == EptLevel.PTE:
        silent = "{leaf.d} D is 1 already, so nothing is logged"
        return f"{{leaf.w}} {name} is writable and {silent}"
    spent = spent_on(m.before, leg.gfn or 0, last) if m.before.domain.log_dirty else None
    by = "" if spent is None or spent == leg.gfn else f", spent on gfn {spent}"
    return f"{{leaf.d}} the one D flag of its {say.size(m.before, last.level)} is 1 already{by}"


# ── the tail: what that means, at rest ──────────────────────────────────────


def _tail(m: Moment, attempt: Attempt, leg: Leg) -> str:
    kind = attempt.began.kind
    never = f" {m.who} never runs."
    counts = kind.writes or (leg.granted is not None and leg.granted.write)
    if not counts or leg.gfn is None:
        return never
    if leg.stepped is not None:
        if kind is AccessKind.WALK:
            return " It counts as a write."
        full = leg.stepped.new >= m.entries
        return f" The buffer is full, and still {m.who} does not run." if full else never
    large = leg.last is not None and leg.last.level > EptLevel.PTE
    spent = large and leg.dirty is None and m.vcpu(attempt.began.vcpu).ad
    if is_lost(m, leg):
        return _lost(m, leg, spent=spent)
    nothing = " Nothing is logged." if spent else ""
    record = standing(m.state, leg.gfn, attempt.began.vcpu)
    return f"{nothing} {record or 'The guest stored nothing.'}"


def _lost(m: Moment, leg: Leg, *, spent: bool) -> str:
    if spent:
        return f" Nothing is logged: gfn {leg.gfn} is in neither buffer nor bitmap, and **lost**."
    lost = f"gfn {leg.gfn} is in neither buffer nor bitmap: **lost**."
    steps = walk(m.state.memory, m.state.domain.root, leg.gfn or 0, m.state.geometry)
    bad = next((step for step in steps if say.malformed(m.state, step)), None)
    if leg.hit is not None and (bad is not None or not steps[-1].entry.d):
        told = (
            f"{say.step_name(steps[-1])} has D=0"
            if bad is None
            else f"{say.step_name(bad)} is marked"
        )
        return f" But {{leaf}} {told}: for want of INVEPT the TLB is stale. {lost}"
    return f" But {lost}"
