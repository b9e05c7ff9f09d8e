"""The stage composed: what joins its panels, at every size and every position."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.core import events as e
from pmlviz.core.timeline import Timeline
from pmlviz.core.units import EptLevel
from pmlviz.ui.figures import stage
from pmlviz.ui.figures.dump import dump
from pmlviz.ui.figures.passes import anchors, flatten, target_at
from pmlviz.ui.figures.scene import Circle, Group, Path, Point, Scene, Target, Text
from pmlviz.ui.frame import Frame, resolve
from tests.golden import Golden
from tests.ui.figures.reading import cut_off, hidden, overlapping, spills
from tests.ui.figures.stage_frames import (
    GOLDEN,
    frame_after,
    frame_at,
    positions,
    timeline,
    timelines,
)

FULL = (1360.0, 806.0)
COMPACT = (1264.0, 645.0)
SIZES = (FULL, COMPACT, (1680.0, 886.0), (1100.0, 560.0))
FILLED = "enable\nread gfn 0\nwrite gfn 0..511\nwrite 0x200000\nclean"


def drawn(frame: Frame, size: tuple[float, float] = FULL) -> Scene:
    return stage.layout(frame, *size)


def panel(scene: Scene, name: str) -> Group:
    return next(part for part in scene.parts if isinstance(part, Group) and part.name == name)


def wires(scene: Scene) -> Scene:
    return Scene(scene.width, scene.height, (panel(scene, "wires"),))


def line_in_accent(scene: Scene) -> list[Point]:
    """Return the points of the wire between road and buffer; empty if there is none."""
    for part in panel(scene, "wires").children:
        if isinstance(part, Path) and part.stroke == "accent":
            return flatten(part.d)[0]
    return []


def discs(scene: Scene) -> dict[str, Point]:
    """Return where the numbered discs on the buffer stand."""
    parts = panel(scene, "wires").children
    circles = [part for part in parts if isinstance(part, Circle) and part.fill == "accent"]
    numbers = [part.text for part in parts if isinstance(part, Text)]
    return {n: (one.x, one.y) for n, one in zip(numbers, circles, strict=True)}


def full_log() -> Timeline:
    return timeline(FILLED, level=EptLevel.PTE, pages=1024)


# ── pictures ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("name", "size"), [("full", FULL), ("compact", COMPACT)])
def test_what_joins_the_panels_after_a_logged_write(
    name: str, size: tuple[float, float], golden: Golden
) -> None:
    scene = drawn(frame_at(timeline(GOLDEN), 4), size)

    golden(dump(wires(scene)), f"scenes/stage_wires_{name}.txt")


def test_what_joins_the_panels_when_the_log_is_full(golden: Golden) -> None:
    golden(dump(wires(drawn(frame_at(full_log(), 514)))), "scenes/stage_wires_last_slot.txt")


# ── the wire from D ─────────────────────────────────────────────────────────


@pytest.mark.parametrize("size", SIZES[:3])
def test_the_wire_ends_at_the_slot_that_was_written(size: tuple[float, float]) -> None:
    scene = drawn(frame_at(timeline(GOLDEN), 4), size)
    way, ends = line_in_accent(scene), anchors(scene)

    assert way[0] == ends["pml.port"]
    assert way[-1][1] == ends["pml.slot"][1]
    assert target_at(scene, way[-1][0] + 8, way[-1][1]) == Target("slot", (0, 511))


def test_the_wire_finds_a_slot_far_below_the_road() -> None:
    scene = drawn(frame_at(full_log(), 514))
    way, ends = line_in_accent(scene), anchors(scene)

    assert way[0] == ends["pml.port"]
    assert way[-1][1] == ends["pml.slot"][1] > 394
    assert target_at(scene, way[-1][0] + 8, way[-1][1]) == Target("slot", (0, 0))
    # Down between the panels, over none of them.
    assert all(1092 <= x <= 1104 for x, y in way if 200 < y < ends["pml.slot"][1] - 10)


def test_before_the_word_is_stored_the_wire_is_dashed_and_ends_at_the_next_slot() -> None:
    scene = drawn(frame_after(timeline(GOLDEN), 4, e.DirtySet))

    (wire,) = [
        part
        for part in panel(scene, "wires").children
        if isinstance(part, Path) and part.stroke == "accent"
    ]
    assert wire.dash
    assert flatten(wire.d)[0][-1][1] == anchors(scene)["pml.index"][1]


@pytest.mark.parametrize("item", [0, 1, 2, 3, 5, 6])
def test_where_nothing_is_logged_no_wire_is_drawn(item: int) -> None:
    line = timeline(GOLDEN.replace("write 0x6000\nwrite 0x6000", "write 0x6000\nread 0x6000"))

    scene = drawn(frame_at(line, item))

    assert line_in_accent(scene) == []


# ── discs ───────────────────────────────────────────────────────────────────


def test_the_discs_of_slot_and_index_stand_at_their_rows() -> None:
    scene = drawn(frame_at(timeline(GOLDEN), 4))
    ends, at = anchors(scene), discs(scene)

    assert at["3"][1] == ends["pml.slot"][1]
    assert at["4"][1] == ends["pml.index"][1]


def test_the_disc_of_an_index_past_the_last_slot_stands_at_no_slot() -> None:
    scene = drawn(frame_after(full_log(), 515, e.PmlIndexChecked))

    assert discs(scene)["3"][1] == anchors(scene)["pml.index"][1]


def test_after_a_drain_slot_and_index_do_not_share_a_place() -> None:
    for size in SIZES[:3]:
        scene = drawn(
            frame_at(timeline("enable\nwrite gfn 3..5\ndrain", level=EptLevel.PTE), 5), size
        )
        at = sorted(discs(scene).values())[-2:]

        assert abs(at[0][1] - at[1][1]) >= 21


# ── the pipe ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("size", SIZES[:3])
@pytest.mark.parametrize("item", [1, 4, 6])
def test_the_pipe_ends_in_guest_memory(size: tuple[float, float], item: int) -> None:
    scene = drawn(frame_at(timeline(GOLDEN), item), size)
    field = panel(scene, "memory")

    x, y = anchors(scene)["pml.outlet"]

    assert field.dy + 38 < y < scene.height
    assert x == panel(scene, "buffer").dx


def test_with_pml_off_nothing_joins_the_panels() -> None:
    scene = drawn(frame_at(timeline(GOLDEN), 0))

    assert panel(scene, "wires").children == ()


# ── whatever comes ──────────────────────────────────────────────────────────


@given(timelines(), st.sampled_from(SIZES), st.one_of(st.none(), st.integers(0, 4000)))
def test_at_every_position_all_that_is_written_can_be_read(
    line: Timeline, size: tuple[float, float], selection: int | None
) -> None:
    for position in positions(line, most=8):
        frame = resolve(line, position, selection=selection)  # type: ignore[arg-type]
        scene = drawn(frame, size)

        assert overlapping(scene) == []
        assert hidden(scene) == []
        assert cut_off(scene) == []
        assert not spills(scene)


@given(st.floats(400, 2600), st.floats(300, 1600))
def test_any_size_is_filled_and_not_left(width: float, height: float) -> None:
    scene = drawn(frame_at(timeline(GOLDEN), 4), (width, height))

    assert (scene.width, scene.height) == (width, height)
    assert overlapping(scene) == []
    assert not spills(scene)


def test_the_number_of_another_buffers_slot_does_not_point_at_a_row_of_this_one() -> None:
    script = "enable\nwrite 0x5000\nvcpu1 write 0x6000\nwrite 0x6000"
    scene = drawn(frame_at(timeline(script, level=EptLevel.PTE, vcpus=2), 4))

    assert discs(scene)["3"][1] == anchors(scene)["pml.head"][1]
