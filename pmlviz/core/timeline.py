"""A script played under one strategy: every position reachable, forward and back, exactly.

Kept are the script, a state every `CHECKPOINT_EVERY` items, and three small numbers an item. A
state between checkpoints is replayed; the same rules run, so going back is not a second set of
rules. Items are played when they are first needed (`record`), so that a long trace can be looked at
while it is still being recorded.
"""

from collections import OrderedDict
from collections.abc import Sequence

import msgspec

from pmlviz.core import events as e
from pmlviz.core import judge
from pmlviz.core.errors import IllegalAction
from pmlviz.core.evolve import fold
from pmlviz.core.items import Item
from pmlviz.core.run import Step
from pmlviz.core.script import AnyScript, drive
from pmlviz.core.state import State
from pmlviz.core.stats import Mark, Tally, mark_of
from pmlviz.core.strategies import Strategy
from pmlviz.core.summary import PML_OFF
from pmlviz.core.summary import Summary as Summary

CHECKPOINT_EVERY = 64
_PLAYS_KEPT = 2 * CHECKPOINT_EVERY


class Position(msgspec.Struct, frozen=True, order=True, gc=False):
    """Where one stands: *event* events of *item* have happened.

    (0, 0) is before the first item.
    """

    item: int = 0
    event: int = 0


START = Position()


class Play(msgspec.Struct, frozen=True):
    """One item, played: the state before it, its steps and events, the counts on both sides."""

    number: int
    item: Item
    before: State
    steps: tuple[Step, ...]
    events: tuple[e.Event, ...]
    tally_before: Tally
    tally: Tally
    refused: str = ""
    """Why the machine did not allow the item; then nothing happened."""

    @property
    def after(self) -> State:
        """The state at rest after the item."""
        return self.steps[-1].state if self.steps else self.before


