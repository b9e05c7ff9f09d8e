"""The columns of a write trace while it is read, and the frames handed out to virtual pages."""

from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from pmlviz.core.errors import TraceError
from pmlviz.core.write_trace import (
    MAX_PAGES,
    REGION_PAGES,
    REGION_SHIFT,
    Marker,
    TraceFormat,
    WriteTrace,
)

MAX_REGIONS = MAX_PAGES >> REGION_SHIFT


class FirstTouch(dict[int, int]):
    """Guest frames by virtual page; a region gets the next 2 MiB of the guest on first touch."""

    def __init__(self, path: Path) -> None:
        """Start with no page of the trace *path* touched."""
        super().__init__()
        self._path = path
        self.regions: dict[int, int] = {}
        """Guest regions by virtual region, in the order of first touch: 0, 1, 2 …"""

    def __missing__(self, vpn: int) -> int:
        """Hand out a frame for *vpn*. Raises TraceError when the guest has no more."""
        region = self.regions.setdefault(vpn >> REGION_SHIFT, len(self.regions))
        if region == MAX_REGIONS:
            raise TraceError(
                f"stores to more than {MAX_REGIONS:,} regions of 2 MiB",
                path=self._path,
                hint="no guest has so much memory: read the beginning only",
            )
        self[vpn] = gfn = region << REGION_SHIFT | vpn & (REGION_PAGES - 1)
        return gfn

    def of(self, vpns: Iterable[int]) -> Iterable[int]:
        """Return the frames of *vpns*, which are touched in this order."""
        return map(self.__getitem__, vpns)


class Columns:
    """The records, epochs and markers read so far; the arrays grow in place."""

    def __init__(self, path: Path) -> None:
        """Start with no record of the trace *path*."""
        self._source = path.name
        self.vcpu = array("B")
        self.gfn = array("I")
        self.insn = array("q")
        self.epoch_record = array("q")
        self.epoch_insn = array("q")
        self.epoch_host_us = array("q")
        self.markers: list[Marker] = []
        self.frames = FirstTouch(path)

    def __len__(self) -> int:
        """How many records so far."""
        return len(self.gfn)

    def start_epoch(self, insn: int, host_us: int | None = None) -> None:
        """Put the records to come into an epoch that starts at *insn*."""
        self.epoch_record.append(len(self))
        self.epoch_insn.append(insn)
        if host_us is not None:
            self.epoch_host_us.append(host_us)

    def trace(
        self,
        *,
        trace_format: TraceFormat,
        n_vcpus: int,
        n_pages: int | None,
        epoch_insns: int,
        limit: int | None,
        notes: Sequence[str],
    ) -> WriteTrace:
        """Return the first *limit* records as a trace. *n_pages* None: gfns come from `frames`.

        A trace that is cut has the epochs and the markers that come before its last record.
        """
        n = len(self) if limit is None else min(limit, len(self))
        gfn = np.frombuffer(self.gfn, np.uint32)[:n]
        epoch_record = np.frombuffer(self.epoch_record, np.int64)
        cut = n < len(self)
        m = int(np.searchsorted(epoch_record, n)) if cut else len(epoch_record)
        said = list(notes)
        region_vpns = None
        if n_pages is None:
            # Regions are numbered by first touch: the highest number says how many were touched.
            n_regions = (int(gfn.max()) >> REGION_SHIFT) + 1
            n_pages = n_regions * REGION_PAGES
            touched = list(self.frames.regions)[:n_regions]
            region_vpns = np.array(touched, np.int64) << REGION_SHIFT
            n_touched = len(np.unique(gfn)) if cut else len(self.frames)
            said.append(
                "virtual addresses mapped to guest frames by first touch of their 2 MiB region"
                f" (pages: {n_touched:,}, regions: {n_regions:,})"
            )
        if cut:
            said.append(f"only the first {n:,} writes were read")
        trace = WriteTrace(
            source=self._source,
            format=trace_format,
            n_vcpus=n_vcpus,
            n_pages=n_pages,
            epoch_insns=epoch_insns,
            vcpu=np.frombuffer(self.vcpu, np.uint8)[:n],
            gfn=gfn,
            insn=np.frombuffer(self.insn, np.int64)[:n],
            epoch_record=epoch_record[:m],
            epoch_insn=np.frombuffer(self.epoch_insn, np.int64)[:m],
            epoch_host_us=(
                np.frombuffer(self.epoch_host_us, np.int64)[:m] if self.epoch_host_us else None
            ),
            region_vpns=region_vpns,
            markers=tuple(at for at in self.markers if not cut or at.record < n),
            notes=tuple(said),
        )
        for column in (
            trace.vcpu,
            trace.gfn,
            trace.insn,
            trace.epoch_record,
            trace.epoch_insn,
            trace.epoch_host_us,
            trace.region_vpns,
        ):
            if column is not None:
                column.setflags(write=False)
        return trace
