"""PySide6 must not eat references to None and True.

6.12.0 does on CPython below 3.12, where both are counted, and the process aborts within seconds.
"""

import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

CALLS = 1000
# A run of its own may free a few references; the fault takes one or more with each call.
SLACK = CALLS // 4


class Sender(QObject):
    told = Signal(bool)


def lost(constant: object, call: Callable[[], object]) -> int:
    """Return how many references to *constant* are gone after CALLS calls (and one to warm up)."""
    call()
    before = sys.getrefcount(constant)
    for _ in range(CALLS):
        call()
    return before - sys.getrefcount(constant)


def test_calls_that_return_nothing_keep_none_alive(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)

    assert lost(None, lambda: widget.setVisible(False)) < SLACK


@pytest.mark.usefixtures("qapp")
def test_painting_keeps_none_alive() -> None:
    image = QImage(16, 16, QImage.Format.Format_ARGB32_Premultiplied)
    painter = QPainter(image)

    gone = lost(None, lambda: painter.fillRect(0, 0, 8, 8, QColor(Qt.GlobalColor.red)))
    painter.end()

    assert gone < SLACK


@pytest.mark.usefixtures("qapp")
def test_signals_keep_true_alive() -> None:
    sender = Sender()
    heard: set[bool] = set()
    sender.told.connect(heard.add)
    truth = True

    gone = lost(truth, lambda: sender.told.emit(truth))

    assert heard == {truth}
    assert gone < SLACK
