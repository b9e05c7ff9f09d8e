"""What the toolbar's menus offer, once the engine is there."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QActionGroup

from pmlviz.core import scenarios
from pmlviz.core.strategies import STRATEGIES
from pmlviz.ui.controls import Pick
from pmlviz.ui.search import Until
from pmlviz.ui.session import SPEEDS

if TYPE_CHECKING:
    from pmlviz.ui.window import Window


def fill_toolbar(window: "Window") -> None:
    """Fill every menu of the toolbar of *window*."""
    toolbar, session, deeds = window.toolbar, window.session, window.deeds
    toolbar.scenario.set_value(session.document.title)
    toolbar.scenario.menu().aboutToShow.connect(lambda: _scenarios(window))
    _scenarios(window)
    for strategy in STRATEGIES.values():
        action = toolbar.strategy.add(strategy.name, strategy.trade_off, mono=True)
        action.triggered.connect(
            lambda _=False, name=strategy.name: window.attempt(
                lambda w: w.session.set_strategy(name)
            )
        )
    _choices(
        toolbar.speed,
        [(f"{speed:g}×", f"{speed:g} items a second", speed) for speed in SPEEDS],
        1.0,
        "speed ",
        session.set_speed,
    )

    def until(value: object) -> None:
        assert isinstance(value, Until)
        deeds.until = value
        toolbar.until.set_value("run until…" if value is Until.END else f"until {value.value}")

    _choices(toolbar.until, [(u.value, "", u) for u in Until], Until.END, None, until)
    toolbar.vcpu.menu().aboutToShow.connect(lambda: _vcpus(window))
    _vcpus(window)
    menu = toolbar.ops.menu()
    for action in window.actions_of.menus["Act"].actions():
        menu.addAction(action)
    export = toolbar.export.menu()
    for name in ("file.export", "file.export_again", "edit.copy_figure", "edit.copy"):
        export.addAction(window.actions_of[name])
    edit = window.docks.titles["script"].action
    edit.setText("edit")
    edit.setAccessibleName("Edit the scenario as text")
    edit.setToolTip("Edit the scenario as text")
    edit.clicked.connect(lambda: window.attempt(lambda w: w.guide.edit_scenario()))
    edit.show()


def _choices(
    pick: Pick,
    entries: list[tuple[str, str, object]],
    first: object,
    prefix: str | None,
    take: "object",
) -> None:
    group = QActionGroup(pick)
    for text, tip, value in entries:
        action = pick.add(text, tip)
        action.setCheckable(True)
        action.setChecked(value == first)
        group.addAction(action)

        def chosen(_: bool = False, text: str = text, value: object = value) -> None:  # noqa: FBT001, FBT002
            if prefix is not None:
                pick.set_value(f"{prefix}{text}")
            assert callable(take)
            take(value)

        action.triggered.connect(chosen)


def _scenarios(window: "Window") -> None:
    pick = window.toolbar.scenario
    pick.menu().clear()
    for name in scenarios.ORDER:
        scenario = scenarios.load(name)
        action = pick.add(scenario.title, scenario.file.about)
        action.triggered.connect(lambda _=False, name=name: window.files.open_reference(name))
    pick.menu().addSeparator()
    for name in ("file.gallery", "file.new", "file.open"):
        pick.menu().addAction(window.actions_of[name])
    recent = window.settings.recent
    if recent:
        pick.menu().addSeparator()
    for path in recent:
        action = pick.add(Path(path).name, path)
        action.triggered.connect(lambda _=False, path=path: window.files.open_path(Path(path)))


def _vcpus(window: "Window") -> None:
    pick, n = window.toolbar.vcpu, len(window.session.frame.state.vcpus)
    pick.menu().clear()
    for vcpu in range(n):
        action = pick.add(f"vCPU {vcpu}", f"Acts by hand are made by vCPU {vcpu}")
        action.triggered.connect(lambda _=False, vcpu=vcpu: choose_vcpu(window, vcpu))
    if window.deeds.vcpu >= n:
        choose_vcpu(window, 0)


def choose_vcpu(window: "Window", vcpu: int) -> None:
    """Let acts by hand be made by *vcpu*."""
    window.deeds.vcpu = vcpu
    window.toolbar.vcpu.set_value(f"vCPU {vcpu}")
