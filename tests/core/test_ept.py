"""EPT entries are their 64 bits; tables are pages of memory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from pmlviz.core.ept import (
    EMPTY,
    FIELDS,
    EptEntry,
    PathStep,
    describe_fields,
    empty_table,
    entry_at,
    leaves,
    walk,
    with_word,
)
from pmlviz.core.units import REAL, EptLevel, Geometry, Mfn

raw = st.integers(0, (1 << 64) - 1).map(EptEntry)
ROOT = Mfn(0x10)


def memory(**entries: dict[int, int]) -> Map[Mfn, bytes]:
    """Return tables `t10`, `t11` … (frames in hex), each from index to entry."""
    pages = {}
    for name, words in entries.items():
        page = empty_table(REAL)
        for index, value in words.items():
            page = with_word(page, index, value)
        pages[Mfn(int(name[1:], 16))] = page
    return Map(pages)


def test_the_fields_cover_the_64_bits_once() -> None:
    bits = [bit for low, width in FIELDS.values() for bit in range(low, low + width)]

    assert sorted(bits) == list(range(64))


def test_a_golden_entry_reads_as_its_fields() -> None:
    entry = EptEntry(0xB820000100005377)

    assert (entry.r, entry.w, entry.x, entry.emt, entry.ipat) == (True, True, True, 6, True)
    assert (entry.sp, entry.a, entry.d, entry.recalc) == (False, True, True, False)
    assert (entry.mfn, entry.p2mt, entry.access, entry.sve) == (0x100005, 2, 7, True)


@given(raw)
def test_an_entry_is_rebuilt_from_its_fields(entry: EptEntry) -> None:
    fields = describe_fields(entry)

    assert EptEntry.build(**fields) == entry
    assert (entry.r, entry.d, entry.mfn) == (fields["r"], fields["d"], fields["mfn"])


@given(raw, st.integers(0, (1 << 40) - 1))
def test_replacing_a_field_leaves_the_others(entry: EptEntry, mfn: int) -> None:
    changed = entry.replace(mfn=mfn)

    assert describe_fields(changed) == describe_fields(entry) | {"mfn": mfn}


def test_a_value_too_wide_for_its_field_is_refused() -> None:
    with pytest.raises(ValueError, match="emt=8 does not fit 3 bits"):
        EMPTY.replace(emt=8)
    with pytest.raises(KeyError):
        EMPTY.replace(dirty=1)


@pytest.mark.parametrize(
    ("level", "bit_7", "leaf"),
    [
        (EptLevel.PTE, 0, True),
        (EptLevel.PTE, 1, True),
        (EptLevel.PDE, 0, False),
        (EptLevel.PDE, 1, True),
        (EptLevel.PDPTE, 1, True),
        (EptLevel.PML4E, 1, False),
    ],
)
def test_bit_7_makes_a_leaf_of_a_pde_and_a_pdpte(level: EptLevel, bit_7: int, leaf: bool) -> None:  # noqa: FBT001
    assert EptEntry.build(r=1, sp=bit_7).is_leaf(level) is leaf


@pytest.mark.parametrize("bit", [0, 1, 2])
def test_any_permission_makes_an_entry_present(bit: int) -> None:
    assert EptEntry(1 << bit).present
    assert not EptEntry(~7 & (1 << 64) - 1).present


@given(st.integers(0, 511), raw)
def test_a_word_written_is_read_back_and_the_rest_stays(index: int, value: EptEntry) -> None:
    page = bytes(range(256)) * 16

    written = with_word(page, index, value)

    assert entry_at(written, index) == value
    assert with_word(written, index, entry_at(page, index)) == page


def test_a_walk_meets_one_entry_a_level() -> None:
    tables = memory(t10={0: 0x11007}, t11={1: 0x12007}, t12={2: 0x13007}, t13={3: 0x99037})

    path = walk(tables, ROOT, 1 << 18 | 2 << 9 | 3, REAL)

    assert [(step.level, step.table, step.index) for step in path] == [
        (4, 0x10, 0),
        (3, 0x11, 1),
        (2, 0x12, 2),
        (1, 0x13, 3),
    ]
    assert path[-1].entry.mfn == 0x99


def test_a_walk_ends_at_a_superpage_or_an_absent_entry() -> None:
    tables = memory(t10={0: 0x11007}, t11={0: 0x12007}, t12={0: 0x4000_00B7})

    assert len(walk(tables, ROOT, 5, REAL)) == 3
    assert len(walk(tables, ROOT, 512, REAL)) == 3
    assert walk(tables, ROOT, 1 << 27, REAL) == (PathStep(EptLevel.PML4E, ROOT, 1, EMPTY),)


def test_a_table_in_a_frame_never_written_holds_absent_entries() -> None:
    path = walk(memory(t10={0: 0x11007}), ROOT, 5, REAL)

    assert path[-1] == PathStep(EptLevel.PDPTE, Mfn(0x11), 0, EMPTY)


def test_leaves_come_in_order_of_guest_address() -> None:
    tables = memory(
        t10={0: 0x11007}, t11={0: 0x12007, 1: 0x4000_00B7}, t12={1: 0x8000_00B7, 0: 0x13007},
        t13={7: 0x99037},
    )  # fmt: skip

    found = [(gfn, step.level) for gfn, step in leaves(tables, ROOT, REAL)]

    assert found == [(7, EptLevel.PTE), (512, EptLevel.PDE), (1 << 18, EptLevel.PDPTE)]


def test_leaves_below_a_frame_never_written_are_none() -> None:
    assert list(leaves(memory(t10={0: 0x11007}), ROOT, REAL)) == []


def test_a_table_is_as_long_as_its_entries() -> None:
    assert len(empty_table(REAL)) == 4096
    assert len(empty_table(Geometry(table_bits=2))) == 32
