"""The gallery: each scenario comes out as it says, and reads well."""

import re
from pathlib import Path

import pytest

from pmlviz.core import scenarios
from pmlviz.core.document import of_scenario
from pmlviz.core.errors import PmlvizError
from pmlviz.core.expect import failures
from pmlviz.core.scenario import Expect
from pmlviz.core.stats import Mark
from pmlviz.core.strategies import STRATEGIES

FOLDER = Path(scenarios.__file__).parent
names = pytest.mark.parametrize("name", scenarios.ORDER)


def test_every_file_is_in_the_gallery_and_the_gallery_is_files() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.toml")) == sorted(scenarios.ORDER)


@names
def test_a_scenario_comes_out_as_its_file_says(name: str) -> None:
    scenario = scenarios.load(name)
    timeline = of_scenario(scenario, name).timeline()

    wrong = failures(timeline, scenario.file.expect)

    assert wrong == []
    assert all(not timeline.play(n).refused for n in range(1, len(scenario.script) + 1))


@names
def test_a_scenario_says_what_it_expects(name: str) -> None:
    assert scenarios.load(name).file.expect != Expect()


@names
def test_a_scenario_reads_well(name: str) -> None:
    file = scenarios.load(name).file

    assert 10 <= len(file.title) <= 80
    assert not file.title.endswith(".")
    assert file.about.endswith(".")
    assert len(file.about) <= 200
    assert re.fullmatch(r"(C[1-9]\d?)?", file.claim)
    for note in file.note:
        assert note.text.endswith((".", "?"))
        assert len(note.text) <= 160
    assert [note.at for note in file.note] == sorted({note.at for note in file.note})


@names
def test_lines_of_a_scenario_file_fit_a_screen(name: str) -> None:
    assert max(map(len, scenarios.text_of(name).splitlines())) <= 140


@names
def test_a_scenario_goes_on_in_another_of_the_gallery(name: str) -> None:
    following = scenarios.load(name).file.next

    assert following in ("", *scenarios.ORDER)
    assert following != name


def test_every_strategy_is_shown_by_a_scenario() -> None:
    shown = {scenarios.load(name).strategy for name in scenarios.ORDER}

    assert shown == set(STRATEGIES)


def test_the_gallery_shows_every_kind_of_mark() -> None:
    seen = Mark(0)
    for name in scenarios.ORDER:
        timeline = of_scenario(scenarios.load(name), name).timeline()
        timeline.record_to(len(timeline.script))
        for mark in timeline.summary.marks:
            seen |= Mark(mark)

    assert seen == ~Mark(0)


def test_the_tour_loses_two_pages_and_goes_on_to_the_same_writes_under_xen() -> None:
    tour, xen = scenarios.load("tour"), scenarios.load("tour-xen")

    assert tour.file.next == "tour-xen"
    assert tour.file.expect.lost == [6, 7]
    assert xen.file.expect.corrupt == []
    assert [line.text for line in tour.script.lines()] == [line.text for line in xen.script.lines()]
    assert tour.start == xen.start


def test_an_id_that_is_not_in_the_gallery_is_answered_with_those_that_are() -> None:
    with pytest.raises(PmlvizError, match="no scenario 'toor'"):
        scenarios.text_of("toor")
