"""A trace as a value: where CLEANs fall, and the counts its records must lead to."""

from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlviz.core.errors import PmlvizError
from pmlviz.core.trace import clean_points, read_trace
from pmlviz.core.write_trace import WriteTrace
from tests.core.reference_counts import ReferenceCounts, reference_counts
from tests.core.trace_files import BOOT, LACKEY_RAW, PWT, REDIS, TRACES, pwt_texts, real

SORT = "lackey/lackey_sort.pwt.xz"


class Expected(ReferenceCounts, frozen=True, kw_only=True):
    """A line of expected.jsonl."""

    trace: str
    clean_interval_insns: int


EXPECTED = [
    msgspec.json.decode(line, type=Expected)
    for line in (TRACES / "expected.jsonl").read_bytes().splitlines()
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("traces")


def intervals(trace: WriteTrace, every: int) -> list[tuple[int, int]]:
    """Return the runs of records between CLEANs."""
    return list(pairwise([0, *clean_points(trace, every), len(trace)]))


@pytest.mark.slow
@pytest.mark.parametrize(
    "expected", EXPECTED, ids=lambda line: f"{line.trace}-{line.clean_interval_insns}"
)
def test_real_traces_lead_to_the_reference_counts(expected: Expected) -> None:
    [path] = TRACES.rglob(expected.trace)

    found = reference_counts(real(str(path.relative_to(TRACES))), expected.clean_interval_insns)

    assert msgspec.to_builtins(found).items() <= msgspec.to_builtins(expected).items()


@pytest.mark.parametrize("expected", EXPECTED[:4], ids=lambda line: line.clean_interval_insns)
def test_clean_points_part_the_records_as_the_reference_does(expected: Expected) -> None:
    trace = real(BOOT)

    runs = intervals(trace, expected.clean_interval_insns)

    dirty = [len(np.unique(trace.gfn[first:end])) for first, end in runs]
    assert len(runs) == expected.clean_intervals_with_writes
    assert (sum(dirty), max(dirty)) == (expected.wp_faults, expected.max_dirty_in_interval)


@settings(max_examples=50, deadline=timedelta(seconds=1))
@given(text=pwt_texts(), every=st.integers(1, 3_000_000))
def test_a_clean_comes_at_the_first_epoch_boundary_after_each_multiple(
    folder: Path, text: str, every: int
) -> None:
    (folder / "t.pwt").write_bytes(text.encode())
    trace = read_trace(folder / "t.pwt")

    points = clean_points(trace, every)

    starts = trace.epoch_starts.tolist()
    passed = [before // every < after // every for before, after in pairwise(starts)]
    assert points == [record for record, clean in enumerate(passed, start=1) if clean]


def test_the_second_block_of_an_epoch_is_no_boundary(tmp_path: Path) -> None:
    (tmp_path / "t.pwt").write_text(PWT)
    trace = read_trace(tmp_path / "t.pwt")

    assert trace.epoch_insn.tolist() == [0, 0, 2000]
    assert clean_points(trace, 1) == [4]
    assert clean_points(trace, 1000) == [4]
    assert clean_points(trace, 2001) == []


@pytest.mark.parametrize("every", [0, -5])
def test_an_interval_that_is_none_is_refused(every: int) -> None:
    with pytest.raises(PmlvizError, match=f"CLEAN every {every} instructions"):
        clean_points(real(LACKEY_RAW), every)


def test_each_record_knows_the_start_of_its_epoch(tmp_path: Path) -> None:
    (tmp_path / "t.pwt").write_text(PWT)

    trace = read_trace(tmp_path / "t.pwt")

    assert trace.epoch_starts.tolist() == [0, 0, 0, 0, 2000]
    assert trace.epoch_starts.shape == trace.gfn.shape


def test_a_virtual_trace_remembers_the_pages_it_named() -> None:
    trace = real(SORT)

    assert trace.named_pages[:3].tolist() == [0x1FFF000, 0x4033, 0x4032]
    assert trace.gfn[:3].tolist() == [0x000, 0x233, 0x232]
    assert [trace.vpn(gfn) for gfn in (0x000, 0x233, 0x232)] == [0x1FFF000, 0x4033, 0x4032]


def test_a_trace_of_guest_frames_names_no_virtual_pages() -> None:
    trace = real(BOOT)

    assert trace.vpn(6) is None
    assert (trace.named_pages == trace.gfn).all()


def test_a_record_costs_thirteen_bytes() -> None:
    trace = real(BOOT)

    assert len(trace) == 181_378
    assert trace.vcpu.nbytes + trace.gfn.nbytes + trace.insn.nbytes == 13 * 181_378


@pytest.mark.slow
def test_host_times_split_a_real_migration_as_its_rounds_were_counted() -> None:
    rounds = [
        line.split()
        for line in (TRACES / REDIS).with_name("rounds.txt").read_text().splitlines()[1:-1]
    ]
    trace = real(REDIS)
    assert trace.epoch_host_us is not None
    ends = np.append(trace.epoch_record[1:], len(trace))
    syncs = [round(float(row[1]) * 1e6) for row in rounds]
    begin = syncs[0] - round(float(rounds[0][2]) * 1e6)

    distinct = []
    for after, until in pairwise([begin, *syncs]):
        inside = np.flatnonzero((trace.epoch_host_us > after) & (trace.epoch_host_us <= until))
        first, end = trace.epoch_record[inside[0]], ends[inside[-1]]
        distinct.append(len(np.unique(trace.gfn[first:end])))

    assert distinct == [int(row[4]) for row in rounds]
