"""The gallery."""

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pmlviz.core import scenarios
from pmlviz.ui.dialogs.gallery import GallerySheet


def test_every_scenario_is_listed_and_the_chosen_one_opens(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    taken: list[str] = []
    sheet = GallerySheet(parent, taken.append)

    sheet.list.setCurrentRow(scenarios.ORDER.index("pml-full"))
    about = sheet.about.text()
    sheet.button.click()

    assert sheet.list.count() == len(scenarios.ORDER)
    assert "516 items" in about
    assert taken == ["pml-full"]
