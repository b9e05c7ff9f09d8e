"""Every figure by its name: drawn at its natural size, and readable there."""

import pytest

from pmlviz.ui.figures.registry import FIGURES
from tests.ui.figures.reading import cut_off, overlapping, spills, text_boxes
from tests.ui.playing import frame_of


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("item", [0, 3, 4, 6])
def test_a_figure_can_be_read_at_its_natural_size(name: str, item: int) -> None:
    figure = FIGURES[name]

    scene = figure.layout(frame_of("tour-xen", item), figure.width, figure.height)

    assert (scene.width, scene.height) == (figure.width, figure.height)
    assert text_boxes(scene)
    assert overlapping(scene) == []
    assert cut_off(scene) == []
    assert not spills(scene, 6)


def test_the_figures_that_documents_ask_for_are_there() -> None:
    assert {"ept", "pml", "bitmap", "timeline", "counters", "window"} <= FIGURES.keys()


def test_each_has_a_title_of_its_own() -> None:
    titles = [figure.title for figure in FIGURES.values()]

    assert len(set(titles)) == len(titles)
    assert all(titles)
