"""The command line: what each command prints, its exit codes, and its errors of two lines."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pmlviz import __version__
from pmlviz.cli import CANCELLED, FAILED, GOOD, USAGE, run_command
from pmlviz.core import scenarios
from pmlviz.core.document import open_document, source_of
from pmlviz.core.strategies import STRATEGIES
from pmlviz.core.timeline import START
from pmlviz.ui.figures import png
from pmlviz.ui.figures.registry import FIGURES
from tests.core.scenario_texts import DEMO, changed
from tests.core.trace_files import PWT
from tests.golden import ROOT

Captured = pytest.CaptureFixture[str]
QT = ("PySide6", "shiboken6", "pyqtgraph", "qtawesome")

WITHOUT_QT = f"""
import sys
from pmlviz.cli import run_command
code = run_command(sys.argv[1:])
found = sorted(name for name in sys.modules if name.partition(".")[0] in {QT!r})
sys.exit(f"imported {{found[:3]}}" if found else code)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be in an empty folder, so that files have short names."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def good(capsys: Captured, *arguments: str) -> str:
    """Return what a command prints that ends well and complains of nothing."""
    code = run_command(list(arguments))
    out, err = capsys.readouterr()
    assert (code, err) == (GOOD, "")
    return out


def complaint(capsys: Captured, *arguments: str) -> str:
    """Return what a command says that cannot be done: one or two lines, and no more."""
    code = run_command(list(arguments))
    out, err = capsys.readouterr()
    assert (code, out) == (USAGE, "")
    lines = err.splitlines()
    assert len(lines) <= 2
    assert all(line.startswith("  hint: ") for line in lines[1:])
    return err


# ── listings ────────────────────────────────────────────────────────────────


def test_scenarios_are_listed_id_first(capsys: Captured) -> None:
    lines = good(capsys, "scenarios").splitlines()

    assert [line.split()[0] for line in lines[::2]] == list(scenarios.ORDER)
    assert lines[0].endswith("Why the superpage must be split")


def test_scenarios_are_listed_as_json(capsys: Captured) -> None:
    rows = json.loads(good(capsys, "scenarios", "--json"))

    assert [row["id"] for row in rows] == list(scenarios.ORDER)
    assert rows[0] == {
        "id": "tour",
        "title": "Why the superpage must be split",
        "shows": "A guest of 16 MiB in eight 2 MiB pages."
        " Nothing splits them, and the drain believes the log.",
        "claim": "C20",
        "strategy": "superpage-naive",
    }


def test_strategies_are_listed_with_policies_source_and_trade_off(capsys: Captured) -> None:
    text = good(capsys, "strategies")

    for strategy in STRATEGIES.values():
        assert strategy.name in text
        assert strategy.trade_off in text
        assert f"source: {strategy.source}" in text
    assert "superpage-naive   (unsound on purpose)" in text
    assert "tracking:" in text


def test_strategies_are_listed_as_json(capsys: Captured) -> None:
    rows = json.loads(good(capsys, "strategies", "--json"))

    assert [row["id"] for row in rows] == list(STRATEGIES)
    assert {"id", "sound", "policies", "source", "trade_off"} == rows[0].keys()


def test_info_names_versions_fonts_and_folders(capsys: Captured) -> None:
    rows = json.loads(good(capsys, "info", "--json"))

    assert rows["pmlviz"] == __version__
    assert "DejaVuSans.ttf" in rows["fonts"]
    assert {"python", "platform", "PySide6-Essentials", "settings", "state"} <= rows.keys()
    assert __version__ in good(capsys, "info")


def test_version_and_help(capsys: Captured) -> None:
    assert good(capsys, "--version") == f"pmlviz {__version__}\n"
    assert "pmlviz [FILE] opens" in good(capsys, "--help")
    assert good(capsys, "-h") == good(capsys, "--help")
    assert "--clean-every" in good(capsys, "run", "--help")


