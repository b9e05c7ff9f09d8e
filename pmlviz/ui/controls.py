"""The toolbar's own controls: a choice with its caption, a step with its key, the write field."""

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import (
    QLineEdit,
    QMenu,
    QStyle,
    QStyleOptionToolButton,
    QStylePainter,
    QToolButton,
    QWidget,
)

from pmlviz.ui.figures.glyphs import Glyph, glyph
from pmlviz.ui.figures.scene import Face, Scene
from pmlviz.ui.figures.text import elide
from pmlviz.ui.figures.text import width as text_width
from pmlviz.ui.figures.theme import LIGHT, Theme
from pmlviz.ui.fonts import font
from pmlviz.ui.paint import paint

HEIGHT = 34
_CAPTION, _VALUE, _HINT = 11, 12.5, 9.5


class _Control(QToolButton):
    """A tool button that paints its own inside, in the theme's colours at the UI's scale."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.scale = 1.0
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def set_look(self, theme: Theme, scale: float) -> None:
        """Paint in *theme* at *scale* from now on."""
        self.theme, self.scale = theme, scale
        self.updateGeometry()
        self.update()

    def ground(self) -> QStylePainter:
        """Draw the empty button; return the painter, to be ended."""
        painter = QStylePainter(self)
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.text = ""
        option.icon = type(option.icon)()
        option.features = QStyleOptionToolButton.ToolButtonFeature.None_
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
        return painter

    def words(
        self, painter: QPainter, x: float, middle: float, text: str, px: float,
        color: str, face: Face = "sans", *, bold: bool = False,
    ) -> None:  # fmt: skip
        """Write *text* from *x* on, in unscaled px."""
        painter.setFont(font(round(px * self.scale), face, bold=bold))
        painter.setPen(QPen(QColor(color)))
        painter.drawText(QPointF(x * self.scale, (middle + 0.36 * px) * self.scale), text)


class Pick(_Control):
    """A choice: its caption, what is chosen, and a menu of all there is."""

    changed = Signal()
    """Another value is shown: its width may be another."""

    def __init__(
        self, name: str, parent: QWidget, *, caption: str = "", face: Face = "sans",
        bold: bool = False, most: float = 334,
    ) -> None:  # fmt: skip
        """Call it *name* for those who cannot see it; *most* is its greatest width, px."""
        super().__init__(parent)
        self.setObjectName(f"pick-{name}")
        self.setAccessibleName(name)
        self.caption, self.face, self.bold, self.most = caption, face, bold, most
        self.value = ""
        self.compact = False
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setMenu(QMenu(name, self))
        self.menu().setToolTipsVisible(True)

    def set_value(self, value: str) -> None:
        """Show that *value* is chosen."""
        if value != self.value:
            self.value = value
            self.changed.emit()
            self.setAccessibleDescription(value)
            self.updateGeometry()
            self.update()

    def set_compact(self, *, compact: bool) -> None:
        """Leave the caption out, where there is little room."""
        self.compact = compact
        self.updateGeometry()

    def add(self, text: str, tip: str = "", *, mono: bool = False) -> QAction:
        """Add an entry to the menu and return it."""
        action = self.menu().addAction(text)
        action.setToolTip(tip)
        action.setStatusTip(tip)
        if mono:
            action.setFont(font(round(_VALUE * self.scale), "mono"))
        return action

    def sizeHint(self) -> QSize:
        """Return room for caption, value and chevron."""
        wide = text_width(self.value, _VALUE, self.face, bold=self.bold) + 40
        if self.caption and not self.compact:
            wide += text_width(self.caption, _CAPTION) + 8
        return QSize(round(min(wide, self.most) * self.scale), round(HEIGHT * self.scale))

    def minimumSizeHint(self) -> QSize:
        """Return the same: the toolbar folds as a whole."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint caption, value, chevron."""
        painter = self.ground()
        wide, middle = self.width() / self.scale, self.height() / self.scale / 2
        ink = self.theme["ink" if self.isEnabled() else "faint"]
        x = 9.0
        if self.caption and not self.compact:
            self.words(painter, x, middle, self.caption, _CAPTION, self.theme["muted"])
            x += text_width(self.caption, _CAPTION) + 8
        shown = elide(self.value, wide - x - 28, _VALUE, self.face, bold=self.bold)
        self.words(painter, x, middle, shown, _VALUE, ink, self.face, bold=self.bold)
        self._chevron(painter, wide - 14, middle)
        painter.end()

    def _chevron(self, painter: QPainter, x: float, y: float) -> None:
        painter.scale(self.scale, self.scale)
        scene = Scene(1, 1, glyph("more", x, y, 9, "muted"))
        paint(painter, scene, self.theme)


