"""A run as records that JSON can hold."""

import json

import pytest

from pmlviz.core import scenarios
from pmlviz.core.document import of_scenario
from pmlviz.core.report import event_record, event_records, summary
from pmlviz.core.script import ItemScript
from pmlviz.core.strategies import STRATEGIES
from pmlviz.core.timeline import Timeline
from tests.core.play import XEN, x2, x4

# What `run --json` promises to end with.
PROMISED = {
    "items", "exits", "drains", "log_entries", "tables", "bitmap_pages", "written_pages",
    "lost_pages", "over_reported_pages", "pml_index",
}  # fmt: skip


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("name", scenarios.ORDER)
def test_every_event_of_the_gallery_is_a_line_of_json(name: str, strategy: str) -> None:
    timeline = of_scenario(scenarios.load(name), name).timeline(strategy)

    records = list(event_records(timeline))

    assert [json.loads(json.dumps(record)) for record in records] == records
    assert max(len(json.dumps(record)) for record in records) < 40_000
    told = [(record["item"], record["event"]) for record in records]
    assert told == sorted(told)
    assert len(told) >= timeline.summary.total[-1]


def test_a_record_says_which_item_what_happened_and_its_numbers() -> None:
    timeline = Timeline(x4(), ItemScript.parse("enable\nwrite 0x5000"), XEN)
    play = timeline.play(2)
    logged = next(n for n, ev in enumerate(play.events, 1) if type(ev).__name__ == "PmlLogged")

    record = event_record(play, logged, play.events[logged - 1])

    assert record == {
        "item": 2,
        "event": logged,
        "do": "write 0x5000",
        "what": "PmlLogged",
        "vcpu": 0,
        "slot": 511,
        "gpa": 0x5000,
    }


def test_a_record_of_a_walk_names_levels_tables_and_entries() -> None:
    timeline = Timeline(x2(), ItemScript.parse("write 0x5000"), XEN)
    play = timeline.play(1)
    walked = next(n for n, ev in enumerate(play.events, 1) if type(ev).__name__ == "EptWalked")

    record = event_record(play, walked, play.events[walked - 1])

    levels = [(level, table, index) for level, table, index, _ in record["steps"]]
    assert levels == [("PML4E", 0x2342, 0), ("PDPTE", 0x2343, 0), ("PDE", 0x2344, 0)]
    assert all(type(entry) is int for *_, entry in record["steps"])


def test_a_record_of_an_exit_has_its_reason_as_a_number() -> None:
    timeline = Timeline(x2(), ItemScript.parse("enable\nwrite 0x5000"), XEN)

    exits = [r for r in event_records(timeline) if r["what"] == "VmExited"]

    assert [record["exit"]["reason"] for record in exits] == [49, 48]


def test_pages_of_tables_are_left_out() -> None:
    timeline = Timeline(x2(), ItemScript.parse("enable\nwrite 0x5000"), XEN)

    split = next(r for r in event_records(timeline) if r["what"] == "SuperpageSplit")

    assert split["tables"] == [[0x2345]]
    assert split["level"] == "PDE"


def test_a_refused_item_is_a_record_of_its_own() -> None:
    timeline = Timeline(x4(), ItemScript.parse("clean\nenable"), XEN)

    first = next(event_records(timeline))

    assert first == {
        "item": 1,
        "event": 0,
        "do": "clean",
        "refused": "log-dirty mode is off (-EINVAL)",
    }


def test_a_summary_holds_what_is_promised_and_it_is_right() -> None:
    lines = "enable\nwrite gfn 5..7\npeek\nwrite 0x8000"
    timeline = Timeline(x2(), ItemScript.parse(lines), XEN)
    timeline.record_to(6)

    end = summary(timeline)

    assert end.keys() >= PROMISED
    assert end == json.loads(json.dumps(end))
    assert {name: end[name] for name in PROMISED} == {
        "items": 6,
        "exits": {"48": 1, "49": 1, "62": 0},
        "drains": 1,
        "log_entries": 3,
        "tables": 1,
        "bitmap_pages": 3,
        "written_pages": 4,
        "lost_pages": 0,
        "over_reported_pages": 0,
        "pml_index": [510],
    }
    assert (end["table_bytes"], end["ept_tables"], end["bitmap_nodes"]) == (4096, 4, 4)
    assert (end["pending_pages"], end["reported_pages"]) == (1, 0)


def test_pages_not_sent_yet_are_not_called_corrupt_while_the_guest_runs() -> None:
    script = ItemScript.parse("enable\ncopy-all\nwrite gfn 5..7\nstop-and-copy")
    naive = Timeline(x2(), script, STRATEGIES["superpage-naive"])

    naive.record_to(5)
    running = summary(naive)
    naive.record_to(6)

    assert running["corrupt_pages"] == 0
    assert summary(naive)["corrupt_pages"] == 2
