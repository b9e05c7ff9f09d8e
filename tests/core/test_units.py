"""Addresses, levels and sizes, and how they are shown."""

import pytest

from pmlviz.core.units import (
    REAL,
    EptLevel,
    Geometry,
    fmt,
    fmt_index,
    fmt_size,
    gfn_of,
    page_gpa,
    page_size_name,
)

LEVELS = [EptLevel.PTE, EptLevel.PDE, EptLevel.PDPTE, EptLevel.PML4E]


def test_entries_of_each_level_cover_4k_2m_1g_and_512g() -> None:
    assert [REAL.pages(level) for level in LEVELS] == [1, 512, 1 << 18, 1 << 27]
    assert [REAL.order(level) for level in LEVELS] == [0, 9, 18, 27]


def test_the_index_in_each_table_is_nine_bits_of_the_address() -> None:
    gfn = 0x7F << 27 | 0x1AB << 18 | 0x0CD << 9 | 0x1EF

    assert [REAL.index(gfn, level) for level in LEVELS] == [0x1EF, 0x0CD, 0x1AB, 0x7F]


def test_four_levels_reach_48_bits() -> None:
    assert REAL.max_pages << 12 == 1 << 48


def test_a_small_geometry_follows_the_same_rules() -> None:
    tiny = Geometry(table_bits=1, pml_entries=2)

    assert (tiny.entries, tiny.max_pages) == (2, 16)
    assert [tiny.pages(level) for level in LEVELS] == [1, 2, 4, 8]
    assert [tiny.index(0b1011, level) for level in LEVELS] == [1, 1, 0, 1]


def test_a_frame_number_is_an_address_without_its_low_12_bits() -> None:
    assert gfn_of(0x5FFF) == 5
    assert page_gpa(5) == 0x5000


def test_frames_are_shown_in_hex() -> None:
    assert fmt(0x1FF000) == "0x1ff000"


@pytest.mark.parametrize(
    ("index", "shown"),
    [
        (0, "0x000 (0)"),
        (510, "0x1fe (510)"),
        (511, "0x1ff (511)"),
        (512, "0x0200 (full)"),
        (0xFFFF, "0xffff (full)"),
    ],
)
def test_an_index_is_shown_with_what_it_means(index: int, shown: str) -> None:
    assert fmt_index(index) == shown


@pytest.mark.parametrize(
    ("pages", "shown"),
    [(1, "4 KiB"), (512, "2 MiB"), (384, "1.5 MiB"), (1 << 28, "1 TiB"), (1 << 40, "4096 TiB")],
)
def test_sizes_are_shown_in_the_largest_unit_that_fits(pages: int, shown: str) -> None:
    assert fmt_size(pages) == shown


def test_each_level_names_the_page_it_maps() -> None:
    assert [page_size_name(level) for level in LEVELS] == ["4 KiB", "2 MiB", "1 GiB", "512 GiB"]
