"""What may be typed at "go to"."""

import pytest

from pmlviz.core.errors import PmlvizError
from pmlviz.core.timeline import Position
from pmlviz.ui.goto import REST, parse
from tests.ui.playing import timeline_of

HERE = Position(3, 2)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("5", Position(5, REST)),
        ("0", Position(0, REST)),
        ("5.2", Position(5, 2)),
        ("50%", Position(4, REST)),
        ("100 %", Position(7, REST)),
        ("+2", Position(5, REST)),
        ("+100", Position(7, REST)),
        ("-9", Position(0, REST)),
        ("exit 1", Position(3, 4)),
        ("exit 2", Position(3, 12)),
        ("gfn 0x6", 6),
    ],
)
def test_items_shares_distances_exits_and_frames_are_places(text: str, position: object) -> None:
    assert parse(text, timeline_of("tour-xen"), HERE) == position


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("99", "there is no item 99"),
        ("exit 3", "there is no exit 3"),
        ("gfn 0xfffff", "there is no gfn 0xfffff"),
        ("tomorrow", "cannot go to 'tomorrow'"),
    ],
)
def test_what_is_not_there_is_said_with_what_is(text: str, says: str) -> None:
    with pytest.raises(PmlvizError, match=says) as caught:
        parse(text, timeline_of("tour-xen"), HERE)

    assert caught.value.hint
