"""The events of the current item, in sentences."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pmlviz.ui.figures.scene import Target
from pmlviz.ui.views.events_view import EventsModel, EventsView
from tests.ui.playing import frame_of


def test_every_event_has_its_sentence(qtbot: QtBot, qtmodeltester: object) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    model = EventsModel(parent)
    frame = frame_of("tour-xen", 4, 3)

    changed = model.show_frame(frame), model.show_frame(frame)

    qtmodeltester.check(model)  # type: ignore[attr-defined]
    assert changed == (True, False)
    assert len(model.sentences) == len(frame.events)
    assert model.sentences[0].startswith("vCPU 0 is about to write")


def test_the_current_event_is_chosen_and_enter_goes_to_another(qtbot: QtBot) -> None:
    parent = QWidget()
    parent.resize(400, 300)
    qtbot.addWidget(parent)
    view = EventsView(parent)
    view.resize(400, 300)
    parent.show()
    view.show_frame(frame_of("tour-xen", 4, 3))
    row = view.list.currentIndex().row()
    view.list.setCurrentIndex(view.model.index(0))

    with qtbot.waitSignal(view.activated) as activated:
        QTest.keyClick(view.list, Qt.Key.Key_Return)

    assert row == 2
    assert activated.args == [Target("event", (4, 1))]
