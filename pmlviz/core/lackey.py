"""The text that Valgrind's Lackey tool writes with --trace-mem=yes: every access of one process.

    ==PID== …               what Valgrind says itself (also --PID-- and **PID**)
    I  0401ab70,3           an instruction: hexadecimal address, size in bytes
     L 04032e40,8           a load by it
     S 1fff000768,8         a store by it
     M 04033e06,1           a load and a store by it: a store for us

The clock is the number of I lines. Addresses are virtual. A store that crosses a page is two
writes. Stores with the same clock are of one instruction: a write to the page that the same
instruction has just written says nothing new, and is left out.
"""

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pmlviz.core.errors import TraceError
from pmlviz.core.trace_columns import Columns
from pmlviz.core.trace_text import quoted
from pmlviz.core.units import PAGE_SHIFT, PAGE_SIZE
from pmlviz.core.write_trace import TraceFormat, WriteTrace

EPOCH_INSNS = 100_000
"""Guest instructions of an epoch: Lackey knows none, so this is a choice."""

_CHATTER = rb"(?:==|--|\*\*)[0-9]+(?:==|--|\*\*)[^\n]*\n"
_ACCESS = rb"(?:I | [SLM]) {1,2}[0-9a-fA-F]{1,16},[0-9]{1,9}\r?\n"
_LINES = re.compile(rb"(?:" + _ACCESS + rb"|" + _CHATTER + rb")*+")
_FIRST_LINES = re.compile(rb"(?:" + _CHATTER + rb")*+(" + _ACCESS + rb")?")
_STORES = re.compile(rb"^ [SM] {1,2}([0-9a-fA-F]+),([0-9]+)", re.MULTILINE)
_SAID = re.compile(rb"^(?:==|--|\*\*)([0-9]+)(?:==|--|\*\*) *([^\r\n]*)", re.MULTILINE)
_GUEST_INSTRS = re.compile(rb"guest instrs: +([0-9,]+)")
_LINE_END, _SPACE, _I, _S, _M = b"\n ISM"
_EXPECTED = "'I  <address>,<size>', ' S <address>,<size>' (or L, M), or '==<pid>== …'"
_COMMAND = "valgrind --tool=lackey --trace-mem=yes --log-file=FILE PROGRAM"


def looks_like_lackey(text: bytes) -> bool:
    """Whether *text*, the start of a file, is Lackey's: its name, or an access, comes first."""
    first = _FIRST_LINES.match(text)
    assert first  # it matches nothing at all, too
    return bool(first[1]) or b"Lackey" in first[0]


