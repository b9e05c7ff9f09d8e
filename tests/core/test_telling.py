import pytest

from pmlviz.core.rules import Rule
from pmlviz.core.telling import Disc, Run, Story, told


def test_values_are_mono_verdicts_bold_and_the_rest_plain() -> None:
    assert told("vCPU 0 writes `gpa 0x6000`: **lost**.") == (
        Run("vCPU 0 writes "),
        Run("gpa 0x6000", "mono"),
        Run(": "),
        Run("lost", "bold"),
        Run("."),
    )


def test_discs_are_numbered_in_order_and_take_the_space_after_them() -> None:
    assert told("{leaf.w} PTE 6 and {leaf.d} D") == (
        Disc(1, "leaf.w"),
        Run("PTE 6 and "),
        Disc(2, "leaf.d"),
        Run("D"),
    )


def test_a_thing_has_one_number_and_so_the_second_disc_of_it_is_left_out() -> None:
    assert told("{exit} exit 49, {exit} exit 48") == (
        Disc(1, "exit"),
        Run("exit 49, exit 48"),
    )


def test_a_sixth_disc_is_left_out() -> None:
    parts = told("{leaf}a {leaf.w}b {leaf.d}c {exit}d {bitmap}e {split}f")

    assert [p.n for p in parts if isinstance(p, Disc)] == [1, 2, 3, 4, 5]
    assert parts[-1] == Run("e f")


def test_a_disc_without_an_anchor_in_the_picture_is_our_fault() -> None:
    with pytest.raises(ValueError, match=r"leaf\.q is no anchor"):
        told("{leaf.q} PTE 6")


def test_the_words_alone_have_the_numbers_in_brackets() -> None:
    story = Story(told("{leaf.d} D goes 0→1: `PML[511]`"), Rule.PML_LOG)

    assert story.text == "(1) D goes 0→1: PML[511]"
    assert story.discs == (Disc(1, "leaf.d"),)
