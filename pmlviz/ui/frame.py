"""Resolve: what the window is asked to show, and what there is, into one frozen `Frame`.

"Resolution" here means clamping a position and a selection to what exists, and fetching the state,
the events up to the position, and the little history that a still picture needs (the last visit to
the hypervisor, recent splits). Every figure is a function of a frame; tests build one from a
timeline.
"""

import msgspec

from pmlviz.core import events as e
from pmlviz.core import judge
from pmlviz.core.bitset import Bitset
from pmlviz.core.ept import PathStep, walk
from pmlviz.core.evolve import fold
from pmlviz.core.items import Item
from pmlviz.core.script import AnyScript
from pmlviz.core.state import State
from pmlviz.core.stats import Mark, Tally
from pmlviz.core.timeline import Play, Position, Summary, Timeline
from pmlviz.core.units import Gfn, Gpa, gfn_of

FADE_ITEMS = 8
"""A split stays visible for this many items."""


class Split(msgspec.Struct, frozen=True):
    """A recent split: the first gfn and the page count of what was one leaf."""

    gfn: Gfn
    pages: int
    age: int
    """In items; 0: this item."""

    done: bool
    """Whether it has happened at this position."""


class Visit(msgspec.Struct, frozen=True):
    """An item in which the hypervisor ran, and its events."""

    item: int
    text: str
    events: tuple[e.Event, ...]


class Chapter(msgspec.Struct, frozen=True, gc=False):
    """One lane of the timeline: the main line, or a branch that left it after item *fork*."""

    name: str
    fork: int
    n_items: int
    current: bool


class Frame(msgspec.Struct, frozen=True):
    """Everything a figure may look at, at one position of one timeline."""

    title: str
    strategy: str
    script: AnyScript
    summary: Summary
    """Of all items recorded so far (it grows: read only `recorded` items of it)."""

    recorded: int
    position: Position
    item: Item | None
    """The current item; None at the start."""
    before: State
    """The state before the current item."""
    state: State
    """The state at the position."""

    events: tuple[e.Event, ...]
    """All events of the current item."""

    tally_before: Tally
    tally: Tally
    """Counts at the position."""

    refused: str
    """Why the machine did not allow the current item, or empty."""

    focus: Gfn | None
    """The frame that the current item is about, in guest-physical terms."""

    focus_gpa: Gpa | None
    vcpu: int
    path: tuple[PathStep, ...]
    """The EPT path of `focus` as the state at the position has it."""

    path_before: tuple[PathStep, ...]
    """The same in the state before the current item."""

    pending: Bitset
    lost: Bitset
    over: Bitset
    splits: tuple[Split, ...]
    last_visit: Visit | None
    """The nearest earlier item with a VM exit; None if there is none."""

    next_drain: tuple[int, str] | None
    """Number and text of the next item that drains the buffers without an exit (PEEK, CLEAN…)."""

    selection: Gfn | None
    hover: Gfn | None = None
    branches: tuple[Chapter, ...] = ()
    notes: tuple[tuple[int, str], ...] = ()
    """(item, text) of the scenario's notes, in order of item."""

    tampered: bool = False

    @property
    def n_items(self) -> int:
        """Items of the script."""
        return len(self.script)

    @property
    def done(self) -> tuple[e.Event, ...]:
        """The events of the current item that have happened."""
        return self.events[: self.position.event]

    @property
    def current(self) -> e.Event | None:
        """The event that happened last, None at the start."""
        return (
            self.events[self.position.event - 1]
            if 0 < self.position.event <= len(self.events)
            else None
        )

    @property
    def at_rest(self) -> bool:
        """Whether every event of the current item has happened."""
        return self.position.event >= len(self.events)

    @property
    def shown_gfn(self) -> Gfn | None:
        """The frame whose path and region are shown: the selected one, else the one in focus."""
        return self.selection if self.selection is not None else self.focus


