"""The machine before its first step."""

import pytest

from pmlviz.core.boot import MAX_LEAVES, MAX_VCPUS, boot
from pmlviz.core.ept import leaves, walk
from pmlviz.core.errors import PmlvizError
from pmlviz.core.state import Platform, Region, State
from pmlviz.core.units import REAL, EptLevel, Geometry, Gfn

PTE, PDE, PDPTE = EptLevel.PTE, EptLevel.PDE, EptLevel.PDPTE


def region(gfn: int, pages: int, level: EptLevel = PTE) -> Region:
    """Return a region from plain numbers."""
    return Region(Gfn(gfn), pages, level)


def path(state: State, gfn: int) -> list[str]:
    """Return the raw entries for *gfn*, root first."""
    steps = walk(state.memory, state.domain.root, gfn, state.geometry)
    return [hex(step.entry) for step in steps]


def test_a_4k_guest_is_mapped_page_by_page() -> None:
    state = boot([region(0, 1024)])

    assert path(state, 5) == [
        "0xb800000002343107",
        "0xb800000002344107",
        "0xb800000002345107",
        "0xb800000100005377",
    ]
    assert path(state, 513)[2:] == ["0xb800000002346107", "0xb800000100201377"]
    assert len(path(state, 1024)) == 3
    assert (state.domain.ept_tables, state.domain.next_mfn) == (5, 0x2347)


def test_superpages_are_leaves_of_their_level() -> None:
    state = boot([region(0, 1024, PDE), region(1 << 18, 1 << 18, PDPTE)])

    assert path(state, 513)[-1] == "0xb8000001002003f7"
    assert path(state, 1 << 18)[-1] == "0xb8000001400003f7"
    assert state.domain.ept_tables == 3


def test_regions_may_come_in_any_order_and_leave_holes() -> None:
    state = boot([region(1024, 8), region(4, 8)])

    gfns = [gfn for gfn, _ in leaves(state.memory, state.domain.root, REAL)]
    assert gfns == [*range(4, 12), *range(1024, 1032)]
    assert [r.gfn for r in state.domain.regions] == [4, 1024]


def test_logging_is_off_and_every_cpu_runs_the_same_ept() -> None:
    state = boot([region(0, 8)], vcpus=3)

    assert [vcpu.eptp for vcpu in state.vcpus] == [0x234201E] * 3
    assert not any(vcpu.pml or vcpu.tlb or vcpu.exit for vcpu in state.vcpus)
    assert not state.domain.log_dirty


def test_a_processor_without_flags_boots_without_them() -> None:
    state = boot([region(0, 8)], platform=Platform(ad=False, pml=False))

    assert path(state, 5)[-1] == "0xb800000100005077"


def test_a_small_machine_boots_by_the_same_rules() -> None:
    platform = Platform(geometry=Geometry(table_bits=1, pml_entries=2))

    state = boot([region(0, 4), region(4, 2, PDE), region(8, 4, PDPTE)], platform=platform)

    levels = [step.level for _, step in leaves(state.memory, state.domain.root, state.geometry)]
    assert levels == [PTE] * 4 + [PDE, PDPTE]


@pytest.mark.parametrize(
    ("regions", "message"),
    [
        ([], "the guest has no memory"),
        ([region(0, 0)], "0 pages do not start and end at whole 4 KiB pages"),
        ([region(1, 512, PDE)], "do not start and end at whole 2 MiB pages"),
        ([region(0, 513, PDE)], "do not start and end at whole 2 MiB pages"),
        ([region(0, 8), region(7, 8)], "region at gfn 0x7 lies over the region before it"),
        ([region(REAL.max_pages, 1)], "lies past the last that four levels map"),
        ([region(0, MAX_LEAVES + 1)], "leaf entries are too many to model"),
    ],
)
def test_memory_that_cannot_be_is_refused(regions: list[Region], message: str) -> None:
    with pytest.raises(PmlvizError, match=message):
        boot(regions)


@pytest.mark.parametrize("vcpus", [0, MAX_VCPUS + 1])
def test_a_machine_has_1_to_64_vcpus(vcpus: int) -> None:
    with pytest.raises(PmlvizError, match=f"{vcpus} vCPUs"):
        boot([region(0, 1)], vcpus=vcpus)
