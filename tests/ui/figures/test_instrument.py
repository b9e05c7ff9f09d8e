"""The Debug sheet, whole: at any position, size and script."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.core import events as e
from pmlviz.core import scenarios
from pmlviz.core.glossary import look_up
from pmlviz.core.strategies import STRATEGIES
from pmlviz.core.timeline import Timeline
from pmlviz.ui.figures import instrument
from pmlviz.ui.figures.dump import dump
from pmlviz.ui.figures.passes import anchors
from pmlviz.ui.figures.registry import FIGURES
from pmlviz.ui.figures.scene import Anchor, Group, Leaf, Primitive, Scene
from pmlviz.ui.frame import Frame, resolve
from tests.golden import Golden
from tests.ui.figures.pinned import covered_by_pins, pinned, telling
from tests.ui.figures.reading import cut_off, overlapping, spills, text_boxes
from tests.ui.figures.stage_frames import frame_at, paged, timeline, timelines
from tests.ui.playing import frame_of, timeline_of

WIDE = (1304.0, 804.0)
"""In a window of 1600 x 1000."""
NARROW = (1044.0, 624.0)
"""At 1280 x 800."""
sizes = st.tuples(st.floats(1040, 1800), st.floats(590, 1000))


def faults(scene: Scene) -> list[object]:
    """Return whatever cannot be read in *scene*."""
    found: list[object] = [*overlapping(scene), *cut_off(scene), *covered_by_pins(scene)]
    return [*found, "spills"] if spills(scene) else found


def wires(frame: Frame, size: tuple[float, float] = WIDE) -> list[str]:
    scene = instrument.layout(frame, *size)
    group = next(p for p in scene.parts if isinstance(p, Group) and p.name == "wires")
    return [text for text, _ in text_boxes(Scene(*size, (group,))) if not text.isdigit()]


def leaves(parts: tuple[Primitive, ...]) -> Iterator[Leaf]:
    for part in parts:
        if isinstance(part, Group):
            yield from leaves(part.children)
        elif not isinstance(part, Anchor):
            yield part


# ── pictures ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("event", [1, 6, 7, 8, 10])
def test_a_logged_write_event_by_event(golden: Golden, event: int) -> None:
    scene = instrument.layout(frame_of("tour-xen", 4, event), *WIDE)

    golden(dump(scene), f"scenes/instrument_write_{event}.txt")


def test_a_log_that_is_full(golden: Golden) -> None:
    scene = instrument.layout(frame_of("pml-full", 515, 12), *WIDE)

    golden(dump(scene), "scenes/instrument_pml_full.txt")


def test_a_logged_write_in_a_narrow_window(golden: Golden) -> None:
    scene = instrument.layout(frame_of("tour-xen", 4, 7), *NARROW)

    golden(dump(scene), "scenes/instrument_narrow.txt")


# ── what it says ────────────────────────────────────────────────────────────


def test_the_loop_is_drawn_out_by_the_wire_and_home_by_the_pipe() -> None:
    assert wires(frame_of("tour-xen", 4, 7)) == ["D 0→1 is logged"]
    assert wires(frame_of("tour-xen", 4, 8)) == [
        "D 0→1 was logged", "a drain will set bit 0x6: PML[511] → bitmap",
    ]  # fmt: skip
    assert wires(frame_of("pml-full", 515, 12)) == [
        "needs D 0→1: no slot", "the drain of exit 62 will set bits 0x0 … 0x1ff",
    ]  # fmt: skip


def test_heads_strips_and_rail_have_the_same_height_in_path_and_buffer() -> None:
    for size in (WIDE, NARROW):
        scene = instrument.layout(frame_of("tour-xen", 4), *size)
        boxes = text_boxes(scene)
        bottoms = {text: box[3] for text, box in boxes}
        slot = anchors(scene)["pml.slot"]

        assert bottoms["Path of this access"] == bottoms["PML buffer"]
        assert bottoms["PTE"] == bottoms["vCPU 0"] or bottoms["PTE"] == bottoms["page"]
        assert any(abs(slot[1] + 4 + 0.2 * 11 - box[3]) < 2 for text, box in boxes if text == "6")


def test_every_event_of_an_item_has_its_number_on_the_sheet() -> None:
    line = timeline("enable\nwrite 0x5000\nwrite 0x6000\nwrite 0x6000\nclean\ndisable")
    line.record_to(6)
    for item in range(1, 7):
        for number, event in enumerate(line.play(item).events, 1):
            scene = instrument.layout(frame_at(line, item, number), *WIDE)
            if isinstance(event, e.PmlLogged | e.PmlIndexChecked):
                assert pinned(scene)[number] == "accent"
            assert number in pinned(scene), (item, number, event)


def test_in_less_room_than_the_least_it_is_drawn_smaller() -> None:
    scene = instrument.layout(frame_of("tour-xen", 4, 7), 700, 420)

    (sheet,) = scene.parts
    assert isinstance(sheet, Group)
    assert sheet.scale == pytest.approx(700 / instrument.LEAST[0])
    assert not spills(scene)


def test_every_term_to_click_on_is_in_the_glossary() -> None:
    frames = (frame_of("tour-xen", 4), frame_of("tour", 4), frame_of("pml-full", 514))
    found = {
        str(part.target.value)
        for frame in frames
        for part in leaves(instrument.layout(frame, *WIDE).parts)
        if part.target is not None and part.target.kind == "term"
    }

    assert {"PML index", "lost", "PTE", "D"} <= found
    assert {term for term in found if look_up(term) is None} == set()


def test_it_is_one_of_the_figures() -> None:
    figure = FIGURES["debug"]

    assert figure.layout is instrument.layout
    assert (figure.width, figure.height) == instrument.NATURAL


# ── at any position ─────────────────────────────────────────────────────────


@pytest.mark.slow
@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("name", scenarios.ORDER)
def test_it_can_be_read_at_every_position_of_the_gallery(name: str, strategy: str) -> None:
    line = timeline_of(name, strategy)
    for n, position in enumerate(telling(line)):
        frame = resolve(line, position)
        size = (WIDE, NARROW)[n % 2]
        assert faults(instrument.layout(frame, *size)) == [], (position, size)


@pytest.mark.slow
@given(timelines(), sizes, st.data())
def test_it_can_be_read_at_any_position_of_any_script(
    line: Timeline, size: tuple[float, float], data: st.DataObject
) -> None:
    frame = resolve(line, data.draw(st.sampled_from(telling(line))))

    assert faults(instrument.layout(frame, *size)) == []


def test_it_can_be_read_with_guest_paging_and_with_many_vcpus() -> None:
    lines = (
        paged("enable\nwrite 0x5000\nclean"),
        timeline("enable\nvcpu9 write 0x5000\nclean", vcpus=16),
    )
    for line in lines:
        for position in telling(line)[::3]:
            assert faults(instrument.layout(resolve(line, position), *WIDE)) == [], position
