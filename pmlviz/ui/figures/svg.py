"""Scene -> SVG text: vector, text selectable, the same bytes each time, its source inside."""

import re
from base64 import b64encode
from typing import Final
from xml.sax.saxutils import escape

from pmlviz.ui.figures import png
from pmlviz.ui.figures.dump import number
from pmlviz.ui.figures.hatch import stripes
from pmlviz.ui.figures.passes import clipped
from pmlviz.ui.figures.raster import runs
from pmlviz.ui.figures.scene import (
    Anchor,
    Circle,
    Command,
    Dash,
    Group,
    Hatch,
    Leaf,
    Line,
    Path,
    Polyline,
    Primitive,
    Raster,
    Rect,
    Scene,
    Text,
    Token,
)
from pmlviz.ui.figures.source import NAMESPACE
from pmlviz.ui.figures.text import text_width
from pmlviz.ui.figures.theme import Theme

MOST_RUNS: Final = 20_000
"""A raster of more runs than this becomes an embedded image."""

_SANS, _MONO = "DejaVu Sans", "DejaVu Sans Mono"
# The attribute names one family, because Qt's reader takes a list for a name; readers that know
# @media get the list with its fallback.
_STYLE: Final = (
    f'<style>@media screen,print{{text{{font-family:"{_SANS}",sans-serif;font-kerning:none;'
    f'font-variant-ligatures:none}}text[font-family="{_MONO}"]{{font-family:"{_MONO}",monospace}}}}'
    "</style>"
)
_ILLEGAL: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def svg(
    scene: Scene,
    theme: Theme,
    *,
    title: str = "",
    description: str = "",
    source: str = "",
    width_mm: float | None = None,
) -> str:
    """Return *scene* in *theme* as an SVG document.

    *source* (JSON) can be read back with `source.read_source`. With *width_mm* the document is that
    wide on paper, else one px a scene unit.
    """
    writer = _Writer(theme)
    writer.parts(scene.parts)
    if writer.embedded:
        description = f"{description} {' '.join(writer.embedded)}".strip()
    w, h = number(scene.width), number(scene.height)
    if width_mm is None:
        size = f'width="{w}" height="{h}"'
    else:
        tall = width_mm * scene.height / scene.width
        size = f'width="{number(width_mm)}mm" height="{number(tall)}mm"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {w} {h}" role="img"'
        f' font-family="{_SANS}">',
        f"<title>{_text(title)}</title>",
        f"<desc>{_text(description)}</desc>",
    ]
    if source:
        # A carriage return would be read back as a line feed.
        inside = _text(source).replace("\r", "&#13;")
        lines.append(f'<metadata><source xmlns="{NAMESPACE}">{inside}</source></metadata>')
    lines.append(_STYLE)
    if writer.defs:
        lines += ["<defs>", *writer.defs.values(), "</defs>"]
    if scene.ground is not None:
        lines.append(f'<rect width="{w}" height="{h}" fill="{theme[scene.ground]}"/>')
    return "\n".join([*lines, *writer.lines, "</svg>"]) + "\n"


