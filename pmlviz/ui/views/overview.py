"""The log-dirty bitmap on screen: a pyqtgraph ImageItem in a ViewBox, in the overview's place.

It shows the very cells of the figure. Wheel and drag move the view box; the figure is then laid out
for the part that is visible, at the scale of the screen, and its cells take the image's place.
"""

from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal

from pmlviz.ui.figures.memory_plan import REGION
from pmlviz.ui.figures.memory_zoom import View
from pmlviz.ui.figures.passes import anchors, target_at
from pmlviz.ui.figures.readout import tip
from pmlviz.ui.figures.scene import Group, Primitive, Raster, Scene
from pmlviz.ui.figures.theme import LIGHT, Theme
from pmlviz.ui.views.codes_image import set_colors, show_codes

if TYPE_CHECKING:
    from pmlviz.ui.frame import Frame
    from pmlviz.ui.views.stage_view import StageView

_LEAST_ROWS = 6.0
_LEAST_PAGES = 16.0
_CLOSE = 8.0
"""Rows that a double click zooms to."""
_NOTCH = 0.75
"""What is seen after a notch of the wheel, as a share of what was seen before."""

_ON_THE_WAY = ("stage", "memory", "overview")
"""Groups that the overview is in."""


def raster_of(parts: tuple[Primitive, ...]) -> Raster | None:
    """Return the raster with the marks of guest memory in *parts*; None if there is none.

    *parts* are a stage's, or those of its group `overview`.
    """
    for part in parts:
        if isinstance(part, Group):
            found = raster_of(part.children) if part.name in _ON_THE_WAY else None
            if found is not None:
                return found
        elif isinstance(part, Raster) and any(part.palette):
            return part
    return None


def area_of(parts: tuple[Primitive, ...], raster: Raster) -> QRectF:
    """Return where *raster*, the one of `raster_of`, lies on the stage of *parts*."""
    for part in parts:
        if part is raster:
            return QRectF(raster.x, raster.y, raster.w, raster.h)
        if isinstance(part, Group) and part.name in _ON_THE_WAY:
            inside = area_of(part.children, raster)
            if inside.isValid():
                moved = QRectF(inside.topLeft() * part.scale, inside.size() * part.scale)
                return moved.translated(part.dx, part.dy)
    return QRectF()


def pages_a_cell(parts: tuple[Primitive, ...]) -> int:
    """Return how many pages a cell of the overview in *parts* stands for."""
    for part in parts:
        if isinstance(part, Group) and part.name in _ON_THE_WAY:
            return pages_a_cell(part.children)
        if isinstance(part, Raster) and part.target is not None:
            return part.step
    return 1


def without_overview(scene: Scene) -> Scene:
    """Return *scene* without the cells of the overview, which the image shows."""
    return msgspec.structs.replace(scene, parts=_without(scene.parts, inside=False))


def above_overview(scene: Scene) -> Scene:
    """Return what *scene* draws over the cells of the overview: words and brackets in slabs."""
    return msgspec.structs.replace(scene, parts=_above(scene.parts), ground=None)


def _above(parts: tuple[Primitive, ...]) -> tuple[Primitive, ...]:
    kept: list[Primitive] = []
    for part in parts:
        if not isinstance(part, Group):
            continue
        if part.name == "overview":
            cells = raster_of(part.children)
            at = part.children.index(cells) if cells is not None else len(part.children)
            kept.append(msgspec.structs.replace(part, children=part.children[at + 1 :]))
        elif part.name in ("memory", "stage"):
            kept.append(msgspec.structs.replace(part, children=_above(part.children)))
    return tuple(kept)


def _without(parts: tuple[Primitive, ...], *, inside: bool) -> tuple[Primitive, ...]:
    kept: list[Primitive] = []
    for part in parts:
        if isinstance(part, Group):
            here = inside or part.name == "overview"
            if here or part.name in ("memory", "stage"):
                children = _without(part.children, inside=here)
                kept.append(msgspec.structs.replace(part, children=children))
                continue
        elif inside and isinstance(part, Raster) and any(part.palette):
            continue
        kept.append(part)
    return tuple(kept)


