from pmlviz.core import events as e
from pmlviz.core.account import account
from pmlviz.core.exits import AccessKind
from pmlviz.core.moment import Moment
from pmlviz.core.rules import Rule
from pmlviz.core.story_visit import draining, tell_visit
from tests.core.lab import Lab
from tests.core.play import SUPERPAGE_NAIVE, WRITE_PROTECT, x1, x2, x4
from tests.core.test_cpu_scenarios import paged
from tests.core.told import Played, played


def visit(item: Played) -> list[str]:
    """Return the stories from the first VM exit to the last VM entry."""
    first, last = item.number(e.VmExited), item.number(e.VmEntered, last=True)
    return [item.at(n).text for n in range(first, last + 1)]


def test_a_misconfiguration_is_told_down_to_the_leaf() -> None:
    item = played(x2(), "enable", "read 0x5000")

    assert visit(item) == [
        "(1) Exit 49 at gpa 0x5000: (2) PML4E 0 holds memory type 7, and Xen wrote that reserved "
        "value there to be called at the first touch.",
        "Exit 49: Xen repairs (1) PML4E 0 and passes its mark to the entries one level down.",
        "Exit 49: Xen repairs (1) PDPTE 0 and passes its mark to the entries one level down.",
        "Exit 49: Xen makes (1) PDE 0 logdirty, W=0 D=0: gfn 0 to 511, still one 2 MiB page.",
        "Exit 49: Xen is done and enters vCPU 0 again, where the read is retried.",
    ]


def test_a_violation_is_told_to_the_split_and_the_retry() -> None:
    item = played(x2(), "enable", "read 0x0", "write 0x5000")

    assert visit(item) == [
        "(1) Exit 48 at gpa 0x5000: (2) PDE 0 has W=0; qualification 0x1aa, a data write. "
        "No flag is set, nothing is stored.",
        # The violation itself drops what was cached of the page.
        *[item.at(n).text for n in range(item.number(e.VmExited) + 1, item.number(e.PageMarked))],
        "Exit 48: Xen itself sets (1) the bit of gfn 5, which PML will not log.",
        "Exit 48: Xen splits (1) PDE 0: one leaf of 2 MiB with one D flag becomes 512 with one "
        "each.",
        "Exit 48: Xen makes (1) PTE 5, gfn 5, ram_rw: W=1 D=1, so it can be written and is not "
        "logged.",
        "Exit 48: INVEPT drops what processors have cached of the entries that changed.",
        "Exit 48: Xen is done and enters vCPU 0 again, where the write is retried.",
    ]


def test_a_full_log_is_drained_page_by_page() -> None:
    item = played(x4(), "enable", "write gfn 600", "write gfn 0..510", "write gfn 601")
    told = visit(item)

    assert told[:4] == [
        "(1) Exit 62: (2) index 0xffff names no slot. The exit changes no flag, log or page, and "
        "does not tell the address.",
        "Exit 62: Xen drains 512 addresses of vCPU 0, (1) slots 0 to 511.",
        "Exit 62: Xen drains 512 addresses of vCPU 0: gfn 510 becomes (1) ram_rw, W=1 D=1.",
        "Exit 62: Xen drains 512 addresses of vCPU 0: gfn 510 is in (1) the bitmap, 1 of 512.",
    ]
    assert told[-2] == (
        "Exit 62: 512 addresses went to (1) the bitmap and (2) the index is 511; the words stay, "
        "but no longer count."
    )


def test_a_page_that_the_bitmap_has_already_is_said_to_be_there() -> None:
    item = played(x4(), "enable", "read 0x0", "set-index 0xffff", "write 0x5000")

    told = item.at(item.number(e.PageMarked, last=True)).text

    assert "gfn 0 was in (1) the bitmap already, 512 of 512" in told


def test_the_claim_changes_when_the_superpage_is_split() -> None:
    item = played(x2(), "enable", "read 0x0", "write 0x5000")
    small = played(x4(), "enable", "write 0x5000", strategy=WRITE_PROTECT)

    assert item.at(e.VmExited).claim == "C21"
    assert item.at(e.SuperpageSplit).claim == "C18"
    assert small.at(e.PageMarked).claim == "C23"


