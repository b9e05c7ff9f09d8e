"""The log-dirty bitmap on screen: a pyqtgraph ImageItem in a ViewBox, in the overview's place.

At rest it shows the very cells of the figure. Zoomed or panned it shows the same states of the part
that is visible, read at the scale of the screen: the gravest mark of each cell, never a mean.
"""

from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen

from pmlviz.ui.figures.ept_map import Window
from pmlviz.ui.figures.memory_fields import BIG_SLAB, SLAB, codes_of
from pmlviz.ui.figures.pages import Pages
from pmlviz.ui.figures.passes import anchors, target_at
from pmlviz.ui.figures.readout import tip
from pmlviz.ui.figures.scene import Group, Primitive, Raster, Scene
from pmlviz.ui.figures.theme import LIGHT, Theme

if TYPE_CHECKING:
    from pmlviz.ui.frame import Frame
    from pmlviz.ui.views.stage_view import StageView

COLS = 512
"""Pages of a row: 2 MiB."""
_PALETTE = ("sunk", "slab", "slab", "clean", "wp", "over", "pend.line", "dirty", "lost", "line")

_ON_THE_WAY = ("stage", "memory", "overview")
"""Groups that the overview is in."""

Codes = NDArray[np.uint8]


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


class _Outlines(pg.GraphicsObject):  # type: ignore[misc]
    """Outlines of superpages and the scale in words, in the coordinates of the view box."""

    def __init__(self) -> None:
        super().__init__()
        self.theme = LIGHT
        self.rows: list[tuple[int, int]] = []
        self.area = QRectF(0, 0, 1, 1)

    def show_rows(self, area: QRectF, rows: list[tuple[int, int]]) -> None:
        """Outline *rows* (first, last) of superpages within *area*."""
        if (area, rows) != (self.area, self.rows):
            self.prepareGeometryChange()
            self.area, self.rows = area, rows
            self.update()

    def boundingRect(self) -> QRectF:
        """Return the visible area."""
        return self.area

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw one outline a superpage."""
        pen = QPen(QColor(self.theme["slab.edge"]), 1)
        pen.setCosmetic(True)
        painter.setPen(pen)
        for first, last in self.rows:
            painter.drawRect(QRectF(0, first, COLS, last + 1 - first))


class Overview(QObject):
    """The image over the stage: what it covers, what is under the pointer, how it zooms."""

    clicked = Signal(object)
    """The page that was clicked (a gfn)."""

    def __init__(self, view: "StageView") -> None:
        """Lie in *view*, hidden until there is a frame."""
        super().__init__(view)
        self._view = view
        self._frame: Frame | None = None
        self._scene: Scene | None = None
        self._scale = 1.0
        self._theme = LIGHT
        self._pages = Pages()
        self._home = QRectF()
        self._order = 0
        self._last: tuple[object, ...] = ()
        self.box = pg.ViewBox(enableMenu=False, invertY=True, border=None, defaultPadding=0.0)
        self.box.setMouseMode(pg.ViewBox.PanMode)
        self.image = pg.ImageItem(axisOrder="row-major", autoLevels=False)
        self._outlines = _Outlines()
        self.box.addItem(self.image, ignoreBounds=True)
        self.box.addItem(self._outlines, ignoreBounds=True)
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
        rows = max(1, -(-frame.state.domain.max_gfn // COLS))
        home = QRectF(0, 0, COLS, rows)
        if home != self._home:
            self._home = home
            self.box.setLimits(xMin=0, xMax=COLS, yMin=0, yMax=rows, minXRange=8, minYRange=1)
            self.fit()
        self.box.setVisible(True)
        self._draw(raster)

    def set_theme(self, theme: Theme) -> None:
        """Colour the cells by *theme*."""
        self._theme = self._outlines.theme = theme
        self._last = ()
        self._outlines.update()

    def fit(self) -> None:
        """Show the whole guest."""
        if self._home.isValid():
            self.box.setRange(self._home, padding=0)

    def covers(self, at: QPointF) -> bool:
        """Return whether *at* (widget px) lies on the overview."""
        return bool(self.box.isVisible() and self.box.geometry().contains(at))

    def zoom_to(self, at: QPointF) -> None:
        """Show the eight regions round *at*, or everything again if that is shown already."""
        if self.zoomed:
            self.fit()
            return
        row = (self.gfn_at(at) or 0) // COLS
        top = min(max(0.0, row - 4.0), max(0.0, self._home.height() - 8))
        self.box.setRange(QRectF(0, top, COLS, min(8.0, self._home.height())), padding=0)

    def gfn_at(self, at: QPointF) -> int | None:
        """Return the page under *at* (widget px), the first of its cell; None outside the guest."""
        if not self.covers(at) or self._frame is None:
            return None
        if not self.zoomed and self._scene is not None:
            # The figure knows its rows: those of a guest with holes are not one after another.
            target = target_at(self._scene, at.x() / self._scale, at.y() / self._scale)
            gfn = target.value if target is not None and target.kind == "gfn" else None
            limit = self._frame.state.domain.max_gfn
            return gfn if isinstance(gfn, int) and gfn < limit else None
        point = self.box.mapToView(self.box.mapFromScene(at))
        group = 1 << self._order
        row, col = int(point.y()) // group * group, int(point.x())
        gfn = row * COLS + col * group
        return gfn if 0 <= gfn < self._frame.state.domain.max_gfn else None

    def words_at(self, at: QPointF) -> str:
        """Return the read-out of the page under *at*, empty outside."""
        gfn = self.gfn_at(at)
        if gfn is None or self._frame is None:
            return ""
        group = 1 << self._order
        if not self.zoomed and self._scene is not None:
            group = pages_a_cell(self._scene.parts)
        more = f"\none cell is {group} pages: the gravest is shown" if group > 1 else ""
        hint = "\nwheel zooms, drag pans, double click zooms in, F shows all"
        return tip(self._frame, gfn) + more + hint

    def _moved(self) -> None:
        self._draw(None)
        self._view.show_words(shown=not self.zoomed)

    def _draw(self, raster: Raster | None) -> None:
        if self._frame is None or not self._home.isValid():
            return
        if self.zoomed:
            self._draw_part()
        elif raster is not None:
            self._order = self._order_at(self._home.height())
            codes = np.frombuffer(raster.codes, np.uint8).reshape(raster.rows, raster.cols)
            self._put(codes, self._home, raster.palette, (raster.codes, raster.palette))
            self._outlines.show_rows(self._home, [])
        else:
            # Back at home by hand: the figure's own cells come with the next layout.
            self._last = ()
            self._view.refresh()

    def _order_at(self, rows: float) -> int:
        """Return log2 of the pages a cell stands for when *rows* rows are shown.

        No more rows of cells than px: one that falls between two of them would not be seen.
        """
        order = 0
        while rows / (1 << order) > max(1.0, self.box.height() - 1):
            order += 1
        return order

    def _draw_part(self) -> None:
        assert self._frame is not None
        shown = self.box.viewRect()
        self._order = order = self._order_at(shown.height())
        group = 1 << order
        first = int(max(0.0, shown.top())) // group * group
        last = min(int(self._home.height()), int(shown.bottom()) + 1)
        n = max(1, -(-(last - first) // group))
        field = self._pages.field(self._frame, Window(first * COLS, n * COLS, order))
        codes = codes_of(field).reshape(n, COLS)
        area = QRectF(0, first, COLS, n * group)
        self._put(codes, area, _PALETTE, (codes.tobytes(), first, n, order))
        slabs = np.isin(codes, (SLAB, BIG_SLAB)).any(axis=1)
        rows = [(first + int(r), first + int(r)) for r in np.flatnonzero(slabs)]
        few = order == 0 and n <= 64
        self._outlines.show_rows(area, rows if few else [])

    def _put(
        self, codes: Codes, area: QRectF, palette: tuple[str | None, ...], key: tuple[object, ...]
    ) -> None:
        if key == self._last:
            return
        self._last = key
        table = np.zeros((256, 4), np.uint8)
        for code, token in enumerate(palette):
            if token is not None:
                color = QColor(self._theme[token])
                table[code] = (color.red(), color.green(), color.blue(), 255)
        self.image.setImage(codes, autoLevels=False, levels=(0, 255), lut=table)
        self.image.setRect(area)

    def _clicked(self, event: object) -> None:
        at = event.scenePos()  # type: ignore[attr-defined]
        button = event.button()  # type: ignore[attr-defined]
        if button is not Qt.MouseButton.LeftButton or event.double():  # type: ignore[attr-defined]
            return
        gfn = self.gfn_at(QPointF(at.x(), at.y()))
        if gfn is not None:
            self.clicked.emit(gfn)
