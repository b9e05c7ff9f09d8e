"""A step under way: events are emitted, and the state follows them."""

import msgspec

from pmlviz.core.actions import Action
from pmlviz.core.events import Event
from pmlviz.core.evolve import evolve
from pmlviz.core.state import State


class Step(msgspec.Struct, frozen=True):
    """What one action did: `state == fold(state before, events)`, always."""

    action: Action
    events: tuple[Event, ...]
    state: State


class Run:
    """The one mutable thing in the core: the events of a step so far, and the state they lead
    to.
    """

    __slots__ = ("events", "state")

    def __init__(self, state: State) -> None:
        """Start from *state* with no event."""
        self.state = state
        self.events: list[Event] = []

    def emit(self, event: Event) -> None:
        """Record that *event* happened."""
        self.events.append(event)
        self.state = evolve(self.state, event)

    def step(self, action: Action) -> Step:
        """Return what happened so far as the answer to *action*."""
        return Step(action, tuple(self.events), self.state)
