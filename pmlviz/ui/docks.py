"""The panels round the stage: docks with titles of our own, their places, and layouts of them."""

from typing import Final, NamedTuple

from PySide6.QtCore import QByteArray, QEvent, QObject, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from pmlviz.ui.look import mark

LEFT, BOTTOM = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.BottomDockWidgetArea
VERSION: Final = 2
"""Of the stored layout; a stored layout of another version is not used."""


class Panel(NamedTuple):
    """A dock: where it starts, and the layouts that show it."""

    name: str
    title: str
    area: Qt.DockWidgetArea
    layouts: frozenset[str]
    folds: bool = False
    """Whether it gives way in a narrow window."""

    titled: bool = True


PANELS: Final = (
    Panel("script", "Script", LEFT, frozenset({"teach", "debug"}), folds=True),
    Panel("counters", "Counters", LEFT, frozenset({"teach"}), folds=True),
    Panel("promise", "The promise", LEFT, frozenset({"teach", "debug"}), folds=True),
    Panel("events", "Events", LEFT, frozenset({"debug"})),
    Panel("timeline", "Timeline", BOTTOM, frozenset({"teach", "debug", "present"}), titled=False),
)
_HEIGHTS: Final = {"script": 282, "counters": 306, "promise": 140, "events": 446}
_WIDTHS: Final = {"teach": 204, "debug": 264}
"""Of the left column: sentences of events need more than lines of a script."""
_NARROW_WIDTH: Final = 212


class TitleBar(QFrame):
    """The dock's handle: its title, an optional action at the right, a button that closes it."""

    def __init__(self, dock: QDockWidget, title: str) -> None:
        """Be the title bar of *dock*."""
        super().__init__(dock)
        self.setObjectName("dock-title")
        self.name = QLabel(title, self)
        self.name.setObjectName("dock-name")
        self.action = QToolButton(self)
        mark(self.action, "link")
        self.action.hide()
        close = QToolButton(self)
        mark(close, "link")
        close.setText("×")
        close.setToolTip(f"Close {title}; it comes back from the View menu")
        close.setAccessibleName(f"Close {title}")
        close.clicked.connect(dock.close)
        row = QHBoxLayout(self)
        row.setContentsMargins(11, 2, 2, 0)
        row.setSpacing(0)
        row.addWidget(self.name)
        row.addStretch(1)
        row.addWidget(self.action)
        row.addWidget(close)


