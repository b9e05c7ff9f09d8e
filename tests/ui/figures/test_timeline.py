"""Time, as a picture."""

from collections.abc import Iterator

import msgspec
import pytest

from pmlviz.core.items import Item, Op
from pmlviz.core.timeline import Position
from pmlviz.ui.branches import Branches
from pmlviz.ui.figures import timeline
from pmlviz.ui.figures.scene import Group, Line, Primitive, Raster, Rect, Scene, Target, Text
from pmlviz.ui.figures.theme import TOKENS
from pmlviz.ui.frame import Frame, resolve
from tests.ui.playing import frame_of, timeline_of


def parts_of(scene: Scene) -> Iterator[Primitive]:
    for part in scene.parts:
        yield from part.children if isinstance(part, Group) else (part,)


def words(scene: Scene) -> list[str]:
    return [part.text for part in parts_of(scene) if isinstance(part, Text)]


def targets(scene: Scene, kind: str) -> set[object]:
    found = (getattr(part, "target", None) for part in parts_of(scene))
    return {t.value for t in found if isinstance(t, Target) and t.kind == kind}


def test_chapters_carry_number_and_text_and_the_current_one_is_plum() -> None:
    scene = timeline.layout(frame_of("tour-xen", 4), 1575, 75)

    assert "3  write 0x5000" in words(scene)
    chips = [p for p in scene.parts if isinstance(p, Rect) and p.fill == "accent"]
    assert [chip.target for chip in chips] == [Target("item", 4)]


def test_marks_stand_at_their_events_and_the_legend_names_those_that_occur() -> None:
    scene = timeline.layout(frame_of("tour-xen", 4), 1575, 75)

    assert {(3, 4), (3, 12), (6, 2), (6, 9)} <= targets(scene, "event")
    shown = words(scene)
    assert {"49 misconfiguration", "48 violation", "split", "drain", "CLEAN", "marked"} < set(shown)
    assert "62 PML full" not in shown
    assert "lost write" not in shown


def test_a_lost_write_is_marked() -> None:
    assert "lost write" in words(timeline.layout(frame_of("tour", 4), 1575, 75))


def test_the_playhead_moves_with_every_event() -> None:
    def head(event: int) -> float:
        scene = timeline.layout(frame_of("tour-xen", 4, event), 1575, 75)
        group = next(p for p in scene.parts if isinstance(p, Group))
        line = group.children[0]
        assert isinstance(line, Line)
        return line.x1

    places = [head(event) for event in range(1, 11)]

    assert places == sorted(set(places))


def test_items_not_recorded_yet_are_dashed() -> None:
    frame = msgspec.structs.replace(frame_of("tour-xen", 2), recorded=3)

    scene = timeline.layout(frame, 1575, 75)

    dashed = [p for p in scene.parts if isinstance(p, Line) and p.dash]
    assert len(dashed) == 4


def test_a_branch_is_a_lane_that_can_be_clicked() -> None:
    branches = Branches.of(timeline_of("tour-xen")).acted(3, Item(Op.READ, 0x5000))
    frame = resolve(branches.line.timeline, Position(4, 1), branches=branches.chapters())

    scene = timeline.layout(frame, 1575, timeline.height_of(frame))

    assert timeline.height_of(frame) > 75
    assert "main, 7 items" in words(scene)
    assert targets(scene, "branch") == {0}


def long_frame(item: int = 300) -> Frame:
    return frame_of("pml-full", item)


def test_a_long_script_has_a_strip_of_all_items_and_a_click_in_it_goes_there() -> None:
    frame = long_frame()

    scene = timeline.layout(frame, 1575, 75)

    strips = [p for p in scene.parts if isinstance(p, Raster)]
    assert [strip.rows for strip in strips] == [6]
    assert timeline.seek(frame, 1575, 12, 63).item == 0
    assert timeline.seek(frame, 1575, 1563, 63).item == 516
    assert timeline.seek(frame, 1575, 787, 63).item == 258


def test_the_tallest_mark_of_a_pixel_survives_in_the_strip() -> None:
    frame = long_frame()

    scene = timeline.layout(frame, 40, 75)

    strip = next(p for p in scene.parts if isinstance(p, Raster))
    columns = [max(strip.codes[c :: strip.cols]) for c in range(strip.cols)]
    assert columns[-1] == 3  # exit 62 and CLEAN, among 32 items logged
    assert columns[5] == 1


@pytest.mark.parametrize("width", [300, 900, 2400])
@pytest.mark.parametrize("item", [0, 1, 7])
def test_every_token_is_of_the_theme_and_every_text_within_the_picture(
    width: float, item: int
) -> None:
    scene = timeline.layout(frame_of("tour-xen", item), width, 75)

    for part in parts_of(scene):
        for name in ("fill", "stroke", "color"):
            token = getattr(part, name, None)
            assert token is None or token in TOKENS
        if isinstance(part, Text):
            assert -1 <= part.x <= width + 1
