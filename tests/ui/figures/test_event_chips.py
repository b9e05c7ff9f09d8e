"""The telling events of a timeline, as chips."""

import pytest

from pmlviz.core.units import EptLevel
from pmlviz.ui.figures.event_axis import spans
from pmlviz.ui.figures.event_chips import chips
from pmlviz.ui.figures.passes import target_at
from pmlviz.ui.figures.scene import Rect, Scene, Target, Text
from pmlviz.ui.frame import Frame
from tests.ui.figures.reading import cut_off, overlapping
from tests.ui.figures.stage_frames import frame_at, timeline
from tests.ui.playing import frame_of


def drawn(frame: Frame, width: float = 1500) -> Scene:
    return Scene(width, 72, chips(frame, spans(frame, 14, width - 14), 45, width))


def words(frame: Frame, width: float = 1500) -> list[str]:
    texts = [p for p in drawn(frame, width).parts if isinstance(p, Text)]
    return [text.text for text in sorted(texts, key=lambda t: t.x)]


def box_of(frame: Frame, word: str) -> Rect:
    parts = drawn(frame).parts
    at = next(n for n, p in enumerate(parts) if isinstance(p, Text) and p.text == word)
    box = parts[at - 1]
    assert isinstance(box, Rect)
    return box


def test_exits_splits_logs_drains_and_cleans_have_chips() -> None:
    assert words(frame_of("tour-xen", 7)) == [
        "49", "48", "1→512", "log", "log", "drain", "CLEAN", "CLEAN",
    ]  # fmt: skip


def test_the_chips_of_the_current_item_have_their_numbers() -> None:
    assert "log 511" in words(frame_of("tour-xen", 4))
    assert "drain 2" in words(frame_of("tour-xen", 6))


def test_the_current_event_is_filled_and_the_next_to_come_dashed_in_the_accent() -> None:
    now = box_of(frame_of("tour-xen", 4, 7), "log 511")
    before = box_of(frame_of("tour-xen", 4, 6), "log 511")
    after = box_of(frame_of("tour-xen", 4, 8), "log 511")

    assert (now.fill, bool(now.dash)) == ("accent", False)
    assert (before.fill, before.stroke, bool(before.dash)) == ("panel", "accent", True)
    assert (after.fill, after.stroke, bool(after.dash)) == ("panel", "faint", False)


def test_a_split_of_1_gib_tells_into_how_many_pages() -> None:
    assert "1→262,144" in words(frame_of("one-gigabyte", 3))


def test_a_lost_write_is_told_in_the_colour_of_its_state() -> None:
    frame = frame_of("tour", 6, strategy="superpage-naive")

    assert box_of(frame, "lost").stroke == "lost"


@pytest.mark.parametrize("width", [300, 700, 1500])
def test_no_chip_lies_over_another(width: float) -> None:
    line = timeline("enable\n" + "write 0x5000\nclean\n" * 30, level=EptLevel.PTE, pages=1024)
    for item in (1, 20, 61):
        scene = drawn(frame_at(line, item), width)

        assert overlapping(scene) == []
        assert cut_off(scene) == []


def test_where_they_crowd_the_gravest_are_shown() -> None:
    frame = frame_of("tour-xen", 3, 20)
    shown = words(frame)

    assert {"49", "48", "1→512"} <= set(shown)
    assert "mark" not in shown


def test_a_click_on_a_chip_selects_its_event() -> None:
    frame = frame_of("tour-xen", 4)
    box = box_of(frame, "48")

    target = target_at(drawn(frame), box.x + 4, box.y + 4)

    assert target is not None
    assert target.kind == "event"
    assert isinstance(target.value, tuple)
    assert target == Target("event", (3, target.value[1]))
