"""A strategy is a frozen bundle of seven answers."""

import msgspec
import pytest

from pmlviz.core.axes import Strategy
from pmlviz.core.policies import DrainWhenFullOrRead
from tests.core.play import XEN, play, x4


class DrainFirstVcpuOnly(DrainWhenFullOrRead, frozen=True):
    """A mistake: the buffers of the other vCPUs are forgotten."""

    def before_snapshot(self, n_vcpus: int) -> range:
        return range(1)


def test_a_strategy_cannot_be_changed_in_place() -> None:
    with pytest.raises(AttributeError):
        XEN.name = "other"  # type: ignore[misc]


def test_replacing_one_answer_makes_another_strategy_and_no_handler_notices() -> None:
    careless: Strategy = msgspec.structs.replace(XEN, draining=DrainFirstVcpuOnly())

    now = play(x4(vcpus=2), "enable", "write gfn 5", "vcpu1 write gfn 6", strategy=careless)

    assert now.play("peek").dirty == [5]
    assert careless != XEN
