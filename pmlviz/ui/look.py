"""How widgets look: Fusion with our own palette and sheet, from the same tokens as the figures."""

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QWidget

from pmlviz.assets import asset
from pmlviz.ui.figures.theme import Theme

_ROLES = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.WindowText: "ink",
    QPalette.ColorRole.Base: "panel",
    QPalette.ColorRole.AlternateBase: "sunk",
    QPalette.ColorRole.Text: "ink",
    QPalette.ColorRole.PlaceholderText: "muted",
    QPalette.ColorRole.Button: "panel",
    QPalette.ColorRole.ButtonText: "ink",
    QPalette.ColorRole.BrightText: "lost",
    QPalette.ColorRole.ToolTipBase: "panel",
    QPalette.ColorRole.ToolTipText: "ink",
    QPalette.ColorRole.Highlight: "bit",
    QPalette.ColorRole.HighlightedText: "bit.ink",
    QPalette.ColorRole.Link: "ink",
    QPalette.ColorRole.Light: "panel",
    QPalette.ColorRole.Midlight: "sunk",
    QPalette.ColorRole.Mid: "line",
    QPalette.ColorRole.Dark: "faint",
    QPalette.ColorRole.Shadow: "muted",
}


def mark(widget: QWidget, name: str) -> None:
    """Let the sheet treat *widget* as *name*: link, quiet, title."""
    widget.setProperty(name, "true")


def palette(theme: Theme) -> QPalette:
    """Return the palette of *theme*; disabled text is muted."""
    made = QPalette()
    for role, token in _ROLES.items():
        made.setColor(role, QColor(theme[token]))
    for role in (
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
        QPalette.ColorRole.WindowText,
    ):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme["faint"]))
    return made


