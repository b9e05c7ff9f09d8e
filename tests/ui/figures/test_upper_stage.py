"""Road and deck as one panel."""

from pmlviz.core import events as e
from pmlviz.ui.figures import upper_stage
from pmlviz.ui.figures.passes import anchors
from tests.ui.figures.stage_frames import FULL, GOLDEN, frame_after, frame_at, timeline


def test_an_exit_goes_on_where_the_road_ends() -> None:
    frame = frame_after(timeline(GOLDEN), 3, e.VmExited)

    points = anchors(upper_stage.layout(frame, FULL[0], FULL[1], FULL[2]))

    assert points["exit.to"] == points["deck.in"]
    assert points["entry.back"][1] == FULL[1]


def test_the_panel_is_as_large_as_it_was_asked_to_be() -> None:
    scene = upper_stage.layout(frame_at(timeline(GOLDEN), 4), 1092, 290, 104)

    assert (scene.width, scene.height) == (1092, 394)
