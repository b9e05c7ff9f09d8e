"""The card of an entry that leads to a table: flags, where it leads, what became of it."""

from pmlviz.core import events as e
from pmlviz.core.document import open_document
from pmlviz.ui.figures.level_card import is_fresh, level_card, name_of, target_of, turned
from pmlviz.ui.figures.scene import Target, Text
from pmlviz.ui.figures.trip import trip_of
from pmlviz.ui.frame import Frame
from tests.ui.figures.stage_frames import GOLDEN, frame_after, frame_at, timeline


def card(frame: Frame, place: int) -> list[Text]:
    trip = trip_of(frame)
    assert trip.gfn is not None
    parts = level_card(frame, trip.entries[place], trip.gfn, 220, 95, 132, 150, 170)
    return [p for p in parts if isinstance(p, Text)]


def note(frame: Frame, place: int) -> tuple[str, str]:
    """Return the words under the frame number, the fullest, and their colour."""
    text = card(frame, place)[-2]
    return text.tip, text.color


def test_a_card_tells_name_table_span_and_raw_value() -> None:
    shown = [t.text for t in card(frame_at(open_document("tour-xen").timeline(), 0, 0), 1)]

    assert shown == [
        "PDPTE [0]", "R", "W", "X", "A", "→ table 0x2344", "1 GiB, no D flag",
        "0xb800000002344107",
    ]  # fmt: skip


def test_a_marked_entry_is_told_by_its_change_then_by_what_it_does() -> None:
    line = timeline(GOLDEN)

    assert note(frame_after(line, 1, e.RecalcMarked), 0) == ("emt 0→7, recalc 0→1", "accent")
    assert note(frame_at(line, 3, 3), 0) == ("emt 7: any use exits 49", "ink")


def test_the_entry_of_a_split_says_what_it_was() -> None:
    line = timeline(GOLDEN)

    for frame in (frame_after(line, 3, e.SuperpageSplit), frame_at(line, 4)):
        assert note(frame, 2) == ("was one 2 MiB leaf", "crack.text")


def test_only_the_last_event_is_fresh() -> None:
    line = timeline(GOLDEN)
    at_once, later = (frame_at(line, 3, n) for n in (14, 15))

    assert [is_fresh(at_once, entry) for entry in trip_of(at_once).entries[:3]] == [
        False, False, True,
    ]  # fmt: skip
    assert not any(is_fresh(later, entry) for entry in trip_of(later).entries[:3])


def test_a_split_that_made_an_entry_writable_turned_its_w_and_not_its_r() -> None:
    pde = trip_of(frame_after(timeline(GOLDEN), 3, e.SuperpageSplit)).entries[2]

    assert turned(pde, "W")
    assert not turned(pde, "R")


def test_a_click_selects_the_entry_and_on_the_number_its_table() -> None:
    frame = frame_at(timeline(GOLDEN), 4)
    pde = frame.path[2]

    texts = {t.text: t.target for t in card(frame, 2)}

    assert texts[name_of(pde)] == target_of(pde) == Target("entry", (2, pde.table, 0))
    assert texts["→ table 0x2345"] == Target("table", 0x2345)
