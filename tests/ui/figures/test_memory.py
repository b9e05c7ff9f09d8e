"""Guest memory at the positions that teachers stop at, at any size, and of any guest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.core import events as e
from pmlviz.core import scenarios
from pmlviz.core.strategies import STRATEGIES
from pmlviz.core.timeline import Timeline
from pmlviz.core.units import EptLevel
from pmlviz.ui.figures import memory
from pmlviz.ui.figures.dump import dump
from pmlviz.ui.figures.passes import anchors, hit, target_at
from pmlviz.ui.figures.scene import Scene, Target
from pmlviz.ui.frame import Frame, resolve
from tests.golden import Golden
from tests.ui.figures.reading import cut_off, overlapping, spills, text_boxes
from tests.ui.figures.stage_frames import (
    GOLDEN,
    frame_after,
    frame_at,
    positions,
    timeline,
    timelines,
)

FULL = (1092.0, 274.0)
COMPACT = (1030.0, 240.0)
PML_FULL = "enable\nread gfn 0\nwrite gfn 0..511\nwrite 0x200000"
LOSES = "enable\nwrite 0x5000\nwrite 0x6000\nwrite 0x7000"

sizes = st.tuples(st.floats(780, 1420), st.floats(190, 420))


def full(frame: Frame) -> Scene:
    return memory.layout(frame, *FULL)


def words(scene: Scene) -> list[str]:
    return [text for text, _ in text_boxes(scene)]


def of_gallery(name: str) -> Timeline:
    scenario = scenarios.load(name)
    return Timeline(scenario.start, scenario.script, STRATEGIES[scenario.strategy])


# ── pictures ────────────────────────────────────────────────────────────────


def test_the_split_is_a_still_of_tiles_pushed_apart(golden: Golden) -> None:
    frame = frame_after(timeline(GOLDEN), 3, e.SuperpageSplit)

    golden(dump(full(frame)), "scenes/memory_split.txt")


def test_a_logged_write_at_rest(golden: Golden) -> None:
    frame = frame_at(timeline(GOLDEN), 4)

    golden(dump(full(frame)), "scenes/memory_logged_write.txt")
    golden(dump(memory.layout(frame, *COMPACT)), "scenes/memory_logged_write_compact.txt")


def test_pages_lost_on_a_slab(golden: Golden) -> None:
    frame = frame_at(timeline(LOSES, strategy="superpage-naive"), 4)

    golden(dump(full(frame)), "scenes/memory_lost.txt")


def test_two_regions_of_small_pages_are_shown_whole(golden: Golden) -> None:
    line = timeline(PML_FULL, level=EptLevel.PTE, pages=1024)
    frame = frame_after(line, 515, e.PmlIndexChecked)

    golden(dump(full(frame)), "scenes/memory_pml_full.txt")


# ── what it says ────────────────────────────────────────────────────────────


def test_the_header_counts_pages_and_the_bitmap() -> None:
    frame = frame_at(timeline(GOLDEN), 4)

    assert "8 × 2 MiB   ·   bitmap: 1 dirty" in words(full(frame))
    assert not any("bitmap: 1" in text for text in words(memory.layout(frame, *COMPACT)))


def test_the_region_says_that_it_was_split_and_what_that_cost() -> None:
    line = timeline(GOLDEN)

    before, after = words(full(frame_at(line, 3, 5))), words(full(frame_at(line, 3)))

    assert "2 MiB page 0, one entry" in before
    assert "2 MiB page 0, now 512 tiles" in after
    assert "1 table, +4096 B" in after


def test_the_legend_names_what_is_there_and_nothing_else() -> None:
    shown = words(full(frame_at(timeline(GOLDEN), 4)))

    assert "only in a PML buffer" in shown
    assert "2 MiB page, first touch exits (49)" in shown
    assert "shattered, 1 item ago" in shown
    assert not any(text.startswith(("lost", "reported", "write-protected")) for text in shown)


def test_clean_is_not_in_the_legend_where_every_page_is_write_protected() -> None:
    line = timeline("enable\nwrite 0x5000", strategy="write-protect")

    shown = words(full(frame_at(line, 2)))

    assert "write-protected, W=0" in shown
    assert "clean" not in shown


def test_a_split_gigabyte_says_what_it_was() -> None:
    line = timeline(LOSES, level=EptLevel.PDPTE, pages=1 << 18)

    assert "one 1 GiB page, split" in words(full(frame_at(line, 3)))


# ── anchors and clicks ──────────────────────────────────────────────────────


def test_the_page_and_the_inlet_are_anchors() -> None:
    points = anchors(full(frame_at(timeline(GOLDEN), 4)))

    assert points["memory.inlet"][0] == FULL[0]
    left, top = points["memory.overview.tl"]
    right, bottom = points["memory.overview.br"]
    assert 0 < left < right < points["memory.gfn"][0] < FULL[0]
    assert 0 < top < points["memory.gfn"][1] < bottom < FULL[1]


def test_a_tile_and_a_cell_of_the_overview_select_their_page() -> None:
    scene = full(frame_at(timeline(GOLDEN), 4))
    points = anchors(scene)
    left, top = points["memory.overview.tl"]

    assert target_at(scene, *points["memory.gfn"]) == Target("gfn", 6)
    assert target_at(scene, left + 300.5, top + 5) == Target("gfn", 300)


def test_a_band_of_many_regions_selects_the_first_page_of_a_cell() -> None:
    scene = full(frame_at(timeline("enable", pages=1 << 28), 1))
    left, top = anchors(scene)["memory.overview.tl"]

    assert target_at(scene, left + 3.5, top + 0.5) == Target("gfn", 3 << 13)


def test_the_tip_of_the_page_in_focus_reads_it_out() -> None:
    scene = full(frame_at(timeline(GOLDEN), 4))

    part = hit(scene, *anchors(scene)["memory.gfn"])

    assert part is not None
    assert part.tip.startswith("gfn 0x6 · gpa 0x6000")


# ── whatever is shown ───────────────────────────────────────────────────────


@pytest.mark.parametrize("name", scenarios.ORDER)
@pytest.mark.parametrize("size", [FULL, COMPACT, (1400.0, 330.0), (780.0, 190.0), (780.0, 420.0)])
def test_of_the_gallery_all_can_be_read_at_every_size(name: str, size: tuple[float, float]) -> None:
    line = of_gallery(name)
    line.record_to(len(line.script))

    for item in range(0, line.recorded + 1, max(1, line.recorded // 8)):
        scene = memory.layout(resolve(line, line.rest(item)), *size)

        assert overlapping(scene) == []
        assert cut_off(scene) == []
        assert not spills(scene)


@pytest.mark.slow
@given(timelines(), sizes, st.one_of(st.none(), st.integers(0, 4000)))
def test_at_every_position_all_that_is_written_can_be_read(
    line: Timeline, size: tuple[float, float], selection: int | None
) -> None:
    for position in positions(line, most=12):
        frame = resolve(line, position, selection=selection)  # type: ignore[arg-type]

        scene = memory.layout(frame, *size)

        assert overlapping(scene) == []
        assert cut_off(scene) == []
        assert not spills(scene)


def test_the_same_frame_gives_the_same_picture_whatever_was_drawn_before() -> None:
    line, other = timeline(GOLDEN), timeline(LOSES, strategy="superpage-naive")
    frame = frame_at(line, 4)
    first = dump(full(frame))

    full(frame_at(other, 4))
    full(frame_at(line, 0, 0))

    assert dump(full(frame)) == first
