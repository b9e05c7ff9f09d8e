"""Rasters as few rectangles: runs of equal cells, merged along rows, then down columns."""

import re
from typing import Final

from pmlviz.ui.figures.scene import Raster

Run = tuple[int, int, int, int, int]
"""Column, row, columns, rows, code."""

_EQUAL: Final = re.compile(rb"(.)\1*", re.DOTALL)


def runs(raster: Raster) -> list[Run]:
    """Return the visible cells as rectangles, in order of the row they end in, then of column.

    A run of equal cells takes in the run above it that begins and ends at the same columns.
    """
    done: list[Run] = []
    open_: dict[tuple[int, int], tuple[int, int]] = {}
    codes, cols = raster.codes, raster.cols
    above = b""
    for row in range(raster.rows):
        cells = codes[row * cols : (row + 1) * cols]
        if cells == above:
            continue
        above = cells
        here: dict[tuple[int, int], tuple[int, int]] = {}
        for match in _EQUAL.finditer(cells):
            code = cells[match.start()]
            if raster.palette[code] is None:
                continue
            span = match.span()
            begun = open_.get(span)
            here[span] = begun if begun is not None and begun[0] == code else (code, row)
        done += [
            (start, first, end - start, row - first, code)
            for (start, end), (code, first) in open_.items()
            if here.get((start, end)) != (code, first)
        ]
        open_ = here
    done += [
        (start, first, end - start, raster.rows - first, code)
        for (start, end), (code, first) in open_.items()
    ]
    return done
