"""A golden file is compared exactly, and a difference says what to look at and how to accept it."""

from pathlib import Path

import pytest

from tests.golden import Golden


def golden_in(folder: Path, *, update: bool = False) -> Golden:
    return Golden(folder / "data", folder / "output", update=update, test="tests/test_x.py::test_y")


def accept(folder: Path, value: str | bytes) -> None:
    golden_in(folder, update=True)(value, "scenes/full.txt")


def complaint(folder: Path, value: str | bytes) -> str:
    with pytest.raises(pytest.fail.Exception) as failure:
        golden_in(folder)(value, "scenes/full.txt")
    return str(failure.value)


def test_what_was_accepted_passes(tmp_path: Path) -> None:
    accept(tmp_path, "slot 511\nslot 510\n")

    golden_in(tmp_path)("slot 511\nslot 510\n", "scenes/full.txt")


def test_a_changed_text_is_shown_as_a_diff_with_the_command_that_accepts_it(tmp_path: Path) -> None:
    accept(tmp_path, "slot 511\nslot 510\n")

    message = complaint(tmp_path, "slot 511\nslot 509\n")

    assert "-slot 510\n+slot 509" in message
    assert "pytest --update-goldens 'tests/test_x.py::test_y'" in message


def test_what_was_drawn_is_kept_to_be_looked_at(tmp_path: Path) -> None:
    accept(tmp_path, "old")

    complaint(tmp_path, "new")

    assert (tmp_path / "output/scenes/full.txt").read_text() == "new"
    assert (tmp_path / "data/scenes/full.txt").read_text() == "old"


def test_bytes_that_differ_are_told_by_length_and_place(tmp_path: Path) -> None:
    accept(tmp_path, b"\xff\x00\x01")

    assert "4 bytes, accepted 3; the first difference is at 2" in complaint(tmp_path, b"\xff\0\2\3")


def test_line_ends_count(tmp_path: Path) -> None:
    accept(tmp_path, "slot\n")

    assert "only the line ends differ" in complaint(tmp_path, "slot\r\n")


def test_a_golden_that_was_never_accepted_fails(tmp_path: Path) -> None:
    assert "no such golden file yet" in complaint(tmp_path, "slot\n")
