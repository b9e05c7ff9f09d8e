"""Lines of history are values."""

from pmlviz.core.items import Item, Op
from pmlviz.core.strategies import STRATEGIES
from pmlviz.ui.branches import Branches
from tests.ui.playing import timeline_of

READ = Item(Op.READ, 0x5000)


def test_acting_at_the_end_extends_the_line() -> None:
    branches = Branches.of(timeline_of("tour-xen"))

    after = branches.acted(7, READ)

    assert [len(line.timeline.script) for line in after.lines] == [8]


def test_acting_in_the_past_starts_a_branch_and_the_line_keeps_its_future() -> None:
    branches = Branches.of(timeline_of("tour-xen"), ((2, "two"), (6, "six")))

    after = branches.acted(3, READ)

    assert [len(line.timeline.script) for line in after.lines] == [7, 4]
    assert after.line.name == "branch 1"
    assert after.line.notes == ((2, "two"),)
    assert after.lines[0].notes == ((2, "two"), (6, "six"))


def test_a_branch_can_be_dropped_but_not_the_main_line() -> None:
    branches = Branches.of(timeline_of("tour-xen")).acted(3, READ)

    assert branches.dropped(0) is branches
    assert [line.name for line in branches.dropped(1).lines] == ["main"]
    assert branches.dropped(1).current == 0


def test_another_strategy_plays_the_same_lines() -> None:
    branches = Branches.of(timeline_of("tour-xen")).acted(3, READ)

    other = branches.under(STRATEGIES["write-protect"])

    assert {line.timeline.strategy.name for line in other.lines} == {"write-protect"}
    assert other.line.timeline.script is branches.line.timeline.script
    assert other.under(STRATEGIES["write-protect"]) is other


def test_a_note_is_replaced_and_an_empty_one_removed() -> None:
    branches = Branches.of(timeline_of("tour-xen"), ((2, "two"),))

    assert branches.noted(2, "zwei").line.notes == ((2, "zwei"),)
    assert branches.noted(2, "").line.notes == ()
