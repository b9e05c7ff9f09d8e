"""Lines of mixed type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.ui.figures.dump import dump
from pmlviz.ui.figures.rich import Run, break_lines, layout, markup, plain, run_width
from pmlviz.ui.figures.scene import Circle, Scene, Text
from tests.golden import Golden

SENTENCE = (
    "vCPU 0 writes `gpa 0x6000`: {1} PTE 6 is writable, so {2} its D flag goes 0→1,"
    " {3} `PML[511] = 0x6000` and {4} the index steps to 510. **Xen never runs.**"
)


def test_a_narration_is_set_as_accepted(golden: Golden) -> None:
    block = layout(markup(SENTENCE), 20, 40, 720, 23)

    golden(dump(Scene(760, 140, block.parts)), "scenes/a_sentence_with_numbered_discs.txt")


def test_markup_tells_mono_bold_and_discs() -> None:
    assert markup("a `0x6` {2} **b** c", color="muted") == (
        Run("a ", color="muted"),
        Run("0x6", "mono", bold=True, color="muted"),
        Run(" ", color="muted"),
        Run("", disc=2),
        Run("b", bold=True, color="muted"),
        Run(" c", color="muted"),
    )


def test_plain_words_keep_the_numbers_of_discs() -> None:
    assert plain(markup("so {2} its `D` flag")) == "so (2) its D flag"


def test_a_disc_stays_with_the_word_it_numbers() -> None:
    lines = break_lines(markup("aaaa {1} bbbb"), 10, 45)

    assert [[run.text or run.disc for run in line] for line in lines] == [["aaaa "], [1, "bbbb"]]


def test_a_comma_stays_with_the_word_before_it() -> None:
    lines = break_lines(markup("`0x6000`, then"), 10, 45)

    assert [plain(line) for line in lines] == ["0x6000, ", "then"]


def test_a_block_tells_its_size() -> None:
    block = layout(markup("one **two**"), 10, 20, 500, 10, leading=1.5)

    assert block.lines == 1
    assert block.height == 15
    assert block.width == pytest.approx(
        run_width(Run("one "), 10) + run_width(Run("two", bold=True), 10)
    )


def test_discs_are_ringed_by_their_ground() -> None:
    block = layout(markup("{1} a"), 0, 20, 500, 20, ring="deck")

    assert [part.fill for part in block.parts if isinstance(part, Circle)] == ["deck", "accent"]


@given(st.lists(st.sampled_from(["a", "bb ", " ccc", "{1} ", "`0x6`", "**dd** "]), max_size=12))
def test_no_line_is_wider_than_its_room_and_no_word_is_lost(pieces: list[str]) -> None:
    text = "".join(pieces)

    block = layout(markup(text), 0, 0, 400, 12.5)

    words = "".join(part.text for part in block.parts if isinstance(part, Text))
    discs = "".join(str(run.disc) for run in markup(text) if run.disc)
    expected = "".join(run.text for run in markup(text))
    assert sorted("".join(words.split())) == sorted("".join(expected.split()) + discs)
    assert block.width <= 400 or block.lines == 1


def test_a_value_in_mono_stays_in_one_piece() -> None:
    runs = markup("it stores `PML[511] = 0x6000` there")

    lines = break_lines(runs, 12, run_width(Run("it stores PML[511]", "mono", bold=True), 12))

    assert any("PML[511] = 0x6000" in run.text for line in lines for run in line)
