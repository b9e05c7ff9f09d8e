"""Cached translations of one logical processor, with their cached D.

SDM, "Accessed and Dirty Flags for EPT": if software clears A or D without invalidating, the
processor might not set it again. What a processor keeps is its own business, so the model offers
policies. `STICKY` keeps a translation until INVEPT drops it, and so shows every missing INVEPT;
`FLUSH_ON_EXIT` drops all at each VM exit.
"""

from enum import Enum

import msgspec
from immutables import Map

from pmlviz.core.units import Gfn, Mfn


class TlbPolicy(Enum):
    """When the processor drops translations on its own."""

    STICKY = "sticky"
    FLUSH_ON_EXIT = "flush-on-exit"


class TlbEntry(msgspec.Struct, frozen=True, gc=False):
    """One 4 KiB translation: where it leads, what it allows, and whether D is known to be set."""

    gfn: Gfn
    mfn: Mfn
    r: bool
    w: bool
    x: bool
    d: bool


Tlb = Map[int, TlbEntry]
"""Linear page number -> translation.

With guest paging off the linear page is the gfn.
"""

EMPTY_TLB: Tlb = Map()
