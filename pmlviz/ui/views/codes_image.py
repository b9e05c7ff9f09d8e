"""Codes of pages in a pyqtgraph ImageItem: one byte a cell, and a table of colours."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QColor


def set_colors(image: pg.ImageItem, colors: Sequence[str | None]) -> None:
    """Let *image* show code n in the n-th colour ("#rrggbb"), and nothing where that is None."""
    table = np.zeros((256, 4), np.uint8)
    for code, name in enumerate(colors):
        if name is not None:
            color = QColor(name)
            table[code] = (color.red(), color.green(), color.blue(), 255)
    image.setLookupTable(table, update=False)
    image.setLevels((0, 255), update=False)


def show_codes(image: pg.ImageItem, codes: NDArray[np.uint8]) -> None:
    """Show *codes*, shape (rows, columns), in those colours. No levels are looked for."""
    image.setImage(codes, autoLevels=False)
