"""What is typed becomes items, and tells what it would do."""

import pytest

from pmlviz.core.errors import ScriptError
from pmlviz.core.items import Item, Op
from pmlviz.core.strategies import STRATEGIES
from pmlviz.ui import acting
from tests.ui.playing import timeline_of

XEN = STRATEGIES["xen"]


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("0x6000", Item(Op.WRITE, 0x6000)),
        ("gfn 6", Item(Op.WRITE, 0x6000)),
        ("24576", Item(Op.WRITE, 0x6000)),
        ("read 0x6000", Item(Op.READ, 0x6000)),
        ("clean", Item(Op.CLEAN)),
    ],
)
def test_an_address_alone_is_a_write_and_anything_else_a_script_line(text: str, item: Item) -> None:
    assert acting.items_of(text) == (item,)


def test_accesses_are_made_by_the_chosen_vcpu_unless_the_line_names_one() -> None:
    assert acting.items_of("0x6000", 1) == (Item(Op.WRITE, 0x6000, 1),)
    assert acting.items_of("vcpu0 write 0x6000", 1) == (Item(Op.WRITE, 0x6000, 0),)
    assert acting.items_of("clean", 1) == (Item(Op.CLEAN),)


def test_the_first_write_to_a_superpage_is_predicted_with_its_exits_and_its_split() -> None:
    timeline = timeline_of("tour-xen")
    before = timeline.play(3).before

    words = acting.predict(before, acting.items_of("0x5000"), XEN)

    assert words == ("EPT misconfiguration, EPT violation, gfn 5 marked, 2 MiB split, +1 table")


def test_a_logged_write_is_predicted_without_exit() -> None:
    before = timeline_of("tour-xen").play(4).before

    words = acting.predict(before, acting.items_of("0x6000"), XEN)

    assert words == "D 0→1, logged in slot 511, no exit"


def test_a_second_write_to_the_same_page_logs_nothing() -> None:
    after = timeline_of("tour-xen").play(4).after

    words = acting.predict(after, acting.items_of("0x6000"), XEN)

    assert words == "nothing is logged, no exit"


def test_what_is_not_allowed_now_says_why() -> None:
    start = timeline_of("tour-xen").start

    assert acting.why_not(start, Item(Op.CLEAN), XEN)
    assert not acting.why_not(start, Item(Op.ENABLE), XEN)


def test_a_hint_tells_what_is_wrong_while_one_types() -> None:
    start = timeline_of("tour-xen").start

    assert acting.hint(start, "", 0, XEN) == ""
    assert "did you mean 'write'" in acting.hint(start, "wirte 0x5000", 0, XEN)
    assert acting.hint(start, "enable", 0, XEN).startswith("enable → ")


def test_what_cannot_be_read_raises_and_names_it() -> None:
    with pytest.raises(ScriptError, match="not a number"):
        acting.items_of("0x")
