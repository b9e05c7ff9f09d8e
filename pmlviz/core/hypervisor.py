"""Exit handlers and log-dirty operations, in terms of policies. Flow and order are Xen's."""

from typing import assert_never

from pmlviz.core.axes import Strategy
from pmlviz.core.boot import PML_MFN
from pmlviz.core.drain import drain, drain_all
from pmlviz.core.ept import P2mType
from pmlviz.core.events import (
    AllPagesCopied,
    BitmapCleaned,
    BitmapPeeked,
    DomainPaused,
    DomainPmlSet,
    DomainUnpaused,
    EptpAdSet,
    LogDirtyModeSet,
    PagesCopied,
    PmlDisabled,
    PmlEnabled,
    SpuriousMisconfigExpected,
    VmEntered,
)
from pmlviz.core.exits import ExitReason, Qualification, VmExit
from pmlviz.core.mapping import effective_type, leaf_of, split_superpage
from pmlviz.core.p2m import is_ram
from pmlviz.core.recalc import expect_spurious, needs_resolve, resolve_misconfig, sync_domain
from pmlviz.core.run import Run
from pmlviz.core.state import State
from pmlviz.core.units import EptLevel, Mfn, fmt, gfn_of

# ── exits ───────────────────────────────────────────────────────────────────


def unhandled(state: State, vcpu: int) -> str:
    """Return why Xen could not go on after the pending exit of *vcpu*, or "" if it can."""
    pending = state.vcpus[vcpu].exit
    if pending is None:
        return f"vCPU {vcpu} has no pending VM exit"
    if pending.gpa is None:
        return ""
    gfn = gfn_of(pending.gpa)
    if pending.reason == ExitReason.EPT_MISCONFIG:
        if state.vcpus[vcpu].spurious_misconfig or needs_resolve(state, gfn):
            return ""
        return f"Xen did not misconfigure the entries for gfn {fmt(gfn)} and would crash the domain"
    if is_ram(effective_type(state, leaf_of(state, gfn))):
        return ""
    return f"gfn {fmt(gfn)} is no RAM now: Xen would emulate the access, which is not modelled"


def handle_exit(run: Run, strategy: Strategy, vcpu: int) -> None:
    """Handle the pending exit of *vcpu* and enter the guest again (vmx_vmexit_handler)."""
    pending = run.state.vcpus[vcpu].exit
    assert pending is not None
    if strategy.draining.on_exit(pending.reason):
        drain(run, strategy, vcpu)
    match pending.reason:
        case ExitReason.EPT_VIOLATION:
            _violation(run, strategy, pending)
        case ExitReason.EPT_MISCONFIG:
            _misconfig(run, strategy, vcpu, pending)
        case ExitReason.PML_FULL | ExitReason.EXTERNAL_INTERRUPT:
            pass
        case _:
            assert_never(pending.reason)
    run.emit(VmEntered(vcpu))


def _violation(run: Run, strategy: Strategy, pending: VmExit) -> None:
    """hvm_hap_nested_page_fault: log-dirty takes a write to RAM, all else is spurious."""
    assert pending.gpa is not None
    gfn = gfn_of(pending.gpa)
    leaf = leaf_of(run.state, gfn)
    fetch = pending.qualification & Qualification.FETCH
    if fetch and leaf.level > EptLevel.PTE and not leaf.entry.x:
        # XSA-304: instructions are not fetched through a superpage. The type stays, no bit is set.
        if resolve_misconfig(run, strategy, gfn):
            expect_spurious(run)
        split_superpage(run, strategy, leaf_of(run.state, gfn), gfn)
        sync_domain(run)
    elif pending.qualification & Qualification.WRITE:
        strategy.superpages.on_write_violation(run, strategy, gfn)


def _misconfig(run: Run, strategy: Strategy, vcpu: int, pending: VmExit) -> None:
    """ept_handle_misconfig: repair the path, and tolerate once that another CPU was quicker."""
    assert pending.gpa is not None
    if resolve_misconfig(run, strategy, gfn_of(pending.gpa)):
        expect_spurious(run, but=vcpu)
    if run.state.vcpus[vcpu].spurious_misconfig:
        run.emit(SpuriousMisconfigExpected((vcpu,), on=False))


# ── PML on and off ──────────────────────────────────────────────────────────


def _has_pml(state: State, strategy: Strategy) -> bool:
    """Whether Xen set the hooks for hardware-assisted log-dirty (ept_p2m_init)."""
    return strategy.tracking.uses_pml() and state.platform.pml and state.platform.ad


