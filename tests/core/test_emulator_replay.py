"""Operations done again: the program's own accesses, retries, policies, data, departures."""

from contextlib import suppress
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.core.emulator_replay import Departure, Outcome, Replay
from pmlviz.core.emulator_trace import FORMAT, GuestOp, HostOp, Op, Step, decode
from pmlviz.core.errors import IllegalAction

MAP = Op("MAP", gpa=0x1000000, count=4, a=1)
TABLES = Op("MAP", gpa=0x7000000, count=8, auto="guest page tables")
ROOM: list[list[Any]] = [["?"]] * 20
"""Events told of a step whose events are not looked at: as many as may come."""


def play(*ops: Op, told: list[list[Any]] | None = None, **scenario: object) -> list[Outcome]:
    """Return what came of the first VM entry, of MAP and of *ops*.

    *told*: what the trace says of the last one, which the replay then follows.
    """
    steps = [Step("boot", ROOM), *(Step(n, ROOM, op) for n, op in enumerate((MAP, *ops)))]
    content = {
        "format": FORMAT,
        "emulator": "some emulator",
        "scenario": {"name": "a", **scenario},
        "steps": [
            {"i": 0, "ev": [], "op": {"op": op.op, "addr": op.addr}} for op in ops if op.addr
        ],
        "final": {"idx": 511, "pml": 1, "ad": 1},
    }
    replay = Replay(decode(content))
    if scenario.get("guest") == "paged64":
        replay.play(Step(0, ROOM, TABLES), follow=False)
    outcomes = [replay.play(step, follow=False) for step in steps[:-1]]
    last = steps[-1] if told is None else Step(len(ops), told, ops[-1])
    return [*outcomes, replay.play(last, follow=told is not None)]


def exits(outcome: Outcome) -> list[int]:
    """Return the reasons of the exits."""
    return [told[1]["reason"] for told in outcome.ev if told[0] == "exit"]


def write(addr: int, *, size: int | None = None, value: int | None = None) -> Op:
    """Return a WRITE."""
    return Op("WRITE", addr=addr, size=size, value=value)


def test_the_first_fetch_sets_a_in_the_shared_entry_alone() -> None:
    _, mapped = play()

    assert mapped.ept == [["0x1000000", "0x231107", "0x234007", "0x235007", "0x1000137"]]


def test_a_full_log_meets_the_first_fetch_only_if_it_must_set_that_flag() -> None:
    boot, mapped, _ = play(Op("SET_INDEX", index=0xFFFF), index=0xFFFF)

    assert boot.ev[0][1] == {"reason": 62, "idx": 0xFFFF, "at_op": 0, "pre": []}
    assert boot.ev[1:] == [["drain", 0]]
    assert mapped.ev == []


def test_with_guest_paging_the_fetch_logs_the_tables_it_walks() -> None:
    boot, mapped, written = play(write(0x1000000), guest="paged64")

    assert boot.ev == [["log", 511, "0x7000000", 0], ["log", 510, "0x7001000", 24]]
    assert mapped.ev == []
    assert [told[2] for told in written.ev] == ["0x7002000", "0x7003000", "0x1000000"]


def test_drained_tables_are_logged_again_by_the_next_fetch() -> None:
    *_, outcome = play(Op("DRAIN", clear=1), Op("SYNC"), guest="paged64")

    assert [told[2] for told in outcome.ev] == ["0x7000000", "0x7001000"]


def test_the_retry_of_a_jump_fetches_its_target_first() -> None:
    *_, outcome = play(Op("EXEC", addr=0x1000800), guest="paged64", index=3, on_full="drain_clear")

    # PD and PT take the last slots; drained and clean again, all four tables are walked for the
    # target. The program's own walk would have met the PDPT at 0x018.
    logs = [told[1:] for told in outcome.ev if told[0] == "log"]
    assert exits(outcome) == [62]
    assert logs[:2] == [[1, "0x7002000", 64], [0, "0x7003000", 0]]
    assert logs[2:4] == [[511, "0x7000000", 0], [510, "0x7001000", 0]]


