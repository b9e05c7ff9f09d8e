"""A window beside the window."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pmlviz.ui.dialogs.sheet import Sheet


def test_a_sheet_is_in_nobodys_way_and_escape_closes_it(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    sheet = Sheet(parent, "x", "A title", (200, 100))
    sheet.show()

    modal = sheet.isModal()
    QTest.keyClick(sheet, Qt.Key.Key_Escape)

    assert not modal
    assert not sheet.isVisible()
    assert sheet.accessibleName() == "A title"
