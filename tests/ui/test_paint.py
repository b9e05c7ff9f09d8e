"""Painting: what the scene says, where it says it, and the same as the SVG."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from pmlviz.ui.export import image
from pmlviz.ui.figures.scene import (
    Circle,
    Group,
    Hatch,
    Line,
    Path,
    Primitive,
    Raster,
    Rect,
    Scene,
    Text,
)
from pmlviz.ui.figures.states import states
from pmlviz.ui.figures.svg import svg
from pmlviz.ui.figures.text import width
from pmlviz.ui.figures.theme import DARK, LIGHT, THEMES, Theme
from pmlviz.ui.paint import paint
from tests.ui.figures.vocabulary import vocabulary

pytestmark = pytest.mark.usefixtures("qapp")

Pixels = NDArray[np.uint8]


def pixels(picture: QImage) -> Pixels:
    """Return red, green, blue, alpha, shape (h, w, 4)."""
    plain = picture.convertToFormat(QImage.Format.Format_RGBA8888)
    flat = np.frombuffer(bytes(plain.constBits()), np.uint8)
    return flat.reshape(plain.height(), plain.width(), 4).copy()


def painted(*parts: Primitive, theme: Theme = LIGHT, side: int = 40) -> Pixels:
    return pixels(image(Scene(side, side, parts, "panel"), theme))


def rgb(token: str, theme: Theme = LIGHT) -> tuple[int, ...]:
    return tuple(bytes.fromhex(theme[token][1:]))


def at(picture: Pixels, x: int, y: int) -> tuple[int, ...]:
    return tuple(int(value) for value in picture[y, x, :3])


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_a_token_is_painted_in_its_themes_colour(theme: Theme) -> None:
    picture = painted(Rect(10, 10, 20, 20, "dirty"), theme=theme)

    assert at(picture, 20, 20) == rgb("dirty", theme)
    assert at(picture, 5, 5) == rgb("panel", theme)


def test_later_is_on_top() -> None:
    picture = painted(Rect(0, 0, 40, 40, "dirty"), Circle(20, 20, 10, "over"))

    assert at(picture, 20, 20) == rgb("over")
    assert at(picture, 2, 2) == rgb("dirty")


@pytest.mark.parametrize("radius", [0.0, 4.0])
def test_a_border_is_centred_on_the_edge(radius: float) -> None:
    picture = painted(Rect(10, 10, 20, 20, "clean", "ink", 4, radius))

    assert at(picture, 20, 7) == rgb("panel")
    assert at(picture, 20, 8) == at(picture, 20, 11) == rgb("ink")
    assert at(picture, 20, 12) == rgb("clean")


def test_a_border_wider_than_its_corner_is_still_round_outside() -> None:
    picture = painted(Rect(10, 10, 20, 20, "clean", "ink", 6, 2))

    assert at(picture, 7, 7) != rgb("ink")
    assert at(picture, 20, 8) == at(picture, 20, 12) == rgb("ink")
    assert at(picture, 14, 14) == rgb("clean")


def test_a_border_round_nothing_leaves_its_inside() -> None:
    picture = painted(Rect(10, 10, 20, 20, None, "ink", 2))

    assert at(picture, 20, 20) == rgb("panel")
    assert at(picture, 20, 10) == rgb("ink")


def test_lines_are_as_thick_as_they_say_in_every_direction() -> None:
    picture = painted(
        Line(0, 10, 40, 10, "ink", 4), Line(20, 15, 20, 40, "ink", 4), Line(0, 39, 0.1, 39, "ink")
    )

    assert [at(picture, 5, y) == rgb("ink") for y in range(7, 13)] == [
        False, True, True, True, True, False,
    ]  # fmt: skip
    assert [at(picture, x, 30) == rgb("ink") for x in range(17, 23)] == [
        False, True, True, True, True, False,
    ]  # fmt: skip


def test_a_dashed_line_has_gaps_of_its_dash() -> None:
    picture = painted(Line(0, 10, 40, 10, "ink", 2, (5, 4)))

    assert [at(picture, x, 10) == rgb("ink") for x in (2, 7, 11, 16)] == [True, False, True, False]


def test_groups_move_scale_and_clip() -> None:
    inner = Group("inner", (Rect(0, 0, 10, 10, "dirty"),), 1, 1, clip=(0, 0, 5, 10), scale=2)
    picture = painted(Group("outer", (inner,), 10, 10), Rect(0, 0, 4, 4, "over"))

    assert at(picture, 12, 12) == rgb("dirty")
    assert at(picture, 25, 12) == rgb("panel")
    assert at(picture, 12, 29) == rgb("dirty")
    assert at(picture, 2, 2) == rgb("over")


def test_a_hatch_goes_on_from_one_group_to_the_next() -> None:
    whole = painted(Hatch(0, 0, 40, 40, pitch=7, width=2))
    pieces = painted(
        Hatch(0, 0, 17, 40, pitch=7, width=2),
        Group("right", (Hatch(0, 0, 23, 40, pitch=7, width=2),), 17, 0),
    )

    assert np.abs(whole[:, :, :3].astype(int) - pieces[:, :, :3]).max() <= 2


def test_raster_cells_are_sharp_and_none_is_transparent() -> None:
    raster = Raster(0, 0, 40, 20, 2, 4, bytes([0, 1, 2, 0, 1, 0, 1, 2]), ("dirty", "lost", None))

    picture = painted(raster)

    names = {rgb(token): token for token in ("dirty", "lost", "panel")}
    seen = [[names.get(at(picture, x, y)) for x in range(40)] for y in (0, 9, 10, 19)]
    assert seen[0] == ["dirty"] * 10 + ["lost"] * 10 + ["panel"] * 10 + ["dirty"] * 10
    assert seen[0] == seen[1]
    assert seen[2] == ["lost"] * 10 + ["dirty"] * 10 + ["lost"] * 10 + ["panel"] * 10
    assert seen[2] == seen[3]


@pytest.mark.parametrize("anchor", ["start", "middle", "end"])
def test_text_is_drawn_where_the_figures_measured_it(anchor: str) -> None:
    room = width("|0x6000 fi AV|", 14.6)
    left = 110 - {"start": 0, "middle": room / 2, "end": room}[anchor]
    text = Text(110, 30, "|0x6000 fi AV|", 14.6, anchor=anchor)  # type: ignore[arg-type]

    picture = painted(text, side=220)

    columns = np.nonzero((picture[..., 0] < 128).any(axis=0))[0]
    bar = width("|", 14.6)
    assert columns[0] == pytest.approx(left + bar / 2, abs=1.5)
    assert columns[-1] == pytest.approx(left + room - bar / 2, abs=1.5)


def test_text_through_qts_own_layout_looks_the_same() -> None:
    # As PDF gets it.
    scene = Scene(
        220, 60, (Text(5, 25, "PML[511] = 0x1ff", 14.6, "mono"), Text(5, 50, "office", 20))
    )
    canvas = QImage(220, 60, QImage.Format.Format_ARGB32_Premultiplied)
    canvas.fill(QColor("white"))
    laid_out = canvas.copy()
    for target, glyph_runs in ((canvas, True), (laid_out, False)):
        painter = QPainter(target)
        paint(painter, scene, LIGHT, glyph_runs=glyph_runs)
        painter.end()

    apart = np.abs(_blocks(pixels(canvas)[..., :3]) - _blocks(pixels(laid_out)[..., :3]))

    assert apart.max() < 40
    assert apart.mean() < 2


def test_text_stands_on_its_baseline() -> None:
    picture = painted(Text(5, 30, "HE", 20))

    rows = np.nonzero((picture[..., 0] < 128).any(axis=1))[0]
    # Capitals of 20 px are 14.6 px high.
    assert rows[0] in {15, 16}
    assert rows[-1] == 29


def test_opacity_lets_the_ground_through() -> None:
    half = at(painted(Rect(0, 0, 40, 40, "ink", opacity=0.5)), 20, 20)

    means = [(a + b) / 2 for a, b in zip(rgb("ink"), rgb("panel"), strict=True)]
    assert half == pytest.approx(means, abs=1.5)


def test_a_scene_without_ground_is_transparent_around_its_parts() -> None:
    picture = pixels(image(Scene(20, 20, (Rect(5, 5, 10, 10, "ink"),)), LIGHT))

    assert picture[2, 2, 3] == 0
    assert picture[10, 10, 3] == 255


def test_a_clip_repaints_the_same_pixels_and_touches_no_others() -> None:
    scene = vocabulary()
    whole = pixels(image(scene, LIGHT))
    canvas = QImage(400, 300, QImage.Format.Format_ARGB32_Premultiplied)
    canvas.fill(QColor("#00ff00"))
    painter = QPainter(canvas)

    paint(painter, scene, LIGHT, clip=QRectF(100, 100, 150, 90))
    painter.end()

    part = pixels(canvas)
    assert (part[100:190, 100:250] == whole[100:190, 100:250]).all()
    part[100:190, 100:250] = (0, 255, 0, 255)
    assert (part == (0, 255, 0, 255)).all()


def test_the_painters_state_is_given_back() -> None:
    canvas = QImage(10, 10, QImage.Format.Format_ARGB32_Premultiplied)
    painter = QPainter(canvas)
    painter.setOpacity(0.25)

    paint(painter, vocabulary(), LIGHT, clip=QRectF(0, 0, 5, 5))

    state = (painter.opacity(), painter.hasClipping(), painter.transform().isIdentity())
    painter.end()
    assert state == (0.25, False, True)


def test_pixels_are_the_same_each_time() -> None:
    one, other = image(vocabulary(), DARK, 2), image(vocabulary(), DARK, 2)

    assert one == other


def without_cut_groups(scene: Scene) -> Scene:
    # Qt's SVG reader knows no clip paths.
    parts = tuple(p for p in scene.parts if not (isinstance(p, Group) and p.clip is not None))
    return Scene(scene.width, scene.height, parts, scene.ground)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("figure", [vocabulary, states])
def test_the_svg_looks_like_what_is_painted(theme: Theme, figure: Callable[[], Scene]) -> None:
    scene = without_cut_groups(figure())
    ours = pixels(image(scene, theme, 2))[..., :3]
    canvas = QImage(ours.shape[1], ours.shape[0], QImage.Format.Format_ARGB32_Premultiplied)
    painter = QPainter(canvas)
    renderer = QSvgRenderer(QByteArray(svg(scene, theme).encode()))

    renderer.render(painter)
    painter.end()

    theirs = pixels(canvas)[..., :3]
    # Means over 8 x 8 px: Qt's reader hints and kerns its text, so letters stand a little apart.
    blocks = np.abs(_blocks(ours) - _blocks(theirs)).max(axis=2)
    assert (blocks > 24).mean() < 0.02
    assert blocks.mean() < 1


def _blocks(picture: Pixels) -> NDArray[np.float64]:
    h, w = picture.shape[0] // 8, picture.shape[1] // 8
    cut = picture[: h * 8, : w * 8].astype(float)
    means: NDArray[np.float64] = cut.reshape(h, 8, w, 8, 3).mean(axis=(1, 3))
    return means


def test_many_strokes_in_one_path_are_drawn_as_each_would_be() -> None:
    ends = [(4 + 6 * (i % 16), 4 + 6 * (i // 16)) for i in range(144)]
    each = [Path((("M", x, y), ("L", x, y + 3)), stroke="lost", width=2) for x, y in ends]
    together = Path(tuple(command for one in each for command in one.d), stroke="lost", width=2)

    assert np.array_equal(painted(together, side=110), painted(*each, side=110))
