"""The views of one window."""

from PySide6.QtCore import QPoint

from pmlviz.core.timeline import Position
from pmlviz.ui.figures.scene import Group, Target
from pmlviz.ui.window import Window


def test_what_is_under_the_pointer_is_read_out_in_the_status_bar(window: Window) -> None:
    window.session.seek(Position(4), rest=True)

    window.panes.stage.hovered.emit(Target("gfn", 6))
    read = window.status.hover.text()
    window.panes.stage.hovered.emit(None)

    assert read.startswith("gfn 0x6  ·  gpa 0x6000")
    assert window.status.hover.text() == ""


def test_a_drag_over_pages_writes_them(window: Window) -> None:
    window.session.seek(Position(2), rest=True)

    window.panes.stage.write_requested.emit(3, 4)

    assert window.session.position.item == 4
    assert window.session.frame.branches[-1].n_items == 4


def test_a_write_that_is_not_allowed_is_told(window: Window) -> None:
    window.session.end()

    window.panes.stage.write_requested.emit(3, 3)

    assert window.toast.text
    assert len(window.session.timeline.script) == 7


def test_the_wheel_over_the_timeline_steps(window: Window) -> None:
    window.panes.timeline.stepped.emit(1)

    assert window.session.position == window.session.timeline.rest(1)


def test_a_menu_asked_for_anywhere_is_of_what_is_there(window: Window) -> None:
    asked: list[tuple[Target, QPoint]] = []
    window.deeds.show_menu = lambda target, at: asked.append((target, at))  # type: ignore[method-assign]

    window.panes.script.menu_requested.emit(Target("item", 3), QPoint(10, 10))

    assert asked == [(Target("item", 3), QPoint(10, 10))]


def test_each_layout_of_the_window_draws_a_stage_and_a_timeline_of_its_own(window: Window) -> None:
    window.session.seek(Position(4), rest=True)
    panes = window.panes

    window.looks.set_layout("debug")
    debug = panes.stage.scene_drawn(), panes.timeline.scene()
    window.looks.set_layout("teach")
    teach = panes.stage.scene_drawn(), panes.timeline.scene()

    assert debug[0] is not None
    assert any(isinstance(part, Group) and part.name == "wires" for part in debug[0].parts)
    assert debug[0] != teach[0]
    assert debug[1] != teach[1]
