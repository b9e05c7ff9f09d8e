"""The bitmap of the Debug layout, at any position, of any guest, at any size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.core import events as e
from pmlviz.core import scenarios
from pmlviz.core.timeline import Timeline
from pmlviz.core.units import EptLevel, Gfn
from pmlviz.ui.figures import glass
from pmlviz.ui.figures.dump import dump
from pmlviz.ui.figures.passes import anchors, target_at
from pmlviz.ui.figures.scene import Rect, Scene, Target
from pmlviz.ui.frame import Frame, resolve
from tests.golden import Golden
from tests.ui.figures.pinned import covered_by_pins, pinned, telling
from tests.ui.figures.reading import cut_off, overlapping, spills, text_boxes
from tests.ui.figures.stage_frames import frame_after, frame_at, timeline, timelines
from tests.ui.playing import frame_of, timeline_of

SIZE = (1048.0, 402.0)
COMPACT = (816.0, 260.0)
sizes = st.tuples(st.floats(816, 1700), st.floats(260, 520))


def words(frame: Frame, size: tuple[float, float] = SIZE) -> list[str]:
    return [text for text, _ in text_boxes(glass.layout(frame, *size))]


def faults(scene: Scene) -> list[object]:
    """Return whatever cannot be read in *scene*."""
    found: list[object] = [*overlapping(scene), *cut_off(scene), *covered_by_pins(scene)]
    return [*found, "spills"] if spills(scene) else found


def outlines(frame: Frame) -> list[Rect]:
    return [
        p for p in glass.layout(frame, *SIZE).parts if isinstance(p, Rect) and p.stroke == "accent"
    ]


# ── pictures ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "reference", "strategy", "item", "event"),
    [
        ("logged", "tour-xen", "xen", 4, 8),
        ("full", "pml-full", "xen", 515, 12),
        ("lost", "tour", "superpage-naive", 4, 6),
        ("one_gigabyte", "one-gigabyte", "xen", 2, 12),
    ],
)
def test_it_is_drawn_as_accepted(
    golden: Golden, name: str, reference: str, strategy: str, item: int, event: int
) -> None:
    frame = frame_of(reference, item, event, strategy)

    golden(dump(glass.layout(frame, *SIZE)), f"scenes/glass_{name}.txt")


# ── what it says ────────────────────────────────────────────────────────────


def test_the_head_tells_rows_columns_and_counts() -> None:
    assert (
        "8 rows × 512 pages; glass on gfn +0x0 … +0x3f of each row. "
        "1 in the bitmap, 1 waiting in buffers"
    ) in words(frame_of("tour-xen", 4))


def test_with_log_dirty_off_there_is_no_bitmap() -> None:
    assert any(
        word.startswith("log-dirty mode is off: there is no bitmap")
        for word in words(frame_of("tour-xen", 0))
    )


def test_the_glass_moves_in_steps_with_the_page_looked_at() -> None:
    line = timeline("enable\nwrite 0x3ff000\nwrite 0x120000")

    ends = frame_at(line, 2)
    middle = frame_at(line, 3)

    assert "+0x1c0" in words(ends)
    assert "+0x100" in words(middle)
    assert "glass.cell" in anchors(glass.layout(ends, *SIZE))
    assert "glass.cell" in anchors(glass.layout(middle, *SIZE))


def test_of_a_large_guest_the_rows_round_the_page_are_shown() -> None:
    frame = frame_of("one-gigabyte", 4)
    found = words(frame)

    assert any("rows 505 to 512" in word for word in found)
    assert "0x3fe00" in found


def test_in_little_height_fewer_rows_are_shown() -> None:
    labels = {"0x0", "0x200", "0x400", "0x600", "0x800", "0xa00", "0xc00", "0xe00"}

    assert labels <= set(words(frame_of("tour-xen", 4)))
    assert 4 <= len(labels & set(words(frame_of("tour-xen", 4), COMPACT))) < 8


def test_the_page_whose_record_changed_now_is_outlined_and_the_next_one_dashed() -> None:
    line = timeline("enable\nwrite 0x5000\nwrite 0x6000")
    (next_,) = outlines(frame_after(line, 3, e.DirtySet))
    (now,) = outlines(frame_after(line, 3, e.PmlIndexStepped))
    (marked,) = outlines(frame_after(line, 2, e.PageMarked))

    assert next_.dash
    assert not now.dash
    assert not marked.dash
    assert now.x == next_.x
    assert marked.x < now.x
    assert outlines(frame_at(line, 3)) == []


def test_a_mark_in_the_bitmap_is_numbered_in_the_head() -> None:
    frame = frame_after(timeline("enable\nwrite 0x5000"), 2, e.PageMarked)

    assert pinned(glass.layout(frame, *SIZE))[frame.position.event] == "accent"


def test_the_pipe_ends_above_its_page_over_a_run_or_beside_its_row() -> None:
    frame = frame_of("tour-xen", 4)

    def end(low: int, high: int) -> tuple[float, float]:
        return anchors(glass.layout(frame, *SIZE, pipe_to=(low, high)))["glass.pipe"]

    page, run, beyond = end(6, 6), end(0, 511), end(0x1F0, 0x1F0)

    assert page[0] < run[0] < beyond[0]
    assert page[1] == run[1]
    assert beyond[1] > page[1]
    assert "glass.pipe" not in anchors(glass.layout(frame, *SIZE, pipe_to=(1 << 20, 1 << 20)))


def test_the_legend_explains_only_what_occurs() -> None:
    found = words(frame_of("tour-xen", 4))

    assert {"dirty, in the bitmap", "dirty, only in PML", "superpage", "just split"} <= set(found)
    assert "lost" not in found


def test_a_click_on_a_cell_selects_its_page() -> None:
    scene = glass.layout(frame_of("tour-xen", 4), *SIZE)
    x, y = anchors(scene)["glass.cell"]

    assert target_at(scene, x, y + 10) == Target("gfn", 6)


# ── at any position ─────────────────────────────────────────────────────────


@pytest.mark.slow
@pytest.mark.parametrize("name", scenarios.ORDER)
def test_it_can_be_read_at_every_position_of_the_gallery(name: str) -> None:
    line = timeline_of(name)
    for position in telling(line):
        frame = resolve(line, position)
        for size in (SIZE, COMPACT):
            assert faults(glass.layout(frame, *size)) == [], (position, size)


@pytest.mark.slow
@given(timelines(), sizes, st.data())
def test_it_can_be_read_at_any_position_of_any_script(
    line: Timeline, size: tuple[float, float], data: st.DataObject
) -> None:
    position = data.draw(st.sampled_from(telling(line)))
    selection = data.draw(st.sampled_from([None, Gfn(0), Gfn(0x40005), Gfn((1 << 36) - 3)]))
    frame = resolve(line, position, selection=selection)

    assert faults(glass.layout(frame, *size)) == []


@pytest.mark.parametrize("pages", [1, 20, 511, 513, 1 << 16])
def test_it_can_be_read_whatever_the_size_of_the_guest(pages: int) -> None:
    line = timeline("enable\nwrite 0x0\nclean", level=EptLevel.PTE, pages=pages)
    for position in telling(line):
        assert faults(glass.layout(resolve(line, position), *SIZE)) == [], position
