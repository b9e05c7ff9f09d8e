"""Where tables stand along the rail, and what each shows."""

from itertools import pairwise

import pytest

from pmlviz.core.units import EptLevel
from pmlviz.ui.figures.debug_plan import plan_of
from pmlviz.ui.figures.scene import Path, Scene, Text
from pmlviz.ui.figures.subject import subject_of
from pmlviz.ui.figures.table_column import (
    LEVELS,
    PAGE,
    column_head,
    no_table,
    table_column,
    table_fan,
    track_of,
)
from tests.ui.figures.reading import overlapping, text_boxes
from tests.ui.figures.stage_frames import frame_at, timeline
from tests.ui.playing import frame_of

SPLITS = "enable\nwrite 0x5000\nwrite 0x6000"


@pytest.mark.parametrize("room", [816, 836, 1039, 1048, 1300, 1400, 1700])
@pytest.mark.parametrize("lowest", LEVELS)
def test_tables_follow_one_another_and_the_page_ends_flush(room: int, lowest: EptLevel) -> None:
    track = track_of(room, lowest, compact=room < 1040)

    assert all(a.right + 20 <= b.x for a, b in pairwise(track.columns))
    assert track.columns[-1].right + 20 <= track.page_x
    assert track.page_x + track.page_w == pytest.approx(room - 16)
    assert track.page_w >= PAGE - 0.1


@pytest.mark.parametrize(
    ("lowest", "in_full"),
    [
        (EptLevel.PTE, [EptLevel.PDE, EptLevel.PTE]),
        (EptLevel.PDE, [EptLevel.PDPTE, EptLevel.PDE]),
        (EptLevel.PDPTE, [EptLevel.PML4E, EptLevel.PDPTE]),
        (EptLevel.PML4E, [EptLevel.PML4E, EptLevel.PDPTE]),
    ],
)
def test_compactly_the_end_of_the_path_is_shown_in_full(
    lowest: EptLevel, in_full: list[EptLevel]
) -> None:
    track = track_of(836, lowest, compact=True)

    assert [c.level for c in track.columns if not c.folded] == in_full


def test_a_head_tells_which_bits_of_the_address_choose_what() -> None:
    frame = frame_at(timeline(SPLITS), 3)
    track = track_of(1048, EptLevel.PTE, compact=False)

    words = [
        text
        for column in track.columns
        for text, _ in text_boxes(Scene(1048, 416, column_head(frame, 0x40406, column, PLAN)))
    ]

    assert [w for w in words if w.startswith("= ")] == ["= 0", "= 1", "= 2", "= 6"]
    assert [w for w in words if w.startswith("gpa ")] == [
        "gpa 47:39", "gpa 38:30", "gpa 29:21", "gpa 20:12",
    ]  # fmt: skip
    assert "000000110" in words


PLAN = plan_of(1048, 416)


def drawn(reference: str, item: int, level: EptLevel, selection: int | None = None) -> list[str]:
    frame = frame_of(reference, item)
    subject = subject_of(frame)
    track = track_of(1048, subject.path[-1].level, compact=False)
    column = next(c for c in track.columns if c.level == level)
    scene = Scene(1048, 416, table_column(frame, subject, column, PLAN))
    assert overlapping(scene) == []
    return [text for text, _ in text_boxes(scene)]


def test_a_table_below_a_superpage_says_what_it_is_inside_of() -> None:
    assert drawn("tour-xen", 0, EptLevel.PTE) == ["inside the 2 MiB leaf"]
    assert drawn("one-gigabyte", 1, EptLevel.PDE) == ["inside the 1 GiB leaf"]


def test_a_table_below_a_hole_says_what_is_absent() -> None:
    frame = frame_at(timeline("enable", pages=1024, hole=True), 1, selection=0x800)
    subject = subject_of(frame)
    column = track_of(1048, EptLevel.PDE, compact=False).columns[3]

    words = text_boxes(Scene(1048, 416, no_table(frame, subject, column, PLAN)))

    assert [text for text, _ in words] == ["PDE is not present"]


def test_the_fan_of_a_split_is_orange_and_others_are_not() -> None:
    line = timeline(SPLITS)
    track = track_of(1048, EptLevel.PTE, compact=False)

    def fill(item: int, n: int) -> str | None:
        frame = frame_at(line, item)
        fan = table_fan(frame, subject_of(frame), track.columns[n], track.columns[n + 1], PLAN)[0]
        assert isinstance(fan, Path)
        return fan.fill

    assert [fill(2, n) for n in range(3)] == ["sunk", "sunk", "crack.ground"]


def test_a_page_split_from_1_gib_has_two_new_fans() -> None:
    frame = frame_of("one-gigabyte", 2)
    subject = subject_of(frame)
    track = track_of(1048, EptLevel.PTE, compact=False)

    fans = [table_fan(frame, subject, a, b, PLAN)[0] for a, b in pairwise(track.columns)]

    assert [fan.fill for fan in fans if isinstance(fan, Path)] == [
        "sunk", "crack.ground", "crack.ground",
    ]  # fmt: skip


def test_a_folded_table_still_tells_where_it_leads() -> None:
    frame = frame_of("tour-xen", 4)
    subject = subject_of(frame)
    plan = plan_of(836, 330)
    column = track_of(836, EptLevel.PTE, compact=True).columns[0]

    words = [
        part.text for part in table_column(frame, subject, column, plan) if isinstance(part, Text)
    ]

    assert words == ["0 RWX", "0x2343", "table"]
