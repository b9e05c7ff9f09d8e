"""Figures as tables: what they say, and three ways to write them."""

import csv
import io

import pytest

from pmlviz.core.document import open_document
from pmlviz.core.timeline import Position
from pmlviz.ui.figure_texts import KINDS, Table, as_text, tables
from pmlviz.ui.figures.registry import FIGURES
from pmlviz.ui.frame import Frame, resolve
from tests.ui.playing import frame_of


def table(figure: str, frame: Frame) -> Table:
    (found,) = tables(figure, frame)
    return found


def test_the_path_of_an_access_is_its_entries_in_full() -> None:
    found = table("ept", frame_of("tour-xen", 4))

    assert found.title == "The path of the access: gfn 0x6"
    assert found.head == ("level", "table", "index", "entry", "R", "W", "X", "A", "D", "mfn")
    assert [row[:3] for row in found.rows] == [
        ("PML4E", "0x2342", 0),
        ("PDPTE", "0x2343", 0),
        ("PDE", "0x2344", 0),
        ("PTE", "0x2345", 6),
    ]
    assert found.rows[-1][3] == "0xb820000100006377"
    assert found.rows[-1][4:] == (1, 1, 1, 1, 1, "0x100006")
    assert found.rows[0][8] == ""


def test_no_page_in_view_is_an_empty_path() -> None:
    found = table("ept", frame_of("tour-xen", 1))

    assert (found.title, found.rows) == ("The path of the access: no page is in view", ())


def test_the_buffer_is_what_waits_newest_first_for_each_vcpu() -> None:
    found = table("pml", frame_of("two-vcpus", 4))

    assert found.title == (
        "The PML buffer: index of vCPU 0 0x1fe (510), index of vCPU 1 0x1fe (510), 2 pending"
    )
    assert found.rows == ((0, 511, "0x5000", 5), (1, 511, "0x6000", 6))


def test_a_machine_without_pml_has_no_buffer() -> None:
    assert table("pml", frame_of("tour", 0)).title == "The PML buffer: PML is off, 0 pending"


def test_the_bitmap_is_ranges_with_their_states() -> None:
    found = table("bitmap", frame_of("tour", 5))

    assert found.rows == ((5, 5, 1, "only in a PML buffer"), (6, 7, 2, "lost"))
    assert table("bitmap", frame_of("first-write", 6)).rows == (
        (5, 5, 1, "in the bitmap"),
        (512, 512, 1, "in the bitmap"),
    )


def test_the_timeline_is_the_items_and_their_marks() -> None:
    found = table("timeline", frame_of("tour", 2))

    assert found.rows[2] == (3, "write 0x5000", 10, "logged")
    assert [row[3] for row in found.rows] == [
        "", "", "logged", "lost write", "lost write", "drain, CLEAN", "CLEAN",
    ]  # fmt: skip


def test_the_counters_are_those_of_the_position() -> None:
    rows = {row[0]: row[1] for row in table("counters", frame_of("tour-xen", 5)).rows}

    assert rows["VM exits 48, EPT violation"] == 1
    assert rows["entries logged by the processor"] == 2
    assert rows["pages only in a PML buffer"] == 2
    assert rows["pages in the bitmap"] == 1


def test_the_promise_is_a_verdict_and_the_lost_pages() -> None:
    kept, broken = table("promise", frame_of("tour", 3)), table("promise", frame_of("tour", 5))

    assert kept.title.startswith("The promise: kept. Every page written since CLEAN")
    assert kept.rows == ()
    assert broken.title.startswith("The promise: broken. gfn 0x6, gfn 0x7 were written")
    assert broken.rows == ((6, "0x6000"), (7, "0x7000"))


def test_the_window_has_the_tables_of_its_parts() -> None:
    frame = frame_of("tour", 4)

    assert tables("window", frame) == [
        table(name, frame) for name in ("ept", "pml", "bitmap", "counters")
    ]


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("item", [0, 1, 4, 7])
def test_every_figure_can_be_written_in_every_way(figure: str, item: int) -> None:
    frame = frame_of("tour-xen", item)

    written = {kind: as_text(figure, frame, "here", kind) for kind in KINDS}

    for kind in (".txt", ".md"):
        assert frame.title in written[kind].splitlines()[0]
        assert written[kind].endswith("\n")
        assert "(1)" not in written[kind]
    rows = list(csv.reader(io.StringIO(written[".csv"], newline="")))
    assert [*tables(figure, frame)[0].head] == rows[0]


def test_columns_of_a_text_are_aligned_and_numbers_to_the_right() -> None:
    lines = as_text("bitmap", frame_of("tour", 5), "tour · item 5", ".txt").splitlines()

    assert lines[0] == "Why the superpage must be split (tour · item 5)"
    assert lines[-3:] == [
        "first gfn  last gfn  pages  state",
        "        5         5      1  only in a PML buffer",
        "        6         7      2  lost",
    ]


def test_a_bar_in_a_markdown_cell_is_escaped() -> None:
    document = open_document("tour")
    frame = resolve(document.timeline(), Position(0), title="a|b")
    text = as_text("counters", frame, "here", ".md")

    assert "| what | count |" in text
    assert "| --- | ---: |" in text
