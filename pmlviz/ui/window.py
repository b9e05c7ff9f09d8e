"""The window: a shell that is painted at once, and what fills it when the engine is there."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QMainWindow,
    QMenuBar,
    QToolBar,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from pmlviz.core.errors import PmlvizError
from pmlviz.ui.docks import Docks
from pmlviz.ui.look import mark
from pmlviz.ui.looks import Looks
from pmlviz.ui.settings import Settings
from pmlviz.ui.statusline import StatusLine
from pmlviz.ui.toast import Choice, Toast

if TYPE_CHECKING:
    from pmlviz.core.document import Document
    from pmlviz.ui.actions import Actions
    from pmlviz.ui.deeds import Deeds
    from pmlviz.ui.exports import Exports
    from pmlviz.ui.files import Files
    from pmlviz.ui.frame import Frame
    from pmlviz.ui.guide import Guide
    from pmlviz.ui.panes import Panes
    from pmlviz.ui.session import Session
    from pmlviz.ui.toolbar import Toolbar

NARROW = 1400
"""Below this width (at scale 1) the left column gives way to the stage."""

TALL = 1040
"""From this height on (at scale 1) the menus have a bar; below, a button."""

LOW = 880
"""Below this height (at scale 1) the timeline's legend gives way."""

TOOLBAR = 53
"""Height of the toolbar (at scale 1), px."""

_SIZE = QSize(1600, 1000)


