"""The commands as actions: in menus, enabled with reasons."""

from collections.abc import Iterator

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu

from pmlviz.ui.commands import COMMANDS
from pmlviz.ui.settings import Settings
from pmlviz.ui.window import Window


def entries(menu: QMenu) -> Iterator[QAction]:
    for action in menu.actions():
        if not action.isSeparator():
            yield action


def test_every_command_is_in_a_menu(window: Window) -> None:
    found = {action.objectName() for m in window.actions_of.menus.values() for action in entries(m)}

    assert found == set(COMMANDS)


def test_what_may_not_be_done_now_is_grey_and_tells_why(window: Window) -> None:
    back, undo = window.actions_of["time.item_back"], window.actions_of["edit.undo"]

    assert not back.isEnabled()
    assert "this is the start" in back.toolTip()
    assert not undo.isEnabled()
    assert "the script was not edited" in undo.toolTip()


def test_an_operation_the_machine_refuses_is_grey_with_the_machines_reason(window: Window) -> None:
    before = window.actions_of["act.enable"].isEnabled()
    window.session.step_item(1)

    action = window.actions_of["act.enable"]

    assert before
    assert not action.isEnabled()
    assert "log-dirty mode is on already" in action.toolTip()


def test_before_the_engine_is_there_everything_but_closing_waits(qapp: QApplication) -> None:
    shell = Window(Settings())
    shell.show()
    shell._equip()

    enabled = [name for name in COMMANDS if shell.actions_of[name].isEnabled()]
    shell.actions_of["file.quit"].trigger()

    assert enabled == ["file.close", "file.quit"]
    assert not shell.isVisible()
    shell.deleteLater()


def test_a_key_of_a_figure_is_shown_beside_the_words(window: Window) -> None:
    assert window.actions_of["help.why"].text().endswith("\tW")
