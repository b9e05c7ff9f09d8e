"""Files as text: packed or not, and every way in which they are none."""

import os
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.core import trace_text
from pmlviz.core.errors import TraceError
from pmlviz.core.trace_text import CHUNK, MAX_LINE, Lines, quoted, read_lines
from tests.core.trace_files import PWT, pack

SUFFIXES = ("", ".xz", ".gz")
TEXT = PWT.encode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("text")


def refusal(path: Path) -> TraceError:
    with pytest.raises(TraceError) as caught:
        list(read_lines(path))
    return caught.value


def open_files() -> set[str]:
    return {
        str(entry.readlink()) for entry in Path("/proc/self/fd").iterdir() if entry.is_symlink()
    }


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_is_packed_reads_like_what_is_not(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / "named.anything"
    path.write_bytes(pack(TEXT, suffix))

    lines = list(read_lines(path))

    assert lines == [Lines(TEXT, first=1, fraction=1.0)]


@given(
    text=st.text("ab\n", min_size=1).map(str.encode),
    chunk=st.integers(1, 9),
    suffix=st.sampled_from(SUFFIXES),
)
def test_pieces_are_whole_lines_and_make_up_the_file(
    folder: Path, text: bytes, chunk: int, suffix: str
) -> None:
    (folder / "t").write_bytes(pack(text, suffix))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trace_text, "CHUNK", chunk)
        pieces = list(read_lines(folder / "t"))

    assert b"".join(piece.text for piece in pieces) == text.removesuffix(b"\n") + b"\n"
    before = 0
    for piece in pieces:
        assert piece.first == 1 + before
        assert piece.text.endswith(b"\n")
        before += piece.text.count(b"\n")
    fractions = [piece.fraction for piece in pieces]
    assert fractions == sorted(fractions)
    assert 0 <= fractions[0] <= fractions[-1] <= 1


def test_a_piece_is_small_however_well_the_file_is_packed(tmp_path: Path) -> None:
    (tmp_path / "t.xz").write_bytes(pack(b"again and again\n" * 100_000, ".xz"))

    sizes = [len(piece.text) for piece in read_lines(tmp_path / "t.xz")]

    assert max(sizes) <= 2 * CHUNK
    assert sum(sizes) == 1_600_000


def test_a_byte_order_mark_of_utf_8_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "t").write_bytes(b"\xef\xbb\xbf# text\n")

    assert next(read_lines(tmp_path / "t")).text == b"# text\n"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_utf_16_is_called_by_its_name(tmp_path: Path, encoding: str, suffix: str) -> None:
    path = tmp_path / "t"
    path.write_bytes(pack(("\ufeff" + PWT).encode(encoding), suffix))

    assert str(refusal(path)) == f"{path}: UTF-16 text\n  hint: save it as UTF-8"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_binary_data_are_refused_with_their_line(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / "t"
    path.write_bytes(pack(b"one\ntwo\nth\0ree\n", suffix))

    assert str(refusal(path)) == f"{path}:3: binary data, not text: a zero byte"


@pytest.mark.parametrize("text", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_empty_file_is_called_empty(tmp_path: Path, suffix: str, text: bytes) -> None:
    path = tmp_path / "t"
    path.write_bytes(pack(text, suffix))

    assert str(refusal(path)) == f"{path}: the file is empty"


def test_a_line_without_end_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "t"
    path.write_bytes(b"short\n" + b"x" * (3 * MAX_LINE))

    assert str(refusal(path)) == f"{path}:2: a line of more than 16,384 bytes"


def test_the_longest_line_that_is_let_be(tmp_path: Path) -> None:
    longest = b"x" * MAX_LINE
    (tmp_path / "fits").write_bytes(b"short\n" + longest + b"\nshort\n")
    (tmp_path / "exceeds").write_bytes(b"short\n" + longest + b"x\nshort\n")

    assert longest in b"".join(piece.text for piece in read_lines(tmp_path / "fits")).split(b"\n")
    assert refusal(tmp_path / "exceeds").line == 2


def test_a_missing_file_is_called_missing(tmp_path: Path) -> None:
    assert str(refusal(tmp_path / "no.pwt")) == f"{tmp_path / 'no.pwt'}: no such file"


def test_a_folder_is_called_a_folder(tmp_path: Path) -> None:
    expected = f"{tmp_path}: a folder, not a file\n  hint: name a trace file in it"

    assert str(refusal(tmp_path)) == expected


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert refusal(tmp_path / "pipe").message == "a pipe or a device, not a file"


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (PermissionError(13, "Permission denied"), "no permission to read this file"),
        (OSError(40, "Too many levels of symbolic links"), "cannot be opened: Too many levels"),
    ],
)
def test_a_file_that_may_not_be_opened_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: OSError, message: str
) -> None:
    # The tests may run as root, to whom everything is permitted.
    def refuse(*_: object) -> None:
        raise fault

    (tmp_path / "t").write_bytes(TEXT)
    monkeypatch.setattr(Path, "open", refuse)

    assert refusal(tmp_path / "t").message.startswith(message)


