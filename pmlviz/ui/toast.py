"""A short message over the window, with buttons; it goes by itself, an error when it is closed."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

SHOWN_MS: Final = 7000
_ABOVE_FOOT: Final = 132
"""Above timeline and status, which it must not hide."""

Choice = tuple[str, Callable[[], object]]


class Toast(QFrame):
    """The one place for messages of a window; a new one takes the place of the old."""

    def __init__(self, window: QWidget) -> None:
        """Be hidden, at the lower edge of *window*."""
        super().__init__(window)
        self._host = window
        self.setObjectName("toast")
        self.setAccessibleName("Message")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(14, 8, 8, 8)
        self._row.setSpacing(8)
        self._label = QLabel(self)
        self._label.setWordWrap(True)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._row.addWidget(self._label, 1)
        self._buttons: list[QPushButton] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.dismiss)
        window.installEventFilter(self)
        self.hide()

    @property
    def text(self) -> str:
        """The message that is shown; empty when none is."""
        return self._label.text() if not self.isHidden() else ""

    def say(self, text: str, choices: tuple[Choice, ...] = (), *, stays: bool = False) -> None:
        """Show *text* with buttons for *choices*; with *stays* until it is closed."""
        for button in self._buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = [self._button(name, act) for name, act in choices]
        self._buttons.append(self._button("×", lambda: None))
        self._buttons[-1].setAccessibleName("Close the message")
        self._label.setText(text)
        self.show()
        self.raise_()
        self._place()
        if stays:
            self._timer.stop()
        else:
            self._timer.start(SHOWN_MS)

    def dismiss(self) -> None:
        """Hide the message."""
        self._timer.stop()
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the lower edge when the window changes size."""
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._place()
        return False

    def _button(self, name: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(name, self)

        def chosen() -> None:
            self.dismiss()
            act()

        button.clicked.connect(chosen)
        self._row.addWidget(button)
        button.show()
        return button

    def _place(self) -> None:
        host = self._host
        most = max(240, host.width() - 48)
        self._label.setMinimumWidth(0)
        self.setMaximumWidth(most)
        natural = self._label.fontMetrics().boundingRect(0, 0, 4000, 400, 0, self._label.text())
        buttons = sum(b.sizeHint().width() + 8 for b in self._buttons)
        self._label.setMinimumWidth(min(natural.width() + 4, most - buttons - 40))
        self.adjustSize()
        self.move((host.width() - self.width()) // 2, host.height() - self.height() - _ABOVE_FOOT)
