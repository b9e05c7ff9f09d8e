"""The toolbar's own controls."""

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pmlviz.ui.controls import Pick, StepButton, WriteField
from pmlviz.ui.figures.theme import DARK


def test_a_choice_is_as_wide_as_what_is_chosen_up_to_its_most(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    pick = Pick("scenario", parent, caption="scenario", bold=True, most=200)

    pick.set_value("short")
    narrow = pick.sizeHint().width()
    pick.set_value("a very long title of a scenario about superpages")

    assert narrow < 200
    assert pick.sizeHint().width() == 200
    assert pick.accessibleDescription().startswith("a very long title")


def test_a_compact_choice_has_no_caption(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    pick = Pick("strategy", parent, caption="strategy")
    pick.set_value("xen")
    wide = pick.sizeHint().width()

    pick.set_compact(compact=True)

    assert pick.sizeHint().width() < wide - 40


def test_all_controls_grow_with_the_ui_scale_and_paint_in_both_themes(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    action = QAction("Next item", parent)
    step = StepButton(action, "forward", "F10", parent)
    pick = Pick("vCPU", parent)
    pick.set_value("vCPU 0")
    field = WriteField(parent)
    before = [step.sizeHint().width(), pick.sizeHint().width(), field.width()]

    for control in (step, pick, field):
        control.set_look(DARK, 2.0)
        assert not control.grab().isNull()

    after = [step.sizeHint().width(), pick.sizeHint().width(), field.width()]
    assert all(abs(a - 2 * b) <= 1 for a, b in zip(after, before, strict=True))


def test_a_step_does_what_its_action_does_and_is_grey_with_it(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    action = QAction("Next item", parent)
    done: list[bool] = []
    action.triggered.connect(lambda: done.append(True))
    step = StepButton(action, "forward", "F10", parent)

    step.click()
    action.setEnabled(False)
    step.click()

    assert done == [True]
    assert not step.isEnabled()
