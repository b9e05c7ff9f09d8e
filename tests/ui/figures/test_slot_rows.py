"""Rows of a PML buffer: the newest word on the rail, both ends of a full one."""

import pytest

from pmlviz.core import events as e
from pmlviz.core.units import EptLevel
from pmlviz.ui.figures.attempt import progress_of
from pmlviz.ui.figures.debug_plan import plan_of
from pmlviz.ui.figures.passes import anchors, target_at
from pmlviz.ui.figures.scene import Hatch, Line, Rect, Scene, Target
from pmlviz.ui.figures.slot_rows import Buffer, Place, slot_rows
from pmlviz.ui.frame import Frame
from tests.ui.figures.reading import cut_off, overlapping, text_boxes
from tests.ui.figures.stage_frames import frame_after, frame_at, timeline
from tests.ui.playing import frame_of

PLAN = plan_of(1048, 416)


def buffer_of(frame: Frame, vcpu: int = 0) -> Buffer:
    v = frame.state.vcpus[vcpu]
    assert v.pml_address is not None
    page = frame.state.memory[v.pml_address]
    return Buffer(frame, vcpu, page, v.pml_index, progress_of(frame), PLAN.row)


def drawn(frame: Frame, width: float = 264) -> Scene:
    parts, end = slot_rows(buffer_of(frame), Place(20, width, None), PLAN, 80)
    assert end <= PLAN.bottom - 60
    scene = Scene(20 + width, 416, parts)
    assert overlapping(scene) == []
    assert cut_off(scene) == []
    return scene


def rows(frame: Frame, width: float = 264) -> list[list[str]]:
    """Return the words of each row, from the left, the rows from the top."""
    lines: dict[float, list[tuple[float, str]]] = {}
    for text, (x, _, _, bottom) in text_boxes(drawn(frame, width)):
        lines.setdefault(round(bottom / 4), []).append((x, text))
    return [[text for _, text in sorted(line)] for _, line in sorted(lines.items())]


def test_the_newest_word_is_on_the_rail_and_the_next_free_slot_below_it() -> None:
    frame = frame_of("tour-xen", 4)

    assert rows(frame)[:4] == [
        ["511", "0x0000000000006000", "gfn 0x6"],
        ["510", "next free"],
        ["509", "never written"],
        ["508"],
    ]
    assert anchors(drawn(frame)) == {"pml.slot": (20, PLAN.rail)}


def test_older_words_lie_above_it() -> None:
    frame = frame_of("tour-xen", 5)

    assert [row[0] for row in rows(frame)[:3]] == ["511", "510", "509"]
    assert anchors(drawn(frame))["pml.slot"] == (20, PLAN.rail)


def test_a_word_stored_counts_as_stored_though_the_index_has_not_stepped() -> None:
    frame = frame_of("tour-xen", 4, 7)

    assert frame.state.vcpus[0].pml_index == 511
    assert rows(frame)[0] == ["511", "0x0000000000006000", "gfn 0x6"]
    assert any(isinstance(p, Rect) and p.stroke == "accent" for p in drawn(frame).parts)


def test_a_full_buffer_shows_both_ends_and_counts_the_middle() -> None:
    frame = frame_of("pml-full", 514)

    assert rows(frame) == [
        ["511", "0x0000000000000000", "gfn 0x0"],
        ["510", "0x0000000000001000", "gfn 0x1"],
        ["⋮ 508 more, all pending"],
        ["1", "0x00000000001fe000", "gfn 0x1fe"],
        ["0", "0x00000000001ff000", "gfn 0x1ff"],
        ["0xffff > 511", "no slot left"],
    ]


def test_the_row_there_is_no_slot_for_is_accented_when_an_access_meets_it() -> None:
    def edge(frame: Frame) -> str | None:
        dashed = [p for p in drawn(frame).parts if isinstance(p, Rect) and p.dash]
        return dashed[0].stroke

    assert edge(frame_of("pml-full", 514)) == "muted"
    assert edge(frame_of("pml-full", 515, 12)) == "accent"


def test_an_index_past_the_buffer_set_by_hand_is_full_too() -> None:
    frame = frame_at(timeline("enable\nset-index 0x200"), 2)

    assert rows(frame)[-1] == ["0x200 > 511", "no slot left"]


def test_while_it_is_drained_the_word_read_now_is_on_the_rail() -> None:
    line = timeline("enable\nread gfn 0\nwrite gfn 0..20\ndrain", level=EptLevel.PTE, pages=1024)
    frame = frame_after(line, len(line.script), e.PageMarked, 7)

    at = dict(text_boxes(drawn(frame)))

    assert at["gfn 0xe"][1] < PLAN.rail < at["gfn 0xe"][3]


def test_words_left_from_before_are_struck_and_said_to_be_stale_once() -> None:
    frame = frame_of("pml-full", 516)

    found = rows(frame)

    assert found[0] == ["511", "0x0000000000200000", "next free"]
    assert found[1] == ["510", "0x0000000000001000", "stale"]
    assert found[2] == ["509", "0x0000000000002000"]
    assert any(isinstance(p, Line) and p.stroke == "faint" for p in drawn(frame).parts)


def test_in_little_room_a_word_loses_its_leading_zeros_before_its_meaning() -> None:
    frame = frame_of("pml-full", 516)

    assert rows(frame, 176)[0] == ["511", "0x200000", "next free"]


@pytest.mark.parametrize("width", [150, 176, 208, 264, 340])
@pytest.mark.parametrize(("item", "event"), [(514, 11), (515, 12), (515, 20), (516, 3)])
def test_rows_can_be_read_at_any_width(width: float, item: int, event: int) -> None:
    scene = drawn(frame_of("pml-full", item, event), width)

    assert any(isinstance(p, Hatch) for p in scene.parts)


def test_a_click_on_a_row_selects_the_slot() -> None:
    scene = drawn(frame_of("tour-xen", 4))

    assert target_at(scene, 60, PLAN.rail) == Target("slot", (0, 511))
    assert target_at(scene, 60, PLAN.rail + 2 * PLAN.row) == Target("slot", (0, 509))


def test_two_lines_tie_the_rows_to_what_they_are_of_the_strip() -> None:
    buffer = buffer_of(frame_of("tour-xen", 4))
    place = Place(40, 264, (30, PLAN.top))

    parts, _ = slot_rows(buffer, place, PLAN, 80)
    ties = [p for p in parts if isinstance(p, Line) and p.x1 == 30]

    assert [(t.x2, t.y2) for t in ties] == [
        (40, PLAN.rail - PLAN.row / 2),
        (40, max(t.y2 for t in ties)),
    ]
    assert ties[0].y1 == pytest.approx(PLAN.top)
