"""The toolbar at several widths."""

import pytest
from pytestqt.qtbot import QtBot

from pmlviz.ui.toolbar import STEPS
from tests.ui.conftest import Opens


@pytest.mark.parametrize("width", [1100, 1280, 1440, 1600, 1920])
def test_all_controls_fit_beside_each_other(open_window: Opens, width: int) -> None:
    window = open_window(width=width, height=800)
    toolbar = window.toolbar

    controls = [toolbar.scenario, toolbar.strategy, *toolbar.steps, toolbar.until, toolbar.write,
                toolbar.vcpu, toolbar.ops, toolbar.export]  # fmt: skip

    assert all(control.isVisible() for control in controls)
    assert all(c.width() >= c.sizeHint().width() for c in controls if c is not toolbar.write)
    right = toolbar.export.mapTo(toolbar, toolbar.export.rect().topRight()).x()
    assert right <= width


def test_captions_keys_and_speed_give_way_where_there_is_little_room(
    open_window: Opens, qtbot: QtBot
) -> None:
    window = open_window(width=1280, height=800)
    narrow = window.toolbar.speed.isVisible(), window.toolbar.steps[1].compact

    window.resize(1600, 1000)
    qtbot.waitUntil(window.toolbar.speed.isVisible)

    assert narrow == (False, True)
    assert not window.toolbar.steps[1].compact


def test_the_menus_have_a_bar_in_a_tall_window_and_a_button_in_a_low_one(
    open_window: Opens, qtbot: QtBot
) -> None:
    window = open_window(width=1600, height=1000)
    low = window.menuBar().isVisible(), window.toolbar.menu_button.isVisible()

    window.resize(1600, 1200)
    qtbot.waitUntil(lambda: not window.toolbar.menu_button.isVisible())

    assert low == (False, True)
    assert window.menuBar().isVisible()


def test_the_steps_are_commands(open_window: Opens) -> None:
    window = open_window()

    actions = [step.defaultAction() for step in window.toolbar.steps]

    assert actions == [window.actions_of[name] for name, _, _ in STEPS]
