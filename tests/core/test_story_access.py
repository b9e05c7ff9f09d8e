import msgspec

from pmlviz.core import events as e
from pmlviz.core.exits import AccessKind
from pmlviz.core.rules import Rule
from pmlviz.core.state import GuestPaging
from pmlviz.core.story import story
from pmlviz.core.units import EptLevel, Gpa
from tests.core.lab import Lab
from tests.core.play import SUPERPAGE_NAIVE, WRITE_PROTECT, x2, x4
from tests.core.told import Played, played

ARMED = ("enable", "read 0x0")


def in_lab(lab: Lab, kind: AccessKind, gla: int, size: int = 1) -> Played:
    """Return one access in *lab*, as an item."""
    before = lab.state
    events = tuple(lab.access(kind, gla, size))
    return Played("", before, events, lab.state)


def test_the_sentence_grows_with_what_the_processor_does() -> None:
    item = played(x4(), *ARMED, "write 0x5000")

    told = [item.at(n).text for n in range(1, len(item.events) + 1)]

    assert told == [
        "vCPU 0 is about to write gpa 0x5000.",
        "vCPU 0 is about to write gpa 0x5000: no translation of it is cached, so the EPT must be "
        "walked.",
        "vCPU 0 is about to write gpa 0x5000: the walk ends at (1) PTE 5, a 4 KiB page with "
        "W=1 D=0.",
        "vCPU 0 is about to write gpa 0x5000: (1) PTE 5 allows it, and (2) D is 0: it must go 0→1 "
        "first.",
        "vCPU 0 is about to write gpa 0x5000: (1) PTE 5 allows it, but (2) D must first go 0→1; "
        "(3) index 511 names a free slot.",
        "vCPU 0 is writing gpa 0x5000: (1) PTE 5 is writable, so (2) its D flag goes 0→1.",
        "vCPU 0 is writing gpa 0x5000: (1) PTE 5 is writable, so (2) its D flag goes 0→1, "
        "(3) PML[511] = 0x5000.",
        "vCPU 0 is writing gpa 0x5000: (1) PTE 5 is writable, so (2) its D flag goes 0→1, "
        "(3) PML[511] = 0x5000 and (4) the index steps to 510.",
        "vCPU 0 is writing gpa 0x5000: (1) PTE 5 is writable, so (2) its D flag goes 0→1, "
        "(3) PML[511] = 0x5000 and (4) the index steps to 510. The TLB keeps it, with D=1.",
        "vCPU 0 writes gpa 0x5000: (1) PTE 5 is writable, so (2) its D flag goes 0→1, "
        "(3) PML[511] = 0x5000 and (4) the index steps to 510. Xen never runs.",
    ]


def test_at_the_full_check_nothing_has_changed_and_the_exit_is_still_to_come() -> None:
    item = played(x4(), "enable", "read gfn 512", "write gfn 0..511", "invept", "write 0x200000")

    told = item.at(e.PmlIndexChecked)

    assert told.text == (
        "vCPU 0 is about to write gpa 0x200000: (1) PTE 0 allows it, but (2) D must first go 0→1; "
        "(3) index 0xffff is past the 512th slot: (4) exit 62 comes, before anything changes."
    )
    assert [disc.anchor for disc in told.discs] == ["leaf.w", "leaf.d", "pml.index", "exit"]
    assert told.verdict == "VM exit 62 comes next"
    assert told.citation is Rule.PML_INDEX_CHECK


def test_the_512th_log_fills_the_buffer_without_an_exit() -> None:
    item = played(x4(), *ARMED, "write gfn 0..511")

    assert item.rest.text.endswith(
        "the index steps to 0xffff. The buffer is full, and still Xen does not run."
    )


def test_a_read_sets_no_d_flag() -> None:
    walked = played(x4(), *ARMED, "read 0x5000").rest
    cached = played(x4(), *ARMED, "read 0x5000", "read 0x5008").rest

    assert walked.text == (
        "vCPU 0 reads gpa 0x5000: (1) PTE 5 allows it, and a read sets no D flag. Xen never runs."
    )
    assert cached.text.startswith("vCPU 0 reads gpa 0x5008: its translation is cached;")
    assert walked.claim == cached.claim == ""


def test_a_second_write_is_silent_and_says_where_the_first_is_recorded() -> None:
    cached = played(x4(), *ARMED, "write 0x5000", "write 0x5008").rest
    walked = played(x4(), *ARMED, "write 0x5000", "invept", "write 0x5008").rest
    peeked = played(x4(), *ARMED, "write 0x5000", "peek", "write 0x5008").rest

    assert cached.text == (
        "vCPU 0 writes gpa 0x5008: (1) the TLB holds it with D=1, so nothing is logged. "
        "gfn 5 waits in (2) PML[511] already."
    )
    assert "(1) PTE 5 is writable and (2) D is 1 already, so nothing is logged" in walked.text
    assert peeked.text.endswith("gfn 5 is in (3) the bitmap already.")
    assert {told.claim for told in (cached, walked, peeked)} == {"C11"}