# ── run ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", scenarios.ORDER)
def test_every_scenario_of_the_gallery_runs_and_comes_out(name: str, capsys: Captured) -> None:
    assert "FAILED" not in good(capsys, "run", name)


def test_run_under_another_strategy_is_promised_nothing(capsys: Captured) -> None:
    end = json.loads(good(capsys, "run", "tour", "-s", "xen", "--json").splitlines()[-1])

    assert (end["strategy"], end["lost_pages"]) == ("xen", 0)


def test_run_ends_with_1_if_a_scenario_does_not_come_out(folder: Path, capsys: Captured) -> None:
    Path("demo.toml").write_text(changed(("[5, 6, 7]", "[5]")))

    assert run_command(["run", "demo.toml"]) == FAILED
    assert "FAILED  bitmap: expected [5], got [5, 6, 7]" in capsys.readouterr().out


def test_run_plays_a_trace_mapped_cleaned_and_cut_as_asked(folder: Path, capsys: Captured) -> None:
    Path("hand.pwt").write_text(PWT)

    whole = good(capsys, "run", "hand.pwt", "--json", "--map", "4K", "--clean-every", "1000")
    cut = good(capsys, "run", "hand.pwt", "--json", "--limit", "2")

    end = json.loads(whole.splitlines()[-1])
    assert (end["written_pages"], end["cleans"], end["splits"]) == (4, 1, 0)
    assert json.loads(cut.splitlines()[-1])["items"] == 3


# ── pictures ────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("qapp")  # else the first picture starts a Qt without widgets
@pytest.mark.parametrize("name", ["a.svg", "a.png", "a.pdf", "a.txt", "a.md", "a.csv"])
def test_export_writes_a_file_and_says_which(folder: Path, capsys: Captured, name: str) -> None:
    out = good(capsys, "export", "tour-xen", "--figure", "pml", "--at", "4.6", "-o", name)

    assert out == f"{name}\n"
    assert (folder / name).stat().st_size > 10
    assert [path.name for path in folder.iterdir()] == [name]


def test_help_names_every_figure(capsys: Captured) -> None:
    text = " ".join(good(capsys, "export", "--help").split())

    assert all(re.search(rf"\b{name}\b", text) for name in FIGURES)


def test_export_draws_the_end_unless_told_where(folder: Path, capsys: Captured) -> None:
    good(capsys, "export", "tour", "-f", "counters", "-o", "end.svg")
    good(capsys, "export", "tour", "-f", "counters", "--at", "3", "-s", "xen", "-o", "third.svg")

    assert "tour · item 7 · superpage-naive" in Path("end.svg").read_text()
    assert "tour · item 3 · xen" in Path("third.svg").read_text()


