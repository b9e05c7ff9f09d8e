"""A step under way: the state follows the events."""

from pmlviz.core.actions import PeekBitmap
from pmlviz.core.boot import boot
from pmlviz.core.events import DomainPaused, DomainUnpaused
from pmlviz.core.evolve import fold
from pmlviz.core.run import Run
from pmlviz.core.state import Region
from pmlviz.core.units import EptLevel, Gfn

STATE = boot([Region(Gfn(0), 1, EptLevel.PTE)])


def test_each_event_is_kept_and_folded_at_once() -> None:
    run = Run(STATE)

    run.emit(DomainPaused())
    paused = run.state.domain.pause_count
    run.emit(DomainUnpaused())

    assert paused == 1
    assert run.events == [DomainPaused(), DomainUnpaused()]
    assert run.state == STATE


def test_a_step_holds_the_action_its_events_and_where_they_lead() -> None:
    run = Run(STATE)
    run.emit(DomainPaused())

    step = run.step(PeekBitmap())
    run.emit(DomainUnpaused())

    assert (step.action, step.events) == (PeekBitmap(), (DomainPaused(),))
    assert step.state == fold(STATE, step.events)
