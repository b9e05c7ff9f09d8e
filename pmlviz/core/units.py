"""Addresses, page sizes and the sizes that rules depend on.

A `Geometry` carries every size that a rule looks at, so that a small machine (4 entries a table, a
log of 2) runs exactly the same rules as a real one.
"""

from enum import IntEnum
from typing import NewType

import msgspec

Gfn = NewType("Gfn", int)
"""Guest frame number: a guest-physical address >> 12."""

Gpa = NewType("Gpa", int)
"""Guest-physical address, bytes."""

Gla = NewType("Gla", int)
"""Guest-linear address, bytes."""

Mfn = NewType("Mfn", int)
"""Machine (host-physical) frame number."""

PAGE_SHIFT = 12
PAGE_SIZE = 1 << PAGE_SHIFT
MFN_WIDTH = 40
"""Bits of a frame number: physical addresses are 52 bits wide here."""


class EptLevel(IntEnum):
    """The level of an EPT entry, by the SDM's names.

    `PML4E` is a paging level, not page-modification logging.
    """

    PTE = 1
    PDE = 2
    PDPTE = 3
    PML4E = 4


ROOT_LEVEL = EptLevel.PML4E


class Geometry(msgspec.Struct, frozen=True):
    """The sizes rules depend on; the defaults are the real machine's."""

    table_bits: int = 9
    """Log2 of the entries of an EPT table."""

    pml_entries: int = 512
    """Slots of a PML buffer (SDM: 512; Xen: NR_PML_ENTRIES)."""
    leaf_bits: int = 15
    """Log2 of the pages one leaf of the log-dirty trie covers (Xen: 4096 * 8 bits)."""

    @property
    def entries(self) -> int:
        """Entries of an EPT table."""
        return 1 << self.table_bits

    def order(self, level: EptLevel) -> int:
        """Return log2 of the 4 KiB pages that one entry of *level* covers (0, 9, 18, 27)."""
        return self.table_bits * (level - 1)

    def pages(self, level: EptLevel) -> int:
        """Return how many 4 KiB pages one entry of *level* covers (1, 512, 262144, 2**27)."""
        return 1 << self.order(level)

    def index(self, gfn: int, level: EptLevel) -> int:
        """Return the index of the entry for *gfn* in its table of *level*."""
        return (gfn >> self.order(level)) & (self.entries - 1)

    @property
    def max_pages(self) -> int:
        """Guest frames that four levels can map."""
        return 1 << (self.table_bits * 4)


REAL = Geometry()


def gfn_of(gpa: int) -> Gfn:
    """Return the guest frame of *gpa*."""
    return Gfn(gpa >> PAGE_SHIFT)


def page_gpa(gfn: int) -> Gpa:
    """Return the address of the first byte of *gfn*."""
    return Gpa(gfn << PAGE_SHIFT)


def fmt(value: int) -> str:
    """Return *value* as lower-case hex with 0x, as addresses and frames are always shown."""
    return f"{value:#x}"


def fmt_index(index: int) -> str:
    """Return a PML index as people read it: `0x1fe (510)`, and `0xffff (full)` past the buffer."""
    return f"{index:#05x} ({index})" if index < 0x200 else f"{index:#06x} (full)"


def fmt_size(n_pages: int) -> str:
    """Return the size of *n_pages* 4 KiB pages in words: `2 MiB`, `1 TiB`."""
    size = float(n_pages * PAGE_SIZE)
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if size < 1024 or unit == "TiB":
            return f"{size:g} {unit}" if size == int(size) else f"{size:.1f} {unit}"
        size /= 1024
    raise AssertionError


def page_size_name(level: EptLevel) -> str:
    """Return `4 KiB`, `2 MiB` or `1 GiB`: the page that a leaf of *level* maps on a real
    machine.
    """
    return {
        EptLevel.PTE: "4 KiB",
        EptLevel.PDE: "2 MiB",
        EptLevel.PDPTE: "1 GiB",
        EptLevel.PML4E: "512 GiB",
    }[level]
