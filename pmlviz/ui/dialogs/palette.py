"""The command palette: type a few letters of any command, Enter does it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QTreeWidget, QTreeWidgetItem

from pmlviz.ui.commands import COMMANDS, Command
from pmlviz.ui.dialogs.sheet import Sheet

if TYPE_CHECKING:
    from pmlviz.ui.window import Window


def score(query: str, text: str) -> int | None:
    """Return how badly *text* matches *query* (0 is best); None if its letters are not there in
    order.
    """
    query, text = query.lower().replace(" ", ""), text.lower()
    at, gaps = -1, 0
    for letter in query:
        found = text.find(letter, at + 1)
        if found < 0:
            return None
        starts_word = found == 0 or not text[found - 1].isalnum()
        gaps += 0 if found == at + 1 or starts_word else found - at
        at = found
    return gaps


def ranked(query: str) -> list[Command]:
    """Return the commands that match *query*, the best first."""
    found = []
    for n, command in enumerate(COMMANDS.values()):
        points = score(query, f"{command.text} {command.menu}")
        if points is not None:
            found.append((points, n, command))
    return [command for _, _, command in sorted(found, key=lambda each: each[:2])]


class Palette(Sheet):
    """All commands with their keys; what may not be done now is pale and tells why."""

    def __init__(self, window: "Window") -> None:
        """List every command."""
        super().__init__(window, "palette", "Command palette", (560, 420))
        self._window = window
        self.field = QLineEdit(self)
        self.field.setAccessibleName("Find a command")
        self.field.setPlaceholderText("Find a command")
        self.list = QTreeWidget(self)
        self.list.setAccessibleName("Commands")
        self.list.setColumnCount(3)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setColumnWidth(0, 270)
        self.list.setColumnWidth(1, 60)
        self.inside.addWidget(self.field)
        self.inside.addWidget(self.list, 1)
        self.field.textChanged.connect(self._find)
        self.field.returnPressed.connect(self._do)
        self.list.itemActivated.connect(lambda *_: self._do())
        self.list.itemClicked.connect(lambda *_: self._do())
        self.field.installEventFilter(self)
        self._find("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrows of the field move in the list."""
        moves = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
        pressed = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if pressed and isinstance(event, QKeyEvent) and event.key() in moves:
            self.list.keyPressEvent(event)
            return True
        return False

    def _find(self, query: str) -> None:
        self.list.clear()
        for command in ranked(query):
            keys = ", ".join((*command.keys, *command.figure_keys))
            row = QTreeWidgetItem([command.text.rstrip("…"), command.menu, keys])
            row.setData(0, Qt.ItemDataRole.UserRole, command.id)
            reason = self._window.actions_of.why_not(command.id)
            row.setToolTip(0, reason or command.tip)
            if reason:
                row.setDisabled(True)
            self.list.addTopLevelItem(row)
        first = self.list.topLevelItem(0)
        if first is not None:
            self.list.setCurrentItem(first)

    def _do(self) -> None:
        row = self.list.currentItem()
        if row is not None and not row.isDisabled():
            name = str(row.data(0, Qt.ItemDataRole.UserRole))
            self.accept()
            self._window.actions_of.run(name)
