"""How far an access has come, attempt by attempt."""

import pytest

from pmlviz.core import events as e
from pmlviz.core.exits import ExitReason
from pmlviz.ui.figures.attempt import Progress, bounds_of, progress_of, right_of
from tests.ui.figures.stage_frames import frame_after, frame_at, paged, timeline
from tests.ui.playing import frame_of

SPLITS = "enable\nwrite 0x5000\nwrite 0x6000\nwrite 0x6000\nclean"


def test_of_an_operation_nothing_has_begun() -> None:
    assert progress_of(frame_at(timeline(SPLITS), 5)) == Progress()
    assert progress_of(frame_at(timeline(SPLITS), 0, 0)) == Progress()


def test_an_attempt_ends_with_the_exit_until_that_has_happened() -> None:
    line = timeline(SPLITS)
    events = line.play(2).events
    exits = [n for n, event in enumerate(events, 1) if isinstance(event, e.VmExited)]
    entries = [n for n, event in enumerate(events, 1) if isinstance(event, e.VmEntered)]

    assert bounds_of(frame_at(line, 2, 1)) == (1, exits[0])
    assert bounds_of(frame_at(line, 2, exits[0])) == (1, entries[0])
    assert bounds_of(frame_at(line, 2, entries[0] + 1)) == (entries[0] + 1, exits[1])
    assert bounds_of(frame_at(line, 2)) == (entries[1] + 1, len(events))


def test_a_refused_write_is_walked_and_neither_granted_nor_done() -> None:
    now = progress_of(frame_after(timeline(SPLITS), 2, e.VmExited, 2))

    assert now.walked
    assert not now.granted
    assert not now.done
    assert now.exit is not None
    assert now.exit.reason is ExitReason.EPT_VIOLATION


def test_a_write_that_will_log_says_so_until_it_has() -> None:
    line = timeline(SPLITS)

    before = progress_of(frame_after(line, 3, e.DirtySet))
    after = progress_of(frame_after(line, 3, e.PmlLogged))

    assert before.will_log
    assert before.logged is None
    assert not after.will_log
    assert after.logged is not None
    assert not after.stepped


def test_a_full_log_holds_the_attempt_that_met_it_and_not_the_next() -> None:
    full = frame_of("pml-full", 515)
    number = next(
        n
        for n, event in enumerate(full.events, 1)
        if isinstance(event, e.PmlIndexChecked) and event.full
    )

    assert progress_of(frame_of("pml-full", 515, number)).full
    assert not progress_of(full).full
    assert progress_of(full).done


def test_a_write_that_the_tlb_serves_finds_d_set_without_a_walk() -> None:
    now = progress_of(frame_at(timeline(SPLITS), 4))

    assert now.hit
    assert now.finds_dirty
    assert not now.walked


def test_a_first_write_does_not_find_d_set() -> None:
    assert not progress_of(frame_at(timeline(SPLITS), 3)).finds_dirty
    assert not progress_of(frame_after(timeline(SPLITS), 3, e.PermissionGranted)).finds_dirty


def test_with_guest_paging_the_walk_is_that_of_the_last_table() -> None:
    frame = frame_at(paged("enable\nwrite 0x5000"), 2)
    now = progress_of(frame)

    assert now.walk is not None
    assert now.walk.guest_level == 0
    assert now.done


@pytest.mark.parametrize(
    ("item", "right"),
    [("write 0x5000", "W"), ("rmw 0x5000", "W"), ("read 0x5000", "R"), ("fetch 0x5000", "X")],
)
def test_the_right_that_an_access_needs(item: str, right: str) -> None:
    assert right_of(frame_at(timeline(item), 1)) == right


def test_a_page_walk_is_a_write_once_a_and_d_flags_are_kept() -> None:
    line = timeline("walk 0x600000\nenable\nwalk 0x600000\nclean")

    assert [right_of(frame_at(line, item)) for item in (1, 3, 4)] == ["R", "W", "W"]
