"""One guest-physical access: the walk, what is malformed, permissions, flags, the log."""

import pytest
from msgspec.structs import replace

from pmlviz.core.ept import EptEntry
from pmlviz.core.ept_access import is_misconfigured
from pmlviz.core.events import (
    AccessedSet,
    DirtySet,
    EptWalked,
    PmlIndexChecked,
    PmlIndexStepped,
    PmlLogged,
)
from pmlviz.core.exits import AccessKind, ExitReason, VmExit
from pmlviz.core.state import Platform
from pmlviz.core.units import REAL, EptLevel, Geometry, Gla, Gpa
from tests.core.lab import Lab, logged

R, W, X, SP = 1, 2, 4, 1 << 7
WB = 6 << 3
LEAF_4K = R | W | X | WB
TABLE = R | W | X


@pytest.mark.parametrize(
    ("value", "level", "fault"),
    [
        (W | WB, EptLevel.PTE, "010b: writable, not readable"),
        (W | X | WB, EptLevel.PTE, "110b"),
        (W, EptLevel.PDE, "010b in an entry for a table"),
        (R | 2 << 3, EptLevel.PTE, "memory type 2"),
        (R | 3 << 3, EptLevel.PTE, "memory type 3"),
        (R | 7 << 3, EptLevel.PTE, "memory type 7"),
        (R | SP | 2 << 3, EptLevel.PDE, "memory type 2 of a superpage"),
        (TABLE | 1 << 3, EptLevel.PDE, "bit 3 of an entry for a table"),
        (TABLE | 1 << 6, EptLevel.PDPTE, "bit 6 of an entry for a table"),
        (TABLE | 1 << 5, EptLevel.PML4E, "bit 5 of a PML4E"),
        (TABLE | SP, EptLevel.PML4E, "bit 7 of a PML4E"),
        (LEAF_4K | SP | 1 << 12, EptLevel.PDE, "bit 12 of a 2 MiB leaf"),
        (LEAF_4K | SP | 1 << 20, EptLevel.PDE, "bit 20 of a 2 MiB leaf"),
        (LEAF_4K | SP | 1 << 12, EptLevel.PDPTE, "bit 12 of a 1 GiB leaf"),
        (LEAF_4K | SP | 1 << 29, EptLevel.PDPTE, "bit 29 of a 1 GiB leaf"),
    ],
)
def test_a_malformed_entry_is_misconfigured(value: int, level: EptLevel, fault: str) -> None:
    assert is_misconfigured(EptEntry(value), level, REAL), fault


@pytest.mark.parametrize(
    ("value", "level", "why"),
    [
        (LEAF_4K, EptLevel.PTE, "plain"),
        (LEAF_4K | SP, EptLevel.PTE, "bit 7 is ignored in a PTE"),
        (R | 0 << 3, EptLevel.PTE, "memory type 0"),
        (R | 5 << 3, EptLevel.PTE, "memory type 5"),
        (X | WB, EptLevel.PTE, "execute-only is supported"),
        (LEAF_4K | 1 << 6, EptLevel.PTE, "ignore PAT"),
        (LEAF_4K | SP | 1 << 21, EptLevel.PDE, "the frame of a 2 MiB leaf"),
        (LEAF_4K | SP | 1 << 30, EptLevel.PDPTE, "the frame of a 1 GiB leaf"),
        (LEAF_4K | 1 << 51, EptLevel.PTE, "52 bits of address"),
        (TABLE | 0xFFF << 52, EptLevel.PML4E, "bits 63:52 are ignored"),
        (TABLE | 0xF << 8, EptLevel.PDE, "bits 11:8 are not reserved"),
    ],
)
def test_a_well_formed_entry_is_not(value: int, level: EptLevel, why: str) -> None:
    assert not is_misconfigured(EptEntry(value), level, REAL), why


def test_execute_only_is_malformed_where_the_processor_has_none() -> None:
    lab = Lab(platform=Platform(exec_only=False))
    lab.change(5, r=0, w=0, x=1)

    lab.fetch(0x5000)

    assert lab.reason is ExitReason.EPT_MISCONFIG


def test_a_small_geometry_reserves_the_bits_below_its_own_superpages() -> None:
    geometry = Geometry(table_bits=2)

    malformed = [
        is_misconfigured(EptEntry(LEAF_4K | SP | 1 << bit), EptLevel.PDE, geometry)
        for bit in (12, 13, 14)
    ]

    assert malformed == [True, True, False]


# ── priorities ──────────────────────────────────────────────────────────────


def test_an_absent_entry_ends_the_walk_above_a_malformed_one() -> None:
    lab = Lab()
    lab.change(5, emt=7)
    lab.put(5, 0, EptLevel.PDE)

    lab.write(0x5000)

    assert lab.reason is ExitReason.EPT_VIOLATION


def test_a_malformed_entry_ends_the_walk_above_an_absent_one() -> None:
    lab = Lab()
    lab.put(5, 0)
    lab.change(5, EptLevel.PDE, emt=7)

    events = lab.write(0x5000)

    walked = next(event for event in events if isinstance(event, EptWalked))
    assert lab.reason is ExitReason.EPT_MISCONFIG
    assert walked.steps[-1].level == EptLevel.PDE


@pytest.mark.parametrize("level", EptLevel)
def test_permissions_are_those_of_the_whole_path(level: EptLevel) -> None:
    lab = Lab()
    lab.change(5, level, w=0)

    lab.write(0x5000)

    assert lab.exit == VmExit(ExitReason.EPT_VIOLATION, 0x1AA, Gpa(0x5000), Gla(0x5000))