class LackeyReader:
    """Reads Lackey's text from pieces of whole lines, in order."""

    def __init__(self, path: Path) -> None:
        """Start with no record."""
        self._path = path
        self._columns = Columns(path)
        self._clock = 0
        self._stores = 0
        self._crossing = 0
        self._repeated = 0
        self._last = np.array((-1, -1))
        """Instruction and page of the last write."""
        self._pids: dict[bytes, None] = {}
        self._counted: int | None = None

    def __len__(self) -> int:
        """How many records so far."""
        return len(self._columns)

    def feed(self, text: bytes, line: int) -> None:
        """Read *text*, whole lines of which the first has number *line*. Raises TraceError."""
        match = _LINES.match(text)
        assert match  # it matches nothing at all, too
        if good := match[0]:
            self._chatter(good)
            self._accesses(good, line)
        if rest := text[len(good) :]:
            bad, _, _ = rest.partition(b"\n")
            raise TraceError(
                f"expected {_EXPECTED}, got {quoted(bad)}",
                path=self._path,
                line=line + good.count(b"\n"),
                hint=f"if this is output of the program, keep it apart: {_COMMAND}",
            )

    def finish(self, limit: int | None) -> WriteTrace:
        """Return the trace, or its first *limit* records. Raises TraceError."""
        if not self._columns:
            raise TraceError(
                "Lackey's output without a store (S or M line)", path=self._path, hint=_COMMAND
            )
        cut = limit is not None and len(self) > limit
        return self._columns.trace(
            trace_format=TraceFormat.LACKEY,
            n_vcpus=1,
            n_pages=None,
            epoch_insns=EPOCH_INSNS,
            limit=limit,
            notes=self._notes(cut=cut),
        )

    def _chatter(self, text: bytes) -> None:
        for pid, words in _SAID.findall(text):
            self._pids.setdefault(pid)
            if counted := _GUEST_INSTRS.match(words):
                self._counted = int(counted[1].replace(b",", b""))

    def _accesses(self, text: bytes, line: int) -> None:
        letters = np.frombuffer(text, np.uint8)
        ends = np.flatnonzero(letters == _LINE_END)
        starts = np.concatenate(([0], ends[:-1] + 1))
        first, second = letters[starts], letters[starts + 1]
        clock = self._clock + np.cumsum(first == _I)
        self._clock = int(clock[-1])
        stores = np.flatnonzero((first == _SPACE) & ((second == _S) | (second == _M)))
        if len(stores):
            fields = _STORES.findall(text)
            addresses = np.array([int(address, 16) for address, _ in fields], np.uint64)
            sizes = np.array([int(size) for _, size in fields], np.uint64)
            lasts = addresses + sizes - np.uint64(1)
            self._check_stores(addresses, sizes, lasts, line + stores)
            shift = np.uint64(PAGE_SHIFT)
            pages = np.stack((addresses >> shift, lasts >> shift), axis=1).astype(np.int64)
            self._keep(clock[stores], pages)

    def _check_stores(
        self,
        addresses: NDArray[np.uint64],
        sizes: NDArray[np.uint64],
        lasts: NDArray[np.uint64],
        lines: NDArray[np.intp],
    ) -> None:
        wrong = (sizes < 1) | (sizes > PAGE_SIZE) | (lasts < addresses)
        if wrong.any():
            at = int(np.argmax(wrong))
            raise TraceError(
                f"a store of {sizes[at]} bytes at {addresses[at]:#x}",
                path=self._path,
                line=int(lines[at]),
                hint=f"1 to {PAGE_SIZE} bytes are expected, and no address above 2**64 - 1",
            )

    def _keep(self, insns: NDArray[np.int64], pages: NDArray[np.int64]) -> None:
        """Make records of stores; *pages* has the first and the last page of each, shape (n, 2)."""
        crossing = pages[:, 0] != pages[:, 1]
        wanted = np.stack((np.ones_like(crossing), crossing), axis=1).ravel()
        written = np.stack((np.repeat(insns, 2), pages.ravel()), axis=1)[wanted]
        before = np.concatenate(([self._last], written[:-1]))
        kept = written[(written != before).any(axis=1)]
        self._stores += len(insns)
        self._crossing += int(crossing.sum())
        self._repeated += len(written) - len(kept)
        self._last = written[-1]

        columns = self._columns
        epochs = kept[:, 0] // EPOCH_INSNS
        last_epoch = columns.epoch_insn[-1] // EPOCH_INSNS if columns.epoch_insn else -1
        starts = np.flatnonzero(np.diff(epochs, prepend=last_epoch))
        columns.epoch_record.extend((len(columns) + starts).tolist())
        columns.epoch_insn.extend((epochs[starts] * EPOCH_INSNS).tolist())
        columns.insn.extend(kept[:, 0].tolist())
        columns.vcpu.frombytes(bytes(len(kept)))
        columns.gfn.extend(columns.frames.of(kept[:, 1].tolist()))

    def _notes(self, *, cut: bool) -> list[str]:
        notes = [f"time is the number of I lines; an epoch is {EPOCH_INSNS:,} of them"]
        if len(self._pids) > 1:
            pids = ", ".join(pid.decode() for pid in self._pids)
            notes.append(f"processes {pids} wrote into one file: taken as one address space")
        if cut:
            return notes
        notes.append(
            f"{self._stores:,} stores (S and M lines) are {len(self):,} writes:"
            f" {self._crossing:,} crossed a page,"
            f" {self._repeated:,} went to the page that their instruction had just written"
        )
        if self._counted is None:
            notes.append("there is no summary of Lackey's: the end of the trace may be missing")
        elif self._counted != self._clock and len(self._pids) == 1:
            notes.append(
                f"Lackey counted {self._counted:,} instructions,"
                f" and the file has {self._clock:,} I lines"
            )
        return notes
