"""The narration panel: words, discs, beats, and where it is written."""

from itertools import pairwise

from pmlviz.core.rules import Rule
from pmlviz.core.telling import Story, told
from pmlviz.ui.figures import telling
from pmlviz.ui.figures.dump import dump
from pmlviz.ui.figures.passes import target_at
from pmlviz.ui.figures.scene import Scene, Target, Text
from pmlviz.ui.frame import Frame
from tests.golden import Golden
from tests.ui.figures.reading import cut_off, overlapping, text_boxes
from tests.ui.figures.stage_frames import COMPACT, FULL, GOLDEN, frame_at, timeline


def full(frame: Frame) -> Scene:
    return telling.layout(frame, FULL[0], FULL[3])


def compact(frame: Frame) -> Scene:
    return telling.layout(frame, COMPACT[0], COMPACT[3])


def words(scene: Scene) -> list[str]:
    return [text for text, _ in text_boxes(scene)]


def clicked(scene: Scene, text: str) -> Target | None:
    left, top, right, bottom = dict(text_boxes(scene))[text]
    return target_at(scene, (left + right) / 2, (top + bottom) / 2)


def test_a_logged_write_is_told(golden: Golden) -> None:
    frame = frame_at(timeline(GOLDEN), 4)

    golden(dump(full(frame)), "scenes/telling_logged_write.txt")
    golden(dump(compact(frame)), "scenes/telling_logged_write_compact.txt")


def test_the_story_is_large_and_smaller_in_a_small_window() -> None:
    frame = frame_at(timeline(GOLDEN), 4)

    def sizes(scene: Scene) -> set[float]:
        return {p.size for p in scene.parts if isinstance(p, Text) and p.font == "mono"}

    assert (sizes(full(frame)), sizes(compact(frame))) == ({23.0}, {18.0})


def test_a_value_stays_on_one_line() -> None:
    assert "PML[511] = 0x6000" in words(full(frame_at(timeline(GOLDEN), 4)))


def test_the_beats_give_way_in_a_small_window_the_citation_stays() -> None:
    frame = frame_at(timeline(GOLDEN), 4)
    cited = "SDM Vol. 3C, “Page-Modification Logging”"

    assert "permission" in words(full(frame))
    assert "permission" not in words(compact(frame))
    assert cited in words(full(frame))
    assert cited in words(compact(frame))


def test_citation_claim_why_and_beats_are_targets() -> None:
    scene = full(frame_at(timeline(GOLDEN), 4))

    assert clicked(scene, "SDM Vol. 3C, “Page-Modification Logging”") == Target(
        "citation", "pml-log-on-dirty"
    )
    assert clicked(scene, "bears on claim C6 ▸") == Target("claim", "C6")
    assert clicked(scene, "why? W") == Target("why", 6)
    assert clicked(scene, "permission") == Target("event", 4)


def test_a_write_that_was_not_logged_asks_why() -> None:
    assert "why not logged? W" in words(full(frame_at(timeline(GOLDEN), 3)))


def test_neighbours_that_are_equal_are_one_beat() -> None:
    texts = [one.text for one in telling.beats_of(frame_at(timeline(GOLDEN), 3))]

    assert texts[:4] == ["walk", "exit 49", "resolve", "retry"]
    assert all(a != b for a, b in pairwise(texts))


def test_a_story_far_too_long_ends_in_an_ellipsis() -> None:
    frame = frame_at(timeline(GOLDEN), 4)
    story = Story(told("{leaf.d} a word and `0x5000` " * 120), Rule.PML_LOG)

    scene = telling.layout(frame, COMPACT[0], COMPACT[3], story=story)

    assert any(text.endswith("…") for text in words(scene))
    assert overlapping(scene) == []
    assert cut_off(scene) == []
