"""From the PML buffer into the bitmap (Xen: ept_vcpu_flush_pml_buffer, paging_mark_pfn_dirty)."""

from collections.abc import Iterable

from pmlviz.core import pml
from pmlviz.core.axes import Strategy
from pmlviz.core.events import DrainBegan, MarkedBy, PageMarked, PmlIndexReset
from pmlviz.core.recalc import sync_domain
from pmlviz.core.run import Run
from pmlviz.core.units import Gfn, gfn_of


def mark_dirty(run: Run, gfns: Iterable[int], by: MarkedBy) -> None:
    """Set the bits of *gfns*; nothing happens outside log-dirty mode (paging_mark_pfn_dirty)."""
    if not run.state.domain.log_dirty:
        return
    for gfn in gfns:
        was_set = gfn in run.state.domain.bitmap.bits
        run.emit(PageMarked(Gfn(gfn), by, was_set))


def drain(run: Run, strategy: Strategy, vcpu: int) -> None:
    """Empty the PML buffer of *vcpu*: change and mark each logged page, then reset the index.

    Nothing happens if PML is off or the buffer is empty. The words stay in the page.
    """
    state = run.state
    v, entries = state.vcpus[vcpu], state.geometry.pml_entries
    slots = strategy.draining.slots(v.pml_index, entries)
    if not v.pml or v.pml_address is None or not slots:
        return
    run.emit(DrainBegan(vcpu, slots[0], len(slots)))
    page, changed = state.memory[v.pml_address], False
    for slot in slots:
        gfn = gfn_of(pml.word(page, slot))
        # Asked before the entry changes: what a word stands for is the mapping it was logged under.
        pages = strategy.attribution.pages(run.state, gfn)
        changed |= strategy.rearming.on_drain(run, strategy, gfn)
        # Marked even if the type could not be changed: too much is safe, too little is not.
        mark_dirty(run, pages, MarkedBy.DRAIN)
    if changed:
        # One sync for all: Xen holds the p2m lock over the loop and flushes when it lets go.
        sync_domain(run)
    run.emit(PmlIndexReset(vcpu, v.pml_index, strategy.draining.index_after(v.pml_index, entries)))


def drain_all(run: Run, strategy: Strategy, vcpus: Iterable[int]) -> None:
    """Empty the PML buffers of *vcpus*, the domain paused (vmx_domain_flush_pml_buffers)."""
    for vcpu in vcpus:
        drain(run, strategy, vcpu)
