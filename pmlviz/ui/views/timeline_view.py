"""The timeline as a widget: click and drag seek, the wheel steps, hovering reads out."""

from typing import Protocol

import msgspec
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from pmlviz.core.timeline import Position
from pmlviz.ui.figures import timeline, timeline_events
from pmlviz.ui.figures.passes import hit, target_at
from pmlviz.ui.figures.scene import Scene, Target
from pmlviz.ui.figures.theme import LIGHT, Theme
from pmlviz.ui.frame import Frame
from pmlviz.ui.paint import paint


class _Figure(Protocol):
    """A timeline that can be drawn and sought in."""

    def layout(self, frame: Frame, width: float, height: float, /) -> Scene:
        """Return the timeline of *frame*."""

    def seek(self, frame: Frame, width: float, x: float, y: float, /) -> Position:
        """Return the position at (x, y)."""

    def height_of(self, frame: Frame, /, *, compact: bool = False) -> float:
        """Return the height it wants."""


class TimelineView(QWidget):
    """Shows the timeline of a frame and sends where to go."""

    sought = Signal(object)
    """A Position to go to."""

    scrubbed = Signal()
    """A drag has begun: playing should pause."""

    stepped = Signal(int)
    """Items to step, 1 or -1."""

    activated = Signal(object)
    hovered = Signal(object)
    menu_requested = Signal(object, QPoint)

    def __init__(self, parent: QWidget) -> None:
        """Show nothing yet."""
        super().__init__(parent)
        self.setObjectName("timeline")
        self.setAccessibleName("Timeline; arrow keys step, Home and End go to its ends")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._figure: _Figure = timeline
        self._frame: Frame | None = None
        self._recorded = 0
        self._scene: Scene | None = None
        self._theme: Theme = LIGHT
        self._scale = 1.0
        self._wheel = 0
        self._compact = False

    def show_frame(self, frame: Frame) -> None:
        """Show *frame*."""
        lanes = len(self._frame.branches) if self._frame is not None else 0
        self._frame, self._scene = frame, None
        self._recorded = frame.recorded
        if len(frame.branches) != lanes:
            self.updateGeometry()
        self.update()

    def show_recorded(self, frame: Frame, recorded: int) -> None:
        """Show that *recorded* items are recorded by now."""
        if recorded != self._recorded:
            self._recorded = recorded
            self._frame = msgspec.structs.replace(frame, recorded=recorded)
            self._scene = None
            self.update()

    def set_look(self, theme: Theme, scale: float) -> None:
        """Draw in *theme* at *scale* from now on."""
        self._theme, self._scale, self._scene = theme, scale, None
        self.updateGeometry()
        self.update()

    def set_compact(self, *, compact: bool) -> None:
        """Leave the legend out, where there is little room."""
        if compact != self._compact:
            self._compact = compact
            self.updateGeometry()

    def set_mode(self, layout: str) -> None:
        """Draw for *layout* of the window from now on: time in events for debug, else chapters."""
        self._figure, self._scene = (timeline_events if layout == "debug" else timeline), None
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the height that the figure wants."""
        high = 75.0
        if self._frame is not None:
            high = self._figure.height_of(self._frame, compact=self._compact)
        return QSize(600, round(high * self._scale))

    def minimumSizeHint(self) -> QSize:
        """Return the same height."""
        return QSize(200, self.sizeHint().height())

    def scene(self) -> Scene | None:
        """Return what is drawn, in unscaled px; None before the first frame."""
        if self._scene is None and self._frame is not None:
            wide, high = self.width() / self._scale, self.height() / self._scale
            self._scene = self._figure.layout(self._frame, wide, high)
        return self._scene

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the figure, and a line round it when it has the focus."""
        scene = self.scene()
        painter = QPainter(self)
        if scene is not None:
            painter.scale(self._scale, self._scale)
            paint(painter, scene, self._theme)
            painter.resetTransform()
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._theme["bit"]), 1, Qt.PenStyle.DotLine))
            painter.drawRect(self.rect().adjusted(1, 1, -2, -2))
        painter.end()

    def resizeEvent(self, event: object) -> None:
        """Lay out again."""
        self._scene = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pause, and go where was clicked; lanes of other branches are shown."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        self.scrubbed.emit()
        target = self._target(event.position())
        if target is not None and target.kind == "branch":
            self.activated.emit(target)
        else:
            self._seek(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Seek while dragging; read out otherwise."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._seek(event.position())
        else:
            self.hovered.emit(self._target(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Read nothing out."""
        self.hovered.emit(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step one item a notch: down is on."""
        self._wheel += event.angleDelta().y() or event.angleDelta().x()
        while abs(self._wheel) >= 120:
            by = -1 if self._wheel > 0 else 1
            self._wheel += 120 * by
            self.stepped.emit(by)
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of what is there."""
        target = self._target(QPointF(event.pos()))
        if target is not None:
            self.menu_requested.emit(target, event.globalPos())

    def event(self, event: QEvent) -> bool:
        """Show the tip of what is under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            scene = self.scene()
            x, y = event.pos().x() / self._scale, event.pos().y() / self._scale
            part = hit(scene, x, y) if scene is not None else None
            tip = part.tip if part is not None else ""
            QToolTip.showText(event.globalPos(), tip, self)
            return True
        return super().event(event)

    def _target(self, at: QPointF) -> Target | None:
        scene = self.scene()
        if scene is None:
            return None
        return target_at(scene, at.x() / self._scale, at.y() / self._scale)

    def _seek(self, at: QPointF) -> None:
        if self._frame is not None:
            wide = self.width() / self._scale
            x, y = at.x() / self._scale, at.y() / self._scale
            self.sought.emit(self._figure.seek(self._frame, wide, x, y))
