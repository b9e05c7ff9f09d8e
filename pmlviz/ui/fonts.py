"""The bundled fonts: for widgets, and as placed glyphs for painting.

Glyphs are placed one by one at the advances of `figures/text.py`, at fractional pixel sizes without
hinting, so that strings are as wide as the figures laid them out and pixels are the same on every
machine.
"""

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QFontDatabase, QGlyphRun, QRawFont

from pmlviz.assets import asset

if TYPE_CHECKING:
    from pmlviz.ui.figures.scene import Face

FONT_FILES: "Final[dict[tuple[Face, bool], str]]" = {
    ("sans", False): "fonts/DejaVuSans.ttf",
    ("sans", True): "fonts/DejaVuSans-Bold.ttf",
    ("mono", False): "fonts/DejaVuSansMono.ttf",
    ("mono", True): "fonts/DejaVuSansMono-Bold.ttf",
}
FAMILIES: Final = {"sans": "DejaVu Sans", "mono": "DejaVu Sans Mono"}


@cache
def load_face(face: "Face", *, bold: bool) -> tuple[str, ...]:
    """Give the application one bundled font, once; return the families that came with it."""
    font_id = QFontDatabase.addApplicationFont(str(asset(FONT_FILES[face, bold])))
    return tuple(QFontDatabase.applicationFontFamilies(font_id))


def load_fonts() -> tuple[str, ...]:
    """Give the application all bundled fonts, once; return the families that came."""
    families = {name for face, bold in FONT_FILES for name in load_face(face, bold=bold)}
    return tuple(sorted(families))


def font(px: int, face: "Face" = "sans", *, bold: bool = False) -> QFont:
    """Return a font for widgets: the bundled family at *px*, unhinted, unkerned, unjoined."""
    load_face(face, bold=bold)
    one = QFont(FAMILIES[face])
    one.setPixelSize(px)
    one.setBold(bold)
    one.setKerning(False)
    # Ligatures are narrower than their letters, and 0x1ff would become 0x1 and one sign.
    one.setFeature(QFont.Tag("liga"), 0)
    one.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    one.setStyleStrategy(QFont.StyleStrategy.NoSubpixelAntialias)
    return one


@lru_cache(maxsize=128)
def _raw_font(size: float, face: "Face", bold: bool) -> QRawFont:  # noqa: FBT001
    return QRawFont(
        str(asset(FONT_FILES[face, bold])), size, QFont.HintingPreference.PreferNoHinting
    )


@lru_cache(maxsize=8192)
def glyph_run(text: str, size: float, face: "Face", bold: bool) -> QGlyphRun | None:  # noqa: FBT001
    """Return the placed glyphs of *text*, or None when the face lacks one of them."""
    # Not at the top: the shell of the window needs fonts, and no figures.
    from pmlviz.ui.figures.text import advances

    raw = _raw_font(size, face, bold)
    glyphs = raw.glyphIndexesForString(text)
    if len(glyphs) != len(text) or not all(glyphs):
        return None
    at = 0.0
    positions = []
    for advance in advances(text, face, bold=bold):
        positions.append(QPointF(at * size, 0))
        at += advance
    run = QGlyphRun()
    run.setRawFont(raw)
    run.setGlyphIndexes(glyphs)
    run.setPositions(positions)
    return run
