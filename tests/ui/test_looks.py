"""Theme, UI scale, layouts, presenting."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from pmlviz.ui.figures.theme import DARK
from pmlviz.ui.settings import Settings
from pmlviz.ui.window import Window


def test_a_theme_is_put_on_everything_and_remembered(window: Window) -> None:
    window.looks.set_theme("dark")

    assert window.palette().window().color().name() == DARK["window"]
    assert window.toolbar.scenario.theme is DARK
    assert Settings().theme == "dark"
    assert window.actions_of["view.dark"].isChecked()
    window.looks.set_theme("light")


def test_the_ui_scale_grows_controls_and_stays_legible(window: Window) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    high = window.toolbar.scenario.sizeHint().height()
    for _ in range(30):
        QTest.keyClick(window, Qt.Key.Key_Plus, control)
    large = window.looks.scale, window.toolbar.scenario.sizeHint().height()
    QTest.keyClick(window, Qt.Key.Key_0, control)

    assert large == (2.5, round(2.5 * high))
    assert window.looks.scale == 1.0
    assert window.toolbar.scenario.sizeHint().height() == high


def test_presenting_is_larger_and_leaves_as_it_came(window: Window) -> None:
    shown = [window.docks.is_shown(name) for name in ("script", "counters", "promise")]

    window.looks.toggle_present()
    large = window.looks.shown_scale
    window.looks.toggle_present()

    assert large == 1.25
    assert window.looks.shown_scale == 1.0
    assert [window.docks.is_shown(name) for name in ("script", "counters", "promise")] == shown
