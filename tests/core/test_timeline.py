"""Every position of a play, forward and back, exactly."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.core import timeline as timeline_module
from pmlviz.core.errors import IllegalAction
from pmlviz.core.evolve import fold
from pmlviz.core.items import ACCESSES, Item, Op
from pmlviz.core.script import ItemScript, drive
from pmlviz.core.state import State
from pmlviz.core.stats import Mark, Tally
from pmlviz.core.strategies import STRATEGIES
from pmlviz.core.timeline import (
    START,
    Position,
    Summary,
    Timeline,
    find_item,
    lost_write,
)
from tests.core.play import SUPERPAGE_NAIVE, XEN, x2, x4
from tests.core.random_runs import machines

OPERATIONS = [op for op in Op if op not in ACCESSES and op is not Op.SET_INDEX]


def script_of(items: list[Item]) -> ItemScript:
    return ItemScript([(item.text, (item,), "") for item in items])


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    """Make up a tiny machine, and items that mostly suit it; some will be refused."""
    start = draw(machines())
    frames = [g for r in start.domain.regions for g in range(r.gfn, r.gfn + r.pages)]
    vcpus = st.integers(0, len(start.vcpus) - 1)
    accesses = st.builds(
        lambda op, gfn, vcpu, straddles: Item(
            op, gfn << 12 | 0xFFF * straddles, vcpu, 1 + straddles
        ),
        st.sampled_from([Op.WRITE, Op.WRITE, *ACCESSES]),
        st.sampled_from(frames),
        vcpus,
        st.sampled_from((False, False, True)),
    )
    others = st.builds(Item, st.sampled_from([Op.CLEAN, *OPERATIONS]))
    by_hand = st.builds(Item, st.just(Op.SET_INDEX), st.integers(0, 5), vcpus)
    rest = draw(st.lists(st.one_of(accesses, accesses, accesses, others, by_hand), max_size=30))
    strategy = draw(st.sampled_from(list(STRATEGIES.values())))
    return Timeline(start, script_of([Item(Op.ENABLE), *rest]), strategy)


def played_directly(timeline: Timeline) -> list[State]:
    """Return the states at rest, the start first, without any timeline."""
    states = [timeline.start]
    for number in range(1, len(timeline.script) + 1):
        try:
            steps = list(drive(states[-1], timeline.script.item(number), timeline.strategy))
        except IllegalAction:
            steps = []
        states.append(steps[-1].state if steps else states[-1])
    return states


def walk(timeline: Timeline) -> list[Position]:
    """Return the positions that stepping events visits from the start on."""
    visited = [START]
    while (after := timeline.next_event(visited[-1])) != visited[-1]:
        visited.append(after)
    return visited


@pytest.mark.slow
@given(timelines())
def test_n_items_forward_and_n_back_pass_the_same_states(timeline: Timeline) -> None:
    n = len(timeline.script)

    forward = [timeline.state_at(timeline.rest(item)) for item in range(n + 1)]
    back = [timeline.state_at(timeline.rest(item)) for item in reversed(range(n + 1))]

    assert forward == played_directly(timeline)
    assert back == forward[::-1]


@pytest.mark.slow
@given(timelines())
def test_n_events_forward_and_n_back_pass_the_same_states(timeline: Timeline) -> None:
    forward = walk(timeline)
    back = [forward[-1]]
    while (before := timeline.previous_event(back[-1])) != back[-1]:
        back.append(before)

    assert back == forward[::-1]
    states = [timeline.state_at(position) for position in forward]
    assert [timeline.state_at(position) for position in back] == states[::-1]


@pytest.mark.slow
@given(timelines())
def test_stepping_events_composes_to_stepping_items(timeline: Timeline) -> None:
    at_rest = played_directly(timeline)

    visited = walk(timeline)

    assert len(visited) == 1 + timeline.summary.total[-1]
    for before, after in pairwise(visited):
        play = timeline.play(after.item)
        event = play.events[after.event - 1]
        assert timeline.state_at(after) == fold(timeline.state_at(before), [event])
        if after.event == len(play.events):
            assert timeline.state_at(after) == at_rest[after.item]


@pytest.mark.slow
@given(timelines(), st.integers(1, 5), st.integers(1, 4), st.data())
def test_checkpoints_change_nothing(
    timeline: Timeline, every: int, kept: int, data: st.DataObject
) -> None:
    at_rest = played_directly(timeline)
    items = data.draw(st.lists(st.integers(0, len(timeline.script)), max_size=10))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timeline_module, "CHECKPOINT_EVERY", every)
        patch.setattr(timeline_module, "_PLAYS_KEPT", kept)
        timeline.record_to(len(timeline.script))
        states = [timeline.state_at(timeline.rest(item)) for item in items]
        tallies = [timeline.play(item).tally for item in items if item]

    assert states == [at_rest[item] for item in items]
    plain = Timeline(timeline.start, timeline.script, timeline.strategy)
    assert tallies == [plain.play(item).tally for item in items if item]


@pytest.mark.slow
@given(timelines(), st.data())
def test_a_fork_leaves_the_original_as_it_was(timeline: Timeline, data: st.DataObject) -> None:
    at_rest = played_directly(timeline)
    after = data.draw(st.integers(0, len(timeline.script)))
    played = data.draw(st.integers(0, len(timeline.script)))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timeline_module, "CHECKPOINT_EVERY", 3)
        timeline.record_to(played)
        branch = timeline.fork(after, timeline.script.acted(after, Item(Op.INVEPT)))
        branch.record_to(len(branch.script))
        original = [timeline.state_at(timeline.rest(n)) for n in range(len(at_rest))]
        branched = [branch.state_at(branch.rest(n)) for n in range(after + 2)]

    assert original == at_rest
    assert branched == played_directly(branch)
    assert branched[: after + 1] == at_rest[: after + 1]
    assert list(branch.summary.total[: after + 1]) == list(timeline.summary.total[: after + 1])


@pytest.mark.slow
@given(timelines())
def test_the_counts_are_those_of_all_events_so_far(timeline: Timeline) -> None:
    timeline.record_to(len(timeline.script))

    plays = [timeline.play(n) for n in range(1, timeline.recorded + 1)]

    events = [event for play in plays for event in play.events]
    assert timeline.end_tally() == Tally().after(events)
    assert timeline.end_state() == fold(timeline.start, events)
    for before, after in pairwise(plays):
        assert after.tally_before == before.tally
        assert after.before == before.after


# ── positions ───────────────────────────────────────────────────────────────


def small() -> Timeline:
    return Timeline(x4(), ItemScript.parse("clean\nenable\nwrite 0x5000\ndisable"), XEN)


def test_a_position_is_clamped_to_what_there_is() -> None:
    timeline = small()
    events = [len(timeline.play(n).events) for n in range(1, 5)]

    clamped = [
        timeline.clamp(Position(*place))
        for place in ((-1, 5), (0, 7), (1, 3), (2, 0), (2, 999), (99, 2), (99, 999), (3, -1))
    ]

    assert clamped == [
        START,
        START,
        Position(1, 0),
        Position(2, 1),
        Position(2, events[1]),
        Position(4, 2),
        Position(4, events[3]),
        Position(3, 1),
    ]


def test_positions_past_the_ends_step_to_what_there_is() -> None:
    timeline = small()

    assert timeline.next_event(Position(-3, 9)) == Position(2, 1)
    assert timeline.previous_event(Position(99, 0)) == timeline.rest(3)
    assert timeline.rest(99) == timeline.next_event(Position(99, 999))
    assert timeline.rest(-1) == START


def test_an_item_that_is_refused_has_no_events_and_says_why() -> None:
    timeline = small()

    play = timeline.play(1)

    assert play.refused == "log-dirty mode is off (-EINVAL)"
    assert (play.steps, play.events, play.after) == ((), (), timeline.start)
    assert timeline.state_at(Position(1, 0)) == timeline.start
    assert timeline.next_event(START) == Position(2, 1)
    assert timeline.previous_event(Position(2, 1)) == START


def test_items_are_recorded_when_they_are_needed() -> None:
    timeline = small()
    assert (timeline.recorded, timeline.complete) == (0, False)

    timeline.play(2)
    assert timeline.recorded == 2

    timeline.record_to(99)
    assert (timeline.recorded, timeline.complete) == (4, True)
    with pytest.raises(IndexError):
        timeline.record()


@pytest.mark.parametrize("item", [-1, 0, 5])
def test_there_is_no_play_of_an_item_that_is_not_there(item: int) -> None:
    with pytest.raises(IndexError):
        small().play(item)


# ── marks ───────────────────────────────────────────────────────────────────


def test_each_item_is_marked_by_what_happened_in_it() -> None:
    lines = "enable\nwrite 0x5000\nwrite 0x6000\nwrite 0x6000\npeek\nclean"
    timeline = Timeline(x2(), ItemScript.parse(lines), XEN)
    timeline.record_to(6)

    marks = [Mark(mark) for mark in timeline.summary.marks]

    assert marks == [
        Mark(0),
        Mark(0),
        Mark.VIOLATION | Mark.MISCONFIG | Mark.SPLIT | Mark.MARKED,
        Mark.LOGGED,
        Mark(0),
        Mark.DRAIN | Mark.PEEK,
        Mark.CLEAN,
    ]


def test_a_write_that_is_lost_is_marked_where_it_happens() -> None:
    lines = "enable\nwrite 0x5000\nwrite 0x6000\nread 0x7000\nclean\nwrite 0x5000"
    timeline = Timeline(x2(), ItemScript.parse(lines), SUPERPAGE_NAIVE)
    timeline.record_to(6)

    lost = [n for n in range(1, 7) if timeline.summary.marks[n] & Mark.LOST]

    assert lost == [3]
    assert [n for n in range(1, 7) if lost_write(timeline.play(n))] == [3]


def test_the_nearest_item_with_a_mark_is_found_in_both_directions() -> None:
    summary = Summary()
    for mark in (Mark.CLEAN, Mark(0), Mark.SPLIT | Mark.VIOLATION, Mark(0), Mark.CLEAN):
        summary.append(1, mark)

    assert find_item(summary, 0, 1, Mark.SPLIT) == 3
    assert find_item(summary, 1, 1, Mark.CLEAN) == 5
    assert find_item(summary, 5, -1, Mark.CLEAN) == 1
    assert find_item(summary, 5, 1, Mark.CLEAN) is None
    assert find_item(summary, 3, -1, Mark.SPLIT) is None
