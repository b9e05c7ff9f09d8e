from pmlviz.core import events as e
from pmlviz.core.actions import WriteEptEntry
from pmlviz.core.ept import EptEntry
from pmlviz.core.machine import step
from pmlviz.core.rules import Rule
from pmlviz.core.state import State
from pmlviz.core.strategies import Strategy
from pmlviz.core.telling import Story
from pmlviz.core.units import Mfn
from tests.core.play import SUPERPAGE_NAIVE, WRITE_PROTECT, XEN, x2, x4
from tests.core.told import Played, played

TOUR = ("enable", "copy-all", "write 0x5000", "write 0x6000", "write 0x7000")


def rest(start: State, *lines: str, strategy: Strategy = XEN) -> Story:
    """Return the story at rest of the last of *lines*."""
    return played(start, *lines, strategy=strategy).rest


def test_enabling_tells_how_little_xen_touches() -> None:
    told = rest(x2(), "enable")

    assert told.text == (
        "Log-dirty mode is on, and vCPU 0 has (1) an empty PML buffer. Only (2) PML4E 0 is marked: "
        "what lies below waits for its first touch, exit 49."
    )
    assert (told.verdict, told.citation) == ("log-dirty on", Rule.LOG_DIRTY_MODE)


def test_enabling_tells_who_has_a_buffer_and_what_was_rewritten() -> None:
    two = rest(x4(vcpus=2), "enable")
    none = rest(x4(), "enable", strategy=WRITE_PROTECT)
    naive = rest(x2(), "enable", strategy=SUPERPAGE_NAIVE)

    assert "and vCPU 0 and 1 have each (1) an empty PML buffer" in two.text
    assert none.text.startswith("Log-dirty mode is on, without PML. Only (1) PML4E 0")
    assert naive.text.endswith("(2) 8 leaves changed at once: W=1 D=0, one D flag for each 2 MiB.")


def test_disabling_tells_that_nothing_is_merged() -> None:
    split = rest(x2(), "enable", "write 0x5000", "disable")
    whole = rest(x2(), "enable", "disable")
    naive = rest(x2(), "enable", "disable", strategy=SUPERPAGE_NAIVE)

    assert split.text.endswith("What was split stays split.")
    assert split.claim == "C33"
    assert "stays split" not in whole.text
    assert naive.text.endswith("(1) 8 leaves changed at once: W=1 D=1.")


def test_peek_returns_pages_and_clears_nothing() -> None:
    told = rest(x4(), "enable", "write gfn 5", "write gfn 512", "peek")

    assert told.text == (
        "PEEK drains (1) 2 addresses and returns (2) 2 pages, gfn 5 and 512. Nothing is cleared, "
        "and no page is armed again."
    )
    assert told.verdict == "returns 2"


def test_clean_returns_what_was_written() -> None:
    told = rest(x2(), *TOUR, "clean")

    assert told.text == (
        "CLEAN drains (1) 2 addresses and returns (2) 3 pages, gfn 5, 6 and 7. "
        "(3) PML4E 0 is marked: every page is armed again."
    )
    assert [d.anchor for d in told.discs] == ["pml.slot", "bitmap", "leaf"]


def test_clean_names_the_pages_that_it_loses() -> None:
    told = rest(x2(), *TOUR, "clean", strategy=SUPERPAGE_NAIVE)

    assert told.text == (
        "CLEAN drains (1) 1 address and returns (2) 1 page, gfn 5. "
        "gfn 6 and 7 were written and are in neither bitmap nor buffer."
    )
    assert (told.verdict, told.claim) == ("loses 2", "C20")


def test_clean_counts_what_nobody_wrote() -> None:
    one = rest(x2(), "enable", "walk 0x5000", "clean")
    both = rest(x2(), "enable", "walk 0x5000", "walk 0x6000", "clean")
    some = rest(x2(), "enable", "walk 0x5000", "write 0x6000", "clean")
    lone = rest(x4(), "enable", "clean")

    assert "returns (1) 1 page, gfn 5. It was not written." in one.text
    assert "Neither was written." in both.text
    assert "1 of them was not written." in some.text
    assert some.claim == "C30"
    assert lone.text.startswith("CLEAN returns no page.")


