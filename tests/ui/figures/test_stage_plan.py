"""Where the things of the upper stage stand."""

from itertools import pairwise

import pytest

from pmlviz.core.units import EptLevel
from pmlviz.ui.figures.stage_plan import Plan, plan_of
from pmlviz.ui.figures.trip import trip_of
from tests.ui.figures.stage_frames import COMPACT, FULL, frame_at, timeline

ROOMS = [(FULL[0], FULL[1]), (COMPACT[0], COMPACT[1]), (1400.0, 300.0), (986.0, 236.0)]


def plan(width: float, height: float, level: EptLevel = EptLevel.PTE) -> Plan:
    line = timeline("enable", level=level, pages=1 << 18)
    return plan_of(width, height, trip_of(frame_at(line, 0, 0)).entries)


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("level", [EptLevel.PTE, EptLevel.PDE, EptLevel.PDPTE])
def test_nothing_stands_on_another(room: tuple[float, float], level: EptLevel) -> None:
    p = plan(*room, level)
    row = [p.vcpu, p.tlb, *p.cards, *([p.beyond] if p.beyond else []), p.page]

    assert all(a.right < b.x for a, b in pairwise(row))
    assert row[0].x == 14
    assert row[-1].right == room[0] - 14


@pytest.mark.parametrize("room", ROOMS)
def test_the_lane_runs_between_cards_and_floor(room: tuple[float, float]) -> None:
    p = plan(*room)

    assert p.cards[-1].bottom + 8 <= p.lane <= room[1] - 8


def test_a_superpage_has_its_card_at_its_level_and_lies_beyond_it() -> None:
    small, large, huge = (
        plan(*ROOMS[0], level) for level in (EptLevel.PTE, EptLevel.PDE, EptLevel.PDPTE)
    )

    assert [len(p.cards) for p in (small, large, huge)] == [4, 3, 2]
    assert small.beyond is None
    assert large.beyond is not None
    assert huge.beyond is not None
    assert huge.beyond.w > large.beyond.w


def test_the_gap_before_the_last_table_takes_the_spare_width() -> None:
    narrow, wide = plan(1092, 290), plan(1300, 290)

    assert wide.cards[:3] == narrow.cards[:3]
    assert wide.cards[3].x - narrow.cards[3].x == 208


def test_the_ribbon_gives_way_in_a_small_window() -> None:
    assert plan(*ROOMS[0]).ribbon is not None
    assert plan(*ROOMS[1]).ribbon is None
