"""The hardware scenarios of the domain reference, H-1 to H-25 and H-30, by their numbers."""

import pytest

from pmlviz.core.events import AccessDone
from pmlviz.core.exits import AccessKind, ExitReason, VmExit
from pmlviz.core.units import EptLevel, Gla, Gpa
from tests.core.lab import Lab, logged

FULL = 0xFFFF
GUEST_TABLES = (1, 2, 3, 4)
"""Gfns of the guest's PML4, PDPT, PD and PT."""


def armed(*, vcpus: int = 1, index: int = 511) -> Lab:
    """Return 1024 clean log-dirty pages of 4 KiB, every one to be logged on its first write."""
    lab = Lab(vcpus=vcpus, index=index)
    lab.arm()
    return lab


def paged(*, index: int = 511, w: int = 1) -> Lab:
    """Return the same with guest paging on: linear 0x258000 is gfn 600."""
    lab = armed(index=index)
    pml4, pdpt, pd, pt = (gfn << 12 for gfn in GUEST_TABLES)
    flags = 0x63  # P, R/W, and A and D set beforehand
    entries = {pml4: pdpt, pdpt: pd, pd + 8: pt, pt + 8 * 0x58: 600 << 12}
    lab.page_guest(pml4, {at: to | flags for at, to in entries.items()})
    for gfn in GUEST_TABLES:
        lab.change(gfn, w=w)
    return lab


def test_h_01_a_first_write_sets_d_and_is_logged() -> None:
    lab = armed()

    lab.write(0x5123)

    assert lab.exit is None
    assert lab.leaf(5).d
    assert (lab.log(511), lab.index) == (0x5000, 510)


def test_h_02_a_page_is_logged_once_whatever_the_tlb_holds() -> None:
    lab = armed()
    lab.write(0x5123)

    lab.write(0x5FF8)
    lab.invept()
    lab.write(0x5000)

    assert lab.index == 510


def test_h_03_reads_and_fetches_neither_set_d_nor_log() -> None:
    lab = armed()

    events = lab.read(0x5000) + lab.fetch(0x5000)

    assert not lab.leaf(5).d
    assert (logged(events), lab.index) == ([], 511)


def test_h_04_the_512th_write_fills_the_log_without_an_exit() -> None:
    lab = armed()

    lab.write_gfns(range(512))

    assert lab.exit is None
    assert (lab.index, lab.log(511), lab.log(0)) == (FULL, 0, 0x1FF000)


def test_h_05_a_full_log_is_no_matter_where_no_flag_is_to_be_set() -> None:
    lab = armed()
    lab.write_gfns(range(512))
    lab.invept()

    lab.write(0x3000)
    lab.read(600 << 12)

    assert (lab.exit, lab.index) == (None, FULL)


def test_h_06_the_513th_write_exits_before_anything_changes() -> None:
    lab = armed()
    lab.write_gfns(range(512))
    memory = lab.state.memory

    lab.write(600 << 12)

    assert lab.exit == VmExit(ExitReason.PML_FULL)
    assert not lab.leaf(600).d
    assert (lab.state.memory, lab.index) == (memory, FULL)


@pytest.mark.parametrize("level", EptLevel)
def test_h_07_a_read_that_must_set_a_also_meets_a_full_log(level: EptLevel) -> None:
    lab = armed(index=FULL)
    lab.change(5, level, a=0)
    memory = lab.state.memory

    lab.read(0x5000)

    assert lab.reason is ExitReason.PML_FULL
    assert lab.state.memory == memory


def test_h_08_an_index_of_512_is_full_at_once() -> None:
    lab = armed(index=0x200)

    lab.write(0x5000)

    assert (lab.reason, lab.index) == (ExitReason.PML_FULL, 0x200)


def test_h_09_slot_0_is_used_before_the_log_is_full() -> None:
    lab = armed(index=0)

    lab.write(0x5000)

    assert lab.exit is None
    assert (lab.log(0), lab.index) == (0x5000, FULL)


@pytest.mark.parametrize(
    ("level", "pages"), [(EptLevel.PTE, 512), (EptLevel.PDE, 512), (EptLevel.PDPTE, 1 << 18)]
)
def test_h_10_the_log_names_the_4k_page_whatever_the_leaf(level: EptLevel, pages: int) -> None:
    lab = Lab(level, pages)
    lab.change(5, level, d=0)

    lab.write(0x5123)

    assert (lab.log(511), lab.index) == (0x5000, 510)


def test_h_11_one_d_flag_serves_a_whole_superpage() -> None:
    lab = Lab(EptLevel.PDE, 512)
    lab.change(0, EptLevel.PDE, d=0)
    lab.write(0x5123)

    events = lab.write(0x6000) + lab.write(0x1FF000)

    assert (logged(events), lab.index) == ([], 510)


def test_h_12_a_write_protected_superpage_is_a_violation_that_changes_nothing() -> None:
    lab = Lab(EptLevel.PDE, 512)
    lab.change(0, EptLevel.PDE, w=0, d=0)
    memory = lab.state.memory

    lab.write(0x5123)

    assert lab.exit == VmExit(ExitReason.EPT_VIOLATION, 0x1AA, Gpa(0x5123), Gla(0x5123))
    assert (lab.state.memory, lab.index) == (memory, 511)


def test_h_13_a_malformed_leaf_precedes_a_permission_denied_above_it() -> None:
    lab = armed()
    lab.change(5, EptLevel.PML4E, w=0)
    lab.change(5, emt=7)

    lab.write(0x5000)

    assert lab.exit == VmExit(ExitReason.EPT_MISCONFIG, gpa=Gpa(0x5000))


