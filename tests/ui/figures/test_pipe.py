"""The valve of the pipe: when it is open, and what is said of it."""

import pytest

from pmlviz.core import events as e
from pmlviz.core.units import EptLevel
from pmlviz.ui.figures.pipe import pipe, valve_of
from pmlviz.ui.figures.scene import Anchor, Path, Text
from tests.ui.figures.stage_frames import GOLDEN, frame_after, frame_at, timeline

FILLED = "enable\nread gfn 0\nwrite gfn 0..511\nwrite 0x200000\nclean"


def test_it_is_shut_while_the_guest_runs() -> None:
    valve = valve_of(frame_at(timeline(GOLDEN), 4), 0)

    assert not valve.open
    assert not valve.now
    assert valve.words[0] == "opens at item 6, clean"


def test_it_is_open_from_the_drain_to_the_reset_of_the_index() -> None:
    line = timeline(GOLDEN)

    began = valve_of(frame_after(line, 6, e.DrainBegan), 0)
    over = valve_of(frame_after(line, 6, e.PmlIndexReset), 0)

    assert began.open
    assert began.now
    assert not over.open


def test_before_exit_62_it_is_told_that_the_exit_opens_it() -> None:
    line = timeline(FILLED, level=EptLevel.PTE, pages=1024)

    valve = valve_of(frame_after(line, 515, e.PmlIndexChecked), 0)

    assert valve.head == "drain: opens at exit 62"
    assert valve.now


def test_a_full_buffer_that_clean_will_drain_does_not_speak_of_an_exit() -> None:
    script = "enable\nread gfn 0\nwrite gfn 0..511\nclean"
    line = timeline(script, level=EptLevel.PTE, pages=1024)

    valve = valve_of(frame_at(line, 515, 1), 0)

    assert valve.head == "drain: shut"
    assert valve.words == ("opens in this item",)


def test_where_nothing_drains_ahead_it_is_told_what_would() -> None:
    valve = valve_of(frame_at(timeline("enable\nwrite 0x5000"), 2), 0)

    assert valve.words[0] == "opens at exit 62, PEEK, CLEAN"


def test_the_drain_of_another_vcpu_does_not_open_it() -> None:
    script = "enable\nwrite 0x5000\nvcpu1 write 0x6000\nclean"
    line = timeline(script, level=EptLevel.PTE, vcpus=2)
    line.record_to(4)
    events = line.play(4).events
    second = next(n for n, x in enumerate(events, 1) if isinstance(x, e.DrainBegan) and x.vcpu == 1)

    frame = frame_at(line, 4, second)

    assert valve_of(frame, 1).open
    assert not valve_of(frame, 0).open


@pytest.mark.parametrize("above", [False, True])
def test_words_stand_on_the_side_that_has_room(above: bool) -> None:  # noqa: FBT001
    frame = frame_at(timeline(GOLDEN), 4)

    parts = pipe(frame, 0, 178, 300, 400, 226, above=above)

    heights = [part.y for part in parts if isinstance(part, Text)]
    assert len(heights) == 2
    assert all((y < 400) == above for y in heights)


def test_it_is_filled_while_it_is_open() -> None:
    line = timeline(GOLDEN)

    shut = pipe(frame_at(line, 5), 0, 178, 300, 400, 226, above=False)
    open_ = pipe(frame_after(line, 6, e.DrainBegan), 0, 178, 300, 400, 226, above=False)

    assert next(p.stroke for p in shut if isinstance(p, Path)) == "road"
    assert next(p.stroke for p in open_ if isinstance(p, Path)) == "pend"
    assert Anchor("pml.outlet", 0, 400) in shut
