"""The overview closer up: rows and pages where they should be, and nothing grave left out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.core.timeline import Timeline
from pmlviz.core.units import EptLevel
from pmlviz.ui.figures import memory
from pmlviz.ui.figures.cells import Mark
from pmlviz.ui.figures.dump import dump
from pmlviz.ui.figures.memory_fields import CODE
from pmlviz.ui.figures.memory_plan import REGION, Rows, Span
from pmlviz.ui.figures.memory_zoom import View, zoomed_rows
from pmlviz.ui.figures.passes import anchors, target_at
from pmlviz.ui.figures.scene import Group, Hatch, Line, Primitive, Raster, Scene
from pmlviz.ui.frame import Frame
from tests.golden import Golden
from tests.ui.figures.reading import cut_off, overlapping, text_boxes
from tests.ui.figures.stage_frames import frame_at, timeline

GIB = 1 << 18
HOME = Rows((Span(0, GIB),), 512, 0, 204 / 512, 60, 38, 1.0)


def full(frame: Frame, view: View | None) -> Scene:
    return memory.layout(frame, 1092, 274, view=view)


def group(scene: Scene, name: str) -> tuple[Primitive, ...]:
    return next(p.children for p in scene.parts if isinstance(p, Group) and p.name == name)


def marks(scene: Scene) -> np.ndarray:
    raster = next(p for p in group(scene, "overview") if isinstance(p, Raster) and any(p.palette))
    return np.frombuffer(raster.codes, np.uint8).reshape(raster.rows, raster.cols)


def words(scene: Scene) -> list[str]:
    return [text for text, _ in text_boxes(scene)]


@pytest.fixture(scope="module")
def line() -> Timeline:
    """Return a guest of 1 GiB in which gfn 5, 6 and 700 were written, and 6 was lost."""
    script = "enable\nwrite gfn 5\nwrite gfn 6\nwrite gfn 700"
    return timeline(script, pages=GIB, strategy="superpage-naive")


def test_rows_are_as_high_as_the_view_has_room() -> None:
    rows = zoomed_rows(HOME, View(0, 512, 10, 20))

    assert rows.pitch == pytest.approx(20.4)
    assert (rows.order, rows.n_rows) == (0, 10)
    assert rows.spans == (Span(10 * REGION, 10 * REGION),)
    assert (rows.x, rows.y, rows.cell) == (60, 38, 1)


def test_rows_too_thin_are_put_together() -> None:
    rows = zoomed_rows(HOME, View(0, 512, 0, 512))

    assert rows.pitch >= 3
    assert rows.n_rows << rows.order == 512


def test_half_a_row_and_half_a_page_are_shown_by_half() -> None:
    rows = zoomed_rows(HOME, View(0.5, 64.5, 10.5, 18.5))

    assert rows.cell == 8
    assert rows.x == 60 - 4
    assert rows.y == pytest.approx(38 - rows.pitch / 2)


def test_rows_are_labelled_by_the_first_page_that_is_seen(line: Timeline) -> None:
    shown = words(full(frame_at(line, 4), View(100, 164, 8, 14)))

    assert "0x1064" in shown
    assert "0x1000" not in shown


def test_every_cell_selects_its_page(line: Timeline) -> None:
    scene = full(frame_at(line, 4), View(0, 64, 0, 6))
    x, y = anchors(scene)["memory.overview.tl"]

    for gfn in (0, 5, 63, 512 + 7, 5 * 512 + 40):
        row, col = divmod(gfn, 512)
        target = target_at(scene, x + (col + 0.5) * 8, y + (row + 0.4) * 204 / 6)

        assert target is not None
        assert target.value == gfn


def test_beside_the_view_nothing_of_it_is_met(line: Timeline) -> None:
    scene = full(frame_at(line, 4), View(100, 164, 8, 14))
    x, y = anchors(scene)["memory.overview.tl"]

    for at in ((x - 20, y + 60), (x + 100, y - 4)):
        assert target_at(scene, *at) is None


@pytest.mark.parametrize("view", [View(0, 512, 0, 512), View(0, 512, 0, 90), View(0, 512, 0, 7)])
def test_one_lost_page_is_seen(line: Timeline, view: View) -> None:
    assert (marks(full(frame_at(line, 3), view)) == CODE[Mark.LOST]).any()


def test_from_8_px_on_pages_are_tiles_with_signs(line: Timeline) -> None:
    xen = timeline("enable\nwrite gfn 5\nwrite gfn 6\nwrite gfn 700", pages=GIB)
    far = group(full(frame_at(xen, 3), View(0, 100, 0, 6)), "overview")
    near = group(full(frame_at(xen, 3), View(0, 64, 0, 6)), "overview")

    assert not [p for p in far if isinstance(p, Hatch)]
    assert [p for p in near if isinstance(p, Hatch)]
    assert len([p for p in near if isinstance(p, Line)]) == 65


def test_a_superpage_has_no_seams_however_close(line: Timeline) -> None:
    near = group(full(frame_at(line, 3), View(0, 64, 0, 6)), "overview")

    assert not [p for p in near if isinstance(p, Line)]


def test_the_strip_shows_the_whole_guest_and_selects(line: Timeline) -> None:
    scene = full(frame_at(line, 3), View(0, 512, 100, 108))
    x, y = anchors(scene)["memory.overview.br"]
    strip = next(p for p in group(scene, "overview.all") if isinstance(p, Raster))

    target = target_at(scene, x + 13, y - 1)

    assert CODE[Mark.LOST] in strip.codes
    assert target is not None
    assert isinstance(target.value, int)
    assert target.value >= GIB - 8 * 512


def test_the_frame_in_the_strip_moves_with_the_view(line: Timeline) -> None:
    def top(row: float) -> float:
        scene = full(frame_at(line, 3), View(0, 512, row, row + 8))
        return group(scene, "overview.all")[-1].y  # type: ignore[union-attr]

    assert top(0) < top(250) < top(504)


def test_the_funnel_is_left_out_where_its_row_is_not_seen(line: Timeline) -> None:
    def funnels(row: float) -> int:
        scene = full(frame_at(line, 3), View(0, 512, row, row + 8))
        return len([p for p in scene.parts if getattr(p, "fill", None) == "sunk"])

    assert funnels(0) == funnels(100) + 1


def test_close_up(golden: Golden) -> None:
    line = timeline("enable\nwrite gfn 5\nwrite gfn 6\nwrite gfn 700", pages=GIB)

    golden(dump(full(frame_at(line, 4), View(0, 32, 0, 6))), "scenes/memory_close_up.txt")


@given(
    y0=st.floats(0, 500),
    high=st.floats(6, 512),
    x0=st.floats(0, 490),
    wide=st.floats(16, 512),
    level=st.sampled_from([EptLevel.PTE, EptLevel.PDE, EptLevel.PDPTE]),
    strategy=st.sampled_from(["xen", "write-protect", "superpage-naive"]),
)
def test_it_can_be_read_wherever_one_looks(
    y0: float, high: float, x0: float, wide: float, level: EptLevel, strategy: str
) -> None:
    script = "enable\nwrite gfn 5\nwrite gfn 6\nwrite gfn 700"
    frame = frame_at(timeline(script, pages=GIB, level=level, strategy=strategy), 3)
    y0, x0 = min(y0, 512 - high), min(x0, 512 - wide)

    scene = full(frame, View(max(0, x0), max(0, x0) + wide, max(0, y0), max(0, y0) + high))

    outside = [part for part in scene.parts if not getattr(part, "clip", None)]
    assert overlapping(Scene(1092, 274, tuple(outside))) == []
    assert cut_off(Scene(1092, 274, tuple(outside))) == []
