"""The page-write trace format, line by line."""

from pathlib import Path

import pytest

from pmlviz.core import trace_text
from pmlviz.core.errors import TraceError
from pmlviz.core.pwt import looks_like_pwt
from pmlviz.core.trace import Marker, TraceFormat, WriteTrace, read_trace
from tests.core.trace_files import BOOT, HEADER, MEMTEST, PWT, REDIS, held, real

LINES = PWT.splitlines()
VIRTUAL = HEADER.replace("pages=32 ", "") + " space=virtual"
NUMBERS = "decimal numbers, except the hexadecimal gfn without 0x; one space between them"
DAMAGED = "the file may have been cut or damaged: copy it again, or make the trace again"
NOT_KEPT = "the counts of stores and of cache lines are checked and not kept"


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a short name in an empty folder, as errors show it."""
    monkeypatch.chdir(tmp_path)
    return Path("demo.pwt")


def read(path: Path, text: str) -> WriteTrace:
    path.write_bytes(text.encode())
    return read_trace(path)


def refusal(path: Path, text: str) -> str:
    with pytest.raises(TraceError) as caught:
        read(path, text)
    return str(caught.value)


def changed(number: int, *new: str) -> str:
    """Return the trace with its line *number* replaced by the lines *new*."""
    return "\n".join([*LINES[: number - 1], *new, *LINES[number:]])


def test_every_line_of_a_trace_finds_its_place(demo: Path) -> None:
    trace = read(demo, PWT)

    assert trace.source == "demo.pwt"
    assert trace.format is TraceFormat.PWT
    assert trace.notes == (NOT_KEPT,)
    assert held(trace) == {
        "n_vcpus": 2,
        "n_pages": 32,
        "epoch_insns": 1000,
        "vcpu": [0, 1, 0, 1, 0],
        "gfn": [0x1A, 0x1A, 0, 0x1F, 2],
        "insn": [5, 9, 12, 600, 2000],
        "epoch_record": [0, 3, 4],
        "epoch_insn": [0, 0, 2000],
        "epoch_host_us": None,
        "region_vpns": None,
        "markers": (Marker(0, 0, 0, 3), Marker(3, 500, 1, 4)),
    }


def test_lines_may_end_as_on_windows(demo: Path) -> None:
    assert held(read(demo, PWT.replace("\n", "\r\n"))) == held(read(demo, PWT))


def test_the_last_line_may_have_no_end(demo: Path) -> None:
    assert held(read(demo, PWT.rstrip("\n"))) == held(read(demo, PWT))


def test_hexadecimal_may_be_upper_case(demo: Path) -> None:
    assert held(read(demo, PWT.replace("1a", "1A"))) == held(read(demo, PWT))


@pytest.mark.parametrize("place", range(1, len(LINES)))
@pytest.mark.parametrize("said", ["# told in passing", "", "#", "# totally free", "# Größe"])
def test_comments_and_empty_lines_may_stand_anywhere(demo: Path, place: int, said: str) -> None:
    text = "\n".join([*LINES[:place], said, *LINES[place:]])

    assert held(read(demo, text)) == held(read(demo, PWT))


def test_virtual_pages_become_guest_frames_by_first_touch(demo: Path) -> None:
    lines = [VIRTUAL, "E 0 0 4", "0 0 fffffffff 1 1", "1 0 7 1 1", "2 0 fffffffff 1 1"]

    trace = read(demo, "\n".join([*lines, "3 0 ffffffe00 1 1"]))

    assert trace.gfn.tolist() == [511, 512 + 7, 511, 0]
    assert trace.n_pages == 1024
    assert trace.named_pages.tolist() == [0xFFFFFFFFF, 7, 0xFFFFFFFFF, 0xFFFFFFE00]
    assert trace.notes[-1] == (
        "virtual addresses mapped to guest frames by first touch of their 2 MiB region"
        " (pages: 3, regions: 2)"
    )


def test_host_times_are_read_whether_the_header_promises_them_or_not(demo: Path) -> None:
    lines = ["E 0 0 1 1795382918685961", "0 0 1 1 1", "E 1 1000 1 1795382918685999", "0 0 1 1 1"]

    for header in (HEADER, f"{HEADER} host=1"):
        trace = read(demo, "\n".join([header, *lines]))

        assert trace.epoch_host_us is not None
        assert trace.epoch_host_us.tolist() == [1795382918685961, 1795382918685999]


def test_a_store_that_crosses_a_page_counts_twice_in_the_records(demo: Path) -> None:
    text = PWT.replace("stores=76 ", "stores=74 page_crossing=2 ")

    assert len(read(demo, text)) == 5


def test_a_trace_without_total_is_read_and_says_so(demo: Path) -> None:
    trace = read(demo, "\n".join(LINES[:-1]))

    assert len(trace) == 5
    assert trace.notes == (
        NOT_KEPT,
        "there is no '# total' line: the end of the trace may be missing",
    )


@pytest.mark.parametrize(
    "line",
    [
        "12",
        "12 0 0 3",
        "12 0 0 3 3 3",
        "12 0 zz 1 1",
        "12 0 0x0 3 3",
        " 12 0 0 3 3",
        "12  0 0 3 3",
        "-1 0 0 3 3",
        "1_2 0 0 3 3",
        f"{'1' * 19} 0 0 3 3",
        "\u0663 0 0 3 3",
    ],
)
def test_a_line_that_is_no_record_is_refused(demo: Path, line: str) -> None:
    assert refusal(demo, changed(7, line)) == (
        "demo.pwt:7: expected '<dt_insn> <vcpu> <gfn_hex> <stores> <lines64>',"
        f" got '{line}'\n  hint: {NUMBERS}"
    )


@pytest.mark.parametrize(
    ("number", "line", "message"),
    [
        (6, "9 2 1a 1 1", "vcpu 2: the header says vcpus=2"),
        (7, "12 0 20 3 3", "gfn 0x20: the header says pages=32, so 0x1f is the last"),
        (5, "5 0 1a 0 2", "0 stores: a record stands for at least one"),
        (5, "5 0 1a 7 0", "lines64 0: a page has cache lines 1 to 64"),
        (5, "5 0 1a 7 65", "lines64 65: a page has cache lines 1 to 64"),
        (8, "M 500 2 4", "vcpu 2: the header says vcpus=2"),
    ],
)
def test_a_number_out_of_bounds_is_refused(
    demo: Path, number: int, line: str, message: str
) -> None:
    assert refusal(demo, changed(number, line)) == f"demo.pwt:{number}: {message}"


def test_a_virtual_page_above_all_addresses_is_refused(demo: Path) -> None:
    text = f"{VIRTUAL}\nE 0 0 2\n0 0 fffffffffffff 1 1\n0 0 10000000000000 1 1"

    assert refusal(demo, text) == (
        "demo.pwt:4: virtual page 0x10000000000000: 64-bit addresses end at 0xfffffffffffff"
    )


@pytest.mark.parametrize(
    ("number", "line", "expected"),
    [
        (4, "E 0 0", "'E <epoch> <start_insn> <nrec>'"),
        (4, "E 0 0 3 4 5", "'E <epoch> <start_insn> <nrec>'"),
        (8, "M 500 1", "'M <insn> <vcpu> <marker>'"),
        (8, "M 500 1 x", "'M <insn> <vcpu> <marker>'"),
        (8, "X 500 1", "an E line, an M line or a comment"),
        (8, "5 0 zz 1 1", "an E line, an M line or a comment"),
    ],
)
def test_a_line_of_no_known_kind_is_refused(
    demo: Path, number: int, line: str, expected: str
) -> None:
    assert refusal(demo, changed(number, line)) == (
        f"demo.pwt:{number}: expected {expected}, got '{line}'\n  hint: {NUMBERS}"
    )


def test_a_record_before_the_first_block_is_refused(demo: Path) -> None:
    assert refusal(demo, changed(4, "5 0 1a 7 2")) == (
        "demo.pwt:4: a record before the first E line"
    )


def test_a_record_too_many_is_refused(demo: Path) -> None:
    assert refusal(demo, changed(4, "E 0 0 2")) == (
        "demo.pwt:7: one record more than the 2 that line 4 announces\n  hint: " + DAMAGED
    )


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (changed(7), "demo.pwt:7"),
        ("\n".join([*LINES[:6], *LINES[8:]]), "demo.pwt:7"),
        ("\n".join([*LINES[:6], LINES[-1]]), "demo.pwt:7"),
        ("\n".join(LINES[:6]), "demo.pwt"),
    ],
    ids=["before a marker", "before a block", "before the total", "at the end"],
)
def test_a_record_too_few_is_refused(demo: Path, text: str, place: str) -> None:
    lacking = "1 of the 3 records that line 4 announces are missing"
    ends = "the file ends: " if place == "demo.pwt" else ""

    assert refusal(demo, text) == f"{place}: {ends}{lacking}\n  hint: {DAMAGED}"


def test_time_does_not_run_back(demo: Path) -> None:
    text = changed(4, "E 3 3000 3")

    assert refusal(demo, text) == (
        "demo.pwt:9: the epoch starts at 0, before the one of line 4 at 3000"
    )


@pytest.mark.parametrize(
    ("header", "first", "second", "message"),
    [
        (
            f"{HEADER} host=1",
            "E 0 0 1",
            "E 1 1000 1",
            "demo.pwt:2: the E line lacks host_us, which others have or the header promises",
        ),
        (
            HEADER,
            "E 0 0 1 17",
            "E 1 1000 1",
            "demo.pwt:4: the E line lacks host_us, which others have or the header promises",
        ),
        (
            HEADER,
            "E 0 0 1",
            "E 1 1000 1 17",
            "demo.pwt:4: the E line has host_us, and the ones before have none",
        ),
    ],
)
def test_host_times_stand_in_all_blocks_or_in_none(
    demo: Path, header: str, first: str, second: str, message: str
) -> None:
    text = "\n".join([header, first, "0 0 1 1 1", second, "0 0 1 1 1"])

    assert refusal(demo, text) == message


@pytest.mark.parametrize(
    ("total", "message"),
    [
        ("insns=2001 stores=76 records=6", "the file says 6 records and has 5"),
        ("insns=2001 stores=77 records=5", "the file says 77 stores and has 76"),
        ("insns=1999 stores=76 records=5", "the file says 1,999 insns and has a store after 2,000"),
    ],
)
def test_a_total_that_is_wrong_is_refused(demo: Path, total: str, message: str) -> None:
    assert refusal(demo, changed(13, f"# total {total}")) == (
        f"demo.pwt:13: {message}\n  hint: {DAMAGED}"
    )


@pytest.mark.parametrize(
    ("total", "lacking"),
    [
        ("insns=2001 stores=76", "records="),
        ("insns=2001", "stores=, records="),
        ("insns=x stores=76 records=5", "insns="),
    ],
)
def test_a_total_without_its_numbers_is_refused(demo: Path, total: str, lacking: str) -> None:
    assert refusal(demo, changed(13, f"# total {total}")) == (
        f"demo.pwt:13: the '# total' line lacks {lacking} or has no number there"
    )


@pytest.mark.parametrize("line", ["E 3 3000 0", "M 3000 0 1", "what"])
def test_nothing_but_comments_follows_the_total(demo: Path, line: str) -> None:
    assert refusal(demo, PWT + line) == f"demo.pwt:14: '{line}' after the '# total' line"


@pytest.mark.parametrize("text", [HEADER, f"{HEADER}\nE 0 0 0\nM 3 0 1", f"{HEADER}\n\n#"])
def test_a_trace_without_a_record_is_refused(demo: Path, text: str) -> None:
    assert refusal(demo, text) == "demo.pwt: the trace has no record"


def test_more_regions_than_a_guest_has_are_refused(
    demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pmlviz.core.trace_columns.MAX_REGIONS", 1)

    text = refusal(demo, f"{VIRTUAL}\nE 0 0 2\n0 0 1 1 1\n0 0 777 1 1")

    assert text.startswith("demo.pwt: stores to more than 1 regions of 2 MiB\n  hint: ")


@pytest.mark.parametrize("chunk", [1, 7, 100, 250])
def test_a_block_may_come_in_several_pieces(
    demo: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(trace_text, "CHUNK", chunk)

    assert len(read(demo, PWT)) == 5
    assert refusal(demo, changed(7, "12 0 20 3 3")).startswith("demo.pwt:7: gfn 0x20")
    assert refusal(demo, changed(4, "E 0 0 2")).startswith("demo.pwt:7: one record more")


def test_a_pwt_of_any_version_looks_like_one() -> None:
    assert looks_like_pwt(HEADER.encode())
    assert looks_like_pwt(b"# pwt 9 \n")
    assert not looks_like_pwt(b"# pwtx\n")
    assert not looks_like_pwt(b"")


def test_a_real_boot_is_read_as_it_was_recorded() -> None:
    trace = real(BOOT)

    assert (len(trace), trace.n_pages, trace.n_vcpus) == (181_378, 65_536, 1)
    assert [marker.marker for marker in trace.markers] == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert trace.markers[2] == Marker(87_875, 1_607_188_355, 0, 3)
    assert (trace.insn[0], trace.insn[-1]) == (35, 3_701_510_851)
    assert trace.notes == (NOT_KEPT,)


def test_a_real_trace_that_was_cut_at_a_block_says_so() -> None:
    trace = real(MEMTEST)

    assert len(trace) == 205_283
    assert trace.notes[1:] == ("there is no '# total' line: the end of the trace may be missing",)


@pytest.mark.slow
def test_a_real_trace_with_host_times_is_read_whole() -> None:
    trace = real(REDIS)

    assert len(trace) == 1_002_975
    assert trace.markers == (Marker(0, 0, 0, 3),)
    assert trace.epoch_host_us is not None
    assert trace.epoch_host_us[0] == 1_795_382_918_685_961
    assert len(trace.epoch_host_us) == len(trace.epoch_insn) == 8366
