"""Real traces played through the whole model give the counts of the references, exactly."""

import json
from typing import Any

import pytest

from pmlviz.core.document import TraceOptions, open_document
from pmlviz.core.report import summary
from tests.core.trace_files import BOOT, MEMTEST, TRACES

LACKEY = "lackey_sort.pwt.xz"
NEVER = 10**12
EXPECTED = {
    (row["trace"], row["clean_interval_insns"]): row
    for line in (TRACES / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    for row in (json.loads(line),)
}


def counts(trace: str, every: int, mapping: str, strategy: str) -> dict[str, Any]:
    """Return the summary of *trace* as `pmlviz run --json` ends with it."""
    path = next(TRACES.rglob(trace))
    document = open_document(str(path), TraceOptions(map=mapping, clean_every=every))
    timeline = document.timeline(strategy)
    timeline.record_to(len(timeline.script))
    return summary(timeline)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("trace", "every"),
    [(LACKEY, 10**6), (LACKEY, NEVER), (BOOT, 10**8), (MEMTEST, 10**9)],
)
def test_pages_of_4_kib_are_each_logged_once_and_full_logs_exit(trace: str, every: int) -> None:
    reference = EXPECTED[trace, every]

    got = counts(trace, every, "4K", "xen")

    assert got["log_entries"] == reference["wp_faults"]
    assert got["exits"] == {
        "48": 0,
        "49": reference["first_touch_2m"],
        "62": reference["pml_full_exits"],
    }
    assert got["written_pages"] == reference["distinct_4k_pages"]
    assert (got["lost_pages"], got["over_reported_pages"], got["splits"]) == (0, 0, 0)


@pytest.mark.slow
@pytest.mark.parametrize(("trace", "every"), [(LACKEY, 10**6), (LACKEY, NEVER), (BOOT, NEVER)])
def test_superpages_are_each_split_once_and_all_else_is_logged(trace: str, every: int) -> None:
    reference = EXPECTED[trace, every]

    got = counts(trace, every, "2M", "xen")

    # The page of the write that splits is marked by the handler, all others by the processor.
    assert got["log_entries"] == reference["wp_faults"] - reference["splits_2m"]
    assert (got["exits"]["48"], got["splits"]) == (reference["splits_2m"],) * 2
    assert got["tables"] == reference["splits_2m"]
    assert got["exits"]["49"] == reference["first_touch_2m"]
    assert got["written_pages"] == reference["distinct_4k_pages"]
    assert got["lost_pages"] == 0


@pytest.mark.slow
@pytest.mark.parametrize(("trace", "every"), [(LACKEY, 10**6), (LACKEY, NEVER)])
def test_write_protection_exits_for_each_of_the_same_pages(trace: str, every: int) -> None:
    reference = EXPECTED[trace, every]

    got = counts(trace, every, "2M", "write-protect")

    assert got["exits"] == {
        "48": reference["wp_faults"],
        "49": reference["first_touch_2m"],
        "62": 0,
    }
    assert (got["log_entries"], got["lost_pages"]) == (0, 0)
    assert got["written_pages"] == reference["distinct_4k_pages"]
