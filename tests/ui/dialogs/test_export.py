"""The export sheet."""

from pathlib import Path

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pmlviz.core.errors import PmlvizError
from pmlviz.ui.dialogs.export import ExportSheet
from pmlviz.ui.exports import Wish


def sheet_of(qtbot: QtBot, written: list[Wish], fault: PmlvizError | None = None) -> ExportSheet:
    parent = QWidget()
    qtbot.addWidget(parent)

    def write(wish: Wish) -> None:
        if fault is not None:
            raise fault
        written.append(wish)

    sheet = ExportSheet(parent, Path("out"), write, lambda wish: f"pmlviz export {wish.path}")
    sheet.parent_kept = parent  # type: ignore[attr-defined]
    return sheet


def test_what_is_chosen_is_written(qtbot: QtBot) -> None:
    written: list[Wish] = []
    sheet = sheet_of(qtbot, written)

    sheet.form.setCurrentText("PNG")
    sheet.theme.setCurrentText("dark")
    sheet.width_of.setCurrentIndex(3)
    sheet._save()

    assert written == [Wish("window", "dark", 175.0, 2.0, Path("out/pmlviz-figure.png"))]


def test_the_command_line_follows_what_is_chosen(qtbot: QtBot) -> None:
    sheet = sheet_of(qtbot, [])

    sheet.path.setText("x.pdf")

    assert sheet.line.text() == "pmlviz export x.pdf"


def test_a_fault_is_shown_and_the_sheet_stays(qtbot: QtBot) -> None:
    sheet = sheet_of(qtbot, [], PmlvizError("cannot be written", place="x.svg"))
    sheet.show()

    sheet._save()

    assert sheet.answer.text() == "x.svg: cannot be written"
    assert sheet.isVisible()
    sheet.close()
