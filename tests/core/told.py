"""Items played on a machine, with what is told of them at each of their events."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

import msgspec

import pmlviz.core.scenarios as gallery
from pmlviz.core import scenario
from pmlviz.core.actions import GuestAccess, HandleExit
from pmlviz.core.events import Event
from pmlviz.core.items import parse_line
from pmlviz.core.run import Step
from pmlviz.core.scenario import Scenario
from pmlviz.core.script import drive
from pmlviz.core.state import State
from pmlviz.core.story import story
from pmlviz.core.strategies import Strategy
from pmlviz.core.telling import Story
from tests.core.play import XEN


class Played(msgspec.Struct, frozen=True):
    """One item: its script line, the state before it, and all its events."""

    line: str
    before: State
    events: tuple[Event, ...]
    after: State

    def at(self, event: type[Event] | int) -> Story:
        """Return the story after *event*: the first of a type, or so many events."""
        n = event if isinstance(event, int) else self.number(event)
        return story(self.before, self.events[:n], self.events)

    def number(self, kind: type[Event], *, last: bool = False) -> int:
        """Return the number of the first (or *last*) event of *kind*, from 1."""
        found = [n for n, event in enumerate(self.events, 1) if isinstance(event, kind)]
        return found[-1 if last else 0]

    @property
    def rest(self) -> Story:
        """The story at rest."""
        return self.at(len(self.events))


def played(start: State, *lines: str, strategy: Strategy = XEN) -> Played:
    """Return the last of *lines*, played after the others on the machine *start*."""
    *_, last = items(start, lines, strategy)
    return last


def items(start: State, lines: Iterable[str], strategy: Strategy = XEN) -> Iterator[Played]:
    """Yield each item of *lines*, driven to rest."""
    state = start
    for line in lines:
        for item in parse_line(line):
            steps = list(drive(state, item, strategy))
            yield _played(item.text, state, steps)
            state = steps[-1].state


def grouped(start: State, steps: Iterable[Step]) -> Iterator[Played]:
    """Yield *steps* as items: an access with the exits that are handled for it, or one step."""
    state, group = start, list[Step]()
    for step in steps:
        if group and not _goes_on(group, step):
            yield _played(repr(group[0].action), state, group)
            state, group = group[-1].state, []
        group.append(step)
    if group:
        yield _played(repr(group[0].action), state, group)


def _goes_on(group: Sequence[Step], step: Step) -> bool:
    first = group[0].action
    if not isinstance(first, GuestAccess):
        return False
    if group[-1].state.vcpus[first.vcpu].exit is not None:
        return isinstance(step.action, HandleExit) and step.action.vcpu == first.vcpu
    return isinstance(group[-1].action, HandleExit) and step.action == first


def _played(line: str, before: State, steps: Sequence[Step]) -> Played:
    events = tuple(event for step in steps for event in step.events)
    return Played(line, before, events, steps[-1].state)


class Scene(msgspec.Struct, frozen=True):
    """A scenario of the gallery, by its name there."""

    name: str
    scenario: Scenario


@cache
def scenarios() -> tuple[Scene, ...]:
    """Return the bundled gallery."""
    folder = Path(gallery.__file__).parent
    return tuple(Scene(path.stem, scenario.read(path)) for path in sorted(folder.glob("*.toml")))
