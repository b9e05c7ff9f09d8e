"""The processor with the emulator's caches: what hits, what is dropped, what an access told."""

import pytest

from pmlviz.core.emulator_cpu import CODE_SLOTS, DATA_SLOTS, EmulatorCpu, EmulatorTlb, Logged
from pmlviz.core.emulator_guest import GuestTables
from pmlviz.core.emulator_host import first_state, host_op, leaf_of, write_entry
from pmlviz.core.emulator_trace import EmulatorTrace, Final, Op, Scenario
from pmlviz.core.exits import AccessKind, ExitReason
from pmlviz.core.tlb import TlbEntry
from pmlviz.core.units import Gfn, Gpa, Mfn

READ, WRITE, FETCH = AccessKind.READ, AccessKind.WRITE, AccessKind.FETCH
PAGE = 0x1000
ENTRY = TlbEntry(Gfn(PAGE), Mfn(PAGE), r=True, w=True, x=True, d=True)


def cpu(*ops: Op, index: int = 511) -> EmulatorCpu:
    """Return a processor with eight pages at 0x1000000 mapped, and *ops* done."""
    scenario = Scenario("a", index=index)
    trace = EmulatorTrace("", "", scenario, [], Final(0, 0, 0))
    this = EmulatorCpu(first_state(scenario, {}), GuestTables(trace))
    for op in (Op("MAP", gpa=0x1000000, count=8), *ops):
        host_op(this.run, op)
    return this


def filled(kind: AccessKind, page: int = PAGE) -> EmulatorTlb:
    """Return caches that hold one page."""
    return EmulatorTlb().filled(page, 4096, kind, ENTRY)


@pytest.mark.parametrize(
    ("first", "then", "hits"),
    [
        (READ, READ, True),
        (READ, WRITE, False),
        (WRITE, WRITE, True),
        (WRITE, READ, True),
        (WRITE, AccessKind.RMW, True),
        (FETCH, FETCH, True),
        (FETCH, READ, False),
        (READ, FETCH, False),
    ],
)
def test_data_and_code_are_cached_apart_and_writes_hit_after_writes(
    first: AccessKind,
    then: AccessKind,
    hits: bool,  # noqa: FBT001
) -> None:
    assert (filled(first).hit(PAGE, then) is ENTRY) is hits


@pytest.mark.parametrize(("kind", "slots"), [(READ, DATA_SLOTS), (FETCH, CODE_SLOTS)])
def test_pages_of_one_slot_drop_one_another(kind: AccessKind, slots: int) -> None:
    caches = filled(kind).filled(PAGE + slots, 4096, kind, ENTRY)

    assert caches.hit(PAGE, kind) is None
    assert caches.hit(PAGE + slots, kind) is ENTRY
    assert filled(kind).filled(PAGE + slots // 2, 4096, kind, ENTRY).hit(PAGE, kind) is ENTRY


def test_invlpg_drops_one_page_or_all_of_a_large_one() -> None:
    small = filled(READ).filled(PAGE + 1, 4096, FETCH, ENTRY)
    large = EmulatorTlb().filled(PAGE, 1 << 21, READ, ENTRY).filled(PAGE + 5, 1 << 21, READ, ENTRY)

    assert small.without(0x1000123).hit(PAGE, READ) is None
    assert small.without(0x1000123).hit(PAGE + 1, FETCH) is ENTRY
    assert large.without(0x1001000) == EmulatorTlb()


def test_an_access_tells_what_it_logged_with_the_bits_left_out() -> None:
    this = cpu()

    accessed = this.access(WRITE, 0x1000FFE, 4)

    assert accessed.vm_exit is None
    assert accessed.logged == [Logged(511, Gpa(0x1000000), 0xFFE), Logged(510, Gpa(0x1001000), 0)]


def test_what_the_emulator_dropped_the_model_drops_too() -> None:
    this = cpu()
    this.access(FETCH, 0x1000000, 1)
    leaf = leaf_of(this.run.state, 0x1000000)
    assert leaf is not None
    write_entry(this.run, leaf, leaf.entry & ~0x100)

    this.access(READ, 0x1000000, 1)

    after = leaf_of(this.run.state, 0x1000000)
    assert after is not None
    assert after.entry.a


def test_what_the_emulator_kept_the_model_keeps_too() -> None:
    this = cpu()
    this.access(WRITE, 0x1000000, 1)
    this.access(FETCH, 0x1000000, 1)
    leaf = leaf_of(this.run.state, 0x1000000)
    assert leaf is not None
    write_entry(this.run, leaf, leaf.entry & ~0x200)

    accessed = this.access(WRITE, 0x1000000, 1)

    assert accessed.logged == []


def test_leaving_the_guest_empties_the_caches() -> None:
    this = cpu()
    this.access(WRITE, 0x1000000, 1)

    this.left_guest()

    assert this.tlb == EmulatorTlb()
    assert not this.vcpu.tlb


def test_a_walk_when_full_is_told_unless_it_was_denied() -> None:
    full = cpu(Op("MAP", gpa=0x1000000, a=1, d=1), Op("PROTECT", gpa=0x1001000, perm="r--"))
    full.access(READ, 0x1002000, 1)
    host_op(full.run, Op("SET_INDEX", index=0xFFFF))

    dirty, denied = full.access(WRITE, 0x1000000, 1), full.fork().access(WRITE, 0x1001000, 1)

    assert (dirty.vm_exit, dirty.walked_when_full) == (None, True)
    assert denied.vm_exit is not None
    assert not denied.walked_when_full


def test_a_walk_after_the_last_slot_was_used_is_one_when_full() -> None:
    last, both = cpu(index=0), cpu(Op("MAP", gpa=0x1001000, a=1, d=1), index=0)

    assert not last.access(WRITE, 0x1000000, 1).walked_when_full
    assert both.access(WRITE, 0x1000FFE, 4).walked_when_full


def test_nothing_is_full_where_pml_or_ad_is_off() -> None:
    assert cpu(index=0xFFFF).index_full
    assert not cpu(Op("PML_ENABLE", on=0), index=0xFFFF).index_full
    assert not cpu(Op("AD_ENABLE", on=0), index=0xFFFF).index_full


@pytest.mark.parametrize(("value", "only_bit_12"), [("0x80010b7", True), ("0x80030b7", False)])
def test_a_leaf_that_bit_12_alone_spoils_is_found(value: str, only_bit_12: bool) -> None:  # noqa: FBT001
    this = cpu(Op("SETENT", gpa=0x8000000, level="2M", value=value))

    accessed = this.access(READ, 0x8000000, 1)

    assert accessed.vm_exit is not None
    assert accessed.vm_exit.reason is ExitReason.EPT_MISCONFIG
    assert (accessed.misconfigured_by_bit12 is not None) is only_bit_12


def test_data_moves_through_the_translation_just_used() -> None:
    this = cpu(Op("MAP", gpa=0x1001000, hpa=0x2005000))
    this.access(WRITE, 0x1000FFE, 4)

    this.store(0x1000FFE, 4, 0x1_4433_2211)

    assert this.load(0x1000FFE, 4) == 0x44332211
    assert this.run.state.memory[Mfn(0x2005)][:2] == b"\x33\x44"


def test_what_no_rule_defines_is_not_read() -> None:
    this = cpu(Op("MAP", gpa=0x1001000, hpa=0x8000_0000))
    this.access(READ, 0x1001000, 1)

    assert this.load(0x1001000, 1) is None


def test_a_fork_goes_its_own_way() -> None:
    this = cpu()

    this.fork().access(WRITE, 0x1000000, 1)

    assert this.vcpu.pml_index == 511
