"""Scenes as items: only what differs is painted, and it looks as if all of it were."""

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView
from pytestqt.qtbot import QtBot

from pmlviz.ui.export import image
from pmlviz.ui.figures import stage
from pmlviz.ui.figures.scene import Group, Rect, Scene, Text
from pmlviz.ui.figures.theme import DARK, LIGHT
from pmlviz.ui.views.layers import Layer, Layers, pieces_of
from tests.ui.figures.stage_frames import GOLDEN, frame_at, timeline

SIZE = (1360, 806)


def two_panels(left: str = "dirty", right: str = "clean") -> Scene:
    return Scene(
        200, 100,
        (
            Group("left", (Rect(0, 0, 100, 100, left),)),
            Group("right", (Rect(0, 0, 100, 100, right),), 100, 0),
        ),
    )  # fmt: skip


class Watched(Layer):
    """A layer that remembers which areas it asked to be painted."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[QRectF] = []

    def update(self, *area: QRectF) -> None:  # type: ignore[override]
        self.asked += area
        super().update(*area)


def rendered(canvas: QGraphicsScene) -> QImage:
    picture = QImage(*SIZE, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.white)
    painter = QPainter(picture)
    area = QRectF(0, 0, *SIZE)
    canvas.render(painter, area, area)
    painter.end()
    return picture


def test_each_panel_is_a_piece_of_its_own() -> None:
    scene = stage.layout(frame_at(timeline(GOLDEN), 4), *SIZE)

    names = [piece[0].name for piece in pieces_of(scene) if piece and isinstance(piece[0], Group)]

    assert names == ["upper", "telling", "memory", "buffer", "wires"]


def test_a_stage_drawn_to_scale_is_taken_apart_too() -> None:
    scene = stage.layout(frame_at(timeline(GOLDEN), 4), 800, 480)

    assert len([piece for piece in pieces_of(scene) if piece]) == 5


def test_nothing_is_asked_for_when_nothing_changed(qtbot: QtBot) -> None:
    layer = Watched()
    layer.show_parts(two_panels().parts)
    layer.asked.clear()

    layer.show_parts(two_panels().parts)

    assert layer.asked == []


def test_only_what_differs_is_asked_for(qtbot: QtBot) -> None:
    layer = Watched()
    layer.show_parts(two_panels().parts)
    layer.asked.clear()

    layer.show_parts(two_panels(right="lost").parts)

    assert layer.asked == [QRectF(99, -1, 102, 102)]


def test_what_is_taken_out_is_wiped(qtbot: QtBot) -> None:
    layer = Watched()
    layer.show_parts((Text(10, 20, "here"), Rect(50, 50, 10, 10, "ink")))
    layer.asked.clear()

    layer.show_parts((Rect(50, 50, 10, 10, "ink"),))

    (area,) = layer.asked
    assert area.contains(12, 15)
    assert not area.contains(55, 55)


@pytest.mark.parametrize("items", [(3, 4), (4, 6), (6, 1), (1, 0)])
def test_step_by_step_it_looks_as_if_painted_whole(qtbot: QtBot, items: tuple[int, int]) -> None:
    line = timeline(GOLDEN)
    canvas = QGraphicsScene()
    view = QGraphicsView(canvas)
    qtbot.addWidget(view)
    layers = Layers(canvas)

    for item in items:
        scene = stage.layout(frame_at(line, item), *SIZE)
        layers.show_scene(scene)

    whole = Layers(fresh := QGraphicsScene())
    whole.show_scene(scene)
    assert rendered(canvas) == rendered(fresh)


def test_the_theme_and_the_scale_are_those_of_every_item(qtbot: QtBot) -> None:
    canvas = QGraphicsScene()
    layers = Layers(canvas, z=3)
    layers.set_scale(1.5)
    layers.show_scene(two_panels())

    layers.set_theme(DARK)
    layers.show_scene(Scene(200, 100, (*two_panels().parts, Group("more", (Rect(0, 0, 9, 9),)))))

    assert all(item.theme is DARK for item in layers.items)
    assert all(item.scale() == 1.5 for item in layers.items)
    assert all(item.zValue() == 3 for item in layers.items)


def test_hidden_items_stay_hidden_when_more_come(qtbot: QtBot) -> None:
    canvas = QGraphicsScene()
    layers = Layers(canvas)
    layers.set_visible(shown=False)

    layers.show_scene(two_panels())

    assert not any(item.isVisible() for item in layers.items)


def test_the_pieces_draw_what_the_scene_draws(qtbot: QtBot) -> None:
    scene = stage.layout(frame_at(timeline(GOLDEN), 4), *SIZE)
    joined = Scene(*SIZE, tuple(part for piece in pieces_of(scene) for part in piece))

    assert image(joined, LIGHT) == image(scene, LIGHT)
