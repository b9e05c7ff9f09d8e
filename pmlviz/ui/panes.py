"""What the window shows of a session: the stage and the panels, all from one frame."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QVBoxLayout

from pmlviz.ui import targets
from pmlviz.ui.figures import counters, promise
from pmlviz.ui.figures.scene import Target
from pmlviz.ui.figures.theme import Theme
from pmlviz.ui.frame import Frame
from pmlviz.ui.views.canvas import Canvas
from pmlviz.ui.views.events_view import EventsView
from pmlviz.ui.views.script_view import ScriptView
from pmlviz.ui.views.stage_view import StageView
from pmlviz.ui.views.timeline_view import TimelineView

if TYPE_CHECKING:
    from pmlviz.ui.window import Window


class Panes:
    """The views of one window; each takes frames and sends intents."""

    def __init__(self, window: "Window") -> None:
        """Fill the window's docks and its middle."""
        self._window = window
        deeds, session, docks = window.deeds, window.session, window.docks
        self.stage = StageView(window.stage_frame)
        self.stage.setObjectName("stage")
        self.stage.setAccessibleName("The machine: the path of the access, the log, guest memory")
        self.stage.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the stage itself has it
        self.script = ScriptView(docks["script"])
        self.events = EventsView(docks["events"])
        self.timeline = TimelineView(docks["timeline"])
        self.counters = Canvas(counters.layout, docks["counters"])
        self.promise = Canvas(promise.layout, docks["promise"])
        self.counters.setAccessibleName("Counters")
        self.promise.setAccessibleName("The promise")
        self._put_stage()
        docks.fill("script", self.script)
        docks.fill("events", self.events)
        docks.fill("timeline", self.timeline)
        docks.fill("counters", self.counters)
        docks.fill("promise", self.promise)
        for view in (self.stage, self.counters, self.promise, self.timeline):
            view.activated.connect(deeds.activate)
            view.hovered.connect(self._hover)
            view.menu_requested.connect(self._menu)
        self.stage.write_requested.connect(self._write)
        self.timeline.sought.connect(session.seek)
        self.timeline.scrubbed.connect(session.pause)
        self.timeline.stepped.connect(session.step_item)
        self.script.activated.connect(deeds.activate)
        self.script.menu_requested.connect(self._menu)
        self.events.activated.connect(deeds.activate)
        window.actions_of.listen_on(self.stage)
        window.actions_of.listen_on(self.timeline)

    def show_frame(self, frame: Frame) -> None:
        """Show *frame* everywhere."""
        self.timeline.show_frame(frame)
        docks = self._window.docks
        self.stage.set_extras(extras=not docks.is_shown("counters"))
        self.stage.show_frame(frame)
        for name, view in (("counters", self.counters), ("promise", self.promise)):
            if docks.is_shown(name):
                view.show_frame(frame)
        self.script.show_frame(frame, self._window.session.breakpoints)
        if docks.is_shown("events"):
            self.events.show_frame(frame)

    def show_recorded(self, recorded: int) -> None:
        """Show how far the items are recorded."""
        self.timeline.show_recorded(self._window.session.frame, recorded)
        self.script.show_recorded(recorded)

    def set_look(self, theme: Theme, scale: float) -> None:
        """Draw in *theme* at *scale* from now on."""
        for view in (self.stage, self.counters, self.promise):
            view.set_theme(theme)
            view.set_scale(scale)
        for each in (self.script, self.events, self.timeline):
            each.set_look(theme, scale)

    def set_mode(self, layout: str) -> None:
        """Let stage and timeline draw for *layout*."""
        self.stage.set_mode(layout)
        self.timeline.set_mode(layout)

    def fit(self) -> None:
        """Show the whole of guest memory."""
        self.stage.fit_bitmap()

    def _put_stage(self) -> None:
        inside = self._window.stage_frame.layout()
        assert isinstance(inside, QVBoxLayout)
        while (old := inside.takeAt(0)) is not None:
            if (gone := old.widget()) is not None:
                gone.hide()
                gone.deleteLater()
        self._window.stage_frame.setObjectName("stage-place")  # it draws panels of its own
        self._window.stage_frame.style().polish(self._window.stage_frame)
        inside.addWidget(self.stage)

    def _hover(self, target: Target | None) -> None:
        self._window.status.hover.setText(targets.words(self._window.session.frame, target))

    def _menu(self, target: Target, at: QPoint) -> None:
        self._window.deeds.show_menu(target, at)

    def _write(self, first: int, last: int) -> None:
        self._window.attempt(lambda w: w.deeds.act_on_range(first, last))
