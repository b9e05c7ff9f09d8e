"""The Debug layout on one sheet: path and PML buffer above, bitmap and counters below, the loop.

Out along the rail, by the accent wire from the D lamp to its slot (now), home by a dashed pipe from
the buffer's valve to the bitmap's cell (later). Hairlines part the panels, but none stands where a
wire crosses.
"""

from typing import Final

from pmlviz.ui.figures import counter_bars, glass, rail, slots
from pmlviz.ui.figures.debug_plan import plan_of
from pmlviz.ui.figures.drain_ahead import drained
from pmlviz.ui.figures.instrument_wires import Joints, home_pipe, log_wire
from pmlviz.ui.figures.parts import panel
from pmlviz.ui.figures.passes import anchors
from pmlviz.ui.figures.scene import Group, Line, Primitive, Scene, placed
from pmlviz.ui.figures.subject import subject_of
from pmlviz.ui.frame import Frame

NATURAL: Final = (1360.0, 818.0)
LEAST: Final = (1040.0, 590.0)
"""In less room it is drawn smaller."""

_SIDE: Final = (224.0, 312.0, 0.23)
"""Width of the right column: least, most, and its share of the whole."""
_PATH, _NARROW_SIDE = 1048.0, 248.0
"""The path is drawn in full from this width on; for that the right column gives way so far."""
_LEAST_PATH, _LEAST_GLASS = 330.0, 260.0
_MOST_PATH: Final = 520.0
_SHARE: Final = 0.5085
"""Share of the height that path and buffer take."""


def layout(frame: Frame, width: float, height: float) -> Scene:
    """Return the sheet; in less than `LEAST` it is scaled down."""
    scale = min(1.0, width / LEAST[0], height / LEAST[1])
    sheet = _sheet(frame, width / scale, height / scale)
    if scale == 1:
        return sheet
    return Scene(width, height, (placed(sheet, "sheet", 0, 0, scale),))


def _sheet(frame: Frame, width: float, height: float) -> Scene:
    least, most, share = _SIDE
    side = round(max(least, min(most, width * share)))
    if width - side < _PATH <= width - _NARROW_SIDE:
        side = round(width - _PATH)
    left = width - side
    seam = round(max(_LEAST_PATH, min(_MOST_PATH, height * _SHARE, height - _LEAST_GLASS)))
    plan = plan_of(left, seam)
    subject = subject_of(frame)
    vcpu = slots.vcpu_of(frame)
    pipe = drained(frame, subject, vcpu)
    pipe_to = (pipe.low, pipe.high) if pipe is not None else None
    panels = (
        placed(rail.layout(frame, left, seam, plan), "path", 0, 0),
        placed(slots.layout(frame, side, seam, plan, joined=True), "buffer", left, 0),
        placed(
            glass.layout(frame, left, height - seam, pipe_to=pipe_to),
            "bitmap",
            0,
            seam,
        ),
        placed(counter_bars.layout(frame, side, height - seam), "counters", left, seam),
    )
    parts: list[Primitive] = [
        *panel(0, 0, width, height),
        Line(0, seam + 0.5, width, seam + 0.5, "line", 1),
        Line(left + 0.5, seam, left + 0.5, height, "line", 1),
        *panels,
    ]
    joints = Joints(anchors(Scene(width, height, panels)), left, seam)
    wires = (*log_wire(frame, subject, joints), *home_pipe(pipe, joints))
    parts.append(Group("wires", wires))
    return Scene(width, height, tuple(parts))
