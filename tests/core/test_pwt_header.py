"""The first line of a page-write trace, to the letter."""

from pathlib import Path

import pytest

from pmlviz.core.errors import TraceError
from pmlviz.core.pwt_header import PwtHeader, fields_of, number_of, read_header

PATH = Path("demo.pwt")
GUEST = (
    "# pwt 1  source=qemu-tcg target=x86_64 vcpus=2 pages=65536 page=4096"
    " epoch_insns=1000000 time=guest-instructions"
)
VIRTUAL = (
    "# pwt 1  source=valgrind-lackey program=sort vcpus=1 page=4096"
    " epoch_insns=100000 time=guest-instructions space=virtual"
)


def refusal(line: str) -> str:
    with pytest.raises(TraceError) as caught:
        read_header(line.encode(), PATH)
    return str(caught.value)


def test_a_header_of_guest_frames() -> None:
    header = read_header(GUEST.encode(), PATH)

    assert header == PwtHeader(vcpus=2, pages=65536, epoch_insns=1_000_000, host=False)


def test_a_header_of_virtual_pages_with_host_times() -> None:
    header = read_header(f"{VIRTUAL} host=1\r\n".encode(), PATH)

    assert header == PwtHeader(vcpus=1, pages=None, epoch_insns=100_000, host=True)


def test_another_version_is_refused() -> None:
    assert refusal(GUEST.replace("pwt 1", "pwt 2")) == (
        "demo.pwt:1: page-write trace of version 2\n  hint: this pmlviz reads version 1"
    )


@pytest.mark.parametrize("line", ["# pwt", "# pwt x", "# pwt 1 vcpus", "# pwt 1 =1", "#pwt 1", ""])
def test_a_line_that_is_no_header_is_refused(line: str) -> None:
    assert refusal(line) == f"demo.pwt:1: expected '# pwt 1  <name>=<value> …', got '{line}'"


def test_all_fields_that_lack_are_named() -> None:
    line = "# pwt 1  source=x page=4096"

    assert refusal(line) == "demo.pwt:1: the header lacks vcpus=, epoch_insns=, time=, pages="


@pytest.mark.parametrize("name", ["source", "vcpus", "pages", "page", "epoch_insns", "time"])
def test_no_field_can_be_left_out(name: str) -> None:
    fields = [field for field in GUEST.split(" ") if not field.startswith(f"{name}=")]

    assert refusal(" ".join(fields)) == f"demo.pwt:1: the header lacks {name}="


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("vcpus=2", "vcpus=0", "expected vcpus= from 1 to 256, got vcpus=0"),
        ("vcpus=2", "vcpus=257", "expected vcpus= from 1 to 256, got vcpus=257"),
        ("vcpus=2", "vcpus=two", "expected vcpus= from 1 to 256, got vcpus=two"),
        ("vcpus=2", "vcpus=-2", "expected vcpus= from 1 to 256, got vcpus=-2"),
        ("pages=65536", "pages=0", "expected pages= from 1 to 4,294,967,296, got pages=0"),
        (
            "pages=65536",
            "pages=4294967297",
            "expected pages= from 1 to 4,294,967,296, got pages=4294967297",
        ),
        (
            "epoch_insns=1000000",
            "epoch_insns=0",
            "expected epoch_insns= from 1 to 999,999,999,999,999,999, got epoch_insns=0",
        ),
        ("page=4096", "page=16384", "expected page=4096, got page=16384"),
        (
            "time=guest-instructions",
            "time=ns",
            "expected time=guest-instructions, got time=ns",
        ),
        (" time=", " space=physical time=", "expected space=virtual, got space=physical"),
        (" time=", " host=2 time=", "expected host=0 or host=1, got host=2"),
        (" time=", " vcpus=2 time=", "vcpus= stands twice"),
        (" time=", " space=virtual time=", "the header has space=virtual and pages="),
    ],
)
def test_a_field_out_of_bounds_is_refused(old: str, new: str, message: str) -> None:
    assert refusal(GUEST.replace(old, new)) == f"demo.pwt:1: {message}"


def test_the_bounds_themselves_are_let_be() -> None:
    line = GUEST.replace("vcpus=2", "vcpus=256").replace("pages=65536", "pages=4294967296")

    header = read_header(line.encode(), PATH)

    assert (header.vcpus, header.pages) == (256, 1 << 32)


def test_fields_are_split_at_their_first_equals_sign() -> None:
    assert fields_of(b" a=1  b=c=d", PATH, 3) == {"a": "1", "b": "c=d"}


@pytest.mark.parametrize("text", ["", "1_000", "+5", " 5", "-5", "\u0665", "1" * 19])
def test_a_number_is_ascii_digits_only(text: str) -> None:
    assert number_of(text) is None
    assert number_of("1" * 18) == int("1" * 18)
