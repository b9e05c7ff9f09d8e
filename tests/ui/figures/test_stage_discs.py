"""Discs sit on what the sentence names next."""

from pmlviz.core import events as e
from pmlviz.core.telling import Story
from pmlviz.ui.figures.exit_lane import reasons
from pmlviz.ui.figures.scene import Circle
from pmlviz.ui.figures.stage_discs import number_of, road_discs
from pmlviz.ui.figures.stage_plan import Plan, plan_of
from pmlviz.ui.figures.told import story_of
from pmlviz.ui.figures.trip import Trip, trip_of
from pmlviz.ui.frame import Frame
from tests.ui.figures.stage_frames import FULL, GOLDEN, frame_after, frame_at, timeline


def drawn(frame: Frame) -> tuple[Trip, Plan, Story, list[Circle]]:
    trip, story = trip_of(frame), story_of(frame)
    plan = plan_of(FULL[0], FULL[1], trip.entries)
    discs = [p for p in road_discs(frame, trip, plan, story) if isinstance(p, Circle)]
    return trip, plan, story, [p for p in discs if p.fill == "accent"]


def test_w_and_d_have_their_discs_on_the_leaf() -> None:
    _, plan, story, discs = drawn(frame_at(timeline(GOLDEN), 4))

    assert [number_of(story, "leaf.w"), number_of(story, "leaf.d")] == [1, 2]
    assert [plan.cards[-1].x < one.x < plan.cards[-1].right for one in discs] == [True, True]


def test_an_entry_that_is_named_has_the_disc_not_the_leaf() -> None:
    _, plan, story, discs = drawn(frame_after(timeline(GOLDEN), 3, e.VmExited))

    assert "PML4E 0 holds memory type 7" in story.text
    assert plan.cards[0].x < discs[0].x < plan.cards[0].right


def test_a_bit_that_denied_has_the_disc_also_when_the_leaf_is_another_by_now() -> None:
    trip, plan, story, discs = drawn(frame_at(timeline(GOLDEN), 3))

    assert "PDE 0 has W=0" in story.text
    assert trip.entries[-1].step.level == 1
    assert any(plan.cards[2].x < one.x < plan.cards[2].right for one in discs)


def test_a_split_has_its_disc_on_the_fan() -> None:
    _, plan, story, discs = drawn(frame_after(timeline(GOLDEN), 3, e.SuperpageSplit))

    assert number_of(story, "split") == 1
    assert [plan.cards[2].right < one.x < plan.cards[3].x for one in discs] == [True]


def test_a_selected_page_carries_no_discs_of_another() -> None:
    assert drawn(frame_at(timeline(GOLDEN), 4, selection=9))[3] == []


def test_the_lane_tells_what_is_to_blame() -> None:
    line = timeline(GOLDEN)
    misconfigured = frame_at(line, 3, 4)
    denied = frame_at(line, 3, 12)

    assert reasons(misconfigured, trip_of(misconfigured))[0] == (
        "VM exit 49: PML4E [0] holds memory type 7"
    )
    assert reasons(denied, trip_of(denied))[0] == "VM exit 48: W=0 in PDE [0]"
