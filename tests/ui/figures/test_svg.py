"""SVG: well-formed, vector, selectable, the same each time."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.ui.figures.scene import Group, Line, Path, Raster, Rect, Scene, Text
from pmlviz.ui.figures.svg import svg
from pmlviz.ui.figures.theme import DARK, LIGHT, PRINT, THEMES, Theme
from tests.golden import Golden
from tests.ui.figures.vocabulary import vocabulary

NS = "{http://www.w3.org/2000/svg}"
CHECKS = bytes((row + col) % 2 for row in range(128) for col in range(128))
PALETTE = ("clean", "dirty")


def tree(scene: Scene, title: str = "", description: str = "") -> ElementTree.Element:
    return ElementTree.fromstring(svg(scene, LIGHT, title=title, description=description))


def words(root: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{NS}text")]


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_every_primitive_is_written_as_accepted(theme: Theme, golden: Golden) -> None:
    text = svg(
        vocabulary(),
        theme,
        title="Every primitive",
        description="One of each.",
        source='{"figure": "vocabulary"}',
        width_mm=85,
    )

    golden(text, f"figures/every_primitive_{theme.name}.svg")


def test_the_bytes_are_the_same_each_time() -> None:
    assert svg(vocabulary(), DARK) == svg(vocabulary(), DARK)


def test_text_stays_text() -> None:
    scene = Scene(99, 99, (Text(0, 9, "a  b", 11), Text(0, 20, "0→1 <&>", 11, "mono", bold=True)))

    assert words(tree(scene)) == ["a  b", "0→1 <&>"]


def test_fonts_are_named_with_a_generic_fallback() -> None:
    text = svg(Scene(9, 9, (Text(0, 9, "a", 11), Text(0, 9, "b", 11, "mono"))), LIGHT)

    assert 'font-family:"DejaVu Sans",sans-serif' in text
    assert 'font-family:"DejaVu Sans Mono",monospace' in text
    assert '<text x="0" y="9" font-family="DejaVu Sans Mono"' in text


def test_title_and_description_come_first() -> None:
    root = tree(Scene(9, 9, ()), title="A & B", description="what <it> shows")

    assert [(child.tag, child.text) for child in root][:2] == [
        (f"{NS}title", "A & B"),
        (f"{NS}desc", "what <it> shows"),
    ]


def test_the_width_on_paper_is_in_millimetres() -> None:
    root = ElementTree.fromstring(svg(Scene(200, 100, ()), PRINT, width_mm=175))

    assert (root.get("width"), root.get("height")) == ("175mm", "87.5mm")
    assert root.get("viewBox") == "0 0 200 100"


def test_without_a_width_a_scene_unit_is_a_px() -> None:
    root = tree(Scene(200, 100.5, ()))

    assert (root.get("width"), root.get("height")) == ("200", "100.5")


def test_a_bitmap_of_128_by_128_cells_is_vector_even_at_its_worst() -> None:
    scene = Scene(128, 128, (Raster(0, 0, 128, 128, 128, 128, CHECKS, PALETTE),))

    root = tree(scene, description="the bitmap")

    assert root.find(f".//{NS}image") is None
    assert root.findtext(f"{NS}desc") == "the bitmap"
    assert len(root.findall(f".//{NS}path")) == 2


def test_a_bitmap_of_too_many_runs_is_embedded_and_says_so() -> None:
    codes = CHECKS * 4
    scene = Scene(128, 512, (Raster(0, 0, 128, 512, 512, 128, codes, PALETTE),))

    root = tree(scene, description="the bitmap.")

    image = root.find(f".//{NS}image")
    assert image is not None
    assert (image.get("href") or "").startswith("data:image/png;base64,")
    assert root.findtext(f"{NS}desc") == (
        "the bitmap. The bitmap of 128 x 512 cells is an embedded image: it would take 65536"
        " rectangles."
    )


def test_a_clip_is_written_only_where_it_cuts() -> None:
    inside, across, outside = Rect(1, 1, 2, 2, "ink"), Rect(8, 8, 5, 5, "ink"), Rect(30, 0, 5, 5)
    whole = Group("whole", (inside, outside), clip=(0, 0, 10, 10))
    cut = Group("cut", (inside, across), clip=(0, 0, 10, 10))

    root = tree(Scene(50, 50, (whole, cut, cut)))

    groups = root.findall(f"{NS}g")
    assert [group.get("clip-path") for group in groups] == [None, "url(#d1)", "url(#d1)"]
    assert [len(group) for group in groups] == [1, 2, 2]
    assert len(root.findall(f".//{NS}clipPath")) == 1


def test_what_draws_nothing_is_not_written() -> None:
    scene = Scene(9, 9, (Rect(0, 0, 5, 5), Text(0, 9, "")))

    assert [child.tag for child in tree(scene)] == [f"{NS}title", f"{NS}desc", f"{NS}style"]


def test_opacity_is_of_fill_and_stroke_as_painters_do_it() -> None:
    parts = (
        Rect(0, 0, 5, 5, "ink", "line", 2, opacity=0.5),
        Rect(0, 0, 5, 5, "ink", opacity=0.5),
        Line(0, 0, 5, 5, opacity=0.5),
        Path((("M", 0, 0), ("L", 5, 5)), stroke="ink", opacity=0.5),
    )

    _, _, _, both, *single = tree(Scene(9, 9, parts))

    assert (both.get("fill-opacity"), both.get("stroke-opacity")) == ("0.5", "0.5")
    assert [one.get("opacity") for one in single] == ["0.5"] * 3


@given(st.text(), st.text(), st.text())
def test_any_text_makes_well_formed_xml(text: str, title: str, name: str) -> None:
    scene = Scene(9, 9, (Group(name, (Text(0, 9, text),)),))

    document = svg(scene, LIGHT, title=title, description=text, source=title)

    ElementTree.fromstring(document.encode("utf-8"))


def test_what_xml_cannot_hold_is_replaced() -> None:
    assert words(tree(Scene(9, 9, (Text(0, 9, "a\0b\ud800c"),)))) == ["a\ufffdb\ufffdc"]
