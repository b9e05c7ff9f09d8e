"""Which steps of the hypervisor the deck shows, how far they are, and what is said of them."""

from pmlviz.core.document import open_document
from pmlviz.ui.figures.deck_chain import chain_of
from tests.ui.figures.stage_frames import GOLDEN, frame_at, timeline


def test_each_event_of_the_handler_moves_the_present_chip() -> None:
    line = timeline(GOLDEN)

    chains = [chain_of(frame_at(line, 3, n)) for n in (3, 4, 8, 12, 13, 14, 15, 17)]

    assert [chain.now for chain in chains] == [-1, 0, 0, 1, 2, 3, 4, 5]
    assert [chain.done for chain in chains] == [False] * 7 + [True]


def test_only_between_exit_and_entry_is_a_chip_running() -> None:
    line = timeline(GOLDEN)

    running = [n for n in range(1, 24) if chain_of(frame_at(line, 3, n)).running]

    assert running == [4, 5, 6, 7, 12, 13, 14, 15, 16]


def test_the_title_names_the_exit_that_is_handled_or_comes_next() -> None:
    line = timeline(GOLDEN)

    titles = [chain_of(frame_at(line, 3, n)).title for n in (3, 7, 11, 16, None)]

    assert titles == [
        "Next, in the handler of exit 49 (dashed = not yet):",
        "In the handler of exit 49 (dashed = not yet):",
        "Next, in the handler of exit 48 (dashed = not yet):",
        "In the handler of exit 48 (dashed = not yet):",
        "What Xen did in this item:",
    ]


def test_before_any_exit_there_is_no_chip_and_it_is_said() -> None:
    chain = chain_of(frame_at(open_document("tour-xen").timeline(), 0, 0))

    assert (chain.chips, chain.now, chain.ran) == ((), -1, "")
    assert chain.title == "Xen has met no VM exit of this guest so far"


def test_a_logged_write_shows_the_last_visit_as_over() -> None:
    line = open_document("tour-xen").timeline()

    chain = chain_of(frame_at(line, 5))

    assert (chain.item, chain.ran, chain.done, chain.running) == (3, "did not run", True, False)
    assert chain.chips == chain_of(frame_at(line, 3)).chips


def test_an_operation_runs_until_its_last_event_and_needs_no_exit() -> None:
    line = open_document("tour-xen").timeline()

    first, last = chain_of(frame_at(line, 6, 2)), chain_of(frame_at(line, 6))

    assert (first.title, first.running) == ("What Xen does (dashed = not yet):", True)
    assert (last.title, last.running) == ("What Xen did:", False)
    assert not first.exits
    assert first.chips[first.now].text == "drain 2 → bitmap"
