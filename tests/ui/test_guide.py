"""The sheets beside the window."""

from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest

from pmlviz.core.timeline import Position
from pmlviz.ui.dialogs.editor import EditorSheet
from pmlviz.ui.dialogs.help import TextSheet
from pmlviz.ui.dialogs.prompt import Prompt
from pmlviz.ui.window import Window

Key, Control = Qt.Key, Qt.KeyboardModifier.ControlModifier


def test_go_to_takes_a_place_and_closes(window: Window) -> None:
    QTest.keyClick(window, Key.Key_G, Control)
    prompt = window.guide.sheet("goto")
    assert isinstance(prompt, Prompt)

    QTest.keyClicks(prompt.field, "50%")
    QTest.keyClick(prompt.field, Key.Key_Return)

    assert window.session.position == window.session.timeline.rest(4)
    assert window.guide.sheet("goto") is None


def test_go_to_says_below_the_field_what_is_wrong_and_stays(window: Window) -> None:
    window.guide.ask_goto()
    prompt = window.guide.sheet("goto")
    assert isinstance(prompt, Prompt)

    QTest.keyClicks(prompt.field, "99")
    QTest.keyClick(prompt.field, Key.Key_Return)

    assert prompt.answer.text() == "there is no item 99. 0 to 7"
    assert window.guide.sheet("goto") is prompt


def test_a_note_becomes_the_caption_of_the_current_item(window: Window) -> None:
    window.session.seek(Position(2), rest=True)
    window.panes.timeline.setFocus()
    QTest.keyClick(window.panes.timeline, Key.Key_M)
    prompt = window.guide.sheet("note")
    assert isinstance(prompt, Prompt)

    QTest.keyClicks(prompt.field, "all pages are there now")
    QTest.keyClick(prompt.field, Key.Key_Return)

    assert (2, "all pages are there now") in window.session.notes
    assert window.files.edited


def test_a_sheet_asked_for_again_takes_the_place_of_the_first(window: Window) -> None:
    window.guide.show_keys()
    first = window.guide.sheet("keys")
    window.guide.show_keys()

    assert window.guide.sheet("keys") is not first


def test_why_tells_the_chain_and_its_links_go_there(window: Window) -> None:
    window.session.seek(Position(4), rest=True)
    window.panes.timeline.setFocus()
    QTest.keyClick(window.panes.timeline, Key.Key_W)
    sheet = window.guide.sheet("why")
    assert isinstance(sheet, TextSheet)

    text = sheet.page.toPlainText()
    sheet.page.anchorClicked.emit(QUrl("3.2"))

    assert "Why was its last write not logged?" in text
    assert window.session.position == Position(3, 2)


def test_the_scenario_is_edited_as_text_and_played_as_unsaved_work(window: Window) -> None:
    window.guide.edit_scenario()
    sheet = window.guide.sheet("editor")
    assert isinstance(sheet, EditorSheet)
    text = sheet.text.toPlainText()

    sheet.text.setPlainText(text.replace("write 0x7000", "write 0x8000"))
    sheet._play()

    assert "# same superpage" in text
    assert window.session.timeline.script.item(5).value == 0x8000
    assert window.files.edited


def test_closing_the_window_closes_its_sheets(window: Window) -> None:
    window.guide.show_help()
    sheet = window.guide.sheet("help")
    assert sheet is not None

    window.close()

    assert not sheet.isVisible()
