"""The sheet of states."""

from pmlviz.ui.figures.passes import bounds
from pmlviz.ui.figures.scene import Text
from pmlviz.ui.figures.states import states


def test_the_sheet_stays_inside_its_size() -> None:
    scene = states()

    x, y, w, h = bounds(scene)

    assert x >= 0
    assert y >= 0
    assert x + w <= scene.width
    assert y + h <= scene.height


def test_every_state_has_a_name_beside_it() -> None:
    words = {part.text for part in states().parts if isinstance(part, Text)}

    assert {
        "clean",
        "dirty and in the bitmap",
        "dirty, still only in a PML buffer",
        "written but in neither: lost",
        "reported but not written",
        "write-protected",
        "superpage",
        "just shattered",
    } <= words


def test_the_sheet_is_the_same_each_time() -> None:
    assert states() == states()
