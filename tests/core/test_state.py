"""The machine as one value."""

import pytest

from pmlviz.core.boot import boot
from pmlviz.core.state import EPTP_AD, Domain, Region, Vcpu
from pmlviz.core.units import EptLevel, Gfn, Mfn

EPTP = 0x234201E


def test_the_eptp_holds_the_root_and_the_ad_switch() -> None:
    off, on = Vcpu(EPTP), Vcpu(EPTP | EPTP_AD)

    assert (off.root, off.ad) == (0x2342, False)
    assert (on.root, on.ad, on.eptp & 0xFFF) == (0x2342, True, 0x05E)


def test_max_gfn_is_one_past_the_last_region() -> None:
    regions = (Region(Gfn(0), 4, EptLevel.PTE), Region(Gfn(512), 512, EptLevel.PDE))

    assert Domain(Mfn(1), regions, Mfn(2), 1).max_gfn == 1024
    assert Domain(Mfn(1), (), Mfn(2), 1).max_gfn == 0


def test_states_are_values_and_cannot_be_changed() -> None:
    one = boot([Region(Gfn(0), 4, EptLevel.PTE)])
    same = boot([Region(Gfn(0), 4, EptLevel.PTE)])

    assert one == same
    with pytest.raises(AttributeError):
        one.ghost = same.ghost  # type: ignore[misc]


def test_the_geometry_is_the_platforms() -> None:
    state = boot([Region(Gfn(0), 4, EptLevel.PTE)])

    assert state.geometry is state.platform.geometry
