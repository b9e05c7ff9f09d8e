"""Counts item by item, and the PML index along the run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.core import events as e
from pmlviz.core import scenarios
from pmlviz.core.timeline import Timeline
from pmlviz.core.units import EptLevel
from pmlviz.ui.figures import counter_bars
from pmlviz.ui.figures.dump import dump
from pmlviz.ui.figures.scene import Circle, Polyline, Rect, Scene
from pmlviz.ui.frame import Frame, resolve
from tests.golden import Golden
from tests.ui.figures.pinned import telling
from tests.ui.figures.reading import cut_off, overlapping, spills, text_boxes
from tests.ui.figures.stage_frames import frame_after, frame_at, timeline, timelines
from tests.ui.playing import frame_of, timeline_of

SIZE = (312.0, 402.0)
SMALL = (224.0, 260.0)
sizes = st.tuples(st.floats(224, 400), st.floats(260, 520))


def scene(frame: Frame, size: tuple[float, float] = SIZE) -> Scene:
    return counter_bars.layout(frame, *size)


def counts(frame: Frame) -> dict[str, str]:
    """Return each count by its words."""
    lines: dict[float, list[tuple[float, str]]] = {}
    for text, (x, _, _, bottom) in text_boxes(scene(frame)):
        lines.setdefault(round(bottom / 5), []).append((x, text))
    rows = [[text for _, text in sorted(line)] for line in lines.values()]
    return {row[0]: row[-1] for row in rows if len(row) > 1}


def bars(frame: Frame) -> dict[str, tuple[str | None, float]]:
    """Return colour and height of each bar that is more than a hairline, by its tip and row."""
    return {
        f"{p.tip} @{round(p.y + p.h)}": (p.fill, p.h)
        for p in scene(frame).parts
        if isinstance(p, Rect) and p.tip.startswith("item ") and p.h > 1
    }


def faults(drawn: Scene) -> list[object]:
    found: list[object] = [*overlapping(drawn), *cut_off(drawn)]
    return [*found, "spills"] if spills(drawn) else found


def test_it_is_drawn_as_accepted(golden: Golden) -> None:
    golden(dump(scene(frame_of("tour-xen", 4, 8))), "scenes/counter_bars.txt")
    golden(dump(scene(frame_of("pml-full", 515, 12))), "scenes/counter_bars_long.txt")


def test_counts_are_those_at_the_position() -> None:
    found = counts(frame_of("tour-xen", 4))

    assert found["exit 48  EPT violation"] == "1"
    assert found["log entries"] == "1"
    assert found["pages to send"] == "2"
    assert found["lost  ·  over-reported"] == "0 · 0"


def test_each_item_that_counted_has_a_bar_the_current_one_in_the_accent() -> None:
    found = bars(frame_of("tour-xen", 4))

    assert sorted(name.split(" @")[0] for name in found) == [
        "item 3: 1", "item 3: 1", "item 3: 1", "item 4: 1",
    ]  # fmt: skip
    assert {fill for name, (fill, _) in found.items() if name.startswith("item 4")} == {"accent"}


def test_what_the_current_item_will_count_is_not_counted_yet() -> None:
    line = timeline("enable\nwrite 0x5000\nwrite 0x6000")

    before, after = (frame_after(line, 3, kind) for kind in (e.DirtySet, e.PmlLogged))

    assert not any(name.startswith("item 3") for name in bars(before))
    assert any(name.startswith("item 3") for name in bars(after))


def test_the_count_that_the_event_changed_is_outlined_and_later_underlined() -> None:
    line = timeline("enable\nwrite 0x5000\nwrite 0x6000")

    def outlined(frame: Frame) -> bool:
        return any(isinstance(p, Rect) and p.stroke == "accent" for p in scene(frame).parts)

    assert outlined(frame_after(line, 3, e.PmlLogged))
    assert not outlined(frame_after(line, 3, e.PmlIndexStepped))


def test_with_little_width_there_are_no_bars_and_the_head_does_not_speak_of_them() -> None:
    frame = frame_of("pml-full", 515, 12)
    small = scene(frame, SMALL)

    assert not any(isinstance(p, Rect) and p.tip.startswith("item ") for p in small.parts)
    assert "since the start" in [text for text, _ in text_boxes(small)]
    assert "bars from item 492 on" in [text for text, _ in text_boxes(scene(frame))]


def test_the_plot_follows_the_index_down_to_full_and_up_again() -> None:
    full, after = scene(frame_of("pml-full", 514)), scene(frame_of("pml-full", 516))

    def lowest_and_now(drawn: Scene) -> tuple[float, float]:
        ys = [y for p in drawn.parts if isinstance(p, Polyline) for _, y in p.points]
        (now,) = [p for p in drawn.parts if isinstance(p, Circle)]
        return max(ys), now.y

    bottom, now = lowest_and_now(full)
    assert now == pytest.approx(bottom)
    bottom, now = lowest_and_now(after)
    assert now < bottom - 50


def test_the_plot_has_few_points_however_long_the_run() -> None:
    line = timeline(
        "enable\nread gfn 0\n" + "write gfn 0..511\nclean\n" * 3, level=EptLevel.PTE, pages=512
    )
    drawn = scene(frame_at(line, len(line.script)))

    points = [len(p.points) for p in drawn.parts if isinstance(p, Polyline)]

    assert sum(points) < 2 * 312 + 8


def test_without_pml_it_says_so() -> None:
    frame = frame_of("write-protect", 3, strategy="write-protect")

    assert counts(frame)["index along the run"] == "PML off"


def test_of_several_vcpus_the_current_ones_index_is_shown() -> None:
    assert "index of vCPU 1" in counts(frame_of("two-vcpus", 4))


@pytest.mark.slow
@pytest.mark.parametrize("name", scenarios.ORDER)
def test_it_can_be_read_at_every_position_of_the_gallery(name: str) -> None:
    line = timeline_of(name)
    for position in telling(line):
        frame = resolve(line, position)
        for size in (SIZE, SMALL):
            assert faults(scene(frame, size)) == [], (position, size)


@pytest.mark.slow
@given(timelines(), sizes, st.data())
def test_it_can_be_read_at_any_position_of_any_script(
    line: Timeline, size: tuple[float, float], data: st.DataObject
) -> None:
    frame = resolve(line, data.draw(st.sampled_from(telling(line))))

    assert faults(scene(frame, size)) == []
