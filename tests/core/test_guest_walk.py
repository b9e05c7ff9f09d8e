"""Guest paging: four levels of the guest's tables, each entry read through EPT."""

import pytest

from pmlviz.core.errors import IllegalAction
from pmlviz.core.events import AccessDone, EptWalked, GuestEntryUpdated
from pmlviz.core.exits import AccessKind, ExitReason, VmExit
from pmlviz.core.guest_walk import PS, RW, XD, A, D, P
from pmlviz.core.pml import word
from pmlviz.core.units import EptLevel, Gla, Gpa, Mfn
from tests.core.lab import Lab, logged

PML4, PDPT, PD, PT = 0x1000, 0x2000, 0x3000, 0x4000
LIN = 0x258123
PAGE = 600 << 12
USED = P | RW | A | D


def paged(flags: int = USED, **entries: int) -> Lab:
    """Return a guest whose linear 0x258000 is gfn 600; *entries* replace guest entries by level."""
    lab = Lab()
    lab.arm()
    at = {"PML4E": PML4, "PDPTE": PDPT, "PDE": PD + 8, "PTE": PT + 8 * 0x58}
    words = {PML4: PDPT | flags, PDPT: PD | flags, PD + 8: PT | flags, PT + 8 * 0x58: PAGE | flags}
    lab.page_guest(PML4, words | {at[level]: value for level, value in entries.items()})
    return lab


def guest_word(lab: Lab, gpa: int) -> int:
    """Return the guest's entry at *gpa*."""
    return word(lab.state.memory[Mfn(0x100000 + (gpa >> 12))], (gpa & 0xFFF) >> 3)


def done(lab: Lab, kind: AccessKind, gla: int) -> list[int]:
    """Return the guest-physical addresses that an access reached."""
    return [event.gpa for event in lab.access(kind, gla) if isinstance(event, AccessDone)]


def test_the_guests_entries_are_walked_in_order_and_then_the_page() -> None:
    lab = paged()

    events = lab.read(LIN)

    walked = [(e.guest_level, e.gpa) for e in events if isinstance(e, EptWalked)]
    assert walked == [(4, PML4), (3, PDPT), (2, PD + 8), (1, PT + 8 * 0x58), (0, PAGE | 0x123)]


def test_a_guest_2m_page_maps_each_of_its_4k_pages() -> None:
    lab = paged(PDE=0x200000 | USED | PS)

    assert done(lab, AccessKind.WRITE, LIN) == [0x258123]
    assert done(lab, AccessKind.WRITE, 0x3FF001) == [0x3FF001]


def test_a_guest_1g_page_needs_two_tables_only() -> None:
    lab = paged(PDPTE=0 | USED | PS)

    events = lab.write(LIN)

    assert logged(events) == [(511, PML4), (510, PDPT), (509, PAGE)]


def test_the_guests_a_and_d_flags_are_set_in_its_own_memory() -> None:
    lab = paged(P | RW)

    events = lab.write(LIN)

    updated = [(e.gfn, e.value) for e in events if isinstance(e, GuestEntryUpdated)]
    assert updated == [
        (1, PDPT | P | RW | A),
        (2, PD | P | RW | A),
        (3, PT | P | RW | A),
        (4, PAGE | P | RW | A | D),
    ]
    assert guest_word(lab, PT + 8 * 0x58) == PAGE | P | RW | A | D


def test_a_guest_read_sets_no_d_flag_of_the_guest() -> None:
    lab = paged(P | RW)

    lab.read(LIN)

    assert guest_word(lab, PT + 8 * 0x58) == PAGE | P | RW | A


def test_a_write_after_a_read_walks_again_to_set_the_guests_d() -> None:
    lab = paged(P | RW)
    lab.read(LIN)

    lab.write(LIN)

    assert guest_word(lab, PT + 8 * 0x58) & D


def test_updated_tables_count_as_pages_that_the_guest_changed() -> None:
    lab = paged(P | RW)

    lab.read(LIN)

    assert dict(lab.state.ghost.versions) == {1: 1, 2: 1, 3: 1, 4: 1}


