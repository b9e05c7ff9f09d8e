"""Notes on pages: which, and where they stand."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.core.units import EptLevel
from pmlviz.ui.figures.cells import Mark
from pmlviz.ui.figures.memory_callouts import Note, callouts, notes, waits
from pmlviz.ui.figures.memory_fields import CLEAN, CODE, block_field, codes_of
from pmlviz.ui.figures.memory_plan import Block
from pmlviz.ui.figures.scene import Rect, Text
from pmlviz.ui.frame import Frame
from tests.ui.figures.stage_frames import GOLDEN, frame_at, timeline

BLOCK = Block(0, 100, 40, 12.75)


def said(frame: Frame, most: int = 3, block: Block = BLOCK) -> list[Note]:
    return notes(frame, block, codes_of(block_field(frame, block)), most)


def boxes(block: Block, codes: list[int], about: list[Note]) -> list[Rect]:
    parts = callouts(block, np.array(codes, np.uint8), about, {})
    return [p for p in parts if isinstance(p, Rect)]


def test_the_page_in_focus_comes_first_then_one_of_each_other_state() -> None:
    found = said(frame_at(timeline(GOLDEN), 4))

    assert [note.head for note in found] == [
        "gfn 6: only in the PML buffer",
        "gfn 5: in the bitmap",
    ]
    assert [note.text for note in found] == [
        "logged by the processor, no exit",
        "marked by Xen in exit 48, not logged",
    ]


def test_lost_pages_are_noted_though_another_is_in_focus() -> None:
    line = timeline("enable\nwrite 0x5000\nwrite 0x6000\nread 0x5000", strategy="superpage-naive")

    found = said(frame_at(line, 4))

    assert [note.gfn for note in found] == [5, 6]
    assert found[1].head == "gfn 6: lost"


def test_there_are_no_more_notes_than_asked_for() -> None:
    assert len(said(frame_at(timeline(GOLDEN), 4), most=1)) == 1


def test_what_is_so_of_every_page_is_not_noted_on_one() -> None:
    line = timeline("enable\nread gfn 0\nwrite gfn 0..511", level=EptLevel.PTE, pages=1024)
    frame = frame_at(line, 514, selection=600)

    assert said(frame) == []


def test_an_access_waits_until_it_is_done() -> None:
    line = timeline(GOLDEN)

    assert waits(frame_at(line, 4, 1))
    assert not waits(frame_at(line, 4))
    assert not waits(frame_at(line, 1, 1))


@given(
    st.lists(st.integers(0, 511), max_size=40, unique=True),
    st.lists(st.integers(0, 511), min_size=1, max_size=3, unique=True),
    st.floats(8, 22),
)
def test_notes_stand_inside_apart_and_off_their_pages(
    dirty: list[int], about: list[int], z: float
) -> None:
    block = Block(0, 50, 40, z)
    codes = [CLEAN] * 512
    for gfn in (*dirty, *about):
        codes[gfn] = CODE[Mark.DIRTY]

    found = boxes(block, codes, [Note(gfn, "gfn 5: in the bitmap", "marked") for gfn in about])

    for box in found:
        assert block.x <= box.x
        assert box.x + box.w <= block.x + block.wide
        assert block.y <= box.y
        assert box.y + box.h <= block.y + block.high
    for i, a in enumerate(found):
        for b in found[:i]:
            assert a.x + a.w <= b.x or b.x + b.w <= a.x or a.y + a.h <= b.y or b.y + b.h <= a.y


def test_a_note_covers_no_mark_where_there_is_room() -> None:
    codes = [CLEAN] * 512
    for gfn in (5, 69, 101, 133):
        codes[gfn] = CODE[Mark.DIRTY]

    (box,) = boxes(BLOCK, codes, [Note(5, "gfn 5: in the bitmap", "marked by Xen")])

    for gfn in (5, 69, 101, 133):
        x, y = BLOCK.tile(gfn)
        assert x + 12 < box.x or x > box.x + box.w or y + 12 < box.y or y > box.y + box.h


def test_a_block_too_small_for_a_note_has_none() -> None:
    assert boxes(Block(0, 0, 0, 2), [CLEAN] * 512, [Note(5, "gfn 5", "clean")]) == []


def test_a_note_is_two_lines_the_first_bold() -> None:
    codes = np.full(512, CLEAN, np.uint8)
    parts = callouts(BLOCK, codes, [Note(5, "gfn 5: clean", "no write")], {5: "tip"})

    assert [(p.text, p.bold) for p in parts if isinstance(p, Text)] == [
        ("gfn 5: clean", True), ("no write", False),
    ]  # fmt: skip
    assert next(p.tip for p in parts if isinstance(p, Rect)) == "tip"
