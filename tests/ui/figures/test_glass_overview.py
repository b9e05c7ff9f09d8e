"""All of guest memory at 1 px a page."""

import pytest

from pmlviz.core.boot import boot
from pmlviz.core.script import ItemScript
from pmlviz.core.state import Region
from pmlviz.core.strategies import STRATEGIES
from pmlviz.core.timeline import Timeline
from pmlviz.core.units import EptLevel, Gfn
from pmlviz.ui.figures.glass_bands import Glass
from pmlviz.ui.figures.glass_overview import Overview, overview
from pmlviz.ui.figures.scene import Path, Raster, Rect, Scene
from pmlviz.ui.frame import Frame
from tests.ui.figures.reading import text_boxes
from tests.ui.figures.stage_frames import frame_at
from tests.ui.playing import frame_of

PLACE = Overview(60, 300, 1032, 48)


def glass(total: int, *, start: int = 0, first: int = 0) -> Glass:
    return Glass(60, 80, 15, 24, 64, start, first, min(8, total), total, 512)


def raster(parts: tuple[object, ...]) -> Raster:
    return next(p for p in parts if isinstance(p, Raster))


def of_gigabytes(n: int) -> Frame:
    region = Region(Gfn(0), n << 18, EptLevel.PDPTE)
    line = Timeline(boot([region]), ItemScript.parse("enable"), STRATEGIES["xen"])
    return frame_at(line, 1)


def test_a_small_guest_has_a_px_a_page_and_a_line_a_row() -> None:
    wide, parts = overview(frame_of("tour-xen", 4), glass(8), PLACE)
    cells = raster(parts)

    assert wide == 512
    assert (cells.cols, cells.rows) == (512, 8 * 5)
    assert [text for text, _ in text_boxes(Scene(1048, 402, parts))] == ["all", "1 px", "a page"]


def test_each_state_fills_its_own_part_of_the_line() -> None:
    _, parts = overview(frame_of("tour-xen", 4), glass(8), PLACE)
    cells = raster(parts)

    def column(page: int) -> list[str | None]:
        return [cells.palette[cells.codes[row * 512 + page]] for row in range(5)]

    assert column(5) == ["dirty"] * 4 + [None]
    assert column(6) == [None, None, "pend", "pend", None]
    assert column(7) == [None] * 5


def test_one_lost_page_takes_three_px_and_a_flag() -> None:
    frame = frame_of("tour", 4, strategy="superpage-naive")

    _, parts = overview(frame, glass(8), PLACE)
    cells = raster(parts)
    first_line = [cells.palette[code] for code in cells.codes[:512]]

    assert [n for n, token in enumerate(first_line) if token == "lost"] == [5, 6, 7]
    assert any(isinstance(p, Path) and p.fill == "lost" for p in parts)


@pytest.mark.parametrize(("n", "scale"), [(1, "256 KiB"), (64, "16 MiB"), (512, "128 MiB")])
def test_a_large_guest_has_more_pages_a_px_in_no_more_lines(n: int, scale: str) -> None:
    frame = of_gigabytes(n)

    wide, parts = overview(frame, glass(n << 9), PLACE)
    cells = raster(parts)

    assert wide == 512
    assert cells.rows / 5 <= 12
    assert scale in [text for text, _ in text_boxes(Scene(1048, 402, parts))]


def test_the_pages_under_the_glass_are_outlined() -> None:
    _, parts = overview(frame_of("tour-xen", 4), glass(8, start=0x80), PLACE)

    outline = parts[-1]

    assert isinstance(outline, Rect)
    assert (outline.x, outline.w) == (60 + 0x80 - 2, 64 + 4)
    assert (outline.y, outline.h) == (300 - 2, 48 + 4)


def test_of_a_large_guest_the_outline_is_still_seen() -> None:
    _, parts = overview(of_gigabytes(64), glass(64 << 9, first=5000), PLACE)

    outline = parts[-1]

    assert isinstance(outline, Rect)
    assert outline.w >= 7
    assert 300 - 2 <= outline.y < 348
