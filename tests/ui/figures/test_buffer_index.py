"""The PML buffer at whatever index there is: set by hand, past the last slot, of any vCPU."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.core import scenarios
from pmlviz.core.document import open_document
from pmlviz.core.units import EptLevel
from pmlviz.ui.figures import buffer
from pmlviz.ui.figures.passes import anchors
from pmlviz.ui.figures.scene import Rect, Scene
from pmlviz.ui.frame import Frame, resolve
from tests.ui.figures.reading import cut_off, hidden, overlapping, spills, text_boxes
from tests.ui.figures.stage_frames import GOLDEN, frame_at, positions, timeline

SIZES = (
    (256.0, 806.0, False), (226.0, 645.0, True), (226.0, 560.0, True), (226.0, 560.0, False),
    (256.0, 730.0, True), (256.0, 1000.0, False),
)  # fmt: skip
PIPE = 6.0
"""The pipe is cut off square at the panel's edge: half of its width is counted as beyond."""


def drawn(frame: Frame, size: tuple[float, float, bool] = SIZES[0]) -> Scene:
    width, height, extras = size
    return buffer.layout(frame, width, height, extras=extras)


def words(scene: Scene) -> list[str]:
    return [text for text, _ in text_boxes(scene)]


def can_be_read(scene: Scene) -> bool:
    assert overlapping(scene) == []
    assert hidden(scene) == []
    assert cut_off(scene) == []
    assert not spills(scene, PIPE)
    return True


@pytest.mark.parametrize(
    ("index", "shown", "last", "pending"),
    [
        ("0x200", "0x0200", "full", 512),
        ("600", "0x0258", "full", 512),
        ("0xffff", "0xffff", "full", 512),
        ("0", "0x000", "0", 511),
        ("510", "0x1fe", "510", 1),
    ],
)
@pytest.mark.parametrize("size", SIZES)
def test_an_index_set_by_hand_is_shown_as_the_processor_reads_it(
    index: str, shown: str, last: str, pending: int, size: tuple[float, float, bool]
) -> None:
    line = timeline(f"enable\nset-index {index}", level=EptLevel.PTE)

    said = words(drawn(frame_at(line, 2), size))

    assert "0x1ff" in said
    assert shown in said
    assert last in said
    assert f"{pending} pending" in said


def test_an_index_past_the_last_slot_is_a_row_of_its_own() -> None:
    line = timeline("enable\nset-index 600", level=EptLevel.PTE)

    scene = drawn(frame_at(line, 2))

    assert "no slot" in words(scene)
    assert anchors(scene)["pml.index"][1] > anchors(scene)["pml.slot"][1]


def test_the_place_of_the_silo_is_the_same_with_pml_off() -> None:
    off, on = (drawn(frame_at(timeline(GOLDEN), item)) for item in (0, 1))

    def silo(scene: Scene) -> tuple[float, ...]:
        tall = [p for p in scene.parts if isinstance(p, Rect) and p.h > 300 and p.w < 60]
        return tall[0].x, tall[0].y, tall[0].w, tall[0].h

    assert silo(off) == silo(on)


def test_the_pipe_leaves_where_it_is_told_to_or_below() -> None:
    frame = frame_at(timeline(GOLDEN), 4)

    high = anchors(buffer.layout(frame, 226, 645, extras=True))["pml.outlet"][1]
    low = anchors(buffer.layout(frame, 226, 645, extras=True, outlet=450))["pml.outlet"][1]

    assert high < 450
    assert low == 450


@pytest.mark.parametrize("scenario", scenarios.ORDER)
@pytest.mark.parametrize("size", [SIZES[0], SIZES[2]])
def test_every_scenario_of_the_gallery_can_be_read(
    scenario: str, size: tuple[float, float, bool]
) -> None:
    line = open_document(scenario).timeline()

    for position in positions(line, most=16):
        if 20 < position.item < line.recorded - 20 and position.item % 61:
            continue
        assert can_be_read(drawn(resolve(line, position), size))


@given(
    st.integers(0, 0xFFFF),
    st.integers(1, 8),
    st.floats(226, 256),
    st.floats(560, 1000),
    st.booleans(),
    st.floats(0, 450),
)
def test_any_index_of_any_vcpu_can_be_read_at_any_size(
    index: int,
    vcpus: int,
    width: float,
    height: float,
    extras: bool,  # noqa: FBT001
    outlet: float,
) -> None:
    line = timeline(f"enable\nset-index {index}", level=EptLevel.PTE, vcpus=vcpus)

    scene = buffer.layout(frame_at(line, 2), width, height, extras=extras, outlet=outlet)

    assert can_be_read(scene)
