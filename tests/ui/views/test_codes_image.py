"""Codes become the colours that were given, pixel for pixel."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QApplication

from pmlviz.ui.views.codes_image import set_colors, show_codes


def drawn(codes: list[list[int]]) -> list[list[str]]:
    image = pg.ImageItem(axisOrder="row-major")
    set_colors(image, [None, "#0072b2", "#d55e00"])
    show_codes(image, np.array(codes, np.uint8))
    image.render()
    shown = image.qimage
    return [
        [shown.pixelColor(x, y).name() if shown.pixelColor(x, y).alpha() else "" for x in range(2)]
        for y in range(2)
    ]


def test_each_code_has_its_colour_and_none_draws_nothing(qapp: QApplication) -> None:
    assert drawn([[0, 1], [2, 1]]) == [["", "#0072b2"], ["#d55e00", "#0072b2"]]


def test_a_lone_code_is_not_stretched_to_the_range(qapp: QApplication) -> None:
    assert drawn([[1, 1], [1, 1]]) == [["#0072b2"] * 2] * 2
