from pmlviz.core.rules import Rule
from pmlviz.core.state import Platform
from tests.core.play import WRITE_PROTECT, x1, x2, x4
from tests.core.told import played


def test_a_first_write_to_a_superpage_has_five_discs_and_is_not_logged() -> None:
    told = played(x2(), "enable", "write 0x5000").rest

    assert told.text == (
        "vCPU 0 writes gpa 0x5000: (1) exits 49 and 48, for (2) PDE 0 has W=0. Xen (3) marks gfn 5 "
        "and (4) splits its 2 MiB into 512; the retry stores unlogged, for (5) D is 1."
    )
    assert [d.anchor for d in told.discs] == ["exit", "leaf.w", "bitmap", "split", "leaf.d"]
    assert (told.verdict, told.claim) == ("2 VM exits: 49, 48", "C18")
    assert told.citation is Rule.EPT_VIOLATION


def test_a_huge_page_tells_its_tables() -> None:
    assert (
        "splits its 1 GiB into 262144 (513 tables)" in played(x1(), "enable", "write 0").rest.text
    )


def test_a_full_log_is_drained_and_the_retry_logged() -> None:
    lines = ("enable", "write gfn 600", "write gfn 0..510", "write gfn 601")

    told = played(x4(), *lines).rest

    assert told.text == (
        "vCPU 0 writes gpa 0x259000: (1) exit 62, for (2) index 0xffff names no slot. Xen drains "
        "512 addresses into (3) the bitmap; the retry sets (4) D: (5) PML[511] = 0x259000."
    )
    assert (told.verdict, told.claim) == ("VM exit 62", "C17")


def test_a_touch_of_a_marked_table_tells_what_became_of_its_pages() -> None:
    first = played(x4(), "enable", "read 0x0").rest
    again = played(x4(), "enable", "write gfn 5..6", "clean", "read 0x0").rest
    one = played(x4(), "enable", "write 0x5000", "clean", "read 0x0").rest
    none = played(x4(), "enable", "read 0x0", "clean", "read 0x0").rest
    large = played(x2(), "enable", "read 0x0").rest
    off = played(x4(), "enable", "read 0x0", "disable", "read 0x0").rest

    assert first.text == (
        "vCPU 0 reads gpa 0x0: (1) exit 49, for its path was marked. Xen makes (2) all 512 pages "
        "of its table logdirty; the retry reads and sets no D."
    )
    assert "recomputes (2) its table: 2 of 512 pages become logdirty" in again.text
    assert "recomputes (2) its table: 1 page becomes logdirty" in one.text
    assert "recomputes (2) its table, where no type changes" in none.text
    assert "makes (2) its 2 MiB page logdirty, W=0 D=0" in large.text
    assert "makes (2) all 512 pages of its table ram_rw" in off.text


def test_write_protection_marks_each_page_in_an_exit_of_its_own() -> None:
    told = played(x4(), "enable", "read 0x0", "write 0x6000", strategy=WRITE_PROTECT).rest

    assert told.text == (
        "vCPU 0 writes gpa 0x6000: (1) exit 48, for (2) PTE 6 has W=0. Xen (3) marks gfn 6 and "
        "makes it writable; the retry stores."
    )
    assert told.claim == "C23"


def test_a_straddling_write_that_met_a_full_log_names_both_pages() -> None:
    lines = ("enable", "read 0x0", "set-index 0x0", "write 0x5ffc size 8")

    told = played(x4(), *lines).rest

    assert told.text.startswith("vCPU 0 writes 8 bytes across gfn 5 and 6: (1) exit 62")
    assert told.text.endswith("An earlier try logged gfn 5.")


def test_two_marked_tables_are_two_exits() -> None:
    told = played(x4(), "enable", "write 0x1ffffc size 8").rest

    assert told.verdict == "2 VM exits: 49, 49"
    assert "exits 49 and 49, for their paths were marked" in told.text
    assert told.text.endswith("(4) PML[510] = 0x200000. An earlier try logged gfn 511.")


def test_a_fetch_splits_a_superpage_that_is_not_executable() -> None:
    start = x2(platform=Platform(exec_sp=False))

    told = played(start, "enable", "read 0x0", "fetch 0x5000").rest

    assert "for (2) PDE 0 has X=0. Xen (3) splits its 2 MiB into 512" in told.text
    assert told.text.endswith("the retry fetches and sets no D.")


def test_a_page_walk_that_exits_is_told_by_the_walker() -> None:
    told = played(x2(), "enable", "walk 0x600000").rest

    assert told.text.startswith("The page walker of vCPU 0 uses gpa 0x600000: (1) exits 49 and 48")
    assert told.text.endswith("the retry goes on.")
    assert told.claim == "C30"
