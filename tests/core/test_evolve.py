"""One event into the state, event by event."""

from collections.abc import Iterable
from pathlib import Path
from typing import get_args

import pytest
from msgspec.structs import replace

from pmlviz.core import events as e
from pmlviz.core.boot import boot
from pmlviz.core.ept import EMPTY, EptEntry, entry_at, walk
from pmlviz.core.evolve import evolve, fold
from pmlviz.core.exits import AccessKind, ExitReason, VmExit
from pmlviz.core.pml import word
from pmlviz.core.state import Region, State
from pmlviz.core.tlb import TlbEntry
from pmlviz.core.units import REAL, EptLevel, Gfn, Gla, Gpa, Mfn
from pmlviz.core.xen_events import MarkedBy

PTE = EptLevel.PTE
STATE = boot([Region(Gfn(0), 1024, PTE)], vcpus=2)
TABLE = Mfn(0x2345)
"""The page table of gfns 0 to 511."""
LEAF = EptEntry(0xB800000100005377)
CACHED = TlbEntry(Gfn(5), Mfn(0x100005), r=True, w=True, x=True, d=True)
PML = Mfn(0x1000)
LOGGING = fold(STATE, [e.EptpAdSet(on=True), e.PmlEnabled(0, PML, 511), e.LogDirtyModeSet(on=True)])


def leaf(state: State, gfn: int) -> EptEntry:
    """Return the leaf for *gfn*."""
    return walk(state.memory, state.domain.root, gfn, REAL)[-1].entry


def written(state: State) -> list[int]:
    """Return the pages written that no CLEAN has returned."""
    return list(state.ghost.unreported)


@pytest.mark.parametrize(
    "event",
    [
        e.AccessBegan(0, AccessKind.WRITE, Gla(0x5000)),
        e.TlbHit(0, 5, Gfn(5), d=True),
        e.TlbMissed(0, 5),
        e.EptWalked(0, Gpa(0x5000), ()),
        e.PermissionGranted(0, Gpa(0x5000), write=True),
        e.PmlIndexChecked(0, 511, full=False),
        e.AccessDone(0, AccessKind.READ, Gpa(0x5000)),
        e.AccessDone(0, AccessKind.WALK, Gpa(0x5000)),
        e.DrainBegan(0, 512, 0),
        e.BitmapPeeked(0),
    ],
    ids=lambda event: type(event).__name__,
)
def test_what_is_only_told_changes_nothing(event: e.Event) -> None:
    assert evolve(STATE, event) is STATE


def test_the_processor_sets_its_flags_in_the_entry_named() -> None:
    clear = e.EptEntryWritten(TABLE, 5, LEAF, LEAF.replace(a=0, d=0))

    accessed = fold(STATE, [clear, e.AccessedSet(0, TABLE, 5, PTE)])
    dirty = evolve(accessed, e.DirtySet(0, TABLE, 5, PTE, Gpa(0x5123)))

    assert leaf(accessed, 5) == LEAF.replace(d=0)
    assert leaf(dirty, 5) == LEAF
    assert leaf(dirty, 6) == leaf(STATE, 6)


def test_a_log_entry_reaches_memory_and_its_step_the_index() -> None:
    logged = fold(LOGGING, [e.PmlLogged(0, 511, Gpa(0x5000)), e.PmlIndexStepped(0, 511, 510)])

    assert word(logged.memory[PML], 511) == 0x5000
    assert [vcpu.pml_index for vcpu in logged.vcpus] == [510, 0]


def test_a_reset_index_leaves_the_words_where_they_are() -> None:
    after = fold(LOGGING, [e.PmlLogged(0, 511, Gpa(0x5000)), e.PmlIndexReset(0, 510, 511)])

    assert word(after.memory[PML], 511) == 0x5000
    assert after.vcpus[0].pml_index == 511


def test_a_write_that_reached_memory_is_known_to_the_judge_alone() -> None:
    after = fold(LOGGING, [e.AccessDone(0, AccessKind.WRITE, Gpa(0x5123))] * 2)

    assert replace(after, ghost=LOGGING.ghost) == LOGGING
    assert (dict(after.ghost.versions), written(after)) == ({5: 2}, [5])


