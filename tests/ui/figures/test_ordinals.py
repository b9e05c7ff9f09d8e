"""The numbers of events, pinned to the parts they concern."""

import pytest

from pmlviz.core import events as e
from pmlviz.ui.figures.ordinals import RADIUS, Ordinal, Part, part_of, pin, pin_width, pins
from pmlviz.ui.figures.scene import Circle, Rect, Text
from tests.ui.figures.stage_frames import frame_after, frame_at, timeline

SPLITS = "enable\nwrite 0x5000\nwrite 0x6000\nclean"


def numbers(frame_item: int, kind: type) -> dict[str, tuple[int, str]]:
    frame = frame_after(timeline(SPLITS), frame_item, kind)
    return {str(part): (o.number, o.when) for part, o in pins(frame).items()}


def test_a_logged_write_reads_in_order_at_its_parts() -> None:
    assert numbers(3, e.PmlLogged) == {
        "vcpu": (1, "done"),
        "tlb": (2, "done"),
        "walk": (3, "done"),
        "permission": (4, "done"),
        "index": (5, "done"),
        "d": (6, "done"),
        "log": (7, "now"),
        "step": (8, "next"),
        "page": (10, "next"),
    }


def test_what_the_hypervisor_will_do_is_told_once_it_runs() -> None:
    before = numbers(2, e.EptWalked)
    after = numbers(2, e.VmExited)

    assert before["exit"] == (4, "next")
    assert "entry" not in before
    assert after["entry"] == (5, "next")


def test_every_event_has_a_part() -> None:
    line = timeline(SPLITS)
    frame = frame_at(line, 4)

    for number, event in enumerate(frame.events, 1):
        here = frame_at(line, 4, number)
        assert pins(here)[part_of(event)] == Ordinal(number, "now")


def test_nothing_is_pinned_at_the_start() -> None:
    assert pins(frame_at(timeline(SPLITS), 0, 0)) == {}


def test_an_event_of_the_whole_machine_has_no_place_of_its_own() -> None:
    assert part_of(e.DomainPaused()) is Part.MACHINE


@pytest.mark.parametrize(
    ("when", "fill"), [("done", "panel"), ("now", "accent"), ("next", "panel")]
)
def test_a_pin_tells_done_now_and_next_apart(when: str, fill: str) -> None:
    body, text = pin(Ordinal(7, when), 20, 30)  # type: ignore[arg-type]

    assert isinstance(body, Circle)
    assert isinstance(text, Text)
    assert body.fill == fill
    assert bool(body.dash) == (when == "next")
    assert text.text == "7"


def test_a_long_number_makes_the_pin_wider_to_the_side_that_is_free() -> None:
    long = Ordinal(1044, "done")
    left, right = pin(long, 100, 30, grow="left")[0], pin(long, 100, 30, grow="right")[0]

    assert isinstance(left, Rect)
    assert isinstance(right, Rect)
    assert left.x + left.w == pytest.approx(100 + RADIUS)
    assert right.x == pytest.approx(100 - RADIUS)
    assert pin_width(long) > 2 * RADIUS


def test_no_event_no_pin() -> None:
    assert pin(None, 0, 0) == ()
