"""What is true of a state, against a slow reading of the same words."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

import pmlviz.core
from pmlviz.core import judge
from pmlviz.core.events import MemoryWritten, PmlIndexReset
from pmlviz.core.evolve import evolve
from pmlviz.core.state import State
from pmlviz.core.strategies import STRATEGIES, Strategy
from pmlviz.core.units import Gfn
from tests.core.play import SUPERPAGE_NAIVE, play, x2, x4
from tests.core.random_runs import Choice, machines, scripts, steps

CORE = Path(pmlviz.core.__file__).parent
RULES = (
    "actions", "axes", "boot", "cpu", "cpu_events", "drain", "ept", "ept_access", "exits", "fact",
    "guest_walk", "hypervisor", "logdirty", "machine", "mapping", "p2m", "pml", "policies",
    "recalc", "run", "strategies", "tlb", "xen_events",
)  # fmt: skip
strategies = st.sampled_from(list(STRATEGIES.values()))


def waiting(state: State) -> set[int]:
    """Return the gfns that wait, slot by slot, by the definition of the index."""
    found = set()
    for v in state.vcpus:
        if v.pml and v.pml_address is not None:
            page, entries = state.memory[v.pml_address], state.geometry.pml_entries
            first = v.pml_index + 1 if v.pml_index < entries else 0
            for slot in range(first, entries):
                found.add(int.from_bytes(page[8 * slot : 8 * slot + 8], "little") >> 12)
    return found


@pytest.mark.slow
@given(machines(), scripts(), strategies)
def test_what_waits_is_what_a_slow_search_finds(
    start: State, script: list[Choice], strategy: Strategy
) -> None:
    for done in steps(start, script, strategy):
        expected = waiting(done.state)
        assert set(judge.pending(done.state)) == expected
        found = {gfn for gfn in range(64) if judge.is_pending(done.state, gfn)}
        assert found == {gfn for gfn in expected if gfn < 64}


@pytest.mark.slow
@given(machines(), scripts(), strategies)
def test_lost_and_over_reported_are_what_their_sentences_say(
    start: State, script: list[Choice], strategy: Strategy
) -> None:
    for done in steps(start, script, strategy):
        state = done.state
        owed, marked = set(state.ghost.unreported), set(state.domain.bitmap.bits)
        lost = owed - marked - waiting(state)
        assert set(judge.lost(state)) == lost
        assert {gfn for gfn in range(64) if judge.is_lost(state, gfn)} == lost
        assert set(judge.over_reported(state)) == marked - owed
        assert judge.promise_kept(state) == (not lost)


@pytest.mark.slow
@given(st.integers(0, 511), st.lists(st.integers(0, 600), max_size=20))
def test_only_words_past_the_index_wait_and_stale_ones_do_not(index: int, gfns: list[int]) -> None:
    state = play(x4(), "enable").state
    frame = state.vcpus[0].pml_address
    assert frame is not None
    for slot, gfn in enumerate(gfns, 500 - len(gfns)):
        state = evolve(state, MemoryWritten(frame, slot, gfn << 12))
    state = evolve(state, PmlIndexReset(0, 511, index))

    found = {gfn for gfn in range(601) if judge.is_pending(state, gfn)}

    assert found == waiting(state)
    assert set(judge.pending(state)) == waiting(state)


def test_bytes_that_only_look_like_an_address_between_two_words_do_not_wait() -> None:
    state = play(x4(), "enable").state
    frame = state.vcpus[0].pml_address
    assert frame is not None
    # The bytes of 0x5000 begin in the middle of word 510.
    state = evolve(state, MemoryWritten(frame, 510, 0x5000 << 32))
    state = evolve(state, MemoryWritten(frame, 511, 0x7000 << 32))
    state = evolve(state, PmlIndexReset(0, 511, 509))

    assert not judge.is_pending(state, 5)


def test_a_buffer_of_a_vcpu_without_pml_holds_nothing() -> None:
    state = play(x4(), "enable", "write 0x5000").state
    off = replace(state, vcpus=(replace(state.vcpus[0], pml=False),))

    assert judge.pending_words(state, 0) == (0x5000,)
    assert judge.pending_words(off, 0) == ()
    assert not judge.is_pending(off, 5)


def test_addresses_wait_newest_first() -> None:
    state = play(x4(vcpus=2), "enable", "write 0x5123", "write 0x6000", "vcpu1 write 0x7000").state

    assert judge.pending_words(state, 0) == (0x6000, 0x5000)
    assert judge.pending_words(state, 1) == (0x7000,)
    assert list(judge.pending(state)) == [5, 6, 7]


def test_writes_hidden_by_one_d_flag_are_lost() -> None:
    state = play(x2(), "enable", "write gfn 5..7", strategy=SUPERPAGE_NAIVE).state

    assert list(judge.lost(state)) == [6, 7]
    assert not judge.promise_kept(state)


def test_what_was_written_before_log_dirty_mode_is_owed_by_nobody() -> None:
    assert judge.promise_kept(play(x4(), "write 0x5000", "enable").state)


def test_nothing_is_corrupt_before_the_first_copy() -> None:
    assert judge.corrupt(play(x4(), "write 0x5000").state) == ()


def test_the_destination_is_behind_until_pages_are_sent() -> None:
    behind = play(x4(), "write 0x4000", "enable", "copy-all", "write gfn 6", "write gfn 5")

    assert judge.corrupt(behind.state) == (5, 6)
    assert judge.corrupt(behind.play("stop-and-copy").state) == ()


def test_a_lost_write_is_corrupt_for_good() -> None:
    played = play(
        x2(), "enable", "copy-all", "write gfn 5..7", "stop-and-copy", strategy=SUPERPAGE_NAIVE
    )

    assert judge.corrupt(played.state) == (Gfn(6), Gfn(7))


# ── nobody else looks ───────────────────────────────────────────────────────


@pytest.mark.parametrize("name", RULES)
def test_no_rule_reads_the_ghost(name: str) -> None:
    tree = ast.parse((CORE / f"{name}.py").read_text(encoding="utf-8"))

    touched = [
        node
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr == "ghost")
        or (isinstance(node, ast.ImportFrom) and "judge" in (node.module or ""))
        or (isinstance(node, ast.alias) and node.name.endswith("judge"))
    ]

    assert touched == []


@pytest.mark.slow
@given(machines(), scripts(), strategies)
def test_events_are_the_same_whatever_the_ghost_holds(
    start: State, script: list[Choice], strategy: Strategy
) -> None:
    haunted = replace(
        start, ghost=replace(start.ghost, unreported=start.ghost.unreported.add_range(0, 64))
    )

    plain = [done.events for done in steps(start, script, strategy)]
    other = [done.events for done in steps(haunted, script, strategy)]

    assert other == plain
