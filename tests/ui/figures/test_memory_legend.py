"""The legend and the counts: what is there, in words."""

from pmlviz.ui.figures.cells import Mark
from pmlviz.ui.figures.memory_fields import CODE, SLAB
from pmlviz.ui.figures.memory_legend import counts, legend
from pmlviz.ui.figures.parts import Parts
from pmlviz.ui.figures.scene import Text
from pmlviz.ui.figures.text import text_width

ALL = {*CODE.values(), SLAB}


def line(room: float, codes: set[int], *, short: bool = False, seams: int | None = 0) -> Parts:
    return legend(
        258, room, codes, seams=seams, guarded="first touch exits (49)",
        now=True, ahead=False, short=short,
    )  # fmt: skip


def words(parts: Parts) -> list[str]:
    return [p.text for p in parts if isinstance(p, Text)]


def test_only_what_is_there_is_named() -> None:
    found = words(line(1078, {CODE[Mark.CLEAN], SLAB}, seams=None))

    assert found == ["clean", "2 MiB page, first touch exits (49)", "changed now"]


def test_the_age_of_a_split_is_told_in_items() -> None:
    found = [words(line(1078, set(), seams=age))[0] for age in (0, 1, 2)]

    assert found == ["shattered, now", "shattered, 1 item ago", "shattered, 2 items ago"]


def test_a_compact_legend_uses_fewer_words() -> None:
    assert "only in PML" in words(line(1016, ALL, short=True))


def test_what_finds_no_room_is_left_out_and_nothing_passes_the_edge() -> None:
    parts = line(400, ALL)

    ends = [p.x + text_width(p) for p in parts if isinstance(p, Text)]
    assert len(ends) < 6
    assert max(ends) <= 400


def test_counts_name_the_three_that_matter_also_at_zero() -> None:
    found = words(counts(14, 36, 242, {Mark.PENDING: 512, Mark.CLEAN: 512}, "1 write waits"))

    assert found == [
        "512", "in the buffer", "0", "in the bitmap", "512", "clean", "1 write waits",
    ]  # fmt: skip


def test_counts_show_what_is_lost_first() -> None:
    assert words(counts(14, 36, 242, {Mark.LOST: 1}, ""))[:2] == ["1", "lost"]
