"""The legend of a glass."""

from pmlviz.ui.figures.cells import Mark
from pmlviz.ui.figures.glass_legend import legend
from pmlviz.ui.figures.glass_rows import SEAM, SLAB
from pmlviz.ui.figures.scene import Scene
from tests.ui.figures.reading import cut_off, overlapping, text_boxes

EVERY = frozenset({*map(str, Mark), SLAB, SEAM})


def words(seen: frozenset[str], right: float = 1032) -> list[str]:
    scene = Scene(right, 40, legend(seen, 60, 10, right))
    assert overlapping(scene) == []
    assert cut_off(scene) == []
    return [text for text, _ in text_boxes(scene)]


def test_only_what_occurs_is_explained() -> None:
    assert words(frozenset({"clean", "lost"})) == ["clean", "lost"]
    assert words(frozenset()) == []


def test_all_marks_fit_in_one_line() -> None:
    assert len(words(EVERY, 820)) == 8


def test_what_finds_no_room_is_left_out() -> None:
    assert words(EVERY, 300) == ["clean", "dirty, in the bitmap", "lost"]