class _Writer:
    """The lines of a document so far, and the definitions they refer to, by content."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.lines: list[str] = []
        self.defs: dict[str, str] = {}
        self.embedded: list[str] = []
        self.phase = 0.0

    def parts(self, parts: tuple[Primitive, ...]) -> None:
        for part in parts:
            if isinstance(part, Group):
                self.group(part)
            elif not isinstance(part, Anchor):
                self.lines += self.leaf(part)

    def group(self, group: Group) -> None:
        attributes = f' class="{_quoted(group.name)}"' if group.name else ""
        moves = []
        if group.dx or group.dy:
            moves.append(f"translate({number(group.dx)} {number(group.dy)})")
        if group.scale != 1:
            moves.append(f"scale({_fine(group.scale)})")
        if moves:
            attributes += f' transform="{" ".join(moves)}"'
        children = group.children
        if group.clip is not None:
            children, cut = clipped(group)
            if cut:
                x, y, w, h = (number(v) for v in group.clip)
                rect = f'<rect x="{x}" y="{y}" width="{w}" height="{h}"/>'
                attributes += f' clip-path="url(#{self.define("clipPath", "", rect)})"'
        phase = self.phase
        self.phase = (phase + group.dx + group.dy) / group.scale
        self.lines.append(f"<g{attributes}>")
        self.parts(children)
        self.lines.append("</g>")
        self.phase = phase

    def define(self, tag: str, attributes: str, content: str) -> str:
        """Return the id of a definition; equal ones share it."""
        key = f"{tag} {attributes} {content}"
        if key not in self.defs:
            name = f"d{len(self.defs) + 1}"
            self.defs[key] = f'<{tag} id="{name}"{attributes}>{content}</{tag}>'
        return self.defs[key].split('"', 2)[1]

    def leaf(self, part: Leaf) -> list[str]:
        n = number
        match part:
            case Rect():
                if part.fill is None and part.stroke is None:
                    return []
                round_ = (
                    f' rx="{n(min(part.radius, part.w / 2, part.h / 2))}"' if part.radius else ""
                )
                look = self.look(part.fill, part.stroke, part.width, part.dash, "", part.opacity)
                return [f"<rect{_box(part)}{round_}{look}/>"]
            case Line():
                ends = f'x1="{n(part.x1)}" y1="{n(part.y1)}" x2="{n(part.x2)}" y2="{n(part.y2)}"'
                look = self.look("-", part.stroke, part.width, part.dash, part.cap, part.opacity)
                return [f"<line {ends}{look}/>"]
            case Polyline():
                points = " ".join(f"{n(x)},{n(y)}" for x, y in part.points)
                look = self.look(None, part.stroke, part.width, part.dash, part.cap, part.opacity)
                return [f'<polyline points="{points}"{look}/>']
            case Path():
                look = self.look(
                    part.fill, part.stroke, part.width, part.dash, part.cap, part.opacity
                )
                return [f'<path d="{_outline(part.d)}"{look}/>']
            case Circle():
                look = self.look(part.fill, part.stroke, part.width, part.dash, "", part.opacity)
                return [f'<circle cx="{n(part.x)}" cy="{n(part.y)}" r="{n(part.r)}"{look}/>']
            case Text():
                return self.text(part)
            case Hatch():
                return self.hatch(part)
            case Raster():
                return self.raster(part)

    def look(
        self,
        fill: Token | None,
        stroke: Token | None,
        width: float,
        dash: Dash,
        cap: str,
        opacity: float,
    ) -> str:
        """Return the presentation attributes; *fill* "-" is for what has no inside."""
        out = ""
        if fill != "-":
            out += f' fill="{"none" if fill is None else self.theme[fill]}"'
        if stroke is not None:
            out += f' stroke="{self.theme[stroke]}"'
            if width != 1:
                out += f' stroke-width="{number(width)}"'
            if dash:
                out += f' stroke-dasharray="{" ".join(number(length) for length in dash)}"'
            if cap == "round":
                out += ' stroke-linejoin="round" stroke-linecap="round"'
        if opacity != 1:
            both = fill not in (None, "-") and stroke is not None
            for what in ("fill-opacity", "stroke-opacity") if both else ("opacity",):
                out += f' {what}="{number(opacity)}"'
        return out

    def text(self, t: Text) -> list[str]:
        if not t.text:
            return []
        out = f'<text x="{number(t.x)}" y="{number(t.y)}"'
        if t.font == "mono":
            out += f' font-family="{_MONO}"'
        out += f' font-size="{number(t.size)}"'
        if t.bold:
            out += ' font-weight="bold"'
        out += f' fill="{self.theme[t.color]}"'
        if t.anchor != "start":
            out += f' text-anchor="{t.anchor}"'
        if len(t.text) > 1:
            # Where DejaVu is missing, the substitute keeps the room it was given.
            out += f' textLength="{number(text_width(t))}" lengthAdjust="spacingAndGlyphs"'
        if t.text != " ".join(t.text.split()):
            out += ' xml:space="preserve"'
        return [f"{out}>{_text(t.text)}</text>"]

    def hatch(self, a: Hatch) -> list[str]:
        # Polygons, not a <pattern>: what reads SVG often drops patterns, and with it a state.
        d = "".join(
            "M" + "L".join(f"{number(x)} {number(y)}" for x, y in polygon) + "Z"
            for polygon in stripes(a, self.phase)
        )
        path = f'<path d="{d}" fill="{self.theme[a.stroke]}"/>'
        if a.ground is None:
            return [path]
        return [f'<rect{_box(a)} fill="{self.theme[a.ground]}"/>', path]

    def raster(self, a: Raster) -> list[str]:
        found = runs(a)
        if len(found) > MOST_RUNS:
            return self.image(a, len(found))
        by_code: dict[int, list[str]] = {}
        for col, row, cols, rows, code in found:
            by_code.setdefault(code, []).append(f"M{col} {row}h{cols}v{rows}h-{cols}z")
        place = (
            f"translate({number(a.x)} {number(a.y)})"
            f" scale({_fine(a.w / a.cols)} {_fine(a.h / a.rows)})"
        )
        return [
            f'<g transform="{place}" shape-rendering="crispEdges">',
            *(
                f'<path d="{"".join(d)}" fill="{self.theme[a.palette[code] or ""]}"/>'
                for code, d in sorted(by_code.items())
            ),
            "</g>",
        ]

    def image(self, a: Raster, n_runs: int) -> list[str]:
        self.embedded.append(
            f"The bitmap of {a.cols} x {a.rows} cells is an embedded image: it would take {n_runs}"
            " rectangles."
        )
        colors = tuple(None if token is None else self.theme[token] for token in a.palette)
        data = png.encode(a.cols, a.rows, a.codes, "indexed", palette=colors)
        return [
            f'<image{_box(a)} preserveAspectRatio="none" style="image-rendering:pixelated"'
            f' href="data:image/png;base64,{b64encode(data).decode("ascii")}"/>'
        ]


def _box(part: Rect | Hatch | Raster) -> str:
    x, y, w, h = (number(v) for v in (part.x, part.y, part.w, part.h))
    return f' x="{x}" y="{y}" width="{w}" height="{h}"'


def _outline(d: tuple[Command, ...]) -> str:
    return "".join(op + " ".join(number(value) for value in values) for op, *values in d)


def _fine(value: float) -> str:
    """Return a factor or a phase: 0.01 would add up over many cells."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _text(text: str) -> str:
    """Escape *text*; what XML cannot hold becomes U+FFFD."""
    return escape(_ILLEGAL.sub("\ufffd", text))


def _quoted(text: str) -> str:
    return _text(text).replace('"', "&quot;").replace("\n", " ")
