"""How the window is dressed: theme, UI scale, layouts, presenting."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from pmlviz.ui.figures.theme import THEMES
from pmlviz.ui.fonts import font
from pmlviz.ui.look import palette, style_sheet
from pmlviz.ui.settings import LEAST_SCALE, MOST_SCALE, Settings

if TYPE_CHECKING:
    from pmlviz.ui.window import Window

PRESENT_SCALE = 1.25


class Looks:
    """The looks of one window, stored as they change."""

    def __init__(self, window: "Window", settings: Settings) -> None:
        """Start as the last time."""
        self._window, self._settings = window, settings
        self.theme = THEMES[settings.theme]
        self.scale = settings.scale
        self.layout_name = settings.layout
        self.presenting = False

    @property
    def shown_scale(self) -> float:
        """The scale that is drawn: larger while presenting."""
        return self.scale * (PRESENT_SCALE if self.presenting else 1.0)

    def dress(self) -> None:
        """Put palette, fonts and sheet on everything."""
        window, scale = self._window, self.shown_scale
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.setPalette(palette(self.theme))
            application.setFont(font(round(12.5 * scale)))
            application.setStyleSheet(style_sheet(self.theme, scale))
        if window.attached:
            window.toolbar.set_look(self.theme, scale)
        window.docks.set_scale(scale)
        window.fold()
        if window.attached:
            window.panes.set_look(self.theme, scale)
            window.refresh()

    def set_theme(self, name: str) -> None:
        """Show theme *name* from now on."""
        self.theme = THEMES[name]
        self._settings.theme = name
        self.dress()

    def set_scale(self, scale: float) -> None:
        """Show everything *scale* times as large, within what is legible."""
        self.scale = round(max(LEAST_SCALE, min(MOST_SCALE, scale)), 2)
        self._settings.scale = self.scale
        self.dress()

    def set_layout(self, name: str) -> None:
        """Show the panels and the stage of layout *name*: teach or debug."""
        if self.presenting:
            self.toggle_present()
        self.layout_name = self._settings.layout = name
        self._window.docks.apply(name)
        self._window.panes.set_mode(name)
        self._window.refresh()

    def reset_layout(self) -> None:
        """Put every panel back where it starts."""
        self._window.docks.reset(self.layout_name)
        self._window.refresh()

    def toggle_present(self) -> None:
        """Present: no toolbar, no panels but the timeline, everything larger; or no longer."""
        window = self._window
        self.presenting = not self.presenting
        if self.presenting:
            window.docks.show("present")
            window.showFullScreen()
        else:
            window.docks.show(self.layout_name)
            window.showNormal()
        for part in (window.toolbar, window.status):
            part.setVisible(not self.presenting)
        self.dress()
