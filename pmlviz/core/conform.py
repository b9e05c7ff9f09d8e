"""Compare the processor model with an emulator, trace by trace.

After every operation the events, the index, the exits and the raw EPT entries must be those of the
trace. In four places the emulator is known to depart from the SDM (`Departure`): there the model
stands by the SDM, and the departure is counted. The first thing else that differs is reported.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from pmlviz.core.emulator_replay import Departure, Outcome, Replay, Told
from pmlviz.core.emulator_trace import EmulatorTrace, Row, Step, decode, read
from pmlviz.core.errors import IllegalAction, PmlvizError
from pmlviz.core.exits import Qualification

INDEX_FILE = "INDEX.json"
"""A list of traces, not a trace."""
_ADVANCED = 7 << 9
"""Qualification bits 11:9, "advanced VM-exit information": a capability that is not modelled."""


class Mismatch(msgspec.Struct, frozen=True):
    """The first place where model and trace part: *what* of which *step*, as JSON."""

    step: int | str
    what: str
    expected: str
    got: str


class ConformReport(msgspec.Struct, frozen=True):
    """What the replay of one trace gave."""

    name: str
    steps: int
    departures: dict[Departure, int]
    """How often the emulator departed from the SDM, in the order of `Departure`."""
    departs_at: int | str | None
    """The first step with a departure that changes more than what is logged in bits 11:0."""
    mismatch: Mismatch | None = None

    @property
    def agrees(self) -> bool:
        """Whether nothing but known departures was found."""
        return self.mismatch is None


def replay(source: str | Path | dict[str, Any]) -> ConformReport:
    """Replay the trace in a file, or its JSON. Raises TraceError for what is no trace."""
    trace = decode(source) if isinstance(source, dict) else read(source)
    machine = Replay(trace)
    departures: Counter[Departure] = Counter()
    departs_at: int | str | None = None
    mismatch = None
    for step in _steps(trace):
        found, mismatch = _play(machine, step)
        departures += found
        if departs_at is None and found.keys() - {Departure.LOW_BITS}:
            departs_at = step.i
        if mismatch is not None:
            break
    this = machine.cpu.vcpu
    final = trace.final
    if mismatch is None and (final.idx, final.pml, final.ad) != (this.pml_index, this.pml, this.ad):
        got = {"idx": this.pml_index, "pml": int(this.pml), "ad": int(this.ad)}
        mismatch = Mismatch("end", "final", _json(msgspec.to_builtins(final)), _json(got))
    ordered = {kind: departures[kind] for kind in Departure if departures[kind]}
    return ConformReport(trace.scenario.name, len(trace.steps), ordered, departs_at, mismatch)


def main_lines(paths: Iterable[str | Path]) -> tuple[list[str], int]:
    """Return a line for each trace in *paths*, and the exit code: 1 if one differs, else 0.

    Folders stand for the traces in them, at any depth. Raises PmlvizError for what is no trace.
    """
    lines, exit_code = [], 0
    for path in _traces(paths):
        report = replay(path)
        lines += _lines(f"{path.parent.name}/{path.stem}", report)
        exit_code |= not report.agrees
    return lines, int(exit_code)


def _traces(paths: Iterable[str | Path]) -> list[Path]:
    found: list[Path] = []
    for path in map(Path, paths):
        inside = sorted(p for p in path.rglob("*.json") if p.name != INDEX_FILE)
        if path.is_dir() and not inside:
            raise PmlvizError("no traces in this folder", place=str(path), hint="they end in .json")
        found += inside if path.is_dir() else [path]
    return found


def _lines(name: str, report: ConformReport) -> list[str]:
    mismatch = report.mismatch
    if mismatch is not None:
        return [
            f"{name}: DIFFERS at step {mismatch.step}: {mismatch.what}",
            f"  expected {mismatch.expected}",
            f"  got      {mismatch.got}",
        ]
    if not report.departures:
        return [f"{name}: agrees, {report.steps} steps"]
    counts = ", ".join(f"{kind.value} ×{n}" for kind, n in report.departures.items())
    return [f"{name}: agrees but for {counts}"]


def _steps(trace: EmulatorTrace) -> list[Step]:
    """Return the steps, with the first VM entry and the end also where nothing came of them."""
    steps = list(trace.steps)
    named = {step.i for step in steps}
    if "boot" not in named:
        before = sum(step.op is not None and bool(step.op.auto) for step in steps)
        steps.insert(before, Step("boot", []))
    return steps if "end" in named else [*steps, Step("end", [])]


def _play(machine: Replay, step: Step) -> tuple[Counter[Departure], Mismatch | None]:
    """Play *step*, following the emulator; returns its departures, and the first mismatch."""
    by_the_sdm = machine.fork()
    try:
        outcome = machine.play(step, follow=True)
    except IllegalAction as error:
        return Counter(), Mismatch(step.i, "a guest page fault", _json(step.ev), str(error))
    mismatch = _compare(step, outcome, follow=True)
    departures = outcome.departures
    if mismatch is None and Departure.FULL_ANY_WALK in departures:
        # An exit that only came early is none of the four: the SDM has it too, later in the step.
        strict = by_the_sdm.play(step, follow=False)
        if _compare(step, strict, follow=False) is None:
            del departures[Departure.FULL_ANY_WALK]
    return departures, mismatch


def _compare(step: Step, outcome: Outcome, *, follow: bool) -> Mismatch | None:
    """Return the first mismatch; counts in *outcome* what the emulator merely reports otherwise."""
    pairs = list(zip(step.ev, outcome.ev, strict=False))
    wrong = next(
        (n for n, pair in enumerate(pairs) if not _same(*pair, outcome, follow=follow)), None
    )
    if wrong is not None or len(step.ev) != len(outcome.ev):
        at = len(pairs) if wrong is None else wrong
        return Mismatch(
            step.i, f"event {at}", _json(step.ev[at : at + 1]), _json(outcome.ev[at : at + 1])
        )
    checks: Sequence[tuple[str, Any, Any]] = (
        ("status", step.st, outcome.st),
        ("value", step.val, outcome.val),
        ("index", step.idx, outcome.idx),
    )
    for what, expected, got in checks:
        # A trace leaves out what it does not know, and the replay what no rule defines.
        if None not in (expected, got) and expected != got:
            return Mismatch(step.i, what, _json(expected), _json(got))
    if step.ept is not None and not _same_rows(step.ept, outcome.ept):
        return Mismatch(step.i, "EPT entries", _json(step.ept), _json(outcome.ept))
    return None


def _same(expected: Told, got: Told, outcome: Outcome, *, follow: bool) -> bool:
    match expected:
        case ["log", slot, page, low]:
            outcome.departures[Departure.LOW_BITS] += 1
            return got == ["log", slot, page, low]
        case ["log", slot, page]:
            return got[:3] == expected
        case ["exit", told, *_]:
            return got[0] == "exit" and _same_exit(told, got[1], outcome, follow=follow)
        case _:
            return expected == got


def _same_exit(
    expected: dict[str, Any], got: dict[str, Any], outcome: Outcome, *, follow: bool
) -> bool:
    # Where the exit came is the emulator's business; what the SDM says of it is a label, no fact.
    ignored = {"sdm", "pre", "qual"} if follow else {"sdm", "pre", "qual", "at_op"}
    if any(got.get(key) != value for key, value in expected.items() if key not in ignored):
        return False
    if not _same_rows(expected.get("pre", []), got["pre"]):
        return False
    if "qual" not in expected:
        return "qual" not in got
    theirs, ours = int(expected["qual"], 0) & ~_ADVANCED, int(got.get("qual", "0"), 0)
    if theirs == ours:
        return True
    walk = not ours & Qualification.GLA_TRANSLATION and ours & Qualification.WRITE
    if walk and theirs | Qualification.READ == ours:
        outcome.departures[Departure.WALK_QUAL] += 1
        return True
    return False


def _same_rows(expected: list[Row], got: list[Row]) -> bool:
    """Return whether the walks are the same; one may end at a malformed entry that leads on."""
    if len(expected) != len(got):
        return False
    for theirs, ours in zip(expected, got, strict=True):
        shown = ours[: len(theirs)] if _leads_nowhere(theirs[-1]) else ours
        if theirs != shown:
            return False
    return True


def _leads_nowhere(entry: str) -> bool:
    """Return whether *entry* is no superpage, and malformed for one that leads to a table."""
    return int(entry, 0) & 0xF8 in range(0x08, 0x80)


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