class Docks(QObject):
    """All docks, in a main window of their own inside the window, so that it has margins."""

    changed = Signal()

    def __init__(self, host: QMainWindow, layout: str) -> None:
        """Put empty docks into *host*, those of *layout* shown."""
        super().__init__(host)
        self.host = host
        host.setObjectName("docks")
        host.setDockNestingEnabled(True)
        host.setDockOptions(
            QMainWindow.DockOption.AllowNestedDocks | QMainWindow.DockOption.AllowTabbedDocks
        )
        host.setCorner(Qt.Corner.BottomLeftCorner, BOTTOM)
        host.setCorner(Qt.Corner.BottomRightCorner, BOTTOM)
        self._docks: dict[str, QDockWidget] = {}
        self._bodies: dict[str, QVBoxLayout] = {}
        self.titles: dict[str, TitleBar] = {}
        self._narrow = False
        self._unfolded: set[str] = set()
        """Panels opened by hand where they would be folded; below: closed by hand."""
        self._closed: set[str] = set()
        self._scale = 1.0
        self._layout = layout
        for panel in PANELS:
            self._docks[panel.name] = self._dock(panel)
        self._arrange(layout)

    def __getitem__(self, name: str) -> QDockWidget:
        """Return the dock *name*."""
        return self._docks[name]

    def fill(self, name: str, widget: QWidget) -> None:
        """Put *widget* into dock *name*."""
        body = self._bodies[name]
        while (old := body.takeAt(0)) is not None:
            if (gone := old.widget()) is not None:
                gone.hide()
                gone.deleteLater()
        body.addWidget(widget)

    def is_shown(self, name: str) -> bool:
        """Return whether dock *name* is shown."""
        return not self._docks[name].isHidden()

    def toggle(self, name: str) -> None:
        """Show or hide dock *name*."""
        shown = not self.is_shown(name)
        self._docks[name].setVisible(shown)
        if shown:
            self._closed.discard(name)
            if self._narrow:
                self._unfolded.add(name)
        else:
            self._closed.add(name)
            self._unfolded.discard(name)
        self.changed.emit()

    def apply(self, layout: str) -> None:
        """Show the docks of *layout* ("teach", "debug", "present"), where they are."""
        self._closed.clear()
        self.show(layout)

    def show(self, layout: str) -> None:
        """Show the docks of *layout*, but those that were closed by hand or are folded."""
        for panel in PANELS:
            folded = self._narrow and panel.folds and panel.name not in self._unfolded
            shown = layout in panel.layouts and not folded and panel.name not in self._closed
            self._docks[panel.name].setVisible(shown)
        if layout != self._layout and layout in _WIDTHS:
            self._layout = layout
            self._sizes()
        self.changed.emit()

    def reset(self, layout: str) -> None:
        """Put every dock of *layout* back where it starts."""
        self._unfolded.clear()
        self._arrange(layout)
        self.changed.emit()

    def set_narrow(self, *, narrow: bool, layout: str) -> None:
        """Fold the left column, or unfold it; docks opened by hand stay."""
        if narrow != self._narrow:
            self._narrow = narrow
            self.show(layout)

    def set_scale(self, scale: float) -> None:
        """Make the docks as large as the UI's *scale* asks."""
        self._scale = scale
        self._sizes()

    def save(self) -> QByteArray:
        """Return the places of all docks."""
        return self.host.saveState(VERSION)

    def restore(self, state: QByteArray, layout: str) -> None:
        """Put the docks of *layout* where *state* says; an empty or older one changes nothing."""
        if not state.isEmpty() and self.host.restoreState(state, VERSION):
            self._closed = {
                panel.name
                for panel in PANELS
                if layout in panel.layouts and not self.is_shown(panel.name)
            }
            self.show(layout)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell when a dock is closed by its button."""
        if event.type() == QEvent.Type.Close:
            self._closed |= {name for name, dock in self._docks.items() if dock is watched}
            self.changed.emit()
        return False

    def _arrange(self, layout: str) -> None:
        for panel in PANELS:
            dock = self._docks[panel.name]
            dock.setFloating(False)
            self.host.addDockWidget(panel.area, dock)
        for above, below in (("script", "events"), ("events", "counters"), ("counters", "promise")):
            self.host.splitDockWidget(
                self._docks[above], self._docks[below], Qt.Orientation.Vertical
            )
        self.apply(layout)
        self._sizes()

    def _sizes(self) -> None:
        names = tuple(_HEIGHTS)
        heights = [round(_HEIGHTS[name] * self._scale) for name in names]
        docks = [self._docks[name] for name in names]
        self.host.resizeDocks(docks, heights, Qt.Orientation.Vertical)
        wide = _WIDTHS[self._layout]
        if self._narrow and self._layout == "debug":
            wide = _NARROW_WIDTH
        shown = next((dock for dock in docks if not dock.isHidden()), docks[0])
        self.host.resizeDocks([shown], [round(wide * self._scale)], Qt.Orientation.Horizontal)
        for name in names:
            self._docks[name].setMinimumWidth(round(180 * self._scale))

    def _dock(self, panel: Panel) -> QDockWidget:
        dock = QDockWidget(panel.title, self.host)
        dock.setObjectName(f"dock-{panel.name}")
        dock.setAccessibleName(panel.title)
        dock.installEventFilter(self)
        body = QFrame(dock)
        body.setObjectName("dock-body" if panel.titled else "dock-whole")
        inside = QVBoxLayout(body)
        inside.setContentsMargins(1, 0 if panel.titled else 1, 1, 1)
        opening = QLabel("opening…", body)
        mark(opening, "quiet")
        opening.setMinimumSize(QSize(40, 40))
        opening.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inside.addWidget(opening)
        dock.setWidget(body)
        self._bodies[panel.name] = inside
        if panel.titled:
            self.titles[panel.name] = TitleBar(dock, panel.title)
            dock.setTitleBarWidget(self.titles[panel.name])
        else:
            dock.setTitleBarWidget(QWidget(dock))
        return dock
