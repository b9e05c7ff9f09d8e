"""The documents: their pictures, commands, keys and paths are those of the program."""

import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from pmlviz.cli import GOOD, run_command
from pmlviz.start import COMMANDS, start_window
from pmlviz.ui.commands import COMMANDS as WINDOW_COMMANDS
from pmlviz.ui.figure_files import write_tour
from tests.golden import ROOT, Golden

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCKS = re.findall(r"^```\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
LINES = [line.partition("#")[0].strip() for block in BLOCKS for line in block.splitlines()]
pages = pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)


@pytest.mark.slow
def test_the_pictures_are_what_the_program_draws_now(golden: Golden, tmp_path: Path) -> None:
    window = tmp_path / "window.svg"
    command = "export tour-xen --at 4 -o"
    assert f"`pmlviz {command} docs/pictures/window.svg`" in README

    assert run_command([*command.split(), str(window)]) == GOOD
    (tour,) = write_tour(tmp_path, ["svg"])

    pictures = replace(golden, data=ROOT / "docs/pictures")
    pictures(window.read_bytes(), "window.svg")
    pictures(tour.read_bytes(), "tour.svg")


@pytest.mark.parametrize(
    "line", [line for line in LINES if line.startswith("pmlviz ") and "TRACE" not in line]
)
def test_the_commands_of_the_readme_run(
    line: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    words = shlex.split(line)[1:]

    if words[0] in COMMANDS:
        assert run_command(words) == GOOD
    else:
        monkeypatch.setattr("pmlviz.start.has_display", lambda: False)
        assert start_window(words) == 2
        assert "no display" in capsys.readouterr().err


def test_every_command_is_in_the_readme() -> None:
    shown = {line.split()[1] for line in LINES if line.startswith("pmlviz ")}

    assert set(COMMANDS) <= shown


def test_the_keys_of_the_readme_are_keys_of_the_window() -> None:
    table = README.partition("## Keys")[2].partition("## ")[0]
    rows = re.findall(r"^\| (.+?) \| .* \|$", table, re.MULTILINE)[1:]
    named = {key.strip() for row in rows for key in row.split(", ")}
    window = {key for c in WINDOW_COMMANDS.values() for key in (*c.keys, *c.figure_keys)}

    assert len(named) > 25
    assert named - window == set()


@pages
def test_links_lead_to_files_that_are_there(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))

    missing = [link for link in links if not (page.parent / link).exists()]

    assert missing == []


@pages
def test_paths_named_in_the_documents_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    paths = re.findall(r"`((?:core|ui|tests|pmlviz|docs|bench)/[\w./-]*)`", text)
    paths += re.findall(r"`(\w+\.(?:py|toml))`", text)

    missing = [
        path
        for path in paths
        if not any((ROOT / base / path).exists() for base in ("", "pmlviz", "pmlviz/core"))
    ]

    assert missing == []


@pages
def test_a_page_fits_a_screen_and_is_no_placeholder(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    assert text.startswith("# ")
    assert re.search(r"\b(TODO|FIXME|TBD|coming soon)\b", text) is None
    if page.parent.name == "adr":
        assert re.match(rf"# {int(page.name[:4])}\. ", text)
        assert {"## Context", "## Decision", "## Consequences"} <= set(text.splitlines())
        assert len(text.splitlines()) <= 60
