"""Figures as files: the same bytes each time, their source inside, whole or not at all."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image
from PySide6.QtGui import QImage

from pmlviz.core.document import Document, TraceOptions, open_document
from pmlviz.core.errors import PmlvizError
from pmlviz.core.items import Item, Op
from pmlviz.core.timeline import Position
from pmlviz.ui.figure_files import (
    KINDS,
    STRIP_KINDS,
    FigureRequest,
    check_request,
    scene_of,
    write_figure,
    write_filmstrip,
    write_tour,
)
from pmlviz.ui.figures.registry import FIGURES
from pmlviz.ui.figures.theme import THEMES
from pmlviz.ui.opening import open_any
from tests.core.trace_files import PWT
from tests.ui.playing import frame_of

# Else the first picture starts a Qt without widgets.
pytestmark = pytest.mark.usefixtures("qapp")

SVG = "{http://www.w3.org/2000/svg}"
HERE = Position(4, 3)


def draw(path: Path, **wishes: object) -> Document:
    """Draw a figure of the tour under xen at HERE; return what it was drawn of."""
    document = open_document("tour")
    request = FigureRequest(**wishes)  # type: ignore[arg-type]
    write_figure(document, document.timeline("xen"), HERE, request, path)
    return document


def fault(path: Path, **wishes: object) -> PmlvizError:
    with pytest.raises(PmlvizError) as raised:
        draw(path, **wishes)
    return raised.value


def texts(root: ElementTree.Element) -> list[str]:
    return ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]


# ── the same, and the source inside ──────────────────────────────────────────


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["svg", "png"])
@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_is_the_same_bytes_each_time_and_reopens(
    tmp_path: Path, figure: str, kind: str
) -> None:
    path, again = tmp_path / f"a.{kind}", tmp_path / f"b.{kind}"

    document = draw(path, figure=figure)
    draw(again, figure=figure)

    assert path.read_bytes() == again.read_bytes()
    reopened = open_any(str(path))
    assert reopened.toml == document.toml
    assert (reopened.strategy, reopened.position) == ("xen", HERE)


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_a_figure_of_a_figure_is_that_figure(tmp_path: Path, kind: str) -> None:
    first, second = tmp_path / f"tour.{kind}", tmp_path / f"copy.{kind}"
    draw(first, figure="pml")

    document = open_any(str(first))
    timeline = document.timeline()
    write_figure(document, timeline, document.position, FigureRequest("pml"), second)

    reopened = open_any(str(second))
    assert (reopened.toml, reopened.position) == (document.toml, HERE)


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_what_was_done_by_hand_reopens(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    document = open_document("tour-xen")
    script = document.script.acted(3, Item(Op.PEEK))
    branch = document.timeline().fork(3, script)

    write_figure(document, branch, branch.rest(4), FigureRequest("pml"), path)

    reopened = open_any(str(path))
    assert reopened.script.item(4) == Item(Op.PEEK)
    assert reopened.position == branch.rest(4)


def test_a_figure_of_a_trace_reopens_beside_the_trace(tmp_path: Path) -> None:
    trace = tmp_path / "hand.pwt"
    trace.write_text(PWT)
    options = TraceOptions(map="4K", limit=4)
    document = open_document(str(trace), options)
    path = tmp_path / "a.svg"

    write_figure(document, document.timeline(), HERE, FigureRequest("pml"), path)

    reopened = open_any(str(path))
    assert (reopened.title, reopened.trace) == ("hand.pwt", options)
    assert str(tmp_path) not in path.read_text()


# ── what is in a file ────────────────────────────────────────────────────────


@pytest.mark.parametrize("figure", FIGURES)
def test_an_svg_is_vectors_and_words_that_can_be_selected(tmp_path: Path, figure: str) -> None:
    path = tmp_path / "a.svg"

    draw(path, figure=figure)

    root = ElementTree.fromstring(path.read_bytes())
    assert list(root.iter(f"{SVG}image")) == []
    assert "Why the superpage must be split" in " ".join(texts(root))
    title, description = (root.findtext(f"{SVG}{tag}") or "" for tag in ("title", "desc"))
    assert title.startswith("Why the superpage must be split: ")
    assert "tour · item 4.3 · xen" in description


def test_a_png_says_in_words_what_it_shows(tmp_path: Path) -> None:
    path = tmp_path / "a.png"

    draw(path, figure="pml")

    picture = QImage(str(path))
    assert picture.text("Title") == "Why the superpage must be split: the PML buffer"
    assert "tour · item 4.3 · xen" in picture.text("Description")


@pytest.mark.parametrize("width", [85, 120, 175])
def test_a_figure_is_as_wide_on_paper_as_asked(tmp_path: Path, width: int) -> None:
    svg, png = tmp_path / "a.svg", tmp_path / "a.png"

    for path in (svg, png):
        draw(path, figure="pml", width_mm=float(width), scale=2.0)

    assert f'width="{width}mm"' in svg.read_text()
    with Image.open(png) as picture:
        assert picture.width / picture.info["dpi"][0] * 25.4 == pytest.approx(width, abs=0.1)
        scene = scene_of("pml", frame_of("tour", 4, 3, "xen"), origin="tour")
        assert picture.size == (round(scene.width * 2), round(scene.height * 2))


@pytest.mark.parametrize("theme", THEMES)
def test_a_figure_is_in_the_theme_asked_for(tmp_path: Path, theme: str) -> None:
    path = tmp_path / "a.svg"

    draw(path, figure="pml", theme=theme)

    assert f'fill="{THEMES[theme]["window"]}"' in path.read_text()


def test_a_pdf_is_a_page(tmp_path: Path) -> None:
    path = tmp_path / "a.PDF"

    draw(path, figure="pml")

    assert path.read_bytes().startswith(b"%PDF-1.")
    assert len(re.findall(rb"/Type\s*/Page\b", path.read_bytes())) == 1


@pytest.mark.parametrize("kind", [".txt", ".md", ".csv"])
def test_a_figure_can_be_written_as_tables(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a{kind}"

    draw(path, figure="counters")

    text = path.read_text()
    assert "VM exits 62, PML full" in text
    assert kind == ".csv" or "(tour · item 4.3 · xen · pmlviz" in text


# ── several positions ────────────────────────────────────────────────────────


def strip(path: Path, figure: str = "pml") -> None:
    document = open_document("tour")
    timeline = document.timeline()
    places = [timeline.rest(3), Position(4, 3), timeline.rest(6)]
    write_filmstrip(document, timeline, places, FigureRequest(figure), path)


def test_a_filmstrip_is_panels_and_reopens_at_the_last(tmp_path: Path) -> None:
    path = tmp_path / "strip.svg"

    strip(path)

    words = texts(ElementTree.fromstring(path.read_bytes()))
    assert [word for word in words if re.fullmatch(r"\([a-z]\)", word)] == ["(a)", "(b)", "(c)"]
    assert open_any(str(path)).position.item == 6


@pytest.mark.parametrize("kind", [".gif", ".webp"])
def test_an_animation_has_a_frame_a_position(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"strip{kind}"

    strip(path)

    with Image.open(path) as picture:
        assert getattr(picture, "n_frames", 1) == 3


@pytest.mark.slow
def test_the_tour_is_one_picture_the_same_each_time(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        folder.mkdir()
        assert write_tour(folder) == [folder / "tour.svg", folder / "tour.png"]

    for name in ("tour.svg", "tour.png"):
        assert (first / name).read_bytes() == (second / name).read_bytes()
    words = " ".join(texts(ElementTree.fromstring((first / "tour.svg").read_bytes())))
    for head in (
        "item 4: write 0x6000, under superpage-naive",
        "item 6: clean, under superpage-naive",
        "item 3: write 0x5000, under xen",
        "item 4: write 0x6000, under xen",
        "item 6: clean, under xen",
    ):
        assert head in words
    assert open_any(str(first / "tour.png")).title == "Why the superpage must be split"


# ── whole, or not at all ─────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_cannot_be_written_is_one_message_and_leaves_nothing(
    tmp_path: Path, kind: str
) -> None:
    taken = tmp_path / f"taken{kind}"
    taken.mkdir()

    error = fault(taken, figure="counters")

    assert (error.place, error.message) == (str(taken), "cannot be written: Is a directory")
    assert list(tmp_path.iterdir()) == [taken]


def test_a_folder_that_is_not_there_is_named_with_the_file(tmp_path: Path) -> None:
    error = fault(tmp_path / "no" / "a.svg", figure="pml")

    assert error.message == "cannot be written: No such file or directory"


def test_what_was_there_stays_until_the_new_file_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.svg"
    path.write_text("before")

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)

    assert fault(path, figure="pml").message == "cannot be written: No space left on device"
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("name", "wishes", "message", "hint"),
    [
        ("a.svg", {"figure": "pmk"}, "unknown figure 'pmk'", "did you mean 'pml'?"),
        ("a.svg", {"figure": "nothing"}, "unknown figure 'nothing'", "(window, ept, pml"),
        ("a.svg", {"theme": "drak"}, "unknown theme 'drak'", "did you mean 'dark'?"),
        ("a.jpg", {}, "is no kind of file for this", ".svg, .png, .pdf, .txt, .md, .csv"),
        ("a", {}, "is no kind of file for this", "ends in .svg"),
        ("a.svg", {"width_mm": 0.0}, "--width 0", "20 to 1000 mm"),
        ("a.svg", {"width_mm": float("nan")}, "--width nan", "20 to 1000 mm"),
        ("a.png", {"scale": 0.5}, "--scale 0.5", "1 to 4"),
        ("a.png", {"scale": float("inf")}, "--scale inf", "1 to 4"),
    ],
)
def test_a_figure_that_cannot_be_drawn_is_one_message(
    tmp_path: Path, name: str, wishes: dict[str, object], message: str, hint: str
) -> None:
    error = fault(tmp_path / name, **wishes)

    assert error.message == message
    assert hint in error.hint
    assert list(tmp_path.iterdir()) == []


def test_tables_are_of_one_position(tmp_path: Path) -> None:
    with pytest.raises(PmlvizError, match="is no kind of file"):
        check_request(FigureRequest(), tmp_path / "a.md", STRIP_KINDS)
