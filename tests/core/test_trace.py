"""Reading traces of any format: known by content, in slices, and wholly or not at all."""

import lzma
import random
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.core import trace_text
from pmlviz.core.errors import PmlvizError, TraceError
from pmlviz.core.trace import Progress, TraceFormat, WriteTrace, read_trace, read_trace_steps, sniff
from tests.core.trace_files import (
    BOOT,
    LACKEY,
    LACKEY_RAW,
    MEMTEST,
    PWT,
    REDIS,
    TRACES,
    held,
    lackey_texts,
    pack,
    pwt_texts,
    real,
)

SUFFIXES = ("", ".xz", ".gz")
TEXTS = {TraceFormat.PWT: PWT.encode(), TraceFormat.LACKEY: LACKEY.encode()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("traces")


def outcome(path: Path) -> object:
    """Return all that reading *path* leads to: what the trace holds, or what the error says."""
    try:
        trace = read_trace(path)
    except TraceError as error:
        return str(error)
    return held(trace), trace.notes


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("trace_format", TraceFormat)
def test_a_format_is_known_by_content_and_not_by_name(
    tmp_path: Path, trace_format: TraceFormat, suffix: str
) -> None:
    path = tmp_path / "script.txt"
    path.write_bytes(pack(TEXTS[trace_format], suffix))

    assert sniff(path) is trace_format
    assert sniff(str(path)) is trace_format
    assert read_trace(path).format is trace_format


@pytest.mark.parametrize("name", [BOOT, MEMTEST, REDIS, "lackey/lackey_gzip.pwt.xz"])
def test_real_page_write_traces_are_known(name: str) -> None:
    assert sniff(TRACES / name) is TraceFormat.PWT


def test_a_real_lackey_file_is_known() -> None:
    assert sniff(TRACES / LACKEY_RAW) is TraceFormat.LACKEY


@pytest.mark.parametrize("text", ["write 0x200\n", "\n", "#pwt 1\n", "==7== Memcheck, a tool\n"])
def test_text_that_is_no_trace_is_none_to_sniff_and_an_error_to_read(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "t"
    path.write_text(text)

    with pytest.raises(TraceError) as caught:
        read_trace(path)

    assert sniff(path) is None
    assert str(caught.value) == (
        f"{path}:1: expected a page-write trace ('# pwt 1 …') or Lackey's output"
        f" ('==<pid>== Lackey …'), got '{text.rstrip()}'"
    )


def test_output_of_perf_is_no_trace_of_writes() -> None:
    assert sniff(TRACES / "perf_page_faults_sort.txt") is None


def test_sniffing_says_what_is_wrong_with_a_file_that_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match="no such file"):
        sniff(tmp_path / "no.pwt")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_real_trace_is_the_same_in_slices_as_at_once(tmp_path: Path, suffix: str) -> None:
    text = lzma.decompress((TRACES / LACKEY_RAW).read_bytes())
    path = tmp_path / "t"
    path.write_bytes(pack(text, suffix))

    seen: list[Progress] = []
    trace = read_trace(path, progress=seen.append)

    assert held(trace) == held(real(LACKEY_RAW))
    assert seen[-1] == Progress(1.0, len(trace))
    assert [step.fraction for step in seen] == sorted(step.fraction for step in seen)
    assert len(seen) > len(text) / trace_text.CHUNK


def test_a_slice_is_a_small_part_of_a_long_trace() -> None:
    seen = [0]
    read_trace(TRACES / BOOT, progress=lambda step: seen.append(step.records))

    # A line has at least 10 bytes: "0 0 0 1 1" and its end.
    assert max(after - before for before, after in pairwise(seen)) <= (2 * trace_text.CHUNK // 10)
    assert seen[-1] == 181_378


@pytest.mark.slow
@given(
    text=st.one_of(pwt_texts(), lackey_texts()).map(str.encode),
    damage=st.none() | st.tuples(st.integers(0, 2000), st.binary(max_size=3)),
    chunk=st.integers(1, 300),
)
def test_reading_in_slices_leads_to_what_reading_whole_leads_to(
    folder: Path, text: bytes, damage: tuple[int, bytes] | None, chunk: int
) -> None:
    if damage:
        # The first line tells the format; a zero byte is an error of the whole piece.
        first, _, rest = text.partition(b"\n")
        at, new = damage[0] % len(rest), damage[1].replace(b"\0", b"?")
        text = first + b"\n" + rest[:at] + new + rest[at + 1 :]
    (folder / "t").write_bytes(text)

    whole = outcome(folder / "t")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trace_text, "CHUNK", chunk)
        sliced = outcome(folder / "t")

    assert sliced == whole


def test_a_reading_that_is_dropped_leaves_nothing_open(tmp_path: Path) -> None:
    path = tmp_path / "t.xz"
    path.write_bytes(pack(PWT.encode(), ".xz"))
    steps = read_trace_steps(path)

    assert next(steps) == Progress(1.0, 5)
    steps.close()

    open_files = {
        str(entry.readlink()) for entry in Path("/proc/self/fd").glob("*") if entry.is_symlink()
    }
    assert str(path) not in open_files


def test_nothing_is_opened_before_the_first_slice(tmp_path: Path) -> None:
    steps = read_trace_steps(tmp_path / "no.pwt")

    with pytest.raises(TraceError, match="no such file"):
        next(steps)


@pytest.mark.parametrize("limit", [1, 3, 4, 5])
def test_a_limit_reads_the_beginning(tmp_path: Path, limit: int) -> None:
    path = tmp_path / "t"
    path.write_text(PWT)
    whole = read_trace(path)

    trace = read_trace(path, limit=limit)

    assert trace.gfn.tolist() == whole.gfn[:limit].tolist()
    assert trace.epoch_starts.tolist() == whole.epoch_starts[:limit].tolist()
    assert (f"only the first {limit} writes were read" in trace.notes) == (limit < 5)


def test_a_limit_stops_the_reading(tmp_path: Path) -> None:
    def at_most(limit: int) -> tuple[WriteTrace, Progress]:
        seen: list[Progress] = []
        trace = read_trace(TRACES / BOOT, limit=limit, progress=seen.append)
        return trace, seen[-2]

    trace, last = at_most(2000)

    assert (len(trace), len(trace.epoch_insn)) == (2000, int(trace.epoch_insn[-1]) // 1_000_000 + 1)
    assert trace.markers == ()
    assert last.fraction < 0.1
    assert "there is no '# total' line: the end of the trace may be missing" not in trace.notes


def test_a_limit_spares_what_comes_after_it(tmp_path: Path) -> None:
    (tmp_path / "t").write_bytes(LACKEY.encode() * 2000 + b"nonsense\n")

    trace = read_trace(tmp_path / "t", limit=6)

    assert trace.insn.tolist() == [1, 2, 2, 3, 4, 5]
    assert trace.notes[0].startswith("time is the number of I lines")
    assert trace.notes[-1] == "only the first 6 writes were read"


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_that_is_none_is_refused(tmp_path: Path, limit: int) -> None:
    with pytest.raises(PmlvizError, match=f"the first {limit} writes"):
        read_trace(tmp_path / "no.pwt", limit=limit)


@pytest.mark.parametrize("suffix", [".xz", ".gz"])
def test_a_packed_file_cut_anywhere_is_refused(tmp_path: Path, suffix: str) -> None:
    packed = pack(PWT.encode(), suffix)

    for length in range(len(packed)):
        (tmp_path / "t").write_bytes(packed[:length])
        with pytest.raises(TraceError):
            read_trace(tmp_path / "t")


@pytest.mark.slow
def test_a_real_packed_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    packed = (TRACES / LACKEY_RAW).read_bytes()

    for length in random.Random(7).sample(range(len(packed)), 25):
        (tmp_path / "t").write_bytes(packed[:length])
        with pytest.raises(TraceError, match="the compressed data end too early"):
            read_trace(tmp_path / "t")


@pytest.mark.slow
def test_a_byte_changed_in_a_packed_file_is_refused_or_harmless(tmp_path: Path) -> None:
    packed = pack(PWT.encode(), ".xz")
    (tmp_path / "t").write_bytes(packed)
    intact = outcome(tmp_path / "t")

    for at, byte in enumerate(packed):
        (tmp_path / "t").write_bytes(packed[:at] + bytes([byte ^ 0xFF]) + packed[at + 1 :])
        found = outcome(tmp_path / "t")
        assert isinstance(found, str) or found == intact


@given(data=st.binary(max_size=200), start=st.sampled_from([b"", *TEXTS.values(), b"\xfd7zXZ\0"]))
def test_no_bytes_whatever_end_in_another_error(folder: Path, data: bytes, start: bytes) -> None:
    (folder / "t").write_bytes(start + data)

    outcome(folder / "t")