def test_a_denied_write_to_a_full_log_is_a_violation() -> None:
    lab = Lab(index=0xFFFF)
    lab.change(5, w=0, d=0, a=0)

    lab.write(0x5000)

    assert lab.reason is ExitReason.EPT_VIOLATION


@pytest.mark.parametrize(
    ("kind", "fields", "qualification"),
    [
        (AccessKind.WRITE, {"w": 0}, 0x1AA),
        (AccessKind.WRITE, {"w": 0, "x": 0}, 0x18A),
        (AccessKind.RMW, {"w": 0}, 0x1AA),
        (AccessKind.FETCH, {"x": 0}, 0x19C),
        (AccessKind.READ, {"r": 0, "w": 0}, 0x1A1),
        (AccessKind.WALK, {"w": 0}, 0x0AB),
        (AccessKind.WRITE, {"r": 0, "w": 0, "x": 0}, 0x182),
        (AccessKind.READ, {"r": 0, "w": 0, "x": 0}, 0x181),
        (AccessKind.FETCH, {"r": 0, "w": 0, "x": 0}, 0x184),
        (AccessKind.WALK, {"r": 0, "w": 0, "x": 0}, 0x083),
    ],
)
def test_the_qualification_says_what_was_asked_and_what_was_granted(
    kind: AccessKind, fields: dict[str, int], qualification: int
) -> None:
    lab = Lab()
    lab.change(5, **fields)

    lab.access(kind, 0x5123)

    assert lab.exit == VmExit(ExitReason.EPT_VIOLATION, qualification, Gpa(0x5123), Gla(0x5123))


def test_a_walk_with_ad_off_reports_a_read() -> None:
    lab = Lab()
    lab.ad_off()
    lab.put(5, 0)

    lab.walk(0x5000)

    assert lab.exit is not None
    assert lab.exit.qualification == 0x081


def test_a_frame_that_was_never_written_holds_absent_entries() -> None:
    lab = Lab()
    lab.change(5, EptLevel.PDE, mfn=0x77777)

    lab.read(0x5000)

    assert lab.exit == VmExit(ExitReason.EPT_VIOLATION, 0x181, Gpa(0x5000), Gla(0x5000))


# ── flags and the log ───────────────────────────────────────────────────────


def test_a_is_set_on_the_whole_path_and_d_in_the_leaf_alone() -> None:
    lab = Lab()
    for level in EptLevel:
        lab.change(5, level, a=0, d=0)

    events = lab.write(0x5123)

    assert [step.entry & 0x300 for step in lab.path(5)] == [0x100, 0x100, 0x100, 0x300]
    assert [e.level for e in events if isinstance(e, AccessedSet)] == [4, 3, 2, 1]
    assert [(e.level, e.gpa) for e in events if isinstance(e, DirtySet)] == [(1, 0x5123)]


def test_a_read_sets_a_and_leaves_the_log_alone() -> None:
    lab = Lab()
    lab.change(5, a=0, d=0)

    events = lab.read(0x5000)

    assert [e for e in events if isinstance(e, PmlIndexChecked)] == [
        PmlIndexChecked(0, 511, full=False)
    ]
    assert (lab.leaf(5) & 0x300, logged(events)) == (0x100, [])


def test_a_dirty_flag_in_an_entry_for_a_table_means_nothing() -> None:
    lab = Lab()
    lab.arm()
    lab.change(5, EptLevel.PDE, d=1)

    events = lab.write(0x5000)

    assert logged(events) == [(511, 0x5000)]


def test_with_pml_off_d_is_set_and_the_index_not_looked_at() -> None:
    lab = Lab(index=0xFFFF)
    lab.arm()
    lab.pml_off()

    events = lab.write(0x5000)

    kinds = (PmlIndexChecked, PmlLogged, PmlIndexStepped)
    assert lab.leaf(5).d
    assert not [event for event in events if isinstance(event, kinds)]


@pytest.mark.parametrize("index", [0x200, 0x201, 0x8000, 0xFFFF])
@pytest.mark.parametrize("kind", [AccessKind.WRITE, AccessKind.RMW, AccessKind.WALK])
def test_every_index_past_the_last_slot_is_full(index: int, kind: AccessKind) -> None:
    lab = Lab(index=index)
    lab.arm()

    events = lab.access(kind, 0x5000)

    assert PmlIndexChecked(0, index, full=True) in events
    assert (lab.exit, lab.index) == (VmExit(ExitReason.PML_FULL), index)


def test_a_smaller_buffer_is_full_at_its_own_size() -> None:
    lab = Lab(platform=Platform(geometry=replace(REAL, pml_entries=2)), index=1)
    lab.arm()

    events = lab.write_gfns([5, 6, 7])

    assert logged(events) == [(1, 0x5000), (0, 0x6000)]
    assert lab.reason is ExitReason.PML_FULL


def test_a_walker_access_logs_the_page_of_the_table() -> None:
    lab = Lab()
    lab.arm()

    events = lab.walk(0x5008)

    assert logged(events) == [(511, 0x5000)]
    assert lab.leaf(5).d


def test_a_walker_access_with_ad_off_leaves_no_trace() -> None:
    lab = Lab()
    lab.arm()
    lab.ad_off()
    memory = lab.state.memory

    lab.walk(0x5008)

    assert (lab.exit, lab.state.memory) == (None, memory)