def _domain_enable_pml(run: Run) -> bool:
    """vmx_domain_enable_pml: a page for each vCPU or for none; return whether all got one."""
    available = run.state.platform.pml_pages
    for vcpu in range(len(run.state.vcpus)):
        if available is not None and vcpu >= available:
            # -ENOMEM: undone on the vCPUs before; log-dirty mode falls back to write protection.
            for done in range(vcpu):
                run.emit(PmlDisabled(done))
            return False
        index = run.state.geometry.pml_entries - 1
        run.emit(PmlEnabled(vcpu, Mfn(PML_MFN + vcpu), index))
    run.emit(DomainPmlSet(on=True))
    return True


def _enable_pml(run: Run, strategy: Strategy) -> None:
    """ept_enable_pml: EPTP.AD is on only while PML is; a failure is not reported to anyone."""
    if _has_pml(run.state, strategy) and _domain_enable_pml(run):
        run.emit(EptpAdSet(on=True))
        sync_domain(run)


def _disable_pml(run: Run, strategy: Strategy) -> None:
    """ept_disable_pml: each buffer is drained before it is freed."""
    if not _has_pml(run.state, strategy):
        return
    if run.state.domain.pml:
        for vcpu in range(len(run.state.vcpus)):
            drain(run, strategy, vcpu)
            run.emit(PmlDisabled(vcpu))
        run.emit(DomainPmlSet(on=False))
        run.emit(EptpAdSet(on=False))
    sync_domain(run)


# ── operations ──────────────────────────────────────────────────────────────


def enable_log_dirty(run: Run, strategy: Strategy) -> None:
    """paging_log_dirty_enable, hap_enable_log_dirty."""
    run.emit(DomainPaused())
    run.emit(LogDirtyModeSet(on=True))
    _enable_pml(run, strategy)
    strategy.superpages.at_enable(run, strategy)
    strategy.arming.change_global(run, strategy, P2mType.RAM_LOGDIRTY)
    run.emit(DomainUnpaused())


def disable_log_dirty(run: Run, strategy: Strategy) -> None:
    """paging_log_dirty_disable, hap_disable_log_dirty.

    The mode goes first: pages drained after that are retyped, but their marks are dropped.
    """
    run.emit(DomainPaused())
    run.emit(LogDirtyModeSet(on=False))
    _disable_pml(run, strategy)
    strategy.unwinding.on_disable(run, strategy)
    run.emit(DomainUnpaused())


def peek(run: Run, strategy: Strategy) -> None:
    """paging_log_dirty_op, PEEK."""
    run.emit(DomainPaused())
    drain_all(run, strategy, strategy.draining.before_snapshot(len(run.state.vcpus)))
    run.emit(BitmapPeeked(len(run.state.domain.bitmap.bits)))
    run.emit(DomainUnpaused())


def clean(run: Run, strategy: Strategy, *, send: bool) -> None:
    """paging_log_dirty_op, CLEAN; with *send* the toolstack copies what it was given after that.

    The order keeps every write: drain, read and clear, arm again, all before the guest runs.
    """
    run.emit(DomainPaused())
    n_vcpus = len(run.state.vcpus)
    drain_all(run, strategy, strategy.draining.before_snapshot(n_vcpus))
    cleaned = run.state.domain.bitmap.bits
    run.emit(BitmapCleaned(len(cleaned), send))
    drain_all(run, strategy, strategy.draining.after_snapshot(n_vcpus))
    strategy.rearming.on_clean(run, strategy, cleaned)
    run.emit(DomainUnpaused())
    if send:
        run.emit(PagesCopied(tuple(cleaned)))


def drain_pml(run: Run, strategy: Strategy, vcpu: int | None) -> None:
    """Drain the buffer of *vcpu* as its exit 62 would; None: of all, with the domain paused."""
    if vcpu is not None:
        drain(run, strategy, vcpu)
        return
    run.emit(DomainPaused())
    drain_all(run, strategy, range(len(run.state.vcpus)))
    run.emit(DomainUnpaused())


def copy_all(run: Run) -> None:
    """Send every page while the guest runs."""
    run.emit(AllPagesCopied(sum(region.pages for region in run.state.domain.regions)))


def stop_and_copy(run: Run, strategy: Strategy) -> None:
    """Pause the guest for good, then CLEAN and send what is left (suspend_and_send_dirty)."""
    run.emit(DomainPaused())
    clean(run, strategy, send=True)
