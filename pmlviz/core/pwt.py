"""The page-write trace format "pwt 1": text, one line for each vCPU and page stored to in an epoch.

    # pwt 1  source=… vcpus=1 pages=65536 page=4096 epoch_insns=1000000 time=guest-instructions
    # comments and empty lines may stand anywhere
    M <insn> <vcpu> <marker>                        the guest says where it is
    E <epoch> <start_insn> <nrec> [<host_us>]       nrec lines follow
    <dt_insn> <vcpu> <gfn_hex> <stores> <lines64>   dt_insn: from start_insn to the first store
    # total insns=… stores=… records=… [page_crossing=…]

host_us, microseconds since 1970, stands in every E line or in none (`host=1` promises it). With
`space=virtual` there is no `pages=`, and the third number of a record is a virtual page. A marker
ends its block, and the block after it may be of the same epoch. Numbers are decimal except gfn_hex.
"""

import re
from pathlib import Path
from typing import Never

from pmlviz.core.errors import TraceError
from pmlviz.core.pwt_header import fields_of, number_of, read_header
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
_RECORD = "'<dt_insn> <vcpu> <gfn_hex> <stores> <lines64>'"
_LINES = {b"E": "'E <epoch> <start_insn> <nrec>'", b"M": "'M <insn> <vcpu> <marker>'"}
_ANY_LINE = "an E line, an M line or a comment"
_EPOCH = re.compile(rb"E ([0-9]{1,18}) ([0-9]{1,18}) ([0-9]{1,18})(?: ([0-9]{1,18}))?")
_MARKER = re.compile(rb"M ([0-9]{1,18}) ([0-9]{1,9}) ([0-9]{1,18})")
_TOTAL = re.compile(rb"# total((?: +[^ =]+=[^ ]+)+) *")
_NUMBERS = "decimal numbers, except the hexadecimal gfn without 0x; one space between them"
_DAMAGED = "the file may have been cut or damaged: copy it again, or make the trace again"


def looks_like_pwt(text: bytes) -> bool:
    """Whether *text*, the start of a file, says that it is a page-write trace, of any version."""
    return text.startswith(b"# pwt ")


