"""The silo: slots to scale, one bar a vCPU."""

from itertools import pairwise

import pytest

from pmlviz.core.units import EptLevel
from pmlviz.ui.figures.scene import Hatch, Path, Primitive, Rect, Text
from pmlviz.ui.figures.silo import SILO, silos
from pmlviz.ui.frame import Frame
from tests.ui.figures.stage_frames import frame_at, timeline

TALL = 512.0


def at_index(index: int, vcpus: int = 1) -> Frame:
    script = f"enable\nset-index {index}"
    return frame_at(timeline(script, level=EptLevel.PTE, vcpus=vcpus), 2)


def bars(parts: list[Primitive]) -> list[Rect]:
    return [p for p in parts if isinstance(p, Rect) and p.target is not None]


def pointer(parts: list[Primitive]) -> float:
    (arrow,) = [p for p in parts if isinstance(p, Path)]
    (_, *at) = arrow.d[0]
    return at[1]


@pytest.mark.parametrize("index", [0, 1, 255, 400, 500])
def test_what_waits_is_as_high_as_its_slots(index: int) -> None:
    parts = silos(at_index(index), 0, 0, TALL)

    (filled,) = [p for p in parts if isinstance(p, Hatch)]
    assert filled.h == 511 - index


@pytest.mark.parametrize("index", [510, 509])
def test_few_words_are_seen_all_the_same(index: int) -> None:
    parts = silos(at_index(index), 0, 0, TALL)

    (filled,) = [p for p in parts if isinstance(p, Rect) and p.fill == "pend.line"]
    assert filled.h == 3


@pytest.mark.parametrize(("index", "slots"), [(511, 0), (256, 255), (0, 511), (600, 512)])
def test_the_pointer_is_at_the_slot_that_the_index_names(index: int, slots: int) -> None:
    y = pointer(silos(at_index(index), 0, 100, TALL))

    assert y == pytest.approx(103 + slots + 0.5, abs=0.5)


@pytest.mark.parametrize("vcpus", [1, 2, 3, 4])
def test_all_vcpus_share_the_width_and_the_current_one_has_the_most(vcpus: int) -> None:
    drawn = bars(silos(at_index(400, vcpus), 10, 0, TALL))

    assert len(drawn) == vcpus
    assert drawn[0].x == 10
    assert drawn[-1].x + drawn[-1].w == 10 + SILO
    assert all(a.x + a.w < b.x for a, b in pairwise(drawn))
    assert max(drawn, key=lambda bar: bar.w).stroke == "ink"


def test_of_many_vcpus_only_the_current_one_is_drawn() -> None:
    assert len(bars(silos(at_index(400, 9), 0, 0, TALL))) == 1


def test_drained_words_are_ghosted_below_the_index() -> None:
    script = "enable\nwrite gfn 3..9\ndrain"
    frame = frame_at(timeline(script, level=EptLevel.PTE), 9)

    parts = silos(frame, 0, 0, TALL)

    (ghost,) = [p for p in parts if isinstance(p, Rect) and p.opacity < 1]
    assert (ghost.y, ghost.h) == (3, 7)
    assert not any(isinstance(p, Hatch) for p in parts)


def test_what_is_free_is_counted() -> None:
    words = [p.text for p in silos(at_index(411), 0, 0, TALL) if isinstance(p, Text)]

    assert words == ["412", "free"]
