"""What the processor's events promise."""

import inspect

import pytest

from pmlviz.core import cpu_events
from pmlviz.core.exits import ExitReason, VmExit
from pmlviz.core.fact import Fact
from pmlviz.core.rules import Rule

EVENTS = [
    kind
    for _, kind in inspect.getmembers(cpu_events, inspect.isclass)
    if issubclass(kind, Fact) and kind is not Fact
]


@pytest.mark.parametrize("kind", EVENTS, ids=lambda k: k.__name__)
def test_every_event_of_the_processor_names_its_vcpu_and_says_what_happened(
    kind: type[Fact],
) -> None:
    assert kind.__struct_fields__[0] == "vcpu"
    assert (kind.__doc__ or "").strip().endswith(".")


@pytest.mark.parametrize(
    ("reason", "rule"),
    [
        (ExitReason.EPT_VIOLATION, Rule.EPT_VIOLATION),
        (ExitReason.EPT_MISCONFIG, Rule.EPT_MISCONFIG),
        (ExitReason.PML_FULL, Rule.PML_FULL),
    ],
)
def test_the_rule_of_an_exit_is_that_of_its_reason(reason: ExitReason, rule: Rule) -> None:
    assert cpu_events.VmExited(0, VmExit(reason)).rule is rule
