"""The story of an access with several legs: across two pages, or through the guest's own tables."""

from pmlviz.core import judge
from pmlviz.core import wording as say
from pmlviz.core.account import Attempt, Leg
from pmlviz.core.moment import Moment
from pmlviz.core.rules import Rule
from pmlviz.core.story_access import LOST, NO_EXIT, claim_of, is_lost, subject, target
from pmlviz.core.telling import Story, told
from pmlviz.core.units import fmt


def tell_legs(m: Moment, attempt: Attempt) -> Story:
    """Return the story, at rest, of an access that no VM exit has stopped."""
    own = [leg for leg in attempt.legs if not leg.guest_level]
    tables = {leg.guest_level for leg in attempt.legs if leg.guest_level}
    logged = [leg for leg in attempt.legs if leg.logged is not None]
    pages = [leg.gfn for leg in own if leg.gfn is not None]
    who, began = subject(attempt), attempt.began
    if len(own) > 1:
        n = say.count(began.size, "byte")
        head = f"{who} {say.does(began.kind)} {n} across {say.gfns(pages)}"
    else:
        head = f"{who} {say.does(began.kind)} {target(m, attempt, own[-1])}"
    through = f" through {say.count(len(tables), 'guest table')}" if tables else ""
    lost = any(is_lost(m, leg) for leg in own)
    text = f"{head}{through}: {_logged(m, logged)}"
    if lost:
        gone = [gfn for gfn in pages if judge.is_lost(m.state, gfn)]
        are = "is" if len(gone) == 1 else "are"
        text += f" {say.gfns(gone)} {are} in neither buffer nor bitmap: **lost**."
    elif tables and not any(leg in logged for leg in own):
        text += " The page itself is not logged."
    else:
        text += f" {m.who} never runs."
    rule = Rule.GUEST_PAGE_WALK if tables else Rule.PML_LOG if logged else Rule.EPT_DIRTY
    claim = "C30" if tables and logged else claim_of((logged or own)[-1], lost=lost)
    return Story(told(text), rule, claim, LOST if lost else NO_EXIT)


def _logged(m: Moment, legs: list[Leg]) -> str:
    if not legs:
        return "no D flag has to change, so nothing is logged."
    words = [f"`PML[{x.logged.slot}] = {fmt(x.logged.gpa)}`" for x in legs if x.logged is not None]
    flags = "{leaf.d} " + ("a D flag goes" if len(legs) == 1 else f"{len(legs)} D flags go")
    if len(words) > 2:
        what = f"{{pml.slot}} {say.gfns([x.gfn or 0 for x in legs])} are logged"
    else:
        what = f"{{pml.slot}} {say.listed(words)}"
    last = legs[-1].stepped
    index = "" if last is None else f"; {{pml.index}} the index is {say.index(last.new, m.entries)}"
    return f"{flags} 0→1, and {what}{index}."