def test_an_exported_figure_is_a_scenario_for_every_command(folder: Path, capsys: Captured) -> None:
    good(capsys, "export", "tour", "-f", "pml", "--at", "4.2", "-o", "first.svg")

    good(capsys, "export", "first.svg", "-f", "pml", "-o", "second.svg")

    assert "first.svg · item 4.2 · superpage-naive" in Path("second.svg").read_text()
    assert "7 items under superpage-naive" in good(capsys, "run", "second.svg")


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", ["a.svg", "a.png", "a.pdf", "a.gif", "a.webp"])
def test_a_filmstrip_is_several_positions_in_one_file(
    folder: Path, capsys: Captured, name: str
) -> None:
    words = ["filmstrip", "tour", "--at", "3, 4.2,6", "--figure", "pml", "-o", name]

    assert good(capsys, *words) == f"{name}\n"
    assert (folder / name).stat().st_size > 500


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["export", "tour"], "Missing option '-o' / '--out'"),
        (["export", "tour", "-o", "a.jpg"], "a.jpg: is no kind of file for this"),
        (["export", "tour", "-o", "no/a.svg"], "no/a.svg: cannot be written: No such file"),
        (["export", "tour", "-o", "."], "is no kind of file"),
        (["export", "toor", "-o", "a.svg"], "toor: no such file"),
        (["export", "tour", "-f", "pmk", "-o", "a.svg"], "unknown figure 'pmk'\n  hint: did you"),
        (["export", "tour", "--theme", "drak", "-o", "a.svg"], "unknown theme 'drak'"),
        (["export", "tour", "--at", "8", "-o", "a.svg"], "--at 8: there is no item 8"),
        (["export", "tour", "--at", "3.99", "-o", "a.svg"], "--at 3.99: there is no event 99"),
        (["export", "tour", "--at", "x", "-o", "a.svg"], "--at x\n  hint: an item number"),
        (["export", "tour", "--width", "0", "-o", "a.svg"], "--width 0\n  hint: 20 to 1000 mm"),
        (["export", "tour", "--scale", "9", "-o", "a.svg"], "--scale 9\n  hint: 1 to 4"),
        (["filmstrip", "tour", "-o", "a.svg"], "Missing option '--at'"),
        (["filmstrip", "tour", "--at", "3,", "-o", "a.svg"], "--at \n  hint: an item number"),
        (["filmstrip", "tour", "--at", "3", "-o", "a.md"], "a.md: is no kind of file for this"),
    ],
)
def test_a_picture_that_cannot_be_made_is_one_message_and_leaves_nothing(
    folder: Path, capsys: Captured, arguments: list[str], says: str
) -> None:
    assert says in complaint(capsys, *arguments)
    assert list(folder.iterdir()) == []


# ── conform ─────────────────────────────────────────────────────────────────


def test_conform_prints_a_line_a_trace(capsys: Captured) -> None:
    traces = sorted((ROOT / "tests/data/emulator").rglob("*.json"))[:1]

    assert "agrees" in good(capsys, "conform", *map(str, traces))


def test_conform_ends_with_1_at_a_difference(folder: Path, capsys: Captured) -> None:
    path = next(
        p for p in sorted((ROOT / "tests/data/emulator").rglob("*.json")) if "first" in p.name
    )
    Path("changed.json").write_text(path.read_text().replace('"idx":510', '"idx":509'))

    assert run_command(["conform", "changed.json"]) == FAILED
    assert "DIFFERS at step" in capsys.readouterr().out


