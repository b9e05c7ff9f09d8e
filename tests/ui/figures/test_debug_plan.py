"""The heights that path and buffer share."""

import pytest

from pmlviz.ui.figures.debug_plan import COMPACT_HEIGHT, COMPACT_WIDTH, LEAST_PATH, plan_of


@pytest.mark.parametrize("room", [(1048, 416), (836, 330), (1400, 500), LEAST_PATH])
def test_what_stands_below_is_below(room: tuple[float, float]) -> None:
    plan = plan_of(*room)

    heights = [plan.title, plan.name, plan.digits, plan.rule, plan.top, plan.rail]
    heights += [plan.lamps, plan.fields, plan.bottom, room[1]]

    assert heights == sorted(heights)
    assert plan.rail + 3 * plan.row < plan.lamps


def test_little_room_in_either_direction_makes_it_compact_and_drops_the_verdict() -> None:
    full = plan_of(COMPACT_WIDTH, COMPACT_HEIGHT)
    narrow = plan_of(COMPACT_WIDTH - 1, COMPACT_HEIGHT)
    low = plan_of(COMPACT_WIDTH, COMPACT_HEIGHT - 1)

    assert [plan.compact for plan in (full, narrow, low)] == [False, True, True]
    assert [plan.verdict is None for plan in (full, narrow, low)] == [False, True, True]
