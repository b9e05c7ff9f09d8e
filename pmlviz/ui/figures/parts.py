"""What every figure draws with: cards, chips, outlines, brackets, numbered discs.

Each helper returns a tuple of primitives, bottom first, to be spliced into a scene. The outlines
carry meaning: `changed` (solid, with a corner mark) is what this event changed, `not_yet` (dashed,
no mark, no fill) is what comes next.
"""

from pmlviz.ui.figures import theme
from pmlviz.ui.figures.scene import (
    NOT_YET,
    Circle,
    Command,
    Dash,
    Face,
    Path,
    Primitive,
    Rect,
    Target,
    Text,
    TextAnchor,
    Token,
)
from pmlviz.ui.figures.text import baseline, width

Parts = tuple[Primitive, ...]


def panel(x: float, y: float, w: float, h: float, *, now: bool = False) -> Parts:
    """Return the ground of a panel; with *now* it is the one that tells the present event."""
    if not now:
        return (Rect(x + 0.5, y + 0.5, w - 1, h - 1, "panel", "line", 1, theme.RADIUS_PANEL),)
    return (
        Rect(x + 1, y + 1, w - 2, h - 2, "panel", "accent", theme.EMPHASIS, theme.RADIUS_PANEL),
        Rect(x, y, 7, h, "accent", radius=3),
    )


def card(
    x: float,
    y: float,
    w: float,
    h: float,
    *,
    fill: Token | None = "panel",
    stroke: Token = "line",
    dash: Dash = (),
    target: Target | None = None,
    tip: str = "",
) -> Parts:
    """Return the ground of a card: a table entry, a step, a note."""
    rect = Rect(x, y, w, h, fill, stroke, theme.BORDER, theme.RADIUS_CARD, dash, 1, target, tip)
    return (rect,)


def label(
    x: float,
    middle: float,
    text: str,
    size: float = theme.LABEL,
    *,
    font: Face = "sans",
    bold: bool = False,
    color: Token = "ink",
    anchor: TextAnchor = "start",
    target: Target | None = None,
    tip: str = "",
) -> Text:
    """Return *text* with its capitals centred on y = *middle*."""
    y = baseline(middle, size)
    return Text(x, y, text, size, font, bold, color, anchor, target, tip)


def chip_width(
    text: str, size: float = theme.LABEL, *, bold: bool = False, pad: float = 9, lead: float = 0
) -> float:
    """Return how wide `chip` draws *text*; *lead* is the room for a glyph before it."""
    return width(text, size, bold=bold) + 2 * pad + lead


def chip(
    x: float,
    y: float,
    text: str,
    *,
    h: float = 24,
    radius: float | None = None,
    size: float = theme.LABEL,
    bold: bool = False,
    fill: Token | None = "accent.soft",
    stroke: Token | None = None,
    color: Token = "ink",
    dash: Dash = (),
    pad: float = 9,
    lead: float = 0,
    target: Target | None = None,
    tip: str = "",
) -> Parts:
    """Return a pill round *text*; see `chip_width`. With *dash* NOT_YET it is a step to come."""
    w = chip_width(text, size, bold=bold, pad=pad, lead=lead)
    round_ = h / 2 if radius is None else radius
    edge = color if dash and stroke is None else stroke
    return (
        Rect(x, y, w, h, fill, edge, theme.BORDER, round_, dash, 1, target, tip),
        label(x + pad + lead, y + h / 2, text, size, bold=bold, color=color),
    )


def changed(x: float, y: float, w: float, h: float, *, gap: float = 2, radius: float = 4) -> Parts:
    """Return the mark of what this event changed: an outline *gap* px outside, a filled corner."""
    outline = _outline(x, y, w, h, gap, radius, ())
    top, right = outline.y, outline.x + outline.w
    mark = min(9.0, 0.38 * min(outline.w, outline.h))
    corner: tuple[Command, ...] = (
        ("M", right - mark, top),
        ("L", right, top),
        ("L", right, top + mark),
        ("Z",),
    )
    return (outline, Path(corner, fill="accent", stroke="accent"))


def not_yet(x: float, y: float, w: float, h: float, *, gap: float = 2, radius: float = 4) -> Parts:
    """Return the mark of what changes next: the outline of `changed`, dashed, without corner."""
    return (_outline(x, y, w, h, gap, radius, NOT_YET),)


def _outline(x: float, y: float, w: float, h: float, gap: float, radius: float, dash: Dash) -> Rect:
    wide, high = w + 2 * gap, h + 2 * gap
    # A page of a few px would become a circle.
    round_ = min(radius, min(wide, high) / 7)
    return Rect(x - gap, y - gap, wide, high, None, "accent", theme.EMPHASIS, round_, dash)


def slab(
    x: float,
    y: float,
    w: float,
    h: float,
    text: str = "",
    *,
    bold: bool = True,
    size: float = theme.BODY,
    target: Target | None = None,
    tip: str = "",
) -> Parts:
    """Return a superpage: one block, one entry, one D flag, its size in words."""
    radius = min(theme.RADIUS_SLAB, h / 4)
    block = Rect(x, y, w, h, "slab", "slab.edge", 1.5, radius, (), 1, target, tip)
    if not text:
        return (block,)
    return (block, label(x + w / 2, y + h / 2, text, size, bold=bold, anchor="middle"))


def bracket(
    x: float,
    y: float,
    w: float,
    h: float,
    *,
    arm: float = 6,
    stroke: Token = "slab.edge",
    thick: float = 1.75,
) -> Parts:
    """Return square brackets at the left and right end of the rectangle."""
    inset = 0.75
    left, right, top, bottom = x + 1, x + w - 1, y + inset, y + h - inset

    def end(at: float, inward: float) -> Path:
        return Path(
            (
                ("M", at + inward, top),
                ("L", at, top),
                ("L", at, bottom),
                ("L", at + inward, bottom),
            ),
            stroke=stroke,
            width=thick,
        )

    return (end(left, arm), end(right, -arm))


def disc(
    n: int,
    x: float,
    y: float,
    r: float = 9,
    *,
    fill: Token = "accent",
    color: Token = "accent.ink",
    ring: Token | None = "panel",
) -> Parts:
    """Return numbered disc *n* round (x, y), ringed by the ground it stands on.

    The same number in the picture and in the sentence ties them together.
    """
    size = r * 1.18
    body = (
        Circle(x, y, r, fill),
        label(x, y, str(n), size, bold=True, color=color, anchor="middle"),
    )
    return body if ring is None else (Circle(x, y, r + 1.5, ring), *body)
