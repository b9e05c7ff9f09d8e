"""The PML buffer of the Debug layout, at any position and width."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.core import events as e
from pmlviz.core import scenarios
from pmlviz.core.timeline import Timeline
from pmlviz.core.units import EptLevel
from pmlviz.ui.figures import slots
from pmlviz.ui.figures.debug_plan import LEAST_BUFFER
from pmlviz.ui.figures.dump import dump
from pmlviz.ui.figures.passes import anchors, target_at
from pmlviz.ui.figures.scene import Raster, Scene, Target
from pmlviz.ui.frame import Frame, resolve
from tests.golden import Golden
from tests.ui.figures.pinned import covered_by_pins, pinned, telling
from tests.ui.figures.reading import cut_off, overlapping, spills, text_boxes
from tests.ui.figures.stage_frames import frame_after, frame_at, timeline, timelines
from tests.ui.playing import frame_of, timeline_of

SIZE = (312.0, 416.0)
sizes = st.tuples(st.floats(LEAST_BUFFER, 400), st.floats(300, 520))


def words(frame: Frame, size: tuple[float, float] = SIZE) -> list[str]:
    return [text for text, _ in text_boxes(slots.layout(frame, *size))]


def faults(scene: Scene) -> list[object]:
    """Return whatever cannot be read in *scene*."""
    found: list[object] = [*overlapping(scene), *cut_off(scene), *covered_by_pins(scene)]
    return [*found, "spills"] if spills(scene, 5) else found


def strips(frame: Frame, size: tuple[float, float] = SIZE) -> list[Raster]:
    return [p for p in slots.layout(frame, *size).parts if isinstance(p, Raster)]


# ── pictures ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "reference", "item", "event"),
    [
        ("logged", "tour-xen", 4, 7),
        ("stepped", "tour-xen", 4, 8),
        ("full", "pml-full", 515, 12),
        ("drained", "pml-full", 516, 3),
        ("two_vcpus", "two-vcpus", 4, 9),
    ],
)
def test_it_is_drawn_as_accepted(
    golden: Golden, name: str, reference: str, item: int, event: int
) -> None:
    frame = frame_of(reference, item, event)

    golden(dump(slots.layout(frame, *SIZE)), f"scenes/slots_{name}.txt")


# ── what it says ────────────────────────────────────────────────────────────


def test_the_index_tells_what_it_was_and_is() -> None:
    assert {"511 →", "510", "0x1fe"} <= set(words(frame_of("tour-xen", 4)))
    assert {"0 →", "0xffff", "65535 > 511"} <= set(words(frame_of("pml-full", 514)))


def test_it_counts_what_waits_and_what_is_free() -> None:
    assert "1 pending, 511 free" in words(frame_of("tour-xen", 4))
    assert "512 pending, 0 free" in words(frame_of("pml-full", 514))


def test_the_strip_has_a_cell_for_each_slot_the_last_at_the_top() -> None:
    (cells,) = strips(frame_of("tour-xen", 5))

    assert (cells.rows, cells.cols) == (512, 1)
    assert [n for n, code in enumerate(cells.codes) if cells.palette[code] == "pend"] == [0, 1]


def test_the_number_of_the_log_is_on_the_slot_unless_a_wire_carries_it() -> None:
    frame = frame_of("tour-xen", 4, 7)

    assert pinned(slots.layout(frame, *SIZE))[7] == "accent"
    assert 7 not in pinned(slots.layout(frame, *SIZE, joined=True))


def test_index_check_and_step_are_numbered_at_the_index() -> None:
    assert pinned(slots.layout(frame_of("tour-xen", 4, 5), *SIZE))[5] == "accent"
    assert pinned(slots.layout(frame_of("tour-xen", 4, 8), *SIZE))[8] == "accent"


def test_it_offers_where_wire_and_pipe_meet_it() -> None:
    assert set(anchors(slots.layout(frame_of("tour-xen", 4), *SIZE))) == {"pml.slot", "pml.valve"}


# ── several processors ──────────────────────────────────────────────────────


def test_each_vcpu_has_a_strip_and_the_items_has_the_rows() -> None:
    frame = frame_of("two-vcpus", 4)

    assert len(strips(frame)) == 2
    assert "vCPU 1" in words(frame)
    assert target_at(slots.layout(frame, *SIZE), 20, 87) == Target("vcpu", 0)


def test_of_many_vcpus_the_strips_round_the_current_one_are_shown() -> None:
    line = timeline("enable\nvcpu9 write 0x5000", vcpus=16, level=EptLevel.PTE, pages=1024)
    frame = frame_at(line, 2)

    assert "9" in words(frame, (248, 416))
    assert len(strips(frame, (248, 416))) < 16


def test_during_a_drain_the_rows_are_of_the_buffer_that_is_read() -> None:
    line = timeline(
        "enable\nwrite 0x5000\nvcpu1 write 0x6000\nclean", vcpus=2, level=EptLevel.PTE, pages=1024
    )

    assert slots.vcpu_of(frame_after(line, 4, e.DrainBegan, 1)) == 0
    assert slots.vcpu_of(frame_after(line, 4, e.DrainBegan, 2)) == 1
    assert slots.vcpu_of(frame_at(line, 3)) == 1


def test_without_pml_there_are_words_and_no_strip() -> None:
    frame = frame_of("write-protect", 2, strategy="write-protect")

    assert strips(frame) == []
    assert "vCPU 0" in words(frame)


# ── at any position ─────────────────────────────────────────────────────────


@pytest.mark.slow
@pytest.mark.parametrize("name", scenarios.ORDER)
def test_it_can_be_read_at_every_position_of_the_gallery(name: str) -> None:
    line = timeline_of(name)
    for position in telling(line):
        frame = resolve(line, position)
        for size in (SIZE, (248.0, 330.0), (400.0, 500.0)):
            assert faults(slots.layout(frame, *size)) == [], (position, size)


@pytest.mark.slow
@given(timelines(), sizes, st.data())
def test_it_can_be_read_at_any_position_of_any_script(
    line: Timeline, size: tuple[float, float], data: st.DataObject
) -> None:
    frame = resolve(line, data.draw(st.sampled_from(telling(line))))

    assert faults(slots.layout(frame, *size)) == []


@pytest.mark.parametrize("room", [224, 248, 312, 400])
def test_it_can_be_read_with_sixteen_vcpus(room: float) -> None:
    line = timeline("enable\nvcpu9 write 0x5000\nvcpu15 write 0x6000\nclean", vcpus=16)
    for position in telling(line):
        assert faults(slots.layout(resolve(line, position), room, 416)) == [], position
