"""The guest half of the emulator's program: its own page tables, where guest paging is on."""

from collections.abc import Iterator
from typing import NamedTuple

from pmlviz.core.emulator_host import CODE
from pmlviz.core.emulator_trace import LEVELS, EmulatorTrace, GuestPage, Op, number
from pmlviz.core.ept import empty_table, entry_at, with_word
from pmlviz.core.guest_walk import PS, RW, A, D, P
from pmlviz.core.units import PAGE_SHIFT, PAGE_SIZE, REAL, EptLevel, Mfn

_USER = 1 << 2
_TABLE = P | RW | _USER | A
_PAGE = _TABLE | D


class Linear(NamedTuple):
    """Linear memory from *lin* on, *size* bytes of it, mapped to *gpa*."""

    lin: int
    gpa: int
    size: int


def touched_pages(trace: EmulatorTrace) -> list[int]:
    """Return the linear pages that the operations of *trace* touch, rising."""
    ops = [step.op for step in trace.steps if step.op is not None and step.op.addr is not None]
    return sorted({page for op in ops for page in _pages(op)})


def _pages(op: Op) -> Iterator[int]:
    addr = number(op.addr or 0)
    if op.op in ("WRITE_RANGE", "READ_RANGE"):
        yield from ((addr + n * op.stride) >> PAGE_SHIFT for n in range(op.count))
    else:
        yield addr >> PAGE_SHIFT
        yield (addr + size_of(op) - 1) >> PAGE_SHIFT


def size_of(op: Op) -> int:
    """Return the bytes that one access of *op* moves."""
    return op.size or (4 if op.op == "RMW" else 1)


class GuestTables:
    """The guest's own page tables, filled as the emulator's program fills them."""

    def __init__(self, trace: EmulatorTrace) -> None:
        """Map what the scenario says, else every touched page to itself."""
        self.pages: dict[Mfn, bytes] = {}
        self.mapped: list[Linear] = []
        scenario = trace.scenario
        if scenario.guest != "paged64":
            return
        self._base = Mfn(number(scenario.guest_pt_base) >> PAGE_SHIFT)
        self._new_table()
        one_gigabyte = EptLevel.PDPTE
        self._enter(CODE & -1 << 30, CODE & -1 << 30, one_gigabyte, _PAGE)
        own = [GuestPage(page << PAGE_SHIFT, page << PAGE_SHIFT) for page in touched_pages(trace)]
        for entry in own if scenario.guest_map is None else scenario.guest_map:
            level = LEVELS[entry.size]
            size = REAL.pages(level) << PAGE_SHIFT
            for n in range(entry.count):
                lin, gpa = number(entry.lin) + n * size, number(entry.gpa) + n * size
                self._enter(lin, gpa, level, _PAGE if entry.w else _PAGE & ~RW)
                self.mapped.append(Linear(lin, gpa, size))

    def gpa(self, lin: int) -> int:
        """Return the guest-physical address behind *lin*."""
        for lower, gpa, size in self.mapped:
            if lower <= lin < lower + size:
                return gpa + lin - lower
        return lin

    def page_size(self, lin: int) -> int:
        """Return the bytes of the guest page around *lin*."""
        return next((m.size for m in self.mapped if m.lin <= lin < m.lin + m.size), PAGE_SIZE)

    def _enter(self, lin: int, gpa: int, level: EptLevel, flags: int) -> None:
        table, at = self._base, EptLevel.PML4E
        while at > level:
            index = REAL.index(lin >> PAGE_SHIFT, at)
            entry = entry_at(self.pages[table], index)
            lower = entry.mfn if entry else self._new_table()
            self._set(table, index, lower << PAGE_SHIFT | _TABLE)
            table, at = lower, EptLevel(at - 1)
        large = PS if level > EptLevel.PTE else 0
        self._set(table, REAL.index(lin >> PAGE_SHIFT, level), gpa | flags | large)

    def _new_table(self) -> Mfn:
        frame = Mfn(self._base + len(self.pages))
        self.pages[frame] = empty_table(REAL)
        return frame

    def _set(self, table: Mfn, index: int, value: int) -> None:
        self.pages[table] = with_word(self.pages[table], index, value)
