"""How one line of a script is drawn."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from pmlviz.ui.figures.scene import Circle, Rect, Text
from pmlviz.ui.frame import Frame
from pmlviz.ui.views.script_lines import LineDelegate, chips
from tests.ui.playing import frame_of


def delegate_of(frame: Frame) -> LineDelegate:
    delegate = LineDelegate(QObject())
    delegate.frame = frame
    delegate.recorded = frame.recorded
    return delegate


def test_chips_tell_what_a_line_caused() -> None:
    frame = frame_of("tour-xen", 4)
    lines = frame.script.lines()

    assert [word for _, word in chips(frame, lines[2], 7)] == ["49", "48", "split", "mark"]
    assert [word for _, word in chips(frame, lines[3], 7)] == ["log"]


def test_a_range_counts_what_it_logged() -> None:
    frame = frame_of("pml-full", 515)

    assert [word for _, word in chips(frame, frame.script.lines()[2], 515)] == ["log ×512"]


def test_the_current_line_stands_in_a_plum_box(qapp: QApplication) -> None:
    frame = frame_of("tour-xen", 4)
    delegate = delegate_of(frame)

    now, later = (delegate.parts(frame.script.lines()[n], 190, 44, focused=False) for n in (3, 4))

    assert any(isinstance(p, Rect) and p.stroke == "accent" for p in now)
    assert not any(isinstance(p, Rect) for p in later[:1])
    texts = [p for p in later if isinstance(p, Text) and p.text == "write 0x7000"]
    assert [text.color for text in texts] == ["muted"]


def test_a_breakpoint_is_a_dot_at_the_left(qapp: QApplication) -> None:
    frame = frame_of("tour-xen", 4)
    delegate = delegate_of(frame)
    delegate.breakpoints = frozenset({5})

    parts = delegate.parts(frame.script.lines()[4], 190, 44, focused=False)

    assert any(isinstance(p, Circle) and p.fill == "lost" and p.x < 10 for p in parts)


def test_a_line_that_is_not_recorded_has_no_chips() -> None:
    frame = frame_of("tour-xen", 4)

    assert chips(frame, frame.script.lines()[2], 2) == []
