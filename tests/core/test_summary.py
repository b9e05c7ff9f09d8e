"""A few numbers for every item of a play."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.core.script import ItemScript
from pmlviz.core.stats import Mark, mark_of
from pmlviz.core.strategies import Strategy
from pmlviz.core.summary import PML_OFF, Summary
from pmlviz.core.timeline import Timeline
from tests.core.play import SUPERPAGE_NAIVE, XEN, x2

LINES = "enable\nwrite 0x5000\nvcpu1 write 0x6000\nclean\ndisable"
marks = st.sampled_from(Mark)
items = st.lists(
    st.tuples(st.integers(0, 40), st.lists(st.tuples(st.integers(1, 40), marks), max_size=4)),
    max_size=12,
)


def test_a_summary_counts_the_events_before_each_item() -> None:
    summary = Summary()
    for n in (3, 0, 2):
        summary.append(n, Mark(0))

    assert (list(summary.events), list(summary.total)) == ([0, 3, 0, 2], [0, 3, 3, 5])


@given(items)
def test_each_item_gives_back_its_marked_events(
    added: list[tuple[int, list[tuple[int, Mark]]]],
) -> None:
    summary = Summary()
    for n_events, places in added:
        summary.append(n_events, Mark(0), places)

    found = [summary.places(number) for number in range(1, len(added) + 1)]

    assert found == [places for _, places in added]


@given(items, st.data())
def test_a_copy_up_to_an_item_is_the_beginning_and_goes_its_own_way(
    added: list[tuple[int, list[tuple[int, Mark]]]], data: st.DataObject
) -> None:
    summary = Summary()
    for n, (n_events, places) in enumerate(added):
        summary.append(n_events, Mark.CLEAN, places, (n, PML_OFF))
    last = data.draw(st.integers(0, len(added)))

    copy = summary.upto(last)
    copy.append(7, Mark.SPLIT, [(2, Mark.SPLIT)], (99, 98))

    assert len(summary.events) == len(added) + 1
    assert list(copy.events) == [*summary.events[: last + 1], 7]
    assert list(copy.total) == [*summary.total[: last + 1], summary.total[last] + 7]
    assert [copy.places(n + 1) for n in range(last)] == [places for _, places in added[:last]]
    assert copy.places(last + 1) == [(2, Mark.SPLIT)]
    assert [known[-1] for known in copy.pml_index] == [99, 98]


def test_the_index_of_each_vcpu_is_known_at_rest_after_each_item() -> None:
    timeline = Timeline(x2(vcpus=2), ItemScript.parse(LINES), XEN)
    timeline.record_to(5)

    first, second = timeline.summary.pml_index

    assert list(first) == [PML_OFF, 511, 511, 511, 511, PML_OFF]
    assert list(second) == [PML_OFF, 511, 511, 510, 511, PML_OFF]


@pytest.mark.parametrize("strategy", [XEN, SUPERPAGE_NAIVE])
def test_marked_events_of_a_play_are_where_they_happen(strategy: Strategy) -> None:
    timeline = Timeline(x2(vcpus=2), ItemScript.parse(LINES), strategy)
    timeline.record_to(5)

    for number in range(1, 6):
        events = timeline.play(number).events
        places = timeline.summary.places(number)
        told = [(n, mark) for n, mark in places if mark != Mark.LOST]
        assert told == [(n, mark_of(ev)) for n, ev in enumerate(events, 1) if mark_of(ev)]
        lost = [n for n, mark in places if mark == Mark.LOST]
        assert lost == ([len(events)] if (number, strategy) == (3, SUPERPAGE_NAIVE) else [])
