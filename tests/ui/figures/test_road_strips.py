"""Tables as strips, and the fans that lead to them."""

from pmlviz.core import events as e
from pmlviz.core.units import EptLevel
from pmlviz.ui.figures.cells import Mark
from pmlviz.ui.figures.parts import Parts
from pmlviz.ui.figures.road_strips import mark_of, split_of, strip, to_strip
from pmlviz.ui.figures.scene import Line, Path, Rect
from tests.ui.figures.stage_frames import GOLDEN, frame_after, frame_at, timeline


def fills(parts: Parts) -> list[str | None]:
    return [part.fill for part in parts if isinstance(part, Rect)]


def test_pages_in_bitmap_and_buffer_are_marked_in_the_strip() -> None:
    frame = frame_at(timeline(GOLDEN), 4)

    parts = strip(frame, frame.path[-1], 6, 0, 0, 512 * 2, passed=True)

    assert (mark_of(frame, 5), mark_of(frame, 6), mark_of(frame, 7)) == (
        Mark.DIRTY,
        Mark.PENDING,
        Mark.CLEAN,
    )
    assert "dirty" in fills(parts)
    assert "pend.line" in fills(parts)


def test_the_entry_is_accent_only_where_the_access_has_come() -> None:
    frame = frame_at(timeline(GOLDEN), 4)

    passed = strip(frame, frame.path[-1], 6, 0, 0, 200, passed=True)
    pale = strip(frame, frame.path[-1], 6, 0, 0, 200, passed=False)

    assert fills(passed)[-1] == "accent"
    assert "accent" not in fills(pale)


def test_present_entries_that_are_not_together_are_not_drawn_as_one() -> None:
    line = timeline("enable", hole=True)
    frame = frame_at(line, 1, selection=0)

    assert fills(strip(frame, frame.path[1], 0, 0, 0, 150, passed=False)).count("road") == 1
    assert fills(strip(frame, frame.path[2], 0, 0, 0, 150, passed=False)).count("road") == 1


def test_a_fan_is_orange_where_the_entry_above_was_just_split() -> None:
    line = timeline(GOLDEN)
    whole, split = frame_at(line, 2), frame_at(line, 4)

    grey = to_strip(whole, 6, EptLevel.PDPTE, 0, 20, 50, 0, 100)
    orange = to_strip(split, 6, EptLevel.PDE, 0, 20, 50, 0, 100)

    assert [part.fill for part in grey if isinstance(part, Path)] == ["road"]
    assert any(isinstance(part, Line) and part.stroke == "crack" for part in orange)


def test_seams_fade_with_each_item() -> None:
    line = timeline(GOLDEN)

    now, later = (
        next(p.opacity for p in to_strip(frame, 6, EptLevel.PDE, 0, 20, 50, 0, 100)
             if isinstance(p, Line))
        for frame in (frame_at(line, 3), frame_at(line, 6))
    )  # fmt: skip

    assert later < now


def test_a_split_that_is_still_to_come_is_not_told() -> None:
    line = timeline(GOLDEN)

    before = frame_after(line, 3, e.VmExited, nth=2)
    after = frame_after(line, 3, e.SuperpageSplit)

    assert split_of(before, 5, EptLevel.PDE) is None
    assert split_of(after, 5, EptLevel.PDE) is not None
    assert split_of(after, 0x200, EptLevel.PDE) is None
