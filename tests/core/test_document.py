"""What can be opened, and the source that a figure carries."""

import json
import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.core import scenarios
from pmlviz.core.boot import boot
from pmlviz.core.document import (
    Document,
    TraceOptions,
    from_source,
    open_document,
    source_of,
)
from pmlviz.core.errors import PmlvizError
from pmlviz.core.items import Item, Op
from pmlviz.core.script import AnyScript, TraceScript
from pmlviz.core.state import Region
from pmlviz.core.timeline import START, Position
from pmlviz.core.units import EptLevel, Gfn
from tests.core.scenario_texts import DEMO, changed
from tests.core.trace_files import PWT

CLEAN = Item(Op.CLEAN)


def fault(reference: str, options: TraceOptions | None = None) -> PmlvizError:
    with pytest.raises(PmlvizError) as raised:
        open_document(reference, options)
    return raised.value


def texts(script: AnyScript) -> list[str]:
    return [script.item(n).text for n in range(1, len(script) + 1)]


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """Write the demonstration into a file."""
    path = tmp_path / "demo.toml"
    path.write_text(DEMO, encoding="utf-8")
    return path


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """Write a trace of five writes into a file."""
    path = tmp_path / "hand.pwt"
    path.write_text(PWT, encoding="utf-8")
    return path


# ── opening ─────────────────────────────────────────────────────────────────


def test_a_gallery_id_is_a_document_without_a_file() -> None:
    document = open_document("tour")

    assert document.title == "Why the superpage must be split"
    assert (document.origin, document.path, document.trace) == ("tour", None, None)
    assert document.strategy == "superpage-naive"
    assert document.next == "tour-xen"
    assert document.notes[0][0] == 1
    assert document.toml == scenarios.text_of("tour")
    assert document.position == START


def test_a_scenario_file_is_saved_to_where_it_came_from(demo: Path) -> None:
    document = open_document(str(demo))

    assert (document.path, document.origin) == (demo, str(demo))
    assert document.notes == ((2, "One."), (5, "Two."))


def test_notes_are_in_the_order_of_their_items(demo: Path) -> None:
    demo.write_text(changed(("at = 2", "at = 9"), ("at = 5", "at = 2"), ("at = 9", "at = 5")))

    assert open_document(str(demo)).notes == ((2, "Two."), (5, "One."))


def test_a_timeline_is_under_the_documents_strategy_or_another() -> None:
    document = open_document("tour")

    assert document.timeline().strategy.name == "superpage-naive"
    assert document.timeline("xen").strategy.name == "xen"
    with pytest.raises(PmlvizError, match="unknown strategy 'xenn'"):
        document.timeline("xenn")


@pytest.mark.parametrize(
    ("mapping", "pages", "level"),
    [("4K", 32, EptLevel.PTE), ("2M", 512, EptLevel.PDE), ("1G", 1 << 18, EptLevel.PDPTE)],
)
def test_a_trace_is_a_guest_mapped_as_asked_and_large_enough(
    trace: Path, mapping: str, pages: int, level: EptLevel
) -> None:
    document = open_document(str(trace), TraceOptions(map=mapping))

    assert document.start == boot([Region(Gfn(0), pages, level)], vcpus=2)
    assert document.title == "hand.pwt"
    assert texts(document.script)[:2] == ["enable", "write 0x1a000"]
    assert len(document.script) == 6


def test_a_trace_is_cleaned_and_cut_as_asked(trace: Path) -> None:
    document = open_document(str(trace), TraceOptions(clean_every=1000, limit=4))

    lines = texts(document.script)
    assert len([line for line in lines if "write" in line]) == 4
    assert "clean" not in lines
    assert document.trace == TraceOptions(clean_every=1000, limit=4)
    assert "clean" in texts(open_document(str(trace), TraceOptions(clean_every=1000)).script)


