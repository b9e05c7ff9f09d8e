"""What the toolbar's menus offer."""

from PySide6.QtWidgets import QMenu

from pmlviz.core import scenarios
from pmlviz.core.strategies import STRATEGIES
from pmlviz.ui.search import Until
from pmlviz.ui.window import Window
from tests.ui.conftest import Opens


def choose(menu: QMenu, text: str) -> None:
    next(action for action in menu.actions() if action.text() == text).trigger()


def test_the_gallery_is_in_the_scenario_menu(window: Window) -> None:
    choose(window.toolbar.scenario.menu(), scenarios.load("pml-full").title)

    assert window.session.document.origin == "pml-full"
    assert window.toolbar.scenario.value == scenarios.load("pml-full").title


def test_every_strategy_can_be_chosen_and_tells_its_trade_off(window: Window) -> None:
    menu = window.toolbar.strategy.menu()
    tips = {action.text(): action.toolTip() for action in menu.actions()}

    choose(menu, "write-protect")

    assert tips == {s.name: s.trade_off for s in STRATEGIES.values()}
    assert window.session.strategy == "write-protect"
    assert window.toolbar.strategy.value == "write-protect"


def test_speed_and_stop_are_chosen_and_shown(window: Window) -> None:
    choose(window.toolbar.speed.menu(), "10×")
    choose(window.toolbar.until.menu(), "exit 62")

    assert window.session.speed == 10
    assert window.toolbar.speed.value == "speed 10×"
    assert window.deeds.until is Until.PML_FULL
    assert window.toolbar.until.value == "until exit 62"


def test_the_vcpus_are_those_of_the_machine(open_window: Opens) -> None:
    window = open_window("two-vcpus")
    menu = window.toolbar.vcpu.menu()
    menu.aboutToShow.emit()

    choose(menu, "vCPU 1")

    assert [action.text() for action in menu.actions()] == ["vCPU 0", "vCPU 1"]
    assert window.deeds.vcpu == 1
    assert window.toolbar.vcpu.value == "vCPU 1"


def test_operations_and_exports_are_commands(window: Window) -> None:
    ops = [a.objectName() for a in window.toolbar.ops.menu().actions() if not a.isSeparator()]
    exports = [a.objectName() for a in window.toolbar.export.menu().actions()]

    assert {"act.clean", "act.peek", "act.drain"} < set(ops)
    assert exports[0] == "file.export"
