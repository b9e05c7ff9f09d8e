"""The table of commands as Qt actions: menus, keys, enabled states, all from `commands.py`."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from pmlviz.ui.commands import COMMANDS, MENUS, Command

if TYPE_CHECKING:
    from pmlviz.ui.window import Window

OPENING = "pmlviz is still opening"
ALWAYS = ("file.close", "file.quit")
"""What may be done even before, or when opening failed."""


class Actions(QObject):
    """One action for each command."""

    def __init__(self, window: "Window") -> None:
        """Make all actions; they are disabled until `refresh` is first called."""
        super().__init__(window)
        self._window = window
        self._made: dict[str, QAction] = {}
        for command in COMMANDS.values():
            self._made[command.id] = self._action(command)
        self.menus = {name: self._menu(name) for name in MENUS}
        self._places: list[QWidget] = []

    def __getitem__(self, name: str) -> QAction:
        """Return the action of command *name*."""
        return self._made[name]

    def run(self, name: str) -> None:
        """Do command *name*, if it may be done now."""
        if not self._reason(COMMANDS[name]):
            self._window.attempt(COMMANDS[name].run)

    def fill_bar(self, bar: QMenuBar) -> None:
        """Put all menus into *bar*."""
        for menu in self.menus.values():
            bar.addMenu(menu)

    def listen_on(self, figure: QWidget) -> None:
        """Let the figure keys work while *figure* has the focus."""
        for command in COMMANDS.values():
            for keys in command.figure_keys:
                shortcut = QShortcut(QKeySequence(keys), figure)
                shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                shortcut.activated.connect(self._made[command.id].trigger)

    def refresh(self) -> None:
        """Enable what may be done now; the others tell why not."""
        for name, command in COMMANDS.items():
            action = self._made[name]
            reason = self._reason(command)
            action.setEnabled(not reason)
            tip = command.tip if not reason else f"{command.text.rstrip('…')}: {reason}"
            action.setToolTip(self._tip(command, tip))
            if command.checkable is not None and self._window.attached:
                action.setChecked(command.checkable(self._window))

    def why_not(self, name: str) -> str:
        """Return why command *name* may not be done now; empty if it may."""
        return self._reason(COMMANDS[name])

    def _reason(self, command: Command) -> str:
        if self._window.attached:
            return command.why_not(self._window)
        return "" if command.id in ALWAYS else OPENING

    def _tip(self, command: Command, tip: str) -> str:
        keys = ", ".join((*command.keys, *command.figure_keys))
        words = tip or command.text.rstrip("…")
        return f"{words}  ({keys})" if keys else words

    def _action(self, command: Command) -> QAction:
        shown = command.text
        if command.figure_keys and not command.keys:
            shown = f"{shown}\t{command.figure_keys[0]}"  # beside the text, as other keys are
        action = QAction(shown, self._window)
        action.setObjectName(command.id)
        action.setShortcuts([QKeySequence(keys) for keys in command.keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setCheckable(command.checkable is not None)
        action.setEnabled(command.id in ALWAYS)
        action.setMenuRole(QAction.MenuRole.NoRole)
        action.triggered.connect(lambda _checked=False, name=command.id: self.run(name))
        self._window.addAction(action)
        return action

    def _menu(self, name: str) -> QMenu:
        menu = QMenu(f"&{name}", self._window)
        menu.setObjectName(f"menu-{name.lower()}")
        menu.setToolTipsVisible(True)
        for command in COMMANDS.values():
            if command.menu == name:
                if command.separator:
                    menu.addSeparator()
                menu.addAction(self._made[command.id])
        return menu
