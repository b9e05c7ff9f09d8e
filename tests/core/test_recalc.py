"""Type changes of many entries: marks, how they travel down, and what a repair leaves alone."""

import numpy as np

from pmlviz.core.bitset import Bitset
from pmlviz.core.boot import boot
from pmlviz.core.ept import EptEntry, P2mType, entry_at, with_word
from pmlviz.core.events import (
    EptEntryWritten,
    RecalcMarked,
    RecalcPushed,
    SpuriousMisconfigExpected,
    TableRetyped,
)
from pmlviz.core.recalc import (
    expect_spurious,
    first_gfn,
    leaf_tables,
    mark_root,
    needs_resolve,
    recalculated_type,
    resolve_misconfig,
    retype_all,
    sync_domain,
    words,
)
from pmlviz.core.run import Run
from pmlviz.core.state import Platform, Region, State
from pmlviz.core.units import REAL, EptLevel, Geometry, Gfn, Mfn
from tests.core.play import ROOT, SUPERPAGE_NAIVE, XEN, Played, machine, play, x1, x2, x4

RAM_RW, RAM_LOGDIRTY = P2mType.RAM_RW, P2mType.RAM_LOGDIRTY
PD, PT = Mfn(0x2344), Mfn(0x2345)


def written(state: State, table: Mfn, index: int, value: EptEntry) -> Run:
    run = Run(state)
    run.emit(EptEntryWritten(table, index, entry_at(state.memory[table], index), value))
    return run


def test_words_are_the_entries_of_a_page() -> None:
    page = with_word(bytes(4096), 3, 0xB800000100005377)

    assert words(page)[3] == 0xB800000100005377
    assert words(page).shape == (512,)


def test_the_first_gfn_of_an_entry_is_aligned_to_its_size() -> None:
    assert first_gfn(1535, EptLevel.PDE, REAL) == 1024
    assert first_gfn(5, EptLevel.PDE, Geometry(table_bits=2)) == 4


def test_only_ram_is_recalculated_and_by_the_type_of_the_domain() -> None:
    off, on = x4(), play(x4(), "enable").state

    assert recalculated_type(off, RAM_LOGDIRTY) == RAM_RW
    assert recalculated_type(on, RAM_RW) == RAM_LOGDIRTY
    assert recalculated_type(on, P2mType.MMIO_DIRECT) == P2mType.MMIO_DIRECT


def test_an_invalidation_reaches_every_vcpu() -> None:
    run = Run(x4(vcpus=3))

    sync_domain(run)

    assert run.events[0].vcpus == (0, 1, 2)  # type: ignore[union-attr]


def test_each_present_root_entry_is_marked_once() -> None:
    # Two entries of a tree of four-entry tables: gfns 0 to 63 and 64 to 127.
    small = Platform(geometry=Geometry(table_bits=2))
    run = Run(machine(EptLevel.PTE, 128, platform=small))

    first, second = mark_root(run), mark_root(run)

    assert (first, second) == (True, False)
    assert [e.gfn for e in run.events if isinstance(e, RecalcMarked)] == [0, 64]


def test_a_misconfiguration_is_expected_once_of_every_vcpu_but_the_one_that_repaired() -> None:
    run = Run(x4(vcpus=3))

    expect_spurious(run, but=1)
    expect_spurious(run, but=1)

    assert run.events == [SpuriousMisconfigExpected((0, 2), on=True)]


def test_a_mark_travels_down_the_path_and_to_all_siblings_of_it() -> None:
    run = Run(play(x4(), "enable").state)

    repaired = resolve_misconfig(run, XEN, 600)

    pushed = run.events[:-1]
    assert repaired
    assert [e.level for e in pushed if isinstance(e, RecalcPushed)] == [
        EptLevel.PML4E,
        EptLevel.PDPTE,
        EptLevel.PDE,
    ]
    assert run.events[-1] == TableRetyped(
        Mfn(0x2346), EptLevel.PTE, Gfn(512), 512, run.state.memory[Mfn(0x2346)]
    )
    assert [entry_at(run.state.memory[PD], i).emt for i in (0, 1)] == [7, 0]