def test_copying_all_tells_what_has_to_be_found_from_then_on() -> None:
    armed = rest(x4(), "enable", "copy-all")
    blind = rest(x4(), "copy-all")

    assert armed.text.endswith("What it writes from here on must be found and sent again.")
    assert blind.text.endswith("What it writes from here on will not be noticed.")


def test_stop_and_copy_names_what_is_stale_at_the_destination() -> None:
    naive = rest(x2(), *TOUR, "clean", "stop-and-copy", strategy=SUPERPAGE_NAIVE)
    xen = rest(x2(), *TOUR, "clean", "stop-and-copy")
    last = rest(x2(), *TOUR, "stop-and-copy")

    assert naive.text.endswith(
        "At the destination gfn 6 and 7 are stale: no CLEAN returned their last writes."
    )
    assert (naive.verdict, naive.claim) == ("loses 2", "C20")
    assert xen.text.endswith("Every page at the destination is as the guest left it.")
    assert xen.verdict == "exact"
    assert "the last CLEAN drains (1) 2 addresses and returns (2) 3 pages" in last.text


def test_a_drain_tells_that_no_page_is_armed() -> None:
    told = rest(x4(), "enable", "write gfn 5..6", "drain")
    nothing = rest(x4(), "enable", "drain")

    assert told.text == (
        "Xen drains (1) 2 addresses into (2) the bitmap; (3) the index is 511 again. "
        "No page is armed again: D stays set."
    )
    assert told.verdict == "drained 2"
    assert nothing.text == "All PML buffers are empty: there is nothing to drain."


def test_an_invalidation_counts_what_it_drops() -> None:
    some = rest(x4(), "enable", "write gfn 5..6", "invept")
    none = rest(x4(), "invept")

    assert some.text.startswith("INVEPT drops all that vCPU 0 had cached, 2 translations.")
    assert none.text == "INVEPT finds nothing cached on vCPU 0."


def test_an_index_written_by_hand_is_not_checked_by_anyone() -> None:
    free = rest(x4(), "enable", "set-index 0x5")
    full = rest(x4(), "enable", "set-index 0x200")

    assert "511 → 5: nothing checks it, and no word of the buffer changes." in free.text
    assert full.text.endswith("511 → 0x200: nothing checks it, and it names no slot.")
    assert full.verdict == "by hand"


def test_an_entry_written_by_hand_is_told_in_full() -> None:
    before = played(x4(), "enable").after
    done = step(before, WriteEptEntry(Mfn(0x2345), 5, EptEntry(0)), XEN)

    told = Played("", before, done.events, done.state).rest

    assert told.text.startswith("Software writes entry 5 of table 0x2345, ")
    assert told.verdict == "by hand"


def test_an_operation_under_way_tells_what_happened_last() -> None:
    item = played(x4(), "enable", "write gfn 5..6", "clean")

    told = [item.at(n).text for n in range(1, len(item.events) + 1)]

    assert told[:4] == [
        "Xen pauses the domain: no vCPU of it runs.",
        "Xen drains 2 addresses of vCPU 0, (1) slots 510 and 511.",
        "Xen drains 2 addresses of vCPU 0: gfn 6 becomes (1) ram_rw, W=1 D=1.",
        "Xen drains 2 addresses of vCPU 0: gfn 6 is in (1) the bitmap, 1 of 2.",
    ]
    assert "CLEAN has read (1) the bitmap, 2 pages, gfn 5 and 6, and cleared it." in told
    assert item.at(e.BitmapCleaned).verdict == "in Xen"
    assert item.at(e.PmlIndexReset).text == (
        "The buffer of vCPU 0 is drained, and (1) its index is 511."
    )
    assert item.at(e.RecalcMarked).text.startswith("Xen marks (1) PML4E 0 for recalculation")