def test_a_write_to_a_superpage_spends_its_one_flag_and_the_next_page_is_lost() -> None:
    first = played(x2(), "enable", "write 0x5000", strategy=SUPERPAGE_NAIVE).rest
    second = played(x2(), "enable", "write 0x5000", "write 0x6000", strategy=SUPERPAGE_NAIVE)

    assert "the one D flag of its 2 MiB goes 0→1" in first.text
    assert first.claim == "C13"
    assert second.rest.text == (
        "vCPU 0 writes gpa 0x6000: (1) the one D flag of its 2 MiB is 1 already, spent on gfn 5. "
        "Nothing is logged: gfn 6 is in neither buffer nor bitmap, and lost."
    )
    assert (second.rest.verdict, second.rest.claim) == ("lost", "C20")
    assert second.at(e.PermissionGranted).verdict == "in the guest"


def test_a_write_before_log_dirty_mode_is_of_no_interest_to_anyone() -> None:
    told = played(x4(), "write 0x5000").rest

    assert told.text == (
        "vCPU 0 writes gpa 0x5000: (1) PTE 5 is writable; EPTP bit 6 is 0, so there is no D flag "
        "to set and nothing to log. Log-dirty mode is off."
    )
    assert told.verdict == "no exit"


def test_a_cached_translation_without_d_flags_is_told_as_such() -> None:
    told = played(x4(), "write 0x5000", "write 0x5008").rest

    assert "its translation is cached, and no D flag is kept: nothing is logged" in told.text


def test_a_stale_translation_loses_a_write() -> None:
    item = played(x4(), *ARMED, "write 0x5000", "clean")
    stale = played(x4(), *ARMED, "write 0x5000").after.vcpus[0].tlb
    vcpu = msgspec.structs.replace(item.after.vcpus[0], tlb=stale)
    state = msgspec.structs.replace(item.after, vcpus=(vcpu,))

    told = played(state, "write 0x5000").rest

    assert told.text.startswith("vCPU 0 writes gpa 0x5000: (1) the TLB holds it with D=1")
    assert "But (2) PML4E 0 is marked: for want of INVEPT the TLB is stale." in told.text
    assert told.text.endswith("gfn 5 is in neither buffer nor bitmap: lost.")
    assert told.verdict == "lost"


def test_a_flag_set_where_pml_is_off_is_logged_nowhere() -> None:
    state = played(x4(vcpus=2), *ARMED).after
    off = msgspec.structs.replace(state.vcpus[1], pml=False)
    state = msgspec.structs.replace(state, vcpus=(state.vcpus[0], off))

    told = played(state, "vcpu1 write 0x5000").rest

    assert "goes 0→1, but PML is off on vCPU 1: nothing is logged" in told.text
    assert told.text.endswith("lost.")


def test_what_the_walk_meets_is_told_before_the_exit_that_it_means() -> None:
    marked = played(x2(), "enable", "write 0x5000").at(e.EptWalked)
    denied = played(x2(), "enable", "read 0x0", "write 0x5000").at(e.EptWalked)
    small = played(x4(), *ARMED, "write 0x5000", strategy=WRITE_PROTECT).at(e.EptWalked)

    assert marked.text.endswith(
        "(1) PML4E 0 holds memory type 7, which is reserved: no access may pass."
    )
    assert marked.verdict == "VM exit 49 comes next"
    assert denied.text.endswith("(1) PDE 0 has W=0, and it maps 2 MiB.")
    assert denied.verdict == "VM exit 48 comes next"
    assert small.text.endswith("(1) PTE 5 has W=0.")


def test_a_flag_of_the_path_counts_as_well_as_d() -> None:
    lab = Lab(EptLevel.PTE, 1024)
    lab.change(5, a=0, d=0)

    item = in_lab(lab, AccessKind.READ, 0x5000)

    checked = item.at(e.PmlIndexChecked).text
    assert "(1) PTE 5 allows it, but an A flag on its path must first go 0→1" in checked
    assert "A flag" in item.at(e.AccessedSet).text


def test_the_page_walker_is_named_and_its_use_counts_as_a_write() -> None:
    told = played(x2(), "enable", "write 0x600000", "walk 0x601000").rest

    assert told.text.startswith("The page walker of vCPU 0 uses gpa 0x601000: (1) PTE 1 is writ")
    assert told.text.endswith("It counts as a write.")
    assert (told.citation, told.claim) == (Rule.GUEST_PAGE_WALK, "C30")


def test_a_retry_says_that_it_is_one() -> None:
    item = played(x2(), "enable", "write 0x5000")
    n = item.number(e.AccessBegan, last=True)

    assert item.at(n).text == "vCPU 0 is back in the guest and tries gpa 0x5000 again."
    assert item.at(n + 1).text.startswith("vCPU 0 tries gpa 0x5000 again: no translation")


def test_a_linear_address_is_called_so_until_its_translation_is_known() -> None:
    item = played(x4(), *ARMED, "write 0x5000")
    paged = msgspec.structs.replace(item.before.vcpus[0], paging=GuestPaging(Gpa(0x1000)))
    before = msgspec.structs.replace(item.before, vcpus=(paged,))

    told = [story(before, item.events[:n], item.events).text for n in (1, 2, 3)]

    assert told[0] == "vCPU 0 is about to write linear address 0x5000."
    assert told[1].startswith("vCPU 0 is about to write linear address 0x5000: no translation")
    assert told[2].startswith("vCPU 0 is about to write gpa 0x5000: the walk")
