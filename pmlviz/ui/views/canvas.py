"""Any figure as a widget: it shows frames and says what was pointed at. No pyqtgraph."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from pmlviz.ui.figures.passes import damage
from pmlviz.ui.figures.scene import Scene, Target
from pmlviz.ui.figures.theme import LIGHT, Theme
from pmlviz.ui.paint import paint
from pmlviz.ui.views.pointing import aimed_at, show_tip, tip_at

if TYPE_CHECKING:
    from pmlviz.ui.frame import Frame

Layout = Callable[["Frame", float, float], Scene]


class Canvas(QWidget):
    """One figure, laid out anew for each frame and size; only what changed is painted."""

    activated = Signal(object)
    """A `Target` was clicked."""
    hovered = Signal(object)
    """The `Target` under the pointer, or None."""
    menu_requested = Signal(object, QPoint)
    """A context menu for a `Target` was asked for, at a global position."""

    def __init__(self, layout: Layout, parent: QWidget | None = None) -> None:
        """Draw with *layout*; nothing before the first frame."""
        super().__init__(parent)
        self._layout = layout
        self._frame: Frame | None = None
        self._scene: Scene | None = None
        self._theme = LIGHT
        self._scale = 1.0
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    def show_frame(self, frame: "Frame") -> None:
        """Show *frame*."""
        self._frame = frame
        self._lay_out()

    def set_theme(self, theme: Theme) -> None:
        """Draw in *theme* from now on."""
        self._theme = theme
        self.update()

    def set_scale(self, scale: float) -> None:
        """Draw *scale* px a scene unit from now on."""
        self._scale = scale
        self._lay_out()

    def scene(self) -> Scene | None:
        """Return what is drawn."""
        return self._scene

    def sizeHint(self) -> QSize:
        """Return a size that most figures are readable at."""
        return QSize(round(180 * self._scale), round(110 * self._scale))

    def _lay_out(self) -> None:
        if self._frame is None or self.width() < 2 or self.height() < 2:
            return
        old = self._scene
        s = self._scale
        self._scene = self._layout(self._frame, self.width() / s, self.height() / s)
        box = damage(old, self._scene) if old is not None else (0, 0, self.width(), self.height())
        if box is not None:
            left, top, right, bottom = box
            area = QRectF(left * s - 1, top * s - 1, (right - left) * s + 2, (bottom - top) * s + 2)
            self.update(area.toAlignedRect())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what meets the area."""
        if self._scene is None:
            return
        painter = QPainter(self)
        painter.scale(self._scale, self._scale)
        area = QRectF(event.rect())
        s = self._scale
        clip = QRectF(area.x() / s, area.y() / s, area.width() / s, area.height() / s)
        paint(painter, self._scene, self._theme, clip=clip)
        painter.end()

    def resizeEvent(self, _event: object) -> None:
        """Lay out for the new size."""
        self._lay_out()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell what was clicked."""
        if event.button() is Qt.MouseButton.LeftButton:
            target = self._target(event.position())
            if target is not None:
                self.activated.emit(target)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell what is under the pointer."""
        target = self._target(event.position())
        hand = Qt.CursorShape.PointingHandCursor if target else Qt.CursorShape.ArrowCursor
        self.setCursor(hand)
        self.hovered.emit(target)

    def leaveEvent(self, _event: QEvent) -> None:
        """Tell that nothing is under the pointer."""
        self.hovered.emit(None)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of what is there."""
        target = self._target(QPointF(event.pos()))
        if target is not None:
            self.menu_requested.emit(target, event.globalPos())

    def event(self, event: QEvent) -> bool:
        """Show the tip of what is under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            s = self._scale
            show_tip(
                self,
                event.globalPos(),
                tip_at(self._scene, event.pos().x() / s, event.pos().y() / s),
            )
            return True
        return super().event(event)

    def _target(self, at: QPointF) -> Target | None:
        return aimed_at(self._scene, at.x() / self._scale, at.y() / self._scale)
