"""Scenarios from files, and back into files."""

from pathlib import Path

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.core.boot import boot
from pmlviz.core.errors import PmlvizError
from pmlviz.core.items import Item, Op, parse_line
from pmlviz.core.scenario import (
    Note,
    blank,
    check_strategy,
    parse,
    read,
    with_notes,
    with_script,
)
from pmlviz.core.script import ItemScript
from pmlviz.core.state import Platform, Region
from pmlviz.core.tlb import TlbPolicy
from pmlviz.core.units import EptLevel, Gfn
from tests.core.scenario_texts import DEMO, PLACE, changed

CLEAN = Item(Op.CLEAN)


def fault(text: str) -> PmlvizError:
    with pytest.raises(PmlvizError) as raised:
        parse(text, PLACE)
    return raised.value


# ── reading ─────────────────────────────────────────────────────────────────


def test_a_scenario_is_a_machine_a_script_notes_and_what_must_come_out() -> None:
    scenario = parse(DEMO)

    assert scenario.title == "Three pages"
    assert scenario.strategy == "xen"
    assert scenario.start == boot([Region(Gfn(0), 1024, EptLevel.PTE)])
    assert len(scenario.script) == 5
    assert scenario.file.note == [Note(2, "One."), Note(5, "Two.")]
    assert scenario.file.expect.bitmap == [5, 6, 7]
    assert scenario.toml == DEMO


def test_a_machine_is_what_its_table_says() -> None:
    text = changed(
        ("[machine]", '[machine]\nvcpus = 2\ntlb = "flush-on-exit"\npml = false'),
        ("regions =", "exec_superpages = false\nregions ="),
        ('pages = 1024, size = "4K" }', 'pages = 512 }, { gfn = 512, pages = 512, size = "2M" }'),
    )

    start = parse(text).start

    platform = Platform(tlb_policy=TlbPolicy.FLUSH_ON_EXIT, pml=False, exec_sp=False)
    regions = [Region(Gfn(0), 512, EptLevel.PTE), Region(Gfn(512), 512, EptLevel.PDE)]
    assert start == boot(regions, vcpus=2, platform=platform)


