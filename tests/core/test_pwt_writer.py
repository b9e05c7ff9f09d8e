"""A trace that is written and read again."""

from pathlib import Path

import pytest
from hypothesis import given

from pmlviz.core.errors import TraceError
from pmlviz.core.trace import read_trace, write_pwt
from tests.core.trace_files import BOOT, LACKEY_RAW, PWT, held, lackey_texts, pwt_texts, real


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("written")


@given(pwt_texts() | lackey_texts())
def test_what_is_written_reads_back_the_same(folder: Path, text: str) -> None:
    (folder / "t").write_bytes(text.encode())
    trace = read_trace(folder / "t")

    write_pwt(trace, folder / "u")

    assert held(read_trace(folder / "u")) == held(trace)


@pytest.mark.slow
@pytest.mark.parametrize("name", [BOOT, LACKEY_RAW])
def test_real_traces_read_back_the_same(tmp_path: Path, name: str) -> None:
    trace = real(name)

    write_pwt(trace, tmp_path / "u.pwt")

    assert held(read_trace(tmp_path / "u.pwt")) == held(trace)


def test_a_cut_trace_reads_back_the_same(tmp_path: Path) -> None:
    (tmp_path / "t").write_text(PWT)
    trace = read_trace(tmp_path / "t", limit=4)

    write_pwt(trace, tmp_path / "u")

    assert held(read_trace(tmp_path / "u")) == held(trace)


def test_the_text_says_what_was_not_kept(tmp_path: Path) -> None:
    (tmp_path / "a b\n.pwt").write_text(PWT)

    write_pwt(read_trace(tmp_path / "a b\n.pwt"), tmp_path / "u.pwt")

    assert (tmp_path / "u.pwt").read_text() == (
        "# pwt 1  source=pmlviz vcpus=2 pages=32 page=4096 epoch_insns=1000"
        " time=guest-instructions\n"
        "# written by pmlviz from 'a b\\n.pwt'; stores and lines64 were not kept:"
        " every record says 1 1\n"
        "M 0 0 3\n"
        "E 0 0 3\n"
        "5 0 1a 1 1\n"
        "9 1 1a 1 1\n"
        "12 0 0 1 1\n"
        "M 500 1 4\n"
        "E 0 0 1\n"
        "600 1 1f 1 1\n"
        "E 2 2000 1\n"
        "0 0 2 1 1\n"
        "# total insns=2000 stores=5 records=5\n"
    )


@pytest.mark.parametrize(
    ("name", "magic"), [("u.pwt.xz", b"\xfd7zXZ\0"), ("u.gz", b"\x1f\x8b"), ("u", b"# pwt ")]
)
def test_the_name_says_how_to_pack(tmp_path: Path, name: str, magic: bytes) -> None:
    (tmp_path / "t").write_text(PWT)
    trace = read_trace(tmp_path / "t")

    write_pwt(trace, tmp_path / name)

    assert (tmp_path / name).read_bytes().startswith(magic)
    assert held(read_trace(tmp_path / name)) == held(trace)


def test_the_same_trace_is_always_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.gz", "two.gz"):
        write_pwt(real(LACKEY_RAW), tmp_path / name)

    assert (tmp_path / "one.gz").read_bytes() == (tmp_path / "two.gz").read_bytes()


def test_a_place_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    path = tmp_path / "no" / "u.pwt"

    with pytest.raises(TraceError) as caught:
        write_pwt(real(LACKEY_RAW), path)

    assert str(caught.value) == f"{path}: cannot be written: No such file or directory"


def test_a_failed_writing_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "u.pwt").mkdir()

    with pytest.raises(TraceError, match="cannot be written: Is a directory"):
        write_pwt(real(LACKEY_RAW), tmp_path / "u.pwt")

    assert [entry.name for entry in tmp_path.iterdir()] == ["u.pwt"]