def test_without_pml_nothing_is_said_of_it() -> None:
    item = played(x4(), "enable", "write 0x5000", strategy=WRITE_PROTECT)

    assert item.at(e.PageMarked).text == "Exit 48: Xen itself sets (1) the bit of gfn 5."
    assert item.at(item.number(e.EntryRetyped)).text.endswith("so it can be written.")


def test_a_table_is_told_by_how_many_of_its_pages_change() -> None:
    all_of_them = played(x4(), "enable", "read 0x0").at(e.TableRetyped)
    one = played(x4(), "enable", "write 0x5000", "clean", "read 0x0").at(e.TableRetyped)
    none = played(x4(), "enable", "read 0x0", "clean", "read 0x0").at(e.TableRetyped)

    assert all_of_them.text == (
        "Exit 49: Xen makes (1) all 512 pages of the table, gfn 0 to 511, logdirty: W=1 D=0."
    )
    assert one.text.endswith("recomputes (1) the table of gfn 0 to 511: 1 page becomes logdirty.")
    assert none.text.endswith("recomputes (1) the table of gfn 0 to 511: no page changes its type.")


def test_a_huge_page_goes_straight_to_small_ones() -> None:
    item = played(x1(), "enable", "write 0x5000")

    assert item.at(e.SuperpageSplit).text.endswith(
        "one leaf of 1 GiB with one D flag becomes 262144 with one each."
    )


def test_an_entry_that_is_absent_or_broken_by_hand_is_told_as_such() -> None:
    absent, broken = Lab(), Lab()
    absent.put(5, 0)
    broken.change(5, emt=2)

    def exit_of(lab: Lab, kind: AccessKind) -> str:
        before = lab.state
        return Played("", before, tuple(lab.access(kind, 0x5000)), lab.state).rest.text

    assert exit_of(absent, AccessKind.WRITE) == (
        "(1) Exit 48 at gpa 0x5000: (2) PTE 5 is not present; qualification 0x182, a data write."
    )
    assert exit_of(broken, AccessKind.READ) == (
        "(1) Exit 49 at gpa 0x5000: (2) PTE 5 holds memory type 2, and no access may pass."
    )


def test_a_refused_page_walk_bears_on_what_walks_count_as() -> None:
    lab = paged(w=0)
    before = lab.state

    item = Played("", before, tuple(lab.read(0x258000)), lab.state)

    assert (item.rest.verdict, item.rest.claim) == ("VM exit 48", "C30")


def test_the_badge_names_the_exit_and_then_the_hypervisor() -> None:
    item = played(x2(), "enable", "write 0x5000")
    n = item.number(e.VmExited)

    assert item.at(n).verdict == "VM exit 49"
    assert item.at(n + 1).verdict == "in Xen"
    assert item.at(n).citation is Rule.EPT_MISCONFIG
    assert item.at(n + 1).citation is Rule.RECALC_PUSH


def test_a_superpage_made_writable_whole_stays_one_page() -> None:
    item = played(x2(), "enable", "write 0x5000", strategy=WRITE_PROTECT)
    naive = played(x2(), "write 0x5000", strategy=SUPERPAGE_NAIVE)

    assert "still one 2 MiB page" in item.at(e.EntryRetyped).text
    assert naive.rest.verdict == "no exit"


def test_a_drain_is_under_way_until_the_index_is_written() -> None:
    item = played(x4(), "enable", "write 0x5000", "drain")

    under_way = [draining(item.events[:n]) for n in range(len(item.events) + 1)]

    first, last = item.number(e.DrainBegan), item.number(e.PmlIndexReset)
    assert under_way == [first <= n < last for n in range(len(item.events) + 1)]


def test_a_visit_needs_no_item_to_be_at_rest() -> None:
    item = played(x2(), "enable", "write 0x5000")
    n = item.number(e.VmExited)
    m = Moment(item.before, item.events[:n], item.events[:n], who="Xen")

    assert tell_visit(m, account(item.events[:n])).verdict == "VM exit 49"
