"""Whatever a person names or drops: scenarios, traces, and figures that carry their source."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pmlviz.core.document import TraceOptions, open_document, source_of
from pmlviz.core.errors import PmlvizError
from pmlviz.core.timeline import Position
from pmlviz.ui.figures import png
from pmlviz.ui.figures.scene import Scene
from pmlviz.ui.figures.source import KEY
from pmlviz.ui.figures.svg import svg
from pmlviz.ui.figures.theme import PRINT
from pmlviz.ui.opening import open_any
from tests.core.scenario_texts import DEMO
from tests.core.trace_files import PWT

Writer = Callable[[Path, str], Path]
EMPTY = Scene(8, 8, ())


def write_svg(path: Path, source: str) -> Path:
    path.write_text(svg(EMPTY, PRINT, source=source), encoding="utf-8")
    return path


def write_png(path: Path, source: str) -> Path:
    texts = {KEY: source} if source else {}
    path.write_bytes(png.encode(1, 1, b"\0\0\0", "rgb", texts=texts))
    return path


def fault(path: Path) -> PmlvizError:
    with pytest.raises(PmlvizError) as raised:
        open_any(str(path))
    assert raised.value.place.startswith(str(path))
    return raised.value


def test_ids_scenarios_and_traces_open_as_the_core_opens_them(tmp_path: Path) -> None:
    scenario, trace = tmp_path / "demo.toml", tmp_path / "hand.pwt"
    scenario.write_text(DEMO)
    trace.write_text(PWT)

    assert open_any("tour").toml == open_document("tour").toml
    assert open_any(str(scenario)).title == "Three pages"
    assert open_any(str(trace), TraceOptions(map="4K")).trace == TraceOptions(map="4K")


@pytest.mark.parametrize(
    ("name", "write"),
    [("a.svg", write_svg), ("A.SVG", write_svg), ("a.png", write_png), ("a.Png", write_png)],
)
def test_a_figure_opens_where_it_was_made(tmp_path: Path, name: str, write: Writer) -> None:
    source = source_of(open_document("tour"), Position(4, 2), "xen")
    figure = write(tmp_path / name, source)

    document = open_any(str(figure))

    assert document.title == "Why the superpage must be split"
    assert (document.strategy, document.position) == ("xen", Position(4, 2))
    assert document.path is None


@pytest.mark.parametrize(("name", "write"), [("a.svg", write_svg), ("a.png", write_png)])
def test_a_picture_of_someone_else_carries_no_source(
    tmp_path: Path, name: str, write: Writer
) -> None:
    error = fault(write(tmp_path / name, ""))

    assert error.message == "carries no source, so there is nothing to reopen"


@pytest.mark.parametrize(("name", "write"), [("a.svg", write_svg), ("a.png", write_png)])
def test_a_figure_with_a_damaged_source_says_so(tmp_path: Path, name: str, write: Writer) -> None:
    assert "is damaged" in fault(write(tmp_path / name, '{"pmlviz": 1}')).message


@pytest.mark.parametrize(("name", "write"), [("a.svg", write_svg), ("a.png", write_png)])
def test_half_a_figure_is_not_a_whole_file(tmp_path: Path, name: str, write: Writer) -> None:
    figure = write(tmp_path / name, "{}")
    figure.write_bytes(figure.read_bytes()[:60])

    assert "is not a whole" in fault(figure).message


def test_a_figure_that_is_not_there_is_answered_like_any_file(tmp_path: Path) -> None:
    assert fault(tmp_path / "a.svg").message == "no such file, and no scenario of that name"
