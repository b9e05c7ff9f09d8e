"""The stage as a widget: what clicks, drags, wheels and hovering mean, and what is painted anew."""

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtWidgets import QToolTip, QWidget
from pytestqt.qtbot import QtBot

from pmlviz.core.timeline import Timeline
from pmlviz.core.units import EptLevel
from pmlviz.ui.figures.scene import Target
from pmlviz.ui.figures.theme import DARK, LIGHT
from pmlviz.ui.frame import Frame
from pmlviz.ui.views.layers import Layer
from pmlviz.ui.views.stage_view import StageView
from tests.ui.figures.stage_frames import frame_at, timeline
from tests.ui.views.pointer import (
    anchor,
    ask_menu,
    ask_tip,
    click,
    double_click,
    drag,
    move,
    pixels_of,
)

TOUR = "enable\ncopy-all\nwrite 0x5000\nwrite 0x6000\nwrite 0x7000\nclean"


def view_of(
    qtbot: QtBot, frame: Frame, width: int = 1360, height: int = 806, scale: float = 1.0
) -> StageView:
    view = StageView()
    qtbot.addWidget(view)
    view.resize(width, height)
    view.set_theme(LIGHT)
    view.set_scale(scale)
    view.show_frame(frame)
    view.show()
    qtbot.waitExposed(view)
    return view


@pytest.fixture
def line() -> Timeline:
    return timeline(TOUR)


def tile(view: StageView, dx: float = 0, dy: float = 0) -> tuple[float, float]:
    """Return where the tile of the shown page is, moved by *dx*, *dy* scene px, in widget px."""
    x, y = anchor(view.scene_drawn(), "memory.gfn")
    scale = view.width() / view.scene_drawn().width  # type: ignore[union-attr]
    return (x + dx) * scale, (y + dy) * scale


def test_a_click_on_a_tile_selects_its_page(qtbot: QtBot, line: Timeline) -> None:
    view = view_of(qtbot, frame_at(line, 4))

    with qtbot.waitSignal(view.activated) as activated:
        click(view, *tile(view))

    assert activated.args == [Target("gfn", 6)]


@pytest.mark.parametrize("scale", [0.75, 1.5, 2.5])
def test_clicks_meet_what_is_drawn_at_any_scale(qtbot: QtBot, line: Timeline, scale: float) -> None:
    view = view_of(qtbot, frame_at(line, 4), round(1360 * scale), round(806 * scale), scale)

    with qtbot.waitSignal(view.activated) as activated:
        click(view, *tile(view))

    assert activated.args == [Target("gfn", 6)]


def test_a_drag_over_tiles_asks_for_writes_to_all_of_them(qtbot: QtBot, line: Timeline) -> None:
    view = view_of(qtbot, frame_at(line, 4))
    x, y = tile(view)

    with qtbot.waitSignal(view.write_requested) as asked:
        drag(view, x + 13 * 10, y, x, y)

    first, last = asked.args or (0, 0)
    assert first == 6
    assert last in (15, 16, 17)


def test_a_double_click_on_a_tile_asks_for_one_write(qtbot: QtBot, line: Timeline) -> None:
    view = view_of(qtbot, frame_at(line, 4))

    with qtbot.waitSignal(view.write_requested) as asked:
        double_click(view, *tile(view))

    assert asked.args == [6, 6]


def test_a_press_that_ends_elsewhere_is_no_click(qtbot: QtBot, line: Timeline) -> None:
    view = view_of(qtbot, frame_at(line, 4))
    x, y = tile(view)

    with qtbot.assertNotEmitted(view.activated), qtbot.assertNotEmitted(view.write_requested):
        drag(view, x, y, 700, 20)


def test_hovering_reads_out_and_leaving_ends_it(qtbot: QtBot, line: Timeline) -> None:
    view = view_of(qtbot, frame_at(line, 4))
    seen: list[Target | None] = []
    view.hovered.connect(seen.append)

    move(view, *tile(view))
    move(view, 700, 10)

    assert seen[0] == Target("gfn", 6)
    assert seen[-1] is None