class StepButton(_Control):
    """A command as a pictogram with its key below it."""

    def __init__(self, action: QAction, name: Glyph, key: str, parent: QWidget) -> None:
        """Do what *action* does, with its enabled state and tool tip; *key* is shown small."""
        super().__init__(parent)
        self.setDefaultAction(action)
        self.setObjectName(f"step-{action.objectName()}")
        self.setAccessibleName(action.text())
        self.glyph, self.key = name, key
        self.primary = False
        self.compact = False

    def set_compact(self, *, compact: bool) -> None:
        """Leave the key out, where there is little room."""
        self.compact = compact
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return the mock-up's 40 x 34, 36 without a key."""
        wide = 40 if self.key and not self.compact else 36
        return QSize(round(wide * self.scale), round(HEIGHT * self.scale))

    def minimumSizeHint(self) -> QSize:
        """Return the same."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pictogram, and the key below it."""
        painter = self.ground()
        wide, high = self.width() / self.scale, self.height() / self.scale
        token = "faint" if not self.isEnabled() else "bit.ink" if self.primary else "ink"
        hint = bool(self.key) and not self.compact
        if hint:
            at = (wide - text_width(self.key, _HINT)) / 2
            color = self.theme[token if self.primary or token == "faint" else "muted"]
            self.words(painter, at, high - 8, self.key, _HINT, color)
        painter.scale(self.scale, self.scale)
        middle, size = (high / 2 - 5, 13) if hint else (high / 2, 15)
        paint(painter, Scene(1, 1, glyph(self.glyph, wide / 2, middle, size, token)), self.theme)
        painter.end()


class WriteField(QLineEdit):
    """Where an address, `gfn N` or a whole script line is typed; Enter does it."""

    def __init__(self, parent: QWidget) -> None:
        """Be empty."""
        super().__init__(parent)
        self.setObjectName("write")
        self.setAccessibleName("Write an address, gfn N, or a script line; Enter does it")
        self.setPlaceholderText("0x6000")
        self.theme: Theme = LIGHT
        self.scale = 1.0
        self.compact = False
        self._fit()

    def set_look(self, theme: Theme, scale: float) -> None:
        """Paint in *theme* at *scale* from now on."""
        self.theme, self.scale = theme, scale
        self._fit()

    def set_compact(self, *, compact: bool) -> None:
        """Shorten the hint, where there is little room."""
        self.compact = compact
        self._fit()

    def event(self, event: QEvent) -> bool:
        """Let the window have Ctrl+E, and undo where there is no typing to undo."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            undo = event.matches(QKeySequence.StandardKey.Undo) and not self.isUndoAvailable()
            redo = event.matches(QKeySequence.StandardKey.Redo) and not self.isRedoAvailable()
            if undo or redo or event.matches(QKeySequence.StandardKey.MoveToEndOfLine):
                event.ignore()
                return False
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the field, the word before it and the key after it."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setPen(QColor(self.theme["muted"]))
        painter.setFont(font(round(_VALUE * self.scale)))
        box = QRect(round(9 * self.scale), 0, self.width(), self.height())
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, middle | Qt.AlignmentFlag.AlignLeft, "write")
        painter.setFont(font(round(_CAPTION * self.scale)))
        right = QRect(0, 0, self.width() - round(9 * self.scale), self.height())
        painter.drawText(right, middle | Qt.AlignmentFlag.AlignRight, self._hint())
        painter.end()

    def _hint(self) -> str:
        return "↵" if self.compact else "Enter ↵"

    def _fit(self) -> None:
        left = (text_width("write", _VALUE) + 6) * self.scale
        right = (text_width(self._hint(), _CAPTION) + 4) * self.scale
        self.setTextMargins(round(left), 0, round(right), 0)
        self.setFixedWidth(round((132 if self.compact else 172) * self.scale))
        self.update()
