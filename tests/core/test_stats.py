"""Counters and marks."""

from pmlviz.core import events as e
from pmlviz.core.exits import ExitReason
from pmlviz.core.stats import INTERESTING, Mark, Tally, mark_of
from tests.core.play import WRITE_PROTECT, Played, count, play, x1, x2, x4


def tally_of(*played: Played) -> Tally:
    tally = Tally()
    for each in played:
        tally = tally.after(each.events)
    return tally


def test_a_first_write_to_a_superpage_under_xen_is_counted_in_full() -> None:
    start = play(x2(), "enable")

    written = play(start.state, "write 0x5000")

    assert tally_of(written) == Tally(
        violations=1,
        misconfigs=1,
        splits=1,
        tables_added=1,
        handler_marks=1,
        invepts=count(written.events, e.EptInvalidated),
    )
    assert tally_of(written).exits == 2


def test_a_logged_write_costs_no_exit() -> None:
    start = play(x4(), "enable", "read 0")

    assert tally_of(play(start.state, "write 0x5000")) == Tally(log_entries=1)


def test_a_full_log_is_one_exit_and_one_drain() -> None:
    start = play(x4(), "enable", "read 0", "write gfn 0..511", "read 0x200000")

    written = play(start.state, "write 0x200000")

    tally = tally_of(written)
    assert (tally.pml_full, tally.drains, tally.log_entries) == (1, 1, 1)
    assert tally.handler_marks == 0


def test_a_buffer_that_held_nothing_is_no_drain() -> None:
    start = play(x4(), "enable")

    assert tally_of(play(start.state, "peek")) == Tally(peeks=1)


def test_what_cleans_return_and_what_is_sent_add_up() -> None:
    start = play(x4(), "enable", "copy-all")

    first = play(start.state, "write gfn 5..7", "clean")
    second = play(first.state, "write gfn 6", "stop-and-copy")

    tally = tally_of(start, first, second)
    assert (tally.cleans, tally.reported, tally.sent) == (2, 4, 1024 + 4)


def test_one_write_to_a_page_of_1_gib_adds_513_tables() -> None:
    tally = tally_of(play(x1(), "enable", "write 0x5000"))

    assert (tally.splits, tally.tables_added) == (1, 513)


def test_write_protection_exits_once_for_each_page() -> None:
    tally = tally_of(play(x2(), "enable", "write gfn 5..7", strategy=WRITE_PROTECT))

    assert (tally.violations, tally.misconfigs, tally.handler_marks) == (3, 1, 3)
    assert (tally.log_entries, tally.pml_full) == (0, 0)


def test_counting_in_pieces_is_counting_at_once() -> None:
    events = play(x2(), "enable", "write gfn 0..3", "clean", "write gfn 2", "disable").events

    pieces = Tally()
    for event in events:
        pieces = pieces.after([event])

    assert pieces == Tally().after(events)


def test_events_that_count_nothing_leave_the_same_tally() -> None:
    tally = Tally(sent=3)

    assert tally.after([e.DomainPaused(), e.DomainUnpaused()]) is tally


def test_each_exit_leaves_its_mark() -> None:
    split = play(x2(), "enable", "write 0x5000")
    full = play(x4(), "enable", "read 0", "write gfn 0..511", "read 0x200000", "write 0x200000")

    exits = [event for event in split.events + full.events if isinstance(event, e.VmExited)]

    assert [(event.exit.reason, mark_of(event)) for event in exits] == [
        (ExitReason.EPT_MISCONFIG, Mark.MISCONFIG),
        (ExitReason.EPT_VIOLATION, Mark.VIOLATION),
        (ExitReason.EPT_MISCONFIG, Mark.MISCONFIG),
        (ExitReason.EPT_MISCONFIG, Mark.MISCONFIG),
        (ExitReason.PML_FULL, Mark.PML_FULL),
    ]


def test_marks_are_of_the_event_itself() -> None:
    played = play(x2(), "enable", "write 0x5000", "write 0x6000", "drain", "peek", "clean")

    marks = {type(event).__name__: mark_of(event) for event in played.events if mark_of(event)}

    assert marks == {
        "VmExited": Mark.VIOLATION,
        "SuperpageSplit": Mark.SPLIT,
        "PageMarked": Mark.MARKED,
        "PmlLogged": Mark.LOGGED,
        "DrainBegan": Mark.DRAIN,
        "BitmapPeeked": Mark.PEEK,
        "BitmapCleaned": Mark.CLEAN,
    }


def test_a_page_marked_by_a_drain_is_the_drains_business() -> None:
    drained = play(x4(), "enable", "write 0x5000", "drain")

    marked = [event for event in drained.events if isinstance(event, e.PageMarked)]

    assert [mark_of(event) for event in marked] == [Mark(0)]


def test_what_goes_on_all_the_time_is_not_interesting() -> None:
    assert Mark.LOGGED & INTERESTING == 0
    assert Mark.LOST & INTERESTING
