"""What the window looks at: the only object that holds change.

Every change leaves it as one frozen `Frame`. Items are recorded in slices of a few milliseconds
between other work, so that a long trace can be looked at while it is being played; a position that
is not recorded yet is a goal, reached with progress and given up with `cancel`.
"""

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from pmlviz.core.document import Document
from pmlviz.core.items import Item
from pmlviz.core.scenario import check_strategy
from pmlviz.core.state import State
from pmlviz.core.stats import INTERESTING, Mark
from pmlviz.core.strategies import STRATEGIES
from pmlviz.core.timeline import START, Position, Timeline
from pmlviz.core.units import Gfn
from pmlviz.ui import search
from pmlviz.ui.branches import Branches, Notes
from pmlviz.ui.frame import Frame, resolve
from pmlviz.ui.recorder import Recorder
from pmlviz.ui.search import Goal, Until

SPEEDS = (0.5, 1.0, 2.0, 4.0, 10.0, 50.0, 200.0)
"""Items a second."""


class _Edit(QUndoCommand):
    """One edit of the script.

    It never moves time, but a position past the end is clamped.
    """

    def __init__(self, session: "Session", text: str, before: Branches, after: Branches) -> None:
        super().__init__(text)
        self._session, self._before, self._after = session, before, after

    def redo(self) -> None:
        """Put what was edited in place."""
        self._session.put(self._after)

    def undo(self) -> None:
        """Put it back as it was."""
        self._session.put(self._before)


