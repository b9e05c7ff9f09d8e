"""A figure on its page: words above and below, panels that do not meet, nothing cut off."""

from collections.abc import Iterator, Sequence

import pytest

from pmlviz import __version__
from pmlviz.core import scenarios
from pmlviz.core.document import open_document
from pmlviz.core.timeline import Position
from pmlviz.ui.figure_page import MOST_WIDE, page, words_of
from pmlviz.ui.figures.passes import bounds, box
from pmlviz.ui.figures.registry import FIGURES
from pmlviz.ui.figures.scene import Group, Primitive, Scene, Text
from pmlviz.ui.figures.told import story_of
from pmlviz.ui.frame import Frame, resolve

everywhere = pytest.mark.parametrize("figure", FIGURES)


def frame(reference: str = "tour", item: int = 4, event: int = 999, title: str = "") -> Frame:
    document = open_document(reference)
    place = Position(item, event)
    return resolve(document.timeline(), place, title=title or document.title)


def texts(parts: Sequence[Primitive]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Group):
            yield from texts(part.children)
        elif isinstance(part, Text):
            yield part.text


def words(scene: Scene) -> str:
    return " ".join(" ".join(texts(scene.parts)).split())


def panels(scene: Scene) -> list[Group]:
    return [part for part in scene.parts if isinstance(part, Group) and part.name == "panel"]


@pytest.mark.slow
@everywhere
@pytest.mark.parametrize("name", scenarios.ORDER)
def test_nothing_of_any_figure_is_cut_off_and_no_room_is_left(name: str, figure: str) -> None:
    timeline = open_document(name).timeline()
    last = len(timeline.script)
    for item in (0, last // 2, last):
        scene = page(
            figure, [resolve(timeline, timeline.rest(item), title=name)], origin=name
        ).scene

        x, y, width, height = bounds(scene)
        assert x >= 0
        assert y >= 0
        assert 0 <= scene.width - (x + width) <= 16
        assert 0 <= scene.height - (y + height) <= 16


@everywhere
def test_a_page_has_the_title_the_narration_and_where_it_is_from(figure: str) -> None:
    drawn = page(figure, [frame()], origin="tour")

    shown = words(drawn.scene)
    assert shown.startswith("Why the superpage must be split ")
    assert f"tour · item 4 · superpage-naive · pmlviz {__version__}" in shown
    assert "Nothing is logged: gfn 6 is in neither buffer nor bitmap" in shown
    title = FIGURES[figure].title
    assert drawn.title == f"Why the superpage must be split: {title[0].lower()}{title[1:]}"
    assert drawn.description.startswith(words_of(story_of(frame())))
    assert drawn.description.endswith(f"pmlviz {__version__}")


def test_a_position_within_an_item_is_named_with_its_event() -> None:
    assert "item 3.6 ·" in words(page("ept", [frame(item=3, event=6)], origin="tour").scene)
    assert "· start ·" in words(page("ept", [frame(item=0)], origin="tour").scene)


def test_a_run_that_was_tampered_with_says_so_on_every_figure() -> None:
    for figure in FIGURES:
        plain = page(figure, [frame("straddle", 3)], origin="straddle")
        tampered = page(figure, [frame("straddle", 999)], origin="straddle")

        assert "tampered with by hand" not in words(plain.scene) + plain.description
        assert "tampered" in words(tampered.scene)
        assert "tampered with by hand" in tampered.description


def test_discs_of_the_narration_are_those_of_the_figure() -> None:
    at = frame("tour-xen", 4)

    assert {"1", "2"} <= set(texts(page("ept", [at], origin="").scene.parts))
    assert "(1)" not in words(page("timeline", [at], origin="").scene)
    caption = [*texts(page("debug", [at], origin="").scene.parts)][-12:]
    assert not {"1", "2", "3"} & set(caption)
    assert "(1)" not in page("ept", [at], origin="").description


def test_a_long_title_takes_several_lines_and_stays_on_the_page() -> None:
    title = "Why the superpage must be split, " * 5

    scene = page("counters", [frame(title=title)], origin="tour").scene

    x, _, width, _ = bounds(scene)
    assert x + width <= scene.width
    assert words(scene).startswith("Why the superpage must be split, Why")


# ── panels ──────────────────────────────────────────────────────────────────


@everywhere
def test_several_positions_are_lettered_panels_at_one_scale(figure: str) -> None:
    frames = [frame(item=item) for item in (3, 4, 6)]

    drawn = page(figure, frames, origin="tour")

    found = panels(drawn.scene)
    assert [next(texts(panel.children)) for panel in found] == ["(a)", "(b)", "(c)"]
    assert {panel.scale for panel in found} == {1.0}
    assert "item 4: write 0x6000" in words(drawn.scene)
    assert "tour · item 3, item 4, item 6 · superpage-naive" in words(drawn.scene)
    assert "(b) item 4:" in drawn.description
    boxes = [each for panel in found if (each := box(panel)) is not None]
    for n, one in enumerate(boxes):
        for other in boxes[n + 1 :]:
            apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1]
            assert apart or other[3] <= one[1]


def test_narrow_panels_stand_side_by_side_as_far_as_they_fit() -> None:
    scene = page("pml", [frame(item=n) for n in range(7)], origin="tour").scene

    rows = [panel.dy for panel in panels(scene)]
    assert len(set(rows)) == 2
    assert rows == sorted(rows)
    assert scene.width <= MOST_WIDE + 16


def test_wide_panels_stand_one_below_another() -> None:
    scene = page("window", [frame(item=n) for n in (3, 4)], origin="tour").scene

    assert len({panel.dx for panel in panels(scene)}) == 1


def test_panels_are_cropped_alike_so_that_nothing_jumps() -> None:
    frames = [frame("tour-xen", item) for item in range(8)]

    scene = page("pml", frames, origin="tour-xen").scene

    figures = [
        part for panel in panels(scene) for part in panel.children if isinstance(part, Group)
    ]
    assert len({(part.dx, part.dy) for part in figures}) == 1


def test_one_position_has_no_letter() -> None:
    assert "(a)" not in words(page("ept", [frame()], origin="tour").scene)


def test_more_panels_than_letters_go_on_with_two() -> None:
    scene = page("counters", [frame(item=1)] * 28, origin="tour").scene

    letters = [next(texts(panel.children)) for panel in panels(scene)]
    assert letters[24:] == ["(y)", "(z)", "(aa)", "(ab)"]


def test_panels_under_two_strategies_each_name_theirs() -> None:
    drawn = page("ept", [frame("tour", 4), frame("tour-xen", 4)], origin="tour")

    assert "item 4: write 0x6000, under xen" in words(drawn.scene)
    assert "superpage-naive, xen · pmlviz" in words(drawn.scene)