class Window(QMainWindow):
    """Everything that is seen; `attach` gives it a document, `session` holds all change."""

    painted = Signal()
    """The shell has been painted for the first time."""

    # Set by `attach`.
    actions_of: "Actions"
    toolbar: "Toolbar"
    session: "Session"
    panes: "Panes"
    deeds: "Deeds"
    files: "Files"
    exports: "Exports"
    guide: "Guide"

    def __init__(self, settings: Settings) -> None:
        """Build the shell."""
        super().__init__()
        self.settings = settings
        self.attached = False
        self._was_painted = False
        self.setObjectName("window")
        self.setWindowTitle("pmlviz")
        self.setAcceptDrops(True)
        self.setMinimumSize(1024, 600)
        self.resize(_SIZE)
        self.looks: Looks = Looks(self, settings)
        self._bar = QMenuBar(self)
        self._bar.setNativeMenuBar(False)
        self.setMenuBar(self._bar)
        # It holds the place of the controls: they are made after the first paint.
        self._blank = QToolBar(self)
        self._blank.setMovable(False)
        self._blank.setFixedHeight(round(TOOLBAR * self.looks.shown_scale))
        self.addToolBar(self._blank)
        self.status = StatusLine(self)
        self.setStatusBar(self.status)
        self._host = QMainWindow(self, Qt.WindowType.Widget)
        self.stage_frame = self._make_stage_frame()
        self._host.setCentralWidget(self.stage_frame)
        self.docks = Docks(self._host, self.looks.layout_name)
        middle = QWidget(self)
        self._margins = QVBoxLayout(middle)
        self._margins.setContentsMargins(12, 12, 12, 8)
        self._margins.addWidget(self._host)
        self.setCentralWidget(middle)
        self.toast = Toast(self)
        self.looks.dress()

    # ── filling ──────────────────────────────────────────────────────────────

    def attach(self, document: "Document") -> None:
        """Show *document*; from here on the window is all there."""
        from pmlviz.ui.deeds import Deeds
        from pmlviz.ui.exports import Exports
        from pmlviz.ui.files import Files
        from pmlviz.ui.filling import fill_toolbar
        from pmlviz.ui.guide import Guide
        from pmlviz.ui.panes import Panes
        from pmlviz.ui.session import Session

        self._equip()
        self.session = Session(document, self)
        self.deeds = Deeds(self)
        self.files = Files(self)
        self.exports = Exports(self)
        self.guide = Guide(self)
        self.panes = Panes(self)
        self.attached = True
        fill_toolbar(self)
        session = self.session
        session.frame_changed.connect(self.show_frame)
        session.recorded.connect(self.panes.show_recorded)
        session.busy_changed.connect(self._show_busy)
        session.playing_changed.connect(self.refresh)
        session.said.connect(self.say)
        session.edited.connect(self.refresh)
        self.status.cancelled.connect(self.escape)
        self.docks.changed.connect(self._docks_changed)
        self.docks.restore(self.settings.blob("docks"), self.looks.layout_name)
        self.panes.set_mode(self.looks.layout_name)
        self.looks.dress()
        self.fold()
        self.show_frame(session.frame)
        self.panes.stage.setFocus()

    def _equip(self) -> None:
        """Make menus and controls."""
        from pmlviz.ui import actions, toolbar

        self.actions_of = actions.Actions(self)
        self.actions_of.fill_bar(self._bar)
        self.removeToolBar(self._blank)
        self._blank.deleteLater()
        self.toolbar = toolbar.Toolbar(self)
        self.addToolBar(self.toolbar)

    def show_frame(self, frame: "Frame") -> None:
        """Show *frame* everywhere."""
        self.panes.show_frame(frame)
        self.status.show_frame(frame)
        self.toolbar.strategy.set_value(frame.strategy)
        self.refresh()

    def refresh(self) -> None:
        """Enable what may be done now, and name the document."""
        if self.attached:
            self.actions_of.refresh()
            self.setWindowTitle(f"{self.files.name}[*] — pmlviz")
            self.setWindowModified(self.files.edited)

    # ── speaking ─────────────────────────────────────────────────────────────

    def say(self, text: str, choices: tuple[Choice, ...] = ()) -> None:
        """Say *text* in passing, with buttons for *choices*."""
        self.toast.say(text, choices)

    def tell(self, fault: PmlvizError) -> None:
        """Say what cannot be done, where, and what would be right; it stays until it is closed."""
        self.toast.say(str(fault), stays=True)

    def attempt(self, deed: Callable[["Window"], object]) -> bool:
        """Do *deed*; tell what cannot be done. Return whether it was done."""
        try:
            deed(self)
        except PmlvizError as fault:
            self.tell(fault)
            return False
        return True

    def act_from_field(self) -> None:
        """Do what is typed into the write field."""
        field = self.toolbar.write
        if self.attached and self.attempt(lambda w: w.deeds.act(field.text())):
            field.setText(field.text())  # what was done is undone in the script, not in the field
            field.selectAll()

    def show_prediction(self, text: str) -> None:
        """Tell below the write field what *text* would do."""
        if not self.attached:
            return
        field = self.toolbar.write
        words = self.deeds.effect(text)
        field.setToolTip(words)
        if field.hasFocus() and words:
            QToolTip.showText(field.mapToGlobal(field.rect().bottomLeft()), words, field)
        else:
            QToolTip.hideText()

    def escape(self) -> None:
        """Stop what is under way; else playing; else presenting; else the selection."""
        session = self.session
        if self.files.working:
            self.files.cancel()
        elif session.busy:
            session.cancel()
        elif session.playing:
            session.pause()
        elif self.looks.presenting:
            self.looks.toggle_present()
        else:
            session.select(None)
        self.refresh()

    # ── Qt ───────────────────────────────────────────────────────────────────

    def fold(self) -> None:
        """Give way where there is little room, in the order of the layout rules."""
        scale = self.looks.shown_scale
        width, height = self.width() / scale, self.height() / scale
        tall = height >= TALL
        self._bar.setVisible(tall and not self.looks.presenting)
        if self.attached:
            self.toolbar.set_width(width)
            self.toolbar.menu_action.setVisible(not tall)
        layout = "present" if self.looks.presenting else self.looks.layout_name
        self.docks.set_narrow(narrow=width < NARROW, layout=layout)
        if self.attached:
            self.panes.timeline.set_compact(compact=height < LOW)
        gutter = round((12 if width >= NARROW else 8) * scale)
        self._margins.setContentsMargins(gutter, gutter, gutter, gutter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold or unfold."""
        super().resizeEvent(event)
        if hasattr(self, "_margins"):
            self.fold()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell, once, that the shell is painted."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            self.painted.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if self.attached and event.mimeData().hasUrls():
            event.acceptProposedAction()
            self.status.task.setText("Drop to open a scenario, a trace or an exported figure")
            self.status.task.show()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        self.status.show_busy("", 0)
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.files.open_path(Path(paths[0]))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved work, store the layout, stop every timer."""
        if self.attached:
            if not self.files.may_leave():
                event.ignore()
                return
            if not self.looks.presenting:
                self.docks.set_narrow(narrow=False, layout=self.looks.layout_name)
                self.settings.set_blob("docks", self.docks.save())
                self.settings.set_blob("window", self.saveGeometry())
            self.session.stop()
            self.files.close()
            self.guide.close()
        self.toast.dismiss()
        event.accept()

    def _show_busy(self, text: str, share: float) -> None:
        self.status.show_busy(text, share)
        self.actions_of.refresh()

    def _docks_changed(self) -> None:
        if self.attached:
            self.panes.show_frame(self.session.frame)
            self.actions_of.refresh()

    def _make_stage_frame(self) -> QFrame:
        frame = QFrame(self._host)
        frame.setObjectName("stage-frame")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(0, 0, 0, 0)
        opening = QLabel("opening…", frame)
        mark(opening, "quiet")
        opening.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inside.addWidget(opening)
        return frame
