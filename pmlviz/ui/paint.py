"""Scene -> QPainter: the window, PNG and PDF are drawn here.

Glyphs are placed one by one at the advances of `figures/text.py`, from the bundled fonts at
fractional pixel sizes without hinting, so that strings are as wide as the figures laid them out and
pixels are the same on every machine. Only a character that no bundled face has goes through Qt's
own text layout.
"""

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontDatabase,
    QGlyphRun,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
    QRawFont,
)

from pmlviz.assets import asset
from pmlviz.ui.figures.hatch import stripes
from pmlviz.ui.figures.passes import Box, box
from pmlviz.ui.figures.scene import (
    Anchor,
    Circle,
    Command,
    Dash,
    Face,
    Group,
    Hatch,
    Line,
    Path,
    Polyline,
    Primitive,
    Raster,
    Rect,
    Scene,
    Text,
)
from pmlviz.ui.figures.text import advances, text_width
from pmlviz.ui.figures.theme import Theme

FONT_FILES: Final = {
    ("sans", False): "fonts/DejaVuSans.ttf",
    ("sans", True): "fonts/DejaVuSans-Bold.ttf",
    ("mono", False): "fonts/DejaVuSansMono.ttf",
    ("mono", True): "fonts/DejaVuSansMono-Bold.ttf",
}
FAMILIES: Final = {"sans": "DejaVu Sans", "mono": "DejaVu Sans Mono"}

_FALLBACK_PX: Final = 64
_NO_PEN: Final = QPen(Qt.PenStyle.NoPen)
_NO_BRUSH: Final = QBrush(Qt.BrushStyle.NoBrush)


@cache
def load_fonts() -> tuple[str, ...]:
    """Give the application the bundled fonts, once; return the families that came."""
    families: set[str] = set()
    for name in FONT_FILES.values():
        font_id = QFontDatabase.addApplicationFont(str(asset(name)))
        families.update(QFontDatabase.applicationFontFamilies(font_id))
    return tuple(sorted(families))


def font(px: int, face: Face = "sans", *, bold: bool = False) -> QFont:
    """Return a font for widgets: the bundled family at *px*, unhinted, unkerned."""
    load_fonts()
    one = QFont(FAMILIES[face])
    one.setPixelSize(px)
    one.setBold(bold)
    one.setKerning(False)
    one.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    one.setStyleStrategy(QFont.StyleStrategy.NoSubpixelAntialias)
    return one


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
            painter.fillRect(QRectF(0, 0, scene.width, scene.height), brush.brush(scene.ground))
        brush.draw(scene.parts, area)
    finally:
        painter.restore()


