"""The bundled fonts measure as the figures do."""

import pytest
from PySide6.QtGui import QFontInfo, QFontMetricsF, QRawFont

from pmlviz.ui.figures.scene import Face
from pmlviz.ui.figures.text import width
from pmlviz.ui.fonts import font, glyph_run, load_fonts

pytestmark = pytest.mark.usefixtures("qapp")

# Pairs that fonts kern, and letters that they join.
TRICKY = "AVATAR To, Yes. LT. office fluffy 0x1ff → 0x1fe"
Kind = tuple[Face, bool]
FACES: list[Kind] = [("sans", False), ("sans", True), ("mono", False), ("mono", True)]


def test_both_families_are_loaded() -> None:
    assert load_fonts() == ("DejaVu Sans", "DejaVu Sans Mono")


@pytest.mark.parametrize("kind", FACES, ids=str)
@pytest.mark.parametrize("size", [9.5, 12.5, 23.0])
def test_placed_glyphs_are_as_wide_as_the_figures_measure(kind: Kind, size: float) -> None:
    face, bold = kind
    run = glyph_run(TRICKY + "|", size, face, bold)

    assert run is not None
    assert run.positions()[-1].x() == pytest.approx(width(TRICKY, size, face, bold=bold))


@pytest.mark.parametrize("kind", FACES, ids=str)
def test_the_advances_are_those_that_qt_reads_from_the_font(kind: Kind) -> None:
    face, bold = kind
    run = glyph_run(TRICKY, 100, face, bold)
    assert run is not None
    flags = QRawFont.LayoutFlag.SeparateAdvances | QRawFont.LayoutFlag.UseDesignMetrics

    advances = run.rawFont().advancesForGlyphIndexes(run.glyphIndexes(), flags)

    total = sum(advance.x() for advance in advances)
    assert total == pytest.approx(width(TRICKY, 100, face, bold=bold), abs=0.5)


@pytest.mark.parametrize("kind", FACES, ids=str)
def test_widgets_measure_within_a_hundredth_of_the_figures(kind: Kind) -> None:
    face, bold = kind
    one = font(13, face, bold=bold)

    measured = QFontMetricsF(one).horizontalAdvance(TRICKY)

    assert QFontInfo(one).family() == {"sans": "DejaVu Sans", "mono": "DejaVu Sans Mono"}[face]
    assert QFontInfo(one).pixelSize() == 13
    assert measured == pytest.approx(width(TRICKY, 13, face, bold=bold), rel=0.01)


def test_a_sign_that_the_face_lacks_is_left_to_qt() -> None:
    assert glyph_run("a漢", 12, "sans", False) is None  # noqa: FBT003
