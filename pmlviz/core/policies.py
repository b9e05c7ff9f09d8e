"""The answers on each axis. Each cites where it is done so."""

import msgspec

from pmlviz.core import pml
from pmlviz.core.axes import Strategy
from pmlviz.core.bitset import Bitset
from pmlviz.core.drain import mark_dirty
from pmlviz.core.ept import EptEntry, P2mType
from pmlviz.core.events import GlobalTypeSet, MarkedBy
from pmlviz.core.exits import ExitReason
from pmlviz.core.mapping import change_type_one, effective_type, leaf_of, set_type
from pmlviz.core.p2m import logdirty_flags, ram_rw_flags, restrict_sp
from pmlviz.core.recalc import mark_root, retype_all, sync_domain
from pmlviz.core.run import Run
from pmlviz.core.state import State
from pmlviz.core.units import EptLevel, Gfn

RAM_RW, RAM_LOGDIRTY = P2mType.RAM_RW, P2mType.RAM_LOGDIRTY


def type_flags(state: State, p2mt: int, level: EptLevel, *, writable: bool) -> int:
    """Return the flags of type *p2mt*; *writable* says what log-dirty pages of *level* are."""
    platform = state.platform
    if p2mt == RAM_RW:
        flags = ram_rw_flags(platform)
    else:
        # p2m_ram_ro and the like: as log-dirty pages that nothing tracks.
        flags = logdirty_flags(platform, writable=writable and p2mt == RAM_LOGDIRTY)
    return restrict_sp(flags, level, platform)


# ── Tracking ────────────────────────────────────────────────────────────────


class WriteProtect(msgspec.Struct, frozen=True):
    """Log-dirty pages of every size are read-only; each first write exits (Xen without PML)."""

    def uses_pml(self) -> bool:
        """No."""
        return False

    def flags(self, state: State, p2mt: int, level: EptLevel) -> int:
        """Return the flags of *p2mt*: never W for log-dirty."""
        return type_flags(state, p2mt, level, writable=False)


class LogSmallPages(msgspec.Struct, frozen=True):
    """With PML on, 4 KiB log-dirty pages are writable, D clear; superpages are read-only (Xen)."""

    def uses_pml(self) -> bool:
        """Yes."""
        return True

    def flags(self, state: State, p2mt: int, level: EptLevel) -> int:
        """Return the flags of *p2mt*: W for a 4 KiB log-dirty page if the domain has PML."""
        return type_flags(state, p2mt, level, writable=state.domain.pml and level == EptLevel.PTE)


class LogAllPages(msgspec.Struct, frozen=True):
    """With PML on, log-dirty pages of every size are writable with D clear."""

    def uses_pml(self) -> bool:
        """Yes."""
        return True

    def flags(self, state: State, p2mt: int, level: EptLevel) -> int:
        """Return the flags of *p2mt*: W for every log-dirty page if the domain has PML."""
        return type_flags(state, p2mt, level, writable=state.domain.pml)


# ── Arming ──────────────────────────────────────────────────────────────────


def _set_global_type(run: Run, p2mt: int) -> None:
    logdirty = p2mt == RAM_LOGDIRTY
    if run.state.domain.global_logdirty != logdirty:
        run.emit(GlobalTypeSet(logdirty))


class MisconfigureAndRecalculate(msgspec.Struct, frozen=True):
    """Mark the root entries only; the rest follows at its first touch, by exits 49 (Xen)."""

    def change_global(self, run: Run, strategy: Strategy, p2mt: int) -> None:
        """Mark, invalidate, and only then set the type that marked entries will get."""
        if mark_root(run):
            sync_domain(run)
        _set_global_type(run, p2mt)


class RetypeAtOnce(msgspec.Struct, frozen=True):
    """Walk all tables and rewrite every leaf, then invalidate once (KVM's way of arming)."""

    def change_global(self, run: Run, strategy: Strategy, p2mt: int) -> None:
        """Rewrite every leaf, and invalidate."""
        if retype_all(run, strategy, p2mt):
            sync_domain(run)
        _set_global_type(run, p2mt)


# ── Superpages ──────────────────────────────────────────────────────────────


