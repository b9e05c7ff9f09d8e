"""Scene -> QPainter: the window, PNG and PDF are drawn here.

Text is drawn as glyphs placed by `fonts.py`. What is drawn again and again (brushes, pens,
outlines, stripes) is kept; a view repaints what `passes.damage` names through *clip*.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from math import ceil, floor, sqrt
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
)

from pmlviz.ui.figures.hatch import stripes
from pmlviz.ui.figures.passes import Box, box
from pmlviz.ui.figures.scene import (
    Anchor,
    Circle,
    Command,
    Dash,
    Group,
    Hatch,
    Line,
    Path,
    Point,
    Polyline,
    Primitive,
    Raster,
    Rect,
    Scene,
    Text,
)
from pmlviz.ui.figures.text import text_width
from pmlviz.ui.figures.theme import Theme
from pmlviz.ui.fonts import font, glyph_run

_FALLBACK_PX: Final = 64
_EXACT_AREA: Final = 2500.0
"""Hatches up to this area, square px, are cut exactly to their edges; larger ones to whole px."""
_MANY: Final = 128
"""A path of more commands than this is drawn as lines, if it is nothing but lines."""
_NO_PEN: Final = QPen(Qt.PenStyle.NoPen)
_NO_BRUSH: Final = QBrush(Qt.BrushStyle.NoBrush)


def paint(
    painter: QPainter,
    scene: Scene,
    theme: Theme,
    *,
    clip: QRectF | None = None,
    glyph_runs: bool = True,
) -> None:
    """Draw *scene* in *theme*; with *clip*, only parts that meet it, cut to it.

    The painter's transform decides where and how large; its state is as before afterwards.
    *glyph_runs* False sends text through Qt's own layout, which PDF wants.
    """
    painter.save()
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)
        area = None
        if clip is not None:
            painter.setClipRect(clip, Qt.ClipOperation.IntersectClip)
            area = (clip.left(), clip.top(), clip.right(), clip.bottom())
        brush = _Brush(painter, theme, glyph_runs=glyph_runs)
        if scene.ground is not None:
            painter.fillRect(QRectF(0, 0, scene.width, scene.height), brush.fills[scene.ground])
        brush.draw(scene.parts, area)
    finally:
        painter.restore()


class _Fills(dict[str, QBrush]):
    """The opaque brush of each token, made when first asked for."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme

    def __missing__(self, token: str) -> QBrush:
        brush = self[token] = _brush(self.theme[token], 1)
        return brush


