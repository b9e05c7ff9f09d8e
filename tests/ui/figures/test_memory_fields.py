"""What is drawn of a page: its mark, else what maps it."""

import numpy as np

from pmlviz.core.units import EptLevel
from pmlviz.ui.figures.cells import Mark
from pmlviz.ui.figures.memory_fields import (
    BIG_SLAB,
    CLEAN,
    CODE,
    SLAB,
    VOID,
    base_of,
    block_field,
    codes_of,
    guard_of,
    mark_in,
    present,
)
from pmlviz.ui.figures.memory_plan import Block
from pmlviz.ui.frame import Frame
from tests.ui.figures.stage_frames import GOLDEN, frame_at, timeline

LOSES = "enable\nwrite 0x5000\nwrite 0x6000"


def codes(frame: Frame, first: int = 0) -> list[int]:
    return [int(c) for c in codes_of(block_field(frame, Block(first, 0, 0, 12)))]


def test_codes_rise_with_severity() -> None:
    order = [VOID, SLAB, BIG_SLAB, CLEAN, *(
        CODE[mark]
        for mark in (Mark.WRITE_PROTECTED, Mark.OVER, Mark.PENDING, Mark.DIRTY, Mark.LOST)
    )]  # fmt: skip

    assert order == sorted(order)


def test_a_split_region_is_pages_and_its_neighbour_a_slab() -> None:
    frame = frame_at(timeline(GOLDEN), 4)

    pages = codes(frame)

    assert pages[5:8] == [CODE[Mark.DIRTY], CODE[Mark.PENDING], CLEAN]
    assert set(codes(frame, 512)) == {SLAB}


def test_a_mark_on_a_superpage_leaves_the_slab_below_it() -> None:
    frame = frame_at(timeline(LOSES, strategy="superpage-naive"), 3)
    field = block_field(frame, Block(0, 0, 0, 12))

    assert codes_of(field)[6] == CODE[Mark.LOST]
    assert set(base_of(field).tolist()) == {SLAB}


def test_a_gigabyte_page_and_no_page_are_told_from_others() -> None:
    frame = frame_at(timeline("enable", level=EptLevel.PDPTE, pages=1 << 18), 1)

    assert set(codes(frame)) == {BIG_SLAB}
    assert set(codes(frame, 1 << 20)) == {VOID}


def test_the_mark_of_one_page_is_that_of_the_field() -> None:
    for item in range(1, 7):
        frame = frame_at(timeline(GOLDEN), item)
        shown = codes(frame)
        for gfn in (4, 5, 6):
            assert CODE[mark_in(frame.state, gfn)] == max(shown[gfn], CLEAN)


def test_the_guard_of_superpages_is_told_if_all_have_it() -> None:
    line = timeline("enable\nwrite 0x5000", strategy="write-protect")

    asked = [guard_of([block_field(frame_at(line, item), Block(512, 0, 0, 12))]) for item in (0, 1)]

    assert asked == ["", "first touch exits (49)"]


def test_the_codes_that_occur_are_found() -> None:
    some = np.array([[0, 3], [8, 3]], np.uint8)

    assert present([some]) == {0, 3, 8}
