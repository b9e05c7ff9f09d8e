"""Where the parts of guest memory stand, for any guest and any room."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.core.state import Region
from pmlviz.core.units import EptLevel, Gfn
from pmlviz.ui.figures.memory_plan import REGION, Plan, Rows, Span, plan_of, spans_of

TIB = 1 << 28


def plan(pages: int, width: float = 1092, height: float = 274, focus: int = 0) -> Plan:
    return plan_of((Region(Gfn(0), pages, EptLevel.PDE),), focus, width, height, pair=False)


def rows(pages: int, width: float = 1092, height: float = 274) -> Rows:
    found = plan(pages, width, height).rows
    assert found is not None
    return found


def test_regions_that_touch_are_one_span_of_whole_rows() -> None:
    regions = (
        Region(Gfn(0), 700, EptLevel.PTE),
        Region(Gfn(800), 200, EptLevel.PTE),
        Region(Gfn(1 << 30), 512, EptLevel.PDE),
    )

    assert spans_of(regions, 512) == (Span(0, 1024), Span(1 << 30, 512))


def test_a_row_is_two_mib_as_long_as_there_is_room() -> None:
    small = rows(8 * REGION)

    assert (small.cols, small.order, small.cell) == (512, 0, 1)
    assert small.single
    assert small.n_rows == 8


@pytest.mark.parametrize("pages", [1 << 16, 1 << 18, TIB, 1 << 33])
def test_a_large_guest_is_shown_whole_in_bands(pages: int) -> None:
    bands = rows(pages)

    assert not bands.single
    assert bands.n_rows * bands.pages >= pages
    assert bands.pitch >= 3
    assert bands.high <= 274 - 70 + 0.01


def test_tiles_grow_with_the_height() -> None:
    assert [plan(4096, height=h).blocks[0].z for h in (214, 274)] == [150 / 16, 204 / 16]


def test_in_a_narrow_panel_a_cell_stands_for_more_pages() -> None:
    narrow = rows(4096, width=780)

    assert narrow.cols == 256
    assert narrow.pages == REGION


def test_the_row_of_a_page_counts_over_holes() -> None:
    regions = (Region(Gfn(0), 1024, EptLevel.PDE), Region(Gfn(1 << 30), 1024, EptLevel.PDE))
    found = plan_of(regions, 0, 1092, 274, pair=False).rows
    assert found is not None

    assert [found.row_of(gfn) for gfn in (0, 512, 1 << 30, (1 << 30) + 1023)] == [0, 1, 2, 3]
    assert found.row_of(2048) is None
    assert found.firsts() == [0, 512, 1 << 30, (1 << 30) + 512]


@given(st.integers(1, 1 << 27), st.floats(780, 1420), st.floats(190, 420), st.floats(0, 1))
def test_overview_and_block_stand_apart_inside_the_panel(
    regions: int, width: float, height: float, where: float
) -> None:
    pages = regions * REGION
    focus = min(int(where * pages), pages - 1)

    found = plan(pages, width, height, focus)

    assert found.rows is not None
    block = found.blocks[0]
    assert block.holds(focus)
    assert found.rows.x + found.rows.wide + 36 <= block.x
    assert abs(block.x + block.wide - (width - 14)) < 0.01
    assert block.y + block.high < found.legend - 7