def test_a_repaired_path_has_nothing_left_to_repair() -> None:
    run = Run(play(x4(), "enable").state)
    before = needs_resolve(run.state, 5)
    resolve_misconfig(run, XEN, 5)

    again = resolve_misconfig(run, XEN, 5)

    assert (before, again, needs_resolve(run.state, 5)) == (True, False, False)
    assert needs_resolve(run.state, 600)


def test_a_path_that_ends_early_has_nothing_to_repair() -> None:
    run = Run(x4())

    assert not resolve_misconfig(run, XEN, 4096)
    assert not needs_resolve(run.state, 4096)
    assert run.events == []


def test_a_page_whose_type_stays_keeps_its_w_and_d() -> None:
    # Domain reference, trap T9: only a change of type brings new flags.
    start = play(x4(), "enable", "read gfn 5", "write gfn 5")
    run = Run(start.state)
    mark_root(run)

    resolve_misconfig(run, XEN, 5)

    assert Played(run.state, XEN).low(5) == 0x377
    assert Played(run.state, XEN).type_of(5) == RAM_LOGDIRTY
    assert run.events[-1].changed == 0  # type: ignore[union-attr]


def test_a_superpage_gets_its_flags_anew_even_if_its_type_stays() -> None:
    start = play(x2(), "enable", "read gfn 5").state
    run = written(start, PD, 0, entry_at(start.memory[PD], 0).replace(w=1, d=1))
    mark_root(run)

    resolve_misconfig(run, XEN, 5)

    assert Played(run.state, XEN).low(5) == 0x1F5


def test_an_entry_that_maps_no_ram_is_mended_without_a_new_type() -> None:
    start = play(x4(), "enable").state
    mmio = entry_at(start.memory[PT], 7).replace(p2mt=P2mType.MMIO_DIRECT)
    run = written(start, PT, 7, mmio)

    resolve_misconfig(run, XEN, 5)

    assert Played(run.state, XEN).leaf(7) == mmio


def test_an_entry_not_present_stays_as_it_is() -> None:
    run = written(play(x4(), "enable").state, PT, 7, EptEntry(0))

    resolve_misconfig(run, XEN, 5)

    assert Played(run.state, XEN).leaf(7) == 0


def test_tables_with_leaves_are_found_at_every_level_in_order() -> None:
    small = Platform(geometry=Geometry(table_bits=2))
    regions = [
        Region(Gfn(0), 4, EptLevel.PTE),
        Region(Gfn(8), 8, EptLevel.PDE),
        Region(Gfn(16), 16, EptLevel.PDPTE),
    ]
    state = boot(regions, platform=small)

    found = [(t.level, t.gfn, t.ram.tolist()) for t in leaf_tables(state)]

    assert found == [
        (EptLevel.PDPTE, 0, [False, True, False, False]),
        (EptLevel.PDE, 0, [False, False, True, True]),
        (EptLevel.PTE, 0, [True, True, True, True]),
    ]


def test_retyping_at_once_rewrites_every_leaf_and_twice_changes_nothing() -> None:
    run = Run(x2())

    first = retype_all(run, SUPERPAGE_NAIVE, RAM_LOGDIRTY)
    second = retype_all(run, SUPERPAGE_NAIVE, RAM_LOGDIRTY)

    assert (first, second) == (True, False)
    assert [e.changed for e in run.events if isinstance(e, TableRetyped)] == [8]
    assert Played(run.state, XEN).leaf(4095).p2mt == RAM_LOGDIRTY


def test_retyping_can_be_confined_to_the_leaves_of_some_pages() -> None:
    run = Run(x2())
    pages = Bitset().union([3, 5, 1500, 4095])

    retype_all(run, XEN, RAM_LOGDIRTY, pages)

    types = [entry_at(run.state.memory[PD], index).p2mt for index in range(8)]
    assert np.flatnonzero(types).tolist() == [0, 2, 7]


def test_a_set_in_small_leaves_still_finds_the_superpage_that_holds_them() -> None:
    run = Run(x1())
    pages = Bitset(leaf_bits=3).union([200_000])

    retype_all(run, XEN, RAM_LOGDIRTY, pages)

    assert entry_at(run.state.memory[Mfn(0x2343)], 0).p2mt == RAM_LOGDIRTY
    assert entry_at(run.state.memory[ROOT], 0).p2mt == RAM_RW
