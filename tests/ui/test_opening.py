"""Anything a person may name or drop."""

from pathlib import Path

import pytest

from pmlviz.core.document import open_document, source_of
from pmlviz.core.errors import PmlvizError
from pmlviz.core.timeline import Position
from pmlviz.ui.figures.scene import Rect, Scene
from pmlviz.ui.figures.svg import svg
from pmlviz.ui.figures.theme import PRINT
from pmlviz.ui.opening import open_any


def test_an_exported_figure_reopens_scenario_strategy_and_position(tmp_path: Path) -> None:
    document = open_document("tour")
    source = source_of(document, Position(4, 3), "xen")
    path = tmp_path / "figure.svg"
    scene = Scene(10, 10, (Rect(0, 0, 5, 5, "ink"),))
    path.write_text(svg(scene, PRINT, source=source), encoding="utf-8")

    again = open_any(str(path))

    assert (again.title, again.strategy, again.position) == (document.title, "xen", Position(4, 3))


def test_a_gallery_id_opens_and_a_name_of_nothing_says_what_there_is() -> None:
    assert open_any("pml-full").origin == "pml-full"
    with pytest.raises(PmlvizError, match="no such file") as caught:
        open_any("pml-ful")

    assert "pml-full" in caught.value.hint
