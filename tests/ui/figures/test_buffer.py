"""The panel of the PML buffer: what it says, and that it can be read at any size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.core import events as e
from pmlviz.core.timeline import Timeline
from pmlviz.core.units import EptLevel
from pmlviz.ui.figures import buffer
from pmlviz.ui.figures.dump import dump
from pmlviz.ui.figures.passes import anchors, target_at
from pmlviz.ui.figures.scene import Scene, Target
from pmlviz.ui.frame import Frame, resolve
from tests.golden import Golden
from tests.ui.figures.reading import cut_off, hidden, overlapping, spills, text_boxes
from tests.ui.figures.stage_frames import (
    GOLDEN,
    frame_after,
    frame_at,
    positions,
    timeline,
    timelines,
)

FULL = (256.0, 806.0)
COMPACT = (226.0, 646.0)
PML_FULL = "enable\nread gfn 0\nwrite gfn 0..511\nwrite 0x200000"


def words(scene: Scene) -> list[str]:
    return [text for text, _ in text_boxes(scene)]


def said(frame: Frame) -> str:
    return " ".join(words(buffer.layout(frame, *FULL)))


def full_log() -> Timeline:
    return timeline(PML_FULL, level=EptLevel.PTE, pages=1024)


def test_a_logged_write_at_rest(golden: Golden) -> None:
    frame = frame_at(timeline(GOLDEN), 4)

    golden(dump(buffer.layout(frame, *FULL)), "scenes/buffer_logged_write.txt")
    compact = buffer.layout(frame, *COMPACT, extras=True)
    golden(dump(compact), "scenes/buffer_logged_write_compact.txt")


def test_the_full_log_shows_both_ends_and_the_slot_that_there_is_not(golden: Golden) -> None:
    frame = frame_after(full_log(), 515, e.PmlIndexChecked)

    golden(dump(buffer.layout(frame, *FULL)), "scenes/buffer_full.txt")


def test_drained_words_stay_where_they_are(golden: Golden) -> None:
    frame = frame_at(timeline(GOLDEN), 6)

    golden(dump(buffer.layout(frame, *FULL)), "scenes/buffer_drained.txt")


def test_two_buffers_stand_side_by_side(golden: Golden) -> None:
    line = timeline("enable\nwrite 0x5000\nwrite 0x6000\nvcpu1 write 0x7000", vcpus=2)

    golden(dump(buffer.layout(frame_at(line, 4), *FULL)), "scenes/buffer_two_vcpus.txt")


def test_the_index_is_told_in_hex_and_decimal_with_what_it_was() -> None:
    shown = words(buffer.layout(frame_at(timeline(GOLDEN), 4), *FULL))

    assert shown[shown.index("index") + 1 :][:4] == ["0x1ff", "→", "0x1fe", "510"]


def test_an_index_past_the_buffer_is_told_as_full() -> None:
    text = said(frame_at(full_log(), 514))

    assert "0x000 → 0xffff full" in text
    assert "512 pending" in text
    assert "0xffff no slot" in text


def test_pml_off_says_why_and_what_happens_instead() -> None:
    off = said(frame_at(timeline("enable"), 0))
    protected = said(frame_at(timeline("enable\nwrite 0x5000", strategy="write-protect"), 2))

    assert "log-dirty mode is not enabled" in off
    assert "each page exits 48" in protected


def test_the_panel_names_its_vcpu() -> None:
    line = timeline("enable\nvcpu1 write 0x5000", vcpus=2)

    assert "vCPU 1 of 2" in said(frame_at(line, 2))


@pytest.mark.parametrize(("height", "tall"), [(806, 512), (640, 384), (480, 256), (330, 128)])
def test_the_silo_takes_whole_half_or_quarter_px_a_slot(height: float, tall: float) -> None:
    scene = buffer.layout(frame_at(timeline(GOLDEN), 4), 256, height)
    silo = next(
        part
        for part in scene.parts
        if getattr(part, "target", None) == Target("vcpu", 0) and hasattr(part, "h")
    )

    assert silo.h == tall + 6


def test_counters_and_promise_fold_into_its_foot() -> None:
    frame = frame_at(timeline(GOLDEN), 4)

    assert "✔ kept (I-3)" in words(buffer.layout(frame, *COMPACT, extras=True))
    assert "✔ kept (I-3)" not in words(buffer.layout(frame, *COMPACT))


def test_a_row_selects_its_slot() -> None:
    scene = buffer.layout(frame_at(timeline(GOLDEN), 4), *FULL)
    _, y = anchors(scene)["pml.slot"]

    assert target_at(scene, 60, y) == Target("slot", (0, 511))
    assert target_at(scene, 60, y + 26) == Target("slot", (0, 510))


def test_its_anchors_lie_on_its_left_edge() -> None:
    found = anchors(buffer.layout(frame_at(timeline(GOLDEN), 4), *FULL))

    assert {"pml.slot", "pml.index", "pml.outlet"} <= found.keys()
    assert {x for x, _ in found.values()} == {0}


@given(
    line=timelines(),
    width=st.floats(226, 256),
    height=st.floats(420, 950),
    extras=st.booleans(),
    share=st.floats(0.3, 0.7),
)
def test_it_can_be_read_at_every_event(
    line: Timeline,
    width: float,
    height: float,
    extras: bool,  # noqa: FBT001
    share: float,
) -> None:
    for position in positions(line, 6):
        frame = resolve(line, position)

        scene = buffer.layout(frame, width, height, extras=extras, outlet=share * height)

        assert not spills(scene, 6)
        assert overlapping(scene) == []
        assert cut_off(scene) == []
        assert hidden(scene) == []


@pytest.mark.parametrize("size", [FULL, COMPACT])
def test_it_can_be_read_while_the_log_fills_and_drains(size: tuple[float, float]) -> None:
    line = full_log()
    line.record_to(515)
    for item in (3, 4, 257, 513, 514, 515):
        for event in range(1, min(40, line.summary.events[item]) + 1):
            scene = buffer.layout(frame_at(line, item, event), *size)

            assert overlapping(scene) == []
            assert cut_off(scene) == []
