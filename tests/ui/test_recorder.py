"""Recording in slices."""

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from pmlviz.core.document import open_document
from pmlviz.core.timeline import Position
from pmlviz.ui import search
from pmlviz.ui.recorder import Recorder


def test_a_goal_is_reached_while_items_are_recorded(qtbot: QtBot) -> None:
    timeline = open_document("pml-full").timeline()
    parent = QObject()
    recorder = Recorder(parent)
    recorder.record(timeline)

    with qtbot.waitSignal(recorder.arrived) as arrived:
        recorder.go(search.at_item(timeline, Position(515), rest=True), "playing", 515)

    assert arrived.args == [timeline.rest(515)]
    assert not recorder.busy
    recorder.stop()


def test_a_goal_given_up_is_never_arrived_at(qtbot: QtBot) -> None:
    timeline = open_document("pml-full").timeline()
    parent = QObject()
    recorder = Recorder(parent)
    arrived: list[object] = []
    recorder.arrived.connect(arrived.append)
    recorder.record(timeline)
    recorder.go(search.at_item(timeline, Position(516), rest=True), "playing", 516)

    recorder.cancel()
    qtbot.waitUntil(lambda: timeline.complete)

    assert arrived == []
    recorder.stop()
