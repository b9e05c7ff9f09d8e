"""The canonical text of scenes."""

import pytest

from pmlviz.ui.figures.dump import dump, number
from pmlviz.ui.figures.scene import (
    NOT_YET,
    Anchor,
    Group,
    Path,
    Raster,
    Rect,
    Scene,
    Target,
    Text,
)


def test_a_primitive_is_a_line_and_defaults_are_left_out() -> None:
    slot = Rect(
        0, 20.004, 96, 20, "pend.ground", "accent", 2, 4, NOT_YET, 0.5, Target("slot", 511), "next"
    )
    head = Path((("M", 0, 0), ("L", 1.005, -0.001), ("Z",)), fill="accent")
    raster = Raster(0, 0, 8, 4, 2, 3, b"\1\1\0\0\0\2", ("clean", None))
    scene = Scene(
        96,
        512,
        (
            Group("pml", (slot, Text(48, 34.5, 'say "0x6000"', 14, "mono", bold=True)), 5, 6),
            head,
            raster,
            Anchor("pml.511", 0, 10),
        ),
        "panel",
    )

    assert dump(scene).splitlines() == [
        "scene 96 512 ground=panel",
        "  group pml dx=5 dy=6",
        "    rect 0 20 96 20 fill=pend.ground stroke=accent width=2 radius=4 dash=5,4 opacity=0.5"
        " target=slot:511 tip=next",
        '    text 48 34.5 "say \\"0x6000\\"" size=14 font=mono bold=yes',
        "  path M,0,0|L,1,0|Z fill=accent",
        "  raster 0 0 8 4 2 3 2*1+3*0+1*2 clean,-",
        "  anchor pml.511 0 10",
    ]


def test_a_target_of_several_values_is_written_whole() -> None:
    scene = Scene(1, 1, (Rect(0, 0, 1, 1, target=Target("entry", ("PTE", 6))),))

    assert "target=entry:PTE,6" in dump(scene)


@pytest.mark.parametrize(
    ("value", "text"), [(1, "1"), (0.125, "0.12"), (-0.001, "0"), (100.0, "100"), (2.50, "2.5")]
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert number(value) == text
