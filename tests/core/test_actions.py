"""Actions are values: equal, hashable, and strictly decoded by their types."""

from typing import get_args

import msgspec
import pytest

from pmlviz.core.actions import Action, CleanBitmap, GuestAccess
from pmlviz.core.exits import AccessKind
from pmlviz.core.units import Gla

KINDS = get_args(Action)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_action_says_what_it_asks_for(kind: type[msgspec.Struct]) -> None:
    assert (kind.__doc__ or "").strip().endswith(".")
    assert kind.__struct_config__.frozen


def test_actions_are_equal_by_value_and_can_be_keys() -> None:
    one = GuestAccess(0, AccessKind.WRITE, Gla(0x5123))
    same = GuestAccess(0, AccessKind.WRITE, Gla(0x5123), size=1, retry=False)

    assert one == same
    assert {one: 1}[same] == 1


def test_an_access_is_survived_by_its_json() -> None:
    action = GuestAccess(1, AccessKind.RMW, Gla(0x5123), 4, retry=True)

    assert msgspec.json.decode(msgspec.json.encode(action), type=GuestAccess) == action


def test_clean_sends_unless_told_otherwise() -> None:
    assert CleanBitmap().send
