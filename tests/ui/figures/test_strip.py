"""A table as a strip, and its rows round one entry."""

import pytest

from pmlviz.core.ept import EptEntry
from pmlviz.core.units import EptLevel
from pmlviz.ui.figures.scene import Line, Raster, Rect, Scene, Text
from pmlviz.ui.figures.strip import STRIP, Rows, flags_of, strip, type_name, words_of
from pmlviz.ui.figures.subject import subject_of
from pmlviz.ui.frame import Frame
from tests.ui.figures.reading import cut_off, overlapping
from tests.ui.figures.stage_frames import frame_at, timeline

SPLITS = "enable\nwrite 0x5000\nwrite 0x6000"


def rows_of(frame: Frame, level: EptLevel, above: int = 2, below: int = 6) -> list[str]:
    step = subject_of(frame).step(level)
    assert step is not None
    rows = Rows(frame, (level, step.table, step.index), (0, 100, 160, 20))
    return [part.text for part in rows.parts(above, below) if isinstance(part, Text)]


def test_a_strip_has_a_cell_for_each_entry_and_marks_the_walked_one() -> None:
    frame = frame_at(timeline(SPLITS), 3)
    step = subject_of(frame).step(EptLevel.PTE)
    assert step is not None

    frame_, cells, mark = strip(10, 50, 512, frame.state.memory[step.table], step.level, 6)

    assert isinstance(cells, Raster)
    assert isinstance(mark, Rect)
    assert isinstance(frame_, Rect)
    assert (cells.rows, cells.cols) == (512, 1)
    assert [n for n, code in enumerate(cells.codes) if cells.palette[code] == "dirty"] == [5, 6]
    assert mark.y + mark.h / 2 == 50 + 6.5
    assert mark.w == STRIP + 3


def test_a_run_of_absent_entries_is_one_line() -> None:
    assert rows_of(frame_at(timeline(SPLITS), 3), EptLevel.PML4E) == [
        "1 … 511  not present", "0", "RWX", "A–", "→ 0x2343",
    ]  # fmt: skip


def test_absent_entries_before_the_walked_one_are_one_line_too() -> None:
    frame = frame_at(timeline("enable", hole=True), 1, selection=1 << 18)

    assert "0" in rows_of(frame, EptLevel.PDPTE)
    assert rows_of(frame, EptLevel.PDE)[0] == "1 … 511  not present"


def test_rows_lie_round_the_walked_entry_which_is_on_the_rail() -> None:
    frame = frame_at(timeline(SPLITS), 3)
    step = subject_of(frame).step(EptLevel.PTE)
    assert step is not None
    rows = Rows(frame, (step.level, step.table, step.index), (0, 100, 160, 20))

    texts = [part for part in rows.parts(2, 3) if isinstance(part, Text)]
    at = {text.text: text.y for text in texts if text.text.isdigit()}

    assert at == {"4": 64, "5": 84, "6": 104, "7": 124, "8": 144, "9": 164}
    assert (rows.first, rows.last) == (4, 9)


def test_two_lines_tie_the_rows_to_what_they_are_of_the_strip() -> None:
    frame = frame_at(timeline(SPLITS), 3)
    step = subject_of(frame).step(EptLevel.PTE)
    assert step is not None
    rows = Rows(frame, (step.level, step.table, step.index), (30, 100, 160, 20))
    rows.parts(2, 3)

    high, low = rows.ties(20, 50, 512)

    assert isinstance(high, Line)
    assert isinstance(low, Line)
    assert (high.x1, high.y1, high.x2, high.y2) == (20, 54, 30, 50)
    assert (low.x1, low.y1, low.x2, low.y2) == (20, 60, 30, 170)


def test_rows_that_the_item_changed_are_tinted_and_superpages_grey() -> None:
    line = timeline("enable\nwrite 0x5000\nwrite 0x6000")

    def grounds(item: int) -> set[str | None]:
        frame = frame_at(line, item)
        step = subject_of(frame).step(EptLevel.PDE)
        assert step is not None
        rows = Rows(frame, (step.level, step.table, step.index), (0, 100, 160, 20))
        return {part.fill for part in rows.parts(0, 3) if isinstance(part, Rect)}

    assert grounds(2) == {"panel", "accent.soft"}
    assert grounds(3) == {"panel", "slab"}


@pytest.mark.parametrize("width", [120, 141, 160, 220])
def test_words_of_a_row_stay_inside_it(width: float) -> None:
    frame = frame_at(timeline("enable\nread 0x5000"), 2)
    step = subject_of(frame).step(EptLevel.PDE)
    assert step is not None
    rows = Rows(frame, (step.level, step.table, step.index), (0, 100, width, 20))
    scene = Scene(width, 400, rows.parts(2, 6))

    assert cut_off(scene) == []
    assert overlapping(scene) == []


@pytest.mark.parametrize(
    ("entry", "level", "flags"),
    [
        (0x107, EptLevel.PDE, ("RWX", "A–")),
        (0x1F5, EptLevel.PDE, ("R·X", "A·")),
        (0x377, EptLevel.PTE, ("RWX", "AD")),
        (0x004, EptLevel.PTE, ("··X", "··")),
    ],
)
def test_flags_have_a_fixed_width(entry: int, level: EptLevel, flags: tuple[str, str]) -> None:
    assert flags_of(EptEntry(entry), level) == flags


def test_what_an_entry_leads_to_in_a_word() -> None:
    table = EptEntry.build(r=1, w=1, x=1, mfn=0x2343)

    assert words_of(EptEntry(0), EptLevel.PTE)[0] == "not present"
    assert words_of(table, EptLevel.PDE) == ("→ 0x2343",)
    assert words_of(table.replace(recalc=1), EptLevel.PDE)[0] == "→ 0x2343 recalc"
    assert words_of(table.replace(sp=1, p2mt=2), EptLevel.PDE) == ("2M logdirty",)
    assert words_of(table.replace(sp=1), EptLevel.PDPTE) == ("1G ram_rw",)


def test_a_type_that_xen_does_not_name_is_told_by_its_number() -> None:
    assert [type_name(n) for n in (0, 2, 60)] == ["ram_rw", "logdirty", "type 60"]
