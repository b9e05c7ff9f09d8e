"""What is said under a buffer, and when its valve opens."""

import pytest

from pmlviz.core import events as e
from pmlviz.core.boot import boot
from pmlviz.core.script import ItemScript
from pmlviz.core.state import Platform, Region
from pmlviz.core.strategies import STRATEGIES
from pmlviz.core.timeline import Timeline
from pmlviz.core.units import EptLevel, Gfn
from pmlviz.ui.figures.slot_words import no_pml, valve_words, words_of
from pmlviz.ui.frame import Frame
from tests.ui.figures.stage_frames import frame_after, frame_at, timeline
from tests.ui.figures.test_slot_rows import buffer_of
from tests.ui.playing import frame_of


def said(frame: Frame, vcpu: int = 0) -> str:
    return " ".join(words_of(frame, buffer_of(frame, vcpu)))


def test_an_empty_buffer_says_how_it_fills() -> None:
    assert said(frame_of("tour-xen", 1)) == (
        "Empty: the processor fills it downward, from slot 511 to 0."
    )


def test_a_log_says_what_the_word_holds_and_what_it_does_not() -> None:
    assert said(frame_of("tour-xen", 4, 7)).startswith(
        "Stored on the D 0→1 of gfn 0x6; the word keeps bits 11:0 clear and no level."
    )


def test_a_log_of_a_superpage_says_that_the_size_is_not_in_it() -> None:
    frame = frame_of("tour", 3, strategy="superpage-naive")

    assert "D 0→1 of a 2 MiB leaf" in said(frame)


def test_the_page_that_a_handler_marked_is_said_to_be_elsewhere() -> None:
    assert said(frame_of("tour-xen", 4)).endswith(
        "gfn 0x5 is not here: the handler set its bit and mapped it with D = 1."
    )


def test_between_d_and_the_log_it_says_where_the_address_goes() -> None:
    assert said(frame_of("tour-xen", 4, 6)).startswith(
        "D is set; the address goes to PML[511] next."
    )


def test_slot_0_filled_is_no_exit() -> None:
    assert said(frame_of("pml-full", 514)) == (
        "The index went 0 → 0xffff without any exit. Writes to pages with D = 1 still run. "
        "The next access that needs A or D set exits 62, before it happens."
    )


def test_an_access_that_meets_the_full_log_changes_nothing() -> None:
    assert said(frame_of("pml-full", 515, 12)).startswith(
        "A flag must go 0→1 and no slot is left: A, D, log and index stay as they are."
    )


def test_an_index_past_the_buffer_set_by_hand_did_not_step_there() -> None:
    frame = frame_at(timeline("enable\nset-index 0x200"), 2)

    assert said(frame).startswith("The index is past slot 511: the buffer counts as full.")


def test_a_silent_write_says_where_the_page_is_recorded() -> None:
    assert said(frame_of("d-is-silent", 3)) == (
        "Nothing is stored: D of the leaf of gfn 0x5 is 1 already. The page waits in PML[511]."
    )


def test_a_silent_write_of_another_vcpu_names_whose_buffer_has_it() -> None:
    line = timeline("enable\nwrite 0x5000\nvcpu1 write 0x5000", level=EptLevel.PTE, vcpus=2)

    assert "PML[511] of vCPU 0." in said(frame_at(line, 3), 1)


def test_a_write_that_no_record_has_is_said_to_be_lost_once_it_is_done() -> None:
    before = frame_of("tour", 4, 5, strategy="superpage-naive")
    after = frame_of("tour", 4, strategy="superpage-naive")

    assert "lost" not in said(before)
    assert said(after).endswith("No record has this write: it is lost.")


def test_a_drain_reads_and_does_not_erase() -> None:
    line = timeline("enable\nwrite 0x5000\nwrite 0x6000\ndrain")

    reading = said(frame_after(line, 4, e.PageMarked))
    done = said(frame_at(line, 4))

    assert "a word is not erased" in reading
    assert done.startswith("The index is 511 again. The words stay in the page, stale.")


def test_words_that_wait_are_counted() -> None:
    frame = frame_of("two-vcpus", 2, 1)
    line = timeline("enable\nwrite 0x5000\nwrite 0x6000\nread 0x7000")

    assert said(frame).startswith("Empty")
    assert said(frame_at(line, 4)).startswith(
        "1 word waits here; only a drain takes them to the bitmap."
    )


@pytest.mark.parametrize(
    ("script", "strategy", "pml", "reason"),
    [
        ("copy-all", "xen", True, "log-dirty mode is not on"),
        ("enable", "write-protect", True, "write-protect learns of a first write by exit 48"),
        ("enable", "xen", False, "This processor has no PML"),
    ],
)
def test_without_pml_it_says_why(script: str, strategy: str, pml: bool, reason: str) -> None:  # noqa: FBT001
    state = boot([Region(Gfn(0), 1024, EptLevel.PTE)], platform=Platform(pml=pml))
    line = Timeline(state, ItemScript.parse(script), STRATEGIES[strategy])

    assert reason in no_pml(frame_at(line, 1))


def test_the_valve_says_when_it_opens_by_the_strategys_rules() -> None:
    assert valve_words(frame_of("tour-xen", 4), 0) == (
        ("drain shut: opens at PEEK, CLEAN, exit 62", "drain: PEEK, CLEAN, exit 62", "drain shut"),
        False,
    )
    assert valve_words(frame_of("pml-full", 515, 12), 0)[0][0].endswith("exit 62, the next event")


def test_the_valve_is_open_from_the_drains_begin_until_the_index_is_written() -> None:
    line = timeline("enable\nwrite 0x5000\nwrite 0x6000\ndrain")
    kinds = (e.DrainBegan, e.PageMarked, e.PmlIndexReset)

    opens = [valve_words(frame_after(line, 4, kind), 0)[1] for kind in kinds]

    assert opens == [True, True, False]
    assert not valve_words(frame_at(line, 4), 0)[1]