def style_sheet(theme: Theme, scale: float = 1.0) -> str:
    """Return the sheet for all widgets, lengths in px times *scale*."""

    def px(value: float) -> str:
        return f"{round(value * scale)}px"

    t = theme
    return f"""
    * {{ font-family: "DejaVu Sans"; font-size: {px(12.5)}; }}
    QMainWindow, QDialog {{ background: {t["window"]}; }}
    QToolBar {{ background: {t["panel"]}; border: 0; border-bottom: 1px solid {t["line"]};
                spacing: {px(8)}; padding: {px(9)} {px(12)}; }}
    QToolBar::separator {{ background: {t["line"]}; width: 1px; margin: {px(2)} {px(4)}; }}
    QToolButton, QPushButton, QComboBox, QLineEdit, QSpinBox, QDoubleSpinBox {{
        background: {t["panel"]}; color: {t["ink"]}; border: 1px solid {t["line"]};
        border-radius: {px(5)}; padding: 0 {px(8)}; min-height: {px(32)}; }}
    QToolButton {{ min-width: {px(18)}; }}
    QToolButton:hover, QPushButton:hover, QComboBox:hover {{ background: {t["sunk"]}; }}
    QToolButton:focus, QPushButton:focus, QComboBox:focus, QLineEdit:focus, QSpinBox:focus,
    QDoubleSpinBox:focus {{ border: 2px solid {t["bit"]}; }}
    QToolButton:checked, QToolButton#primary, QPushButton:default {{
        background: {t["bit"]}; color: {t["bit.ink"]}; border-color: {t["bit"]}; }}
    QToolButton:disabled, QPushButton:disabled {{ color: {t["faint"]}; }}
    QToolButton::menu-indicator {{ image: none; }}
    QToolButton[link="true"] {{ border: 0; background: transparent; color: {t["muted"]};
        padding: 0 {px(4)}; }}
    QLineEdit, QComboBox[mono="true"] {{ font-family: "DejaVu Sans Mono"; }}
    QLineEdit#write {{ background: {t["sunk"]}; }}
    QComboBox::drop-down {{ border: 0; width: {px(20)}; }}
    QComboBox::down-arrow {{ image: url({_chevron(theme)}); width: {px(12)}; height: {px(12)}; }}
    QComboBox QAbstractItemView {{ background: {t["panel"]}; border: 1px solid {t["line"]};
        selection-background-color: {t["sunk"]}; selection-color: {t["ink"]}; outline: 0; }}
    QMenuBar {{ background: {t["panel"]}; padding: 2px {px(8)}; }}
    QMenuBar::item {{ padding: {px(4)} {px(8)}; border-radius: {px(4)}; background: transparent; }}
    QMenuBar::item:selected {{ background: {t["sunk"]}; }}
    QMenu {{ background: {t["panel"]}; border: 1px solid {t["line"]}; padding: {px(4)}; }}
    QMenu::item {{ padding: {px(5)} {px(24)} {px(5)} {px(12)}; border-radius: {px(4)}; }}
    QMenu::item:selected {{ background: {t["sunk"]}; color: {t["ink"]}; }}
    QMenu::item:disabled {{ color: {t["faint"]}; }}
    QMenu::separator {{ height: 1px; background: {t["line"]}; margin: {px(4)} {px(8)}; }}
    QStatusBar {{ background: {t["window"]}; color: {t["ink"]};
        border-top: 1px solid {t["line"]}; }}
    QStatusBar::item {{ border: 0; }}
    QStatusBar QPushButton {{ min-height: {px(18)}; padding: 0 {px(8)}; }}
    QStatusBar QLabel {{ color: {t["ink"]}; padding: 0 {px(4)}; font-size: {px(11.5)}; }}
    QStatusBar QLabel[quiet="true"] {{ color: {t["muted"]}; }}
    QDockWidget {{ color: {t["ink"]}; }}
    QFrame#dock-title {{ background: {t["panel"]}; border: 1px solid {t["line"]};
        border-bottom: 0; border-top-left-radius: {px(8)}; border-top-right-radius: {px(8)}; }}
    QFrame#dock-body {{ background: {t["panel"]}; border: 1px solid {t["line"]}; border-top: 0;
        border-bottom-left-radius: {px(8)}; border-bottom-right-radius: {px(8)}; }}
    QFrame#dock-whole, QFrame#stage-frame {{ background: {t["panel"]};
        border: 1px solid {t["line"]}; border-radius: {px(8)}; }}
    QFrame#dock-title QToolButton {{ min-height: {px(22)}; padding: 0 {px(6)}; }}
    QFrame#stage-place {{ background: {t["window"]}; border: 0; }}
    QLabel#dock-name {{ font-size: {px(14)}; font-weight: bold; }}
    QFrame#toast {{ background: {t["bit"]}; border-radius: {px(6)}; }}
    QFrame#toast QLabel {{ color: {t["bit.ink"]}; }}
    QFrame#toast QPushButton {{ background: transparent; color: {t["bit.ink"]};
        border-color: {t["muted"]}; min-height: {px(24)}; }}
    QFrame#toast QPushButton:focus {{ border: 2px solid {t["bit.ink"]}; }}
    QLabel#badge {{ border: 1px solid {t["line"]}; border-radius: {px(4)}; padding: 0 {px(6)};
        max-height: {px(18)}; font-weight: bold; }}
    QLabel#badge[alarm="true"] {{ background: {t["over"]}; color: {t["over.ink"]}; }}
    QLabel[mono="true"] {{ font-family: "DejaVu Sans Mono"; }}
    QMainWindow::separator {{ background: {t["window"]}; width: {px(8)}; height: {px(8)}; }}
    QFrame[panel="true"] {{ background: {t["panel"]}; border: 1px solid {t["line"]};
        border-radius: {px(8)}; }}
    QLabel {{ background: transparent; }}
    QLabel[title="true"] {{ font-size: {px(16)}; font-weight: bold; border: 0; }}
    QLabel[quiet="true"] {{ color: {t["muted"]}; border: 0; }}
    QListView, QTreeView, QTableView, QTextBrowser, QPlainTextEdit {{ background: {t["panel"]};
        border: 0; outline: 0; selection-background-color: {t["accent.soft"]};
        selection-color: {t["ink"]}; }}
    QHeaderView::section {{ background: {t["sunk"]}; color: {t["muted"]}; border: 0;
        border-bottom: 1px solid {t["line"]}; padding: {px(4)} {px(6)}; }}
    QToolTip {{ background: {t["panel"]}; color: {t["ink"]}; border: 1px solid {t["line"]};
        padding: {px(4)}; }}
    QScrollBar {{ background: transparent; width: {px(10)}; height: {px(10)};
        margin: 0; border: 0; }}
    QScrollBar::handle {{ background: {t["line"]}; border-radius: {px(4)}; min-height: {px(24)};
        min-width: {px(24)}; margin: 1px; }}
    QScrollBar::handle:hover {{ background: {t["faint"]}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QProgressBar {{ background: {t["sunk"]}; border: 1px solid {t["line"]}; border-radius: {px(4)};
        text-align: center; max-height: {px(14)}; color: {t["ink"]}; }}
    QProgressBar::chunk {{ background: {t["faint"]}; border-radius: {px(3)}; }}
    QTabBar::tab {{ padding: {px(6)} {px(12)}; }}
    QCheckBox, QRadioButton {{ spacing: {px(6)}; }}
    """


def _chevron(theme: Theme) -> str:
    """Return where the drop-down arrow of *theme* lies; style sheets take files only."""
    name = "dark" if theme.name == "dark" else "light"
    return asset(f"icons/chevron-{name}.svg").as_posix()
