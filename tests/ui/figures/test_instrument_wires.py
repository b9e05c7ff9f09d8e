"""The wires of the Debug layout: now, already, not yet, refused."""

from typing import Any

import pytest

from pmlviz.core import events as e
from pmlviz.core.units import Gfn
from pmlviz.ui.figures.drain_ahead import Drained
from pmlviz.ui.figures.instrument_wires import Joints, home_pipe, log_wire
from pmlviz.ui.figures.passes import box
from pmlviz.ui.figures.scene import Line, Path, Scene, Text
from pmlviz.ui.figures.subject import subject_of
from pmlviz.ui.frame import Frame
from tests.ui.figures.pinned import pinned
from tests.ui.figures.stage_frames import frame_after, frame_at, timeline
from tests.ui.playing import frame_of

AT = {
    "leaf.d": (886.0, 283.0),
    "pml.slot": (1085.0, 130.0),
    "pml.valve": (1069.0, 414.0),
    "glass.pipe": (159.0, 490.0),
}
JOINTS = Joints(AT, 1048, 416)
SPLITS = "enable\nwrite 0x5000\nwrite 0x6000\nwrite 0x6000"


def wire(frame: Frame, joints: Joints = JOINTS) -> tuple[Any, ...]:
    return log_wire(frame, subject_of(frame), joints)


def said(parts: tuple[Any, ...]) -> list[str]:
    return [p.text for p in parts if isinstance(p, Text) and not p.text.isdigit()]


def line_of(parts: tuple[Any, ...]) -> Path:
    return next(p for p in parts if isinstance(p, Path) and p.fill is None)


@pytest.mark.parametrize(
    ("kind", "words", "stroke", "dashed"),
    [
        (e.PermissionGranted, "D 0→1 will be logged", "accent", True),
        (e.DirtySet, "D 0→1 is logged next", "accent", True),
        (e.PmlLogged, "D 0→1 is logged", "accent", False),
        (e.PmlIndexStepped, "D 0→1 was logged", "ink", False),
    ],
)
def test_a_log_is_told_before_now_and_after(
    kind: type, words: str, stroke: str, *, dashed: bool
) -> None:
    parts = wire(frame_after(timeline(SPLITS), 3, kind))

    assert said(parts) == [words]
    assert line_of(parts).stroke == stroke
    assert bool(line_of(parts).dash) == dashed


def test_the_wire_runs_from_the_lamp_to_the_slot_and_carries_the_number() -> None:
    parts = wire(frame_after(timeline(SPLITS), 3, e.PmlLogged))
    left, _, right, bottom = box(line_of(parts)) or (0, 0, 0, 0)

    assert left == pytest.approx(885)
    assert 1070 < right < 1085
    assert bottom == pytest.approx(284)
    assert pinned(Scene(1360, 818, parts)) == {7: "accent"}


def test_a_full_log_ends_the_wire_in_a_bar() -> None:
    parts = wire(frame_of("pml-full", 515, 12))

    assert said(parts) == ["needs D 0→1: no slot"]
    assert any(isinstance(p, Line) and p.x1 == p.x2 and p.width == 3 for p in parts)
    assert pinned(Scene(1360, 818, parts)) == {12: "accent"}


def test_a_write_that_finds_d_set_goes_nowhere() -> None:
    parts = wire(frame_at(timeline(SPLITS), 4))

    assert said(parts) == ["D is 1 already: no log"]
    assert max(p.x2 for p in parts if isinstance(p, Line)) < 940


def test_a_silent_write_that_is_lost_says_so() -> None:
    before = wire(frame_of("tour", 4, 5, strategy="superpage-naive"))
    room = Joints(AT | {"leaf.d": (700.0, 283.0)}, 1048, 416)
    after = wire(frame_of("tour", 4, strategy="superpage-naive"), room)

    assert said(before) == ["D is 1 already: no log"]
    assert said(after) == ["D is 1 already: no log, lost"]


@pytest.mark.parametrize("item", [0, 1])
def test_without_an_access_there_is_no_wire(item: int) -> None:
    assert wire(frame_at(timeline(SPLITS), item)) == ()


def test_a_refused_write_has_no_wire_yet() -> None:
    assert wire(frame_after(timeline(SPLITS), 2, e.VmExited, 2)) == ()


def test_of_another_page_than_the_accesss_no_wire_is_drawn() -> None:
    assert wire(frame_at(timeline(SPLITS), 3, selection=0x400)) == ()


def test_where_an_end_is_out_of_sight_there_is_no_wire() -> None:
    frame = frame_at(timeline(SPLITS), 3)

    assert wire(frame, Joints({}, 1048, 416)) == ()
    assert home_pipe(Drained(Gfn(6), Gfn(6), ("a drain",), "next"), Joints({}, 1048, 416)) == ()
    assert home_pipe(None, JOINTS) == ()


@pytest.mark.parametrize(("when", "dashed"), [("next", True), ("now", False)])
def test_the_pipe_is_dashed_until_it_flows(when: Any, *, dashed: bool) -> None:  # noqa: ANN401
    parts = home_pipe(
        Drained(Gfn(6), Gfn(6), ("a drain will set bit 0x6", "a drain"), when), JOINTS
    )

    assert bool(line_of(parts).dash) == dashed
    assert said(parts) == ["a drain will set bit 0x6"]


def test_the_words_of_the_pipe_stand_beside_it_where_its_page_is_near() -> None:
    near = Joints(AT | {"glass.pipe": (1000.0, 490.0)}, 1048, 416)
    pipe = Drained(Gfn(6), Gfn(6), ("a drain will set bit 0x6",), "next")

    (text,) = [p for p in home_pipe(pipe, near) if isinstance(p, Text)]

    assert text.x < 1000 - 100