# ── errors ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run", "toor"], "toor: no such file, and no scenario of that name"),
        (["run", "toor"], "did you mean 'tour'?"),
        (["run", "no/such.toml"], "no/such.toml: no such file"),
        (["run", "."], ".: is a folder"),
        (["run", "tour", "--strategy", "xenn"], "unknown strategy 'xenn'\n  hint: did you mean"),
        (["run", "tour", "--map", "8K"], "--map 8K\n  hint: one of 4K, 2M, 1G"),
        (["run", "tour", "--limit", "0"], "--limit 0\n  hint: records, at least 1"),
        (["run", "tour", "--clean-every", "-1"], "--clean-every -1\n  hint: guest instructions"),
        (["run", "tour", "--limit", "many"], "pmlviz: Invalid value for '--limit'"),
        (["run", "tour", "--fast"], "No such option: --fast"),
        (["run"], "Missing argument 'SCENARIO'"),
        (["run", "tour", "tour-xen"], "unexpected extra argument"),
        (["wirte"], "No such command 'wirte'"),
        (["--verison"], "No such option: --verison"),
        ([], "Missing command"),
        (["conform", "no/such.json"], "no/such.json"),
        (["conform", "."], "no traces in this folder"),
        (["conform"], "Missing argument 'TRACE'"),
    ],
)
def test_what_cannot_be_done_is_one_message_and_exit_code_2(
    folder: Path, capsys: Captured, arguments: list[str], says: str
) -> None:
    assert says in complaint(capsys, *arguments)


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("bad.toml", DEMO.replace("write 0x7", "wirte 0x7").encode(), "bad.toml:13: unknown op"),
        ("bad.toml", b"title = ", "bad.toml:1: Invalid value"),
        ("thing.bin", bytes(range(256)), "thing.bin"),
        ("empty", b"", "empty"),
        ("bad.pwt", PWT.replace("5 0 1a", "5 0 zz").encode(), "bad.pwt:5"),
        ("half.pwt.xz", b"\xfd7zXZ\0\0", "half.pwt.xz"),
        ("other.png", png.encode(1, 1, b"\0\0\0", "rgb"), "other.png: carries no source"),
        ("half.png", png.encode(1, 1, b"\0\0\0", "rgb")[:40], "half.png: is not a whole PNG"),
        ("other.svg", b"<svg/>", "other.svg: carries no source"),
        ("half.svg", b"<svg", "half.svg: is not a whole SVG"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_one_message(
    folder: Path, capsys: Captured, name: str, data: bytes, says: str
) -> None:
    Path(name).write_bytes(data)

    assert says in complaint(capsys, "run", name)


def test_a_figure_whose_trace_is_elsewhere_says_which(folder: Path, capsys: Captured) -> None:
    (folder / "traces").mkdir()
    trace = folder / "traces" / "hand.pwt"
    trace.write_text(PWT)
    source = source_of(open_document(str(trace)), START, "xen")
    Path("figure.png").write_bytes(png.encode(1, 1, b"\0\0\0", "rgb", texts={"Source": source}))

    said = complaint(capsys, "run", "figure.png")

    assert said.startswith("figure.png: the figure shows trace 'hand.pwt', which is not beside it")


def test_a_command_that_is_interrupted_says_so(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr("pmlviz.cli_play.play", interrupted)

    assert run_command(["run", "tour"]) == CANCELLED
    assert capsys.readouterr().err == "cancelled\n"


# ── processes ───────────────────────────────────────────────────────────────


def python(*words: str, folder: Path, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run Python as a person's shell would: no platform asked of Qt, a folder of its own."""
    environment = {k: v for k, v in os.environ.items() if k != "QT_QPA_PLATFORM"}
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=environment | {"PYTHONPATH": str(ROOT)},
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "tour"],
        ["run", "hand.pwt", "--json"],
        ["scenarios"],
        ["strategies"],
        ["info"],
        ["conform", "first.json"],
        ["export", "tour", "--figure", "pml", "-o", "pml.svg"],
        ["filmstrip", "tour", "--figure", "pml", "--at", "3,4", "-o", "strip.svg"],
    ],
    ids=" ".join,
)
def test_commands_that_show_no_pixels_import_no_qt(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "hand.pwt").write_text(PWT)
    first = next((ROOT / "tests/data/emulator").rglob("*first*.json"))
    (tmp_path / "first.json").write_bytes(first.read_bytes())

    run = python("-c", WITHOUT_QT, *arguments, folder=tmp_path)

    assert (run.returncode, run.stderr) == (0, "")


@pytest.mark.slow
def test_the_program_runs_as_a_module(tmp_path: Path) -> None:
    run = python("-m", "pmlviz", "run", "tour-xen", "--json", folder=tmp_path)

    assert (run.returncode, run.stderr) == (0, "")
    assert json.loads(run.stdout.splitlines()[-1])["exits"] == {"48": 1, "49": 1, "62": 0}


@pytest.mark.slow
def test_an_error_of_the_program_is_its_exit_code_and_two_lines(tmp_path: Path) -> None:
    run = python("-m", "pmlviz", "run", "toor", folder=tmp_path)

    assert (run.returncode, run.stdout) == (2, "")
    assert len(run.stderr.splitlines()) == 2


@pytest.mark.slow
def test_a_reader_that_stops_reading_is_no_error(tmp_path: Path) -> None:
    program = f"{sys.executable} -m pmlviz run pml-full --json | head -1"

    run = python(
        "-c",
        "import subprocess, sys; sys.exit(subprocess.run(sys.argv[1], shell=True).returncode)",
        program,
        folder=tmp_path,
    )

    assert run.stderr == ""
    assert json.loads(run.stdout)["event"] == 1
