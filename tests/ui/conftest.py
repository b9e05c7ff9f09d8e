"""A window as a person has it, on the tour, with settings of its own."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from pmlviz.ui.window import Window


class Opens(Protocol):
    """Opens a window on a reference and shows it, all its items played."""

    def __call__(self, reference: str = "tour", width: int = 1600, height: int = 1000) -> "Window":
        """Return the window."""


@pytest.fixture
def open_window(qtbot: "QtBot") -> Iterator[Opens]:
    """Open windows, and close them when the test is over."""
    from PySide6.QtWidgets import QApplication

    from pmlviz.ui.app import fill
    from pmlviz.ui.settings import Settings
    from pmlviz.ui.window import Window

    opened: list[Window] = []

    def opens(reference: str = "tour", width: int = 1600, height: int = 1000) -> Window:
        window = Window(Settings())
        opened.append(window)
        window.resize(width, height)
        window.show()
        fill(window, reference)
        qtbot.waitExposed(window)
        window.activateWindow()
        qtbot.waitUntil(lambda: window.session.timeline.complete, timeout=20_000)
        return window

    yield opens
    for window in opened:
        window.files.forget()
        window.close()
        window.deleteLater()
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    application.setStyleSheet("")


@pytest.fixture
def window(open_window: Callable[[], "Window"]) -> "Window":
    """Return a window on the tour."""
    return open_window()
