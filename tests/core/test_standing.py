from pmlviz.core.account import account
from pmlviz.core.standing import Slot, slot_of, spent_on, standing
from tests.core.play import SUPERPAGE_NAIVE, x2, x4
from tests.core.told import played


def test_the_slot_of_a_waiting_page_is_found_in_whatever_buffer_it_is() -> None:
    state = played(x4(vcpus=2), "enable", "write gfn 5", "vcpu1 write gfn 6").after

    assert slot_of(state, 5) == Slot(0, 511)
    assert slot_of(state, 6) == Slot(1, 511)
    assert slot_of(state, 7) is None


def test_a_page_that_waits_in_another_vcpus_buffer_is_said_to() -> None:
    state = played(x4(vcpus=2), "enable", "write gfn 5").after

    assert standing(state, 5, 0) == "gfn 5 waits in {pml.slot} PML[511] already."
    assert standing(state, 5, 1) == "gfn 5 waits in {pml.slot} PML[511] of vCPU 0 already."


def test_a_page_in_the_bitmap_is_said_to_be_there_and_one_in_no_record_is_not() -> None:
    state = played(x4(), "enable", "write gfn 5", "peek").after

    assert standing(state, 5, 0) == "gfn 5 is in {bitmap} the bitmap already."
    assert standing(state, 6, 0) == ""


def test_with_the_mode_off_nobody_keeps_a_record() -> None:
    assert standing(x4(), 5, 0) == "Log-dirty mode is off."


def test_the_page_that_used_up_a_superpages_flag_is_named_also_after_a_drain() -> None:
    lines = ("enable", "write 0x5000", "write 0x6000")
    item = played(x2(), *lines, strategy=SUPERPAGE_NAIVE)
    leaf = account(item.events)[0].legs[0].last
    drained = played(x2(), *lines, "drain", strategy=SUPERPAGE_NAIVE).after
    assert leaf is not None

    assert spent_on(item.after, 6, leaf) == 5
    assert spent_on(drained, 6, leaf) == 5
    assert spent_on(item.after, 600, leaf) is None