def test_what_is_read_is_what_was_written() -> None:
    *_, got = play(
        write(0x1000FFE, size=4, value=0x44332211),
        Op("RMW", addr=0x1000FFE),
        Op("READ", addr=0x1000FFF, size=2),
    )

    assert got.val == 0x3322


def test_a_range_writes_its_numbers() -> None:
    *_, got = play(Op("WRITE_RANGE", addr=0x1000000, count=3), Op("READ", addr=0x1002000, size=1))

    assert got.val == 2


def test_an_access_given_up_moves_nothing() -> None:
    *_, gave_up, got = play(
        Op("PROTECT", gpa=0x1000000, perm="r--"), write(0x1000000, value=7),
        Op("READ", addr=0x1000000),
    )  # fmt: skip

    assert (exits(gave_up), gave_up.ev[-1], gave_up.st) == ([48], ["abort"], 1)
    assert got.val == 0


def test_a_range_counts_what_was_given_up_and_goes_on() -> None:
    *_, outcome = play(
        Op("PROTECT", gpa=0x1001000, bytes=8192, perm="r--"),
        Op("WRITE_RANGE", addr=0x1000000, count=4),
    )

    assert outcome.st == 2
    assert [told[2] for told in outcome.ev if told[0] == "log"] == ["0x1000000", "0x1003000"]


def test_a_policy_set_on_the_way_is_in_force_from_then_on() -> None:
    *_, outcome = play(
        Op("PROTECT", gpa=0x1000000, perm="r--"),
        Op("SET_POLICY", on_violation="grant"),
        write(0x1000010),
    )

    assert [told[0] for told in outcome.ev] == ["exit", "grant", "log"]
    assert outcome.st == 0


def test_a_violation_then_a_full_log_then_the_write() -> None:
    *_, outcome = play(
        Op("PROTECT", gpa=0x1000000, perm="r--"),
        Op("SET_INDEX", index=0xFFFF),
        write(0x1000010),
        on_violation="grant",
    )

    assert exits(outcome) == [48, 62]
    assert outcome.ev[-1] == ["log", 511, "0x1000000", 0x10]


def test_on_full_skip_gives_an_access_up() -> None:
    *_, outcome = play(
        Op("SET_INDEX", index=0xFFFF), write(0x1000010), on_full="skip", mode="batch"
    )

    assert (exits(outcome), outcome.ev[1:], outcome.st) == ([62], [["abort"]], 1)
    assert outcome.idx == 0xFFFF


def test_drain_clear_lets_the_drained_pages_log_again() -> None:
    *_, outcome = play(
        Op("SET_INDEX", index=0),
        Op("WRITE_RANGE", addr=0x1000000, count=2),
        write(0x1000000),
        on_full="drain_clear",
    )

    assert outcome.ev == [["log", 510, "0x1000000", 0]]


def test_clearing_d_in_batch_mode_is_not_seen_through_the_cache() -> None:
    clear = Op("GCLEAR_D", gpa=0x1000000)

    *_, batch = play(write(0x1000000), clear, write(0x1000000), mode="batch")
    *_, step = play(write(0x1000000), clear, write(0x1000000), mode="step")
    *_, invlpg = play(
        write(0x1000000), clear, Op("INVLPG", addr=0x1000000), write(0x1000000), mode="batch"
    )

    assert [len(outcome.ev) for outcome in (batch, step, invlpg)] == [0, 1, 1]


def test_clearing_what_is_not_mapped_says_so() -> None:
    *_, outcome = play(Op("GCLEAR_A", gpa=0x3000000))

    assert outcome.st == 2


def test_a_handler_that_mends_nothing_does_not_go_on_forever() -> None:
    # W is missing in the PDE, and the handler looks at leaves only.
    *_, outcome = play(
        Op("SETENT", gpa=0x1000000, level="2M", value="0x235005"),
        write(0x1000000),
        on_violation="grant",
    )

    assert len(outcome.ev) > len(ROOM)
    assert outcome.st == 1


# ── departures ──────────────────────────────────────────────────────────────


def full(at_op: int) -> list[list[Any]]:
    """Return the events of a PML-full exit and its handler."""
    return [["exit", {"reason": 62, "idx": 65535, "at_op": at_op, "pre": []}], ["drain", 0]]


