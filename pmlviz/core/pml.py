"""The PML buffer: one 4 KiB page of 512 words, filled downward from 511.

The index is an unsigned 16-bit number that names the next free slot (SDM, "Page-Modification
Logging"). After slot 0 it becomes 0xFFFF; any value past the last slot means full. Resetting it
does not erase the page: words outside `pending` are stale.
"""

import struct

from pmlviz.core.units import Gpa

INDEX_MASK = 0xFFFF
_WORD = struct.Struct("<Q")


def is_full(index: int, entries: int) -> bool:
    """Return whether *index* (unsigned, 16 bits) leaves no slot: any value outside 0..entries-1."""
    return index >= entries


def first_pending(index: int, entries: int) -> int:
    """Return the lowest pending slot, *entries* if none: 0 when full, else index + 1."""
    return 0 if is_full(index, entries) else index + 1


def pending_count(index: int, entries: int) -> int:
    """Return how many words wait to be drained."""
    return entries - first_pending(index, entries)


def next_index(index: int) -> int:
    """Return the index after a log: one less, 16 bits wide, so that 0 is followed by 0xFFFF."""
    return (index - 1) & INDEX_MASK


def word(page: bytes, slot: int) -> Gpa:
    """Return the address stored in *slot* of the PML *page*."""
    return Gpa(_WORD.unpack_from(page, 8 * slot)[0])


def pending(page: bytes, index: int, entries: int) -> tuple[Gpa, ...]:
    """Return the addresses that wait, newest first: slots index+1 up to the last."""
    start = first_pending(index, entries)
    return struct.unpack_from(f"<{entries - start}Q", page, 8 * start)