class Overview(QObject):
    """The image over the stage: what it covers, what is under the pointer, how it zooms."""

    clicked = Signal(object)
    """The page that was clicked (a gfn)."""

    moved = Signal()
    """Another part of the guest is to be shown."""

    def __init__(self, view: "StageView") -> None:
        """Lie in *view*, hidden until there is a frame."""
        super().__init__(view)
        self._frame: Frame | None = None
        self._scene: Scene | None = None
        self._scale = 1.0
        self._theme = LIGHT
        self._home = QRectF()
        self._focus: int | None = None
        self._last: tuple[object, ...] = ()
        self._colors: tuple[str | None, ...] = ()
        self.box = pg.ViewBox(enableMenu=False, invertY=True, border=None, defaultPadding=0.0)
        self.box.setMouseMode(pg.ViewBox.PanMode)
        self.image = pg.ImageItem(axisOrder="row-major", autoLevels=False)
        self.box.addItem(self.image, ignoreBounds=True)
        # A ViewBox puts itself behind everything.
        self.box.setZValue(1)
        view.addItem(self.box)
        self.box.setVisible(False)
        self.box.sigRangeChanged.connect(self._moved)
        view.scene().sigMouseClicked.connect(self._clicked)

    @property
    def zoomed(self) -> bool:
        """Whether less than the whole guest is shown."""
        shown = self.box.viewRect()
        return self._home.isValid() and (
            shown.width() < self._home.width() - 1e-6 or shown.height() < self._home.height() - 1e-6
        )

    @property
    def view(self) -> View | None:
        """What is to be shown of the guest; None for all of it."""
        if not self.zoomed:
            return None
        shown = self.box.viewRect()
        return View(shown.left(), shown.right(), shown.top(), shown.bottom())

    def prepare(self, frame: "Frame") -> None:
        """Know the guest of *frame*; while it is zoomed, keep the page in focus in sight.

        Does not tell that it moved.
        """
        blocked = self.blockSignals(True)  # noqa: FBT003
        self._prepare(frame)
        self.blockSignals(blocked)

    def _prepare(self, frame: "Frame") -> None:
        rows = max(1, -(-frame.state.domain.max_gfn // REGION))
        home = QRectF(0, 0, REGION, rows)
        if home != self._home:
            self._home = home
            least = min(_LEAST_ROWS, rows)
            self.box.setLimits(
                xMin=0, xMax=REGION, yMin=0, yMax=rows, minXRange=_LEAST_PAGES, minYRange=least
            )
            self.fit()
        focus = frame.shown_gfn
        if self.zoomed and focus is not None and focus != self._focus:
            shown, row = self.box.viewRect(), focus // REGION
            if not shown.top() <= row <= shown.bottom() - 1:
                self._see(shown.left(), shown.width(), row - shown.height() / 2, shown.height())
            elif not shown.left() <= focus % REGION < shown.right():
                left = focus % REGION - shown.width() / 2
                self._see(left, shown.width(), shown.top(), shown.height())
        self._focus = focus

    def show(self, frame: "Frame", scene: Scene, scale: float) -> None:
        """Show *frame* where *scene*, drawn at *scale*, has its overview; hide if it has none."""
        self._frame, self._scene, self._scale = frame, scene, scale
        points = anchors(scene)
        raster = raster_of(scene.parts)
        corner, end = points.get("memory.overview.tl"), points.get("memory.overview.br")
        if raster is None or corner is None or end is None:
            self.box.setVisible(False)
            return
        place = QRectF(QPointF(*corner) * scale, QPointF(*end) * scale)
        if self.box.geometry() != place:
            self.box.setGeometry(place)
        self.box.setVisible(True)
        shown, drawn = self.box.viewRect(), area_of(scene.parts, raster)
        x, y = shown.width() / (end[0] - corner[0]), shown.height() / (end[1] - corner[1])
        left, top = (drawn.left() - corner[0]) * x, (drawn.top() - corner[1]) * y
        area = QRectF(left, top, drawn.width() * x, drawn.height() * y)
        self._put(raster, area.translated(shown.topLeft()))

    def set_theme(self, theme: Theme) -> None:
        """Colour the cells by *theme*."""
        self._theme = theme
        self._last = ()

    def fit(self) -> None:
        """Show the whole guest."""
        if self._home.isValid():
            self.box.setRange(self._home, padding=0)

    def covers(self, at: QPointF) -> bool:
        """Return whether *at* (widget px) lies on the overview."""
        return bool(self.box.isVisible() and self.box.geometry().contains(at))

    def zoom_to(self, at: QPointF) -> None:
        """Show the eight regions round *at*, or everything again if so few are shown already."""
        gfn = self.gfn_at(at)
        if gfn is None or self.box.viewRect().height() <= min(_CLOSE, self._home.height()):
            self.fit()
            return
        self._see(0, REGION, gfn // REGION - _CLOSE / 2, _CLOSE)

    def turn(self, at: QPointF, notches: float) -> None:
        """Zoom in (*notches* > 0) or out round *at*: first to fewer rows, then to fewer pages."""
        gfn = self.gfn_at(at)
        if gfn is None:
            return
        shown, by = self.box.viewRect(), _NOTCH**notches
        wide, high = shown.width(), shown.height()
        least = min(_LEAST_ROWS, self._home.height())
        if (by < 1 and high > least) or (by > 1 and wide >= REGION):
            high = max(least, min(self._home.height(), high * by))
        else:
            wide = max(_LEAST_PAGES, min(REGION, wide * by))
        place = self.box.geometry()
        across = (at.x() - place.left()) / place.width()
        down = (at.y() - place.top()) / place.height()
        if self.zoomed:
            row, col = shown.top() + down * shown.height(), shown.left() + across * shown.width()
        else:
            row, col = gfn / REGION, gfn % REGION
        self._see(col - across * wide, wide, row - down * high, high)

    def gfn_at(self, at: QPointF) -> int | None:
        """Return the page under *at* (widget px), the first of its cell; None outside the guest."""
        if not self.covers(at) or self._frame is None or self._scene is None:
            return None
        target = target_at(self._scene, at.x() / self._scale, at.y() / self._scale)
        gfn = target.value if target is not None and target.kind == "gfn" else None
        limit = self._frame.state.domain.max_gfn
        return gfn if isinstance(gfn, int) and gfn < limit else None

    def words_at(self, at: QPointF) -> str:
        """Return the read-out of the page under *at*, empty outside."""
        gfn = self.gfn_at(at)
        if gfn is None or self._frame is None or self._scene is None:
            return ""
        group = pages_a_cell(self._scene.parts)
        more = f"\none cell is {group} pages: the gravest is shown" if group > 1 else ""
        hint = "\nwheel zooms, drag pans, double click zooms in, F shows all"
        return tip(self._frame, gfn) + more + hint

    def _see(self, left: float, wide: float, top: float, high: float) -> None:
        """Show the part from (*left*, *top*) on, moved into the guest."""
        wide, high = min(wide, self._home.width()), min(high, self._home.height())
        x = min(max(0.0, left), self._home.width() - wide)
        y = min(max(0.0, top), self._home.height() - high)
        self.box.setRange(QRectF(x, y, wide, high), padding=0)

    def _moved(self) -> None:
        if self._frame is not None:
            self.moved.emit()

    def _put(self, raster: Raster, area: QRectF) -> None:
        key = (raster.codes, raster.palette, raster.rows)
        if key != self._last:
            self._last = key
            colors = tuple(None if t is None else self._theme[t] for t in raster.palette)
            if colors != self._colors:
                self._colors = colors
                set_colors(self.image, colors)
            codes = np.frombuffer(raster.codes, np.uint8).reshape(raster.rows, raster.cols)
            show_codes(self.image, codes)
        self.image.setRect(area)

    def _clicked(self, event: object) -> None:
        at = event.scenePos()  # type: ignore[attr-defined]
        button = event.button()  # type: ignore[attr-defined]
        if button is not Qt.MouseButton.LeftButton or event.double():  # type: ignore[attr-defined]
            return
        gfn = self.gfn_at(QPointF(at.x(), at.y()))
        if gfn is not None:
            self.clicked.emit(gfn)
