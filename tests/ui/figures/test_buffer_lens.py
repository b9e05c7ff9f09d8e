"""The rows of the lens: what each slot says, and which rows there are."""

import pytest

from pmlviz.core.units import EptLevel
from pmlviz.ui.figures.buffer_lens import Lens, lens
from pmlviz.ui.figures.scene import Rect, Text
from pmlviz.ui.frame import Frame
from tests.ui.figures.stage_frames import frame_at, timeline


def of(frame: Frame, *, compact: bool = False) -> Lens:
    vcpu = frame.state.vcpus[frame.vcpu]
    assert vcpu.pml_address is not None
    page = frame.state.memory[vcpu.pml_address]
    return lens(frame, page, vcpu, 14, 100, 150, 512, compact=compact)


def slots(shown: Lens) -> list[int]:
    return [
        part.target.value[1]  # type: ignore[index, misc]
        for part in shown.parts
        if isinstance(part, Rect) and part.target is not None
    ]


def words(shown: Lens) -> list[str]:
    return [part.text for part in shown.parts if isinstance(part, Text)]


@pytest.mark.parametrize(
    ("index", "rows"),
    [
        (511, [511, 510, 509, 508, 507, 506]),
        (300, [302, 301, 300, 299, 298, 297]),
        (0, [5, 4, 3, 2, 1, 0]),
    ],
)
def test_rows_stand_round_the_index(index: int, rows: list[int]) -> None:
    line = timeline(f"enable\nset-index {index}", level=EptLevel.PTE)

    assert slots(of(frame_at(line, 2))) == rows
    assert slots(of(frame_at(line, 2), compact=True)) == rows[-5:] if index < 2 else rows[:5]


def test_a_full_buffer_shows_both_of_its_ends() -> None:
    line = timeline("enable\nset-index 0xffff", level=EptLevel.PTE)

    shown = of(frame_at(line, 2))

    assert sorted(slots(shown)) == [0, 1, 2, 3, 508, 509, 510, 511]
    assert shown.below > shown.bottom


def test_a_slot_is_live_stale_next_or_never_used() -> None:
    script = "enable\nwrite gfn 3..5\ndrain\nwrite gfn 7"
    shown = of(frame_at(timeline(script, level=EptLevel.PTE), 6))

    assert words(shown) == [
        "511", "0x7000", "510", "next", "0x4000", "509", "0x5000", "508", "never used",
        "507", "506",
    ]  # fmt: skip


def test_tips_tell_the_word_whole() -> None:
    script = "enable\nwrite gfn 3..5\ndrain\nwrite gfn 7"
    shown = of(frame_at(timeline(script, level=EptLevel.PTE), 6))

    tips = [part.tip for part in shown.parts if isinstance(part, Rect) and part.tip]
    assert tips[0] == "PML[511] = 0x0000000000007000: gfn 0x7, waits for a drain"
    assert tips[1] == "PML[510] still holds 0x0000000000004000, drained: stale"
    assert tips[3] == "PML[508] was never written"


def test_the_slot_that_a_drain_began_with_is_where_its_number_goes() -> None:
    script = "enable\nwrite gfn 3..5\ndrain"
    shown = of(frame_at(timeline(script, level=EptLevel.PTE), 5))
    at = {anchor.name: anchor.y for anchor in shown.anchors}

    assert at["pml.slot"] == at["pml.index"]
