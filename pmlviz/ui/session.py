"""What the window looks at: the only object that holds change.

Every change leaves it as one frozen `Frame`. Items are recorded in slices of a few milliseconds
between other work, so that a long trace can be looked at while it is being played; a position that
is not recorded yet is a goal, reached with progress and given up with `cancel`.
"""

from collections.abc import Callable
from enum import Enum
from time import perf_counter

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from pmlviz.core.document import Document
from pmlviz.core.errors import PmlvizError
from pmlviz.core.items import Item
from pmlviz.core.scenario import check_strategy
from pmlviz.core.stats import INTERESTING, Mark, mark_of
from pmlviz.core.timeline import START, Position, Timeline, find_item
from pmlviz.core.units import Gfn
from pmlviz.ui.branches import Branches
from pmlviz.ui.frame import Frame, resolve

SLICE_S = 0.008
"""How long recording ahead may hold the GUI thread, seconds."""

SPEEDS = (0.5, 1.0, 2.0, 4.0, 10.0, 50.0, 200.0)
"""Items a second."""


class Until(Enum):
    """What running stops at, besides breakpoints and notes."""

    END = "end"
    CLEAN = "CLEAN"
    VIOLATION = "exit 48"
    MISCONFIG = "exit 49"
    PML_FULL = "exit 62"
    SPLIT = "a split"
    LOST = "a lost write"


_UNTIL_MARK = {
    Until.END: Mark(0),
    Until.CLEAN: Mark.CLEAN,
    Until.VIOLATION: Mark.VIOLATION,
    Until.MISCONFIG: Mark.MISCONFIG,
    Until.PML_FULL: Mark.PML_FULL,
    Until.SPLIT: Mark.SPLIT,
    Until.LOST: Mark.LOST,
}


class _Edit(QUndoCommand):
    """One edit of the script.

    It never moves time, but a position past the end is clamped.
    """

    def __init__(self, session: "Session", text: str, before: Branches, after: Branches) -> None:
        super().__init__(text)
        self._session, self._before, self._after = session, before, after

    def redo(self) -> None:
        """Put the edited branches in place."""
        self._session.put_branches(self._after)

    def undo(self) -> None:
        """Put the branches back as they were."""
        self._session.put_branches(self._before)