def resolve(
    timeline: Timeline,
    position: Position,
    *,
    title: str = "",
    selection: Gfn | None = None,
    notes: tuple[tuple[int, str], ...] = (),
    branches: tuple[Chapter, ...] = (),
) -> Frame:
    """Return the frame at *position* of *timeline*, both clamped to what exists.

    Pure but for recording items.
    """
    position = timeline.clamp(position)
    play = timeline.play(position.item) if position.item else None
    before = play.before if play else timeline.start
    events = play.events if play else ()
    done = events[: position.event]
    state = (play.after if len(done) == len(events) else fold(before, done)) if play else before
    focus_gpa = _focus(play, state, done) if play else None
    focus = gfn_of(focus_gpa) if focus_gpa is not None else None
    if selection is not None and not 0 <= selection < state.domain.max_gfn:
        selection = None
    shown = selection if selection is not None else focus
    tally_before = play.tally_before if play else Tally()
    return Frame(
        title=title,
        strategy=timeline.strategy.name,
        script=timeline.script,
        summary=timeline.summary,
        recorded=timeline.recorded,
        position=position,
        item=play.item if play else None,
        before=before,
        state=state,
        events=events,
        tally_before=tally_before,
        tally=tally_before.after(done),
        refused=play.refused if play else "",
        focus=focus,
        focus_gpa=focus_gpa,
        vcpu=min(play.item.vcpu, len(state.vcpus) - 1) if play else 0,
        path=_path(state, shown),
        path_before=_path(before, shown),
        pending=judge.pending(state),
        lost=judge.lost(state),
        over=judge.over_reported(state),
        splits=_splits(timeline, position),
        last_visit=_last_visit(timeline, position.item),
        next_drain=_next_drain(timeline, position.item),
        selection=selection,
        branches=branches,
        notes=notes,
        tampered=_tampered(timeline.script, position.item),
    )


def _path(state: State, gfn: Gfn | None) -> tuple[PathStep, ...]:
    if gfn is None or gfn >= state.geometry.max_pages:
        return ()
    return walk(state.memory, state.domain.root, gfn, state.geometry)


def _focus(play: Play, state: State, done: tuple[e.Event, ...]) -> Gpa | None:
    """Return the guest-physical address that the item is about: the last one it came to."""
    # An item that is refused may name a vCPU that there is not.
    if not play.item.is_access or play.item.vcpu >= len(state.vcpus):
        return None
    paged = state.vcpus[play.item.vcpu].paging is not None
    for event in reversed(done):
        match event:
            case e.EptWalked(gpa=gpa) | e.AccessDone(gpa=gpa) | e.PermissionGranted(gpa=gpa):
                return gpa
            case e.TlbHit(page=page, gfn=gfn):
                return Gpa(gfn << 12 | _offset(play.item, page))
            case e.TlbMissed(page=page) if not paged:
                return Gpa(page << 12 | _offset(play.item, page))
            case _:
                continue
    return None if paged else Gpa(play.item.value)


def _offset(item: Item, page: int) -> int:
    """Return where *item* meets linear *page*: a straddling access meets its second at 0."""
    return item.value & 0xFFF if page == item.value >> 12 else 0


def _splits(timeline: Timeline, position: Position) -> tuple[Split, ...]:
    found: list[Split] = []
    marks = timeline.summary.marks
    for item in range(position.item, max(0, position.item - FADE_ITEMS), -1):
        if not marks[item] & Mark.SPLIT:
            continue
        now = item == position.item
        for n, event in enumerate(timeline.play(item).events, 1):
            if isinstance(event, e.SuperpageSplit):
                pages = timeline.start.geometry.pages(event.level)
                happened = not now or n <= position.event
                found.append(Split(event.gfn, pages, position.item - item, happened))
    return tuple(found)


def _last_visit(timeline: Timeline, item: int) -> Visit | None:
    number = timeline.summary.visits[item - 1] if item else 0
    if not number:
        return None
    play = timeline.play(number)
    return Visit(number, play.item.text, play.events)


def _next_drain(timeline: Timeline, item: int) -> tuple[int, str] | None:
    number = timeline.script.next_drain(item)
    return None if number is None else (number, timeline.script.item(number).text)


def _tampered(script: AnyScript, item: int) -> bool:
    first = next((n for n in script.lab_items() if n <= item), None)
    return first is not None
