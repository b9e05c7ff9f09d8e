"""The overview: forms that survive at one px, slabs, seams, labels."""

import numpy as np

from pmlviz.core.units import EptLevel
from pmlviz.ui.figures import memory
from pmlviz.ui.figures.cells import Mark
from pmlviz.ui.figures.memory_fields import CODE
from pmlviz.ui.figures.scene import Group, Line, Primitive, Raster, Rect, Scene
from pmlviz.ui.frame import Frame
from tests.ui.figures.reading import text_boxes
from tests.ui.figures.stage_frames import GOLDEN, frame_at, timeline

LOSES = "enable\nwrite 0x5000\nwrite 0x6000\nwrite 0x7000"


def full(frame: Frame) -> Scene:
    return memory.layout(frame, 1092, 274)


def group(scene: Scene, name: str) -> tuple[Primitive, ...]:
    return next(p.children for p in scene.parts if isinstance(p, Group) and p.name == name)


def marks(scene: Scene) -> np.ndarray:
    raster = next(p for p in group(scene, "overview") if isinstance(p, Raster) and any(p.palette))
    return np.frombuffer(raster.codes, np.uint8).reshape(raster.rows, raster.cols)


def test_where_there_is_room_heights_tell_the_states() -> None:
    cells = marks(full(frame_at(timeline(GOLDEN), 4)))

    in_bitmap = np.flatnonzero(cells[:10, 5] == CODE[Mark.DIRTY]).tolist()
    waiting = np.flatnonzero(cells[:10, 6] == CODE[Mark.PENDING]).tolist()

    assert in_bitmap == [0, 1, 2, 3, 4, 5, 6, 7]
    assert waiting == [4, 5, 6, 7]


def test_what_is_lost_is_three_wide_and_breaks_out_of_its_row() -> None:
    line = timeline("enable\nwrite gfn 700\nwrite gfn 710", strategy="superpage-naive")

    cells = marks(full(frame_at(line, 3)))

    rows, cols = np.nonzero(cells == CODE[Mark.LOST])
    assert sorted(set(cols.tolist())) == [197, 198, 199]
    assert (rows.min(), rows.max()) == (8, 19)


def test_one_lost_page_of_a_tebibyte_is_seen() -> None:
    script = "enable\nwrite gfn 100000000\nwrite gfn 100000001"
    line = timeline(script, pages=1 << 28, strategy="superpage-naive")

    assert (marks(full(frame_at(line, 3))) == CODE[Mark.LOST]).any()


def test_nothing_is_marked_before_anything_is_written() -> None:
    assert not marks(full(frame_at(timeline(GOLDEN), 0, 0))).any()


def test_slabs_say_what_they_are_the_first_in_full() -> None:
    shown = [text for text, _ in text_boxes(full(frame_at(timeline(GOLDEN), 4)))]

    assert shown.count("2 MiB, one entry, one D flag") == 1
    assert shown.count("2 MiB") == 6


def test_bands_count_the_superpages_that_are_whole() -> None:
    line = timeline("enable", pages=1 << 28)

    shown = [text for text, _ in text_boxes(full(frame_at(line, 1)))]

    assert "524,288 × 2 MiB, one entry and one D flag each" in shown


def test_a_row_that_was_just_split_has_orange_ticks_that_fade() -> None:
    line = timeline("enable\nwrite 0x5000" + "\nwrite 0x5000" * 8)

    def ticks(item: int) -> list[float]:
        ground = group(full(frame_at(line, item)), "overview.ground")
        return [p.opacity for p in ground if isinstance(p, Line) and p.stroke == "crack"]

    assert len(ticks(2)) == 63
    assert ticks(2)[0] > ticks(6)[0]
    assert ticks(10) == []


def test_the_seams_of_a_gigabyte_run_over_all_of_its_bands() -> None:
    line = timeline("enable\nwrite 0x5000", level=EptLevel.PDPTE, pages=1 << 18)
    ground = group(full(frame_at(line, 2)), "overview.ground")

    edge = next(p for p in ground if isinstance(p, Rect) and p.stroke == "crack")

    assert edge.h > 200


def test_the_row_of_the_page_that_is_shown_is_outlined() -> None:
    scene = full(frame_at(timeline(GOLDEN), 4, selection=1030))

    outline = next(p for p in group(scene, "overview") if isinstance(p, Rect) and p.stroke == "ink")

    label = min(box for text, box in text_boxes(scene) if text == "0x400")
    assert outline.y < label[1] < label[3] < outline.y + outline.h
