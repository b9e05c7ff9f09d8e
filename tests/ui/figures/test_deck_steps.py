"""The row of chips: what is done, present and to come, and what is counted for want of room."""

from pmlviz.ui.figures.deck_chain import Chain, chain_of
from pmlviz.ui.figures.deck_steps import Row, steps
from pmlviz.ui.figures.scene import NOT_YET, Rect, Target
from tests.ui.figures.stage_frames import GOLDEN, frame_at, timeline


def row(room: float) -> Row:
    return Row(x=108, y=60, h=28, size=14, room=room)


def chips(chain: Chain, room: float) -> list[Rect]:
    return [p for p in steps(chain, row(room))[0] if isinstance(p, Rect) and p.h == 28]


def test_the_split_is_accent_what_was_before_is_solid_the_rest_dashed() -> None:
    drawn = chips(chain_of(frame_at(timeline(GOLDEN), 3, 14)), 900)

    assert [(c.tip, c.fill) for c in drawn if not c.dash] == [
        ("49 resolve type", "panel"),
        ("48 qual 0x1aa", "panel"),
        ("gfn 5 in bitmap", "panel"),
        ("split 1 → 512", "accent"),
    ]
    assert [c.tip for c in drawn if c.dash == NOT_YET] == ["ram_rw D=1", "retry"]


def test_the_row_ends_with_its_last_chip_within_the_room() -> None:
    chain = chain_of(frame_at(timeline(GOLDEN), 3))

    for room in (900.0, 700.0, 300.0):
        end = steps(chain, row(room))[1]
        last = chips(chain, room)[-1]

        assert abs(last.x + last.w - end) < 1e-9
        assert end <= 108 + room


def test_in_little_room_the_present_chip_stays_and_both_sides_are_counted() -> None:
    drawn = chips(chain_of(frame_at(timeline(GOLDEN), 3, 14)), 300)

    assert [c.tip for c in drawn] == [
        "49 resolve type, then 48 qual 0x1aa, then gfn 5 in bitmap",
        "split 1 → 512",
        "ram_rw D=1, then retry",
    ]


def test_a_chip_leads_to_its_event_and_one_of_a_last_visit_to_its_item() -> None:
    line = timeline(GOLDEN)

    now = chips(chain_of(frame_at(line, 3)), 900)
    before = chips(chain_of(frame_at(line, 4)), 900)

    assert [c.target for c in now] == [Target("event", n) for n in (4, 12, 13, 14, 15, 17)]
    assert {c.target for c in before} == {Target("item", 3)}


def test_no_chips_take_no_room() -> None:
    assert steps(chain_of(frame_at(timeline(GOLDEN), 0, 0)), row(900)) == ((), 108)
