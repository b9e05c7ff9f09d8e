"""A trace of guest writes as compact columns, and where CLEANs fall in it.

A record is one vCPU storing to one page; it costs 13 bytes. Records are in the order of the stores,
so replaying them in order is exact for "who sets the D bit first". Time is counted in guest
instructions and known to an epoch: a page cleaned in mid-epoch and stored to again in the same
epoch is one record, not two.

Traces of one process name virtual pages, and a guest needs frames. A 2 MiB region of virtual memory
gets the next free 2 MiB of the guest when it is first stored to, and a page keeps its place in its
region: what lies in one superpage of the process lies in one superpage of the guest.
"""

from enum import Enum
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from pmlviz.core.errors import PmlvizError

MAX_VCPUS = 1 << 8
"""vCPUs that the vcpu column can tell apart."""
MAX_PAGES = 1 << 32
"""Guest frames that the gfn column can tell apart: 16 TiB."""
REGION_SHIFT = 9
REGION_PAGES = 1 << REGION_SHIFT
"""4 KiB pages of a 2 MiB region."""


class TraceFormat(Enum):
    """The text formats that can be read."""

    PWT = "pwt"
    LACKEY = "lackey"


class Marker(NamedTuple):
    """The guest said where it is: `marker`, at `insn`, before record number `record`."""

    record: int
    insn: int
    vcpu: int
    marker: int


class WriteTrace(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Who stored to which page, in order. All arrays are read-only; n records, m epochs; n >= 1."""

    source: str
    """The file's name, to be shown."""
    format: TraceFormat
    n_vcpus: int
    n_pages: int
    """Guest frames the trace may name; for virtual pages, the frames handed out."""
    epoch_insns: int
    """Guest instructions of an epoch."""
    vcpu: NDArray[np.uint8]
    """Shape (n,)."""
    gfn: NDArray[np.uint32]
    """Shape (n,)."""
    insn: NDArray[np.int64]
    """Guest instructions, of all vCPUs together, before the first store; shape (n,)."""
    epoch_record: NDArray[np.int64]
    """Number of the first record of each epoch; shape (m,), never falling.

    Epochs without a record may be missing, and an epoch with a marker in it may be there twice.
    """
    epoch_insn: NDArray[np.int64]
    """Guest instruction at which each epoch starts; shape (m,), never falling."""
    epoch_host_us: NDArray[np.int64] | None = None
    """Host time of the start of each epoch, microseconds since 1970; shape (m,). None: unknown."""
    region_vpns: NDArray[np.int64] | None = None
    """First virtual page of what lies in each 2 MiB of the guest; shape (n_pages / 512,).

    None: the trace names guest frames.
    """
    markers: tuple[Marker, ...] = ()
    notes: tuple[str, ...] = ()
    """What the reader decided, one sentence each."""

    def __len__(self) -> int:
        """How many records."""
        return len(self.gfn)

    @property
    def epoch_starts(self) -> NDArray[np.int64]:
        """Guest instruction at which the epoch of each record starts; shape (n,)."""
        ends = np.append(self.epoch_record[1:], len(self))
        return np.repeat(self.epoch_insn, ends - self.epoch_record)

    @property
    def named_pages(self) -> NDArray[np.int64]:
        """The pages as the trace names them, gfns or virtual pages; shape (n,)."""
        gfn = self.gfn.astype(np.int64)
        if self.region_vpns is None:
            return gfn
        pages: NDArray[np.int64] = self.region_vpns[gfn >> REGION_SHIFT]
        return pages + (gfn & (REGION_PAGES - 1))

    def vpn(self, gfn: int) -> int | None:
        """Return the virtual page that *gfn* stands for; None when the trace names guest frames."""
        if self.region_vpns is None:
            return None
        return int(self.region_vpns[gfn >> REGION_SHIFT]) + (gfn & (REGION_PAGES - 1))


def clean_points(trace: WriteTrace, every: int) -> list[int]:
    """Return the records before which a CLEAN happens, rising.

    That is the first epoch boundary at or after each multiple of *every* guest instructions. The
    trace starts clean, so 0 is not among them, and nothing is cleaned after the last record;
    multiples that meet at one boundary are one CLEAN. Raises PmlvizError when *every* is under 1.
    """
    if every < 1:
        raise PmlvizError(f"CLEAN every {every} instructions", hint="it must be at least 1")
    interval = trace.epoch_insn // every
    starts = np.diff(interval, prepend=0) > 0
    records = np.unique(trace.epoch_record[starts])
    return [int(record) for record in records if 0 < record < len(trace)]
