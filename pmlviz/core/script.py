"""What the outside world wants, in order; and one item of it, driven to rest."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import msgspec

from pmlviz.core.actions import Action, GuestAccess, HandleExit
from pmlviz.core.errors import IllegalAction, ModelBug
from pmlviz.core.items import Item, Op, parse_line
from pmlviz.core.machine import step
from pmlviz.core.run import Step
from pmlviz.core.state import State
from pmlviz.core.strategies import Strategy
from pmlviz.core.trace import WriteTrace, clean_points
from pmlviz.core.units import PAGE_SHIFT, fmt, gfn_of

MAX_RETRIES = 64
DRAINING = frozenset({Op.DRAIN, Op.PEEK, Op.CLEAN, Op.DISABLE, Op.STOP_AND_COPY})
"""What empties the buffers without an exit."""


class Line(msgspec.Struct, frozen=True, gc=False):
    """One line of a script as people see it: its text and the items it stands for, from 1."""

    text: str
    first: int
    count: int
    place: str = ""
    """The file and line it was read from; empty for what was done by hand."""

    @property
    def last(self) -> int:
        """Number of the line's last item."""
        return self.first + self.count - 1


class Script(Protocol):
    """A sequence of items; those of a trace are made when they are asked for."""

    def __len__(self) -> int:
        """How many items there are."""

    def item(self, number: int) -> Item:
        """Return item *number*, counted from 1."""

    def line_of(self, number: int) -> Line:
        """Return the line that item *number* belongs to."""

    def lines(self) -> Sequence[Line]:
        """Return all lines, in order."""

    def lab_items(self) -> Sequence[int]:
        """Return the numbers of the items that change the machine by hand."""

    def next_drain(self, after: int) -> int | None:
        """Return the number of the first item past *after* that drains the buffers, if any."""


class ItemScript:
    """A script of lines, as written by hand."""

    def __init__(self, lines: Iterable[tuple[str, tuple[Item, ...], str]]) -> None:
        """Take (text, items, place) of each line; lines without items are left out."""
        self._items: list[Item] = []
        self._lines: list[Line] = []
        self._line_at: list[int] = []
        for text, items, place in lines:
            if not items:
                continue
            self._line_at += [len(self._lines)] * len(items)
            self._lines.append(Line(text, len(self._items) + 1, len(items), place))
            self._items += items
        self._lab = [n for n, item in enumerate(self._items, 1) if item.op is Op.SET_INDEX]
        self._drains = [n for n, item in enumerate(self._items, 1) if item.op in DRAINING]

    @classmethod
    def parse(cls, text: str, place: str = "script", first_line: int = 1) -> "ItemScript":
        """Return the script that *text* spells.

        Raises ScriptError at `place:line`.
        """
        places = ((line, f"{place}:{n}") for n, line in enumerate(text.split("\n"), first_line))
        return cls((bare(line), parse_line(line, where), where) for line, where in places)

    def __len__(self) -> int:
        """How many items there are."""
        return len(self._items)

    def item(self, number: int) -> Item:
        """Return item *number*, counted from 1."""
        return self._items[number - 1]

    def line_of(self, number: int) -> Line:
        """Return the line that item *number* belongs to."""
        return self._lines[self._line_at[number - 1]]

    def lines(self) -> Sequence[Line]:
        """Return all lines, in order."""
        return self._lines

    def lab_items(self) -> Sequence[int]:
        """Return the numbers of the items that change the machine by hand."""
        return self._lab

    def next_drain(self, after: int) -> int | None:
        """Return the number of the first item past *after* that drains the buffers, if any."""
        return _first_past(self._drains, after)

    def acted(self, after: int, item: Item) -> "ItemScript":
        """Return the script up to item *after*, followed by *item* alone."""
        kept: list[tuple[str, tuple[Item, ...], str]] = []
        for line in self._lines:
            items = tuple(self._items[line.first - 1 : min(line.last, after)])
            if len(items) < line.count:
                kept += [(each.text, (each,), "") for each in items]
            else:
                kept.append((line.text, items, line.place))
        return ItemScript([*kept, (item.text, (item,), "")])


def bare(line: str) -> str:
    """Return *line* of a script without its comment."""
    return line.split("#", 1)[0].strip()


