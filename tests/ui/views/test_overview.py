"""The bitmap on screen: zoomed by wheel and double click, panned, read out, never too coarse."""

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from pmlviz.core.timeline import Timeline
from pmlviz.core.units import EptLevel
from pmlviz.ui.figures.scene import Target
from pmlviz.ui.figures.theme import LIGHT
from pmlviz.ui.views.stage_view import StageView
from tests.ui.figures.stage_frames import frame_at, timeline
from tests.ui.views.pointer import (
    anchor,
    ask_tip,
    click,
    double_click,
    drag,
    pixels_of,
    wheel,
)
from tests.ui.views.test_stage_view import TOUR, view_of

GIB = 1 << 18


def place(view: StageView) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of the overview, px."""
    scene = view.scene_drawn()
    return *anchor(scene, "memory.overview.tl"), *anchor(scene, "memory.overview.br")


def middle(view: StageView) -> tuple[float, float]:
    left, top, right, bottom = place(view)
    return (left + right) / 2, (top + bottom) / 2


@pytest.fixture
def line() -> Timeline:
    return timeline(TOUR)


def naive(*gfns: int, pages: int = GIB) -> Timeline:
    """Return writes under the strategy that loses all but the first of a superpage."""
    script = "\n".join(["enable", *[f"write gfn {gfn}" for gfn in gfns]])
    return timeline(script, pages=pages, strategy="superpage-naive")


def test_a_click_selects_the_page_under_the_pointer(qtbot: QtBot, line: Timeline) -> None:
    view = view_of(qtbot, frame_at(line, 4))
    left, top, _, bottom = place(view)

    with qtbot.waitSignal(view.activated) as activated:
        click(view, left + 100.5, top + (bottom - top) * 2.4 / 8)

    assert activated.args == [Target("gfn", 2 * 512 + 100)]


def test_the_wheel_zooms_in_and_out_again(qtbot: QtBot, line: Timeline) -> None:
    view = view_of(qtbot, frame_at(line, 4))
    x, y = middle(view)

    wheel(view, x, y, 240)
    zoomed = view.overview.zoomed
    for _ in range(6):
        wheel(view, x, y, -240)

    assert zoomed
    assert not view.overview.zoomed


def test_the_wheel_elsewhere_zooms_nothing(qtbot: QtBot, line: Timeline) -> None:
    view = view_of(qtbot, frame_at(line, 4))

    wheel(view, 300, 100, 240)

    assert not view.overview.zoomed


def test_a_drag_pans_what_is_zoomed_and_selects_nothing(qtbot: QtBot) -> None:
    view = view_of(qtbot, frame_at(naive(5), 2))
    x, y = middle(view)
    double_click(view, x, y)
    before = view.overview.box.viewRect()

    with qtbot.assertNotEmitted(view.activated), qtbot.assertNotEmitted(view.write_requested):
        drag(view, x, y, x, y + 60)

    assert view.overview.box.viewRect().top() < before.top()


def test_a_double_click_zooms_to_a_few_regions_and_back(qtbot: QtBot) -> None:
    view = view_of(qtbot, frame_at(naive(5), 2))
    x, y = middle(view)

    double_click(view, x, y)
    rows = view.overview.box.viewRect().height()
    double_click(view, x, y)

    assert rows <= 8
    assert not view.overview.zoomed


def test_the_whole_guest_can_be_shown_again(qtbot: QtBot) -> None:
    view = view_of(qtbot, frame_at(naive(5), 2))
    wheel(view, *middle(view), 600)

    view.fit_bitmap()

    assert not view.overview.zoomed


def test_the_tip_tells_the_page_and_how_many_a_cell_stands_for(qtbot: QtBot) -> None:
    view = view_of(qtbot, frame_at(naive(5, pages=1 << 28), 2))

    ask_tip(view, *middle(view))
    text = QToolTip.text()
    QToolTip.hideText()

    assert text.startswith("gfn 0x")
    assert "the gravest is shown" in text


@pytest.mark.parametrize("region", [200, 201, 202, 203])
@pytest.mark.parametrize("rows", [512, 400, 300, 210, 100, 9])
def test_a_lost_page_is_seen_at_every_zoom(qtbot: QtBot, region: int, rows: int) -> None:
    line = naive(region * 512, region * 512 + 77)
    seen = []

    for item in (2, 3):
        view = view_of(qtbot, frame_at(line, item))
        top = max(0, min(512 - rows, region - rows // 2))
        view.overview.box.setRange(xRange=(0, 512), yRange=(top, top + rows), padding=0)
        left, up, right, down = place(view)
        image = view.grab().toImage()
        cut = image.copy(int(left), int(up), int(right - left), int(down - up))
        seen.append(pixels_of(cut, LIGHT, "lost"))

    assert seen[0] == 0
    assert seen[1] > 0


def test_zooming_shows_the_page_that_a_cell_of_many_stood_for(qtbot: QtBot) -> None:
    view = view_of(qtbot, frame_at(naive(5, 6), 3))
    view.overview.box.setRange(xRange=(0, 64), yRange=(0, 8), padding=0)
    left, top, right, bottom = place(view)

    with qtbot.waitSignal(view.activated) as activated:
        click(view, left + (right - left) * 6.5 / 64, top + (bottom - top) * 0.5 / 8)

    assert activated.args == [Target("gfn", 6)]


def test_a_guest_with_a_hole_selects_what_is_drawn(qtbot: QtBot) -> None:
    view = view_of(qtbot, frame_at(timeline("enable", hole=True), 1))
    left, _, _, bottom = place(view)

    with qtbot.waitSignal(view.activated) as activated:
        click(view, left + 20, bottom - 4)

    (target,) = activated.args or (None,)
    assert target is not None
    assert (1 << 18) <= target.value < (1 << 18) + 512


def test_a_guest_shown_as_blocks_has_no_overview(qtbot: QtBot) -> None:
    line = timeline("enable\nwrite 0x5000", level=EptLevel.PTE, pages=1024)
    view = view_of(qtbot, frame_at(line, 2))

    assert not view.overview.covers(QPointF(300, 700))


def test_zoomed_cells_follow_the_frames(qtbot: QtBot) -> None:
    line = naive(200 * 512, 200 * 512 + 1)
    view = view_of(qtbot, frame_at(line, 2))
    view.overview.box.setRange(xRange=(0, 512), yRange=(196, 204), padding=0)
    before = pixels_of(view.grab().toImage(), LIGHT, "lost")

    view.show_frame(frame_at(line, 3))

    assert view.overview.zoomed
    assert pixels_of(view.grab().toImage(), LIGHT, "lost") > before


def test_the_wheel_shows_fewer_rows_first_and_then_fewer_pages(qtbot: QtBot) -> None:
    view = view_of(qtbot, frame_at(naive(5), 2))
    x, y = middle(view)
    seen = []

    for _ in range(24):
        wheel(view, x, y, 120)
        shown = view.overview.box.viewRect()
        seen.append((round(shown.width()), round(shown.height())))

    assert seen[4][0] == 512
    assert seen[4][1] < 512
    assert seen[-1][1] == 6
    assert 16 <= seen[-1][0] < 512


def test_what_is_under_the_pointer_stays_there_while_zooming(qtbot: QtBot) -> None:
    view = view_of(qtbot, frame_at(naive(5), 2))
    x, y = middle(view)
    wheel(view, x, y, 120 * 10)
    before = view.overview.gfn_at(QPointF(x, y))

    wheel(view, x, y, 240)

    assert view.overview.gfn_at(QPointF(x, y)) == before


def test_the_page_in_focus_is_kept_in_sight(qtbot: QtBot) -> None:
    line = naive(5, 400 * 512 + 9)
    view = view_of(qtbot, frame_at(line, 2))
    left, top, _, _ = place(view)
    wheel(view, left + 100, top + 2, 120 * 12)

    view.show_frame(frame_at(line, 3))

    shown = view.overview.box.viewRect()
    assert shown.top() <= 400 < shown.bottom()


def test_a_view_moved_by_hand_stays_while_the_focus_does(qtbot: QtBot) -> None:
    line = naive(5, 5, 5)
    view = view_of(qtbot, frame_at(line, 2))
    view.overview.box.setRange(xRange=(0, 512), yRange=(300, 310), padding=0)

    view.show_frame(frame_at(line, 3))

    assert view.overview.box.viewRect().top() == 300


def test_a_click_on_the_strip_selects_a_page_there(qtbot: QtBot) -> None:
    view = view_of(qtbot, frame_at(naive(5), 2))
    wheel(view, *middle(view), 600)
    _, _, right, bottom = place(view)

    with qtbot.waitSignal(view.activated) as activated:
        click(view, right + 13, bottom - 1)

    (target,) = activated.args or (None,)
    assert target is not None
    assert target.value >= GIB - 8 * 512


def test_another_guest_is_shown_whole(qtbot: QtBot) -> None:
    view = view_of(qtbot, frame_at(naive(5), 2))
    wheel(view, *middle(view), 600)

    view.show_frame(frame_at(naive(5, pages=1 << 17), 2))

    assert not view.overview.zoomed
