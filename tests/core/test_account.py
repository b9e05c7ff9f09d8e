from pmlviz.core import events as e
from pmlviz.core.account import account
from pmlviz.core.exits import ExitReason
from tests.core.play import x2, x4
from tests.core.told import played


def test_a_write_without_an_exit_is_one_attempt_of_one_leg() -> None:
    item = played(x4(), "enable", "read 0x0", "write 0x5000")

    (attempt,) = account(item.events)

    assert attempt.visit is None
    assert attempt.done
    (leg,) = attempt.legs
    assert (leg.gpa, leg.gfn, leg.page) == (0x5000, 5, 5)
    assert leg.logged is not None
    assert leg.stepped is not None
    assert leg.last is not None
    assert leg.last.index == 5


def test_each_exit_ends_an_attempt_and_begins_a_visit() -> None:
    item = played(x2(), "enable", "write 0x5000")

    attempts = account(item.events)

    visits = [a.visit for a in attempts if a.visit is not None]
    assert [v.reason for v in visits] == [ExitReason.EPT_MISCONFIG, ExitReason.EPT_VIOLATION]
    assert [a.done for a in attempts] == [False, False, True]
    assert all(v.entered for v in visits)
    assert visits[0].split is None
    assert visits[1].split is not None
    assert visits[1].marked == [5]


def test_a_visit_under_way_is_not_entered_yet() -> None:
    item = played(x2(), "enable", "write 0x5000")
    n = item.number(e.VmExited)

    (attempt,) = account(item.events[:n])

    assert attempt.visit is not None
    assert not attempt.visit.entered
    assert attempt.visit.events == []


def test_a_full_log_is_drained_in_its_visit() -> None:
    item = played(x4(), "enable", "write gfn 600", "write gfn 0..510", "write gfn 601")

    visit = account(item.events)[0].visit

    assert visit is not None
    assert visit.drained == 512


def test_a_straddling_write_has_a_leg_for_each_page() -> None:
    item = played(x4(), "enable", "read 0x0", "write 0x5ffc size 8")

    (attempt,) = account(item.events)

    assert [leg.gfn for leg in attempt.legs] == [5, 6]
    assert all(leg.done is not None for leg in attempt.legs)


def test_a_cached_translation_needs_no_walk() -> None:
    item = played(x4(), "enable", "write 0x5000", "write 0x5008")

    (attempt,) = account(item.events)

    (leg,) = attempt.legs
    assert leg.hit is not None
    assert leg.last is None
    assert leg.gfn == 5


def test_what_is_no_access_has_no_attempts() -> None:
    assert account(played(x4(), "enable").events) == []
    assert account([]) == []
