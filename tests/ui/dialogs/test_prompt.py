"""One line to type."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pmlviz.core.errors import PmlvizError
from pmlviz.ui.dialogs.prompt import Prompt


def test_enter_gives_the_line_and_closes(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    taken: list[str] = []
    prompt = Prompt(parent, "note", "Note", "usage", taken.append, "old")
    prompt.show()

    QTest.keyClicks(prompt.field, "new")
    QTest.keyClick(prompt.field, Qt.Key.Key_Return)

    assert taken == ["new"]
    assert not prompt.isVisible()


def test_typing_on_takes_the_fault_away(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)

    def refuse(_: str) -> None:
        raise PmlvizError("no", hint="yes")

    prompt = Prompt(parent, "note", "Note", "usage", refuse)
    QTest.keyClick(prompt.field, Qt.Key.Key_Return)
    fault = prompt.answer.text()
    QTest.keyClicks(prompt.field, "x")

    assert fault == "no. yes"
    assert prompt.answer.text() == "usage"
