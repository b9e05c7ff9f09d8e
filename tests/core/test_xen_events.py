"""What the events of hypervisor and toolstack promise."""

import inspect

import pytest

from pmlviz.core import events, xen_events
from pmlviz.core.fact import Fact
from pmlviz.core.rules import Rule

EVENTS = [
    kind
    for _, kind in inspect.getmembers(xen_events, inspect.isclass)
    if issubclass(kind, Fact) and kind is not Fact
]


@pytest.mark.parametrize("kind", EVENTS, ids=lambda k: k.__name__)
def test_every_event_of_software_has_a_rule_and_says_what_happened(kind: type[Fact]) -> None:
    assert isinstance(getattr(kind, "rule", None), Rule)
    assert (kind.__doc__ or "").strip().endswith(".")


@pytest.mark.parametrize("kind", EVENTS, ids=lambda k: k.__name__)
def test_every_event_of_software_is_one_of_the_events(kind: type[Fact]) -> None:
    assert kind in events.Event.__args__
