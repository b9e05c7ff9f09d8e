"""How a trace is to be read."""

from pathlib import Path

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pmlviz.core.document import TraceOptions
from pmlviz.ui.dialogs.trace import TraceSheet


def test_nothing_chosen_are_the_defaults(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    taken: list[TraceOptions] = []
    sheet = TraceSheet(parent, Path("boot.pwt"), taken.append)

    sheet._open()

    assert taken == [TraceOptions()]


def test_what_is_chosen_is_taken(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    taken: list[TraceOptions] = []
    sheet = TraceSheet(parent, Path("boot.pwt"), taken.append)

    sheet.map.setCurrentText("4K")
    sheet.clean.setValue(5_000_000)
    sheet.limit.setValue(1000)
    sheet._open()

    assert taken == [TraceOptions("4K", 5_000_000, 1000)]
