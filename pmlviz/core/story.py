"""The big sentence of the stage: what an item has done at a position, and what it is about.

The text is right at every position: it says what has happened, then what is being looked at, and
never what later events may bring.
"""

from collections.abc import Sequence

from pmlviz.core import events as e
from pmlviz.core import wording as say
from pmlviz.core.account import account
from pmlviz.core.moment import Moment
from pmlviz.core.narration import XEN
from pmlviz.core.rules import Rule
from pmlviz.core.state import State
from pmlviz.core.story_access import tell_leg, tell_plain
from pmlviz.core.story_legs import tell_legs
from pmlviz.core.story_operation import tell_operation
from pmlviz.core.story_rest import tell_rest
from pmlviz.core.story_visit import tell_visit
from pmlviz.core.telling import Story, told
from pmlviz.core.units import fmt_size


def story(
    before: State,
    done: Sequence[e.Event],
    events: Sequence[e.Event],
    *,
    refused: str = "",
    who: str = XEN,
    state: State | None = None,
) -> Story:
    """Return the story of an item of which *done*, the first of all its *events*, have happened.

    *before* is the state before the item; *state* the one after *done*, if it is at hand. *refused*
    says why the machine did not allow the item; *who* names the hypervisor.
    """
    if refused:
        return Story(told(f"Nothing happens: {refused}."), Rule.LOG_DIRTY_MODE, "", "refused")
    if not events:
        return opening(before)
    if not done:
        return Story(told("Nothing of this has happened yet."), events[0].rule)
    m = Moment(before, done, events, who=who, state=state)
    attempts = account(done)
    if not attempts:
        return tell_operation(m)
    if attempts[-1].visit is not None:
        return tell_visit(m, attempts)
    if not m.at_rest:
        return tell_leg(m, attempts)
    if len(attempts) > 1:
        return tell_rest(m, attempts)
    only = attempts[0]
    return tell_plain(m, only) if len(only.legs) == 1 else tell_legs(m, only)


def opening(state: State) -> Story:
    """Return the story of the machine before the first item."""
    geometry, regions = state.geometry, state.domain.regions
    total = fmt_size(sum(region.pages for region in regions))
    sizes = sorted({region.level for region in regions}, reverse=True)
    pages = {x: sum(r.pages for r in regions if r.level == x) for x in sizes}
    leaves = [
        f"{say.count(pages[x] // geometry.pages(x), 'page')} of {say.size(state, x)}" for x in sizes
    ]
    text = (
        f"The guest has {total} of memory in {say.listed(leaves)}. Nobody keeps a record of "
        "its writes: log-dirty mode is off, and every page has W=1."
    )
    return Story(told(text), Rule.LOG_DIRTY_MODE, "", "at the start")
