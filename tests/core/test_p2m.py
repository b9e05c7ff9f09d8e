"""Xen's page types as EPT entries: the reference's golden 64-bit values."""

import pytest

from pmlviz.core.ept import EptEntry, P2mType
from pmlviz.core.p2m import (
    is_ram,
    leaf,
    logdirty_flags,
    marked,
    middle,
    ram_rw_flags,
    restrict_sp,
    retyped,
)
from pmlviz.core.state import Platform
from pmlviz.core.units import EptLevel, Mfn

PLATFORM = Platform()
NO_AD = Platform(ad=False, pml=False)
PTE, PDE = EptLevel.PTE, EptLevel.PDE
RAM_4K = leaf(Mfn(0x100005), PTE, P2mType.RAM_RW, ram_rw_flags(PLATFORM))
RAM_2M = leaf(Mfn(0x100000), PDE, P2mType.RAM_RW, ram_rw_flags(PLATFORM))
CLEAN = logdirty_flags(PLATFORM, writable=True)
PROTECTED = logdirty_flags(PLATFORM, writable=False)
LOGDIRTY = P2mType.RAM_LOGDIRTY


@pytest.mark.parametrize(
    ("entry", "golden"),
    [
        (RAM_4K, 0xB800000100005377),
        (retyped(RAM_4K, LOGDIRTY, CLEAN), 0xB820000100005177),
        (retyped(RAM_4K, LOGDIRTY, CLEAN).replace(d=1), 0xB820000100005377),
        (retyped(RAM_4K, LOGDIRTY, PROTECTED), 0xB820000100005175),
        (RAM_2M, 0xB8000001000003F7),
        (retyped(RAM_2M, LOGDIRTY, PROTECTED), 0xB8200001000001F5),
        (marked(RAM_2M), 0xB8000001000007FF),
        (marked(RAM_4K), 0xB80000010000577F),
        (middle(Mfn(0x2345)), 0xB800000002345107),
        (marked(middle(Mfn(0x2345))), 0xB80000000234553F),
    ],
)
def test_entries_are_bit_for_bit_those_of_xen(entry: EptEntry, golden: int) -> None:
    assert hex(entry) == hex(golden)


@pytest.mark.parametrize(("flags", "low"), [(ram_rw_flags(PLATFORM), 0x3F3), (PROTECTED, 0x1F1)])
def test_superpages_lose_x_where_xen_does_not_leave_them_executable(flags: int, low: int) -> None:
    restricted = restrict_sp(flags, PDE, Platform(exec_sp=False))

    assert leaf(Mfn(0x100000), PDE, P2mType.RAM_RW, restricted) & 0xFFF == low


def test_small_pages_and_other_processors_keep_x() -> None:
    assert restrict_sp(CLEAN, PTE, Platform(exec_sp=False)) == CLEAN
    assert restrict_sp(CLEAN, PDE, PLATFORM) == CLEAN


def test_a_processor_without_the_flags_gets_none() -> None:
    assert leaf(Mfn(5), PTE, P2mType.RAM_RW, ram_rw_flags(NO_AD)) & 0xFFF == 0x077
    assert logdirty_flags(NO_AD, writable=False) & 0x300 == 0


def test_retyping_takes_the_mark_away_and_keeps_the_frame() -> None:
    assert retyped(marked(RAM_4K), P2mType.RAM_RW, ram_rw_flags(PLATFORM)) == RAM_4K


def test_log_dirty_changes_between_two_types_of_ram() -> None:
    assert [kind for kind in P2mType if is_ram(kind)] == [P2mType.RAM_RW, P2mType.RAM_LOGDIRTY]
