"""Columns while they grow, and the frames that virtual pages get."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.core import trace_columns
from pmlviz.core.errors import TraceError
from pmlviz.core.trace_columns import Columns, FirstTouch
from pmlviz.core.write_trace import Marker, TraceFormat, WriteTrace

PATH = Path("some.pwt")


def columns(vpns: list[int]) -> Columns:
    """Return columns of one record for each of *vpns*, in an epoch of its own, after a marker."""
    made = Columns(PATH)
    for number, vpn in enumerate(vpns):
        made.markers.append(Marker(number, number * 10, 0, 7))
        made.start_epoch(number * 10)
        made.vcpu.append(0)
        made.insn.append(number * 10)
        made.gfn.extend(made.frames.of([vpn]))
    made.markers.append(Marker(len(vpns), len(vpns) * 10, 0, 8))
    return made


def trace_of(made: Columns, limit: int | None, n_pages: int | None = None) -> WriteTrace:
    return made.trace(
        trace_format=TraceFormat.PWT,
        n_vcpus=1,
        n_pages=n_pages,
        epoch_insns=10,
        limit=limit,
        notes=["said before"],
    )


@given(st.lists(st.integers(0, (1 << 52) - 1), min_size=1))
def test_pages_keep_their_place_in_their_region_and_regions_come_by_first_touch(
    vpns: list[int],
) -> None:
    frames = FirstTouch(PATH)

    gfns = list(frames.of(vpns))

    regions = list(dict.fromkeys(vpn // 512 for vpn in vpns))
    assert gfns == [regions.index(vpn // 512) * 512 + vpn % 512 for vpn in vpns]
    assert len(frames) == len(set(vpns))


def test_more_memory_than_any_guest_has_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace_columns, "MAX_REGIONS", 2)
    frames = FirstTouch(PATH)
    assert list(frames.of([0, 512, 513])) == [0, 512, 513]

    with pytest.raises(TraceError, match="stores to more than 2 regions of 2 MiB"):
        list(frames.of([1024]))


def test_the_trace_holds_what_was_put_in() -> None:
    trace = trace_of(columns([700, 3, 701]), limit=None)

    assert trace.source == "some.pwt"
    assert trace.gfn.tolist() == [188, 515, 189]
    assert trace.insn.tolist() == [0, 10, 20]
    assert trace.epoch_record.tolist() == [0, 1, 2]
    assert trace.region_vpns is not None
    assert trace.region_vpns.tolist() == [512, 0]
    assert trace.n_pages == 1024
    assert [marker.record for marker in trace.markers] == [0, 1, 2, 3]
    assert trace.notes == (
        "said before",
        "virtual addresses mapped to guest frames by first touch of their 2 MiB region"
        " (pages: 3, regions: 2)",
    )


def test_a_trace_that_is_cut_ends_with_its_last_record() -> None:
    trace = trace_of(columns([700, 701, 700, 3]), limit=3)

    assert len(trace) == 3
    assert trace.epoch_insn.tolist() == [0, 10, 20]
    assert [marker.record for marker in trace.markers] == [0, 1, 2]
    assert trace.n_pages == 512
    assert trace.notes[1:] == (
        "virtual addresses mapped to guest frames by first touch of their 2 MiB region"
        " (pages: 2, regions: 1)",
        "only the first 3 writes were read",
    )


def test_a_limit_that_is_not_met_cuts_nothing() -> None:
    trace = trace_of(columns([700, 3]), limit=2, n_pages=4096)

    assert [marker.record for marker in trace.markers] == [0, 1, 2]
    assert trace.notes == ("said before",)


def test_host_times_are_kept_when_there_are_any() -> None:
    made = columns([1])
    made.epoch_host_us.append(1_795_382_918_685_961)

    with_host = trace_of(made, limit=None)
    without = trace_of(columns([1]), limit=None)

    assert with_host.epoch_host_us is not None
    assert with_host.epoch_host_us.tolist() == [1_795_382_918_685_961]
    assert without.epoch_host_us is None


def test_the_columns_of_a_trace_cannot_be_written_to() -> None:
    trace = trace_of(columns([700, 3]), limit=None)

    for name in ("vcpu", "gfn", "insn", "epoch_record", "epoch_insn", "region_vpns"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(trace, name)[0] = 1
