"""An immutable set of guest frames, kept as sparse leaves of bits.

A leaf is one Python int of 2**leaf_bits bits. Adding a frame replaces one leaf and shares the
others, so a step costs the same on 4 MiB and on 1 TiB.
"""

from collections.abc import Iterable, Iterator

import msgspec
from immutables import Map

from pmlviz.core.units import Gfn


def bits_of(leaf: int) -> Iterator[int]:
    """Yield the numbers of the set bits of *leaf*, rising."""
    while leaf:
        low = leaf & -leaf
        yield low.bit_length() - 1
        leaf ^= low


class Bitset(msgspec.Struct, frozen=True):
    """A set of gfns. Leaves may be zero: Xen's trie keeps a leaf it has cleared."""

    leaf_bits: int = 15
    leaves: Map[int, int] = Map()

    def __contains__(self, gfn: int) -> bool:
        """Whether *gfn* is in the set."""
        return bool(
            self.leaves.get(gfn >> self.leaf_bits, 0) >> (gfn & ((1 << self.leaf_bits) - 1)) & 1
        )

    def __len__(self) -> int:
        """How many gfns are in the set."""
        return sum(leaf.bit_count() for leaf in self.leaves.values())

    def __bool__(self) -> bool:
        """Whether any gfn is in the set."""
        return any(self.leaves.values())

    def __iter__(self) -> Iterator[Gfn]:
        """Yield the gfns, rising."""
        for number in sorted(self.leaves):
            base = number << self.leaf_bits
            for bit in bits_of(self.leaves[number]):
                yield Gfn(base + bit)

    def add(self, gfn: int) -> "Bitset":
        """Return the set with *gfn*."""
        number, bit = gfn >> self.leaf_bits, 1 << (gfn & ((1 << self.leaf_bits) - 1))
        old = self.leaves.get(number, 0)
        if old & bit:
            return self
        return Bitset(self.leaf_bits, self.leaves.set(number, old | bit))

    def discard(self, gfn: int) -> "Bitset":
        """Return the set without *gfn*."""
        number, bit = gfn >> self.leaf_bits, 1 << (gfn & ((1 << self.leaf_bits) - 1))
        old = self.leaves.get(number, 0)
        if not old & bit:
            return self
        return Bitset(self.leaf_bits, self.leaves.set(number, old ^ bit))

    def add_range(self, first: int, n: int) -> "Bitset":
        """Return the set with the *n* gfns from *first* on."""
        size = 1 << self.leaf_bits
        draft = self.leaves.mutate()
        gfn, end = first, first + n
        while gfn < end:
            number, low = divmod(gfn, size)
            high = min(size, low + end - gfn)
            draft[number] = draft.get(number, 0) | ((1 << (high - low)) - 1) << low
            gfn += high - low
        return Bitset(self.leaf_bits, draft.finish())

    def union(self, gfns: Iterable[int]) -> "Bitset":
        """Return the set with all of *gfns*."""
        draft = self.leaves.mutate()
        if isinstance(gfns, Bitset):
            for number, leaf in gfns.leaves.items():
                draft[number] = draft.get(number, 0) | leaf
        else:
            mask = (1 << self.leaf_bits) - 1
            for gfn in gfns:
                number = gfn >> self.leaf_bits
                draft[number] = draft.get(number, 0) | 1 << (gfn & mask)
        return Bitset(self.leaf_bits, draft.finish())

    def difference(self, other: "Bitset") -> "Bitset":
        """Return the gfns that are not in *other*; leaves that become empty are dropped."""
        draft = self.leaves.mutate()
        for number, leaf in self.leaves.items():
            rest = leaf & ~other.leaves.get(number, 0)
            if rest:
                draft[number] = rest
            else:
                del draft[number]
        return Bitset(self.leaf_bits, draft.finish())

    def intersection(self, other: "Bitset") -> "Bitset":
        """Return the gfns that are in both."""
        return Bitset(
            self.leaf_bits,
            Map(
                {
                    n: both
                    for n, leaf in self.leaves.items()
                    if (both := leaf & other.leaves.get(n, 0))
                }
            ),
        )

    def zeroed(self) -> "Bitset":
        """Return the set with every leaf still there, and empty."""
        return Bitset(self.leaf_bits, Map(dict.fromkeys(self.leaves, 0)))
