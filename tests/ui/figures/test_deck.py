"""Xen's deck: what it did, does, will do; and the last visit where it does nothing."""

from pmlviz.core import events as e
from pmlviz.core.units import EptLevel
from pmlviz.ui.figures import deck
from pmlviz.ui.figures.dump import dump
from pmlviz.ui.figures.passes import anchors
from pmlviz.ui.figures.scene import NOT_YET, Rect, Scene
from pmlviz.ui.figures.stage_plan import drop_at
from pmlviz.ui.frame import Frame
from tests.golden import Golden
from tests.ui.figures.reading import overlapping, text_boxes
from tests.ui.figures.stage_frames import COMPACT, FULL, GOLDEN, frame_after, frame_at, timeline


def full(frame: Frame) -> Scene:
    return deck.layout(frame, FULL[0], FULL[2])


def words(scene: Scene) -> list[str]:
    return [text for text, _ in text_boxes(scene)]


def chips(scene: Scene) -> list[Rect]:
    return [p for p in scene.parts if isinstance(p, Rect) and p.h == 28 and p.radius]


def test_the_deck_while_a_superpage_is_split(golden: Golden) -> None:
    frame = frame_after(timeline(GOLDEN), 3, e.SuperpageSplit)

    golden(dump(full(frame)), "scenes/deck_split.txt")


def test_the_deck_when_xen_did_not_run(golden: Golden) -> None:
    frame = frame_at(timeline(GOLDEN), 4)

    golden(dump(full(frame)), "scenes/deck_did_not_run.txt")
    golden(dump(deck.layout(frame, COMPACT[0], COMPACT[2])), "scenes/deck_compact.txt")


def test_without_an_exit_the_last_visit_is_kept_in_view() -> None:
    shown = words(full(frame_at(timeline(GOLDEN), 4)))

    assert "did not run" in shown
    assert "Last visit: item 3, write 0x5000 into the whole 2 MiB page" in shown


def test_steps_to_come_are_dashed_the_present_one_is_accent() -> None:
    drawn = chips(full(frame_after(timeline(GOLDEN), 3, e.SuperpageSplit)))

    assert [c.fill == "accent" for c in drawn] == [False, False, False, True, False, False]
    assert [c.dash == NOT_YET for c in drawn] == [False] * 4 + [True] * 2


def test_at_rest_no_step_is_the_present_one() -> None:
    drawn = chips(full(frame_at(timeline(GOLDEN), 3)))

    assert {c.fill for c in drawn} == {"panel"}


def test_an_exit_that_comes_next_is_announced() -> None:
    line = timeline("enable\nread gfn 0\nwrite gfn 0..511\nwrite 0", level=EptLevel.PTE, pages=512)
    frame = frame_after(timeline(GOLDEN), 3, e.EptWalked)

    assert "Next, in the handler of exit 49 (dashed = not yet):" in words(full(frame))
    assert "did not run" in words(full(frame_at(line, 514)))


def test_what_falls_meets_what_the_road_lets_fall() -> None:
    frame = frame_after(timeline(GOLDEN), 3, e.VmExited)

    assert anchors(full(frame))["deck.in"][0] == drop_at(compact=False)


def test_operations_are_not_come_to_by_exits() -> None:
    scene = full(frame_at(timeline(GOLDEN), 6))

    assert "What Xen did:" in words(scene)
    assert "deck.in" not in anchors(scene)


def test_the_toolstack_sends_pages_not_xen() -> None:
    assert "What the toolstack did:" in words(full(frame_at(timeline(GOLDEN), 2)))


def test_a_chain_too_long_for_its_room_is_counted() -> None:
    frame = frame_after(timeline(GOLDEN), 3, e.SuperpageSplit)

    scene = deck.layout(frame, 600, 104)

    assert overlapping(scene) == []