@pytest.mark.parametrize(
    ("options", "message", "hint"),
    [
        (TraceOptions(map="8K"), "--map 8K", "one of 4K, 2M, 1G"),
        (TraceOptions(clean_every=0), "--clean-every 0", "at least 1"),
        (TraceOptions(limit=-1), "--limit -1", "at least 1"),
    ],
)
def test_options_that_cannot_be_are_refused_whatever_is_opened(
    trace: Path, options: TraceOptions, message: str, hint: str
) -> None:
    for reference in (str(trace), "tour"):
        error = fault(reference, options)
        assert error.message == message
        assert hint in error.hint


def test_a_guest_too_large_for_small_pages_says_so(tmp_path: Path) -> None:
    path = tmp_path / "large.pwt"
    path.write_text(PWT.replace("pages=32", "pages=8388608"))

    assert fault(str(path), TraceOptions(map="4K")).hint.endswith("use larger pages")
    assert open_document(str(path)).start.domain.max_gfn == 8388608


@pytest.mark.parametrize("name", ["toor", "no/such/file", "x" * 5000, "a\0b"])
def test_what_is_not_there_is_answered_with_the_gallery(name: str) -> None:
    error = fault(name)

    assert error.message == "no such file, and no scenario of that name"
    assert error.place == name
    assert "tour, tour-xen" in error.hint


def test_a_name_like_one_of_the_gallery_is_guessed() -> None:
    assert fault("first-writes").hint.startswith("did you mean 'first-write'?")