def test_outside_log_dirty_mode_nothing_is_owed() -> None:
    after = evolve(STATE, e.AccessDone(0, AccessKind.RMW, Gpa(0x5123)))

    assert (dict(after.ghost.versions), written(after)) == ({5: 1}, [])


def test_translations_are_filled_and_dropped_one_by_one_or_all() -> None:
    filled = fold(STATE, [e.TlbFilled(1, 5, CACHED), e.TlbFilled(1, 6, CACHED)])

    assert [dict(vcpu.tlb) for vcpu in filled.vcpus] == [{}, {5: CACHED, 6: CACHED}]
    assert set(evolve(filled, e.TlbFlushed(1, 5)).vcpus[1].tlb) == {6}
    assert set(evolve(filled, e.TlbFlushed(1, 7)).vcpus[1].tlb) == {5, 6}
    assert evolve(filled, e.TlbFlushed(1)) == STATE


def test_invept_empties_the_cpus_it_names() -> None:
    filled = fold(STATE, [e.TlbFilled(0, 5, CACHED), e.TlbFilled(1, 5, CACHED)])

    after = evolve(filled, e.EptInvalidated((1,)))

    assert [len(vcpu.tlb) for vcpu in after.vcpus] == [1, 0]


def test_an_exit_is_pending_until_the_guest_is_entered() -> None:
    vm_exit = VmExit(ExitReason.PML_FULL)

    exited = evolve(STATE, e.VmExited(1, vm_exit))

    assert [vcpu.exit for vcpu in exited.vcpus] == [None, vm_exit]
    assert evolve(exited, e.VmEntered(1)) == STATE


def test_the_guests_own_tables_are_memory_that_the_guest_changed() -> None:
    after = evolve(LOGGING, e.GuestEntryUpdated(0, Mfn(0x100001), 3, Gfn(1), 0x2063))

    assert word(after.memory[Mfn(0x100001)], 3) == 0x2063
    assert written(after) == [1]


def test_software_writes_memory_unseen_by_the_judge() -> None:
    after = evolve(LOGGING, e.MemoryWritten(Mfn(0x100001), 3, 0x2063))

    assert word(after.memory[Mfn(0x100001)], 3) == 0x2063
    assert after.ghost == LOGGING.ghost


@pytest.mark.parametrize(
    "event",
    [
        e.RecalcMarked(TABLE, 5, PTE, Gfn(5), LEAF, LEAF.replace(emt=7)),
        e.EntryRetyped(TABLE, 5, PTE, Gfn(5), LEAF, LEAF.replace(emt=7)),
        e.EptEntryWritten(TABLE, 5, LEAF, LEAF.replace(emt=7)),
    ],
    ids=lambda event: type(event).__name__,
)
def test_an_entry_that_software_changed_is_the_new_one(event: e.Event) -> None:
    after = evolve(STATE, event)

    assert leaf(after, 5) == LEAF.replace(emt=7)
    assert leaf(after, 4) == leaf(STATE, 4)


def test_a_mark_that_moves_down_replaces_entry_and_child() -> None:
    page = bytes(4096)
    event = e.RecalcPushed(Mfn(0x2344), 0, EptLevel.PDE, Gfn(0), EMPTY, EptEntry(7), TABLE, page)

    after = evolve(STATE, event)

    assert entry_at(after.memory[Mfn(0x2344)], 0) == 7
    assert after.memory[TABLE] == page


def test_a_retyped_table_is_replaced_whole() -> None:
    page = b"\1" * 4096

    assert evolve(STATE, e.TableRetyped(TABLE, PTE, Gfn(0), 1, page)).memory[TABLE] == page


def test_a_split_brings_tables_into_use() -> None:
    tables = ((Mfn(0x2347), bytes(4096)), (Mfn(0x2348), bytes(4096)))
    event = e.SuperpageSplit(
        Mfn(0x2344), 7, EptLevel.PDE, Gfn(0xE00), EMPTY, EptEntry(0x2347107), tables
    )

    after = evolve(STATE, event)

    assert entry_at(after.memory[Mfn(0x2344)], 7) == 0x2347107
    assert (after.domain.ept_tables, after.domain.next_mfn) == (7, 0x2349)


