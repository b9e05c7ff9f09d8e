"""Lackey's output, line by line."""

import lzma
from pathlib import Path

import pytest

from pmlviz.core import trace_text
from pmlviz.core.errors import TraceError
from pmlviz.core.lackey import EPOCH_INSNS, looks_like_lackey
from pmlviz.core.trace import TraceFormat, WriteTrace, read_trace
from tests.core.trace_files import LACKEY, LACKEY_RAW, TRACES, held, real

EXPECTED = "expected 'I  <address>,<size>', ' S <address>,<size>' (or L, M), or '==<pid>== …'"
COMMAND = "valgrind --tool=lackey --trace-mem=yes --log-file=FILE PROGRAM"
MIXED = f"if this is output of the program, keep it apart: {COMMAND}"


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a short name in an empty folder, as errors show it."""
    monkeypatch.chdir(tmp_path)
    return Path("demo.log")


def read(path: Path, *lines: str) -> WriteTrace:
    path.write_bytes("\n".join(lines).encode())
    return read_trace(path)


def refusal(path: Path, *lines: str) -> str:
    with pytest.raises(TraceError) as caught:
        read(path, *lines)
    return str(caught.value)


def writes(trace: WriteTrace) -> list[tuple[int, int]]:
    """Return instruction and virtual page of each record."""
    return list(zip(trace.insn.tolist(), trace.named_pages.tolist(), strict=True))


def test_stores_and_modifies_are_writes_and_loads_are_none(demo: Path) -> None:
    trace = read(demo, *LACKEY.splitlines())

    assert trace.format is TraceFormat.LACKEY
    assert writes(trace) == [
        (1, 0x1FFF000),
        (2, 0x4033),
        (2, 0x4034),
        (3, 0x1FFF000),
    ]
    assert trace.vcpu.tolist() == [0, 0, 0, 0]
    assert trace.gfn.tolist() == [0, 512 + 0x33, 512 + 0x34, 0]
    assert (trace.n_vcpus, trace.n_pages, trace.epoch_insns) == (1, 1024, 100_000)
    assert trace.notes == (
        "time is the number of I lines; an epoch is 100,000 of them",
        "4 stores (S and M lines) are 4 writes: 1 crossed a page,"
        " 1 went to the page that their instruction had just written",
        "virtual addresses mapped to guest frames by first touch of their 2 MiB region"
        " (pages: 3, regions: 2)",
    )


@pytest.mark.parametrize(
    ("store", "pages"),
    [
        (" S 00001fff,1", [1]),
        (" S 00001fff,2", [1, 2]),
        (" S 00001000,4096", [1]),
        (" S 00001001,4096", [1, 2]),
        (" M 00001ffc,8", [1, 2]),
        (" S ffffffffffffffff,1", [(1 << 52) - 1]),
    ],
)
def test_a_store_writes_every_page_it_lies_in(demo: Path, store: str, pages: list[int]) -> None:
    assert writes(read(demo, "I  04000000,3", store)) == [(1, page) for page in pages]


def test_a_page_is_written_again_by_another_instruction_or_after_another_page(demo: Path) -> None:
    first, second = " S 00001000,8", " S 00002000,8"

    trace = read(demo, "I  0,1", first, first, second, first, "I  0,1", first)

    assert writes(trace) == [(1, 1), (1, 2), (1, 1), (2, 1)]


@pytest.mark.parametrize("chunk", [1, 20, 50])
def test_a_repeated_page_is_left_out_across_pieces_too(
    demo: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    whole = read(demo, *LACKEY.splitlines())
    monkeypatch.setattr(trace_text, "CHUNK", chunk)

    sliced = read(demo, *LACKEY.splitlines())

    assert held(sliced) == held(whole)
    assert sliced.notes == whole.notes


def test_epochs_begin_at_whole_multiples_of_instructions(demo: Path) -> None:
    step = "I  04000000,3\n" * (EPOCH_INSNS - 1)

    trace = read(demo, step + " S 1000,8", "I  0,1", " S 1000,8", step + step + " S 1000,8")

    assert trace.insn.tolist() == [99_999, 100_000, 299_998]
    assert trace.epoch_record.tolist() == [0, 1, 2]
    assert trace.epoch_insn.tolist() == [0, 100_000, 200_000]


@pytest.mark.parametrize(
    "said", ["==7== ", "==7==", "==7==   total: 1,000 (40%)", "--7-- WARNING: x", "**7** printed"]
)
def test_what_valgrind_says_is_let_be(demo: Path, said: str) -> None:
    assert writes(read(demo, "I  0,1", said, " S 1000,8", said)) == [(1, 1)]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "hello",
        "helloI  04000000,3",
        "I  0400zz00,3",
        "I 04000000,3",
        "I    0,1",
        "S 1000,8",
        " S 1000",
        " S 1000,",
        " S 0x1000,8",
        " S 1000,8 I  0,1",
        " X 1000,8",
        "==x== 7",
    ],
)
def test_a_line_that_is_no_access_is_refused(demo: Path, line: str) -> None:
    assert refusal(demo, "==7== Lackey", "I  0,1", " S 1000,8", line, " S 1000,8") == (
        f"demo.log:4: {EXPECTED}, got '{line}'\n  hint: {MIXED}"
    )


@pytest.mark.parametrize(
    ("store", "said"),
    [
        (" S 1000,0", "0 bytes at 0x1000"),
        (" S 1000,4097", "4097 bytes at 0x1000"),
        (" M ffffffffffffffff,2", "2 bytes at 0xffffffffffffffff"),
    ],
)
def test_a_store_that_cannot_be_is_refused(demo: Path, store: str, said: str) -> None:
    assert refusal(demo, "I  0,1", " S 1000,8", store, "nonsense") == (
        f"demo.log:3: a store of {said}\n"
        "  hint: 1 to 4096 bytes are expected, and no address above 2**64 - 1"
    )


@pytest.mark.parametrize("lines", [("==7== Lackey",), ("I  0,1", " L 1000,8")])
def test_output_without_a_store_is_refused(demo: Path, lines: tuple[str, ...]) -> None:
    assert refusal(demo, *lines) == (
        f"demo.log: Lackey's output without a store (S or M line)\n  hint: {COMMAND}"
    )


def test_a_missing_summary_is_noted(demo: Path) -> None:
    trace = read(demo, *LACKEY.splitlines()[:-1])

    assert trace.notes[2] == "there is no summary of Lackey's: the end of the trace may be missing"


def test_a_summary_that_counted_otherwise_is_noted(demo: Path) -> None:
    trace = read(demo, *LACKEY.splitlines()[:-1], "==7==   guest instrs:  6,220,081")

    assert trace.notes[2] == "Lackey counted 6,220,081 instructions, and the file has 3 I lines"


def test_two_processes_in_one_file_are_noted(demo: Path) -> None:
    trace = read(demo, *LACKEY.splitlines(), "==8==   guest instrs:  9")

    assert trace.notes[1] == "processes 7, 8 wrote into one file: taken as one address space"
    assert len(trace.notes) == 4


@pytest.mark.parametrize(
    "text",
    [
        "==7== Lackey, an example Valgrind tool\n",
        "I  04000000,3\n",
        " S 1fff000ff8,8\n",
        "--7-- WARNING\n==7== x\n M 1000,1\n",
    ],
)
def test_lackey_is_known_by_its_name_or_by_an_access(text: str) -> None:
    assert looks_like_lackey(text.encode())


@pytest.mark.parametrize(
    "text", ["==7== Memcheck, a memory error detector\n", "hello\n I  0,1\n", "", "\nI  0,1\n"]
)
def test_other_text_does_not_look_like_lackey(text: str) -> None:
    assert not looks_like_lackey(text.encode())


def test_a_real_file_has_the_counts_of_its_own_lines() -> None:
    trace = real(LACKEY_RAW)

    assert trace.notes[:2] == (
        "time is the number of I lines; an epoch is 100,000 of them",
        "11,769 stores (S and M lines) are 11,703 writes: 0 crossed a page,"
        " 66 went to the page that their instruction had just written",
    )
    assert (trace.insn[0], trace.named_pages[0]) == (2, 0x1FFF000)
    assert trace.epoch_insn.tolist() == [0, 100_000]


def test_a_real_file_agrees_with_a_plain_reading_of_it() -> None:
    clock = 0
    plain: list[tuple[int, int]] = []
    for line in lzma.decompress((TRACES / LACKEY_RAW).read_bytes()).decode().splitlines():
        clock += line.startswith("I")
        if line[:2] in (" S", " M"):
            address, size = line[2:].split(",")
            pages = {int(address, 16) >> 12, (int(address, 16) + int(size) - 1) >> 12}
            plain += [(clock, page) for page in sorted(pages) if [(clock, page)] != plain[-1:]]

    assert writes(real(LACKEY_RAW)) == plain
