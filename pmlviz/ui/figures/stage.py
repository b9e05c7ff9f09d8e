"""The stage: the machine in section, composed. Road and deck, narration, guest memory, PML buffer.

One canvas, so that the wire from D to its slot and the pipe from the buffer to memory can be drawn:
the parts offer anchors, and what joins them is added here, after layout.
"""

from typing import Final, NamedTuple

from pmlviz.core.telling import Story
from pmlviz.ui.figures import buffer, buffer_lens, memory, telling, theme, upper_stage
from pmlviz.ui.figures.memory_zoom import View
from pmlviz.ui.figures.parts import Parts, disc
from pmlviz.ui.figures.passes import anchors
from pmlviz.ui.figures.scene import NOT_YET, Group, Path, Point, Primitive, Scene, placed
from pmlviz.ui.figures.stage_discs import number_of
from pmlviz.ui.figures.told import story_of
from pmlviz.ui.figures.wires import arrow_head, wire
from pmlviz.ui.frame import Frame

FULL_WIDTH: Final = 1330.0
FULL_HEIGHT: Final = 770.0
LEAST_WIDTH: Final = 1180.0
LEAST_HEIGHT: Final = 560.0
NATURAL: Final = (1360.0, 806.0)
_DISC: Final = 11.0
_MOUTH: Final = 44.0
"""From the top of guest memory to where the pipe comes in at the least, px: below its header."""


class Sizes(NamedTuple):
    """The heights and widths of the panels, px."""

    gutter: float
    pml: float
    road: float
    deck: float
    telling: float
    extras: bool


_FULL: Final = Sizes(12, 256, 290, 104, 114, extras=False)
_COMPACT: Final = Sizes(8, 226, 248, 66, 76, extras=True)


def sizes(width: float, height: float, *, extras: bool | None = None) -> Sizes:
    """Return the sizes on a stage *width* x *height*; *extras* forces the folded counters."""
    chosen = _FULL if width >= FULL_WIDTH and height >= FULL_HEIGHT else _COMPACT
    return chosen if extras is None else chosen._replace(extras=extras)


def layout(
    frame: Frame,
    width: float,
    height: float,
    *,
    extras: bool | None = None,
    view: View | None = None,
) -> Scene:
    """Return the stage *width* x *height*. Smaller than the least it is drawn to scale.

    *view* is what the overview of guest memory shows, if not all of it.

    Groups: `upper`, `telling`, `memory`, `buffer`, `wires`.
    """
    scale = min(1.0, width / LEAST_WIDTH, height / LEAST_HEIGHT)
    w, h = width / scale, height / scale
    s = sizes(w, h, extras=extras)
    left = w - s.pml - s.gutter
    story = story_of(frame)
    memory_y = s.road + s.deck + s.telling + 2 * s.gutter
    side = buffer.layout(frame, s.pml, h, extras=s.extras, outlet=memory_y + _MOUTH)
    ends = anchors(side)
    rows = (ends[name][1] for name in ("pml.slot", "pml.index") if name in ends)
    # The first of them that is a row beside the road.
    port = next((y for y in rows if y > buffer_lens.HEAD), None)
    if port is not None and port >= s.road - 40:
        port = None
    upper = upper_stage.layout(frame, left, s.road, s.deck, story=story, port=port)
    field = memory.layout(frame, left, h - memory_y, view=view)
    said = telling.layout(frame, left, s.telling, story=story)
    parts: list[Primitive] = [
        placed(upper, "upper", 0, 0),
        placed(said, "telling", 0, s.road + s.deck + s.gutter),
        placed(field, "memory", 0, memory_y),
        placed(side, "buffer", left + s.gutter, 0),
    ]
    whole = anchors(Scene(w, h, tuple(parts)))
    parts.append(Group("wires", (*_joined(whole, story, left, s.gutter), *_outlet(whole, left))))
    if scale < 1:
        return Scene(width, height, (placed(Scene(w, h, tuple(parts)), "stage", 0, 0, scale),))
    return Scene(width, height, tuple(parts))


def _joined(whole: dict[str, Point], story: Story, left: float, gutter: float) -> Parts:
    """Return the wire from D and the discs of *story* that belong on buffer and bitmap."""
    slot, index = number_of(story, "pml.slot"), number_of(story, "pml.index")
    parts: list[Primitive] = [*_wire(whole, left, gutter, ends_at_disc=slot is not None)]
    at = whole.get("pml.slot")
    if slot is not None and at is not None:
        parts += disc(slot, at[0] - 1, at[1], _DISC)
    below = whole.get("pml.index")
    if below is None or (
        slot is not None and at is not None and abs(below[1] - at[1]) < 2 * _DISC - 1
    ):
        # What was drained stands where the index is now: its number in words has room for a disc.
        below = whole.get("pml.head")
    if index is not None and below is not None:
        parts += disc(index, below[0] - 1, below[1], _DISC)
    return tuple(parts)


def _wire(whole: dict[str, Point], left: float, gutter: float, *, ends_at_disc: bool) -> Parts:
    """Return the last leg of the wire from D: from the road's edge to the slot."""
    solid = whole.get("wire.solid")
    start = solid or whole.get("wire.dashed")
    end = whole.get("pml.slot" if solid else "pml.index")
    if start is None or end is None:
        return ()
    x, y = end
    points = [start, (x + theme.INSET - 3, y)]
    if abs(start[1] - y) > 1:
        middle = left + gutter / 2
        points = [start, (middle, start[1]), (middle, y), points[-1]]
    head = 0 if solid and ends_at_disc else 10
    return wire(points, radius=5, head=head, dash=() if solid else NOT_YET)


def _outlet(whole: dict[str, Point], left: float) -> Parts:
    """Return the mouth of the pipe, pointing into guest memory."""
    out = whole.get("pml.outlet")
    if out is None:
        return ()
    x, y = out
    d = (("M", x, y), ("L", left - 2, y))
    return (
        Path(d, stroke="road", width=theme.PIPE, cap="butt"),
        Path(d, stroke="pend.line", width=1.5, dash=(5, 5), cap="butt"),
        arrow_head(left - 10, y, "left", length=11, spread=7, fill="pend.line"),
    )
