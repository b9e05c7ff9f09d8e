"""Page states as arrays: each page's state, the gravest of many, and what a step costs."""

from itertools import pairwise

import hypothesis.strategies as st
import pytest
from hypothesis import given

from pmlviz.core.bitset import Bitset
from pmlviz.core.boot import boot
from pmlviz.core.script import ItemScript
from pmlviz.core.state import Region
from pmlviz.core.strategies import STRATEGIES
from pmlviz.core.timeline import Timeline
from pmlviz.core.units import EptLevel, Gfn
from pmlviz.ui.figures.cells import Mark, gravest
from pmlviz.ui.figures.pages import MARKS, RANK, BitCells, Pages, Window
from pmlviz.ui.figures.readout import mark_of
from pmlviz.ui.frame import resolve
from tests.ui.figures.stage_frames import frame_at, positions, timeline, timelines

TIB = 1 << 28


@given(line=timelines())
def test_a_field_has_the_state_of_every_page(line: Timeline) -> None:
    kept, window = Pages(), Window(0, 1024, 0)

    for position in positions(line, 8):
        frame = resolve(line, position)
        field = kept.field(frame, window)

        for gfn in (0, 4, 5, 6, 7, 8, 511, 512, 513, 1023):
            assert field.at(gfn) is mark_of(frame, gfn)


@given(line=timelines(), order=st.integers(1, 12))
def test_a_cell_shows_the_gravest_of_its_pages(line: Timeline, order: int) -> None:
    kept = Pages()
    for position in positions(line, 4):
        frame = resolve(line, position)
        pages = kept.field(frame, Window(0, 4096, 0)).marks.reshape(-1, 1 << order)
        cells = kept.field(frame, Window(0, 4096 >> order, order)).marks

        for cell, group in zip(cells.tolist(), pages.tolist(), strict=True):
            assert MARKS[cell] is gravest(MARKS[rank] for rank in group)


@pytest.mark.parametrize("order", [6, 9, 15])
def test_one_lost_page_is_seen_however_many_pages_a_cell_stands_for(order: int) -> None:
    line = timeline(
        "enable\nwrite gfn 70000\nwrite gfn 70006", pages=1 << 18, strategy="superpage-naive"
    )
    field = Pages().field(frame_at(line, 3), Window(0, (1 << 18) >> order, order))

    lost = [n for n, rank in enumerate(field.marks.tolist()) if rank == RANK[Mark.LOST]]

    assert lost == [70006 >> order]


def test_a_page_in_the_bitmap_and_in_a_buffer_is_in_the_bitmap() -> None:
    line = timeline("enable\nwrite 0x5000\npeek\nwrite 0x6000", strategy="superpage-naive")
    state = frame_at(line, 4)

    assert Pages().field(state, Window(0, 512, 0)).at(5) is Mark.DIRTY


def test_what_exits_49_first_is_not_write_protected() -> None:
    line = timeline("enable\nwrite gfn 5\nclean", level=EptLevel.PTE, strategy="write-protect")
    before = Pages().field(frame_at(line, 2), Window(0, 512, 0))
    after = Pages().field(frame_at(line, 3), Window(0, 512, 0))

    assert before.count(Mark.WRITE_PROTECTED) == 511
    assert after.count(Mark.WRITE_PROTECTED) == 0


def test_superpages_are_slabs_and_not_write_protected_pages() -> None:
    line = timeline("enable\nwrite 0x5000")
    field = Pages().field(frame_at(line, 2), Window(0, 8, 9))

    assert field.slabs.tolist() == [False] + [True] * 7
    assert field.count(Mark.WRITE_PROTECTED) == 0
    assert field.mapped.all()


def test_nothing_is_mapped_past_the_guest() -> None:
    field = Pages().field(frame_at(timeline("enable"), 1), Window(0, 16, 9))

    assert field.mapped.tolist() == [True] * 8 + [False] * 8
    assert field.count(Mark.CLEAN) == 8


@given(
    sets=st.lists(st.sets(st.integers(0, 300)), min_size=1, max_size=5),
    first=st.integers(0, 20),
    cells=st.integers(1, 9),
    order=st.integers(0, 7),
    leaf_bits=st.integers(2, 6),
)
def test_the_cells_of_a_set_follow_it(
    sets: list[set[int]], first: int, cells: int, order: int, leaf_bits: int
) -> None:
    window = Window(first << order, cells, order)
    followed = BitCells(window)

    for gfns in sets:
        bitset = Bitset(leaf_bits).union(gfns)
        held = {(gfn - window.first) >> order for gfn in gfns if window.first <= gfn < window.end}

        found = followed.cells(bitset)

        assert {n for n, one in enumerate(found.tolist()) if one} == held


def test_a_step_reads_the_leaf_that_changed_and_no_other() -> None:
    gfns = [*range(0, TIB, TIB // 64), 7, 8, 9]
    script = "\n".join(["enable", *[f"write gfn {gfn}" for gfn in gfns]])
    state = boot([Region(Gfn(0), TIB, EptLevel.PDE)])
    line = Timeline(state, ItemScript.parse(script), STRATEGIES["write-protect"])
    followed = BitCells(Window(0, 8192, 15))
    reads = []

    for item in range(len(gfns) - 2, len(gfns) + 2):
        followed.cells(resolve(line, line.rest(item)).state.domain.bitmap.bits)
        reads.append(followed.reads)

    assert [b - a for a, b in pairwise(reads)] == [1, 1, 1]