class _Inks(dict[str, QPen]):
    """The pen of each token for text, made when first asked for."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme

    def __missing__(self, token: str) -> QPen:
        pen = self[token] = _pen(self.theme[token], 1, (), "butt", 1)
        return pen


class _Brush:
    """One painting: the painter, the colours, and how each primitive is drawn."""

    def __init__(self, painter: QPainter, theme: Theme, *, glyph_runs: bool) -> None:
        self.painter = painter
        self.colors = theme.colors
        self.fills = _Fills(theme)
        self.inks = _Inks(theme)
        self.glyph_runs = glyph_runs
        self.phase = 0.0
        self.area: Box | None = None
        self.draws: dict[type, Callable[..., None]] = {
            Rect: self.rect,
            Line: self.line,
            Polyline: self.polyline,
            Path: self.path,
            Circle: self.circle,
            Text: self.text,
            Hatch: self.hatch,
            Raster: self.raster,
            Anchor: self.anchor,
            Group: self.group,
        }

    def draw(self, parts: tuple[Primitive, ...], area: Box | None) -> None:
        draws = self.draws
        self.area = area
        if area is None:
            for part in parts:
                draws[type(part)](part)
        else:
            for part in parts:
                if _meets(part, area):
                    draws[type(part)](part)

    def group(self, group: Group) -> None:
        dx, dy, scale, area = group.dx, group.dy, group.scale, self.area
        inner = None
        if area is not None:
            left, top, right, bottom = area
            inner = (
                (left - dx) / scale,
                (top - dy) / scale,
                (right - dx) / scale,
                (bottom - dy) / scale,
            )
        painter, phase = self.painter, self.phase
        painter.save()
        painter.translate(dx, dy)
        if scale != 1:
            painter.scale(scale, scale)
        if group.clip is not None:
            painter.setClipRect(QRectF(*group.clip), Qt.ClipOperation.IntersectClip)
        self.phase = (phase + dx + dy) / scale
        self.draw(group.children, inner)
        self.phase, self.area = phase, area
        painter.restore()

    def use(self, part: Rect | Path | Circle, cap: str) -> None:
        """Set brush and pen to the fill and stroke of *part*."""
        fill, stroke, opacity = part.fill, part.stroke, part.opacity
        painter = self.painter
        painter.setBrush(_NO_BRUSH if fill is None else _brush(self.colors[fill], opacity))
        painter.setPen(
            _NO_PEN
            if stroke is None
            else _pen(self.colors[stroke], part.width, part.dash, cap, opacity)
        )

    def rect(self, r: Rect) -> None:
        fill, stroke, x, y, w, h = r.fill, r.stroke, r.x, r.y, r.w, r.h
        if stroke is None and not r.radius and r.opacity == 1:
            if fill is not None:
                self.painter.fillRect(QRectF(x, y, w, h), self.fills[fill])
            return
        line, radius = r.width, r.radius
        half = line / 2
        if fill is None or stroke is None or r.opacity != 1 or r.dash or w <= line or h <= line:
            radius = min(radius, w / 2, h / 2)
            self.use(r, "butt")
            self.painter.drawRoundedRect(QRectF(x, y, w, h), radius, radius)
            return
        # Two fills look like a stroke round a fill and cost half of it.
        painter, fills = self.painter, self.fills
        outer = QRectF(x - half, y - half, w + line, h + line)
        inner = QRectF(x + half, y + half, w - line, h - line)
        if not radius:
            painter.fillRect(outer, fills[stroke])
            painter.fillRect(inner, fills[fill])
            return
        radius = min(radius, w / 2, h / 2)
        painter.setPen(_NO_PEN)
        painter.setBrush(fills[stroke])
        painter.drawRoundedRect(outer, radius + half, radius + half)
        painter.setBrush(fills[fill])
        painter.drawRoundedRect(inner, max(radius - half, 0), max(radius - half, 0))

    def line(self, a: Line) -> None:
        half = a.width / 2
        if a.dash or a.cap != "butt" or (a.x1 != a.x2 and a.y1 != a.y2):
            self.painter.setPen(_pen(self.colors[a.stroke], a.width, a.dash, a.cap, a.opacity))
            self.painter.drawLine(QLineF(a.x1, a.y1, a.x2, a.y2))
        elif a.x1 == a.x2:
            upright = QRectF(a.x1 - half, min(a.y1, a.y2), a.width, abs(a.y2 - a.y1))
            self.painter.fillRect(upright, _brush(self.colors[a.stroke], a.opacity))
        else:
            level = QRectF(min(a.x1, a.x2), a.y1 - half, abs(a.x2 - a.x1), a.width)
            self.painter.fillRect(level, _brush(self.colors[a.stroke], a.opacity))

    def polyline(self, a: Polyline) -> None:
        self.painter.setPen(_pen(self.colors[a.stroke], a.width, a.dash, a.cap, a.opacity))
        self.painter.drawPolyline(_polygon(a.points))

    def path(self, a: Path) -> None:
        self.use(a, a.cap)
        if len(a.d) > _MANY and a.fill is None and a.opacity == 1 and not a.dash:
            strokes = _strokes(a.d)
            if strokes:
                # Qt fills one outline of hundreds of strokes ten times slower than as many lines.
                self.painter.drawLines(strokes)
                return
        self.painter.drawPath(_outline(a.d))

    def circle(self, c: Circle) -> None:
        self.use(c, "butt")
        self.painter.drawEllipse(QPointF(c.x, c.y), c.r, c.r)

    def text(self, t: Text) -> None:
        if not t.text:
            return
        x = t.x
        if t.anchor == "middle":
            x -= text_width(t) / 2
        elif t.anchor == "end":
            x -= text_width(t)
        painter = self.painter
        painter.setPen(self.inks[t.color])
        run = glyph_run(t.text, t.size, t.font, t.bold) if self.glyph_runs else None
        if run is not None:
            painter.drawGlyphRun(QPointF(x, t.y), run)
            return
        painter.save()
        painter.translate(x, t.y)
        painter.scale(t.size / _FALLBACK_PX, t.size / _FALLBACK_PX)
        painter.setFont(font(_FALLBACK_PX, t.font, bold=t.bold))
        painter.drawText(QPointF(0, 0), t.text)
        painter.restore()

    def hatch(self, a: Hatch) -> None:
        if a.ground is not None:
            self.painter.fillRect(QRectF(a.x, a.y, a.w, a.h), self.fills[a.ground])
        if a.w * a.h <= _EXACT_AREA:
            self.painter.fillPath(_stripes(a, self.phase), self.fills[a.stroke])
            return
        # Qt fills a hundred polygons two hundred times slower than it draws as many lines.
        painter = self.painter
        painter.save()
        painter.setClipRect(QRectF(a.x, a.y, a.w, a.h), Qt.ClipOperation.IntersectClip)
        painter.setPen(_pen(self.colors[a.stroke], a.width, (), "butt", 1))
        painter.drawLines(_diagonals(a, self.phase))
        painter.restore()

    def raster(self, a: Raster) -> None:
        if not any(a.palette):
            return
        image = QImage(a.codes, a.cols, a.rows, a.cols, QImage.Format.Format_Indexed8)
        image.setColorTable(
            [0 if token is None else QColor(self.colors[token]).rgba() for token in a.palette]
        )
        self.painter.drawImage(QRectF(a.x, a.y, a.w, a.h), image)

    def anchor(self, _: Anchor) -> None:
        pass


def _meets(part: Primitive, area: Box) -> bool:
    found = _box(part) if isinstance(part, Group) else box(part)
    return (
        found is not None
        and found[0] < area[2]
        and found[2] > area[0]
        and found[1] < area[3]
        and found[3] > area[1]
    )


_boxes: dict[int, tuple[Group, Box | None]] = {}


def _box(group: Group) -> Box | None:
    """Return the group's box, remembered by identity: to hash a group would walk all of it."""
    known = _boxes.get(id(group))
    if known is None:
        if len(_boxes) >= 1024:
            _boxes.clear()
        known = _boxes[id(group)] = (group, box(group))
    return known[1]


