"""The processor model against an emulator written by others, trace by trace."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pmlviz.core.conform import main_lines, replay
from pmlviz.core.emulator_replay import Departure
from pmlviz.core.errors import PmlvizError

DATA = Path(__file__).parent.parent / "data" / "emulator"
TRACES = sorted(path for path in DATA.rglob("*.json") if path.name != "INDEX.json")
INDEX = {folder.name: json.loads((folder / "INDEX.json").read_bytes()) for folder in DATA.iterdir()}
Trace = dict[str, Any]


def trace(name: str) -> Trace:
    """Return the JSON of the one trace whose name begins so."""
    (path,) = (path for path in TRACES if path.name.startswith(name))
    content: Trace = json.loads(path.read_bytes())
    return content


def changed(name: str, change: Callable[[Trace], object]) -> Trace:
    """Return the trace with something in it changed."""
    content = copy.deepcopy(trace(name))
    change(content)
    return content


@pytest.mark.parametrize("path", TRACES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_model_agrees_with_the_emulator_at_every_step(path: Path) -> None:
    report = replay(path)

    assert report.mismatch is None
    # INDEX.json has the first step at which the emulator departs from the SDM.
    assert report.departs_at == INDEX[path.parent.name][path.name]["sdm_differs_at"]


def test_there_are_traces() -> None:
    assert len(TRACES) == 141


@pytest.mark.parametrize(
    ("name", "departures"),
    [
        ("07", {Departure.FULL_ANY_WALK: 1}),
        ("05", {}),  # the exit came early, but it came: the SDM has it too
        ("37", {Departure.FULL_ANY_WALK: 1}),
        ("22", {Departure.LOW_BITS: 2, Departure.WALK_QUAL: 1}),
        ("29", {Departure.BIT12: 1}),
        ("01", {Departure.LOW_BITS: 2}),
    ],
)
def test_departures_are_named_and_counted(name: str, departures: dict[Departure, int]) -> None:
    assert replay(trace(name)).departures == departures


# ── what must be noticed ────────────────────────────────────────────────────


def step_of(content: Trace, n: int) -> Trace:
    """Return one step of a trace."""
    step: Trace = content["steps"][n]
    return step


@pytest.mark.parametrize(
    ("name", "n", "change", "what"),
    [
        ("01", 1, lambda s: s["ev"][0].__setitem__(1, 510), "event 0"),
        ("01", 1, lambda s: s["ev"][0].__setitem__(2, "0x1001000"), "event 0"),
        ("01", 1, lambda s: s["ev"][0].__setitem__(3, 292), "event 0"),
        ("01", 1, lambda s: s["ev"].clear(), "event 0"),
        ("01", 2, lambda s: s["ev"].append(["log", 510, "0x1000000"]), "event 0"),
        ("01", 1, lambda s: s.__setitem__("idx", 511), "index"),
        ("01", 1, lambda s: s.__setitem__("st", 1), "status"),
        ("01", 5, lambda s: s.__setitem__("val", 1), "value"),
        ("01", 1, lambda s: s["ept"][0].__setitem__(4, "0x1000137"), "EPT entries"),
        ("01", 1, lambda s: s["ept"][0].__setitem__(1, "0x231007"), "EPT entries"),
        ("01", 1, lambda s: s["ept"].append(s["ept"][0]), "EPT entries"),
        ("12", 2, lambda s: s["ev"][0][1].__setitem__("qual", "0x1ab"), "event 0"),
        ("12", 2, lambda s: s["ev"][0][1].__setitem__("gpa", "0x8003000"), "event 0"),
        ("12", 2, lambda s: s["ev"][0][1].__setitem__("gla", "0x8003000"), "event 0"),
        ("12", 2, lambda s: s["ev"][0][1].__setitem__("idx", 510), "event 0"),
        ("12", 2, lambda s: s["ev"][0][1].__setitem__("reason", 49), "event 0"),
        ("12", 2, lambda s: s["ev"][0][1]["pre"][0].__setitem__(3, "0x80003b5"), "event 0"),
        ("12", 2, lambda s: s["ev"][1].__setitem__(2, 2), "event 1"),
        ("22", 5, lambda s: s["ev"][1][1].__setitem__("qual", "0x18a"), "event 1"),
        ("06", 2, lambda s: s["ev"][1].__setitem__(1, 2), "event 1"),
        ("29", 13, lambda s: s["ev"].clear(), "event 0"),
    ],
)
def test_whatever_is_changed_in_a_trace_is_noticed(
    name: str, n: int, change: Callable[[Trace], object], what: str
) -> None:
    content = changed(name, lambda content: change(step_of(content, n)))

    mismatch = replay(content).mismatch

    assert mismatch is not None
    assert (mismatch.step, mismatch.what) == (step_of(content, n)["i"], what)


def test_an_exit_is_not_believed_while_the_log_has_room() -> None:
    full = {"reason": 62, "idx": 511, "at_op": 0, "pre": []}
    content = changed("01", lambda c: step_of(c, 1)["ev"].insert(0, ["exit", full]))

    report = replay(content)

    assert report.mismatch is not None
    assert report.departures == {}


def test_a_departure_is_followed_only_where_the_emulator_departs() -> None:
    def as_the_sdm_has_it(content: Trace) -> None:
        exit_then_drain = slice(0, 2)
        step = step_of(content, 5)
        del step["ev"][exit_then_drain]
        step["idx"] = 65535
        del content["steps"][6:]
        content["final"]["idx"] = 65535

    report = replay(changed("07", as_the_sdm_has_it))

    assert (report.agrees, report.departures) == (True, {})


def test_bit_12_is_ignored_only_where_the_emulator_ignores_it() -> None:
    def as_the_sdm_has_it(content: Trace) -> None:
        step = step_of(content, 11)
        pre = step_of(content, 10)["ept"]
        told = {"reason": 49, "gpa": "0x8000000", "idx": 511, "at_op": 1, "pre": pre}
        step |= {"ev": [["exit", told], ["abort"]], "st": 1, "idx": 511, "ept": pre}
        del content["steps"][12:]
        content["final"]["idx"] = 511

    report = replay(changed("29", as_the_sdm_has_it))

    assert (report.agrees, report.departures) == (True, {})


def test_a_read_through_bit_12_is_a_departure_too() -> None:
    def read_first(content: Trace) -> None:
        step = step_of(content, 11)
        row = [*step["ept"][0][:-1], "0x80011b7"]
        step |= {"op": {"op": "READ", "addr": "0x8000000"}, "ev": [], "idx": 511, "ept": [row]}
        del content["steps"][12:]
        content["final"]["idx"] = 511

    report = replay(changed("29", read_first))

    assert (report.agrees, report.departures) == (True, {Departure.BIT12: 1})


def test_what_the_last_exit_left_is_compared_too() -> None:
    mismatch = replay(changed("01", lambda c: c["final"].update(idx=7))).mismatch

    assert mismatch is not None
    assert (mismatch.what, mismatch.got) == ("final", '{"idx":509,"pml":1,"ad":1}')


def test_events_of_the_first_entry_are_expected_where_none_are_told() -> None:
    def without_boot(content: Trace) -> None:
        del content["steps"][1]

    mismatch = replay(changed("20", without_boot)).mismatch

    assert mismatch is not None
    assert mismatch.step == "boot"


def test_a_guests_own_fault_ends_the_comparison() -> None:
    def unmap(content: Trace) -> None:
        content["scenario"]["guest_map"] = [{"lin": "0x5000000", "gpa": "0x5000000"}]

    mismatch = replay(changed("20", unmap)).mismatch

    assert mismatch is not None
    assert (mismatch.step, mismatch.what) == (2, "a guest page fault")


# ── the command's lines ─────────────────────────────────────────────────────


def test_a_line_says_how_a_trace_came_out(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    contents = {
        "a": trace("05"),
        "b": trace("07"),
        "c": changed("01", lambda c: step_of(c, 1).update(idx=511)),
    }
    for name, content in contents.items():
        (folder / f"{name}.json").write_text(json.dumps(content))
    (folder / "INDEX.json").write_text("{}")

    lines, exit_code = main_lines([tmp_path])

    assert lines == [
        "mine/a: agrees, 4 steps",
        "mine/b: agrees but for full-any-walk ×1",
        "mine/c: DIFFERS at step 1: index",
        "  expected 511",
        "  got      510",
    ]
    assert exit_code == 1


def test_the_exit_code_is_0_where_all_agree() -> None:
    lines, exit_code = main_lines([DATA / "hand" / "07-dirty-write-when-full.json"])

    assert lines == ["hand/07-dirty-write-when-full: agrees but for full-any-walk ×1"]
    assert exit_code == 0


def test_a_folder_without_traces_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PmlvizError, match="no traces in this folder"):
        main_lines([tmp_path])