@pytest.mark.parametrize(
    ("kind", "qualification"), [(AccessKind.WRITE, 0x182), (AccessKind.READ, 0x181)]
)
def test_h_14_an_absent_page_grants_nothing(kind: AccessKind, qualification: int) -> None:
    lab = armed()
    lab.put(5, 0)

    lab.access(kind, 0x5000)

    assert lab.exit == VmExit(ExitReason.EPT_VIOLATION, qualification, Gpa(0x5000), Gla(0x5000))


def test_h_15_a_guest_read_logs_the_guest_tables_it_walks() -> None:
    lab = paged()

    events = lab.read(0x258000)

    assert logged(events) == [(511, 0x1000), (510, 0x2000), (509, 0x3000), (508, 0x4000)]
    assert lab.index == 507
    assert not lab.leaf(600).d


def test_h_16_a_guest_write_logs_its_page_after_the_tables() -> None:
    lab = paged()

    events = lab.write(0x258000)

    assert logged(events)[4:] == [(507, 600 << 12)]
    assert lab.index == 506


def test_h_17_a_walk_can_fill_the_log_half_way() -> None:
    lab = paged(index=1)

    events = lab.read(0x258000)

    assert logged(events) == [(1, 0x1000), (0, 0x2000)]
    assert lab.reason is ExitReason.PML_FULL
    assert [lab.leaf(gfn).d for gfn in GUEST_TABLES] == [True, True, False, False]


def test_h_18_a_walk_is_a_read_with_ad_off_and_a_write_with_ad_on() -> None:
    without, flags_kept = paged(w=0), paged(w=0)
    without.ad_off()

    without.read(0x258000)
    flags_kept.read(0x258000)

    assert without.exit is None
    assert flags_kept.exit == VmExit(ExitReason.EPT_VIOLATION, 0x0AB, Gpa(0x1000), Gla(0x258000))


def test_h_19_a_cached_d_loses_the_write_after_a_clear_without_invept() -> None:
    lab = armed()
    lab.write(0x5000)
    lab.change(5, d=0)

    events = lab.write(0x5000)

    assert not lab.leaf(5).d
    assert (logged(events), lab.index) == ([], 510)


def test_h_20_invept_makes_the_processor_look_again() -> None:
    lab = armed()
    lab.write(0x5000)
    lab.change(5, d=0)
    lab.invept()

    events = lab.write(0x5000)

    assert logged(events) == [(510, 0x5000)]


def test_h_21_pml_without_ad_is_a_silent_no_op() -> None:
    lab = armed(index=FULL)
    lab.ad_off()

    events = lab.write_gfns([5, 6])

    assert [lab.leaf(gfn).d for gfn in (5, 6)] == [False, False]
    assert (logged(events), lab.exit, lab.index) == ([], None, FULL)


def test_h_22_one_d_flag_is_logged_by_the_cpu_that_set_it() -> None:
    lab = armed(vcpus=2)

    lab.write(0x5000, vcpu=0)
    lab.write(0x5000, vcpu=1)

    assert [vcpu.pml_index for vcpu in lab.state.vcpus] == [510, 511]


def test_h_23_each_cpu_has_a_log_of_its_own() -> None:
    lab = armed(vcpus=2)

    lab.write(0x5000, vcpu=0)
    lab.write(0x6000, vcpu=1)

    assert (lab.log(511, vcpu=0), lab.log(511, vcpu=1)) == (0x5000, 0x6000)
    assert [vcpu.pml_index for vcpu in lab.state.vcpus] == [510, 510]


def test_h_24_a_straddling_write_can_exit_with_its_first_page_logged() -> None:
    lab = armed(index=0)

    first = lab.write(0x5FFC, 8)
    exited = lab.exit
    stored = [event for event in first if isinstance(event, AccessDone)]
    d_of_second = lab.leaf(6).d
    lab.set_index(511)
    lab.enter()
    again = lab.write(0x5FFC, 8)

    assert logged(first) == [(0, 0x5000)]
    assert (exited, stored, d_of_second) == (VmExit(ExitReason.PML_FULL), [], False)
    assert logged(again) == [(511, 0x6000)]
    assert [event.gpa for event in again if isinstance(event, AccessDone)] == [0x5FFC, 0x6000]


def test_h_25_a_pdpte_load_is_a_plain_read() -> None:
    lab = armed()

    # MOV to CR3 under PAE paging reads four PDPTEs; of all accesses to guest paging structures
    # that one stays a read with A/D on, so it is a READ here and no WALK.
    events = lab.read(0x5000, 32)

    assert not lab.leaf(5).d
    assert (logged(events), lab.index) == ([], 511)


def test_h_27_a_loop_of_cleared_flags_fills_the_log_and_goes_on() -> None:
    lab = armed()
    rounds = 0
    while lab.exit is None and rounds < 600:
        lab.write(0x5000)
        rounds += 1
        for level in EptLevel:
            lab.change(5, level, a=0, **({"d": 0} if level == EptLevel.PTE else {}))
        lab.invept()

    first_full = rounds
    lab.set_index(511)
    lab.enter()
    events = lab.write(0x5000)

    assert first_full == 513
    assert logged(events) == [(511, 0x5000)]


@pytest.mark.parametrize("kind", AccessKind)
def test_h_30_writable_but_not_readable_is_malformed_for_any_access(kind: AccessKind) -> None:
    lab = armed()
    lab.change(5, r=0, w=1, x=0)

    lab.access(kind, 0x5000)

    assert lab.exit == VmExit(ExitReason.EPT_MISCONFIG, gpa=Gpa(0x5000))
