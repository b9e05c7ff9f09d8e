from pmlviz.core import events as e
from pmlviz.core.evolve import fold
from pmlviz.core.moment import Moment
from tests.core.play import x2, x4
from tests.core.told import Played, played


def at(item: Played, n: int) -> Moment:
    """Return the moment after *n* events of *item*."""
    return Moment(item.before, item.events[:n], item.events, who="Xen")


def test_a_moment_folds_what_has_happened_and_no_more() -> None:
    item = played(x4(), "enable", "write 0x5000")
    n = item.number(e.PmlLogged)

    m = at(item, n)

    assert m.state == fold(item.before, item.events[:n])
    assert m.before_last == fold(item.before, item.events[: n - 1])
    assert not m.at_rest
    assert at(item, len(item.events)).at_rest


def test_a_state_that_is_known_is_not_folded_again() -> None:
    item = played(x4(), "enable")

    m = Moment(item.before, item.events, item.events, who="Xen", state=item.after)

    assert m.state is item.after


def test_the_exit_that_comes_next_is_known_and_only_that() -> None:
    item = played(x2(), "enable", "write 0x5000")
    n = item.number(e.VmExited)

    assert at(item, n - 1).next_exit == 49
    assert at(item, n).next_exit is None
    assert at(item, len(item.events)).next_exit is None


def test_the_state_before_a_kind_of_event_is_that_before_its_first() -> None:
    item = played(x4(), "enable", "write 0x5000", "clean")

    m = at(item, len(item.events))

    assert list(m.state_before(e.BitmapCleaned).domain.bitmap.bits) == [5]
    assert m.state_before(e.VmExited) is m.state


def test_the_controls_of_a_vcpu_are_those_before_the_item() -> None:
    item = played(x4(vcpus=2), "enable", "read 0x0")

    assert at(item, 1).vcpu(1).pml
    assert at(item, 1).entries == 512
