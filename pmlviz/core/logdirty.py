"""Xen's log-dirty bitmap: a trie of 4 KiB nodes over guest frames (asm/paging.h, paging.c).

A leaf (L1) holds 32,768 bits, that is 128 MiB of guest; L2, L3 and L4 nodes hold 512 pointers each.
Nodes are allocated on the first mark below them and stay until log-dirty mode ends: CLEAN zeroes
leaves, it frees none.
"""

import msgspec

from pmlviz.core.bitset import Bitset

_NODE_BITS = 9
"""Log2 of the pointers in an upper node (LOGDIRTY_NODE_ENTRIES)."""


class LogDirty(msgspec.Struct, frozen=True):
    """The trie: its bits, and how many pages were set since the last CLEAN (Xen's dirty_count)."""

    bits: Bitset
    dirty_count: int = 0

    def mark(self, gfn: int) -> "LogDirty":
        """Return the trie with the bit of *gfn* set; counts only a change from 0 to 1."""
        bits = self.bits.add(gfn)
        return self if bits is self.bits else LogDirty(bits, self.dirty_count + 1)

    def cleared(self) -> "LogDirty":
        """Return the trie after a whole CLEAN: every leaf there and zero, the count 0."""
        return LogDirty(self.bits.zeroed(), 0)

    @property
    def nodes(self) -> int:
        """Pages of 4096 bytes that the trie occupies: leaves and the nodes above them."""
        leaves = set(self.bits.leaves)
        if not leaves:
            return 0
        l2 = {n >> _NODE_BITS for n in leaves}
        l3 = {n >> _NODE_BITS for n in l2}
        return len(leaves) + len(l2) + len(l3) + 1
