"""The source inside a figure comes back out, or one clear error does."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.core.errors import PmlvizError
from pmlviz.ui.figures import png
from pmlviz.ui.figures.scene import Rect, Scene
from pmlviz.ui.figures.source import is_figure, read_source
from pmlviz.ui.figures.svg import svg
from pmlviz.ui.figures.theme import PRINT

SCENE = Scene(10, 10, (Rect(0, 0, 5, 5, "dirty"),))
SOURCE = json.dumps({"scenario": 'say "<&>"\n]]>', "at": [4, 6], "title": "0→1"})


def a_png(source: str) -> bytes:
    return png.encode(1, 1, b"\0\0\0", "rgb", texts={"Source": source} if source else {})


def test_the_source_of_an_svg_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "figure.svg"
    path.write_text(svg(SCENE, PRINT, source=SOURCE), encoding="utf-8")

    assert read_source(path) == SOURCE


def test_the_source_of_a_png_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "figure.png"
    path.write_bytes(a_png(SOURCE))

    assert read_source(str(path)) == SOURCE


@given(value=st.text())
def test_any_json_comes_back_from_an_svg(
    tmp_path_factory: pytest.TempPathFactory, value: str
) -> None:
    path = tmp_path_factory.mktemp("svg") / "figure.svg"
    source = json.dumps(value)
    path.write_text(svg(SCENE, PRINT, source=source), encoding="utf-8")

    assert json.loads(read_source(path)) == value


@pytest.mark.parametrize("data", [a_png(""), svg(SCENE, PRINT).encode()], ids=["png", "svg"])
def test_a_picture_without_source_says_so(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "figure"
    path.write_bytes(data)

    with pytest.raises(PmlvizError, match="carries no source") as caught:
        read_source(path)

    assert "hint: only figures exported by pmlviz" in str(caught.value)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (a_png(SOURCE)[:40], "is not a whole PNG file"),
        (svg(SCENE, PRINT, source=SOURCE)[:-20].encode(), "is not a whole SVG file: line"),
        (b"", "is not a whole SVG file"),
        (b"\xff\xfe\x00garbage", "is not a whole SVG file"),
    ],
    ids=["cut png", "cut svg", "empty", "garbage"],
)
def test_a_damaged_file_is_one_clear_error(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "figure.svg"
    path.write_bytes(data)

    with pytest.raises(PmlvizError, match=reason) as caught:
        read_source(path)

    assert caught.value.place == str(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PmlvizError, match=r"none\.svg: cannot be read"):
        read_source(tmp_path / "none.svg")


def test_a_file_of_entities_that_would_grow_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.svg"
    entities = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10 if i else "grow"}">' for i in range(10))
    path.write_text(f"<!DOCTYPE svg [{entities}]><svg>&e9;</svg>", encoding="utf-8")

    with pytest.raises(PmlvizError, match="is not a whole SVG file"):
        read_source(path)


def test_pictures_are_told_by_their_suffix() -> None:
    assert is_figure("a.SVG")
    assert is_figure(Path("b.png"))
    assert not is_figure("c.toml")
