"""One scene with every primitive in every variant, for the back ends' tests."""

from pmlviz.ui.figures.glyphs import GLYPHS, glyph
from pmlviz.ui.figures.parts import changed, disc, not_yet, panel, slab
from pmlviz.ui.figures.rich import layout, markup
from pmlviz.ui.figures.scene import (
    NOT_YET,
    Circle,
    Group,
    Hatch,
    Line,
    Path,
    Polyline,
    Primitive,
    Raster,
    Rect,
    Scene,
    Target,
    Text,
)
from pmlviz.ui.figures.wires import blocked, wire


def vocabulary() -> Scene:
    parts: list[Primitive] = [*panel(4, 4, 392, 292)]
    for i, name in enumerate(GLYPHS):
        parts += glyph(name, 20 + 19.5 * i, 20, 10)
    narration = markup("vCPU 0 writes `0x6000`: {1} D goes **0→1**")
    parts += layout(narration, 14, 52, 370, 16).parts
    parts += [
        Rect(14, 70, 40, 20, "dirty"),
        Rect(60.5, 70.5, 40, 20, "clean", "clean.hairline", 0.75),
        Rect(110, 70, 40, 20, "over", "over.ink", 1.25, 4, opacity=0.5),
        Rect(160, 70, 40, 20, None, "accent", 2, 4, NOT_YET),
        Rect(210, 70, 40, 20, target=Target("gfn", 1)),
        Rect(260, 70, 40, 20, "slab", "slab.edge", 4, opacity=0.5),
        Line(14, 104, 100, 104, "line"),
        Line(14, 110, 100, 118, "crack", 2, NOT_YET, "round"),
        Polyline(((120, 118), (140, 104), (160, 118)), "lost", 2),
        Path((("M", 180, 118), ("C", 180, 100, 220, 100, 220, 118), ("Z",)), "over", "over.ink"),
        Circle(250, 110, 8, "pend", "pend.line", 2, opacity=0.5),
        Text(300, 114, "end", 12.5, "mono", bold=True, color="muted", anchor="end"),
        Text(340, 114, "a  <&> \"b'", 11, anchor="middle"),
        Raster(14, 130, 80, 40, 4, 8, bytes(range(4)) * 8, ("clean", "dirty", None, "lost")),
        Hatch(110, 130, 30, 30),
        Hatch(141, 130, 30, 30, ground=None, pitch=11, width=2.2, stroke="pend"),
        Group("half", (Hatch(0, 0, 60, 60), Text(4, 50, "half", 20)), 190, 130, scale=0.5),
        Group(
            "whole", (Rect(2, 2, 20, 20, "ok"), Rect(80, 0, 9, 9, "ink")), 240, 130, (0, 0, 30, 30)
        ),
    ]
    parts += [
        *changed(300, 130, 40, 20),
        *not_yet(350, 130, 30, 20),
        *slab(300, 165, 80, 20, "2 MiB"),
    ]
    parts += wire([(20, 200), (80, 200), (80, 230), (140, 230)])
    parts += blocked([(20, 260), (100, 260)], "index > 511")
    parts += disc(2, 200, 230, 11)
    return Scene(400, 300, tuple(parts), "window")
