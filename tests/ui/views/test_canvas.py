"""A figure as a widget, by a person's hand."""

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pmlviz.ui.figures import buffer
from pmlviz.ui.figures.scene import Target
from pmlviz.ui.figures.theme import DARK, LIGHT
from pmlviz.ui.views.canvas import Canvas
from tests.ui.figures.stage_frames import GOLDEN, frame_at, timeline
from tests.ui.views.pointer import anchor, ask_menu, ask_tip, click, move, pixels_of


def canvas(qtbot: QtBot, item: int = 4, *, scale: float = 1.0) -> Canvas:
    view = Canvas(buffer.layout)
    qtbot.addWidget(view)
    view.set_scale(scale)
    view.resize(round(256 * scale), round(806 * scale))
    view.show()
    qtbot.waitExposed(view)
    view.show_frame(frame_at(timeline(GOLDEN), item))
    return view


@pytest.mark.parametrize("scale", [0.75, 1.0, 2.0])
def test_a_click_selects_what_is_drawn_there(qtbot: QtBot, scale: float) -> None:
    view = canvas(qtbot, scale=scale)
    _, y = anchor(view.scene(), "pml.slot")

    with qtbot.waitSignal(view.activated) as told:
        click(view, 60 * scale, y * scale)

    assert told.args == [Target("slot", (0, 511))]


def test_a_click_beside_everything_selects_nothing(qtbot: QtBot) -> None:
    view = canvas(qtbot)

    with qtbot.assertNotEmitted(view.activated):
        click(view, 5, 795)


def test_hovering_reads_out_and_leaving_ends_it(qtbot: QtBot) -> None:
    view = canvas(qtbot)
    _, y = anchor(view.scene(), "pml.slot")

    with qtbot.waitSignal(view.hovered) as over:
        move(view, 60, y)
    with qtbot.waitSignal(view.hovered) as gone:
        QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))

    assert over.args == [Target("slot", (0, 511))]
    assert gone.args == [None]


def test_the_menu_is_asked_for_with_what_is_under_the_pointer(qtbot: QtBot) -> None:
    view = canvas(qtbot)
    _, y = anchor(view.scene(), "pml.index")

    with qtbot.waitSignal(view.menu_requested) as told:
        ask_menu(view, 60, y)

    assert told.args is not None
    assert told.args[0] == Target("slot", (0, 510))


def test_the_tip_is_that_of_the_part(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr("pmlviz.ui.views.canvas.show_tip", lambda _w, _at, text: said.append(text))
    view = canvas(qtbot)
    _, y = anchor(view.scene(), "pml.slot")

    ask_tip(view, 60, y)
    ask_tip(view, 5, 795)

    assert said == ["PML[511] = 0x0000000000006000: gfn 0x6, waits for a drain", ""]


def test_the_theme_colours_everything(qtbot: QtBot) -> None:
    view = canvas(qtbot)
    light = view.grab().toImage()

    view.set_theme(DARK)

    assert pixels_of(light, LIGHT, "panel") > 10_000
    assert pixels_of(view.grab().toImage(), DARK, "panel") > 10_000


def test_it_lays_out_for_its_size(qtbot: QtBot) -> None:
    view = canvas(qtbot)

    view.resize(226, 600)

    scene = view.scene()
    assert scene is not None
    assert (scene.width, scene.height) == (226, 600)


def test_step_by_step_it_looks_as_if_painted_whole(qtbot: QtBot) -> None:
    stepped, whole = canvas(qtbot, 3), canvas(qtbot, 6)
    for item in (4, 5, 6):
        stepped.show_frame(frame_at(timeline(GOLDEN), item))
        qtbot.waitUntil(lambda: stepped.isVisible())

    assert stepped.grab().toImage() == whole.grab().toImage()


def test_without_a_frame_it_is_empty_and_takes_clicks(qtbot: QtBot) -> None:
    view = Canvas(buffer.layout)
    qtbot.addWidget(view)
    view.resize(226, 600)
    view.show()

    with qtbot.assertNotEmitted(view.activated):
        click(view, 60, 100)

    assert view.scene() is None
    assert view.sizeHint().width() == 180
