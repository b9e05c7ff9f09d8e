"""Exports: sizes, resolutions, texts inside, the same bytes each time."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtGui import QImage

from pmlviz.core.errors import PmlvizError
from pmlviz.ui.export import animation, image, pdf, png, png_bytes
from pmlviz.ui.figures.scene import Rect, Scene, Text
from pmlviz.ui.figures.source import read_source
from pmlviz.ui.figures.theme import DARK, LIGHT, PRINT
from tests.ui.figures.vocabulary import vocabulary

pytestmark = pytest.mark.usefixtures("qapp")

SCENE = Scene(200, 100, (Rect(10, 10, 50, 50, "dirty"), Text(70, 40, "gfn 6")), "panel")


@pytest.mark.parametrize("scale", [1, 2, 3, 4])
def test_scale_changes_the_pixels_and_not_the_size_on_paper(scale: int) -> None:
    picture = Image.open(io.BytesIO(png_bytes(SCENE, PRINT, scale=scale, width_mm=85)))

    assert picture.size == (200 * scale, 100 * scale)
    inches = picture.width / picture.info["dpi"][0]
    assert inches * 25.4 == pytest.approx(85, abs=0.05)


def test_without_a_width_a_scene_unit_is_a_96th_of_an_inch() -> None:
    picture = Image.open(io.BytesIO(png_bytes(SCENE, PRINT, scale=2)))

    assert picture.info["dpi"] == pytest.approx((192, 192), abs=0.05)


def test_title_description_and_source_are_inside(tmp_path: Path) -> None:
    path = tmp_path / "a.png"

    png(SCENE, LIGHT, path, title="PML", description="0→1", source='{"at": [4, 6]}')

    read = QImage(str(path))
    assert (read.text("Title"), read.text("Description")) == ("PML", "0→1")
    assert read_source(path) == '{"at": [4, 6]}'


def test_the_bytes_are_the_same_each_time() -> None:
    assert png_bytes(vocabulary(), DARK, title="a") == png_bytes(vocabulary(), DARK, title="a")


def test_the_pixels_in_the_file_are_those_painted() -> None:
    for ground in ("panel", None):
        scene = Scene(33, 7, (Rect(3, 3, 9, 2, "lost"),), ground)

        read = QImage.fromData(png_bytes(scene, LIGHT, scale=3))

        form = QImage.Format.Format_RGBA8888
        assert read.convertToFormat(form) == image(scene, LIGHT, 3).convertToFormat(form)
        assert read.hasAlphaChannel() == (ground is None)


@pytest.mark.parametrize("scale", [0, 1000])
def test_a_picture_too_large_or_too_small_is_refused(scale: float) -> None:
    with pytest.raises(PmlvizError, match="cannot be made"):
        image(SCENE, LIGHT, scale)


def test_a_folder_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(PmlvizError, match=r"a\.png: cannot be written"):
        png(SCENE, LIGHT, tmp_path / "none" / "a.png")
    with pytest.raises(PmlvizError, match=r"a\.pdf: cannot be written"):
        pdf(SCENE, LIGHT, tmp_path / "none" / "a.pdf")
    with pytest.raises(PmlvizError, match=r"a\.gif: cannot be written"):
        animation([SCENE], LIGHT, tmp_path / "none" / "a.gif")


def test_a_pdf_has_one_page_of_the_size_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"

    pdf(SCENE, PRINT, path, width_mm=175, title="PML")

    data = path.read_bytes()
    assert data.startswith(b"%PDF-")
    assert data.count(b"/Type /Page\n") == 1
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", data)
    assert box is not None
    assert float(box[1]) == pytest.approx(175 / 25.4 * 72, abs=1)
    assert float(box[2]) == pytest.approx(87.5 / 25.4 * 72, abs=1)
    assert b"DejaVuSans" in data
    assert b"/ToUnicode" in data


@pytest.mark.parametrize(("suffix", "kind"), [("gif", "GIF"), ("webp", "WEBP")])
def test_an_animation_has_a_frame_for_each_scene(tmp_path: Path, suffix: str, kind: str) -> None:
    path = tmp_path / f"a.{suffix}"
    scenes = [Scene(60, 30, (Rect(i * 10, 5, 10, 10, "dirty"),), "panel") for i in range(4)]

    animation(scenes, LIGHT, path, ms=500)

    with Image.open(path) as read:
        assert (read.format, getattr(read, "n_frames", 1), read.size) == (kind, 4, (60, 30))


def test_frames_of_different_sizes_make_no_animation(tmp_path: Path) -> None:
    for scenes in ([], [SCENE, Scene(10, 10, ())]):
        with pytest.raises(PmlvizError, match="frames of one size"):
            animation(scenes, LIGHT, tmp_path / "a.gif")
