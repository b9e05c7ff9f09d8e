"""The panels and their places."""

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDockWidget, QToolBar

from pmlviz.ui.docks import PANELS
from pmlviz.ui.window import Window
from tests.ui.conftest import Opens


def test_every_dock_and_toolbar_has_a_name_to_be_stored_by(window: Window) -> None:
    parts = [*window.findChildren(QDockWidget), *window.findChildren(QToolBar)]

    assert len(parts) == len(PANELS) + 1
    assert all(part.objectName() for part in parts)


def test_teach_shows_script_counters_promise_and_timeline(window: Window) -> None:
    shown = {panel.name for panel in PANELS if window.docks.is_shown(panel.name)}

    assert shown == {"script", "counters", "promise", "timeline"}


def test_debug_shows_the_events_of_the_item_with_sentences(window: Window) -> None:
    window.session.step_item(1)

    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)

    assert window.docks.is_shown("events")
    assert window.panes.events.model.rowCount() == len(window.session.frame.events)


def test_a_closed_panel_comes_back_from_the_menu(window: Window) -> None:
    window.docks["counters"].close()
    closed = window.docks.is_shown("counters")

    window.actions_of["view.counters"].trigger()

    assert not closed
    assert window.docks.is_shown("counters")


def test_the_layout_is_the_same_at_the_next_start_and_can_be_reset(open_window: Opens) -> None:
    first = open_window()
    first.docks.toggle("promise")
    first.docks["counters"].setFloating(True)
    first.close()

    second = open_window()
    kept = second.docks.is_shown("promise"), second.docks["counters"].isFloating()
    second.looks.reset_layout()

    assert kept == (False, True)
    assert second.docks.is_shown("promise")
    assert not second.docks["counters"].isFloating()


def test_a_spoiled_layout_changes_nothing(window: Window) -> None:
    window.docks.restore(QByteArray(b"no layout"), "teach")

    assert window.docks.is_shown("script")


def test_a_panel_opened_by_hand_in_a_narrow_window_stays(open_window: Opens) -> None:
    window = open_window(width=1280, height=800)

    window.docks.toggle("script")
    window.looks.set_layout("debug")

    assert window.docks.is_shown("script")
    assert not window.docks.is_shown("promise")


def test_folding_is_not_remembered_but_closing_is(open_window: Opens) -> None:
    first = open_window(width=1280, height=800)
    first.close()

    second = open_window()
    unfolded = second.docks.is_shown("script")
    second.docks["counters"].close()
    second.close()
    third = open_window()

    assert unfolded
    assert third.docks.is_shown("script")
    assert not third.docks.is_shown("counters")


def test_the_debug_layout_is_there_again_at_the_next_start(open_window: Opens) -> None:
    first = open_window()
    first.looks.set_layout("debug")
    first.close()

    second = open_window()

    assert second.looks.layout_name == "debug"
    assert second.docks.is_shown("events")
