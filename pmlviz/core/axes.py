"""The seven questions that hypervisors answer differently, and a strategy as one answer to each.

No handler asks which strategy it is in: it asks the axis. Every answer is a small frozen value
(`policies.py`), and a strategy a named bundle of seven (`strategies.py`).
"""

from collections.abc import Iterable
from typing import Protocol

import msgspec

from pmlviz.core.bitset import Bitset
from pmlviz.core.ept import EptEntry
from pmlviz.core.exits import ExitReason
from pmlviz.core.run import Run
from pmlviz.core.state import State
from pmlviz.core.units import EptLevel, Gfn


class Tracking(Protocol):
    """What the flags of a leaf are, and so by what means a first write is noticed."""

    def uses_pml(self) -> bool:
        """Return whether log-dirty mode turns PML on where the processor has it."""

    def flags(self, state: State, p2mt: int, level: EptLevel) -> int:
        """Return R, W, X, A, D of a leaf of *level* with type *p2mt* (ept_p2m_type_to_flags)."""


class Arming(Protocol):
    """How a type change of all pages reaches their entries."""

    def change_global(self, run: Run, strategy: "Strategy", p2mt: int) -> None:
        """Give every RAM page the type *p2mt*, and leave no stale translation.

        p2m_change_entry_type_global.
        """


class Superpages(Protocol):
    """When a superpage is split, and what becomes of the page whose write was refused."""

    def at_enable(self, run: Run, strategy: "Strategy") -> None:
        """Prepare superpages when log-dirty mode goes on, before the types change."""

    def on_write_violation(self, run: Run, strategy: "Strategy", gfn: Gfn) -> None:
        """Make the refused write to RAM page *gfn* possible without losing it."""

    def child_flags(
        self, state: State, strategy: "Strategy", parent: EptEntry, level: EptLevel
    ) -> int:
        """Return R, W, X, A, D of the entries of *level* that *parent* is split into."""


class Attribution(Protocol):
    """Which bits of the bitmap one logged address stands for."""

    def pages(self, state: State, gfn: Gfn) -> range:
        """Return the gfns to mark for logged page *gfn*."""


class Draining(Protocol):
    """When PML buffers are emptied, and which of their words are read."""

    def on_exit(self, reason: ExitReason) -> bool:
        """Return whether an exit for *reason* drains the buffer of the vCPU that exited."""

    def before_snapshot(self, n_vcpus: int) -> Iterable[int]:
        """Return the vCPUs whose buffers are drained before PEEK or CLEAN reads the bitmap."""

    def after_snapshot(self, n_vcpus: int) -> Iterable[int]:
        """Return the vCPUs whose buffers are drained once CLEAN has read and cleared the bitmap."""

    def slots(self, index: int, entries: int) -> range:
        """Return the slots that are read at PML *index*, in order; none if nothing waits."""

    def index_after(self, index: int, entries: int) -> int:
        """Return the PML index that draining writes back over *index*."""


class Rearming(Protocol):
    """How a page that was logged becomes loggable again."""

    def on_drain(self, run: Run, strategy: "Strategy", gfn: Gfn) -> bool:
        """Do to the entry of logged page *gfn* what draining does; return whether it changed."""

    def on_clean(self, run: Run, strategy: "Strategy", cleaned: Bitset) -> None:
        """Arm again the pages that CLEAN returned, and leave no stale translation."""


class Unwinding(Protocol):
    """What the end of log-dirty mode does to the entries."""

    def on_disable(self, run: Run, strategy: "Strategy") -> None:
        """Give the guest its plain memory back; PML is off already."""


class Strategy(msgspec.Struct, frozen=True):
    """One way to run log-dirty mode: an answer on each axis, its source and what it costs."""

    name: str
    source: str
    trade_off: str
    sound: bool
    """No write is lost (domain invariant I-3) whatever the guest does."""
    tracking: Tracking
    arming: Arming
    superpages: Superpages
    attribution: Attribution
    draining: Draining
    rearming: Rearming
    unwinding: Unwinding

    def policies(self) -> dict[str, str]:
        """Return each axis by name with the name of the policy that answers it."""
        return {axis: type(getattr(self, axis)).__name__ for axis in AXES}


AXES = (
    "tracking",
    "arming",
    "superpages",
    "attribution",
    "draining",
    "rearming",
    "unwinding",
)
"""The seven questions on which strategies differ, in the order a bundle answers them."""