@lru_cache(maxsize=1024)
def _color(color: str, opacity: float) -> QColor:
    made = QColor(color)
    made.setAlphaF(opacity)
    return made


@lru_cache(maxsize=1024)
def _brush(color: str, opacity: float) -> QBrush:
    return QBrush(_color(color, opacity))


@lru_cache(maxsize=1024)
def _pen(color: str, width: float, dash: Dash, cap: str, opacity: float) -> QPen:
    pen = QPen(_color(color, opacity), width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap if cap == "round" else Qt.PenCapStyle.FlatCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin if cap == "round" else Qt.PenJoinStyle.MiterJoin)
    if dash:
        # Qt counts dashes in pen widths.
        pen.setDashPattern([length / width for length in dash])
    return pen


def _polygon(points: Iterable[Point]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in points])


@lru_cache(maxsize=4096)
def _outline(d: tuple[Command, ...]) -> QPainterPath:
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    for op, *v in d:
        if op == "M":
            path.moveTo(v[0], v[1])
        elif op == "L":
            path.lineTo(v[0], v[1])
        elif op == "C":
            path.cubicTo(v[0], v[1], v[2], v[3], v[4], v[5])
        else:
            path.closeSubpath()
    return path


@lru_cache(maxsize=64)
def _strokes(d: tuple[Command, ...]) -> list[QLineF]:
    """Return the lines of *d* if each is one by itself, from a point to another; else none."""
    if len(d) % 2 or any(c[0] != "M" for c in d[::2]) or any(c[0] != "L" for c in d[1::2]):
        return []
    ends = [QPointF(*point) for _, *point in d]
    return [QLineF(a, b) for a, b in zip(ends[::2], ends[1::2], strict=True)]


@lru_cache(maxsize=4096)
def _stripes(hatch: Hatch, phase: float) -> QPainterPath:
    path = QPainterPath()
    for polygon in stripes(hatch, phase):
        path.addPolygon(_polygon(polygon))
        path.closeSubpath()
    return path


def _diagonals(a: Hatch, phase: float) -> list[QLineF]:
    """Return the middles of the stripes, beyond the rectangle at either end."""
    step, beyond = a.pitch * sqrt(2), a.width
    top, bottom = a.y - beyond, a.y + a.h + beyond
    first = ceil((a.x + a.y + phase - beyond) / step)
    last = floor((a.x + a.y + a.w + a.h + phase + beyond) / step)
    sums = (k * step - phase for k in range(first, last + 1))
    return [QLineF(s - top, top, s - bottom, bottom) for s in sums]
