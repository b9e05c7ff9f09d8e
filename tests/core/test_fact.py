"""Facts are values."""

import msgspec
import pytest

from pmlviz.core.events import DomainPaused, VmEntered
from pmlviz.core.fact import Fact


def test_facts_are_equal_by_value_and_not_across_kinds() -> None:
    assert VmEntered(0) == VmEntered(0)
    assert VmEntered(0) != VmEntered(1)
    assert len({VmEntered(0), VmEntered(0), DomainPaused()}) == 2


def test_a_fact_cannot_be_changed_afterwards() -> None:
    event = VmEntered(0)

    with pytest.raises(AttributeError):
        event.vcpu = 1  # type: ignore[misc]


def test_facts_are_structs_that_the_collector_need_not_watch() -> None:
    assert issubclass(Fact, msgspec.Struct)
    assert not Fact.__struct_config__.gc
