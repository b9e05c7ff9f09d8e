"""What is under the glass, and superpages in it."""

import pytest

from pmlviz.ui.figures.cells import Mark
from pmlviz.ui.figures.glass_bands import Glass, Row, band_of, band_words
from pmlviz.ui.figures.pages import RANK
from pmlviz.ui.figures.scene import Path, Rect, Scene, Text
from tests.ui.figures.reading import cut_off, overlapping
from tests.ui.figures.stage_frames import frame_at, timeline
from tests.ui.playing import frame_of

GLASS = Glass(60, 80, 15, 24, 64, 0, 0, 8, 8, 512)


def row(n: int, *, marks: dict[int, Mark] | None = None, late: bool = False) -> Row:
    codes = [0] * 64
    for column, mark in (marks or {}).items():
        codes[column] = RANK[mark]
    return Row(n, GLASS.gfn(n), codes, slab=True, huge=False, mapped=True, late=late)


@pytest.mark.parametrize(
    ("gfn", "at"),
    [(0, (60.5, 80)), (6, (150.5, 80)), (0x203, (105.5, 104)), (0xE3F, (60.5 + 63 * 15, 248))],
)
def test_a_page_under_the_glass_has_a_place(gfn: int, at: tuple[float, float]) -> None:
    cell = GLASS.cell(gfn)

    assert cell is not None
    assert cell[:2] == at
    assert cell[2:] == (14, 22)


@pytest.mark.parametrize("gfn", [64, 0x1FF, 0x1000, 0x240])
def test_a_page_outside_has_none(gfn: int) -> None:
    assert GLASS.cell(gfn) is None


def test_rows_begin_where_the_glass_begins() -> None:
    moved = GLASS._replace(start=0x100, first=3)

    assert moved.gfn(0) == 3 * 512 + 0x100
    assert moved.cell(3 * 512 + 0x101) == (75.5, 80, 14, 22)


def test_a_superpage_is_told_by_size_entry_and_state() -> None:
    frame = frame_at(timeline("enable\nread 0x5000"), 2)

    words, state = band_words(frame, [row(1, late=True)])

    assert words == (
        "2 MiB superpage, one entry: PDE[1] 0xb8000001002007ff, "
        "recalc pending: split only if written",
        "2 MiB superpage: PDE[1] 0xb8000001002007ff",
        "2 MiB  PDE[1]",
        "2 MiB",
    )
    assert state == "recalc pending: split only if written"


def test_one_that_is_settled_tells_its_flags() -> None:
    frame = frame_at(timeline("enable\nread 0x5000"), 2)

    assert band_words(frame, [row(0)])[1] == "logdirty, W = 0: a write exits 48"
    assert band_words(frame_at(timeline("peek"), 1), [row(0)])[1] == "ram_rw, W = 1, D = 1"


def test_a_superpage_of_several_rows_says_that_all_are_inside() -> None:
    frame = frame_of("one-gigabyte", 1)

    words, _ = band_words(frame, [row(0), row(1)])

    assert words[0].startswith("1 GiB superpage, one entry: PDPTE[0]")
    assert words[0].endswith("; all rows shown are inside it")


def drawn(*rows: Row, kept: int = -1, glass: Glass = GLASS) -> Scene:
    frame = frame_at(timeline("enable\nread 0x5000"), 2)
    words, _ = band_words(frame, list(rows))
    scene = Scene(1048, 402, band_of(frame, glass, list(rows), words, kept))
    assert overlapping(scene) == []
    assert cut_off(scene) == []
    return scene


def text_of(scene: Scene) -> Text:
    return next(part for part in scene.parts if isinstance(part, Text))


def test_the_words_leave_marked_pages_and_the_one_looked_at_free() -> None:
    assert text_of(drawn(row(0))).x == 68
    assert text_of(drawn(row(0, marks={5: Mark.PENDING}))).x == 60 + 6 * 15 + 8
    assert text_of(drawn(row(0, marks={5: Mark.PENDING}), kept=6)).x == 60 + 7 * 15 + 8


def test_a_band_spans_all_its_rows_and_is_bracketed_at_its_ends() -> None:
    scene = drawn(row(2), row(3), row(4))
    band = scene.parts[0]

    assert isinstance(band, Rect)
    assert (band.y, band.h) == (80 + 2 * 24, 2 * 24 + 22)
    assert sum(isinstance(part, Path) for part in scene.parts) == 1


def test_a_band_goes_on_where_the_glass_ends() -> None:
    middle = drawn(row(2), glass=GLASS._replace(start=0x100))
    end = drawn(row(2), glass=GLASS._replace(start=512 - 64))

    assert not any(isinstance(part, Path) for part in middle.parts)
    assert sum(isinstance(part, Path) for part in end.parts) == 1
