from pmlviz.core.exits import AccessKind
from pmlviz.core.rules import Rule
from tests.core.lab import Lab
from tests.core.play import SUPERPAGE_NAIVE, x2, x4
from tests.core.test_cpu_scenarios import paged
from tests.core.told import Played, played

ARMED = ("enable", "read 0x0")


def in_lab(lab: Lab, kind: AccessKind, gla: int) -> Played:
    """Return one access in *lab*, as an item."""
    before = lab.state
    return Played("", before, tuple(lab.access(kind, gla)), lab.state)


def test_a_write_across_two_pages_is_logged_twice() -> None:
    told = played(x4(), *ARMED, "write 0x5ffc size 8").rest

    assert told.text == (
        "vCPU 0 writes 8 bytes across gfn 5 and 6: (1) 2 D flags go 0→1, and (2) PML[511] = 0x5000 "
        "and PML[510] = 0x6000; (3) the index is 509. Xen never runs."
    )
    assert (told.verdict, told.claim, told.citation) == ("no exit", "C6", Rule.PML_LOG)


def test_its_upper_page_is_told_apart_while_it_is_translated() -> None:
    item = played(x4(), *ARMED, "write 0x5ffc size 8")

    told = item.at(len(item.events) - 2).text

    assert told.startswith("vCPU 0 turns to its upper page, gpa 0x6000: (1) PTE 6 is writable")


def test_only_the_page_whose_flag_changed_is_logged() -> None:
    one = played(x4(), *ARMED, "write 0x5000", "write 0x5ffc size 8").rest
    none = played(x4(), *ARMED, "write 0x5ffc size 8", "write 0x5ffc size 8").rest

    assert "(1) a D flag goes 0→1, and (2) PML[510] = 0x6000" in one.text
    assert "no D flag has to change, so nothing is logged" in none.text


def test_both_pages_of_one_superpage_can_be_lost_at_once() -> None:
    lines = ("enable", "write 0x1000", "write 0x5ffc size 8")

    told = played(x2(), *lines, strategy=SUPERPAGE_NAIVE).rest

    assert told.text.endswith("gfn 5 and 6 are in neither buffer nor bitmap: lost.")
    assert (told.verdict, told.claim) == ("lost", "C20")


def test_a_read_through_cold_guest_tables_logs_the_tables_and_not_the_page() -> None:
    item = in_lab(paged(), AccessKind.READ, 0x258000)

    assert item.rest.text == (
        "vCPU 0 reads gpa 0x258000 through 4 guest tables: (1) 4 D flags go 0→1, and (2) gfn 1, 2, "
        "3 and 4 are logged; (3) the index is 507. The page itself is not logged."
    )
    assert (item.rest.claim, item.rest.citation) == ("C30", Rule.GUEST_PAGE_WALK)


def test_each_guest_table_is_told_as_it_is_read() -> None:
    item = in_lab(paged(), AccessKind.READ, 0x258000)

    told = [item.at(n).text for n in range(1, len(item.events) + 1)]

    assert told[0] == "vCPU 0 is about to read linear address 0x258000."
    for table, gpa in (("PML4E", 0x1000), ("PDPTE", 0x2000), ("PDE", 0x3008), ("PTE", 0x42C0)):
        reads = f"To translate 0x258000, vCPU 0 reads the guest's {table} at gpa {gpa:#x}"
        assert any(text.startswith(f"{reads}, which counts as a write: ") for text in told)