class Session(QObject):
    """The document, where one stands in it, what is selected, and how it moves."""

    frame_changed = Signal(object)
    document_changed = Signal(object)
    busy_changed = Signal(str, float)
    """What is under way and how far it is (0 to 1); an empty text when nothing is."""

    recorded = Signal(int)
    playing_changed = Signal(bool)
    chapter_ended = Signal(str)
    """The document goes on in the gallery scenario of this id."""

    said = Signal(str)
    """One sentence for a toast."""

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        """Show *document* at its position."""
        super().__init__(parent)
        self.undo = QUndoStack(self)
        self.breakpoints: frozenset[tuple[str, int]] = frozenset()
        self.speed = 1.0
        self._goal: Callable[[], Position | None] | None = None
        self._goal_text = ""
        self._goal_item = 0
        self._pump = QTimer(self)
        self._pump.setInterval(0)
        self._pump.timeout.connect(self._work)
        self._player = QTimer(self)
        self._player.timeout.connect(self._play_on)
        self._last_report = 0.0
        self.document = document
        self.strategy = document.strategy
        self.position = START
        self._install(document)

    # ── what there is ────────────────────────────────────────────────────────

    @property
    def timeline(self) -> Timeline:
        """The line of history that is shown."""
        return self.branches.line.timeline

    @property
    def frame(self) -> Frame:
        """The frame that was shown last."""
        return self._frame

    @property
    def playing(self) -> bool:
        """Whether time runs on its own."""
        return self._player.isActive()

    @property
    def busy(self) -> bool:
        """Whether a position is being worked towards."""
        return self._goal is not None

    # ── documents and strategies ─────────────────────────────────────────────

    def open(self, document: Document) -> None:
        """Show *document* instead; script edits of the old one are gone."""
        self.stop()
        self.undo.clear()
        self._install(document)
        self.document_changed.emit(document)
        self.frame_changed.emit(self._frame)

    def set_strategy(self, name: str) -> None:
        """Play the same lines under strategy *name*, standing at the same place.

        Raises PmlvizError.
        """
        check_strategy(name)
        if name == self.strategy:
            return
        self.stop()
        self.strategy = name
        position = self.position
        script = self.timeline.script
        timeline = self.document.timeline(name)
        self.branches = Branches.of(Timeline(timeline.start, script, timeline.strategy))
        self.undo.clear()
        self.position = START
        self.seek(position, rest=True)
        self._pump.start()

    def _install(self, document: Document) -> None:
        self.document = document
        self.strategy = document.strategy
        self.branches = Branches.of(document.timeline())
        self.breakpoints = frozenset()
        self.selection: Gfn | None = None
        self.position = START
        self._frame = self._resolve()
        if document.position != START:
            self.seek(document.position)
        self._pump.start()

    # ── where one stands ─────────────────────────────────────────────────────

    def seek(self, position: Position, *, rest: bool = False) -> None:
        """Go to *position* (at rest after its item if *rest*), at once or as soon as it is
        recorded.
        """
        item = max(0, min(position.item, len(self.timeline.script)))

        def arrived() -> Position | None:
            if self.timeline.recorded < item:
                return None
            return self.timeline.rest(item) if rest else self.timeline.clamp(position)

        self._go(arrived, f"playing to item {item}", item)

    def step_item(self, by: int) -> None:
        """Go to rest after the next item (*by* 1), or after the one before (-1)."""
        here = self.position
        at_rest = here.event >= self.timeline.summary.events[here.item]
        if by > 0:
            item = here.item + (1 if at_rest else 0)
            if item > len(self.timeline.script):
                if self.document.next and not self.undo.count():
                    self.chapter_ended.emit(self.document.next)
                return
        else:
            item = here.item - 1
        self.seek(Position(max(item, 0)), rest=True)

    def step_event(self, by: int) -> None:
        """Go one event on (*by* 1) or back (-1)."""
        timeline = self.timeline
        if by > 0:
            target = timeline.next_event(self.position)
            if target == self.position and self.document.next and not self.undo.count():
                self.chapter_ended.emit(self.document.next)
                return
        else:
            target = timeline.previous_event(self.position)
        self._arrive(target)

    def step_mark(self, by: int, kinds: Mark = INTERESTING) -> None:
        """Go to the next (*by* 1) or previous (-1) event of *kinds*, in this item or another."""
        here, timeline = self.position, self.timeline
        if here.item:
            events = timeline.play(here.item).events
            order = (
                range(here.event + 1, len(events) + 1) if by > 0 else range(here.event - 1, 0, -1)
            )
            for n in order:
                if mark_of(events[n - 1]) & kinds:
                    self._arrive(Position(here.item, n))
                    return

        def found() -> Position | None:
            item = find_item(timeline.summary, here.item, by, kinds)
            if item is not None:
                return self._mark_in(item, by, kinds)
            if by < 0:
                return START
            return timeline.rest(len(timeline.script)) if timeline.complete else None

        self._go(found, "looking for the next event", len(timeline.script))

    def step_round(self, by: int) -> None:
        """Go to rest after the next or previous CLEAN."""
        here, timeline = self.position, self.timeline

        def found() -> Position | None:
            item = find_item(timeline.summary, here.item, by, Mark.CLEAN)
            if item is not None:
                return timeline.rest(item)
            if by < 0:
                return START
            return timeline.rest(len(timeline.script)) if timeline.complete else None

        self._go(found, "looking for the next CLEAN", len(timeline.script))

    def run(self, by: int = 1, until: Until = Until.END) -> None:
        """Run on (*by* 1) or backwards (-1) to the next breakpoint, note, *until* or end."""
        here, timeline = self.position, self.timeline
        stops = {item for item, _ in self.document.notes}
        stops |= {value for kind, value in self.breakpoints if kind == "item"}
        gfns = {value for kind, value in self.breakpoints if kind == "gfn"}
        kinds = _UNTIL_MARK[until]
        at = here.item

        def found() -> Position | None:
            nonlocal at
            marks = timeline.summary.marks
            while True:
                at += by
                if at <= 0:
                    return START
                if at > len(timeline.script):
                    return timeline.rest(len(timeline.script))
                if at > timeline.recorded:
                    at -= by
                    return None
                item = timeline.script.item(at)
                touched = item.is_access and item.value >> 12 in gfns
                if at in stops or marks[at] & kinds or touched:
                    return timeline.rest(at)

        self._go(found, "running", len(timeline.script))

    def home(self) -> None:
        """Go to the start."""
        self._arrive(START)

    def end(self) -> None:
        """Go to rest after the last item."""
        self.seek(Position(len(self.timeline.script)), rest=True)

    def cancel(self) -> None:
        """Give up the position that is being worked towards; stay."""
        if self._goal is not None:
            self._goal = None
            self.busy_changed.emit("", 0.0)

    # ── playing ──────────────────────────────────────────────────────────────

    def play(self) -> None:
        """Let time run at `speed` items a second."""
        if not self.playing:
            self._player.start(max(1, round(1000 / self.speed)))
            self.playing_changed.emit(self.playing)

    def pause(self) -> None:
        """Stop time."""
        if self.playing:
            self._player.stop()
            self.playing_changed.emit(self.playing)

    def set_speed(self, items_per_second: float) -> None:
        """Set how fast `play` goes."""
        self.speed = items_per_second
        if self.playing:
            self._player.setInterval(max(1, round(1000 / items_per_second)))

    def stop(self) -> None:
        """Pause, give up any goal, and record no further until asked again."""
        self.pause()
        self.cancel()
        self._pump.stop()

    # ── acting ───────────────────────────────────────────────────────────────

    def act(self, items: tuple[Item, ...]) -> None:
        """Do *items* here: at the end of the line they extend it, in its past they make a
        branch.
        """
        self.pause()
        branches, after = self.branches, self.position.item
        for item in items:
            branches = branches.acted(after, item)
            after += 1
        branched = len(branches.lines) > len(self.branches.lines)
        text = items[0].text if len(items) == 1 else f"{items[0].text} and {len(items) - 1} more"
        self.undo.push(_Edit(self, text, self.branches, branches))
        self.seek(Position(after), rest=True)
        if branched:
            self.said.emit(
                f"{branches.line.name} starts after item {branches.line.fork};"
                " main keeps its future"
            )

    def put_branches(self, branches: Branches) -> None:
        """Show *branches*, at the same position if it is there."""
        self.branches = branches
        self._pump.start()
        if self.timeline.recorded >= min(self.position.item, len(self.timeline.script)):
            self._arrive(self.position)
        else:
            self.seek(self.position, rest=True)

    def show_branch(self, number: int) -> None:
        """Show line *number* of history."""
        self.put_branches(self.branches.shown(number))

    def drop_branch(self, number: int) -> None:
        """Remove branch *number* (undoable)."""
        after = self.branches.dropped(number)
        if after is not self.branches:
            self.undo.push(
                _Edit(self, f"remove {self.branches.lines[number].name}", self.branches, after)
            )

    def select(self, gfn: Gfn | None) -> None:
        """Select a guest frame everywhere, or nothing."""
        if gfn != self.selection:
            self.selection = gfn
            self._show()

    def toggle_breakpoint(self, kind: str, value: int) -> None:
        """Set or remove a breakpoint on an item or a gfn."""
        self.breakpoints ^= {(kind, value)}
        self._show()

    # ── underneath ───────────────────────────────────────────────────────────

    def _go(self, goal: Callable[[], Position | None], text: str, item: int) -> None:
        self._goal, self._goal_text, self._goal_item = goal, text, item
        self._work()
        if self._goal is not None:
            self._pump.start()

    def _work(self) -> None:
        """Record for one slice, and arrive if that is enough."""
        timeline, until = self.timeline, perf_counter() + SLICE_S
        try:
            while True:
                arrived = self._goal() if self._goal is not None else None
                if arrived is not None:
                    self._goal = None
                    self.busy_changed.emit("", 1.0)
                    self._arrive(arrived)
                    break
                if timeline.complete:
                    self._pump.stop()
                    break
                if perf_counter() >= until:
                    break
                for _ in range(8):
                    if not timeline.complete:
                        timeline.record()
        except PmlvizError as fault:
            self._goal = None
            self._pump.stop()
            self.said.emit(str(fault))
        self._report()

    def _report(self) -> None:
        now, timeline = perf_counter(), self.timeline
        if now - self._last_report < 0.1 and not timeline.complete:
            return
        self._last_report = now
        self.recorded.emit(timeline.recorded)
        if self._goal is not None:
            self.busy_changed.emit(self._goal_text, timeline.recorded / max(1, self._goal_item))

    def _mark_in(self, item: int, by: int, kinds: Mark) -> Position:
        events = self.timeline.play(item).events
        order = range(len(events)) if by > 0 else reversed(range(len(events)))
        n = next((n for n in order if mark_of(events[n]) & kinds), len(events) - 1)
        return Position(item, n + 1)

    def _arrive(self, position: Position) -> None:
        self.position = self.timeline.clamp(position)
        self._show()

    def _play_on(self) -> None:
        if self.busy:
            return
        here, last = self.position, len(self.timeline.script)
        if here == self.timeline.rest(last) if here.item == last else False:
            self.pause()
            return
        self.step_item(1)

    def _show(self) -> None:
        self._frame = self._resolve()
        self.frame_changed.emit(self._frame)

    def _resolve(self) -> Frame:
        return resolve(
            self.timeline,
            self.position,
            title=self.document.title,
            selection=self.selection,
            notes=self.document.notes,
            branches=self.branches.chapters(),
        )
