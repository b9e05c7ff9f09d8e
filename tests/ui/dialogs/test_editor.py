"""A scenario as text."""

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pmlviz.ui.dialogs.editor import NEW, EditorSheet


def test_a_new_scenario_is_ready_to_play(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    taken: list[str] = []
    sheet = EditorSheet(parent, "New scenario", NEW, taken.append)

    said = sheet.answer.text()
    sheet.play.click()

    assert said == "3 items, strategy xen"
    assert taken == [NEW]


def test_a_fault_is_said_with_its_line_and_cannot_be_played(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    sheet = EditorSheet(parent, "New scenario", NEW, lambda _: None)

    sheet.text.setPlainText(NEW.replace("write 0x5000", "wirte 0x5000"))
    qtbot.waitUntil(lambda: not sheet.play.isEnabled())

    assert "unknown operation 'wirte'" in sheet.answer.text()
    assert "did you mean 'write'" in sheet.answer.text()
