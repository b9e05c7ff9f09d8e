"""The toolbar: what is played, how it moves, what is done by hand, what is taken away."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from pmlviz.ui.controls import Pick, StepButton, WriteField
from pmlviz.ui.figures.glyphs import Glyph
from pmlviz.ui.figures.theme import Theme
from pmlviz.ui.look import mark

if TYPE_CHECKING:
    from pmlviz.ui.window import Window

LINKS: Final = 1180
"""Below this width the links to palette and keys give way."""

WIDE: Final = 1480
"""Below this width (at scale 1) captions, key hints and the speed give way."""

STEPS: Final[tuple[tuple[str, Glyph, str], ...]] = (
    ("time.start", "first", ""),
    ("time.item_back", "back", "⇧F10"),
    ("time.item", "forward", "F10"),
    ("time.end", "last", ""),
    ("time.run", "run", "F5"),
)


class Toolbar(QToolBar):
    """The controls, left to right as they are used."""

    def __init__(self, window: "Window") -> None:
        """Make the controls; those that need the engine are empty until `fill`."""
        super().__init__("Controls", window)
        self.setObjectName("toolbar")
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._window = window
        self._width = 1600.0
        actions = window.actions_of
        self.menu_button = QToolButton(self)
        self.menu_button.setObjectName("menu-button")
        self.menu_button.setText("☰")
        self.menu_button.setAccessibleName("Menu")
        self.menu_button.setToolTip("All menus")
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu("Menu", self.menu_button)
        for each in actions.menus.values():
            menu.addMenu(each)
        self.menu_button.setMenu(menu)
        self.scenario = Pick("scenario", self, caption="scenario", bold=True)
        self.strategy = Pick("strategy", self, caption="strategy", face="mono", bold=True)
        self.steps = [StepButton(actions[name], icon, key, self) for name, icon, key in STEPS]
        self.steps[2].primary = True
        self.steps[2].setObjectName("primary")
        self.speed = Pick("speed", self)
        self.until = Pick("run until", self)
        self.write = WriteField(self)
        self.vcpu = Pick("vCPU", self)
        self.ops = Pick("ops", self)
        self.export = Pick("export", self)
        self.palette_link = self._link("help.palette", "Ctrl+⇧+P palette")
        self.keys_link = self._link("help.keys", "?  keys")
        for pick, words in ((self.ops, "ops"), (self.export, "export"), (self.until, "run until…")):
            pick.set_value(words)
        self.scenario.set_value("opening…")
        self.strategy.set_value("xen")
        self.speed.set_value("speed 1×")
        self.vcpu.set_value("vCPU 0")
        self._lay_out()
        for pick in self._picks():
            pick.changed.connect(self._share_out)
        self.write.returnPressed.connect(window.act_from_field)
        self.write.textChanged.connect(window.show_prediction)

    def set_look(self, theme: Theme, scale: float) -> None:
        """Paint in *theme* at *scale* from now on."""
        for control in (*self._picks(), *self.steps):
            control.set_look(theme, scale)
        self.write.set_look(theme, scale)

    def set_width(self, width: float) -> None:
        """Fold for a window *width* px wide (at scale 1)."""
        compact = width < WIDE
        for pick in self._picks():
            pick.set_compact(compact=compact)
        for step in self.steps:
            step.set_compact(compact=compact)
        self.write.set_compact(compact=compact)
        self.speed_action.setVisible(not compact)
        self.palette_link.setText("palette" if compact else "Ctrl+⇧+P palette")
        self.links_action.setVisible(width >= LINKS)
        pad = f"QToolBar#toolbar {{ padding: {round(6 * self.write.scale)}px; }}"
        if self.styleSheet() != (pad if compact else ""):
            self.setStyleSheet(pad if compact else "")
        self._width = width
        self._share_out()

    def _share_out(self) -> None:
        """Give the scenario's title what room the others leave."""
        scale = self.scenario.scale
        shown = [self.strategy, self.until, self.write, self.vcpu, self.ops, self.export]
        if self.speed_action.isVisible():
            shown.append(self.speed)
        if self.menu_action.isVisible():
            shown.append(self.menu_button)
        taken = sum(each.sizeHint().width() for each in (*shown, *self.steps)) / scale
        if self.links_action.isVisible():
            links = (self.palette_link, self.keys_link)
            taken += sum(link.sizeHint().width() for link in links) / scale
        gaps = 8 * (len(shown) + 4) + 4 * len(self.steps) - 16
        self.scenario.most = max(110.0, min(334.0, self._width - taken - gaps))
        self.scenario.updateGeometry()

    def fill_menu(
        self,
        pick: Pick,
        entries: list[tuple[str, str, Callable[[], object]]],
        *,
        mono: bool = False,
    ) -> None:
        """Give *pick* the *entries*: text, tip, what choosing does. An empty text is a line."""
        pick.menu().clear()
        for text, tip, act in entries:
            if not text:
                pick.menu().addSeparator()
                continue
            pick.add(text, tip, mono=mono).triggered.connect(lambda _=False, act=act: act())

    def _picks(self) -> tuple[Pick, ...]:
        return (self.scenario, self.strategy, self.speed, self.until, self.vcpu, self.ops,
                self.export)  # fmt: skip

    def _link(self, name: str, text: str) -> QToolButton:
        link = QToolButton(self)
        mark(link, "link")
        link.clicked.connect(self._window.actions_of[name].trigger)
        link.setText(text)
        link.setAccessibleName(text)
        return link

    def _lay_out(self) -> None:
        self.menu_action = self.addWidget(self.menu_button)
        self.addWidget(self.scenario)
        self.addWidget(self.strategy)
        group = QWidget(self)
        row = QHBoxLayout(group)
        row.setContentsMargins(4, 0, 4, 0)
        row.setSpacing(4)
        for step in self.steps:
            row.addWidget(step)
        self.addWidget(group)
        self.speed_action = self.addWidget(self.speed)
        self.addWidget(self.until)
        self.addWidget(self.write)
        self.addWidget(self.vcpu)
        self.addWidget(self.ops)
        self.addWidget(self.export)
        spacer = QWidget(self)
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(spacer)
        links = QWidget(self)
        row = QHBoxLayout(links)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.palette_link)
        row.addWidget(self.keys_link)
        self.links_action = self.addWidget(links)
