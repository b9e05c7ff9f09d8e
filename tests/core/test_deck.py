from pmlviz.core import events as e
from pmlviz.core.deck import Chip, handler_chips, handler_line
from pmlviz.core.ept import EptEntry
from pmlviz.core.exits import ExitReason, VmExit
from pmlviz.core.units import Gfn, Mfn
from tests.core.play import SUPERPAGE_NAIVE, WRITE_PROTECT, x1, x2, x4
from tests.core.told import Played, played


def chips(item: Played) -> list[tuple[str, str]]:
    """Return glyph and words of each chip of *item*."""
    return [(chip.glyph, chip.text) for chip in handler_chips(item.events)]


def test_a_first_write_to_a_superpage_is_six_chips() -> None:
    item = played(x2(), "enable", "write 0x5000")

    assert chips(item) == [
        ("misconfig", "49 resolve type"),
        ("violation", "48 qual 0x1aa"),
        ("mark", "gfn 5 in bitmap"),
        ("split", "split 1 → 512"),
        ("", "ram_rw D=1"),
        ("", "retry"),
    ]
    assert handler_line(item.events, item.before) == (
        "PDE [0]: 0xb8200001000001f5 → 0xb800000002345107. The 511 siblings became W=1 D=0, "
        "so the processor can log them."
    )


def test_a_full_log_is_five_chips_however_many_pages_it_holds() -> None:
    item = played(x4(), "enable", "write gfn 600", "write gfn 0..510", "write gfn 601")

    assert chips(item) == [
        ("full", "62 PML full"),
        ("drain", "drain 512 → bitmap"),
        ("", "types → ram_rw"),
        ("", "index = 511"),
        ("", "retry the write"),
    ]
    assert handler_line(item.events, item.before) == (
        "The exit cannot say which page it was: the qualification defines only bit 12. "
        "The buffer is all Xen has."
    )


def test_a_chip_says_with_which_event_it_begins() -> None:
    item = played(x2(), "enable", "write 0x5000")

    at = {chip.text: chip.at for chip in handler_chips(item.events)}

    assert at["49 resolve type"] == item.number(e.VmExited)
    assert at["split 1 → 512"] == item.number(e.SuperpageSplit)
    assert at["retry"] == item.number(e.VmEntered, last=True)


def test_where_the_hypervisor_did_not_run_there_are_no_chips() -> None:
    item = played(x2(), "enable", "write 0x5000", "write 0x6000")

    assert handler_chips(item.events) == ()
    assert handler_line(item.events, item.before) == ""


def test_the_operations_show_their_order() -> None:
    enable = played(x2(), "enable")
    clean = played(x4(), "enable", "write 0x5000", "clean")
    peek = played(x4(), "enable", "write 0x5000", "peek")
    disable = played(x4(), "enable", "disable")

    assert [text for _, text in chips(enable)] == [
        *("log-dirty on", "PML on, index 511", "A/D on", "INVEPT", "mark PML4E 0", "INVEPT")
    ]
    assert chips(clean) == [
        ("drain", "drain 1 → bitmap"),
        ("", "types → ram_rw"),
        ("", "index = 511"),
        ("clean", "CLEAN returns 1"),
        ("", "mark PML4E 0"),
        ("", "INVEPT"),
        ("", "send gfn 5"),
    ]
    assert chips(peek)[-1] == ("clean", "PEEK returns 1")
    assert [text for _, text in chips(disable)][:3] == ["log-dirty off", "PML off", "A/D off"]


def test_each_operation_has_one_thing_to_know() -> None:
    def line(*lines: str) -> str:
        item = played(x2(), *lines)
        return handler_line(item.events, item.before)

    assert line("enable") == (
        "PML4E [0]: 0xb800000002343107 → 0xb80000000234353f. No entry below it is touched."
    )
    assert line("enable", "peek").startswith("Nothing is armed again")
    assert line("enable", "clean").startswith("The domain is paused throughout")
    assert line("enable", "write gfn 5..6", "drain").startswith("The words stay in the buffer")
    assert line("copy-all") == ""


def test_a_strategy_that_rewrites_all_leaves_says_how_many() -> None:
    item = played(x4(), "enable", strategy=SUPERPAGE_NAIVE)

    assert ("", "1024 leaves: W=1 D=0") in chips(item)
    assert handler_line(item.events, item.before).startswith("Every leaf is written now")


def test_two_buffers_are_drained_one_after_the_other() -> None:
    item = played(x4(vcpus=2), "enable", "write gfn 5", "vcpu1 write gfn 6", "clean")

    drains = [text for glyph, text in chips(item) if glyph == "drain"]

    assert drains == ["drain 1 of vCPU 0 → bitmap", "drain 1 of vCPU 1 → bitmap"]


def test_what_is_done_many_times_is_one_chip() -> None:
    split = next(
        x for x in played(x2(), "enable", "write 0x5000").events if isinstance(x, e.SuperpageSplit)
    )
    marked = [e.PageMarked(Gfn(g), e.MarkedBy.HANDLER, was_set=False) for g in range(512)]

    assert handler_chips([split, split]) == (Chip("split", "split 2 × 1 → 512", 1),)
    assert handler_chips(marked) == (Chip("mark", "512 pages in bitmap", 1),)


def test_write_protection_tells_the_entry_and_that_siblings_will_exit() -> None:
    page = played(x4(), "enable", "read 0x0", "write 0x5000", strategy=WRITE_PROTECT)
    split = played(x2(), "enable", "write 0x5000", strategy=WRITE_PROTECT)

    assert handler_line(page.events, page.before) == (
        "PTE [5]: 0xb820000100005175 → 0xb800000100005377: ram_rw, W=1 D=1."
    )
    assert handler_line(split.events, split.before).endswith(
        "The 511 siblings became W=0 D=0, so each exits 48 at its first write."
    )


def test_a_misconfiguration_tells_what_was_repaired() -> None:
    large = played(x2(), "enable", "read 0x0")
    small = played(x4(), "enable", "read 0x0")
    huge = played(x1(), "enable", "write 0x0")

    assert handler_line(large.events, large.before).endswith("Still one 2 MiB entry, W=0 D=0.")
    assert handler_line(small.events, small.before).startswith("All 512 entries of table 0x2345")
    assert "The 262143 siblings" in handler_line(huge.events, huge.before)


def test_before_anything_is_done_about_an_exit_the_line_speaks_of_the_exit() -> None:
    violation = e.VmExited(0, VmExit(ExitReason.EPT_VIOLATION, 0x1AA))
    misconfig = e.VmExited(0, VmExit(ExitReason.EPT_MISCONFIG))
    other = e.VmExited(0, VmExit(ExitReason.EXTERNAL_INTERRUPT))

    assert handler_line([violation], x4()).startswith("The exit tells the address")
    assert handler_line([misconfig], x4()).endswith("repairing it needs no INVEPT.")
    assert handler_line([other], x4()) == ""
    assert handler_chips([other]) == (Chip("", "exit 1", 1),)


def test_what_is_done_by_hand_has_a_chip() -> None:
    written = e.EptEntryWritten(Mfn(1), 0, EptEntry(0), EptEntry(1))

    assert [c.text for c in handler_chips([written])] == ["entry written by hand"]
    assert [c.text for c in handler_chips([e.PmlIndexReset(0, 511, 0xFFFF)])] == ["index = 0xffff"]
    assert [c.text for c in handler_chips([e.AllPagesCopied(4096)])] == ["send all 4096"]
