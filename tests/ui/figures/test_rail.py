"""The rail at the positions that teachers stop at, and at any other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.core import events as e
from pmlviz.core import scenarios
from pmlviz.core.timeline import Timeline
from pmlviz.core.units import EptLevel, Gfn
from pmlviz.ui.figures import rail
from pmlviz.ui.figures.debug_plan import plan_of
from pmlviz.ui.figures.dump import dump
from pmlviz.ui.figures.passes import anchors, target_at
from pmlviz.ui.figures.scene import Line, Scene, Target
from pmlviz.ui.frame import Frame, resolve
from tests.golden import Golden
from tests.ui.figures.pinned import covered_by_pins, pinned, telling
from tests.ui.figures.reading import cut_off, overlapping, spills, text_boxes
from tests.ui.figures.stage_frames import (
    frame_after,
    frame_at,
    paged,
    timeline,
    timelines,
)
from tests.ui.playing import frame_of, timeline_of

FULL = (1048.0, 416.0)
COMPACT = (836.0, 330.0)
SPLITS = "enable\nwrite 0x5000\nwrite 0x6000\nwrite 0x6000\nclean"

sizes = st.tuples(st.floats(816, 1700), st.floats(330, 520))


def words(frame: Frame, size: tuple[float, float] = FULL) -> list[str]:
    return [text for text, _ in text_boxes(rail.layout(frame, *size))]


def faults(scene: Scene) -> list[object]:
    """Return whatever cannot be read in *scene*."""
    found: list[object] = [*overlapping(scene), *cut_off(scene), *covered_by_pins(scene)]
    return [*found, "spills"] if spills(scene) else found


# ── pictures ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "event"), [("walked", 3), ("dirty", 6), ("logged", 7), ("at_rest", 10)]
)
def test_a_logged_write(golden: Golden, name: str, event: int) -> None:
    golden(dump(rail.layout(frame_of("tour-xen", 4, event), *FULL)), f"scenes/rail_{name}.txt")


def test_a_logged_write_compactly(golden: Golden) -> None:
    golden(dump(rail.layout(frame_of("tour-xen", 4, 7), *COMPACT)), "scenes/rail_compact.txt")


def test_a_write_held_by_a_full_log(golden: Golden) -> None:
    golden(dump(rail.layout(frame_of("pml-full", 515, 12), *FULL)), "scenes/rail_pml_full.txt")


# ── what it says ────────────────────────────────────────────────────────────


def test_the_column_that_refuses_says_w_0_and_the_bar_stands_right_of_it() -> None:
    frame = frame_after(timeline(SPLITS), 2, e.VmExited, 2)
    scene = rail.layout(frame, *FULL)

    bar = next(p for p in scene.parts if isinstance(p, Line) and p.width == 3)
    said = dict(text_boxes(scene))

    assert "W = 0" in said
    assert said["PDE"][0] < said["W = 0"][0] < bar.x1 < said["PTE"][0]
    assert "refused: exit 48" in said


def test_the_bar_stays_where_the_walk_ended_though_the_handler_repairs_the_entry() -> None:
    line = timeline(SPLITS)
    for kind in (e.VmExited, e.RecalcPushed, e.VmEntered):
        scene = rail.layout(frame_after(line, 2, kind), *FULL)

        bar = next(p for p in scene.parts if isinstance(p, Line) and p.width == 3)
        said = dict(text_boxes(scene))

        assert said["PML4E"][0] < bar.x1 < said["PDPTE"][0], kind


def test_a_full_log_stops_the_access_before_the_page() -> None:
    frame = frame_of("pml-full", 515, 12)
    scene = rail.layout(frame, *FULL)

    bar = next(p for p in scene.parts if isinstance(p, Line) and p.width == 3)

    assert dict(text_boxes(scene))["page"][0] > bar.x1 > 890
    assert "needs D 0→1: held" in words(frame)


def test_an_access_that_the_tlb_serves_passes_the_tables_by() -> None:
    line = timeline(SPLITS)
    plan = plan_of(*FULL)

    def bypass(item: int) -> bool:
        scene = rail.layout(frame_at(line, item), *FULL)
        return any(
            isinstance(p, Line) and p.y1 == p.y2 == plan.top - 4 and p.x2 - p.x1 > 600
            for p in scene.parts
        )

    assert not bypass(3)
    assert bypass(4)


def test_the_rail_is_dashed_where_the_access_has_not_come_yet() -> None:
    line = timeline(SPLITS)
    plan = plan_of(*FULL)

    def dashed(event: int) -> list[bool]:
        scene = rail.layout(frame_at(line, 3, event), *FULL)
        on_rail = [p for p in scene.parts if isinstance(p, Line) and p.y1 == p.y2 == plan.rail]
        return [bool(p.dash) for p in sorted(on_rail, key=lambda p: p.x1)]

    assert dashed(1) == [True] * 6
    assert dashed(7) == [False] * 5 + [True]
    assert dashed(10) == [False] * 6


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (0, "nothing has happened yet; this is the path of gfn 0x0"),
        (3, "write of gpa 0x6000 (gfn 0x6) by vCPU 0"),
    ],
)
def test_the_head_says_what_is_shown(item: int, said: str) -> None:
    assert said in words(frame_at(timeline(SPLITS), item))


def test_of_an_operation_the_page_is_shown_that_its_events_name() -> None:
    frame = frame_after(timeline(SPLITS), 5, e.PageMarked)

    assert "clean; shown is the path of gfn 0x6" in words(frame)


def test_an_event_of_the_whole_machine_is_numbered_in_the_head() -> None:
    frame = frame_after(timeline(SPLITS), 1, e.DomainPaused)

    scene = rail.layout(frame, *FULL)

    assert pinned(scene)[frame.position.event] == "accent"


def test_every_event_of_an_access_by_the_processor_is_pinned_while_it_happens() -> None:
    line = timeline(SPLITS)
    elsewhere = (e.PmlIndexChecked, e.PmlLogged, e.PmlIndexStepped, e.PageMarked)
    for item in (2, 3, 4):
        for number, event in enumerate(line.play(item).events, 1):
            if not isinstance(event, elsewhere):
                scene = rail.layout(frame_at(line, item, number), *FULL)
                assert pinned(scene).get(number) == "accent", (item, number, event)


def test_a_click_on_a_row_selects_the_entry() -> None:
    frame = frame_at(timeline(SPLITS), 3)
    scene = rail.layout(frame, *FULL)
    x, y, *_ = dict(text_boxes(scene))["logdirty"]

    target = target_at(scene, x + 5, y + 5)

    assert target is not None
    assert target.kind == "entry"


def test_a_click_on_a_number_selects_the_event() -> None:
    scene = rail.layout(frame_at(timeline(SPLITS), 3, 7), *FULL)
    x, y, *_ = dict(text_boxes(scene))["6"]

    assert target_at(scene, x + 2, y + 3) == Target("event", 6)


def test_the_leafs_d_is_where_the_wire_begins() -> None:
    for level, pages in ((EptLevel.PTE, 1024), (EptLevel.PDE, 4096), (EptLevel.PDPTE, 1 << 18)):
        frame = frame_at(timeline("read 0x5000", level=level, pages=pages), 1)

        for size in (FULL, COMPACT):
            assert "leaf.d" in anchors(rail.layout(frame, *size))


# ── at any position ─────────────────────────────────────────────────────────


@pytest.mark.slow
@pytest.mark.parametrize("name", scenarios.ORDER)
def test_it_can_be_read_at_every_position_of_the_gallery(name: str) -> None:
    line = timeline_of(name)
    for position in telling(line):
        frame = resolve(line, position)

        assert faults(rail.layout(frame, *FULL)) == [], position
        assert faults(rail.layout(frame, *COMPACT)) == [], position


@pytest.mark.slow
@given(timelines(), sizes, st.data())
def test_it_can_be_read_at_any_position_of_any_script(
    line: Timeline, size: tuple[float, float], data: st.DataObject
) -> None:
    position = data.draw(st.sampled_from(telling(line)))
    selection = data.draw(st.sampled_from([None, Gfn(0), Gfn(0x40005), Gfn((1 << 36) - 3)]))
    frame = resolve(line, position, selection=selection)

    assert faults(rail.layout(frame, *size)) == []


def test_it_can_be_read_with_guest_paging_on() -> None:
    line = paged("enable\nwrite 0x5000\nwrite 0x5000\nread 0x5008\nclean\nwrite 0x5000")
    for position in telling(line):
        assert faults(rail.layout(resolve(line, position), *FULL)) == [], position