class Session(QObject):
    """The document, where one stands in it, what is selected, and how it moves."""

    frame_changed = Signal(object)
    document_changed = Signal(object)
    busy_changed = Signal(str, float)
    """What is under way and how far it is (0 to 1); an empty text when nothing is."""

    recorded = Signal(int)
    playing_changed = Signal(bool)
    edited = Signal()
    """The script or a note was changed, or changed back."""

    chapter_ended = Signal(str)
    """The document goes on in the gallery scenario of this id."""

    chapter_began = Signal()
    """One wants to go back from the start of a document."""

    said = Signal(str)
    """One sentence for a toast."""

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        """Show *document* at its position."""
        super().__init__(parent)
        self.undo = QUndoStack(self)
        self.undo.indexChanged.connect(self._edits_changed)
        self.breakpoints: frozenset[tuple[str, int]] = frozenset()
        self.speed = 1.0
        self.goes_back = False
        """Whether there is a document to go back to from the start of this one."""

        self._recorder = Recorder(self)
        self._recorder.arrived.connect(self._arrive)
        self._recorder.progress.connect(self.busy_changed)
        self._recorder.recorded.connect(self.recorded)
        self._recorder.failed.connect(self.said)
        self._player = QTimer(self)
        self._player.timeout.connect(self._play_on)
        self.selection: Gfn | None = None
        self.position = START
        self.strategy: str = document.strategy
        self.branches: Branches = Branches.of(document.timeline(), document.notes)
        self._install(document)

    # ── what there is ────────────────────────────────────────────────────────

    @property
    def timeline(self) -> Timeline:
        """The line of history that is shown."""
        return self.branches.line.timeline

    @property
    def notes(self) -> Notes:
        """The remarks on items of that line."""
        return self.branches.line.notes

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
        return self._recorder.busy

    @property
    def goes_on(self) -> bool:
        """Whether the next step after the end opens the document's next chapter."""
        return bool(self.document.next) and not self.undo.count()

    @property
    def state_to_act_on(self) -> State:
        """The state in which the next act happens: at rest after the current item."""
        item = self.position.item
        return self.timeline.play(item).after if item else self.timeline.start

    # ── documents and strategies ─────────────────────────────────────────────

    def open(self, document: Document, *, goes_back: bool = False) -> None:
        """Show *document* instead; script edits of the old one are gone."""
        self.stop()
        self.undo.clear()
        self.goes_back = goes_back
        self._install(document)
        self.document_changed.emit(document)
        self.frame_changed.emit(self._frame)

    def saved_as(self, document: Document) -> None:
        """Take *document* for what the script is now, as it was just saved."""
        self.document = document
        self.undo.setClean()
        self.document_changed.emit(document)

    def set_strategy(self, name: str) -> None:
        """Play the same lines under strategy *name*, standing at the same place.

        Raises PmlvizError.
        """
        check_strategy(name)
        if name == self.strategy:
            return
        self.pause()
        self.strategy = name
        self.put(self.branches)

    def _install(self, document: Document) -> None:
        self.document = document
        self.strategy = document.strategy
        self.branches = Branches.of(document.timeline(), document.notes)
        self.breakpoints = frozenset()
        self.selection = None
        self.position = START
        self._frame = self._resolve()
        self._recorder.record(self.timeline)
        if document.position != START:
            self.seek(document.position)

    # ── where one stands ─────────────────────────────────────────────────────

    def seek(self, position: Position, *, rest: bool = False) -> None:
        """Go to *position* (at rest after its item if *rest*), at once or as soon as it is
        recorded.
        """
        item = max(0, min(position.item, len(self.timeline.script)))
        goal = search.at_item(self.timeline, position, rest=rest)
        self._go(goal, f"playing to item {item}", item)

    def step_item(self, by: int) -> None:
        """Go to rest after the next item (*by* 1), or after the one before (-1)."""
        here = self.position
        at_rest = here.event >= self.timeline.summary.events[here.item]
        item = here.item + (1 if at_rest else 0) if by > 0 else here.item - 1
        if item > len(self.timeline.script):
            self._leave_end()
        elif item < 0:
            self._leave_start()
        else:
            self.seek(Position(item), rest=True)

    def step_event(self, by: int) -> None:
        """Go one event on (*by* 1) or back (-1)."""
        timeline, here = self.timeline, self.position
        target = timeline.next_event(here) if by > 0 else timeline.previous_event(here)
        if target != here:
            self._arrive(target)
        elif by > 0:
            self._leave_end()
        else:
            self._leave_start()

    def step_mark(self, by: int, kinds: Mark = INTERESTING) -> None:
        """Go to the next (*by* 1) or previous (-1) event of *kinds*, in this item or another."""
        near = search.mark_in_item(self.timeline, self.position, by, kinds)
        if near is not None:
            self._arrive(near)
        else:
            goal = search.mark(self.timeline, self.position, by, kinds)
            self._go(goal, "looking for the next event", len(self.timeline.script))

    def step_round(self, by: int) -> None:
        """Go to rest after the next or previous CLEAN."""
        goal = search.clean(self.timeline, self.position, by)
        self._go(goal, "looking for the next CLEAN", len(self.timeline.script))

    def run(self, by: int = 1, until: Until = Until.END) -> None:
        """Run on (*by* 1) or backwards (-1) to the next breakpoint, note, *until* or end."""
        items = {item for item, _ in self.notes}
        items |= {value for kind, value in self.breakpoints if kind == "item"}
        gfns = {value for kind, value in self.breakpoints if kind == "gfn"}
        goal = search.stop(self.timeline, self.position, by, until, items=items, gfns=gfns)
        self._go(goal, "running", len(self.timeline.script))

    def home(self) -> None:
        """Go to the start."""
        self._recorder.cancel()
        self._arrive(START)

    def end(self) -> None:
        """Go to rest after the last item."""
        self.seek(Position(len(self.timeline.script)), rest=True)

    def cancel(self) -> None:
        """Give up the position that is being worked towards; stay."""
        self._recorder.cancel()

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
        self._recorder.stop()

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
        self._edit(text, branches)
        self.seek(Position(after), rest=True)
        if branched:
            line = branches.line
            self.said.emit(f"{line.name} starts after item {line.fork}; main keeps its future")

    def set_note(self, item: int, text: str) -> None:
        """Make *text* the caption at *item*; an empty one removes it."""
        branches = self.branches.noted(item, text)
        if branches.line.notes != self.notes:
            self._edit(f"note at item {item}", branches)

    def show_branch(self, number: int) -> None:
        """Show line *number* of history."""
        self.put(self.branches.shown(number))

    def drop_branch(self, number: int) -> None:
        """Remove branch *number* (undoable)."""
        after = self.branches.dropped(number)
        if after is not self.branches:
            self._edit(f"remove {self.branches.lines[number].name}", after)

    def put(self, branches: Branches) -> None:
        """Show *branches*, at the same position if it is there."""
        self.branches = branches.under(STRATEGIES[self.strategy])
        self._recorder.record(self.timeline)
        self.seek(self.position, rest=self._frame.at_rest)

    def _edit(self, text: str, branches: Branches) -> None:
        self.undo.push(_Edit(self, text, self.branches, branches))

    # ── selecting ────────────────────────────────────────────────────────────

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

    def _edits_changed(self, _index: int) -> None:
        self.edited.emit()

    def _go(self, goal: Goal, text: str, item: int) -> None:
        self._recorder.go(goal, text, item)

    def _leave_end(self) -> None:
        if self.goes_on:
            self.chapter_ended.emit(self.document.next)

    def _leave_start(self) -> None:
        if self.goes_back:
            self.chapter_began.emit()

    def _arrive(self, position: Position) -> None:
        self.position = self.timeline.clamp(position)
        self._show()

    def _play_on(self) -> None:
        if self.busy:
            return
        here, last = self.position, len(self.timeline.script)
        if here.item == last and here == self.timeline.rest(last):
            self.pause()
        else:
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
            notes=self.notes,
            branches=self.branches.chapters(),
        )