def test_a_table_added_is_one_more() -> None:
    after = evolve(STATE, e.EptTableAdded(Mfn(0x2347), bytes(4096)))

    assert (after.domain.ept_tables, after.domain.next_mfn) == (6, 0x2348)


def test_pausing_nests() -> None:
    paused = fold(STATE, [e.DomainPaused(), e.DomainPaused()])

    assert paused.domain.pause_count == 2
    assert fold(paused, [e.DomainUnpaused(), e.DomainUnpaused()]) == STATE


def test_log_dirty_mode_starts_and_ends_with_an_empty_bitmap() -> None:
    marked = evolve(LOGGING, e.PageMarked(Gfn(5), MarkedBy.HANDLER, was_set=False))

    off = evolve(marked, e.LogDirtyModeSet(on=False))

    assert (marked.domain.bitmap.dirty_count, list(marked.domain.bitmap.bits)) == (1, [5])
    assert (off.domain.log_dirty, list(off.domain.bitmap.bits)) == (False, [])
    assert off.domain.bitmap.nodes == 0


def test_pml_is_a_page_an_index_and_a_control_bit() -> None:
    on = evolve(STATE, e.PmlEnabled(1, PML, 511))

    vcpu = on.vcpus[1]
    assert (vcpu.pml, vcpu.pml_address, vcpu.pml_index) == (True, PML, 511)
    assert on.memory[PML] == bytes(4096)
    off = evolve(on, e.PmlDisabled(1))
    assert (off.vcpus[1].pml, off.vcpus[1].pml_address) == (False, None)
    assert off.memory == STATE.memory


def test_ad_is_switched_on_every_cpu() -> None:
    on = evolve(STATE, e.EptpAdSet(on=True))

    assert [hex(vcpu.eptp) for vcpu in on.vcpus] == ["0x234205e"] * 2
    assert on.domain.ad
    assert evolve(on, e.EptpAdSet(on=False)) == STATE


def test_the_domains_own_switches_are_its_own() -> None:
    after = fold(STATE, [e.DomainPmlSet(on=True), e.GlobalTypeSet(logdirty=True)])

    assert (after.domain.pml, after.domain.global_logdirty) == (True, True)
    assert after.vcpus == STATE.vcpus


def test_clean_returns_what_the_bitmap_holds_and_no_more() -> None:
    writes = [e.AccessDone(0, AccessKind.WRITE, Gpa(gfn << 12)) for gfn in (5, 6)]
    mark = e.PageMarked(Gfn(5), MarkedBy.DRAIN, was_set=False)

    after = fold(LOGGING, [*writes, mark, e.BitmapCleaned(1, send=True)])

    assert (list(after.domain.bitmap.bits), after.domain.bitmap.dirty_count) == ([], 0)
    assert written(after) == [6]


def test_copied_pages_hold_the_version_of_now() -> None:
    write = e.AccessDone(0, AccessKind.WRITE, Gpa(0x5000))

    all_sent = fold(STATE, [write, e.AllPagesCopied(1024), write])
    again = evolve(all_sent, e.PagesCopied((Gfn(5), Gfn(7))))

    assert dict(all_sent.ghost.copied or {}) == {5: 1}
    assert dict(again.ghost.copied or {}) == {5: 2, 7: 0}


def test_a_spurious_misconfiguration_is_expected_where_it_is_said() -> None:
    after = evolve(STATE, e.SpuriousMisconfigExpected((1,), on=True))

    assert [vcpu.spurious_misconfig for vcpu in after.vcpus] == [False, True]
    assert evolve(after, e.SpuriousMisconfigExpected((1,), on=False)) == STATE


def test_every_event_is_folded_somewhere_above() -> None:
    source = Path(__file__).read_text(encoding="utf-8")

    untested = [kind.__name__ for kind in get_args(e.Event) if f"e.{kind.__name__}(" not in source]

    assert untested == []


def test_folding_is_evolving_one_after_another() -> None:
    events: Iterable[e.Event] = (e.DomainPaused(), e.TlbFilled(0, 5, CACHED))

    first, second = events
    assert fold(STATE, events) == evolve(evolve(STATE, first), second)
    assert fold(STATE, []) is STATE
