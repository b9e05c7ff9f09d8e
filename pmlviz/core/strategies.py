"""Named bundles of policies, each with its source and its trade-off."""

from pmlviz.core.axes import Strategy as Strategy
from pmlviz.core.policies import (
    ClearDirtyFlags,
    DrainWhenFullOrRead,
    LogAllPages,
    LoggedPage,
    LogSmallPages,
    MisconfigureAndRecalculate,
    NeverCoalesce,
    NeverSplit,
    RetypeAtOnce,
    RetypeOnDrain,
    SplitOnWrite,
    WriteProtect,
)

XEN = Strategy(
    name="xen",
    source="Xen, xen/arch/x86/mm/p2m-ept.c, as merged in May 2015 and maintained since",
    trade_off=(
        "Writes to 4 KiB pages cost one exit in 512; "
        "superpages are split on their first write, for good."
    ),
    sound=True,
    tracking=LogSmallPages(),
    arming=MisconfigureAndRecalculate(),
    superpages=SplitOnWrite(),
    attribution=LoggedPage(),
    draining=DrainWhenFullOrRead(),
    rearming=RetypeOnDrain(),
    unwinding=NeverCoalesce(),
)
WRITE_PROTECT = Strategy(
    name="write-protect",
    source="Xen, xen/arch/x86/mm/p2m-ept.c, on a processor without PML",
    trade_off="Needs nothing of the processor; every first write to a page costs an exit.",
    sound=True,
    tracking=WriteProtect(),
    arming=MisconfigureAndRecalculate(),
    superpages=SplitOnWrite(),
    attribution=LoggedPage(),
    draining=DrainWhenFullOrRead(),
    rearming=RetypeOnDrain(),
    unwinding=NeverCoalesce(),
)
SUPERPAGE_NAIVE = Strategy(
    name="superpage-naive",
    source="xen-devel, February 2015: what Andrew Cooper warned of",
    trade_off="No violation, no split; but one logged write hides all later ones in its superpage.",
    sound=False,
    tracking=LogAllPages(),
    arming=RetypeAtOnce(),
    superpages=NeverSplit(),
    attribution=LoggedPage(),
    draining=DrainWhenFullOrRead(),
    rearming=ClearDirtyFlags(),
    unwinding=NeverCoalesce(),
)

STRATEGIES: dict[str, Strategy] = {s.name: s for s in (XEN, WRITE_PROTECT, SUPERPAGE_NAIVE)}
"""All strategies by name, in the order they are offered."""
