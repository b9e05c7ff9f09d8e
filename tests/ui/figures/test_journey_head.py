"""The journey's title, the badge with the verdict, and the address cut into indexes."""

import pytest

from pmlviz.core.document import open_document
from pmlviz.ui.figures.journey_head import head, ribbon, title_of
from pmlviz.ui.figures.parts import Parts
from pmlviz.ui.figures.scene import Rect, Target, Text
from pmlviz.ui.figures.stage_plan import INSET, plan_of
from pmlviz.ui.figures.told import story_of
from pmlviz.ui.figures.trip import trip_of
from pmlviz.ui.frame import Frame
from tests.ui.figures.stage_frames import COMPACT, FULL, GOLDEN, frame_at, paged, timeline


def headed(frame: Frame) -> Parts:
    trip = trip_of(frame)
    return head(frame, trip, story_of(frame).verdict, plan_of(FULL[0], FULL[1], trip.entries))


def badge(frame: Frame) -> Rect:
    return next(
        p for p in headed(frame) if isinstance(p, Rect) and p.target == Target("why", "verdict")
    )


def indexes(frame: Frame, size: tuple[float, ...] = FULL) -> dict[str, str]:
    trip = trip_of(frame)
    parts = ribbon(frame, trip, plan_of(size[0], size[1], trip.entries))
    texts = [p.text for p in parts if isinstance(p, Text)]
    return dict(zip(texts[::2], texts[1::2], strict=True))


@pytest.mark.parametrize(
    ("item", "event", "verdict", "fill", "edge"),
    [
        (3, 3, "VM exit 49 comes next", "accent", "accent"),
        (3, 4, "VM exit 49", "deck", "deckink"),
        (3, None, "2 VM exits: 49, 48", "panel", "faint"),
        (4, None, "no exit", "panel", "ok"),
        (6, 2, "in Xen", "deck", "deckink"),
    ],
)
def test_the_badge_says_the_verdict_in_its_colours(
    item: int, event: int | None, verdict: str, fill: str, edge: str
) -> None:
    drawn = badge(frame_at(open_document("tour-xen").timeline(), item, event))

    assert (drawn.tip, drawn.fill, drawn.stroke) == (verdict, fill, edge)
    assert drawn.x + drawn.w == pytest.approx(FULL[0] - INSET)


def test_a_lost_write_has_the_badge_of_a_loss() -> None:
    drawn = badge(frame_at(timeline(GOLDEN, strategy="superpage-naive"), 4))

    assert (drawn.tip, drawn.fill) == ("lost", "lost.ground")


def test_the_title_is_the_items_unless_another_page_is_selected() -> None:
    line = timeline(GOLDEN)
    frames = (
        frame_at(line, 0, 0), frame_at(line, 1), frame_at(line, 4), frame_at(line, 4, selection=7),
    )  # fmt: skip

    assert [title_of(frame, trip_of(frame)) for frame in frames] == [
        "Before the first item",
        "Log-dirty mode goes on",
        "The journey of this write",
        "The path of the selected page",
    ]


def test_the_ribbon_cuts_an_address_into_nine_bits_each_and_an_offset() -> None:
    assert indexes(frame_at(paged("write 0x5123"), 1)) == {
        "gpa": "0x258123", "[47:39]": "0", "[38:30]": "0", "[29:21]": "1", "[20:12]": "88",
        "[11:0]": "291",
    }  # fmt: skip


def test_a_superpage_keeps_21_bits_for_the_offset() -> None:
    shown = indexes(frame_at(timeline("write 0x205678"), 1))

    assert shown["[29:21]"] == "1"
    assert shown["[20:0]"] == "0x5678"


def test_what_is_not_mapped_has_no_offset_and_little_room_no_ribbon() -> None:
    frame = frame_at(timeline("enable", hole=True), 1, selection=0x1000)

    assert list(indexes(frame)) == ["gpa", "[47:39]", "[38:30]", "[29:21]"]
    assert indexes(frame, COMPACT) == {}
