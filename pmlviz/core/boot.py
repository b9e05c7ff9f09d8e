"""The machine before its first step: guest memory mapped as ram_rw, logging off, caches empty.

Frames are handed out as a reader can follow: EPT tables from 0x2342 (the root) up in order of guest
address, and guest frame g in machine frame 0x100000 + g. PML pages come from 0x1000 up, one a vCPU.
"""

from collections.abc import Sequence

from immutables import Map

from pmlviz.core.bitset import Bitset
from pmlviz.core.ept import EMPTY, P2mType, empty_table, entry_at, with_word
from pmlviz.core.errors import PmlvizError
from pmlviz.core.logdirty import LogDirty
from pmlviz.core.p2m import leaf, middle, ram_rw_flags, restrict_sp
from pmlviz.core.state import Domain, Ghost, Platform, Region, State, Vcpu
from pmlviz.core.units import (
    PAGE_SHIFT,
    ROOT_LEVEL,
    EptLevel,
    Geometry,
    Mfn,
    fmt,
    page_size_name,
)

ROOT_MFN = Mfn(0x2342)
GUEST_MFN = Mfn(0x100000)
PML_MFN = Mfn(0x1000)
EPTP_LOW = 0x01E
"""EPTP bits 11:0 that Xen uses with A/D off: write-back, four levels."""

MAX_LEAVES = 1 << 22
"""More leaves than this are refused: 4 million entries are 16 GiB of 4 KiB pages, or 8 TiB of 2 MiB
pages."""

MAX_VCPUS = 64


def boot(regions: Sequence[Region], *, vcpus: int = 1, platform: Platform | None = None) -> State:
    """Return the first state of a guest with *regions* of memory.

    Raises PmlvizError for regions that cannot be.
    """
    platform = platform or Platform()
    geometry = platform.geometry
    check_regions(regions, geometry)
    if not 1 <= vcpus <= MAX_VCPUS:
        raise PmlvizError(f"{vcpus} vCPUs", hint=f"a machine has 1 to {MAX_VCPUS}")
    tables = _Tables(geometry, platform)
    for region in sorted(regions, key=lambda r: r.gfn):
        tables.map(region)
    eptp = ROOT_MFN << PAGE_SHIFT | EPTP_LOW
    domain = Domain(
        root=ROOT_MFN,
        regions=tuple(sorted(regions, key=lambda r: r.gfn)),
        next_mfn=Mfn(ROOT_MFN + len(tables.pages)),
        ept_tables=len(tables.pages),
        bitmap=LogDirty(Bitset(geometry.leaf_bits)),
    )
    ghost = Ghost(unreported=Bitset(geometry.leaf_bits))
    return State(platform, Map(tables.pages), (Vcpu(eptp=eptp),) * vcpus, domain, ghost)


def check_regions(regions: Sequence[Region], geometry: Geometry) -> None:
    """Raise PmlvizError unless *regions* are aligned, apart from one another, inside the guest and
    not too many leaves.
    """
    if not regions:
        raise PmlvizError("the guest has no memory", hint="give at least one region")
    end = leaves = 0
    for region in sorted(regions, key=lambda r: r.gfn):
        size = geometry.pages(region.level)
        where = f"region at gfn {fmt(region.gfn)}"
        if region.pages <= 0 or region.gfn % size or region.pages % size:
            raise PmlvizError(
                f"{where}: {region.pages} pages do not start and end"
                f" at whole {page_size_name(region.level)} pages",
                hint=f"gfn and pages must be multiples of {size}",
            )
        if region.gfn < end:
            raise PmlvizError(
                f"{where} lies over the region before it",
                hint="regions must not overlap",
            )
        end = region.gfn + region.pages
        leaves += region.pages // size
    if end > geometry.max_pages:
        raise PmlvizError(
            f"gfn {fmt(end - 1)} lies past the last that four levels map",
            hint=f"the last is {fmt(geometry.max_pages - 1)}",
        )
    if leaves > MAX_LEAVES:
        raise PmlvizError(
            f"{leaves} leaf entries are too many to model",
            hint=f"at most {MAX_LEAVES}: use larger pages",
        )


class _Tables:
    """EPT tables under construction."""

    def __init__(self, geometry: Geometry, platform: Platform) -> None:
        self.geometry = geometry
        self.platform = platform
        self.pages = {ROOT_MFN: empty_table(geometry)}

    def map(self, region: Region) -> None:
        """Enter the leaves of *region*, table by table."""
        geometry, level = self.geometry, region.level
        flags = restrict_sp(ram_rw_flags(self.platform), level, self.platform)
        size, gfn, end = (
            geometry.pages(level),
            int(region.gfn),
            region.gfn + region.pages,
        )
        first = int(leaf(Mfn(0), level, P2mType.RAM_RW, flags))
        while gfn < end:
            table = self._table(gfn, level)
            start = geometry.index(gfn, level)
            n = min(geometry.entries - start, (end - gfn) // size)
            words = range(gfn + GUEST_MFN, gfn + GUEST_MFN + n * size, size)
            run = b"".join((first | mfn << PAGE_SHIFT).to_bytes(8, "little") for mfn in words)
            page = self.pages[table]
            self.pages[table] = page[: 8 * start] + run + page[8 * (start + n) :]
            gfn += n * size

    def _table(self, gfn: int, level: EptLevel) -> Mfn:
        """Return the table of *level* for *gfn*, making those on the way."""
        table, at = ROOT_MFN, ROOT_LEVEL
        while at > level:
            index = self.geometry.index(gfn, at)
            entry = entry_at(self.pages[table], index)
            if entry == EMPTY:
                new = Mfn(ROOT_MFN + len(self.pages))
                self.pages[new] = empty_table(self.geometry)
                entry = middle(new)
                self.pages[table] = with_word(self.pages[table], index, entry)
            table, at = entry.mfn, EptLevel(at - 1)
        return table
