"""The journey at the positions that teachers stop at, and whatever position there is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.core import events as e
from pmlviz.core.timeline import Timeline
from pmlviz.core.units import EptLevel
from pmlviz.ui.figures import deck, journey, telling
from pmlviz.ui.figures.dump import dump
from pmlviz.ui.figures.passes import anchors, target_at
from pmlviz.ui.figures.scene import Line, Scene, Target
from pmlviz.ui.frame import Frame, resolve
from tests.golden import Golden
from tests.ui.figures.reading import cut_off, hidden, overlapping, spills, text_boxes
from tests.ui.figures.stage_frames import (
    COMPACT,
    FULL,
    GOLDEN,
    SIZES,
    frame_after,
    frame_at,
    paged,
    positions,
    timeline,
    timelines,
)

PML_FULL = "enable\nread gfn 0\nwrite gfn 0..511\nwrite 0x200000"


def full(frame: Frame) -> Scene:
    return journey.layout(frame, FULL[0], FULL[1])


def compact(frame: Frame) -> Scene:
    return journey.layout(frame, COMPACT[0], COMPACT[1])


def words(scene: Scene) -> list[str]:
    return [text for text, _ in text_boxes(scene)]


def length_of_the_accent_road(scene: Scene) -> float:
    """Return how far right the accent road reaches, not counting what crosses a card."""
    lines = [p for p in scene.parts if isinstance(p, Line) and p.stroke == "accent"]
    return max((line.x2 for line in lines if line.y1 == line.y2 and line.width == 3), default=0.0)


# ── pictures ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "event"),
    [("misconfigured", 4), ("refused", 12), ("split", 14), ("retyped", 15), ("stored", None)],
)
def test_the_first_write_to_a_superpage_step_by_step(
    name: str, event: int | None, golden: Golden
) -> None:
    frame = frame_at(timeline(GOLDEN), 3, event)

    golden(dump(full(frame)), f"scenes/journey_first_write_{name}.txt")


def test_a_logged_write_at_rest(golden: Golden) -> None:
    frame = frame_at(timeline(GOLDEN), 4)

    golden(dump(full(frame)), "scenes/journey_logged_write.txt")
    golden(dump(compact(frame)), "scenes/journey_logged_write_compact.txt")


def test_a_silent_write_by_the_tlb(golden: Golden) -> None:
    golden(dump(full(frame_at(timeline(GOLDEN), 5))), "scenes/journey_tlb_hit.txt")


def test_the_moment_when_the_log_is_full(golden: Golden) -> None:
    line = timeline(PML_FULL, level=EptLevel.PTE, pages=1024)
    frame = frame_after(line, 515, e.PmlIndexChecked)

    golden(dump(full(frame)), "scenes/journey_pml_full.txt")
    golden(dump(compact(frame)), "scenes/journey_pml_full_compact.txt")


def test_a_page_that_is_not_mapped(golden: Golden) -> None:
    frame = frame_at(timeline("enable", hole=True), 1, selection=0x1000)

    golden(dump(full(frame)), "scenes/journey_not_present.txt")


def test_enable_shows_the_entry_that_is_marked(golden: Golden) -> None:
    frame = frame_after(timeline(GOLDEN), 1, e.RecalcMarked)

    golden(dump(full(frame)), "scenes/journey_enable.txt")


def test_clean_shows_the_page_that_is_drained(golden: Golden) -> None:
    frame = frame_after(timeline(GOLDEN), 6, e.EntryRetyped)

    golden(dump(full(frame)), "scenes/journey_clean.txt")


# ── how far the road goes ───────────────────────────────────────────────────


def test_the_road_is_pale_before_an_access_begins() -> None:
    frame = frame_after(timeline(GOLDEN), 3, e.VmEntered)

    assert length_of_the_accent_road(full(frame)) == 0


def test_the_road_stops_where_the_walk_stopped() -> None:
    line = timeline(GOLDEN)

    at_the_root = length_of_the_accent_road(full(frame_at(line, 3, 3)))
    at_the_leaf = length_of_the_accent_road(full(frame_at(line, 3, 12)))
    at_the_page = length_of_the_accent_road(full(frame_at(line, 3)))

    assert 0 < at_the_root < at_the_leaf < at_the_page


def test_an_exit_offers_where_it_leaves_and_where_it_falls() -> None:
    frame = frame_after(timeline(GOLDEN), 3, e.VmExited, nth=2)

    points = anchors(full(frame))

    assert points["exit.to"][1] == FULL[1]
    assert points["exit.from"][1] < points["exit.to"][1]


def test_no_exit_no_lane() -> None:
    assert "exit.from" not in anchors(full(frame_at(timeline(GOLDEN), 4)))


def test_the_wire_leaves_at_the_port_that_is_asked_for() -> None:
    frame = frame_at(timeline(GOLDEN), 4)

    scene = journey.layout(frame, FULL[0], FULL[1], port=180)

    assert anchors(scene)["pml.port"] == (FULL[0], 180)


def test_a_silent_write_passes_by_the_tables() -> None:
    frame = frame_at(timeline(GOLDEN), 5)

    assert "the cached translation serves: no table is read" in words(full(frame))


def test_the_denying_bit_is_named_on_the_lane() -> None:
    frame = frame_after(timeline(GOLDEN), 3, e.VmExited, nth=2)

    assert "VM exit 48: W=0 in PDE [0]" in words(full(frame))


def test_a_flag_that_software_set_is_not_told_as_the_processors() -> None:
    shown = words(full(frame_at(timeline(GOLDEN), 3)))

    assert "D, by Xen" in shown
    assert "0→1" not in shown


def test_a_lost_write_says_so_at_the_page_and_in_the_badge() -> None:
    line = timeline(GOLDEN, strategy="superpage-naive")

    shown = words(full(frame_at(line, 4)))

    assert shown.count("lost") == 2


# ── what is shown without an access ─────────────────────────────────────────


def test_the_start_shows_the_first_page() -> None:
    line = timeline(GOLDEN)

    shown = words(full(frame_at(line, 0, 0)))

    assert "Before the first item" in shown
    assert "PDE [0]" in shown


def test_a_selected_page_takes_the_place_of_the_items() -> None:
    frame = frame_at(timeline(GOLDEN), 4, selection=0x203)

    scene = full(frame)

    assert "gfn 515" in words(scene)
    assert length_of_the_accent_road(scene) == 0


def test_a_refused_item_tells_why() -> None:
    line = timeline("write 0x5000000000000")

    assert "address 0x5000000000000 lies outside guest memory" in words(full(frame_at(line, 1, 0)))


def test_an_item_of_a_vcpu_that_there_is_not_is_refused() -> None:
    line = timeline("vcpu1 write 0x5000")

    assert "This write is refused" in words(full(frame_at(line, 1, 0)))


def test_with_guest_paging_the_guests_own_tables_come_first() -> None:
    line = paged("write 0x5123")

    begun = words(full(frame_at(line, 1, 1)))
    done = words(full(frame_at(line, 1)))

    assert "the guest's PML4E, gpa 0x10000  =  gfn 16" in begun
    assert "linear 0x5123  →  gpa 0x258123  =  gfn 600" in done


def test_a_straddling_access_shows_the_page_that_the_event_is_about() -> None:
    line = timeline("enable\nread 0x7000\nwrite 0x6ffc size 8")
    frame = frame_after(line, 3, e.DirtySet, nth=1)

    assert any("page 2 of 2" in text for text in words(full(frame)))


# ── clicks ──────────────────────────────────────────────────────────────────


def test_cards_bits_and_page_are_targets() -> None:
    frame = frame_at(timeline(GOLDEN), 4)
    scene = full(frame)
    leaf = frame.path[-1]
    places = dict(text_boxes(scene))

    def clicked(text: str) -> Target | None:
        left, top, right, bottom = places[text]
        return target_at(scene, (left + right) / 2, (top + bottom) / 2)

    assert clicked("PTE [6]") == Target("entry", (1, leaf.table, 6))
    assert clicked("D") == Target("term", "D")
    assert clicked("gfn 6") == Target("gfn", 6)
    assert clicked("logdirty (2)") == Target("term", "type")


# ── whatever is shown ───────────────────────────────────────────────────────


@pytest.mark.slow
@given(timelines(), st.sampled_from(SIZES), st.one_of(st.none(), st.integers(0, 4000)))
def test_at_every_position_all_that_is_written_can_be_read(
    line: Timeline, size: tuple[float, float, float, float], selection: int | None
) -> None:
    width, road, below, said = size

    for position in positions(line, most=24):
        frame = resolve(line, position, selection=selection)  # type: ignore[arg-type]
        for scene in (
            journey.layout(frame, width, road),
            deck.layout(frame, width, below),
            telling.layout(frame, width, said),
        ):
            assert overlapping(scene) == []
            assert hidden(scene) == []
            assert cut_off(scene) == []
            assert not spills(scene)


@given(st.floats(300, 2000), st.floats(120, 500))
def test_any_size_is_filled_and_not_left(width: float, height: float) -> None:
    frame = frame_after(timeline(GOLDEN), 3, e.VmExited, nth=2)

    scene = journey.layout(frame, width, height)

    assert overlapping(scene) == []
    assert not spills(scene)
