"""The stage on screen: one pyqtgraph view that holds our painted scene and the zoomable bitmap.

The scene is one item; over its overview of guest memory lies a pyqtgraph ViewBox with an ImageItem
(`overview.py`). The view keeps no state of the guest: it shows frames and says what was pointed at.
"""

from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from pmlviz.ui.figures import instrument, readout, stage
from pmlviz.ui.figures.scene import Scene, Target
from pmlviz.ui.figures.theme import LIGHT, Theme
from pmlviz.ui.views.layers import Layers
from pmlviz.ui.views.overview import Overview, above_overview, without_overview
from pmlviz.ui.views.pointing import aimed_at, page_range, show_tip, tip_at

if TYPE_CHECKING:
    from pmlviz.ui.frame import Frame

LAYOUTS = {"teach": stage.layout, "debug": instrument.layout}
"""What is drawn in each layout of the window."""

DRAG_PX = 6
"""A press that moves less is a click."""


class StageView(pg.GraphicsView):  # type: ignore[misc]
    """The stage, with hits, tips, drags over pages, and the zoomable overview."""

    activated = Signal(object)
    """A `Target` was clicked."""
    hovered = Signal(object)
    """The `Target` under the pointer, or None."""
    # Not int, which is 32 bits wide in C++: guest frames have 36.
    write_requested = Signal(object, object)
    """A double click on a page, or a drag over pages: the guest should write gfn first..last."""
    menu_requested = Signal(object, QPoint)
    """A context menu for a `Target` was asked for, at a global position."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Show nothing until the first frame."""
        super().__init__(parent, useOpenGL=False, background=None)
        self._frame: Frame | None = None
        self._scene: Scene | None = None
        self._theme = LIGHT
        self._scale = 1.0
        self._mode = "teach"
        self._pressed: tuple[QPointF, Target | None] | None = None
        self._in_overview = False
        self._extras: bool | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameStyle(0)
        self.setOptimizationFlag(self.OptimizationFlag.DontSavePainterState)
        self._below = Layers(self.scene())
        self._above = Layers(self.scene(), z=2)
        self.overview = Overview(self)
        self.overview.clicked.connect(self._picked)
        self.overview.moved.connect(self._lay_out)

    def show_frame(self, frame: "Frame") -> None:
        """Show *frame*."""
        self._frame = frame
        self._lay_out()

    def set_theme(self, theme: Theme) -> None:
        """Draw in *theme* from now on."""
        self._theme = theme
        self.setBackground(QColor(theme["window"]))
        self._below.set_theme(theme)
        self._above.set_theme(theme)
        self.overview.set_theme(theme)
        self._lay_out()

    def set_scale(self, scale: float) -> None:
        """Draw *scale* px a scene unit from now on."""
        self._scale = scale
        self._below.set_scale(scale)
        self._above.set_scale(scale)
        self._lay_out()

    def set_mode(self, layout: str) -> None:
        """Draw for *layout* of the window from now on: a key of `LAYOUTS`."""
        self._mode = layout
        self._lay_out()

    def set_extras(self, *, extras: bool) -> None:
        """Show counters and promise at the foot of the log, where their panels are not shown."""
        if extras != self._extras:
            self._extras = extras
            self._lay_out()

    def fit_bitmap(self) -> None:
        """Show the whole of guest memory in the overview."""
        self.overview.fit()

    def scene_drawn(self) -> Scene | None:
        """Return the composed scene, the overview's cells included."""
        return self._scene

    def _lay_out(self) -> None:
        if self._frame is None or self.width() < 8 or self.height() < 8:
            return
        s = self._scale
        room = (self.width() / s, self.height() / s)
        if self._mode == "teach":
            self.overview.prepare(self._frame)
            self._scene = stage.layout(
                self._frame, *room, extras=self._extras, view=self.overview.view
            )
        else:
            self._scene = LAYOUTS[self._mode](self._frame, *room)
        self._below.show_scene(without_overview(self._scene))
        self._above.show_scene(above_overview(self._scene))
        self.overview.show(self._frame, self._scene, s)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out for the new size."""
        super().resizeEvent(event)
        if hasattr(self, "_below"):
            self._lay_out()

    def _at(self, at: QPointF) -> tuple[float, float]:
        return at.x() / self._scale, at.y() / self._scale

    def target_under(self, at: QPointF) -> Target | None:
        """Return what lies at *at* (widget px)."""
        gfn = self.overview.gfn_at(at)
        if gfn is not None:
            return Target("gfn", gfn)
        return aimed_at(self._scene, *self._at(at))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click or a drag; over the overview pyqtgraph pans."""
        self._in_overview = self.overview.covers(event.position())
        if self._in_overview:
            super().mousePressEvent(event)
            event.accept()
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed = event.position(), self.target_under(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read out what is under the pointer; pan the overview."""
        if self._in_overview or self.overview.covers(event.position()):
            super().mouseMoveEvent(event)
        target = self.target_under(event.position())
        hand = Qt.CursorShape.PointingHandCursor if target else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(hand)
        self.hovered.emit(target)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell what was clicked, or which pages were dragged over."""
        if self._in_overview:
            super().mouseReleaseEvent(event)
            self._in_overview = bool(event.buttons())
            event.accept()
            return
        if event.button() is not Qt.MouseButton.LeftButton or self._pressed is None:
            return
        start, first = self._pressed
        self._pressed = None
        last = self.target_under(event.position())
        moved = (event.position() - start).manhattanLength() > DRAG_PX
        pages = page_range(first, last)
        if moved and pages is not None and pages[0] != pages[1]:
            self.write_requested.emit(*pages)
        elif first is not None and first == last:
            self.activated.emit(first)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Write the page; over the overview zoom to the region."""
        if self.overview.covers(event.position()):
            self.overview.zoom_to(event.position())
            return
        target = self.target_under(event.position())
        pages = page_range(target, target)
        if pages is not None:
            self.write_requested.emit(*pages)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom the overview; elsewhere nothing."""
        if self.overview.covers(event.position()):
            self.overview.turn(event.position(), event.angleDelta().y() / 120)
            event.accept()
        else:
            event.ignore()

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that nothing is under the pointer."""
        super().leaveEvent(event)
        self.hovered.emit(None)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of what is there."""
        target = self.target_under(QPointF(event.pos()))
        if target is not None:
            self.menu_requested.emit(target, event.globalPos())
        event.accept()

    def close(self) -> bool:
        """Close as any widget does; pyqtgraph's way takes the view apart under Qt's hands."""
        return bool(QWidget.close(self))

    def viewportEvent(self, event: QEvent) -> bool:
        """Show the tip of what is under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            at = QPointF(event.pos())
            show_tip(self, event.globalPos(), self._words_at(at))
            return True
        return bool(super().viewportEvent(event))

    def _words_at(self, at: QPointF) -> str:
        """Return the tip of what is at *at*; a page has one, whether it is marked or not."""
        words = self.overview.words_at(at) or tip_at(self._scene, *self._at(at))
        target = self.target_under(at)
        if words or target is None or target.kind != "gfn" or self._frame is None:
            return words
        return readout.tip(self._frame, target.value) if isinstance(target.value, int) else ""

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        """Draw a line round the stage when it has the focus."""
        super().drawForeground(painter, rect)
        if self.hasFocus():
            painter.resetTransform()
            painter.setPen(QPen(QColor(self._theme["faint"]), 1, Qt.PenStyle.DotLine))
            painter.drawRect(self.viewport().rect().adjusted(0, 0, -1, -1))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take it away again."""
        super().focusOutEvent(event)
        self.viewport().update()

    def _picked(self, gfn: int) -> None:
        self.activated.emit(Target("gfn", gfn))
