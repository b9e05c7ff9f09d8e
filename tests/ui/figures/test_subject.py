"""Which page the Debug layout looks at, and what the current event wrote of its path."""

import pytest

from pmlviz.core import events as e
from pmlviz.core.units import EptLevel
from pmlviz.ui.figures.subject import subject_of, written_now
from tests.ui.figures.stage_frames import frame_after, frame_at, timeline

SPLITS = "enable\nwrite 0x5000\nwrite 0x6000\nclean\ncopy-all"


def test_an_access_is_about_the_page_it_names() -> None:
    subject = subject_of(frame_at(timeline(SPLITS), 3))

    assert subject.gfn == 6
    assert [step.level for step in subject.path] == [4, 3, 2, 1]
    assert subject.leaf is not None


def test_a_selected_page_comes_first() -> None:
    subject = subject_of(frame_at(timeline(SPLITS), 3, selection=0x400))

    assert subject.gfn == 0x400
    assert subject.path[-1].level == EptLevel.PDE


def test_an_operation_is_about_the_page_its_events_named_last() -> None:
    subject = subject_of(frame_after(timeline(SPLITS), 4, e.PageMarked))

    assert subject.gfn == 6


def test_an_operation_that_names_none_is_about_the_page_accessed_last() -> None:
    subject = subject_of(frame_at(timeline(SPLITS), 5))

    assert subject.gfn == 6


def test_at_the_start_the_first_page_is_looked_at() -> None:
    subject = subject_of(frame_at(timeline(SPLITS), 0, 0))

    assert subject.gfn == 0
    assert subject.path[-1].level == EptLevel.PDE


def test_a_page_outside_memory_ends_where_nothing_is_present() -> None:
    subject = subject_of(frame_at(timeline(SPLITS, pages=1024, hole=True), 3, selection=0x800))

    assert subject.leaf is None
    assert not subject.path[-1].entry.present


def test_an_entry_is_compared_with_the_same_entry_before_the_item() -> None:
    subject = subject_of(frame_at(timeline(SPLITS), 2))
    pde, pte = subject.step(EptLevel.PDE), subject.step(EptLevel.PTE)

    assert pde is not None
    assert pte is not None
    old = subject.was(pde)
    assert old is not None
    assert old.entry.sp
    assert subject.was(pte) is None


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (e.EptWalked, set()),
        (e.RecalcPushed, {EptLevel.PML4E, EptLevel.PDPTE}),
        (e.EntryRetyped, {EptLevel.PDE}),
        (e.SuperpageSplit, {EptLevel.PDE, EptLevel.PTE}),
    ],
)
def test_the_entries_that_the_current_event_wrote(kind: type, written: set[EptLevel]) -> None:
    frame = frame_after(timeline(SPLITS), 2, kind)
    path = subject_of(frame).path

    assert {step.level for step in path if written_now(frame, step)} == written


def test_a_flag_that_the_processor_set_is_written_in_the_leaf_alone() -> None:
    frame = frame_after(timeline(SPLITS), 3, e.DirtySet)
    path = subject_of(frame).path

    assert [step.level for step in path if written_now(frame, step)] == [EptLevel.PTE]
