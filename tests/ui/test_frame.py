"""Frames: a position and a selection, clamped to what there is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.core import events as e
from pmlviz.core import judge
from pmlviz.core.ept import walk
from pmlviz.core.evolve import fold
from pmlviz.core.script import ItemScript
from pmlviz.core.state import State
from pmlviz.core.stats import Tally
from pmlviz.core.strategies import Strategy
from pmlviz.core.timeline import START, Position, Timeline
from pmlviz.core.units import EptLevel, Gfn
from pmlviz.ui.frame import FADE_ITEMS, Chapter, Frame, Split, resolve
from tests.core.lab import Lab
from tests.core.play import ROOT, SUPERPAGE_NAIVE, XEN, machine, x2, x4

LINES = """\
enable
write 0x5123
write 0x6000
read 0x7000
peek
write 0x5ffc size 8
clean
"""


def timeline(lines: str = LINES, start: State | None = None, strategy: Strategy = XEN) -> Timeline:
    return Timeline(start or x2(), ItemScript.parse(lines), strategy)


def at(item: int, event: int = 999, lines: str = LINES, start: State | None = None) -> Frame:
    return resolve(timeline(lines, start), Position(item, event))


def event_of(line: Timeline, item: int, kind: type[e.Event], nth: int = 0) -> int:
    """Return the number, from 1, of the *nth* event of *kind* in *item*."""
    events = line.play(item).events
    return [n for n, event in enumerate(events, 1) if isinstance(event, kind)][nth]


# ── clamping ────────────────────────────────────────────────────────────────


@given(st.integers(-3, 12), st.integers(-3, 60), st.integers(-10, 5000) | st.none())
def test_any_position_and_selection_resolve_to_what_there_is(
    item: int, event: int, gfn: int | None
) -> None:
    line = timeline()
    selection = None if gfn is None else Gfn(gfn)

    frame = resolve(line, Position(item, event), selection=selection)

    assert frame.position == line.clamp(Position(item, event))
    assert 0 <= frame.position.event <= len(frame.events)
    assert frame.state == fold(frame.before, frame.done)
    assert frame.selection == (selection if gfn is not None and 0 <= gfn < 4096 else None)
    shown = frame.shown_gfn
    if shown is not None:
        assert frame.path == walk(frame.state.memory, ROOT, shown, frame.state.geometry)
        assert frame.path_before == walk(frame.before.memory, ROOT, shown, frame.state.geometry)
    assert frame.tally == frame.tally_before.after(frame.done)
    assert (frame.pending, frame.lost) == (judge.pending(frame.state), judge.lost(frame.state))
    assert frame.over == judge.over_reported(frame.state)


def test_the_start_has_no_item_and_no_events() -> None:
    frame = at(0)

    assert (frame.position, frame.item, frame.events, frame.current) == (START, None, (), None)
    assert frame.state == frame.before == x2()
    assert (frame.focus, frame.path, frame.vcpu) == (None, (), 0)
    assert frame.tally == Tally()
    assert frame.at_rest
    assert frame.n_items == 7


def test_a_frame_knows_what_has_happened_and_what_happened_last() -> None:
    frame = at(2, 3)

    assert frame.done == frame.events[:3]
    assert frame.current == frame.events[2]
    assert not frame.at_rest
    assert at(2).at_rest


def test_an_item_that_was_refused_is_at_rest_where_it_stood() -> None:
    frame = at(1, lines="clean\nenable")

    assert frame.refused == "log-dirty mode is off (-EINVAL)"
    assert (frame.events, frame.current) == ((), None)
    assert frame.state == frame.before
    assert frame.at_rest


def test_only_what_is_asked_for_is_recorded() -> None:
    line = timeline()

    frame = resolve(line, Position(2, 1))

    assert (frame.recorded, line.recorded) == (2, 2)


def test_words_are_handed_on() -> None:
    notes, branches = ((2, "Look."),), (Chapter("main", 0, 7, current=True),)

    frame = resolve(timeline(), START, title="t", notes=notes, branches=branches)

    assert (frame.title, frame.notes, frame.branches) == ("t", notes, branches)
    assert frame.strategy == "xen"


# ── what an item is about ────────────────────────────────────────────────────


def test_an_access_is_about_the_address_it_came_to() -> None:
    frame = at(2)

    assert (frame.focus, frame.focus_gpa) == (5, 0x5123)
    assert [step.level for step in frame.path] == [4, 3, 2, 1]
    assert [step.level for step in frame.path_before] == [4, 3, 2]


@pytest.mark.parametrize("item", [1, 5, 7])
def test_an_operation_is_about_no_address(item: int) -> None:
    assert at(item).focus is None


def test_a_straddling_access_is_about_its_second_page_once_it_comes_there() -> None:
    line = timeline()
    first_done = event_of(line, 6, e.AccessDone)

    before = resolve(line, Position(6, first_done))
    after = resolve(line, Position(6, first_done + 1))

    assert (before.focus, before.focus_gpa) == (5, 0x5FFC)
    assert (after.focus, after.focus_gpa) == (6, 0x6000)


def test_a_cached_translation_tells_the_address_too() -> None:
    lines = "enable\nwrite 0x5123\nwrite 0x5ff8"
    line = timeline(lines, x4())
    hit = event_of(line, 3, e.TlbHit)

    assert resolve(line, Position(3, hit)).focus_gpa == 0x5FF8


def test_behind_guest_paging_an_access_is_about_nothing_until_its_walk_says() -> None:
    lab = Lab()
    tables = {0x3000: 0x4007, 0x4000: 0x5007, 0x5000: 0x6007, 0x6000: 0x9007}
    lab.page_guest(0x3000, tables)
    line = timeline("write 0x123", lab.state)

    about = [resolve(line, Position(1, n)).focus for n in range(1, len(line.play(1).events) + 1)]

    assert about[0] is None
    assert [gfn for n, gfn in enumerate(about) if n == 0 or gfn != about[n - 1]] == [
        None,
        *(3, 4, 5, 6),
        9,
    ]


def test_a_selection_is_shown_instead_of_what_the_item_is_about() -> None:
    frame = resolve(timeline(), Position(2, 999), selection=Gfn(600))

    assert (frame.focus, frame.shown_gfn) == (5, 600)
    assert frame.path[-1].level == EptLevel.PDE


def test_the_vcpu_is_the_one_that_acts() -> None:
    lines = "enable\nvcpu1 write 0x5000"

    assert at(2, lines=lines, start=x2(vcpus=2)).vcpu == 1


# ── the history a still picture needs ─────────────────────────────────────────


def test_a_split_of_this_item_is_to_come_until_it_has_happened() -> None:
    line = timeline()
    split = event_of(line, 2, e.SuperpageSplit)

    assert resolve(line, Position(2, split - 1)).splits == (Split(Gfn(0), 512, 0, done=False),)
    assert resolve(line, Position(2, split)).splits == (Split(Gfn(0), 512, 0, done=True),)


def test_a_split_is_remembered_for_some_items() -> None:
    line = timeline("enable\nwrite 0x5000\n" + "write 0x5000\n" * 20)

    ages = [
        [split.age for split in resolve(line, Position(item, 1)).splits] for item in range(1, 13)
    ]

    assert ages == [[], *([age] for age in range(FADE_ITEMS)), [], [], []]


def test_a_split_of_a_page_of_1_gib_covers_all_of_it() -> None:
    line = timeline("enable\nwrite 0x5000", machine(EptLevel.PDPTE, 1 << 18))

    assert resolve(line, Position(2, 999)).splits == (Split(Gfn(0), 1 << 18, 0, done=True),)


def test_the_last_visit_to_the_hypervisor_is_an_earlier_item() -> None:
    frames = {item: at(item) for item in range(8)}

    assert all(frames[item].last_visit is None for item in (0, 1, 2))
    for item in (3, 4, 5, 6, 7):
        visit = frames[item].last_visit
        assert visit is not None
        assert (visit.item, visit.text) == (2, "write 0x5123")
        assert any(isinstance(event, e.VmExited) for event in visit.events)


def test_the_next_drain_is_the_next_item_that_empties_buffers_without_an_exit() -> None:
    assert [at(item).next_drain for item in range(8)] == [
        *[(5, "peek")] * 5,
        *[(7, "clean")] * 2,
        None,
    ]


def test_a_run_is_tampered_with_from_the_item_on_that_does_it() -> None:
    lines = "enable\nset-index 5\nwrite 0x5000"

    assert [at(item, lines=lines).tampered for item in range(4)] == [False, False, True, True]


def test_a_lost_write_is_in_the_frame_at_once() -> None:
    line = timeline("enable\nwrite 0x5000\nwrite 0x6000", strategy=SUPERPAGE_NAIVE)
    done = event_of(line, 3, e.AccessDone)

    assert list(resolve(line, Position(3, done - 1)).lost) == []
    assert list(resolve(line, Position(3, done)).lost) == [6]


def test_the_same_position_resolves_to_equal_frames() -> None:
    line = timeline()

    frames = [resolve(line, Position(3, 2)) for _ in range(2)]

    assert frames[0] == frames[1]


def test_the_last_visit_is_found_however_far_back_it_is() -> None:
    lines = "enable\nwrite gfn 5\n" + "write gfn 5\n" * 5000
    played = timeline(lines, x4())

    visit = resolve(played, played.rest(5002)).last_visit

    assert visit is not None
    assert visit.item == 2
