"""Widgets wear the tokens of the figures."""

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from pmlviz.ui.figures.theme import DARK, LIGHT, Theme
from pmlviz.ui.look import mark, palette, style_sheet


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_palette_has_the_themes_colours(qapp: QApplication, theme: Theme) -> None:
    made = palette(theme)

    assert made.color(QPalette.ColorRole.Window).name() == theme["window"]
    assert made.color(QPalette.ColorRole.Text).name() == theme["ink"]


def test_lengths_of_the_sheet_grow_with_the_scale(qapp: QApplication) -> None:
    assert "min-height: 32px" in style_sheet(LIGHT)
    assert "min-height: 64px" in style_sheet(LIGHT, 2)


def test_a_mark_is_a_property_that_the_sheet_knows(qtbot: QtBot) -> None:
    label = QLabel("x")
    qtbot.addWidget(label)

    mark(label, "quiet")

    assert label.property("quiet") == "true"
    assert 'QLabel[quiet="true"]' in style_sheet(LIGHT)
