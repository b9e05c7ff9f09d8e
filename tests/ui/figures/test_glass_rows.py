"""The rows of the glass: pages in their states, seams, holes."""

from pmlviz.core.units import EptLevel
from pmlviz.ui.figures.cells import Mark
from pmlviz.ui.figures.glass_bands import Glass
from pmlviz.ui.figures.glass_rows import SEAM, SLAB, glass_rows
from pmlviz.ui.figures.pages import PAGES, Window
from pmlviz.ui.figures.passes import target_at
from pmlviz.ui.figures.scene import Hatch, Path, Rect, Scene, Target
from pmlviz.ui.frame import Frame
from tests.ui.figures.reading import text_boxes
from tests.ui.figures.stage_frames import frame_at, timeline
from tests.ui.playing import frame_of


def drawn(frame: Frame, rows: int, *, first: int = 0, start: int = 0) -> tuple[Scene, set[str]]:
    glass = Glass(60, 80, 15, 24, 64, start, first, rows, rows, 512)
    field = PAGES.field(frame, Window(first * 512, rows * 512, 0))
    parts, seen = glass_rows(frame, glass, field, -1)
    return Scene(1048, 402, parts), set(seen)


def test_what_is_seen_is_told() -> None:
    scene, seen = drawn(frame_of("tour-xen", 4), 8)

    assert seen == {"clean", "dirty", "pending", SLAB, SEAM}
    assert [text for text, _ in text_boxes(scene)][:8] == [
        "0x0", "0x200", "0x400", "0x600", "0x800", "0xa00", "0xc00", "0xe00",
    ]  # fmt: skip


def test_seams_fade_with_the_items_and_are_gone_after_eight() -> None:
    line = timeline("enable\nwrite 0x5000" + "\nread 0x5000" * 10)

    def opacity(item: int) -> float | None:
        cuts = [
            p
            for p in drawn(frame_at(line, item), 8)[0].parts
            if isinstance(p, Path) and p.stroke == "crack"
        ]
        return cuts[0].opacity if cuts else None

    assert opacity(2) == 1
    assert opacity(6) == 0.5
    assert opacity(10) is None
    assert SEAM not in drawn(frame_at(line, 10), 8)[1]


def test_neighbours_that_wait_are_one_hatch_and_others_a_cell_each() -> None:
    full, _ = drawn(frame_of("pml-full", 514), 2)
    both, _ = drawn(frame_of("tour-xen", 5), 8)

    assert [p.w for p in full.parts if isinstance(p, Hatch)] == [64 * 15 - 1]
    assert [p.w for p in both.parts if isinstance(p, Hatch)] == [2 * 15 - 1]
    assert sum(isinstance(p, Rect) and p.fill == "dirty" for p in both.parts) == 1


def test_many_write_protected_pages_have_a_lock_in_every_eighth() -> None:
    line = timeline("enable\nread gfn 0", strategy="write-protect", level=EptLevel.PTE, pages=512)

    scene, seen = drawn(frame_at(line, 2), 1)

    shut = [p for p in scene.parts if isinstance(p, Rect) and p.fill == "wp"]
    assert Mark.WRITE_PROTECTED in seen
    assert [p.w for p in shut] == [64 * 15]
    assert sum(isinstance(p, Rect) and p.fill == "wp.lock" for p in scene.parts) == 8


def test_what_is_said_of_one_superpage_is_not_said_again_of_the_next() -> None:
    scene, _ = drawn(frame_of("tour-xen", 4), 8)
    words = [text for text, _ in text_boxes(scene)]

    assert sum("recalc pending" in word for word in words) == 1
    assert "2 MiB  PDE[7]" in words


def test_a_row_without_pages_says_that_it_is_not_mapped() -> None:
    frame = frame_at(timeline("enable", pages=512, hole=True), 1)

    scene, _ = drawn(frame, 3)

    assert [text for text, _ in text_boxes(scene)].count("not mapped") == 2


def test_pages_that_nothing_maps_are_left_out_of_their_row() -> None:
    frame = frame_at(timeline("enable", level=EptLevel.PTE, pages=20), 1)

    scene, _ = drawn(frame, 1)

    (hole,) = [p for p in scene.parts if isinstance(p, Rect) and p.tip == "not mapped"]
    assert (hole.x, hole.x + hole.w) == (60 + 20 * 15, 60 + 64 * 15 + 0.5)


def test_a_click_selects_the_page_of_its_column_and_row() -> None:
    scene, _ = drawn(frame_of("tour-xen", 4), 8, start=0x80)

    assert target_at(scene, 60 + 3 * 15 + 2, 90) == Target("gfn", 0x83)
    assert target_at(scene, 60 + 63 * 15 + 2, 80 + 2 * 24 + 5) == Target("gfn", 0x400 + 0x80 + 63)
