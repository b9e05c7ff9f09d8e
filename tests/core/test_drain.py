"""Draining a PML buffer: which words, in what order, and what becomes of their pages."""

from pmlviz.core.actions import DrainPml, WritePmlIndex
from pmlviz.core.boot import PML_MFN
from pmlviz.core.drain import drain, drain_all, mark_dirty
from pmlviz.core.events import (
    DrainBegan,
    EptInvalidated,
    MarkedBy,
    PageMarked,
    PmlIndexReset,
)
from pmlviz.core.run import Run
from pmlviz.core.units import Gfn
from tests.core.play import SUPERPAGE_NAIVE, XEN, play, x2, x4


def test_words_are_read_newest_first_and_one_invalidation_ends_them() -> None:
    start = play(x4(), "enable", "write gfn 5", "write gfn 6")

    now = start.do(DrainPml(0))

    order = [e.gfn for e in now.events if isinstance(e, PageMarked)]
    assert order == [6, 5]
    assert now.events[0] == DrainBegan(0, 510, 2)
    assert now.names[1:5] == ["EntryRetyped", "PageMarked"] * 2
    assert now.events[5:] == [EptInvalidated((0,)), PmlIndexReset(0, 509, 511)]


def test_an_empty_buffer_is_left_alone() -> None:
    run = Run(play(x4(), "enable").state)

    drain_all(run, XEN, [0])

    assert run.events == []


def test_a_buffer_without_pml_is_left_alone() -> None:
    run = Run(x4())

    drain(run, XEN, 0)

    assert run.events == []


def test_the_words_stay_in_the_page_after_the_index_is_reset() -> None:
    start = play(x4(), "enable", "write gfn 5")

    now = start.play("drain")

    assert now.state.memory[PML_MFN] == start.state.memory[PML_MFN]
    assert now.logged() == []


def test_x_29_a_page_whose_type_cannot_be_changed_is_marked_all_the_same() -> None:
    start = play(x4(), "enable", "write gfn 5", "drain").do(WritePmlIndex(0, 510))

    now = start.do(DrainPml(0))

    assert now.events == [
        DrainBegan(0, 511, 1),
        PageMarked(Gfn(5), MarkedBy.DRAIN, was_set=True),
        PmlIndexReset(0, 510, 511),
    ]


def test_x_30_an_index_past_the_buffer_makes_every_word_count() -> None:
    start = play(x4(), "enable", "write gfn 5").do(WritePmlIndex(0, 600))

    now = start.do(DrainPml(0))

    assert now.events[0] == DrainBegan(0, 0, 512)
    assert now.dirty == [0, 5]
    assert now.index == 511


def test_without_retyping_nothing_has_to_be_invalidated() -> None:
    start = play(x2(), "enable", "write gfn 5", strategy=SUPERPAGE_NAIVE)

    now = start.do(DrainPml(0))

    assert now.names == ["DrainBegan", "PageMarked", "PmlIndexReset"]
    assert now.leaf(5).d


def test_marking_a_set_bit_is_told_and_outside_log_dirty_mode_nothing_is_marked() -> None:
    on, off = Run(play(x4(), "enable").state), Run(x4())

    for run in (on, off):
        mark_dirty(run, [5, 5], MarkedBy.HANDLER)

    assert on.events == [
        PageMarked(Gfn(5), MarkedBy.HANDLER, was_set=False),
        PageMarked(Gfn(5), MarkedBy.HANDLER, was_set=True),
    ]
    assert off.events == []
