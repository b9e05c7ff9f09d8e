"""A person's hand over a view: real presses, moves, wheels and tips, sent to its viewport."""

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QGraphicsView, QWidget

from pmlviz.ui.figures.passes import anchors
from pmlviz.ui.figures.scene import Scene
from pmlviz.ui.figures.theme import Theme

LEFT = Qt.MouseButton.LeftButton


def surface(view: QWidget) -> QWidget:
    """Return what takes the view's mouse events."""
    return view.viewport() if isinstance(view, QGraphicsView) else view


def click(view: QWidget, x: float, y: float, button: Qt.MouseButton = LEFT) -> None:
    QTest.mouseClick(surface(view), button, pos=QPoint(round(x), round(y)))


def double_click(view: QWidget, x: float, y: float) -> None:
    QTest.mouseDClick(surface(view), LEFT, pos=QPoint(round(x), round(y)))


def move(view: QWidget, x: float, y: float) -> None:
    at = QPointF(round(x), round(y))
    none = Qt.MouseButton.NoButton
    sent = QMouseEvent(QEvent.Type.MouseMove, at, at, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(surface(view), sent)


def drag(view: QWidget, x1: float, y1: float, x2: float, y2: float) -> None:
    start, end = QPointF(round(x1), round(y1)), QPointF(round(x2), round(y2))
    plain = Qt.KeyboardModifier.NoModifier
    QTest.mousePress(surface(view), LEFT, pos=start.toPoint())
    for at in (QPointF((x1 + x2) / 2, (y1 + y2) / 2), end):
        QApplication.sendEvent(
            surface(view),
            QMouseEvent(QEvent.Type.MouseMove, at, at, Qt.MouseButton.NoButton, LEFT, plain),
        )
    QTest.mouseRelease(surface(view), LEFT, pos=end.toPoint())


def wheel(view: QWidget, x: float, y: float, turn: int) -> None:
    at = QPointF(x, y)
    sent = QWheelEvent(
        at, QPointF(view.mapToGlobal(at)), QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,  # noqa: FBT003
    )  # fmt: skip
    QApplication.sendEvent(surface(view), sent)


def ask_tip(view: QWidget, x: float, y: float) -> None:
    at = QPoint(round(x), round(y))
    QApplication.sendEvent(surface(view), QHelpEvent(QEvent.Type.ToolTip, at, view.mapToGlobal(at)))


def ask_menu(view: QWidget, x: float, y: float) -> None:
    at = QPoint(round(x), round(y))
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(surface(view), QContextMenuEvent(reason, at, view.mapToGlobal(at)))


def anchor(scene: Scene | None, name: str) -> tuple[float, float]:
    assert scene is not None
    return anchors(scene)[name]


def pixels_of(image: QImage, theme: Theme, token: str) -> int:
    """Return how many pixels of *image* have exactly the colour of *token*."""
    plain = image.convertToFormat(QImage.Format.Format_RGBA8888)
    flat = np.frombuffer(bytes(plain.constBits()), np.uint8).reshape(-1, 4)
    color = np.frombuffer(bytes.fromhex(theme[token][1:]), np.uint8)
    return int((flat[:, :3] == color).all(axis=1).sum())
