"""Where an exit leaves the road, what is to blame for it, and where a TLB hit goes by."""

from pmlviz.core import events as e
from pmlviz.core.units import EptLevel
from pmlviz.ui.figures.exit_lane import bypass, exit_lane, reasons, right_needed, wall_of
from pmlviz.ui.figures.level_card import name_of
from pmlviz.ui.figures.parts import Parts
from pmlviz.ui.figures.scene import Anchor, Line, Path
from pmlviz.ui.figures.stage_plan import Plan, plan_of
from pmlviz.ui.figures.trip import trip_of
from pmlviz.ui.frame import Frame
from tests.ui.figures.stage_frames import FULL, GOLDEN, frame_after, frame_at, timeline

PML_FULL = "enable\nread gfn 0\nwrite gfn 0..511\nwrite 0x200000"


def lane(frame: Frame) -> tuple[Parts, Plan]:
    trip = trip_of(frame)
    plan = plan_of(FULL[0], FULL[1], trip.entries)
    return exit_lane(frame, trip, plan, None), plan


def ends(parts: Parts) -> dict[str, tuple[float, float]]:
    return {p.name: (p.x, p.y) for p in parts if isinstance(p, Anchor)}


def test_the_line_starts_under_the_card_that_the_walk_stopped_at() -> None:
    line = timeline(GOLDEN)

    for event, stop in ((4, 0), (12, 2)):
        parts, plan = lane(frame_at(line, 3, event))

        card = plan.cards[stop]
        assert ends(parts)["exit.from"] == (card.x + 40, card.bottom)
        assert ends(parts)["exit.to"] == (plan.drop, FULL[1])


def test_an_exit_to_come_is_dashed_and_one_taken_is_solid() -> None:
    line = timeline(GOLDEN)

    coming, taken = (lane(frame_at(line, 3, n))[0][0] for n in (11, 12))

    assert isinstance(coming, Path)
    assert isinstance(taken, Path)
    assert coming.dash
    assert not taken.dash
    assert coming.d == taken.d


def test_the_wall_is_the_entry_that_denies_the_right_that_is_needed() -> None:
    line = timeline(GOLDEN)
    misconfig, violation = frame_at(line, 3, 4), frame_at(line, 3, 12)

    wall = wall_of(violation, trip_of(violation))

    assert wall is not None
    assert name_of(wall) == "PDE [0]"
    assert wall_of(misconfig, trip_of(misconfig)) is None
    assert reasons(violation, trip_of(violation))[0] == "VM exit 48: W=0 in PDE [0]"
    assert reasons(misconfig, trip_of(misconfig))[0] == "VM exit 49: PML4E [0] holds memory type 7"


def test_a_full_log_bars_no_card() -> None:
    line = timeline(PML_FULL, level=EptLevel.PTE, pages=1024)
    full = frame_after(line, 515, e.PmlIndexChecked)

    parts, plan = lane(full)

    assert reasons(full, trip_of(full)) == ("VM exit 62, PML full", "VM exit 62")
    assert ends(parts)["exit.from"][0] == plan.cards[-1].x + 40
    assert not any(isinstance(p, Line) for p in parts)
    assert any(isinstance(p, Line) for p in lane(frame_at(timeline(GOLDEN), 3, 12))[0])


def test_a_fetch_needs_x_a_read_r_and_a_walk_w_once_it_sets_flags() -> None:
    line = timeline("fetch 0x5000\nread 0x6000\nwalk 0x7000\nenable\nwalk 0x7000")

    needed = []
    for item in (1, 2, 3, 5):
        frame = frame_at(line, item, 1)
        needed.append(right_needed(frame, trip_of(frame)))

    assert needed == ["x", "r", "r", "w"]


def test_only_a_tlb_hit_goes_by_the_tables() -> None:
    line = timeline(GOLDEN)

    ways = []
    for item in (4, 5):
        trip = trip_of(frame_at(line, item))
        ways.append(bypass(trip, plan_of(FULL[0], FULL[1], trip.entries)))

    assert ways[0] == ()
    assert isinstance(ways[1][0], Path)
    assert not ways[1][0].dash
