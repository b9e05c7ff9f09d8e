"""A scene into a file: PNG, PDF, and several scenes into an animated GIF or WebP."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PIL import Image
from PySide6.QtCore import QMarginsF, QSizeF
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPageSize, QPainter, QPdfWriter

from pmlviz.core.errors import PmlvizError
from pmlviz.ui.figures import png as png_file
from pmlviz.ui.figures.scene import Scene
from pmlviz.ui.figures.source import KEY
from pmlviz.ui.figures.theme import Theme
from pmlviz.ui.fonts import load_fonts
from pmlviz.ui.paint import paint

MM_PER_INCH: Final = 25.4
CSS_DPI: Final = 96.0
"""Scene units an inch when no width is asked for."""

MOST_PIXELS: Final = 200_000_000
_PDF_DPI: Final = 1200


def application() -> QGuiApplication:
    """Return the running application, or start one that needs no display.

    Without one, Qt has no fonts and ends the process.
    """
    running = QGuiApplication.instance()
    if isinstance(running, QGuiApplication):
        return running
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return QGuiApplication([])


def image(scene: Scene, theme: Theme, scale: float = 1) -> QImage:
    """Return *scene* painted at *scale* px a scene unit; transparent where the scene has no ground.

    Raises PmlvizError for a picture larger than `MOST_PIXELS`.
    """
    width, height = round(scene.width * scale), round(scene.height * scale)
    if width < 1 or height < 1 or width * height > MOST_PIXELS:
        raise PmlvizError(
            f"a picture of {width} x {height} px cannot be made",
            hint=f"between 1 and {MOST_PIXELS:,} px; choose another scale",
        )
    application()
    load_fonts()
    picture = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(QColor(0, 0, 0, 0))
    painter = QPainter(picture)
    try:
        painter.scale(width / scene.width, height / scene.height)
        paint(painter, scene, theme)
    finally:
        painter.end()
    return picture


def png_bytes(
    scene: Scene,
    theme: Theme,
    *,
    scale: float = 1,
    width_mm: float | None = None,
    title: str = "",
    description: str = "",
    source: str = "",
) -> bytes:
    """Return *scene* as a PNG file, the same bytes each time.

    *scale* is px a scene unit, 1 to 4. The resolution in the file makes it *width_mm* wide on
    paper, or one scene unit 1/96 inch. Title, Description and Source are in its texts.
    """
    picture = image(scene, theme, scale)
    wide = scene.width / CSS_DPI * MM_PER_INCH if width_mm is None else width_mm
    opaque = scene.ground is not None
    form = QImage.Format.Format_RGB888 if opaque else QImage.Format.Format_RGBA8888
    picture = picture.convertToFormat(form)
    used = picture.width() * (3 if opaque else 4)
    data, stride = bytes(picture.constBits()), picture.bytesPerLine()
    if stride != used:
        data = b"".join(data[at : at + used] for at in range(0, len(data), stride))
    texts = {"Title": title, "Description": description, KEY: source}
    return png_file.encode(
        picture.width(),
        picture.height(),
        data,
        "rgb" if opaque else "rgba",
        per_metre=round(picture.width() / wide * 1000),
        texts={key: text for key, text in texts.items() if text},
    )


def png(
    scene: Scene,
    theme: Theme,
    path: str | Path,
    *,
    scale: float = 1,
    width_mm: float | None = None,
    title: str = "",
    description: str = "",
    source: str = "",
) -> None:
    """Write `png_bytes` to *path*; raise PmlvizError when it cannot be written."""
    data = png_bytes(
        scene,
        theme,
        scale=scale,
        width_mm=width_mm,
        title=title,
        description=description,
        source=source,
    )
    write(path, data)


def write(path: str | Path, data: bytes) -> None:
    """Write *data* to *path*; a PmlvizError says why not."""
    try:
        Path(path).write_bytes(data)
    except OSError as error:
        reason = error.strerror or str(error)
        raise PmlvizError(f"cannot be written: {reason}", place=str(path)) from error


def pdf(
    scene: Scene,
    theme: Theme,
    path: str | Path,
    *,
    width_mm: float | None = None,
    title: str = "",
) -> None:
    """Write *scene* as a PDF of one page of its size, its text selectable.

    Raises PmlvizError when *path* cannot be written. The bytes differ from call to call: Qt puts
    an id into every PDF.
    """
    application()
    load_fonts()
    wide = scene.width / CSS_DPI * MM_PER_INCH if width_mm is None else width_mm
    size = QSizeF(wide, wide * scene.height / scene.width)
    write(path, b"")
    writer = QPdfWriter(str(path))
    writer.setResolution(_PDF_DPI)
    writer.setPageSize(
        QPageSize(size, QPageSize.Unit.Millimeter, "", QPageSize.SizeMatchPolicy.ExactMatch)
    )
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setTitle(title)
    writer.setCreator("pmlviz")
    painter = QPainter(writer)
    try:
        factor = writer.width() / scene.width
        painter.scale(factor, factor)
        paint(painter, scene, theme, glyph_runs=False)
    finally:
        painter.end()


def animation(
    scenes: Sequence[Scene],
    theme: Theme,
    path: str | Path,
    *,
    scale: float = 1,
    ms: int = 1000,
) -> None:
    """Write *scenes* as frames of *ms* milliseconds, for ever; the suffix says .gif or .webp.

    Raises PmlvizError for no scenes, scenes of different sizes, or a file that cannot be written.
    """
    sizes = {(scene.width, scene.height) for scene in scenes}
    if len(sizes) != 1:
        raise PmlvizError(f"an animation needs frames of one size, not of {len(sizes)}")
    frames = [_pillow(image(scene, theme, scale)) for scene in scenes]
    first, *rest = frames
    try:
        first.save(path, save_all=True, append_images=rest, duration=ms, loop=0, lossless=True)
    except (OSError, ValueError) as error:
        raise PmlvizError(f"cannot be written: {error}", place=str(path)) from error


def _pillow(picture: QImage) -> Image.Image:
    plain = picture.convertToFormat(QImage.Format.Format_RGBX8888)
    size = (plain.width(), plain.height())
    return Image.frombuffer("RGBX", size, bytes(plain.constBits()), "raw", "RGBX", 0, 1).convert(
        "RGB"
    )
