"""Where the record of a written page stands: in the bitmap, in a buffer, nowhere."""

import msgspec

from pmlviz.core import judge, pml
from pmlviz.core.bitset import Bitset
from pmlviz.core.ept import PathStep
from pmlviz.core.state import State
from pmlviz.core.units import PAGE_SHIFT, Gfn


class Slot(msgspec.Struct, frozen=True):
    """A pending word: whose buffer, and which slot of it."""

    vcpu: int
    slot: int


def slot_of(state: State, gfn: int) -> Slot | None:
    """Return where *gfn* waits in a PML buffer, the oldest word first; None if it does not."""
    entries = state.geometry.pml_entries
    for number, v in enumerate(state.vcpus):
        words = judge.pending_words(state, number)
        first = pml.first_pending(v.pml_index, entries)
        for at in reversed(range(len(words))):
            if words[at] >> PAGE_SHIFT == gfn:
                return Slot(number, first + at)
    return None


def spent_on(state: State, gfn: int, leaf: PathStep) -> Gfn | None:
    """Return the page whose recorded write set the one D flag of the superpage *leaf* around *gfn*.

    That is the oldest of its pages that waits in a buffer, else one that is in the bitmap.
    """
    n = state.geometry.pages(leaf.level)
    first = gfn & ~(n - 1)
    for number in range(len(state.vcpus)):
        for word in reversed(judge.pending_words(state, number)):
            if first <= word >> PAGE_SHIFT < first + n:
                return Gfn(word >> PAGE_SHIFT)
    bits = state.domain.bitmap.bits
    return next(iter(bits.intersection(Bitset(bits.leaf_bits).add_range(first, n))), None)


def standing(state: State, gfn: int, vcpu: int) -> str:
    """Return in a sentence why a write to *gfn* by *vcpu* needs no log; "" if no record has it."""
    if not state.domain.log_dirty:
        return "Log-dirty mode is off."
    if gfn in state.domain.bitmap.bits:
        return f"gfn {gfn} is in {{bitmap}} the bitmap already."
    slot = slot_of(state, gfn)
    if slot is None:
        return ""
    whose = "" if slot.vcpu == vcpu else f" of vCPU {slot.vcpu}"
    return f"gfn {gfn} waits in {{pml.slot}} PML[{slot.slot}]{whose} already."