def test_a_file_below_a_file_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "t").write_bytes(TEXT)

    assert refusal(tmp_path / "t" / "u").message == "cannot be opened: Not a directory"


def test_a_name_that_no_file_can_have_is_refused() -> None:
    assert refusal(Path("a\0b")).message == "no file can have this name: embedded null byte"


@pytest.mark.parametrize(
    ("magic", "packer"), [(b"BZh9", "bzip2"), (b"\x28\xb5\x2f\xfd", "zstd"), (b"PK\3\4", "zip")]
)
def test_other_packers_are_named(tmp_path: Path, magic: bytes, packer: str) -> None:
    (tmp_path / "t").write_bytes(magic + bytes(20))

    error = refusal(tmp_path / "t")

    assert error.message == f"packed with {packer}"
    assert error.hint == "unpack it first, or pack it with xz or gzip"


@pytest.mark.parametrize("suffix", [".xz", ".gz"])
def test_packed_data_that_end_too_early_are_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / "t"
    path.write_bytes(pack(TEXT, suffix)[:-9])

    assert str(refusal(path)) == (
        f"{path}: the compressed data end too early\n"
        "  hint: copy the file again, or make the trace again"
    )


@pytest.mark.parametrize("suffix", [".xz", ".gz"])
def test_packed_data_that_are_damaged_are_refused(tmp_path: Path, suffix: str) -> None:
    noise = random.Random(1).randbytes(3000).hex().encode()
    packed = bytearray(pack(noise, suffix))
    packed[len(packed) // 2] ^= 0xFF
    (tmp_path / "t").write_bytes(packed)

    assert refusal(tmp_path / "t").message.startswith("the compressed data are damaged: ")


def test_packed_data_that_ask_for_too_much_memory_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Greedy:
        def __init__(self, _: object) -> None: ...

        def read(self, _: int) -> bytes:
            raise MemoryError

    (tmp_path / "t").write_bytes(pack(TEXT, ".xz"))
    monkeypatch.setattr("lzma.LZMAFile", Greedy)

    assert refusal(tmp_path / "t").message.endswith("ask for more memory than there is")


def test_a_disk_that_fails_is_no_fault_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing:
        def __init__(self, **_: object) -> None: ...

        def read(self, _: int) -> bytes:
            raise OSError(5, "Input/output error")

    (tmp_path / "t").write_bytes(pack(TEXT, ".gz"))
    monkeypatch.setattr("gzip.GzipFile", Failing)

    assert refusal(tmp_path / "t").message == "cannot be read: Input/output error"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_file_is_closed_when_the_reading_is_given_up(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / "t"
    path.write_bytes(pack(TEXT * 200, suffix))
    lines = read_lines(path)

    next(lines)
    assert str(path) in open_files()
    lines.close()

    assert str(path) not in open_files()


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (b"12 0 zz 1 1\r\n", "'12 0 zz 1 1'"),
        (b"x" * 60, f"'{'x' * 60}'"),
        (b"x" * 61, f"'{'x' * 60}…'"),
        (b"\x1b[31m\xff\xc3\xa9", r"'\x1b[31m\xffé'"),
    ],
)
def test_a_line_is_quoted_without_harm(line: bytes, shown: str) -> None:
    assert quoted(line) == shown
