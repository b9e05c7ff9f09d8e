"""The timeline as a widget."""

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pmlviz.core.timeline import Position
from pmlviz.ui.figures import timeline_events
from pmlviz.ui.figures.theme import DARK
from pmlviz.ui.views.timeline_view import TimelineView
from tests.ui.playing import frame_of


def view_of(qtbot: QtBot) -> tuple[QWidget, TimelineView]:
    parent = QWidget()
    parent.resize(1200, 80)
    qtbot.addWidget(parent)
    view = TimelineView(parent)
    view.resize(1200, 75)
    view.show_frame(frame_of("tour-xen", 4))
    parent.show()
    return parent, view


def test_a_click_pauses_and_seeks(qtbot: QtBot) -> None:
    _parent, view = view_of(qtbot)
    paused: list[bool] = []
    view.scrubbed.connect(lambda: paused.append(True))

    with qtbot.waitSignal(view.sought) as sought:
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(1190, 49))

    (position,) = sought.args or [None]
    assert isinstance(position, Position)
    assert position.item == 7
    assert paused == [True]


def test_a_notch_of_the_wheel_is_one_item(qtbot: QtBot) -> None:
    _parent, view = view_of(qtbot)
    steps: list[int] = []
    view.stepped.connect(steps.append)

    for turn in (-120, 240, -60, -60):
        at = QPointF(10, 10)
        wheel = QWheelEvent(
            at, at, QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,  # noqa: FBT003
        )  # fmt: skip
        view.wheelEvent(wheel)

    assert steps == [1, -1, -1, 1]


def test_what_is_drawn_follows_size_theme_and_scale(qtbot: QtBot) -> None:
    _parent, view = view_of(qtbot)
    first = view.scene()

    view.set_look(DARK, 2.0)

    assert first is not None
    assert view.scene() is not None
    assert view.sizeHint().height() == 150
    assert view.grab().toImage().pixelColor(600, 18).name() != "#000000"


def test_in_the_debug_layout_time_is_in_events(qtbot: QtBot) -> None:
    _parent, view = view_of(qtbot)
    teach = view.scene()

    view.set_mode("debug")
    debug = view.scene()
    with qtbot.waitSignal(view.sought) as sought:
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(300, 40))

    assert debug == timeline_events.layout(frame_of("tour-xen", 4), 1200, 75)
    assert debug != teach
    (position,) = sought.args or [None]
    assert position == timeline_events.seek(frame_of("tour-xen", 4), 1200, 300, 40)
    view.set_mode("teach")
    assert view.scene() == teach
