"""The page-write trace format "pwt 1": text, one line for each vCPU and page stored to in an epoch.

    # pwt 1  source=… vcpus=1 pages=65536 page=4096 epoch_insns=1000000 time=guest-instructions
    # comments may stand anywhere
    M <insn> <vcpu> <marker>                        the guest says where it is
    E <epoch> <start_insn> <nrec> [<host_us>]       nrec lines follow
    <dt_insn> <vcpu> <gfn_hex> <stores> <lines64>   dt_insn counts from start_insn to the first store
    # total insns=… stores=… records=…

host_us, microseconds since 1970, stands in every E line or in none (`host=1` promises it). With
`space=virtual` there is no `pages=`, and the third number of a record is a virtual page. A marker ends its
block, and the block after it may be of the same epoch. Numbers are decimal except gfn_hex.
"""

import re
from pathlib import Path
from typing import Never

from pmlviz.core.errors import TraceError
from pmlviz.core.pwt_header import Header, fields_of, read_header
from pmlviz.core.trace_columns import Columns
from pmlviz.core.trace_text import quoted
from pmlviz.core.write_trace import Marker, TraceFormat, WriteTrace

CACHE_LINES = 64
"""Cache lines of a page."""
MAX_VPNS = 1 << 52
"""Virtual pages that 64-bit addresses can name."""

_RECORDS = re.compile(
    rb"(?:[0-9]{1,18} [0-9]{1,9} [0-9a-fA-F]{1,16} [0-9]{1,18} [0-9]{1,9}\r?\n)*+"
)
_RECORD = "<dt_insn> <vcpu> <gfn_hex> <stores> <lines64>"
_EPOCH = re.compile(rb"E ([0-9]{1,18}) ([0-9]{1,18}) ([0-9]{1,18})(?: ([0-9]{1,18}))?")
_MARKER = re.compile(rb"M ([0-9]{1,18}) ([0-9]{1,9}) ([0-9]{1,18})")
_TOTAL = re.compile(rb"# total((?: +[^ =]+=[^ ]+)+) *")
_DAMAGED = "the file may be damaged: copy it again, or make the trace again"


class PwtReader:
    """Reads a page-write trace from pieces of whole lines, in order; `header` is its first line."""

    def __init__(self, path: Path, header: bytes) -> None:
        """Start with the first line. Raises TraceError."""
        self._path = path
        self._header: Header = read_header(header, path)
        self._max_gfn = MAX_VPNS if self._header.pages is None else self._header.pages
        self._columns = Columns()
        self._stores = 0
        self._block_line = 0
        self._block_records = 0
        self._start_insn = 0
        self._missing = 0
        self._total_line = 0

    def __len__(self) -> int:
        """How many records so far."""
        return len(self._columns)

    def feed(self, text: bytes, line: int) -> None:
        """Read *text*, whole lines of which the first has number *line*. Raises TraceError."""
        at = 0
        while at < len(text):
            end = _RECORDS.match(text, at).end()  # type: ignore[union-attr]
            if end > at:
                line += self._records(text[at:end], line)
            else:
                end = text.index(b"\n", at) + 1
                self._other(text[at:end].rstrip(b"\r\n"), line)
                line += 1
            at = end

    def finish(self, limit: int | None) -> WriteTrace:
        """Return the trace, or its first *limit* records. Raises TraceError."""
        ...
