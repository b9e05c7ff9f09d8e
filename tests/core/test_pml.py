"""The PML buffer: 512 words, filled downward, an index of 16 bits."""

import struct

import pytest

from pmlviz.core.pml import first_pending, is_full, next_index, pending, pending_count, word

N = 512
PAGE = struct.pack("<512Q", *(slot << 12 for slot in range(N)))


@pytest.mark.parametrize(
    ("index", "full", "first", "count"),
    [
        (511, False, 512, 0),
        (510, False, 511, 1),
        (1, False, 2, 510),
        (0, False, 1, 511),
        (0xFFFF, True, 0, 512),
        (0x0200, True, 0, 512),
        (0x8000, True, 0, 512),
    ],
)
def test_the_index_says_what_is_pending(index: int, full: bool, first: int, count: int) -> None:  # noqa: FBT001
    assert is_full(index, N) is full
    assert first_pending(index, N) == first
    assert pending_count(index, N) == count


@pytest.mark.parametrize(("index", "following"), [(511, 510), (1, 0), (0, 0xFFFF)])
def test_a_log_moves_the_index_down_by_one(index: int, following: int) -> None:
    assert next_index(index) == following


def test_pending_words_are_those_above_the_index_newest_first() -> None:
    assert pending(PAGE, 509, N) == (510 << 12, 511 << 12)


def test_a_full_buffer_is_pending_whole() -> None:
    assert pending(PAGE, 0xFFFF, N) == tuple(slot << 12 for slot in range(N))


def test_an_empty_buffer_has_nothing_pending_whatever_its_page_holds() -> None:
    assert pending(PAGE, 511, N) == ()
    assert word(PAGE, 7) == 7 << 12


def test_words_are_little_endian_and_64_bits_wide() -> None:
    page = bytes(8) + bytes([0x00, 0x50, 0x34, 0x12, 0x70]) + bytes(4083)

    assert word(page, 1) == 0x70_1234_5000
