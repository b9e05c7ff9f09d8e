"""The command palette."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from pmlviz.ui.commands import COMMANDS
from pmlviz.ui.dialogs.palette import Palette, ranked, score
from pmlviz.ui.window import Window


def test_letters_in_order_match_and_starts_of_words_match_best() -> None:
    assert score("nc", "Next CLEAN") == 0
    assert score("xz", "Next CLEAN") is None
    assert (score("cl", "Close") or 0) < (score("ce", "Close") or 0)


def test_no_letters_list_every_command() -> None:
    assert ranked("") == list(COMMANDS.values())


def test_a_few_letters_find_the_command_first() -> None:
    assert ranked("dark")[0].id == "view.dark"
    assert ranked("export")[0].id == "file.export"


def test_enter_does_the_first_and_arrows_choose(window: Window) -> None:
    window.guide.ask_palette()
    palette = window.guide.sheet("palette")
    assert isinstance(palette, Palette)

    QTest.keyClicks(palette.field, "next item")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)

    assert window.session.position == window.session.timeline.rest(1)


def test_what_may_not_be_done_now_is_listed_and_tells_why(window: Window) -> None:
    window.guide.ask_palette()
    palette = window.guide.sheet("palette")
    assert isinstance(palette, Palette)

    QTest.keyClicks(palette.field, "previous item")
    row = palette.list.topLevelItem(0)

    assert row is not None
    assert row.isDisabled()
    assert row.toolTip(0) == "this is the start"