class _Brush:
    """One painting: the painter, what it is set to, and how each primitive is drawn."""

    def __init__(self, painter: QPainter, theme: Theme, *, glyph_runs: bool) -> None:
        self.painter = painter
        self.colors = theme.colors
        self.glyph_runs = glyph_runs
        self.phase = 0.0
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
        }

    def draw(self, parts: tuple[Primitive, ...], area: Box | None) -> None:
        draws = self.draws
        for part in parts:
            if isinstance(part, Group):
                self.group(part, area)
            elif area is None or _meets(part, area):
                draws[type(part)](part)

    def group(self, group: Group, area: Box | None) -> None:
        inner = None
        if area is not None:
            if not _meets(group, area):
                return
            left, top, right, bottom = area
            inner = (
                (left - group.dx) / group.scale,
                (top - group.dy) / group.scale,
                (right - group.dx) / group.scale,
                (bottom - group.dy) / group.scale,
            )
        painter = self.painter
        phase = self.phase
        self.phase = (phase + group.dx + group.dy) / group.scale
        painter.save()
        painter.translate(group.dx, group.dy)
        if group.scale != 1:
            painter.scale(group.scale, group.scale)
        if group.clip is not None:
            painter.setClipRect(QRectF(*group.clip), Qt.ClipOperation.IntersectClip)
        self.draw(group.children, inner)
        painter.restore()
        self.phase = phase

    def brush(self, token: str) -> QBrush:
        return _brush(self.colors[token])

    def use(
        self,
        fill: str | None,
        stroke: str | None,
        width: float,
        dash: Dash,
        cap: str,
    ) -> None:
        self.painter.setBrush(_NO_BRUSH if fill is None else _brush(self.colors[fill]))
        self.painter.setPen(
            _NO_PEN if stroke is None else _pen(self.colors[stroke], width, dash, cap)
        )

    def rect(self, r: Rect) -> None:
        if r.fill is None and r.stroke is None:
            return
        painter = self.painter
        if r.opacity != 1:
            painter.setOpacity(painter.opacity() * r.opacity)
        if r.radius:
            radius = min(r.radius, r.w / 2, r.h / 2)
            half = r.width / 2
            if (
                r.fill is not None
                and r.stroke is not None
                and not r.dash
                and r.opacity == 1
                and radius > half
            ):
                self.use(r.stroke, None, 0, (), "")
                painter.drawRoundedRect(
                    QRectF(r.x - half, r.y - half, r.w + r.width, r.h + r.width),
                    radius + half,
                    radius + half,
                )
                painter.setBrush(_brush(self.colors[r.fill]))
                painter.drawRoundedRect(
                    QRectF(r.x + half, r.y + half, r.w - r.width, r.h - r.width),
                    radius - half,
                    radius - half,
                )
            else:
                self.use(r.fill, r.stroke, r.width, r.dash, "butt")
                painter.drawRoundedRect(QRectF(r.x, r.y, r.w, r.h), radius, radius)
        elif r.stroke is None:
            painter.fillRect(QRectF(r.x, r.y, r.w, r.h), _brush(self.colors[r.fill or ""]))
        elif r.fill is not None and not r.dash and r.opacity == 1:
            # Two fills look like fill and stroke and cost half of it.
            half = r.width / 2
            outer = QRectF(r.x - half, r.y - half, r.w + r.width, r.h + r.width)
            inner = QRectF(r.x + half, r.y + half, r.w - r.width, r.h - r.width)
            painter.fillRect(outer, _brush(self.colors[r.stroke]))
            if r.w > r.width and r.h > r.width:
                painter.fillRect(inner, _brush(self.colors[r.fill]))
        else:
            self.use(r.fill, r.stroke, r.width, r.dash, "butt")
            painter.drawRect(QRectF(r.x, r.y, r.w, r.h))
        if r.opacity != 1:
            painter.setOpacity(painter.opacity() / r.opacity)

    def line(self, a: Line) -> None:
        painter = self.painter
        if a.opacity != 1:
            painter.setOpacity(painter.opacity() * a.opacity)
        half = a.width / 2
        if a.dash or a.cap != "butt" or (a.x1 != a.x2 and a.y1 != a.y2):
            painter.setPen(_pen(self.colors[a.stroke], a.width, a.dash, a.cap))
            painter.drawLine(QLineF(a.x1, a.y1, a.x2, a.y2))
        elif a.x1 == a.x2:
            upright = QRectF(a.x1 - half, min(a.y1, a.y2), a.width, abs(a.y2 - a.y1))
            painter.fillRect(upright, _brush(self.colors[a.stroke]))
        else:
            level = QRectF(min(a.x1, a.x2), a.y1 - half, abs(a.x2 - a.x1), a.width)
            painter.fillRect(level, _brush(self.colors[a.stroke]))
        if a.opacity != 1:
            painter.setOpacity(painter.opacity() / a.opacity)

    def polyline(self, a: Polyline) -> None:
        painter = self.painter
        if a.opacity != 1:
            painter.setOpacity(painter.opacity() * a.opacity)
        self.use(None, a.stroke, a.width, a.dash, a.cap)
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in a.points]))
        if a.opacity != 1:
            painter.setOpacity(painter.opacity() / a.opacity)

    def path(self, a: Path) -> None:
        painter = self.painter
        if a.opacity != 1:
            painter.setOpacity(painter.opacity() * a.opacity)
        self.use(a.fill, a.stroke, a.width, a.dash, a.cap)
        painter.drawPath(_outline(a.d))
        if a.opacity != 1:
            painter.setOpacity(painter.opacity() / a.opacity)

    def circle(self, c: Circle) -> None:
        painter = self.painter
        if c.opacity != 1:
            painter.setOpacity(painter.opacity() * c.opacity)
        self.use(c.fill, c.stroke, c.width, c.dash, "butt")
        painter.drawEllipse(QPointF(c.x, c.y), c.r, c.r)
        if c.opacity != 1:
            painter.setOpacity(painter.opacity() / c.opacity)

    def text(self, t: Text) -> None:
        if not t.text:
            return
        x = t.x
        if t.anchor == "middle":
            x -= text_width(t) / 2
        elif t.anchor == "end":
            x -= text_width(t)
        painter = self.painter
        painter.setPen(_pen(self.colors[t.color], 1, (), "butt"))
        run = _glyphs(t.text, t.size, t.font, t.bold) if self.glyph_runs else None
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
        painter = self.painter
        if a.ground is not None:
            painter.fillRect(QRectF(a.x, a.y, a.w, a.h), _brush(self.colors[a.ground]))
        painter.fillPath(_stripes(a, self.phase), _brush(self.colors[a.stroke]))

    def raster(self, a: Raster) -> None:
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


@lru_cache(maxsize=256)
def _brush(color: str) -> QBrush:
    return QBrush(QColor(color))


@lru_cache(maxsize=1024)
def _pen(color: str, width: float, dash: Dash, cap: str) -> QPen:
    pen = QPen(QColor(color), width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap if cap == "round" else Qt.PenCapStyle.FlatCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin if cap == "round" else Qt.PenJoinStyle.MiterJoin)
    if dash:
        # Qt counts dashes in pen widths.
        pen.setDashPattern([length / width for length in dash])
    return pen


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


@lru_cache(maxsize=4096)
def _stripes(hatch: Hatch, phase: float) -> QPainterPath:
    path = QPainterPath()
    for polygon in stripes(hatch, phase):
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in polygon]))
        path.closeSubpath()
    return path


@lru_cache(maxsize=128)
def _raw_font(size: float, face: Face, bold: bool) -> QRawFont:  # noqa: FBT001
    return QRawFont(
        str(asset(FONT_FILES[face, bold])), size, QFont.HintingPreference.PreferNoHinting
    )


@lru_cache(maxsize=8192)
def _glyphs(text: str, size: float, face: Face, bold: bool) -> QGlyphRun | None:  # noqa: FBT001
    """Return the placed glyphs of *text*, or None when the face lacks one of them."""
    raw = _raw_font(size, face, bold)
    glyphs = raw.glyphIndexesForString(text)
    if len(glyphs) != len(text) or not all(glyphs):
        return None
    at = 0.0
    positions = []
    for advance in advances(text, face, bold=bold):
        positions.append(QPointF(at * size, 0))
        at += advance
    run = QGlyphRun()
    run.setRawFont(raw)
    run.setGlyphIndexes(glyphs)
    run.setPositions(positions)
    return run
