"""Scenario files are read strictly, and faults have a place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.core.errors import PmlvizError
from pmlviz.core.scenario_file import decode, first_item, line_of
from tests.core.scenario_texts import DEMO, PLACE, changed


def fault(text: str) -> PmlvizError:
    with pytest.raises(PmlvizError) as raised:
        decode(text, PLACE)
    return raised.value


@pytest.mark.parametrize(
    ("old", "new", "line", "message", "hint"),
    [
        ("[machine]", "[machin]", 4, "unknown key 'machin' in the scenario", "'machine'?"),
        ("title", "titel", 2, "unknown key 'titel' in the scenario", "did you mean 'title'?"),
        ("[machine]", "[machine]\nvcpu = 2", 5, "unknown key 'vcpu' in [machine]", "'vcpus'?"),
        ("size", "sise", 5, "unknown key 'sise' in [machine.regions]", "(pages, gfn, size)"),
        ('text = "Two."', 'txt = "Two."', 23, "unknown key 'txt' in [note]", "(at, text)"),
        ("bitmap", "bitmaps", 26, "unknown key 'bitmaps' in [expect]", "did you mean 'bitmap'?"),
        ('"Three pages"', "3", 2, "title: expected `str`, got `int`", ""),
        ("1024", '"x"', 5, "machine.regions[0].pages: expected `int`, got `str`", ""),
        ('"4K"', '"8K"', 5, "machine.regions[0].size: invalid enum value '8K'", "4K, 2M or 1G"),
        ("at = 5", "at = 5.5", 22, "note[1].at: expected `int`, got `float`", ""),
        ("[5, 6, 7]", "[[5]]", 26, "expect.bitmap[0]: expected `int`, got `array`", ""),
        ("bitmap = [5, 6, 7]", 'exits = { "50" = 1 }', 26, "expect.exits: invalid enum value '50'",
         "48, 49 or 62"),
        ('title = "Three pages"', "", None, "the scenario has no 'title'", "has a title"),
        ("regions = ", "# ", None, "[machine] has no 'regions'", "[machine] regions"),
        ('text = "Two."', "", None, "[note] has no 'text'", ""),
        ("[expect]", "[expect", 25, "Expected ']' at the end of a table declaration", "are TOML"),
        ("at = 5", "at = 5\nat = 6", 23, "Cannot overwrite a value", "are TOML"),
        ("[5, 6, 7]   # three\n", "[5", 26, "Unclosed array", "are TOML"),
    ],
)  # fmt: skip
def test_a_fault_is_one_message_with_its_line_and_a_hint(
    old: str, new: str, line: int | None, message: str, hint: str
) -> None:
    error = fault(changed((old, new)))

    assert error.message == message
    assert error.place == (PLACE if line is None else f"{PLACE}:{line}")
    assert hint in error.hint


def test_too_many_brackets_are_a_fault_of_the_file() -> None:
    assert fault("a = " + "[" * 100_000).message == "is nested too deeply"


@given(st.text())
def test_any_text_is_a_scenario_or_one_message(text: str) -> None:
    with pytest.raises(PmlvizError, match=r"demo\.toml"):
        decode(text, PLACE)


@given(st.data())
def test_a_scenario_with_a_piece_cut_out_is_read_or_refused(data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(DEMO)))
    text = DEMO[:first] + DEMO[data.draw(st.integers(first, len(DEMO))) :]

    try:
        decode(text, PLACE)
    except PmlvizError as error:
        place = error.place
    else:
        place = PLACE

    assert place.startswith(PLACE)


# ── where a key stands ──────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("table", "number", "key", "line"),
    [
        ("", 0, "title", 2),
        ("machine", 0, "regions", 5),
        ("machine", 0, "", 4),
        ("script", 0, "items", 8),
        ("note", 0, "at", 18),
        ("note", 1, "at", 22),
        ("note", 1, "", 21),
        ("note", 2, "at", None),
        ("machine", 0, "items", None),
        ("", 0, "regions", None),
    ],
)
def test_a_key_is_found_in_its_own_table(
    table: str, number: int, key: str, line: int | None
) -> None:
    assert line_of(DEMO, table, number, key) == line


def test_a_key_inside_a_string_is_no_key() -> None:
    text = "about = '''\n[machine]\ntitle = 3\n'''\ntitle = 1\n"

    assert line_of(text, "", 0, "title") == 5
    assert line_of(text, "machine", 0, "") is None


def test_quoted_keys_are_keys() -> None:
    assert line_of('"title" = 3', "", 0, "title") == 1


@pytest.mark.parametrize(
    ("written", "items", "place", "line"),
    [
        ('"""\nenable\n"""', "enable\n", PLACE, 3),
        ("'''\nenable\n'''", "enable\n", PLACE, 3),
        ('"""enable\nclean"""', "enable\nclean", PLACE, 2),
        ('"enable"', "enable", PLACE, 2),
        ("'enable'", "enable", PLACE, 2),
        ('"enable\\nclean"', "enable\nclean", f"{PLACE}:2: items", 1),
        ('"""enable \\\n  # on"""', "enable # on", f"{PLACE}:2: items", 1),
    ],
)
def test_items_know_the_line_they_begin_on(written: str, items: str, place: str, line: int) -> None:
    assert first_item(f"[script]\nitems = {written}\n", PLACE, items) == (place, line)


def test_items_that_have_no_line_of_their_own_are_counted_inside() -> None:
    assert first_item('script = { items = "enable" }', PLACE, "enable") == (f"{PLACE}: items", 1)
