"""Counters and promise in four lines."""

import pytest

from pmlviz.ui.figures.folded import folded
from pmlviz.ui.figures.passes import box
from pmlviz.ui.figures.scene import Scene, Text
from tests.ui.figures.reading import overlapping
from tests.ui.figures.stage_frames import GOLDEN, frame_at, timeline
from tests.ui.playing import frame_of

ROOM = 198.0


def words(parts: list[object]) -> list[str]:
    return [part.text for part in parts if isinstance(part, Text)]


def test_it_counts_what_the_counters_count() -> None:
    said = words([*folded(frame_at(timeline(GOLDEN), 4), 14, 500, ROOM)])

    assert said == [
        "exits",
        "1",
        "1",
        "0",
        "tables",
        "+1",
        "to send",
        "1→",
        "2",
        "promise",
        "✔ kept (I-3)",
    ]


def test_a_broken_promise_says_how_many_pages_it_lost() -> None:
    lines = timeline(GOLDEN, strategy="superpage-naive")

    parts = folded(frame_at(lines, 4), 14, 500, ROOM)

    (verdict,) = [p for p in parts if isinstance(p, Text) and p.text.startswith("✘")]
    assert verdict.text == "✘ broken: 1 lost"
    assert "gfn 0x6" in verdict.tip


@pytest.mark.parametrize("item", range(8))
def test_it_stays_within_its_room(item: int) -> None:
    parts = folded(frame_of("tour", item), 14, 500, ROOM)

    for part in parts:
        area = box(part)
        assert area is None or (area[0] >= 13 and area[2] <= 14 + ROOM + 1 and area[3] <= 586)
    assert overlapping(Scene(226, 600, tuple(parts))) == []