def test_an_exit_at_the_programs_own_fetch_is_believed_when_the_log_is_full() -> None:
    *_, outcome = play(
        Op("SET_INDEX", index=0xFFFF), Op("READ", addr=0x1000000), told=full(at_op=0)
    )

    assert exits(outcome) == [62]
    assert (outcome.idx, outcome.st) == (511, 0)
    assert outcome.departures == {Departure.FULL_ANY_WALK: 1}


def test_an_exit_at_a_walk_that_needs_no_flag_is_believed() -> None:
    dirty = Op("MAP", gpa=0x1000000, a=1, d=1)

    *_, outcome = play(
        Op("WRITE", addr=0x1001000), dirty, Op("SET_INDEX", index=0xFFFF),
        Op("WRITE", addr=0x1000000), told=full(at_op=1), mode="batch",
    )  # fmt: skip

    assert outcome.departures == {Departure.FULL_ANY_WALK: 1}
    assert [told[0] for told in outcome.ev] == ["exit", "drain"]


def test_an_exit_at_a_hit_in_the_cache_is_not_believed() -> None:
    *_, outcome = play(
        Op("SET_INDEX", index=0), write(0x1000000), write(0x1000008),
        told=full(at_op=1), mode="batch",
    )  # fmt: skip

    assert (outcome.ev, outcome.departures) == ([], {})


def test_without_following_the_sdm_decides_alone() -> None:
    *_, outcome = play(Op("SET_INDEX", index=0xFFFF), Op("READ", addr=0x1000000))

    # The tables' A flags are still clear: the SDM has an exit, but at the read itself.
    assert [told[1]["at_op"] for told in outcome.ev if told[0] == "exit"] == [1]
    assert outcome.departures == {}


# ── anything at all ─────────────────────────────────────────────────────────

addresses = st.sampled_from([0x1000000, 0x1000FFE, 0x1001000, 0x1400000, 0x8000000, 0x40000FFF])
ops = st.builds(
    Op,
    st.sampled_from([name for name in get_args(HostOp) if name not in ("LOOK", "SYNC")]),
    gpa=addresses,
    hpa=addresses,
    level=st.sampled_from(["4K", "2M", "1G"]),
    perm=st.sampled_from(["rwx", "r-x", "r--", "-wx", "---"]),
    a=st.integers(0, 1),
    d=st.integers(0, 1),
    count=st.integers(1, 3),
    bytes=st.sampled_from([4096, 1 << 21]),
    w=st.sampled_from(["all", "one", "parent"]),
    index=st.sampled_from([0, 1, 511, 512, 0xFFFF]),
    value=st.sampled_from([0, 7, 0x37, 0x10B7, 0xB5, 0x235007]),
    clear=st.integers(0, 1),
    on=st.integers(0, 1),
    on_violation=st.sampled_from([None, "skip", "grant", "grant_dirty", "split_w_fault"]),
    on_full=st.sampled_from([None, "skip", "drain", "drain_clear"]),
) | st.builds(
    Op,
    st.sampled_from([name for name in get_args(GuestOp) if not name.startswith("GCLEAR")]),
    addr=addresses,
    size=st.sampled_from([1, 4]),
    count=st.integers(1, 3),
) | st.builds(Op, st.sampled_from(["GCLEAR_A", "GCLEAR_D"]), gpa=addresses)  # fmt: skip


@pytest.mark.slow
@given(
    st.lists(ops, min_size=10, max_size=20),
    st.sampled_from(["unpaged32", "paged64"]),
    st.sampled_from(["step", "batch"]),
)
def test_no_operations_can_upset_a_replay(things: list[Op], guest: str, mode: str) -> None:
    outcomes: list[Outcome] = []
    with suppress(IllegalAction):  # its own tables mapped elsewhere, the guest faults: an end
        outcomes = play(*things, guest=guest, mode=mode, on_violation="grant")

    for outcome in outcomes:
        assert 0 <= outcome.idx <= 0xFFFF
        assert outcome.departures == {}
