"""The window, driven by keys and clicks as a person drives it."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pmlviz.core import scenarios
from pmlviz.core.timeline import START, Position
from pmlviz.ui.window import Window
from tests.ui.conftest import Opens

Key, Shift = Qt.Key, Qt.KeyboardModifier.ShiftModifier
Control = Qt.KeyboardModifier.ControlModifier


def test_f10_steps_an_item_and_shift_f10_takes_it_back(window: Window) -> None:
    QTest.keyClick(window, Key.Key_F10)
    QTest.keyClick(window, Key.Key_F10)
    forward = window.session.position
    QTest.keyClick(window, Key.Key_F10, Shift)

    assert forward == window.session.timeline.rest(2)
    assert window.session.position == window.session.timeline.rest(1)


def test_f11s_to_rest_are_one_f10(window: Window) -> None:
    QTest.keyClick(window, Key.Key_F10)
    by_item = window.session.frame
    QTest.keyClick(window, Key.Key_R, Control)
    at_start = window.session.position

    for _ in by_item.events:
        QTest.keyClick(window, Key.Key_F11)

    assert at_start == START
    assert window.session.frame.position == by_item.position
    assert window.session.frame.state == by_item.state


def test_arrows_step_on_the_timeline_and_stay_with_the_list_elsewhere(window: Window) -> None:
    window.panes.timeline.setFocus()
    QTest.keyClick(window.panes.timeline, Key.Key_Right)
    stepped = window.session.position

    window.panes.script.list.setFocus()
    QTest.keyClick(window.panes.script.list, Key.Key_Down)

    assert stepped == window.session.timeline.rest(1)
    assert window.session.position == stepped
    assert window.panes.script.list.currentIndex().row() == 1


def test_letters_and_dots_typed_into_a_field_stay_in_it(window: Window) -> None:
    field = window.toolbar.write
    field.setFocus()

    QTest.keyClicks(field, "gfn 3..5,[]?")

    assert field.text() == "gfn 3..5,[]?"
    assert window.session.position == START
    assert window.guide.sheet("keys") is None


def test_an_address_and_enter_write_it(window: Window) -> None:
    window.session.end()
    window.session.seek(Position(3), rest=True)
    field = window.toolbar.write

    QTest.keyClicks(field, "0x9000")
    QTest.keyClick(field, Key.Key_Return)

    item = window.session.frame.item
    assert item is not None
    assert item.text == "write 0x9000"
    assert window.session.position.item == 4
    assert [lane.name for lane in window.session.frame.branches] == ["main", "branch 1"]


def test_undo_right_after_enter_takes_back_the_write_not_the_typing(window: Window) -> None:
    window.session.seek(Position(3), rest=True)
    field = window.toolbar.write
    field.setFocus()
    QTest.keyClicks(field, "0x9000")
    QTest.keyClick(field, Key.Key_Return)

    QTest.keyClick(field, Key.Key_Z, Control)

    assert field.text() == "0x9000"
    assert len(window.session.frame.branches) == 1


def test_undo_while_typing_takes_back_the_typing(window: Window) -> None:
    window.session.step_item(1)
    window.deeds.act("read 0x5000")
    field = window.toolbar.write
    field.setFocus()
    QTest.keyClicks(field, "0x9000")

    QTest.keyClick(field, Key.Key_Z, Control)

    assert field.text() == ""
    assert len(window.session.frame.branches) == 2


def test_the_export_key_works_in_the_write_field_too(window: Window) -> None:
    window.toolbar.write.setFocus()

    QTest.keyClick(window.toolbar.write, Key.Key_E, Control)

    assert window.guide.sheet("export") is not None


def test_the_write_field_tells_what_enter_would_do(window: Window) -> None:
    window.session.set_strategy("xen")
    window.session.seek(Position(2), rest=True)

    QTest.keyClicks(window.toolbar.write, "0x5000")

    tip = window.toolbar.write.toolTip()
    assert tip.startswith("write 0x5000 → EPT misconfiguration, EPT violation")
    assert tip.endswith("+1 table")


def test_what_cannot_be_read_is_told_and_nothing_is_done(window: Window) -> None:
    field = window.toolbar.write

    QTest.keyClicks(field, "wirte 0x9000")
    QTest.keyClick(field, Key.Key_Return)

    assert "did you mean 'write'" in window.toast.text
    assert len(window.session.timeline.script) == 7
    assert field.text() == "wirte 0x9000"


def test_undo_takes_the_edit_back_and_never_moves_time(window: Window) -> None:
    QTest.keyClick(window, Key.Key_F10)
    window.deeds.act("read 0x5000")
    acted = window.session.position.item

    QTest.keyClick(window, Key.Key_Z, Control)

    assert window.session.position == window.session.timeline.rest(acted)
    assert len(window.session.frame.branches) == 1


def test_at_the_end_f10_opens_the_next_chapter_and_at_its_start_shift_f10_returns(
    window: Window,
) -> None:
    window.session.end()
    QTest.keyClick(window, Key.Key_F10)
    opened = window.session.document.origin, window.session.position.item
    QTest.keyClick(window, Key.Key_R, Control)
    QTest.keyClick(window, Key.Key_F10, Shift)

    assert opened == ("tour-xen", 1)
    assert window.session.document.origin == "tour"
    assert window.session.position == window.session.timeline.rest(7)


def test_escape_deselects_when_nothing_is_under_way(window: Window) -> None:
    window.deeds.act_on_range(6, 6)
    window.session.select(window.session.frame.focus)

    QTest.keyClick(window, Key.Key_Escape)

    assert window.session.selection is None


def test_a_narrow_window_folds_the_left_column_and_a_wide_one_unfolds_it(
    open_window: Opens,
) -> None:
    window = open_window(width=1280, height=800)
    folded = [window.docks.is_shown(name) for name in ("script", "counters", "promise")]

    window.resize(1600, 1000)

    assert folded == [False, False, False]
    assert all(window.docks.is_shown(name) for name in ("script", "counters", "promise"))


def test_presenting_hides_the_toolbar_pages_step_and_escape_leaves(window: Window) -> None:
    QTest.keyClick(window, Key.Key_F12)
    hidden = window.toolbar.isHidden(), window.docks.is_shown("script")
    QTest.keyClick(window, Key.Key_PageDown)
    slide = window.session.position.item
    QTest.keyClick(window, Key.Key_Escape)

    assert hidden == (True, False)
    assert slide == window.session.notes[0][0]
    assert not window.looks.presenting
    assert not window.toolbar.isHidden()


def test_a_scenario_dropped_anywhere_opens(window: Window, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(scenarios.text_of("pml-full"), encoding="utf-8")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])

    window.dropEvent(
        QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
                   Qt.KeyboardModifier.NoModifier)
    )  # fmt: skip

    assert window.session.document.path == path
    assert window.windowTitle() == "mine.toml[*] — pmlviz"


def test_the_title_marks_work_that_is_not_saved(window: Window) -> None:
    clean = window.isWindowModified()

    window.deeds.act("read 0x5000" if window.session.position.item else "enable")

    assert not clean
    assert window.isWindowModified()


def test_every_widget_that_takes_the_focus_has_a_name_for_those_who_cannot_see_it(
    window: Window,
) -> None:
    nameless = [
        f"{type(widget).__name__} {widget.objectName()}"
        for widget in window.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not widget.accessibleName()
        and not hasattr(widget, "text")
        and widget.isVisible()
    ]

    assert not nameless, nameless


def test_a_click_on_a_script_line_goes_there(window: Window) -> None:
    view = window.panes.script.list
    box = view.visualRect(view.model().index(2, 0))

    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=box.center())

    assert window.session.position == window.session.timeline.rest(3)


def test_dragging_on_the_timeline_pauses_and_seeks_and_the_wheel_steps(
    window: Window, qtbot: QtBot
) -> None:
    window.session.play()
    view = window.panes.timeline
    start, end = QPoint(20, 49), QPoint(view.width() - 20, 49)

    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    paused = not window.session.playing
    QTest.mouseMove(view, end)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)

    assert paused
    assert window.session.position.item >= 1
