"""All events together: each obeys a rule, and the union lacks none."""

import inspect
from typing import get_args

import pytest

from pmlviz.core import cpu_events, events, xen_events
from pmlviz.core.events import Event
from pmlviz.core.fact import Fact
from pmlviz.core.rules import Rule

KINDS = get_args(Event)


def facts_of(module: object) -> set[type]:
    """Return the events that *module* defines."""
    members = inspect.getmembers(module, inspect.isclass)
    return {kind for _, kind in members if issubclass(kind, Fact) and kind is not Fact}


def test_the_union_holds_the_events_of_processor_and_hypervisor() -> None:
    assert set(KINDS) == facts_of(cpu_events) | facts_of(xen_events)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_event_obeys_a_rule(kind: type[Fact]) -> None:
    assert isinstance(kind.rule, (Rule, property))  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_events_can_be_had_from_one_place(kind: type[Fact]) -> None:
    assert getattr(events, kind.__name__) is kind