class Timeline:
    """The history of one script under one strategy.

    Positions are values; the timeline itself only grows.
    """

    def __init__(self, start: State, script: AnyScript, strategy: Strategy) -> None:
        """Nothing is played yet."""
        self.start = start
        self.script = script
        self.strategy = strategy
        self.summary = Summary()
        self._checkpoints: list[tuple[State, Tally]] = [(start, Tally())]
        self._end: tuple[State, Tally] = (start, Tally())
        self._plays: OrderedDict[int, Play] = OrderedDict()

    @property
    def recorded(self) -> int:
        """How many items have been played."""
        return len(self.summary.events) - 1

    @property
    def complete(self) -> bool:
        """Whether every item has been played."""
        return self.recorded >= len(self.script)

    def record(self) -> Play:
        """Play the next item.

        Raises IndexError when there is none left.
        """
        number = self.recorded + 1
        if number > len(self.script):
            raise IndexError(number)
        play = self._play(number, *self._end)
        places = _places(play)
        marks = Mark(0)
        for _, mark in places:
            marks |= mark
        indices = [v.pml_index if v.pml else PML_OFF for v in play.after.vcpus]
        self.summary.append(len(play.events), marks, places, indices)
        self._end = (play.after, play.tally)
        if number % CHECKPOINT_EVERY == 0:
            self._checkpoints.append(self._end)
        self._keep(play)
        return play

    def record_to(self, item: int) -> None:
        """Play items until *item* (at most the last) has been played."""
        while self.recorded < min(item, len(self.script)):
            self.record()

    def play(self, item: int) -> Play:
        """Return *item* (from 1) as it was played; raises IndexError when there is none.

        If need be it is replayed, from the checkpoint before it.
        """
        self.record_to(item)
        if not 1 <= item <= self.recorded:
            raise IndexError(item)
        kept = self._plays.get(item)
        if kept is not None:
            self._plays.move_to_end(item)
            return kept
        near = self._plays.get(item - 1)
        if near is not None:
            first, at = item, (near.after, near.tally)
        else:
            checkpoint = (item - 1) // CHECKPOINT_EVERY
            first, at = checkpoint * CHECKPOINT_EVERY + 1, self._checkpoints[checkpoint]
        for number in range(first, item + 1):
            play = self._play(number, *at)
            self._keep(play)
            at = (play.after, play.tally)
        return play

    def state_at(self, position: Position) -> State:
        """Return the state at *position*, clamped to what exists."""
        position = self.clamp(position)
        if position.item == 0:
            return self.start
        play = self.play(position.item)
        if position.event == len(play.events):
            return play.after
        return fold(play.before, play.events[: position.event])

    def clamp(self, position: Position) -> Position:
        """Return the nearest position that exists; plays what is needed to know."""
        item = max(0, min(position.item, len(self.script)))
        self.record_to(item)
        if item == 0:
            return START
        last = self.summary.events[item]
        return Position(item, max(min(1, last), min(position.event, last)))

    def rest(self, item: int) -> Position:
        """Return the position at rest after *item*, clamped."""
        item = max(0, min(item, len(self.script)))
        self.record_to(item)
        return Position(item, self.summary.events[item])

    def next_event(self, position: Position) -> Position:
        """Return the position one event later; the last position is its own successor."""
        position = self.clamp(position)
        if position.event < self.summary.events[position.item]:
            return Position(position.item, position.event + 1)
        item = position.item + 1
        while item <= len(self.script):
            self.record_to(item)
            if self.summary.events[item]:
                return Position(item, 1)
            item += 1
        return position

    def previous_event(self, position: Position) -> Position:
        """Return the position one event earlier; the start is its own predecessor."""
        position = self.clamp(position)
        if position.event > 1:
            return Position(position.item, position.event - 1)
        item = position.item - 1
        while item > 0 and not self.summary.events[item]:
            item -= 1
        return Position(item, self.summary.events[item]) if item > 0 else START

    def fork(self, after: int, script: AnyScript) -> "Timeline":
        """Return a timeline of *script*, whose first *after* items are those of this one, played.

        Nothing of this timeline changes by what is played on the other.
        """
        self.record_to(after)
        branch = Timeline(self.start, script, self.strategy)
        branch.summary = self.summary.upto(after)
        branch._checkpoints = self._checkpoints[: after // CHECKPOINT_EVERY + 1]
        if after:
            play = self.play(after)
            branch._end = (play.after, play.tally)
        return branch

    def end_tally(self) -> Tally:
        """Return the counts after the last item played."""
        return self._end[1]

    def end_state(self) -> State:
        """Return the state after the last item played."""
        return self._end[0]

    def _play(self, number: int, before: State, tally: Tally) -> Play:
        item = self.script.item(number)
        try:
            steps = tuple(drive(before, item, self.strategy))
        except IllegalAction as refusal:
            return Play(number, item, before, (), (), tally, tally, refused=refusal.message)
        events = tuple(event for step in steps for event in step.events)
        return Play(number, item, before, steps, events, tally, tally.after(events))

    def _keep(self, play: Play) -> None:
        self._plays[play.number] = play
        if len(self._plays) > _PLAYS_KEPT:
            self._plays.popitem(last=False)


def _places(play: Play) -> list[tuple[int, Mark]]:
    """Return the marked events of *play*; a lost write is told where it reaches memory."""
    places = [(n, mark) for n, event in enumerate(play.events, 1) if (mark := mark_of(event))]
    if lost_write(play):
        places.append((len(play.events), Mark.LOST))
    return places


def lost_write(play: Play) -> bool:
    """Return whether a write of this item left its page in neither bitmap nor buffer."""
    return any(
        isinstance(event, e.AccessDone)
        and event.kind.writes
        and judge.is_lost(play.after, event.gpa >> 12)
        for event in play.events
    )


def find_item(summary: Summary, start: int, step: int, kinds: Mark) -> int | None:
    """Return the nearest item whose marks meet *kinds*, from *start* on (*step* 1) or back (-1).

    *start* itself does not count.
    """
    marks: Sequence[int] = summary.marks
    item = start + step
    while 0 < item < len(marks):
        if marks[item] & kinds:
            return item
        item += step
    return None
