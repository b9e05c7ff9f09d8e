"""A scene as items of a QGraphicsScene: one a panel, so that what did not change is not painted.

A step of the machine changes the sentence and a slot of the buffer far more often than the page
field between them. Each top-level group of a scene is an item of its own and asks to be painted
only where it differs from what it showed before.
"""

from math import ceil, floor

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsObject,
    QGraphicsScene,
    QStyleOptionGraphicsItem,
    QWidget,
)

from pmlviz.ui.figures.passes import Box, damages
from pmlviz.ui.figures.scene import Group, Primitive, Rect, Scene
from pmlviz.ui.figures.theme import LIGHT, Theme
from pmlviz.ui.paint import paint

_BLEED = 1.0
"""How far antialiasing reaches beyond a box, px."""
_MOST = 0.6
"""Where more than this share of an item is exposed, it is quicker to draw all of it."""


class Layer(QGraphicsObject):
    """Some parts of a scene, in scene units."""

    def __init__(self) -> None:
        """Draw nothing yet."""
        super().__init__()
        self.theme = LIGHT
        self._parts: tuple[Primitive, ...] = ()
        self._extent = QRectF()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def show_parts(self, parts: tuple[Primitive, ...]) -> None:
        """Draw *parts* instead of the ones before, repainting what differs."""
        old, self._parts = self._parts, parts
        if old == parts:
            return
        areas = [_grown(one) for one in damages(old, parts)]
        if any(not self._extent.contains(area) for area in areas):
            self.prepareGeometryChange()
            for area in areas:
                self._extent = self._extent.united(area)
        for area in areas:
            self.update(area)

    def boundingRect(self) -> QRectF:
        """Return an area that holds all that was drawn so far."""
        return self._extent

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Draw the part that is exposed."""
        shown = QRectF(option.exposedRect)
        all_, part = self._extent, shown.width() * shown.height()
        whole = part >= _MOST * all_.width() * all_.height()
        scene = Scene(all_.right(), all_.bottom(), self._parts)
        paint(painter, scene, self.theme, clip=None if whole else shown)


class Layers:
    """The items of one scene, later ones on top."""

    def __init__(self, canvas: QGraphicsScene, *, z: float = 0.0) -> None:
        """Add items to *canvas* as they are needed, at height *z*."""
        self._canvas = canvas
        self._z = z
        self._theme = LIGHT
        self._scale = 1.0
        self._shown = True
        self._items: list[Layer] = []

    @property
    def items(self) -> tuple[Layer, ...]:
        """The items so far, lowest first."""
        return tuple(self._items)

    def show_scene(self, scene: Scene) -> None:
        """Draw *scene* instead of the one before."""
        pieces = pieces_of(scene)
        while len(self._items) < len(pieces):
            item = Layer()
            item.theme = self._theme
            item.setZValue(self._z)
            item.setScale(self._scale)
            item.setVisible(self._shown)
            self._canvas.addItem(item)
            self._items.append(item)
        for n, item in enumerate(self._items):
            item.show_parts(pieces[n] if n < len(pieces) else ())

    def set_theme(self, theme: Theme) -> None:
        """Draw in *theme* from now on."""
        self._theme = theme
        for item in self._items:
            item.theme = theme
            item.update()

    def set_scale(self, scale: float) -> None:
        """Draw *scale* px a scene unit from now on."""
        self._scale = scale
        for item in self._items:
            item.setScale(scale)

    def set_visible(self, *, shown: bool) -> None:
        """Show the items, or hide them."""
        self._shown = shown
        for item in self._items:
            item.setVisible(shown)


def pieces_of(scene: Scene) -> list[tuple[Primitive, ...]]:
    """Return the parts of *scene* in order, each panel by itself, what lies between together.

    A group that holds all the others, as a stage drawn to scale is, is taken apart, too.
    """
    pieces: list[list[Primitive]] = [[]]
    if scene.ground is not None:
        pieces[0].append(Rect(0, 0, scene.width, scene.height, scene.ground))
    for part in scene.parts:
        if isinstance(part, Group):
            pieces += [[one] for one in _taken_apart(part)]
            pieces.append([])
        else:
            pieces[-1].append(part)
    # Empty ones stay: the same panel is the same piece in the next scene.
    return [tuple(piece) for piece in pieces]


def _taken_apart(group: Group) -> list[Group]:
    if not group.children or not all(isinstance(child, Group) for child in group.children):
        return [group]
    return [
        Group(group.name, (child,), group.dx, group.dy, group.clip, group.scale)
        for child in group.children
    ]


def _grown(area: Box) -> QRectF:
    left, top = floor(area[0] - _BLEED), floor(area[1] - _BLEED)
    return QRectF(left, top, ceil(area[2] + _BLEED) - left, ceil(area[3] + _BLEED) - top)