class TraceScript:
    """The writes of a trace, with log-dirty on from the start and a CLEAN here and there."""

    def __init__(
        self, trace: WriteTrace, cleans: Sequence[int] = (), extra: Sequence[Item] = ()
    ) -> None:
        """Clean before each record of *cleans* (numbers from 0, rising); end with *extra*."""
        self.trace = trace
        self._clean_items = [2 + record + n for n, record in enumerate(cleans)]
        self.base = 1 + len(trace.gfn) + len(self._clean_items)
        """Items of the trace, before those that were done by hand."""
        self.extra = tuple(extra)
        """Items that were done by hand."""

    @classmethod
    def cleaned_every(cls, trace: WriteTrace, insns: int | None) -> "TraceScript":
        """Return the script that cleans every *insns* guest instructions (None: never).

        A CLEAN comes at the first epoch boundary at or after each multiple.
        """
        return cls(trace, [int(n) for n in clean_points(trace, insns)] if insns else [])

    def __len__(self) -> int:
        """How many items there are."""
        return self.base + len(self.extra)

    def item(self, number: int) -> Item:
        """Return item *number*, counted from 1."""
        if number > self.base:
            return self.extra[number - self.base - 1]
        if number == 1:
            return Item(Op.ENABLE)
        before = bisect_left(self._clean_items, number)
        if before < len(self._clean_items) and self._clean_items[before] == number:
            return Item(Op.CLEAN, send=False)
        record = number - 2 - before
        return Item(
            Op.WRITE, int(self.trace.gfn[record]) << PAGE_SHIFT, int(self.trace.vcpu[record])
        )

    def line_of(self, number: int) -> Line:
        """Return the line of item *number*: a trace has one item a line."""
        return Line(self.item(number).text, number, 1)

    def lines(self) -> Sequence[Line]:
        """Return all lines, made when they are asked for."""
        return _LazyLines(self)

    def lab_items(self) -> Sequence[int]:
        """Return the numbers of the items that change the machine by hand, all of them added."""
        return [n for n, i in enumerate(self.extra, self.base + 1) if i.op is Op.SET_INDEX]

    def next_drain(self, after: int) -> int | None:
        """Return the number of the first item past *after* that drains the buffers, if any."""
        clean = _first_past(self._clean_items, after)
        if clean is not None and clean <= self.base:
            return clean
        added = [n for n, i in enumerate(self.extra, self.base + 1) if i.op in DRAINING]
        return _first_past(added, after)

    def acted(self, after: int, item: Item) -> "TraceScript":
        """Return the trace up to item *after*, followed by *item* alone."""
        if after >= self.base:
            return TraceScript._of(
                self.trace,
                self._clean_items,
                self.base,
                (*self.extra[: after - self.base], item),
            )
        return TraceScript._of(self.trace, self._clean_items, after, (item,))

    @classmethod
    def _of(
        cls, trace: WriteTrace, cleans: list[int], base: int, extra: tuple[Item, ...]
    ) -> "TraceScript":
        script = cls.__new__(cls)
        script.trace, script._clean_items, script.base, script.extra = trace, cleans, base, extra
        return script


def _first_past(numbers: list[int], after: int) -> int | None:
    at = bisect_right(numbers, after)
    return numbers[at] if at < len(numbers) else None


class _LazyLines(Sequence[Line]):
    def __init__(self, script: TraceScript) -> None:
        self._script = script

    def __len__(self) -> int:
        return len(self._script)

    def __getitem__(self, at: int) -> Line:  # type: ignore[override]
        if not 0 <= at < len(self):
            raise IndexError(at)
        return self._script.line_of(at + 1)


AnyScript = ItemScript | TraceScript


def drive(state: State, item: Item, strategy: Strategy) -> Iterator[Step]:
    """Yield the steps that carry *item* to rest: the access, its exits handled, and its retries.

    Raises IllegalAction before anything happens if the item is not allowed now, ModelBug if it
    never rests.
    """
    action: Action = item.action
    for _ in range(MAX_RETRIES):
        done = step(state, action, strategy)
        yield done
        state = done.state
        if not isinstance(action, GuestAccess) or state.vcpus[action.vcpu].exit is None:
            return
        handled = step(state, HandleExit(action.vcpu), strategy)
        yield handled
        state = handled.state
        action = msgspec.structs.replace(action, retry=True)
    raise ModelBug(f"{item.text} under {strategy.name} did not come to rest in {MAX_RETRIES} tries")


def check(state: State, script: AnyScript) -> None:
    """Raise IllegalAction at the first line that names a vCPU or a page the machine has not.

    A trace is not looked through: its reader has checked every record.
    """
    if isinstance(script, TraceScript):
        return
    for line in script.lines():
        first, last = script.item(line.first), script.item(line.last)
        if first.vcpu >= len(state.vcpus):
            n = len(state.vcpus)
            raise IllegalAction(
                f"{line.text!r}: there is no vCPU {first.vcpu}",
                place=line.place,
                hint=f"the machine has {n} vCPUs, from 0" if n > 1 else "the machine has vCPU 0",
            )
        end = gfn_of(last.value + last.size - 1) + 1
        missing = _unmapped(state, gfn_of(first.value), end) if first.is_access else None
        if missing is not None:
            raise IllegalAction(
                f"{line.text!r}: gfn {fmt(missing)} is outside guest memory",
                place=line.place,
                hint=f"the last mapped gfn is {fmt(state.domain.max_gfn - 1)}",
            )


def _unmapped(state: State, gfn: int, end: int) -> int | None:
    """Return the first gfn from *gfn* to before *end* that no region holds."""
    for region in state.domain.regions:  # they rise
        if region.gfn <= gfn < region.gfn + region.pages:
            gfn = region.gfn + region.pages
    return gfn if gfn < end else None
