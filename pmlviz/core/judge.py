"""What is true of a state, seen from outside: pages pending, lost, over-reported, corrupt.

The only reader of the ghost. No rule of the machine may import it (a test sees to that).
"""

from pmlviz.core import pml
from pmlviz.core.bitset import Bitset
from pmlviz.core.state import State
from pmlviz.core.units import PAGE_SHIFT, Gfn, page_gpa


def pending_words(state: State, vcpu: int) -> tuple[int, ...]:
    """Return the addresses waiting in the buffer of *vcpu*, newest first; none with PML off."""
    v = state.vcpus[vcpu]
    if not v.pml or v.pml_address is None:
        return ()
    return pml.pending(state.memory[v.pml_address], v.pml_index, state.geometry.pml_entries)


def pending(state: State) -> Bitset:
    """Return the pages that wait in any PML buffer."""
    words = (gpa >> PAGE_SHIFT for n in range(len(state.vcpus)) for gpa in pending_words(state, n))
    return Bitset(state.geometry.leaf_bits).union(words)


def is_pending(state: State, gfn: int) -> bool:
    """Return whether *gfn* waits in any PML buffer, by a search of the pages' bytes."""
    word = page_gpa(gfn).to_bytes(8, "little")
    entries = state.geometry.pml_entries
    for v in state.vcpus:
        if not v.pml or v.pml_address is None:
            continue
        page, at = state.memory[v.pml_address], 8 * pml.first_pending(v.pml_index, entries)
        while (at := page.find(word, at, 8 * entries)) >= 0:
            if at % 8 == 0:
                return True
            at += 1
    return False


def is_lost(state: State, gfn: int) -> bool:
    """Return whether `lost` holds *gfn*, without looking at any other page."""
    return (
        gfn in state.ghost.unreported
        and gfn not in state.domain.bitmap.bits
        and not is_pending(state, gfn)
    )


def lost(state: State) -> Bitset:
    """Return the pages with a write that no CLEAN returned and that is in no bitmap or buffer."""
    missing = state.ghost.unreported.difference(state.domain.bitmap.bits)
    return missing.difference(pending(state)) if missing else missing


def over_reported(state: State) -> Bitset:
    """Return the pages in the bitmap that were not written since CLEAN last returned them."""
    return state.domain.bitmap.bits.difference(state.ghost.unreported)


def corrupt(state: State) -> tuple[Gfn, ...]:
    """Return the pages that the destination holds in another version than the source, rising.

    None before the first copy. While the guest runs they are merely not sent yet: corrupt is what
    differs after stop-and-copy.
    """
    there = state.ghost.copied
    if there is None:
        return ()
    here = state.ghost.versions
    return tuple(sorted(g for g, version in here.items() if there.get(g, 0) != version))


def promise_kept(state: State) -> bool:
    """I-3: every page written since the last CLEAN is in the bitmap or in a PML buffer."""
    return not lost(state)
