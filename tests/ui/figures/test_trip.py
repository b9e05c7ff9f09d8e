"""How far an access has come, event by event, and what became of the entries on its path."""

from pmlviz.core import events as e
from pmlviz.core.exits import ExitReason
from pmlviz.core.units import EptLevel
from pmlviz.ui.figures.trip import trip_of
from tests.ui.figures.stage_frames import GOLDEN, frame_after, frame_at, paged, timeline


def test_an_access_sets_out_and_arrives() -> None:
    line = timeline(GOLDEN)

    first, last = trip_of(frame_at(line, 4, 1)), trip_of(frame_at(line, 4))

    assert (first.begun, first.tlb, first.reached, first.arrived) == (True, "", None, False)
    assert (last.tlb, last.reached, last.arrived) == ("miss", EptLevel.PTE, True)
    assert (last.dirtied, last.slot) == (True, 511)


def test_a_new_try_begins_anew() -> None:
    line = timeline(GOLDEN)

    handled = trip_of(frame_after(line, 3, e.VmEntered))

    assert not handled.begun
    assert handled.exit is None
    assert [x.reason for x in handled.exits] == [ExitReason.EPT_MISCONFIG]


def test_an_exit_is_coming_then_under_way() -> None:
    line = timeline(GOLDEN)

    before, after = trip_of(frame_at(line, 3, 11)), trip_of(frame_at(line, 3, 12))

    assert before.coming is not None
    assert before.coming.reason == ExitReason.EPT_VIOLATION
    assert (after.coming, after.exit) == (None, before.coming)
    assert before.stopped == after.stopped


def test_d_is_needed_from_the_permission_to_the_flag() -> None:
    line = timeline(GOLDEN)

    needed = [trip_of(frame_at(line, 4, n)).needs_d for n in range(1, 11)]

    assert needed == [False] * 3 + [True] * 2 + [False] * 5


def test_the_processors_change_is_told_from_xens() -> None:
    line = timeline(GOLDEN)

    by_processor = trip_of(frame_at(line, 4)).entries[-1]
    by_xen = trip_of(frame_at(line, 3)).entries[-1]

    assert by_processor.by_processor
    assert by_processor.was == 0xB820000100006177
    assert by_processor.now == 0xB820000100006377
    assert not by_xen.by_processor
    assert (by_xen.was, by_xen.now) == (0xB820000100005177, 0xB800000100005377)


def test_a_split_leaf_was_the_leaf_that_it_was_before_the_split() -> None:
    line = timeline(GOLDEN)

    pde = trip_of(frame_after(line, 3, e.SuperpageSplit)).entries[2]

    assert (pde.was, pde.now) == (0xB8200001000001F5, 0xB800000002345107)


def test_an_operation_shows_the_page_of_its_last_event() -> None:
    line = timeline(GOLDEN)

    trip = trip_of(frame_after(line, 6, e.EntryRetyped))

    assert (trip.kind, trip.gfn, trip.begun) == ("operation", 6, False)


def test_a_selected_page_is_shown_untravelled() -> None:
    line = timeline(GOLDEN)

    other = trip_of(frame_at(line, 4, selection=7))
    same = trip_of(frame_at(line, 4, selection=6))

    assert (other.kind, other.gfn, other.begun) == ("selected", 7, False)
    assert same.kind == "access"


def test_a_straddling_write_is_about_one_page_at_a_time() -> None:
    line = timeline("enable\nread 0x7000\nwrite 0x6ffc size 8")

    pages = [trip_of(frame_at(line, 3, n)).page[0] for n in (2, len(line.play(3).events))]

    assert pages == [1, 2]


def test_before_the_guests_tables_are_read_their_root_is_in_view() -> None:
    trip = trip_of(frame_at(paged("read 0x5000"), 1, 1))

    assert (trip.gfn, trip.guest_level) == (0x10, 4)
