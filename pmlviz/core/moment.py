"""A position within one item: what was before it, what has happened, what is still to come."""

from collections.abc import Sequence
from functools import cached_property

from pmlviz.core import events as e
from pmlviz.core.evolve import fold
from pmlviz.core.state import State, Vcpu


class Moment:
    """Where a story is told. States between are folded when they are asked for, and then kept."""

    def __init__(
        self,
        before: State,
        done: Sequence[e.Event],
        events: Sequence[e.Event],
        *,
        who: str,
        state: State | None = None,
    ) -> None:
        """*done* are the first of *events*; *state* is the state after them, if it is known."""
        self.before = before
        self.done = done
        self.events = events
        self.who = who
        self._state = state

    @cached_property
    def state(self) -> State:
        """The state now."""
        return self._state if self._state is not None else fold(self.before, self.done)

    @cached_property
    def before_last(self) -> State:
        """The state before the event that happened last."""
        return fold(self.before, self.done[:-1])

    def state_before(self, kind: type[e.Event]) -> State:
        """Return the state before the first *kind* that has happened, else the state now."""
        for n, event in enumerate(self.done):
            if isinstance(event, kind):
                return fold(self.before, self.done[:n])
        return self.state

    @property
    def at_rest(self) -> bool:
        """Whether every event of the item has happened."""
        return len(self.done) >= len(self.events)

    @property
    def next_exit(self) -> int | None:
        """The reason of the VM exit that the very next event is, if it is one."""
        if self.at_rest:
            return None
        after = self.events[len(self.done)]
        return after.exit.reason.value if isinstance(after, e.VmExited) else None

    @property
    def entries(self) -> int:
        """Slots of a PML buffer."""
        return self.before.geometry.pml_entries

    def vcpu(self, number: int) -> Vcpu:
        """Return vCPU *number* as it was before the item: no access changes its controls."""
        return self.before.vcpus[number]
