"""One region as a slab, as a shatter, as tiles."""

import numpy as np

from pmlviz.core import events as e
from pmlviz.core.units import EptLevel
from pmlviz.ui.figures.cells import Mark
from pmlviz.ui.figures.memory_block import latest, marker, splitting, tiles
from pmlviz.ui.figures.memory_fields import CLEAN, CODE, block_field, codes_of
from pmlviz.ui.figures.memory_plan import Block
from pmlviz.ui.figures.parts import Parts
from pmlviz.ui.figures.scene import Hatch, Path, Raster, Rect, Target
from pmlviz.ui.frame import Frame
from tests.ui.figures.stage_frames import GOLDEN, frame_after, frame_at, timeline

BLOCK = Block(0, 100, 40, 12.75)


def drawn(frame: Frame, block: Block = BLOCK) -> Parts:
    return tiles(frame, block, codes_of(block_field(frame, block)), "2 MiB", frame.shown_gfn)


def of(mark: Mark, count: int) -> Parts:
    codes = np.full(512, CLEAN, np.uint8)
    codes[:count] = CODE[mark]
    return tiles(frame_at(timeline(GOLDEN), 0, 0), BLOCK, codes, "", None)


def test_a_whole_superpage_is_one_slab() -> None:
    slabs = [p for p in drawn(frame_at(timeline(GOLDEN), 1)) if isinstance(p, Rect)]

    assert [(p.fill, p.w, p.h) for p in slabs] == [("slab", BLOCK.wide, BLOCK.high)]


def test_the_split_is_512_slab_tiles_apart_and_only_at_that_event() -> None:
    line = timeline(GOLDEN)
    still = frame_after(line, 3, e.SuperpageSplit)

    pieces = [p for p in drawn(still) if isinstance(p, Rect) and p.fill == "slab"]

    assert len(pieces) == 512
    assert splitting(still, BLOCK)
    assert not splitting(frame_at(line, 3), BLOCK)
    assert not splitting(still, Block(512, 0, 0, 12))


def test_seams_fade_item_by_item() -> None:
    line = timeline("enable\nwrite 0x5000" + "\nwrite 0x5000" * 8)

    def strength(item: int) -> float:
        found = drawn(frame_at(line, item))
        return max((p.opacity for p in found if isinstance(p, Path) and p.stroke == "crack"),
                   default=0.0)  # fmt: skip

    shown = [strength(item) for item in range(2, 11)]

    assert shown == sorted(shown, reverse=True)
    assert shown[-1] == 0


def test_a_gigabyte_that_was_split_is_the_latest_split_of_its_regions() -> None:
    frame = frame_at(timeline("enable\nwrite 0x5000", level=EptLevel.PDPTE, pages=1 << 18), 2)

    split = latest(frame, Block(1 << 17, 0, 0, 12))

    assert split is not None
    assert split.pages == 1 << 18


def test_many_waiting_pages_are_few_hatches() -> None:
    assert len([p for p in of(Mark.PENDING, 20) if isinstance(p, Hatch)]) == 0
    assert len([p for p in of(Mark.PENDING, 512) if isinstance(p, Hatch)]) == 1


def test_many_signs_cost_a_path_or_two() -> None:
    for mark in (Mark.LOST, Mark.OVER, Mark.WRITE_PROTECTED):
        assert len(of(mark, 512)) < 12


def test_large_tiles_have_locks() -> None:
    codes = np.full(512, CODE[Mark.WRITE_PROTECTED], np.uint8)
    found = tiles(frame_at(timeline(GOLDEN), 0, 0), Block(0, 0, 0, 20), codes, "", None)

    locks = [p for p in found if isinstance(p, Path) and p.stroke == "wp.lock"]

    # Three strokes a shackle, one a body.
    assert [len([c for c in p.d if c[0] == "M"]) for p in locks] == [3 * 512, 512]


def test_every_tile_selects_its_page() -> None:
    raster = next(
        p for p in reversed(drawn(frame_at(timeline(GOLDEN), 4))) if isinstance(p, Raster)
    )

    assert raster.target == Target("gfn", 0)
    assert (raster.rows, raster.cols) == (16, 32)


def test_what_changed_is_solid_what_is_next_is_dashed_and_a_choice_is_ink() -> None:
    now, ahead, chosen = (
        marker(BLOCK, 6, now=now, ahead=ahead, tip="")[1]
        for now, ahead in ((True, False), (False, True), (False, False))
    )

    assert [(p.stroke, bool(p.dash)) for p in (now, ahead, chosen) if isinstance(p, Rect)] == [
        ("accent", False), ("accent", True), ("ink", False),
    ]  # fmt: skip