@pytest.mark.parametrize(
    ("old", "new", "line", "message", "hint"),
    [
        ("write 0x7000", "wirte 0x7000", 13, "unknown operation 'wirte'", "did you mean 'write'?"),
        ("gfn 5..6", "gfn 5..", 11, "'' is not a number", "decimal"),
        ("write 0x7", "vcpu1 write 0x7", 13, "'vcpu1 write 0x7000': there is no vCPU 1", "vCPU 0"),
        ("0x7000", "0x400000", 13, "'write 0x400000': gfn 0x400 is outside guest memory", "0x3ff"),
        ("1024", "0", 5, "region at gfn 0x0: 0 pages do not start and end at whole 4 KiB pages",
         "multiples of 1"),
        ('"4K"', '"1G"', 5,
         "region at gfn 0x0: 1024 pages do not start and end at whole 1 GiB pages", "262144"),
        ("[machine]", "[machine]\nvcpus = 0", 6, "0 vCPUs", "1 to 64"),
        ("[machine]", "[machine]\nvcpus = 65", 6, "65 vCPUs", "1 to 64"),
        ("at = 2", "at = 0", 18, "a note at item 0", "items go from 1 to 5"),
        ("at = 5", "at = 6", 22, "a note at item 6", "items go from 1 to 5"),
        ("[script]", '[script]\nstrategy = "xenn"', 8, "unknown strategy 'xenn'", "mean 'xen'?"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_one_message_with_its_line_and_a_hint(
    old: str, new: str, line: int, message: str, hint: str
) -> None:
    error = fault(changed((old, new)))

    assert error.message == message
    assert error.place == f"{PLACE}:{line}"
    assert hint in error.hint


def test_a_script_of_remarks_has_no_items() -> None:
    error = fault(
        f'title = "t"\n{DEMO[DEMO.index("[machine]") : DEMO.index("items")]}items = "# no"'
    )

    assert (error.message, error.place) == ("the script has no items", f"{PLACE}:6")


def test_a_script_written_with_escapes_counts_its_lines_inside() -> None:
    items = DEMO[DEMO.index("items") : DEMO.index("[[note]]")]
    text = changed((items, 'items = "enable\\nwirte 5"\n'))

    assert fault(text).place == f"{PLACE}:8: items:2"


def test_a_file_is_read_with_or_without_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "demo.toml"
    path.write_bytes(b"\xef\xbb\xbf" + DEMO.replace("\n", "\r\n").encode())

    assert read(path).file == parse(DEMO).file


@pytest.mark.parametrize(
    ("data", "reason"), [(None, "No such file or directory"), (b"\xff\xfe", "is not UTF-8 text")]
)
def test_a_file_that_cannot_be_read_says_why(
    tmp_path: Path, data: bytes | None, reason: str
) -> None:
    path = tmp_path / "demo.toml"
    if data is not None:
        path.write_bytes(data)

    with pytest.raises(PmlvizError) as raised:
        read(path)

    assert raised.value.place == str(path)
    assert raised.value.message == f"cannot be read: {reason}"


def test_an_unknown_strategy_is_answered_with_those_there_are() -> None:
    with pytest.raises(PmlvizError, match=r"superpage-naive\)"):
        check_strategy("nothing like it")


# ── writing ─────────────────────────────────────────────────────────────────


def after(done: int, *lines: str) -> str:
    """Return the file once *lines* were done after item *done*."""
    script = parse(DEMO).script
    for line in lines:
        for item in parse_line(line):
            script = script.acted(done, item)
            done = len(script)
    return with_script(DEMO, script, "xen")


def test_a_scenario_that_was_not_changed_is_written_as_it_was() -> None:
    assert with_script(DEMO, parse(DEMO).script, "xen") == DEMO


def test_items_that_were_added_stand_below_the_others_and_comments_stay() -> None:
    text = after(5, "write 0x8000", "clean")

    added = 'clean\nwrite 0x8000\nclean\n"""'
    expected = changed(('clean\n"""', added), ("\n[expect]\nbitmap = [5, 6, 7]   # three\n", ""))
    assert text == expected
    assert parse(text).script.lines()[-1].text == "clean"


def test_items_in_the_past_replace_what_came_after_with_its_comments() -> None:
    text = after(3, "peek")

    assert text == DEMO[: DEMO.index("\nwrite 0x7000")] + (
        'peek\n"""\n\n[[note]]\nat = 2\ntext = "One."\n'
    )


def test_a_range_that_was_cut_is_written_item_by_item() -> None:
    text = after(2, "peek")

    assert 'enable          # first\nwrite 0x5000\npeek\n"""' in text


def test_a_script_with_nothing_left_of_the_old_one_is_written_plainly() -> None:
    text = after(0, "enable", "clean")

    assert 'items = """\nenable\nclean\n"""' in text.replace("enable          # first", "enable")


def test_notes_on_items_that_changed_are_dropped_whatever_their_order() -> None:
    swapped = changed(("at = 2", "at = 9"), ("at = 5", "at = 2"), ("at = 9", "at = 5"))

    text = with_script(swapped, parse(swapped).script.acted(3, CLEAN), "xen")

    assert parse(text).file.note == [Note(2, "Two.")]


def test_notes_in_one_array_are_dropped_too() -> None:
    notes = DEMO[DEMO.index("[[note]]") : DEMO.index("[expect]")]
    array = 'note = [{ at = 2, text = "a" }, { at = 5, text = "b" }]\n'
    text = array + changed((notes, ""))

    acted = with_script(text, parse(text).script.acted(3, CLEAN), "xen")
    none = with_script(text, parse(text).script.acted(1, CLEAN), "xen")

    assert parse(acted).file.note == [Note(2, "a")]
    assert parse(none).file.note == []


def test_another_strategy_is_written_down_and_expected_nothing_of() -> None:
    text = with_script(DEMO, parse(DEMO).script, "write-protect")

    assert parse(text).strategy == "write-protect"
    assert parse(text).file.expect.bitmap is None
    assert "# then the writes" in text


def test_a_script_in_an_inline_table_is_changed_too() -> None:
    rest = DEMO[: DEMO.index("[machine]")]
    text = f'{rest}script = {{ items = "enable" }}\n[machine]\nregions = [{{ pages = 512 }}]\n'

    acted = with_script(text, parse(text).script.acted(1, CLEAN), "xen")

    assert [line.text for line in parse(acted).script.lines()] == ["enable", "clean"]


@given(
    st.lists(
        st.sampled_from(
            ["enable", "clean # \"\"\" '''", "# \\ only", "", "write gfn 0..3", "\tpeek  # \t tab"]
        ),
        min_size=1,
        max_size=8,
    ),
    st.integers(0, 30),
    st.sampled_from(["clean", "write gfn 3"]),
)
def test_what_is_written_reads_back_as_the_script(lines: list[str], done: int, line: str) -> None:
    body = "\n".join([*lines, "enable"])
    text = f'title = "t"\n[script]\nitems = {tomlkit.string(body).as_string()}\n'
    text += "[machine]\nregions = [{ pages = 512 }]\n"
    old = parse(text).script
    script = old.acted(min(done, len(old)), parse_line(line)[0])

    again = parse(with_script(text, script, "write-protect"))

    assert [each.text for each in again.script.lines()] == [each.text for each in script.lines()]
    assert [again.script.item(n) for n in range(1, len(script) + 1)] == [
        script.item(n) for n in range(1, len(script) + 1)
    ]
    assert again.strategy == "write-protect"


def test_notes_are_added_changed_and_removed_and_the_others_stay() -> None:
    commented = changed(('text = "One."', 'text = "One."   # keep'))

    text = with_notes(commented, [(2, "One."), (3, "New."), (5, "Three.")])

    assert parse(text).file.note == [Note(2, "One."), Note(3, "New."), Note(5, "Three.")]
    assert 'text = "One."   # keep' in text
    assert "bitmap = [5, 6, 7]   # three" in text


def test_notes_that_stay_as_they_are_change_nothing() -> None:
    assert with_notes(DEMO, [(2, "One."), (5, "Two.")]) == DEMO


def test_a_file_without_notes_gets_some_and_loses_them_again() -> None:
    bare = with_notes(DEMO, [])

    noted = with_notes(bare, [(1, "First.")])

    assert "note" not in bare
    assert parse(noted).file.note == [Note(1, "First.")]
    assert parse(with_notes(noted, [])).file.note == []


# ── new files ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("vcpus", "platform"),
    [
        (1, Platform()),
        (3, Platform(tlb_policy=TlbPolicy.FLUSH_ON_EXIT)),
        (1, Platform(pml=False, exec_sp=False)),
    ],
)
def test_a_new_file_reads_back_as_what_it_was_written_from(vcpus: int, platform: Platform) -> None:
    regions = [Region(Gfn(0), 512, EptLevel.PDE), Region(Gfn(1024), 3, EptLevel.PTE)]
    start = boot(regions, vcpus=vcpus, platform=platform)
    script = ItemScript.parse("enable\nwrite gfn 0..3\nclean")

    text = blank(script, start, "write-protect", 'A "title" \\ of ½')
    scenario = parse(text)

    assert scenario.start == start
    assert [line.text for line in scenario.script.lines()] == ["enable", "write gfn 0..3", "clean"]
    assert scenario.strategy == "write-protect"
    assert scenario.title == 'A "title" \\ of ½'
    assert with_script(text, scenario.script, "write-protect") == text
