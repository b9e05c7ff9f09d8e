"""Run lengths: few rectangles that cover exactly the visible cells."""

from hypothesis import given
from hypothesis import strategies as st

from pmlviz.ui.figures.raster import runs
from pmlviz.ui.figures.scene import Raster

PALETTE = ("clean", "dirty", None, "lost")


def raster(rows: int, cols: int, codes: bytes) -> Raster:
    return Raster(0, 0, cols, rows, rows, cols, codes, PALETTE)


def test_runs_merge_along_rows_and_down_columns() -> None:
    codes = bytes([0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 3])

    assert runs(raster(3, 4, codes)) == [
        (0, 0, 1, 2, 0),
        (1, 0, 2, 2, 1),
        (3, 0, 1, 2, 0),
        (0, 2, 3, 1, 0),
        (3, 2, 1, 1, 3),
    ]


def test_one_colour_is_one_rectangle() -> None:
    assert runs(raster(128, 128, bytes(128 * 128))) == [(0, 0, 128, 128, 0)]


def test_transparent_cells_are_left_out() -> None:
    assert runs(raster(2, 2, bytes([2, 2, 2, 2]))) == []


@given(st.integers(1, 12), st.integers(1, 12), st.data())
def test_runs_cover_each_visible_cell_once(rows: int, cols: int, data: st.DataObject) -> None:
    cells = data.draw(st.lists(st.integers(0, 3), min_size=rows * cols, max_size=rows * cols))

    painted = [2] * (rows * cols)
    for col, row, wide, high, code in runs(raster(rows, cols, bytes(cells))):
        for j in range(row, row + high):
            for i in range(col, col + wide):
                assert painted[j * cols + i] == 2
                painted[j * cols + i] = code

    assert painted == cells
