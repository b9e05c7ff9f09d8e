"""The script as a list."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pmlviz.core.document import Document, open_document
from pmlviz.core.items import Item, Op
from pmlviz.core.timeline import Position
from pmlviz.ui.branches import Branches
from pmlviz.ui.figures.scene import Target
from pmlviz.ui.frame import resolve
from pmlviz.ui.views.script_view import ScriptModel, ScriptView
from tests.ui.playing import frame_of, timeline_of


def view_of(qtbot: QtBot) -> tuple[QWidget, ScriptView]:
    parent = QWidget()
    parent.resize(220, 400)
    qtbot.addWidget(parent)
    view = ScriptView(parent)
    view.resize(220, 400)
    parent.show()
    return parent, view


def test_the_model_is_a_list_of_lines(qtbot: QtBot, qtmodeltester: object) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    model = ScriptModel(parent)
    model.set_script(frame_of("pml-full", 3).script)

    qtmodeltester.check(model)  # type: ignore[attr-defined]

    texts = [model.data(model.index(row)) for row in range(model.rowCount())]
    assert texts[2] == "3–514 write gfn 0..511"
    assert len(texts) == 5


def test_the_current_line_is_chosen_and_at_the_start_none(qtbot: QtBot) -> None:
    _parent, view = view_of(qtbot)

    view.show_frame(frame_of("pml-full", 100), frozenset())
    row = view.list.currentIndex().row()
    view.show_frame(frame_of("pml-full", 0), frozenset())

    assert row == 2
    assert not view.list.selectionModel().hasSelection()


def test_enter_goes_to_the_line(qtbot: QtBot) -> None:
    _parent, view = view_of(qtbot)
    view.show_frame(frame_of("tour-xen", 1), frozenset())
    view.list.setCurrentIndex(view.model.index(3))

    with qtbot.waitSignal(view.activated) as activated:
        QTest.keyClick(view.list, Qt.Key.Key_Return)

    assert activated.args == [Target("item", 4)]


def test_lines_of_history_are_offered_when_there_is_more_than_one(qtbot: QtBot) -> None:
    _parent, view = view_of(qtbot)
    branches = Branches.of(timeline_of("tour-xen")).acted(3, Item(Op.READ, 0x5000))
    frame = resolve(branches.line.timeline, Position(4, 1), branches=branches.chapters())
    view.show_frame(frame_of("tour-xen", 1), frozenset())
    hidden = view.branches.isHidden()

    view.show_frame(frame, frozenset())

    assert hidden
    assert not view.branches.isHidden()
    assert view.branches.currentText() == "branch 1"


def test_a_trace_is_a_list_of_rows_of_one_height(qtbot: QtBot) -> None:
    _parent, view = view_of(qtbot)
    document: Document = open_document("tests/data/traces/lackey/true_raw.lackey.xz")
    timeline = document.timeline()
    timeline.record_to(20)

    view.show_frame(resolve(timeline, Position(10, 1)), frozenset())

    assert view.list.uniformItemSizes()
    assert view.list.currentIndex().row() == 9
