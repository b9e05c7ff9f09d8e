import pytest

from pmlviz.core import wording as say
from pmlviz.core.bitset import Bitset
from pmlviz.core.ept import EptEntry, P2mType, PathStep
from pmlviz.core.exits import AccessKind
from pmlviz.core.state import Platform
from pmlviz.core.units import EptLevel, Mfn
from tests.core.play import x4


def test_few_pages_are_named_a_run_by_its_ends_and_many_are_counted() -> None:
    assert say.gfns([]) == "no page"
    assert say.gfns([5]) == "gfn 5"
    assert say.gfns([6, 5]) == "gfn 5 and 6"
    assert say.gfns([5, 6, 7]) == "gfn 5, 6 and 7"
    assert say.gfns(range(512)) == "gfn 0 to 511"
    assert say.gfns([1, 2, 3, 5, 8]) == "5 pages"
    assert say.gfns(Bitset().union([7, 6])) == "gfn 6 and 7"


def test_a_great_many_pages_are_counted_without_a_look_at_each() -> None:
    pages = Bitset().add_range(0, 1 << 20)

    assert say.gfns(pages) == "1048576 pages"


def test_slots_spans_and_vcpus_are_said_as_one_would() -> None:
    assert [say.slots(510, n) for n in (1, 2)] == ["slot 510", "slots 510 and 511"]
    assert say.slots(0, 512) == "slots 0 to 511"
    assert [say.span(5, 1), say.span(0, 512)] == ["gfn 5", "gfn 0 to 511"]
    assert say.vcpus([0]) == "vCPU 0"
    assert say.vcpus([0, 1]) == "vCPU 0 and 1"
    assert say.vcpus(range(16)) == "16 vCPUs"


def test_an_index_that_names_a_slot_is_decimal_and_any_other_is_hex() -> None:
    assert say.index(511, 512) == "511"
    assert say.index(512, 512) == "0x200"
    assert say.index(0xFFFF, 512) == "0xffff"


@pytest.mark.parametrize(
    ("n", "text"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (512, "512th")]
)
def test_ordinals(n: int, text: str) -> None:
    assert say.ordinal(n) == text


def test_an_address_is_given_with_its_page() -> None:
    assert say.place(0x6123) == "gpa 0x6123 (gfn 6)"


def test_each_kind_of_access_has_its_words() -> None:
    words = {k: (say.does(k), say.do(k), say.doing(k), say.noun(k)) for k in AccessKind}

    assert words[AccessKind.WRITE] == ("writes", "write", "writing", "write")
    assert words[AccessKind.FETCH][0] == "fetches from"


def test_types_are_called_as_xen_calls_them_and_unknown_ones_by_number() -> None:
    assert say.p2mt(P2mType.RAM_RW) == "ram_rw"
    assert say.p2mt(P2mType.RAM_LOGDIRTY) == "logdirty"
    assert say.p2mt(16) == "type 16"


def test_a_qualification_tells_what_was_tried_and_what_the_path_grants() -> None:
    assert (say.tried(0x1AA), say.granted(0x1AA)) == ("a data write", "R-X")
    assert (say.tried(0x181), say.granted(0x181)) == ("a data read", "---")
    assert say.tried(0x184) == "an instruction fetch"
    assert say.tried(0xAB) == "an access to a guest paging-structure entry"


@pytest.mark.parametrize(
    ("level", "entry", "fault"),
    [
        (EptLevel.PTE, EptEntry.build(r=1, emt=6), ""),
        (EptLevel.PTE, EptEntry(0), ""),
        (EptLevel.PTE, EptEntry.build(w=1, emt=6), "has W without R"),
        (EptLevel.PTE, EptEntry.build(r=1, emt=7), "holds memory type 7"),
        (EptLevel.PML4E, EptEntry.build(r=1, emt=5), "holds memory type 5"),
        (EptLevel.PML4E, EptEntry.build(r=1, ipat=1), "has a reserved bit set"),
        (EptLevel.PDE, EptEntry.build(r=1, emt=6, sp=1, mfn=1), "has a reserved bit set"),
    ],
)
def test_a_malformed_entry_is_told_by_its_fault(
    level: EptLevel, entry: EptEntry, fault: str
) -> None:
    assert say.malformed(x4(), PathStep(level, Mfn(1), 0, entry)) == fault


def test_x_alone_is_a_fault_where_the_processor_does_not_have_it() -> None:
    step = PathStep(EptLevel.PTE, Mfn(1), 0, EptEntry.build(x=1, emt=6))

    assert say.malformed(x4(platform=Platform(exec_only=False)), step) == "has X alone"
    assert say.malformed(x4(), step) == ""


def test_the_first_entry_that_denies_is_found_from_the_top() -> None:
    path = [
        PathStep(EptLevel.PML4E, Mfn(1), 0, EptEntry.build(r=1, w=1, x=1)),
        PathStep(EptLevel.PDPTE, Mfn(2), 3, EptEntry.build(r=1, x=1)),
        PathStep(EptLevel.PDE, Mfn(3), 4, EptEntry.build(r=1)),
    ]

    assert say.denying(path, "w") == path[1]
    assert say.denying(path, "x") == path[2]
    assert say.denying(path, "r") is None
