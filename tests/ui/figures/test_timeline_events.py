"""Time in events: the timeline of the Debug layout."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.core import scenarios
from pmlviz.core.timeline import Position, Timeline
from pmlviz.core.units import EptLevel
from pmlviz.ui.figures import timeline_events
from pmlviz.ui.figures.dump import dump
from pmlviz.ui.figures.event_axis import spans
from pmlviz.ui.figures.passes import target_at
from pmlviz.ui.figures.scene import Group, Line, Scene, Target
from pmlviz.ui.frame import Chapter, Frame, resolve
from tests.golden import Golden
from tests.ui.figures.pinned import telling
from tests.ui.figures.reading import cut_off, overlapping, spills, text_boxes
from tests.ui.figures.stage_frames import frame_at, timeline, timelines
from tests.ui.playing import frame_of, timeline_of

SIZE = (1572.0, 72.0)
LANES = (
    Chapter("main", 0, 7, current=True),
    Chapter("branch 1", 3, 5, current=False),
    Chapter("branch 2", 6, 9, current=False),
)


def words(frame: Frame) -> list[str]:
    return [text for text, _ in text_boxes(timeline_events.layout(frame, *SIZE))]


def playhead(scene: Scene) -> float:
    group = next(p for p in scene.parts if isinstance(p, Group) and p.name == "playhead")
    return next(p.x1 for p in group.children if isinstance(p, Line) and p.x1 == p.x2)


def faults(scene: Scene) -> list[object]:
    found: list[object] = [*overlapping(scene), *cut_off(scene)]
    return [*found, "spills"] if spills(scene) else found


@pytest.mark.parametrize(
    ("name", "reference", "item", "event"),
    [("logged", "tour-xen", 4, 7), ("long_item", "pml-full", 515, 20)],
)
def test_it_is_drawn_as_accepted(
    golden: Golden, name: str, reference: str, item: int, event: int
) -> None:
    frame = frame_of(reference, item, event)

    golden(dump(timeline_events.layout(frame, *SIZE)), f"scenes/timeline_events_{name}.txt")


def test_items_are_named_and_the_rest_of_a_long_script_counted() -> None:
    line = timeline("enable\nread gfn 0\nwrite gfn 0..511\nclean", level=EptLevel.PTE, pages=1024)

    assert {"3", "write 0x5000", "6", "clean"} <= set(words(frame_of("tour-xen", 4)))
    assert any(word.startswith("1–2") for word in words(frame_at(line, 300)))


def test_the_playhead_stands_at_the_last_event_that_happened() -> None:
    for position in (Position(3, 1), Position(4, 7), Position(7, 3)):
        frame = frame_of("tour-xen", position.item, position.event)
        scene = timeline_events.layout(frame, *SIZE)
        (span,) = (s for s in spans(frame, 14, SIZE[0] - 14) if s.first == position.item)

        assert playhead(scene) == pytest.approx(span.x_of(position.event))


def test_at_the_start_it_stands_before_everything() -> None:
    assert playhead(timeline_events.layout(frame_of("tour-xen", 0, 0), *SIZE)) == 14


def test_what_is_not_recorded_is_dashed() -> None:
    line = timeline("enable\nwrite 0x5000\nwrite 0x6000")
    scene = timeline_events.layout(frame_at(line, 1), *SIZE)

    dashed = [p for p in scene.parts if isinstance(p, Line) and p.y1 == p.y2 and p.dash]

    assert len(dashed) == 2


def test_an_item_of_very_many_events_counts_those_in_its_middle() -> None:
    assert any(word.endswith(" more") for word in words(frame_of("pml-full", 515)))


def test_each_place_leads_where_it_shows() -> None:
    frame = frame_of("tour-xen", 4, 7)
    scene = timeline_events.layout(frame, *SIZE)

    assert timeline_events.seek(frame, SIZE[0], playhead(scene), 40) == Position(4, 7)
    assert timeline_events.seek(frame, SIZE[0], 0, 40) == Position()


def test_other_lines_of_history_are_lanes_from_where_they_left() -> None:
    frame = msgspec.structs.replace(frame_of("tour-xen", 4), branches=LANES)
    height = timeline_events.height_of(frame)
    scene = timeline_events.layout(frame, SIZE[0], height)
    boxes = dict(text_boxes(scene))

    assert height == timeline_events.height_of(frame_of("tour-xen", 4)) + 2 * timeline_events.LANE
    assert faults(scene) == []
    x, y, *_ = boxes["branch 1: 2 items after item 3"]
    assert target_at(scene, x + 5, y + 3) == Target("branch", 1)
    assert boxes["branch 2: 3 items after item 6"][0] > x


def test_compactly_it_is_lower_while_there_is_one_line_of_history() -> None:
    frame = frame_of("tour-xen", 4)
    several = msgspec.structs.replace(frame, branches=LANES)
    height_of = timeline_events.height_of

    assert height_of(frame, compact=True) < height_of(frame)
    assert height_of(several, compact=True) == height_of(several)


@pytest.mark.slow
@pytest.mark.parametrize("name", scenarios.ORDER)
def test_it_can_be_read_at_every_position_of_the_gallery(name: str) -> None:
    line = timeline_of(name)
    for position in telling(line):
        frame = resolve(line, position)
        for width in (1572.0, 1000.0, 400.0):
            assert faults(timeline_events.layout(frame, width, 66)) == [], (position, width)


@pytest.mark.slow
@given(timelines(), st.floats(400, 1800), st.data())
def test_it_can_be_read_at_any_position_of_any_script(
    line: Timeline, width: float, data: st.DataObject
) -> None:
    frame = resolve(line, data.draw(st.sampled_from(telling(line))))

    assert faults(timeline_events.layout(frame, width, 72)) == []
