"""The script as a list of lines: where one stands, what each line caused, notes and breakpoints."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtWidgets import QComboBox, QListView, QVBoxLayout, QWidget

from pmlviz.core.script import AnyScript, Line
from pmlviz.ui.figures.scene import Target
from pmlviz.ui.figures.theme import Theme
from pmlviz.ui.frame import Frame
from pmlviz.ui.views.script_lines import LineDelegate

LONG = 400
"""A script of more lines than this has rows of one height."""

AnyIndex = QModelIndex | QPersistentModelIndex


class ScriptModel(QAbstractListModel):
    """The lines of a script, made when they are looked at."""

    def __init__(self, parent: QWidget) -> None:
        """Have no lines."""
        super().__init__(parent)
        self.script: AnyScript | None = None
        self.lines: Sequence[Line] = ()

    def set_script(self, script: AnyScript) -> None:
        """Show the lines of *script*."""
        self.beginResetModel()
        self.script, self.lines = script, script.lines()
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 Qt's own default
        """Return the number of lines."""
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a line's text, or the line itself as user data."""
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return line
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{numbers_of(line)} {line.text}"
        return None


class ScriptView(QWidget):
    """Shows lines, sends where to go."""

    activated = Signal(object)
    menu_requested = Signal(object, QPoint)

    def __init__(self, parent: QWidget) -> None:
        """Show nothing yet."""
        super().__init__(parent)
        self.model = ScriptModel(self)
        self.delegate = LineDelegate(self)
        self.branches = QComboBox(self)
        self.branches.setAccessibleName("Line of history")
        self.branches.activated.connect(lambda n: self.activated.emit(Target("branch", n)))
        self.branches.hide()
        self.list = QListView(self)
        self.list.setObjectName("script-list")
        self.list.setAccessibleName("Script")
        self.list.setModel(self.model)
        self.list.setItemDelegate(self.delegate)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.list.customContextMenuRequested.connect(self._menu)
        self.list.clicked.connect(self._go)
        self.list.activated.connect(self._go)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(4, 0, 0, 4)
        inside.setSpacing(2)
        inside.addWidget(self.branches)
        inside.addWidget(self.list, 1)
        self._row = -1

    def show_frame(self, frame: Frame, breakpoints: frozenset[tuple[str, int]]) -> None:
        """Show *frame*, with dots at *breakpoints*."""
        self.delegate.frame = frame
        self.show_recorded(frame.recorded)
        self.delegate.breakpoints = frozenset(v for kind, v in breakpoints if kind == "item")
        if frame.script is not self.model.script:
            self.list.setUniformItemSizes(len(frame.script.lines()) > LONG)
            self.delegate.uniform = len(frame.script.lines()) > LONG
            self.model.set_script(frame.script)
        self._show_branches(frame)
        row = self._row_of(frame)
        if row != self._row:
            self._row = row
            index = self.model.index(max(row, 0))
            self.list.scrollTo(index, QListView.ScrollHint.EnsureVisible)
            if row >= 0:
                self.list.setCurrentIndex(index)
            else:
                self.list.clearSelection()
        self.list.viewport().update()

    def show_recorded(self, recorded: int) -> None:
        """Show what the *recorded* items caused."""
        if recorded == self.delegate.recorded:
            return
        self.delegate.recorded = recorded
        if not self.delegate.uniform:
            self.list.scheduleDelayedItemsLayout()
        self.list.viewport().update()

    def set_look(self, theme: Theme, scale: float) -> None:
        """Draw in *theme* at *scale* from now on."""
        self.delegate.theme, self.delegate.scale = theme, scale
        self.list.scheduleDelayedItemsLayout()
        self.list.viewport().update()

    def _row_of(self, frame: Frame) -> int:
        """Return the row of the current item, -1 at the start."""
        from bisect import bisect_right

        item = frame.position.item
        return bisect_right(self.model.lines, item, key=lambda line: line.first) - 1 if item else -1

    def _show_branches(self, frame: Frame) -> None:
        names = [lane.name for lane in frame.branches]
        if [self.branches.itemText(n) for n in range(self.branches.count())] != names:
            self.branches.clear()
            self.branches.addItems(names)
        current = next((n for n, lane in enumerate(frame.branches) if lane.current), 0)
        self.branches.setCurrentIndex(current)
        self.branches.setVisible(len(names) > 1)

    def _go(self, index: QModelIndex) -> None:
        line = index.data(Qt.ItemDataRole.UserRole)
        if isinstance(line, Line):
            self.activated.emit(Target("item", line.last))

    def _menu(self, at: QPoint) -> None:
        line = self.list.indexAt(at).data(Qt.ItemDataRole.UserRole)
        if isinstance(line, Line):
            place = self.list.viewport().mapToGlobal(at)
            self.menu_requested.emit(Target("item", line.first), place)


def numbers_of(line: Line) -> str:
    """Return `4`, or `3–514` for a range."""
    return f"{line.first:,}" if line.count == 1 else f"{line.first:,}–{line.last:,}"
