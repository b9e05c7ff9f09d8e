"""Traces are read strictly, and faults are named."""

import json
from pathlib import Path
from typing import Any

import pytest

from pmlviz.core.emulator_trace import FORMAT, decode, number, read
from pmlviz.core.errors import TraceError

STEP = {"i": 0, "op": {"op": "MAP", "gpa": "0x1000000", "A": 1}, "ev": [], "st": 0, "idx": 511}
TRACE: dict[str, Any] = {
    "format": FORMAT,
    "emulator": "some emulator",
    "cpu": "some processor",
    "scenario": {"name": "a", "doc": "what it shows", "index": "0x1ff"},
    "steps": [STEP, {"i": "end", "ev": []}],
    "final": {"idx": 511, "pml": 1, "ad": 1},
}


def test_a_trace_is_read_with_its_defaults() -> None:
    trace = decode(TRACE)

    scenario, op = trace.scenario, trace.steps[0].op
    assert (scenario.guest, scenario.mode, scenario.on_full) == ("unpaged32", "step", "drain")
    assert op is not None
    assert (op.op, op.a, op.d, op.level, op.count, op.memtype) == ("MAP", 1, 0, "4K", 1, 6)
    assert [step.i for step in trace.steps] == [0, "end"]


def test_numbers_are_integers_or_texts() -> None:
    assert [number(value) for value in (7, "7", "0x1ff")] == [7, 7, 511]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "something/2"}, "unknown format 'something/2'"),
        ({"scenario": {"name": "a", "mode": "fast"}}, r"Invalid enum value 'fast'.*mode"),
        ({"scenario": {"name": "a", "index": "many"}}, r"matching regex.*index"),
        ({"steps": [STEP | {"op": {"op": "MUP"}}]}, r"Invalid enum value 'MUP'.*op"),
        ({"steps": [STEP | {"ev": [["exit"]]}]}, "step 0: list index out of range"),
        ({"steps": [STEP | {"ev": [[]]}]}, "step 0: list index out of range"),
        ({"steps": [STEP | {"ev": [["exit", {"reason": 62}]]}]}, "step 0: .*missing.*idx"),
        ({"steps": [STEP | {"ev": [["exit", {"reason": 18}]]}]}, "step 0: Invalid enum value 18"),
        ({"final": {}}, r"missing required field `idx`.*final"),
    ],
)
def test_what_is_no_trace_is_refused_by_name(change: dict[str, Any], message: str) -> None:
    with pytest.raises(TraceError, match=message) as refused:
        decode(TRACE | change, path="mine.json")

    assert refused.value.path == "mine.json"
    assert FORMAT in refused.value.hint


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(TRACE))

    assert read(path) == decode(TRACE)


@pytest.mark.parametrize(
    ("content", "message"), [("[1,", "truncated"), ("[]", "Expected `object`"), ("", "truncated")]
)
def test_a_file_that_is_no_trace_is_named(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(content)

    with pytest.raises(TraceError, match=message) as refused:
        read(path)

    assert refused.value.path == str(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match=r"none\.json: No such file"):
        read(tmp_path / "none.json")