class SplitOnWrite(msgspec.Struct, frozen=True):
    """Split at the first refused write; the handler marks the page, PML never sees it (Xen)."""

    def at_enable(self, run: Run, strategy: Strategy) -> None:
        """Leave superpages whole."""

    def on_write_violation(self, run: Run, strategy: Strategy, gfn: Gfn) -> None:
        """Mark, then change the page's type, which splits (hvm_hap_nested_page_fault).

        It is marked whatever its type: another CPU may have changed that already.
        """
        mark_dirty(run, (gfn,), MarkedBy.HANDLER)
        if change_type_one(run, strategy, gfn, RAM_LOGDIRTY, RAM_RW):
            sync_domain(run)

    def child_flags(
        self, state: State, strategy: Strategy, parent: EptEntry, level: EptLevel
    ) -> int:
        """Return flags derived anew from the parent's type."""
        return strategy.tracking.flags(state, parent.p2mt, level)


class NeverSplit(msgspec.Struct, frozen=True):
    """Superpages stay whole; a refused write makes the whole page writable."""

    def at_enable(self, run: Run, strategy: Strategy) -> None:
        """Leave superpages whole."""

    def on_write_violation(self, run: Run, strategy: Strategy, gfn: Gfn) -> None:
        """Mark what a logged *gfn* would mark, and make its whole leaf ram_rw."""
        mark_dirty(run, strategy.attribution.pages(run.state, gfn), MarkedBy.HANDLER)
        leaf = leaf_of(run.state, gfn)
        if effective_type(run.state, leaf) == RAM_LOGDIRTY:
            set_type(run, strategy, leaf, gfn, RAM_RW, leaf.level)
            sync_domain(run)

    def child_flags(
        self, state: State, strategy: Strategy, parent: EptEntry, level: EptLevel
    ) -> int:
        """Return flags derived anew from the parent's type (a fetch may still force a split)."""
        return strategy.tracking.flags(state, parent.p2mt, level)


# ── Attribution ─────────────────────────────────────────────────────────────


class LoggedPage(msgspec.Struct, frozen=True):
    """A logged address stands for its 4 KiB page (Xen, KVM)."""

    def pages(self, state: State, gfn: Gfn) -> range:
        """Return *gfn* alone."""
        return range(gfn, gfn + 1)


# ── Draining ────────────────────────────────────────────────────────────────


class DrainWhenFullOrRead(msgspec.Struct, frozen=True):
    """On exit 62 the vCPU's own buffer, before PEEK and CLEAN all; newest word first (Xen)."""

    def on_exit(self, reason: ExitReason) -> bool:
        """Return whether the log was full."""
        return reason == ExitReason.PML_FULL

    def before_snapshot(self, n_vcpus: int) -> range:
        """Return all vCPUs (p2m_flush_hardware_cached_dirty)."""
        return range(n_vcpus)

    def after_snapshot(self, n_vcpus: int) -> range:
        """Return none."""
        return range(0)

    def slots(self, index: int, entries: int) -> range:
        """Return the pending slots, rising; any index past the last slot means all."""
        return range(pml.first_pending(index, entries), entries)

    def index_after(self, index: int, entries: int) -> int:
        """Return the last slot."""
        return entries - 1


# ── Rearming ────────────────────────────────────────────────────────────────


class RetypeOnDrain(msgspec.Struct, frozen=True):
    """A drained page becomes ram_rw with D set; CLEAN makes every page log-dirty again (Xen)."""

    def on_drain(self, run: Run, strategy: Strategy, gfn: Gfn) -> bool:
        """Change the type; VRAM tracking reads dirtiness from it."""
        return change_type_one(run, strategy, gfn, RAM_LOGDIRTY, RAM_RW)

    def on_clean(self, run: Run, strategy: Strategy, cleaned: Bitset) -> None:
        """Change all types (hap_clean_dirty_bitmap)."""
        strategy.arming.change_global(run, strategy, RAM_LOGDIRTY)


class ClearDirtyFlags(msgspec.Struct, frozen=True):
    """Draining leaves entries alone; CLEAN clears D where it returned a page, then INVEPT (KVM)."""

    def on_drain(self, run: Run, strategy: Strategy, gfn: Gfn) -> bool:
        """Leave D set."""
        return False

    def on_clean(self, run: Run, strategy: Strategy, cleaned: Bitset) -> None:
        """Give the leaves of *cleaned* their log-dirty flags again, and invalidate."""
        if retype_all(run, strategy, RAM_LOGDIRTY, cleaned):
            sync_domain(run)


# ── Unwinding ───────────────────────────────────────────────────────────────


class NeverCoalesce(msgspec.Struct, frozen=True):
    """Every page becomes ram_rw; what was split stays split (Xen)."""

    def on_disable(self, run: Run, strategy: Strategy) -> None:
        """Change all types (hap_disable_log_dirty)."""
        strategy.arming.change_global(run, strategy, RAM_RW)