def test_a_folder_is_not_opened(tmp_path: Path) -> None:
    assert fault(str(tmp_path)).message == "is a folder"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert fault(str(tmp_path / "pipe")).message == "is no file"


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 100, b"\x7fELF\x02\x01\x01" + bytes(range(256)), b"\xff" * 10]
)
def test_what_is_no_text_of_ours_is_one_message(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "thing.bin"
    path.write_bytes(data)

    error = fault(str(path))

    assert error.place.startswith(str(path))
    assert "\n" not in error.message


def test_a_fault_in_a_file_names_the_file_as_it_was_named(demo: Path) -> None:
    demo.write_text(changed(("write 0x7000", "wirte 0x7000")))

    assert fault(str(demo)).place == f"{demo}:13"


# ── the source inside a figure ───────────────────────────────────────────────


def reopened(document: Document, source: str, beside: Path) -> Document:
    """Return what *source* opens, and compare what it shares with *document*."""
    again = from_source(source, str(beside / "figure.svg"))
    assert again.start == document.start
    assert again.title == document.title
    assert again.path is None
    return again


@pytest.mark.parametrize("name", scenarios.ORDER)
def test_a_scenario_reopens_at_its_position_under_its_strategy(name: str, tmp_path: Path) -> None:
    document = open_document(name)

    again = reopened(document, source_of(document, Position(2, 3), "xen"), tmp_path)

    assert (again.position, again.strategy) == (Position(2, 3), "xen")
    assert texts(again.script) == texts(document.script)
    assert again.toml == document.toml
    assert again.origin == str(tmp_path / "figure.svg")


def test_what_was_done_by_hand_in_a_scenario_reopens(demo: Path) -> None:
    document = open_document(str(demo))
    script = document.script.acted(3, Item(Op.PEEK))

    source = source_of(document, Position(4, 1), "xen", script)
    again = reopened(document, source, demo.parent)

    assert texts(again.script) == texts(script)
    assert again.notes == ((2, "One."),)


def test_a_trace_reopens_from_the_file_beside_the_figure(trace: Path) -> None:
    options = TraceOptions(map="4K", clean_every=1000, limit=4)
    document = open_document(str(trace), options)

    source = source_of(document, Position(3, 2), "write-protect")
    again = reopened(document, source, trace.parent)

    assert (again.position, again.strategy) == (Position(3, 2), "write-protect")
    assert again.trace == options
    assert texts(again.script) == texts(document.script)
    assert str(trace.parent) not in source


def test_what_was_done_by_hand_on_a_trace_reopens(trace: Path) -> None:
    document = open_document(str(trace))
    script = document.script.acted(3, Item(Op.SET_INDEX, 5)).acted(4, Item(Op.WRITE, 0x3000, 1))

    source = source_of(document, Position(5, 1), "xen", script)
    again = reopened(document, source, trace.parent)

    assert isinstance(again.script, TraceScript)
    assert texts(again.script) == texts(script)
    assert list(again.script.lab_items()) == [4]


def test_a_document_whose_script_is_the_changed_one_reopens_too(trace: Path, demo: Path) -> None:
    for path in (trace, demo):
        document = open_document(str(path))
        changed_ = msgspec.structs.replace(document, script=document.script.acted(2, CLEAN))

        again = reopened(document, source_of(changed_, START, "xen"), trace.parent)

        assert texts(again.script) == texts(changed_.script)


def test_what_is_expected_stays_while_the_script_does(demo: Path) -> None:
    document = open_document(str(demo))

    again = reopened(document, source_of(document, START, "write-protect"), demo.parent)

    assert again.expect == document.expect
    assert again.toml == DEMO


def test_a_trace_that_is_not_beside_the_figure_is_named(trace: Path, tmp_path: Path) -> None:
    source = source_of(open_document(str(trace)), START, "xen")

    with pytest.raises(PmlvizError, match=r"shows trace 'hand\.pwt', which is not beside it"):
        from_source(source, str(tmp_path / "elsewhere" / "figure.svg"))


def test_a_source_never_leads_out_of_the_figures_folder(trace: Path) -> None:
    folder = trace.parent / "figures"
    folder.mkdir()
    source = json.loads(source_of(open_document(str(trace)), START, "xen"))
    source["trace"]["file"] = "../hand.pwt"

    with pytest.raises(PmlvizError, match="not beside it"):
        from_source(json.dumps(source), str(folder / "figure.svg"))


def test_the_source_is_the_same_text_each_time() -> None:
    document = open_document("tour")

    assert source_of(document, START, "xen") == source_of(document, START, "xen")


def test_a_source_of_another_version_says_so() -> None:
    source = json.loads(source_of(open_document("tour"), START, "xen"))
    source["pmlviz"] = 99

    with pytest.raises(PmlvizError, match="made by another version of pmlviz"):
        from_source(json.dumps(source), "figure.svg")


@pytest.mark.parametrize(
    "change",
    [
        {"strategy": 5},
        {"strategy": {}},
        {"position": [1]},
        {"position": ["a", 0]},
        {"position": None},
        {"scenario": 5},
        {"scenario": None},
        {"pmlviz": "1"},
        {"scenario": None, "trace": []},
        {"scenario": None, "trace": {"file": "hand.pwt", "map": 5}},
        {"scenario": None, "trace": {"file": "hand.pwt", "zoom": 5}},
        {"scenario": None, "trace": {"file": "hand.pwt"}, "done": [-1, []]},
    ],
)
def test_a_source_with_a_wrong_part_is_damaged(trace: Path, change: dict[str, object]) -> None:
    source = json.loads(source_of(open_document("tour"), START, "xen"))

    with pytest.raises(PmlvizError, match="the source inside the figure is damaged"):
        from_source(json.dumps(source | change), str(trace.parent / "figure.svg"))


@given(st.data())
def test_a_source_with_a_piece_cut_out_opens_or_is_one_message(data: st.DataObject) -> None:
    source = source_of(open_document("tour"), START, "xen")
    first = data.draw(st.integers(0, len(source)))
    cut = source[:first] + source[data.draw(st.integers(first, len(source))) :]

    try:
        title = from_source(cut, "figure.svg").title
    except PmlvizError as error:
        title = error.message

    assert title


@given(st.text())
def test_text_that_is_no_source_is_damaged(text: str) -> None:
    with pytest.raises(PmlvizError, match="damaged"):
        from_source(text, "figure.svg")


def test_an_unknown_strategy_inside_is_named_with_the_figure() -> None:
    source = source_of(open_document("tour"), START, "xen").replace('"xen"', '"xenn"')

    with pytest.raises(PmlvizError, match=r"figure\.svg: unknown strategy 'xenn'"):
        from_source(source, "figure.svg")
