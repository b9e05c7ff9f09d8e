"""Scenes: plain values, equal when they look equal."""

import msgspec
import pytest

from pmlviz.ui.figures.scene import Group, Raster, Rect, Scene, Target, Text, placed


def test_equal_scenes_are_equal_and_hash_alike() -> None:
    def build() -> Scene:
        rect = Rect(1, 2, 3, 4, fill="dirty", target=Target("gfn", 5))
        raster = Raster(0, 0, 8, 8, 2, 2, b"\0\1\0\1", ("clean", None))
        return Scene(10, 10, (Group("a", (rect, raster), 1, 1), Text(0, 0, "x")))

    one, other = build(), build()

    assert one == other
    assert hash(one) == hash(other)


def test_a_primitive_cannot_be_changed() -> None:
    rect = Rect(0, 0, 1, 1)

    with pytest.raises(AttributeError):
        rect.x = 5  # type: ignore[misc]


def test_a_placed_scene_keeps_its_ground_below_its_parts() -> None:
    inner = Scene(20, 10, (Text(0, 8, "x"),), ground="panel")

    group = placed(inner, "inner", 5, 6, 0.5)

    assert group == Group(
        "inner", (Rect(0, 0, 20, 10, fill="panel"), Text(0, 8, "x")), 5, 6, scale=0.5
    )


def test_a_scene_survives_being_a_message() -> None:
    scene = Scene(10, 10, (Rect(0, 0, 1, 1, "ink"),))

    copied = msgspec.msgpack.decode(msgspec.msgpack.encode(scene.parts[0]), type=Rect)

    assert copied == scene.parts[0]
