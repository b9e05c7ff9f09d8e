"""Every field of an entry: lamps, raw value, words."""

import pytest

from pmlviz.core import events as e
from pmlviz.core.ept import EptEntry, PathStep
from pmlviz.core.units import EptLevel, Mfn
from pmlviz.ui.figures.debug_plan import plan_of
from pmlviz.ui.figures.passes import anchors
from pmlviz.ui.figures.scene import Line, Rect, Scene, Text
from pmlviz.ui.figures.subject import subject_of
from pmlviz.ui.figures.table_fields import LAMP, fields, lamp_x, lamps, note_of
from pmlviz.ui.frame import Frame
from tests.ui.figures.stage_frames import frame_after, frame_at, timeline
from tests.ui.playing import frame_of

PLAN = plan_of(1048, 416)
SPLITS = "enable\nwrite 0x5000\nwrite 0x6000"


def step_of(frame: Frame, level: EptLevel) -> tuple[PathStep, PathStep | None]:
    subject = subject_of(frame)
    step = subject.step(level)
    assert step is not None
    return step, subject.was(step)


def lamps_of(frame: Frame, level: EptLevel) -> Scene:
    step, was = step_of(frame, level)
    return Scene(200, 60, lamps(frame, step, was, 10, 20))


def told(frame: Frame, level: EptLevel) -> list[tuple[str, str]]:
    step, was = step_of(frame, level)
    texts = [p for p in fields(frame, step, was, (0, 160), PLAN) if isinstance(p, Text)]
    values = {text.y: text.text for text in texts if text.anchor == "end"}
    names = {text.y: text.text for text in texts if text.anchor == "start"}
    return [(names.get(y, ""), value) for y, value in values.items()]


def test_a_set_flag_is_filled_and_a_clear_one_hollow() -> None:
    frame = frame_after(timeline(SPLITS), 2, e.EntryRetyped)

    drawn = lamps_of(frame, EptLevel.PDE)
    lit = {
        part.x: part.fill for part in drawn.parts if isinstance(part, Rect) and part.w == LAMP[0]
    }

    assert [lit[lamp_x(10, name)] for name in "RWXAD"] == ["bit", "panel", "bit", "bit", "panel"]


def test_an_entry_that_leads_to_a_table_has_no_d() -> None:
    drawn = lamps_of(frame_at(timeline(SPLITS), 3), EptLevel.PDPTE)

    assert [part.text for part in drawn.parts if isinstance(part, Text)] == [*"RWXA", "–"]
    assert anchors(drawn) == {}


def test_the_wire_begins_at_the_right_of_a_leafs_d() -> None:
    drawn = lamps_of(frame_at(timeline(SPLITS), 3), EptLevel.PTE)

    assert anchors(drawn) == {"leaf.d": (lamp_x(10, "D") + LAMP[0] + 2, 29)}


def test_a_flag_set_now_is_outlined_and_one_set_before_in_the_item_underlined() -> None:
    line = timeline(SPLITS)
    now = lamps_of(frame_after(line, 3, e.DirtySet), EptLevel.PTE)
    later = lamps_of(frame_after(line, 3, e.PmlLogged), EptLevel.PTE)

    def outlined(scene: Scene) -> bool:
        return any(isinstance(p, Rect) and p.stroke == "accent" for p in scene.parts)

    assert outlined(now)
    assert not outlined(later)
    assert any(isinstance(p, Line) and p.stroke == "accent" for p in later.parts)


def test_a_leaf_tells_raw_value_frame_type_and_the_rest() -> None:
    assert told(frame_of("first-write", 4), EptLevel.PTE) == [
        ("raw", "0xb820000100005377"),
        ("mfn", "0x100005"),
        ("type", "logdirty (2)"),
        ("emt ipat access", "6 1 7"),
    ]


def test_what_an_entry_was_before_the_item_stands_under_it() -> None:
    frame = frame_at(timeline(SPLITS), 3)
    step, was = step_of(frame, EptLevel.PTE)

    underlines = [
        part for part in fields(frame, step, was, (0, 160), PLAN) if isinstance(part, Line)
    ]

    assert told(frame, EptLevel.PTE)[:2] == [
        ("raw", "0xb820000100006377"),
        ("was", "0xb820000100006177"),
    ]
    assert len(underlines) == 1


def test_a_table_split_lately_says_when() -> None:
    frame = frame_at(timeline(SPLITS), 3)
    step, was = step_of(frame, EptLevel.PDE)

    assert note_of(frame, step, was) == ("split in item 2", "crack.text")


def test_an_entry_that_will_exit_says_why() -> None:
    frame = frame_at(timeline("enable"), 1)
    step, was = step_of(frame, EptLevel.PML4E)

    assert note_of(frame, step, was) == ("emt 7: exits 49", "ink")


def test_a_write_held_at_a_full_log_says_so_at_its_leaf() -> None:
    frame = frame_after(timeline("set-index 0x200", level=EptLevel.PTE, pages=1024), 1, e.Fact)
    assert note_of(frame, *step_of(frame, EptLevel.PTE)) is None

    full = frame_of("pml-full", 515, 12)

    assert note_of(full, *step_of(full, EptLevel.PTE)) == ("needs D 0→1: held", "accent")


@pytest.mark.parametrize("raw", [0, (1 << 64) - 1, 0x2, 0x4, 0xFFFFFFFFFFFFF000])
def test_any_value_is_told(raw: int) -> None:
    frame = frame_at(timeline("enable"), 1)
    for level in EptLevel:
        step = PathStep(level, Mfn(0x2342), 0, EptEntry(raw))

        drawn = fields(frame, step, None, (0, 150), PLAN)

        assert any(isinstance(part, Text) and part.text == f"{raw:#018x}" for part in drawn)
