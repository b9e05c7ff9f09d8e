"""A scenario as text: written, checked line by line as it is typed, and played."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialogButtonBox, QPlainTextEdit, QWidget

from pmlviz.core.errors import PmlvizError
from pmlviz.core.scenario import parse
from pmlviz.ui.dialogs.sheet import Sheet
from pmlviz.ui.fonts import font

CHECK_MS = 300
NEW = '''title = "A new scenario"

[machine]
vcpus = 1
regions = [{ gfn = 0, pages = 4096, size = "2M" }]

[script]
strategy = "xen"
items = """
enable
write 0x5000
clean
"""
'''


class EditorSheet(Sheet):
    """The text, what is wrong with it, and a button that plays it."""

    def __init__(
        self, parent: QWidget, title: str, text: str, take: Callable[[str], object]
    ) -> None:
        """Edit *text*; *take* gets it when it is to be played, and may raise PmlvizError."""
        super().__init__(parent, "editor", title, (620, 560))
        self._take = take
        self.text = QPlainTextEdit(text, self)
        self.text.setAccessibleName("The scenario's text")
        self.text.setFont(font(13, "mono"))
        self.text.setStyleSheet('font-family: "DejaVu Sans Mono"')
        self.text.setTabChangesFocus(True)
        self.inside.addWidget(self.text, 1)
        self.answer = self.words("", quiet=True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.play = buttons.addButton("Play it", QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._play)
        buttons.rejected.connect(self.reject)
        self.inside.addWidget(buttons)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(CHECK_MS)
        self._timer.timeout.connect(self.check)
        self.text.textChanged.connect(self._timer.start)
        self.finished.connect(self._timer.stop)
        self.check()

    def check(self) -> None:
        """Say what is wrong with the text, or what it is."""
        try:
            scenario = parse(self.text.toPlainText(), "line")
        except PmlvizError as fault:
            self.answer.setText(str(fault))
            self.play.setEnabled(False)
        else:
            self.answer.setText(f"{len(scenario.script):,} items, strategy {scenario.strategy}")
            self.play.setEnabled(True)

    def _play(self) -> None:
        try:
            self._take(self.text.toPlainText())
        except PmlvizError as fault:
            self.answer.setText(str(fault))
        else:
            self.accept()
