"""The vocabulary of pictures: frozen primitives, and the Scene they make up.

A figure is a pure function from a frame to a `Scene`. A scene holds no colours, only token names
(`theme.py`); no widget sizes, only scene units (px at scale 1, y down); no Qt. Window, SVG, PNG and
PDF draw the same scene (`svg.py`, `pmlviz.ui.paint`), in the order of its parts: later is on top.

Passes over scenes (`anchors`, `hit`, `target_at`, `bounds`) are in `passes.py`, their text form in
`dump.py`; cards, chips, outlines, discs in `parts.py`; elbows, arrow heads, wires in `wires.py`;
lines of mixed type in `rich.py`; widths of strings in `text.py`; pictograms in `glyphs.py`; page
states in `cells.py`.

A `target` says what a click on the primitive selects, a `tip` what hovering tells. A `Rect` with
neither fill nor stroke draws nothing and is an area to click. `Text.y` is the baseline.
"""

from typing import Literal

import msgspec

Token = str
Point = tuple[float, float]
Face = Literal["sans", "mono"]
TextAnchor = Literal["start", "middle", "end"]
Command = tuple[str, *tuple[float, ...]]
"""One of ("M", x, y), ("L", x, y), ("C", x1, y1, x2, y2, x, y), ("Z",); absolute coordinates."""

Dash = tuple[float, ...]
NOT_YET: Dash = (5.0, 4.0)
"""The dash that always and only means: this has not happened yet."""


class Target(msgspec.Struct, frozen=True, gc=False):
    """What a click selects: a *kind* (gfn, slot, entry, event, item, term, why) and which one."""

    kind: str
    value: int | str | tuple[int | str, ...]


class Rect(msgspec.Struct, frozen=True, gc=False):
    """A rectangle, its stroke centred on the edge; *radius* rounds the corners."""

    x: float
    y: float
    w: float
    h: float
    fill: Token | None = None
    stroke: Token | None = None
    width: float = 1.0
    radius: float = 0.0
    dash: Dash = ()
    opacity: float = 1.0
    target: Target | None = None
    tip: str = ""


class Line(msgspec.Struct, frozen=True, gc=False):
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    stroke: Token = "line"
    width: float = 1.0
    dash: Dash = ()
    cap: Literal["butt", "round"] = "butt"
    opacity: float = 1.0
    target: Target | None = None
    tip: str = ""


class Polyline(msgspec.Struct, frozen=True, gc=False):
    """Straight lines through *points*, joined round."""

    points: tuple[Point, ...]
    stroke: Token = "line"
    width: float = 1.0
    dash: Dash = ()
    cap: Literal["butt", "round"] = "round"
    opacity: float = 1.0
    target: Target | None = None
    tip: str = ""


class Path(msgspec.Struct, frozen=True, gc=False):
    """Any outline of lines and cubics: wires, fans, elbows, arrow heads, glyphs."""

    d: tuple[Command, ...]
    fill: Token | None = None
    stroke: Token | None = None
    width: float = 1.0
    dash: Dash = ()
    cap: Literal["butt", "round"] = "round"
    opacity: float = 1.0
    target: Target | None = None
    tip: str = ""


class Circle(msgspec.Struct, frozen=True, gc=False):
    """A circle around (x, y)."""

    x: float
    y: float
    r: float
    fill: Token | None = None
    stroke: Token | None = None
    width: float = 1.0
    dash: Dash = ()
    opacity: float = 1.0
    target: Target | None = None
    tip: str = ""


class Text(msgspec.Struct, frozen=True, gc=False):
    """One line of text, *y* its baseline, *x* its start, middle or end as *anchor* says."""

    x: float
    y: float
    text: str
    size: float = 12.5
    font: Face = "sans"
    bold: bool = False
    color: Token = "ink"
    anchor: TextAnchor = "start"
    target: Target | None = None
    tip: str = ""


class Hatch(msgspec.Struct, frozen=True, gc=False):
    """Stripes at 45 degrees over *ground*, clipped to the rectangle.

    Stripes lie where x + y is a multiple of *pitch* times the square root of 2, in the coordinates
    of the whole scene, so that neighbouring hatched cells make one hatch.
    """

    x: float
    y: float
    w: float
    h: float
    stroke: Token = "pend.line"
    ground: Token | None = "pend.ground"
    pitch: float = 3.2
    width: float = 1.0
    target: Target | None = None
    tip: str = ""


class Raster(msgspec.Struct, frozen=True, gc=False):
    """*rows* x *cols* cells filling the rectangle, one byte a cell, row by row.

    A code is an index into *palette*; None there is transparent. Cells are drawn sharp at any size.
    A *target* with an int value counts cells: `target_at` adds (row * cols + column) * step to it.
    """

    x: float
    y: float
    w: float
    h: float
    rows: int
    cols: int
    codes: bytes
    palette: tuple[Token | None, ...]
    target: Target | None = None
    tip: str = ""
    step: int = 1


class Anchor(msgspec.Struct, frozen=True, gc=False):
    """A named point; draws nothing. Figures offer them for a later pass to join by wires."""

    name: str
    x: float
    y: float


class Group(msgspec.Struct, frozen=True, gc=False):
    """Parts moved together: scaled by *scale*, then moved by (dx, dy).

    *clip* (x, y, w, h) and the children are in the group's own coordinates.
    """

    name: str
    children: "tuple[Primitive, ...]"
    dx: float = 0.0
    dy: float = 0.0
    clip: tuple[float, float, float, float] | None = None
    scale: float = 1.0


Leaf = Rect | Line | Polyline | Path | Circle | Text | Hatch | Raster
Primitive = Leaf | Anchor | Group


class Scene(msgspec.Struct, frozen=True, gc=False):
    """A picture *width* x *height* scene units large, on *ground* (None: transparent)."""

    width: float
    height: float
    parts: tuple[Primitive, ...]
    ground: Token | None = None


def placed(scene: Scene, name: str, dx: float, dy: float, scale: float = 1.0) -> Group:
    """Return *scene* as a group of another scene, its ground included, its top left at (dx, dy)."""
    parts = scene.parts
    if scene.ground is not None:
        parts = (Rect(0, 0, scene.width, scene.height, fill=scene.ground), *parts)
    return Group(name, parts, dx, dy, scale=scale)