def test_the_tip_of_any_page_says_all_there_is_to_say(qtbot: QtBot, line: Timeline) -> None:
    view = view_of(qtbot, frame_at(line, 4))

    ask_tip(view, *tile(view))

    assert QToolTip.text().startswith("gfn 0x6 · gpa 0x6000 · 2 MiB region 0, page 6")
    QToolTip.hideText()


def test_the_tip_of_a_tile_without_a_mark_is_told_too(qtbot: QtBot, line: Timeline) -> None:
    view = view_of(qtbot, frame_at(line, 4))

    ask_tip(view, *tile(view, 0, 150))

    assert QToolTip.text().startswith("gfn 0x")
    QToolTip.hideText()


def test_the_menu_is_asked_for_with_the_page_under_the_pointer(
    qtbot: QtBot, line: Timeline
) -> None:
    view = view_of(qtbot, frame_at(line, 4))

    with qtbot.waitSignal(view.menu_requested) as asked:
        ask_menu(view, *tile(view))

    target, at = asked.args or (None, None)
    assert target == Target("gfn", 6)
    assert at == view.mapToGlobal(QPointF(*tile(view)).toPoint())


def test_a_slot_of_the_buffer_can_be_clicked(qtbot: QtBot, line: Timeline) -> None:
    view = view_of(qtbot, frame_at(line, 4))
    x, y = anchor(view.scene_drawn(), "pml.slot")

    with qtbot.waitSignal(view.activated) as activated:
        click(view, x + 90, y)

    assert activated.args == [Target("slot", (0, 511))]


def test_pages_past_two_to_the_31_are_told_whole(qtbot: QtBot) -> None:
    far = (1 << 36) - 512
    line = timeline(f"enable\nwrite gfn {far + 6}", level=EptLevel.PDPTE, pages=1 << 36)
    view = view_of(qtbot, frame_at(line, 2))

    with qtbot.waitSignal(view.write_requested) as asked:
        double_click(view, *tile(view))

    assert asked.args == [far + 6, far + 6]


def test_the_same_frame_asks_for_no_paint_and_another_for_some(
    qtbot: QtBot, line: Timeline
) -> None:
    view = view_of(qtbot, frame_at(line, 4))
    asked: list[QRectF] = []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Layer, "update", lambda _, *areas: asked.extend(areas))
        view.show_frame(frame_at(line, 4))
        same = len(asked)
        view.show_frame(frame_at(line, 5))

    assert same == 0
    assert asked


def test_the_theme_colours_everything(qtbot: QtBot, line: Timeline) -> None:
    view = view_of(qtbot, frame_at(line, 4))
    light = view.grab().toImage()

    view.set_theme(DARK)
    dark = view.grab().toImage()

    assert pixels_of(light, LIGHT, "panel") > 300_000
    assert pixels_of(dark, LIGHT, "panel") == 0
    assert pixels_of(dark, DARK, "panel") > 300_000


def test_a_view_without_a_frame_shows_nothing_and_takes_clicks(qtbot: QtBot) -> None:
    view = StageView()
    qtbot.addWidget(view)
    view.resize(600, 400)
    view.show()

    with qtbot.assertNotEmitted(view.activated):
        click(view, 100, 100)
        click(view, 100, 100, Qt.MouseButton.RightButton)

    assert view.scene_drawn() is None


@pytest.mark.parametrize("size", [(60, 40), (500, 300), (1264, 646), (1900, 950), (300, 1400)])
def test_it_can_be_of_any_size(qtbot: QtBot, line: Timeline, size: tuple[int, int]) -> None:
    view = view_of(qtbot, frame_at(line, 4), *size)

    scene = view.scene_drawn()

    assert scene is not None
    assert (scene.width, scene.height) == size


def test_it_can_be_closed_and_made_again(qtbot: QtBot, line: Timeline) -> None:
    for item in (3, 4):
        host = QWidget()
        qtbot.addWidget(host)
        view = StageView(host)
        view.resize(1000, 700)
        view.show_frame(frame_at(line, item))
        host.show()
        view.close()
        view.deleteLater()
