"""Xen's handlers where two vCPUs, or a vCPU and the toolstack, come in between one another."""

from pmlviz.core.actions import DrainPml, GuestAccess, HandleExit
from pmlviz.core.events import (
    MarkedBy,
    PageMarked,
    PagesCopied,
    SpuriousMisconfigExpected,
    VmEntered,
)
from pmlviz.core.exits import AccessKind
from pmlviz.core.state import Platform
from pmlviz.core.units import Gfn, Gla
from tests.core.play import play, x2, x4

NO_PML = Platform(pml=False)


def write(vcpu: int, gfn: int) -> GuestAccess:
    return GuestAccess(vcpu, AccessKind.WRITE, Gla(gfn << 12))


def test_x_35_the_slower_of_two_misconfigurations_is_tolerated_once() -> None:
    start = play(x4(vcpus=2), "enable")

    now = start.do(write(0, 5), write(1, 6), HandleExit(0), HandleExit(1))

    assert SpuriousMisconfigExpected((1,), on=True) in now.steps[2].events
    assert now.steps[3].events == (SpuriousMisconfigExpected((1,), on=False), VmEntered(1))


def test_a_violation_that_another_vcpu_has_resolved_marks_again_and_changes_nothing() -> None:
    start = play(x4(vcpus=2, platform=NO_PML), "enable", "read gfn 5")

    now = start.do(write(0, 5), write(1, 5), HandleExit(0), HandleExit(1))

    assert now.steps[3].events == (
        PageMarked(Gfn(5), MarkedBy.HANDLER, was_set=True),
        VmEntered(1),
    )


def test_a_violation_met_by_a_clean_carries_the_pending_change_out_first() -> None:
    start = play(x2(), "enable", "read gfn 5")

    now = start.do(write(0, 5)).play("clean").do(HandleExit(0))

    assert now.names == [
        "PageMarked",
        "RecalcPushed",
        "RecalcPushed",
        "EntryRetyped",
        "SpuriousMisconfigExpected",
        "SuperpageSplit",
        "EntryRetyped",
        "EptInvalidated",
        "VmEntered",
    ]
    assert now.dirty == [5]


def test_a_full_log_drains_only_the_vcpu_that_met_it() -> None:
    start = play(x4(vcpus=2), "enable", "write gfn 0..511", "vcpu1 write gfn 600")

    now = start.play("write gfn 700")

    assert now.exits == [62]
    assert now.dirty == list(range(512))
    assert now.logged(1) == [600]


def test_clean_and_peek_drain_every_vcpu() -> None:
    start = play(x4(vcpus=2), "enable", "write gfn 5", "vcpu1 write gfn 6")

    assert start.play("peek").dirty == [5, 6]
    assert PagesCopied((Gfn(5), Gfn(6))) in start.play("clean").events


def test_draining_one_vcpu_pauses_nobody_and_draining_all_pauses_the_domain() -> None:
    start = play(x4(), "enable", "write gfn 5")

    one, both = start.do(DrainPml(0)), start.play("drain")

    assert both.names == ["DomainPaused", *one.names, "DomainUnpaused"]
    assert one.names[0] == "DrainBegan"