class PwtReader:
    """Reads a page-write trace from pieces of whole lines, in order."""

    def __init__(self, path: Path, header: bytes) -> None:
        """Start with the first line, which is also fed. Raises TraceError."""
        self._path = path
        self._header = read_header(header, path)
        self._columns = Columns(path)
        self._stores = 0
        self._last_insn = 0
        self._total_line = 0
        # The block that is being read: its line, its records, how many of them are still to come.
        self._block_line = 0
        self._block_records = 0
        self._to_come = 0

    def __len__(self) -> int:
        """How many records so far."""
        return len(self._columns)

    def feed(self, text: bytes, line: int) -> None:
        """Read *text*, whole lines of which the first has number *line*. Raises TraceError."""
        at = 0
        while at < len(text):
            run = _RECORDS.match(text, at)
            assert run  # it matches no record, too
            if run.end() > at:
                line += self._records(run[0].split(), line)
                at = run.end()
            else:
                end = text.index(b"\n", at) + 1
                self._other(text[at:end].rstrip(b"\r\n"), line)
                line += 1
                at = end

    def finish(self, limit: int | None) -> WriteTrace:
        """Return the trace, or its first *limit* records. Raises TraceError."""
        columns, header = self._columns, self._header
        notes = ["the counts of stores and of cache lines are checked and not kept"]
        if limit is None or len(columns) <= limit:
            if self._to_come:
                self._fail(f"the file ends: {self._lacking()}", None, hint=_DAMAGED)
            if not columns:
                self._fail("the trace has no record", None)
            if not self._total_line:
                notes.append("there is no '# total' line: the end of the trace may be missing")
        return columns.trace(
            trace_format=TraceFormat.PWT,
            n_vcpus=header.vcpus,
            n_pages=header.pages,
            epoch_insns=header.epoch_insns,
            limit=limit,
            notes=notes,
        )

    def _records(self, fields: list[bytes], line: int) -> int:
        """Read records, five *fields* each, and return how many they are."""
        n = len(fields) // 5
        kept = min(n, self._to_come)
        if kept:
            self._keep(fields[: 5 * kept], line)
            self._to_come -= kept
        if kept < n and not self._block_line:
            self._fail("a record before the first E line", line)
        if kept < n:
            self._fail(
                f"one record more than the {self._block_records:,}"
                f" that line {self._block_line} announces",
                line + kept,
                hint=_DAMAGED,
            )
        return n

    def _keep(self, fields: list[bytes], line: int) -> None:
        columns, header = self._columns, self._header
        start = columns.epoch_insn[-1]
        insns = [start + int(dt_insn) for dt_insn in fields[0::5]]
        vcpus = list(map(int, fields[1::5]))
        gfns = [int(gfn, 16) for gfn in fields[2::5]]
        stores = list(map(int, fields[3::5]))
        lines64 = list(map(int, fields[4::5]))
        if (
            max(vcpus) >= header.vcpus
            or max(gfns) >= (header.pages or MAX_VPNS)
            or min(stores) < 1
            or min(lines64) < 1
            or max(lines64) > CACHE_LINES
        ):
            for offset, record in enumerate(zip(vcpus, gfns, stores, lines64, strict=True)):
                self._check_record(*record, line + offset)
        columns.insn.extend(insns)
        columns.vcpu.extend(vcpus)
        columns.gfn.extend(columns.frames.of(gfns) if header.pages is None else gfns)
        self._stores += sum(stores)
        self._last_insn = max(self._last_insn, *insns)

    def _check_record(self, vcpu: int, gfn: int, stores: int, lines64: int, line: int) -> None:
        self._check_vcpu(vcpu, line)
        pages = self._header.pages
        if pages is None and gfn >= MAX_VPNS:
            self._fail(f"virtual page {gfn:#x}: 64-bit addresses end at {MAX_VPNS - 1:#x}", line)
        if pages is not None and gfn >= pages:
            self._fail(
                f"gfn {gfn:#x}: the header says pages={pages}, so {pages - 1:#x} is the last", line
            )
        if not stores:
            self._fail("0 stores: a record stands for at least one", line)
        if not 1 <= lines64 <= CACHE_LINES:
            self._fail(f"lines64 {lines64}: a page has cache lines 1 to {CACHE_LINES}", line)

    def _check_vcpu(self, vcpu: int, line: int) -> None:
        if vcpu >= self._header.vcpus:
            self._fail(f"vcpu {vcpu}: the header says vcpus={self._header.vcpus}", line)

    def _other(self, text: bytes, line: int) -> None:
        """Read a line that is no record."""
        if total := _TOTAL.fullmatch(text):
            self._total(fields_of(total[1], self._path, line), line)
        elif not text or text.startswith(b"#"):
            return
        elif self._total_line:
            self._fail(f"{quoted(text)} after the '# total' line", line)
        elif epoch := _EPOCH.fullmatch(text):
            _, start_insn, n_records, host_us = epoch.groups()
            at = None if host_us is None else int(host_us)
            self._epoch(int(start_insn), int(n_records), at, line)
        elif marker := _MARKER.fullmatch(text):
            insn, vcpu, number = map(int, marker.groups())
            self._end_block(line)
            self._check_vcpu(vcpu, line)
            self._columns.markers.append(Marker(len(self._columns), insn, vcpu, number))
        else:
            expected = _RECORD if self._to_come else _LINES.get(text[:1], _ANY_LINE)
            self._fail(f"expected {expected}, got {quoted(text)}", line, hint=_NUMBERS)

    def _epoch(self, start_insn: int, n_records: int, host_us: int | None, line: int) -> None:
        self._end_block(line)
        columns = self._columns
        if columns.epoch_insn and start_insn < columns.epoch_insn[-1]:
            self._fail(
                f"the epoch starts at {start_insn}, before the one of line {self._block_line}"
                f" at {columns.epoch_insn[-1]}",
                line,
            )
        with_host = bool(columns.epoch_host_us) if columns.epoch_insn else self._header.host
        if host_us is None and with_host:
            self._fail("the E line lacks host_us, which others have or the header promises", line)
        if host_us is not None and not with_host and columns.epoch_insn:
            self._fail("the E line has host_us, and the ones before have none", line)
        columns.start_epoch(start_insn, host_us)
        self._block_line, self._block_records, self._to_come = line, n_records, n_records

    def _total(self, fields: dict[str, str], line: int) -> None:
        self._end_block(line)
        totals = {name: number_of(fields.get(name, "")) for name in ("insns", "stores", "records")}
        insns, stores, records = totals.values()
        if insns is None or stores is None or records is None:
            lacking = ", ".join(f"{name}=" for name, number in totals.items() if number is None)
            self._fail(f"the '# total' line lacks {lacking} or has no number there", line)
        # A store that crosses a page is one store and counts for both pages.
        stores += number_of(fields.get("page_crossing", "")) or 0
        for name, said, found in (
            ("records", records, len(self)),
            ("stores", stores, self._stores),
        ):
            if said != found:
                self._fail(f"the file says {said:,} {name} and has {found:,}", line, hint=_DAMAGED)
        if insns < self._last_insn:
            self._fail(
                f"the file says {insns:,} insns and has a store after {self._last_insn:,}",
                line,
                hint=_DAMAGED,
            )
        self._total_line = line

    def _end_block(self, line: int) -> None:
        if self._to_come:
            self._fail(self._lacking(), line, hint=_DAMAGED)

    def _lacking(self) -> str:
        return (
            f"{self._to_come:,} of the {self._block_records:,} records that line {self._block_line}"
            " announces are missing"
        )

    def _fail(self, message: str, line: int | None, *, hint: str = "") -> Never:
        raise TraceError(message, path=self._path, line=line, hint=hint)