@pytest.mark.parametrize("gfn", [1, 2, 3, 4])
def test_a_write_protected_guest_table_faults_on_a_read_through_it(gfn: int) -> None:
    lab = paged()
    lab.change(gfn, w=0)

    lab.read(LIN)

    at = {1: PML4, 2: PDPT, 3: PD + 8, 4: PT + 8 * 0x58}[gfn]
    assert lab.exit == VmExit(ExitReason.EPT_VIOLATION, 0x0AB, Gpa(at), Gla(LIN))


def test_with_ad_off_a_guest_whose_flags_are_set_needs_no_write() -> None:
    lab = paged()
    lab.ad_off()
    lab.change(4, w=0)

    assert done(lab, AccessKind.WRITE, LIN) == [PAGE | 0x123]


def test_with_ad_off_only_the_update_of_a_guests_flag_is_a_write() -> None:
    lab = paged(P | RW)
    lab.ad_off()
    lab.change(4, w=0)

    lab.read(LIN)

    # It reads the entry and writes it back: bits 0 and 1.
    assert lab.exit == VmExit(ExitReason.EPT_VIOLATION, 0x0AB, Gpa(PT + 8 * 0x58), Gla(LIN))
    assert guest_word(lab, PD + 8) & A
    assert not guest_word(lab, PT + 8 * 0x58) & A


def test_the_last_level_can_exit_after_the_tables_were_logged() -> None:
    lab = paged()
    lab.change(600, w=0)

    events = lab.write(LIN)

    assert [gpa for _, gpa in logged(events)] == [PML4, PDPT, PD, PT]
    assert lab.exit == VmExit(ExitReason.EPT_VIOLATION, 0x1AA, Gpa(PAGE | 0x123), Gla(LIN))


@pytest.mark.parametrize(
    ("level", "value", "kind", "message"),
    [
        ("PML4E", 0, AccessKind.READ, "its guest PML4E is not present"),
        ("PDE", PT | RW, AccessKind.READ, "its guest PDE is not present"),
        ("PTE", 0, AccessKind.FETCH, "its guest PTE is not present"),
        ("PTE", PAGE | P | A, AccessKind.WRITE, "the guest's own tables forbid the write"),
        ("PDPTE", PD | P | A, AccessKind.RMW, "the guest's own tables forbid the write"),
        ("PDE", PT | USED | XD, AccessKind.FETCH, "the guest's own tables forbid the fetch"),
        ("PML4E", PDPT | USED | PS, AccessKind.READ, "its guest PML4E has a reserved bit set"),
        ("PDE", 1 << 13 | USED | PS, AccessKind.READ, "its guest PDE has a reserved bit set"),
    ],
)
def test_a_guests_own_fault_is_refused_and_changes_nothing(
    level: str, value: int, kind: AccessKind, message: str
) -> None:
    lab = paged(P | RW, **{level: value})
    before, events = lab.state, len(lab.run.events)

    with pytest.raises(IllegalAction, match=message):
        lab.access(kind, LIN)

    assert lab.state == before
    assert len(lab.run.events) == events


def test_bit_12_of_a_large_guest_page_chooses_its_memory_type() -> None:
    lab = paged(PDE=1 << 12 | 0x200000 | USED | PS)

    assert done(lab, AccessKind.READ, LIN) == [0x258123]


def test_a_vm_exit_on_the_way_comes_before_the_guests_own_fault() -> None:
    lab = paged(PTE=0)
    lab.put(3, 0)

    lab.read(LIN)

    assert lab.exit == VmExit(ExitReason.EPT_VIOLATION, 0x083, Gpa(PD + 8), Gla(LIN))


def test_two_linear_pages_of_one_frame_share_its_d_flag() -> None:
    lab = paged()
    lab.page_guest(PML4, {PT + 8 * 0x59: PAGE | USED})
    lab.write(LIN)

    events = lab.write(0x259000)

    assert logged(events) == []


def test_a_superpage_of_ept_below_guest_tables_logs_4k_pages() -> None:
    lab = Lab(EptLevel.PDE, 1024)
    lab.change(0, EptLevel.PDE, d=0)
    words = {PML4: PDPT | USED, PDPT: PD | USED, PD: 0x200000 | USED | PS}
    for gpa, value in words.items():
        lab.page_guest(PML4, {gpa: value})

    events = lab.read(0x123)

    # All three tables lie in one 2 MiB page: one flag, one entry, for the first that is met.
    assert logged(events) == [(511, PML4)]
