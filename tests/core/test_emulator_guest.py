"""The guest half of the emulator's program: its page tables."""

from typing import Any

from pmlviz.core.emulator_guest import GuestTables, size_of, touched_pages
from pmlviz.core.emulator_trace import FORMAT, EmulatorTrace, Op, decode
from pmlviz.core.ept import entry_at


def trace(*ops: dict[str, Any], **scenario: object) -> EmulatorTrace:
    """Return a trace of guest operations in long mode."""
    fixed: dict[str, object] = {"name": "a", "guest": "paged64"}
    steps = [{"i": n, "op": op, "ev": []} for n, op in enumerate(ops)]
    return decode(
        {
            "format": FORMAT,
            "emulator": "some emulator",
            "scenario": fixed | scenario,
            "steps": steps,
            "final": {"idx": 511, "pml": 1, "ad": 1},
        }
    )


def frames(tables: GuestTables, lin: int) -> list[str]:
    """Return the guest entries for *lin*, from the PML4 down."""
    found, table = [], 0x7000
    for shift in (39, 30, 21, 12):
        entry = entry_at(tables.pages[table], lin >> shift & 0x1FF)  # type: ignore[index]
        found.append(hex(entry))
        if not entry or entry & 0x80:
            break
        table = entry.mfn
    return found


def test_pages_are_touched_by_accesses_of_any_length() -> None:
    ops = (
        {"op": "WRITE", "addr": "0x1000ffe", "size": 4},
        {"op": "READ_RANGE", "addr": "0x3000000", "count": 2},
        {"op": "INVLPG", "addr": "0x5000000"},
        {"op": "CLEAR_D", "gpa": "0x6000000"},
    )

    assert touched_pages(trace(*ops)) == [0x1000, 0x1001, 0x3000, 0x3001, 0x5000]


def test_an_access_is_as_long_as_it_says() -> None:
    assert [size_of(op) for op in (Op("READ"), Op("READ", size=8), Op("RMW"))] == [1, 8, 4]


def test_touched_pages_are_mapped_to_themselves_in_order() -> None:
    tables = GuestTables(
        trace({"op": "READ", "addr": "0x3000123"}, {"op": "WRITE", "addr": "0x1000000"})
    )

    assert sorted(tables.pages) == [0x7000, 0x7001, 0x7002, 0x7003, 0x7004]
    assert frames(tables, 0x1000000) == ["0x7001027", "0x7002027", "0x7003027", "0x1000067"]
    assert frames(tables, 0x3000000)[2:] == ["0x7004027", "0x3000067"]
    assert tables.gpa(0x3000123) == 0x3000123


def test_the_program_itself_is_mapped_by_one_entry_of_the_pdpt() -> None:
    assert frames(GuestTables(trace()), 0xC0200000) == ["0x7001027", "0xc00000e7"]


def test_a_scenario_may_map_what_it_likes() -> None:
    tables = GuestTables(
        trace(
            guest_map=[
                {"lin": "0x5000000", "gpa": "0x123456000", "count": 2},
                {"lin": "0x8000000", "gpa": "0x8200000", "size": "2M", "w": 0},
            ]
        )
    )

    assert frames(tables, 0x5001000)[3] == "0x123457067"
    assert frames(tables, 0x8000000)[2:] == ["0x82000e5"]
    assert [tables.gpa(lin) for lin in (0x5001008, 0x8123456)] == [0x123457008, 0x8323456]
    assert [tables.page_size(lin) for lin in (0x5001008, 0x8123456, 0)] == [4096, 1 << 21, 4096]


def test_without_paging_there_are_no_tables() -> None:
    tables = GuestTables(trace({"op": "READ", "addr": "0x3000123"}, guest="unpaged32"))

    assert tables.pages == {}
    assert tables.gpa(0x3000123) == 0x3000123
