"""Figures as tables, to be pasted into a mail: aligned text, Markdown, CSV."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from pmlviz.core import judge
from pmlviz.core.bitset import Bitset
from pmlviz.core.stats import Mark
from pmlviz.core.units import PAGE_SHIFT, fmt, fmt_index, gfn_of
from pmlviz.ui.figure_page import words_of
from pmlviz.ui.figures.promise import verdict
from pmlviz.ui.figures.registry import FIGURES
from pmlviz.ui.figures.told import story_of
from pmlviz.ui.frame import Frame

KINDS: Final = (".txt", ".md", ".csv")

_MARK_WORDS: Final = (
    (Mark.MISCONFIG, "exit 49"),
    (Mark.VIOLATION, "exit 48"),
    (Mark.PML_FULL, "exit 62"),
    (Mark.SPLIT, "split"),
    (Mark.DRAIN, "drain"),
    (Mark.MARKED, "marked"),
    (Mark.LOGGED, "logged"),
    (Mark.CLEAN, "CLEAN"),
    (Mark.PEEK, "PEEK"),
    (Mark.LOST, "lost write"),
)

Row = tuple[str | int, ...]


class Table(NamedTuple):
    """What a figure shows, in rows."""

    title: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]


def tables(figure: str, frame: Frame) -> list[Table]:
    """Return the tables of *figure*; `window` and `debug` have those of all their parts."""
    whole = figure in ("window", "debug")
    names = ("ept", "pml", "bitmap", "counters") if whole else (figure,)
    return [_TABLES[name](frame) for name in names]


def as_text(figure: str, frame: Frame, place: str, kind: str) -> str:
    """Return *figure* at *frame* as a text of *kind*, one of `KINDS`; *place* says where it is.

    A CSV is the tables alone, an empty line between two.
    """
    found = tables(figure, frame)
    if kind == ".csv":
        return "\r\n".join(_csv(table) for table in found)
    told = words_of(story_of(frame))
    if kind == ".md":
        parts = [f"**{frame.title}** ({place})", told]
        parts += [f"{table.title}\n\n{_markdown(table)}" for table in found]
    else:
        parts = [f"{frame.title} ({place})", told]
        parts += [f"{table.title}\n{_aligned(table)}" for table in found]
    return "\n\n".join(parts) + "\n"


def _csv(table: Table) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([table.head, *table.rows])
    return out.getvalue()


def _markdown(table: Table) -> str:
    numeric = [all(isinstance(row[n], int) for row in table.rows) for n in range(len(table.head))]
    lines = [table.head, tuple("---:" if right else "---" for right in numeric), *table.rows]
    return "\n".join(
        "| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines
    )


def _aligned(table: Table) -> str:
    cells = [[str(cell) for cell in row] for row in (table.head, *table.rows)]
    wide = [max(len(row[n]) for row in cells) for n in range(len(table.head))]
    right = [
        bool(table.rows) and all(isinstance(row[n], int) for row in table.rows)
        for n in range(len(table.head))
    ]
    return "\n".join(
        "  ".join(
            cell.rjust(w) if r else cell.ljust(w)
            for cell, w, r in zip(row, wide, right, strict=True)
        ).rstrip()
        for row in cells
    )


# ── what each figure shows ───────────────────────────────────────────────────


def _ept(frame: Frame) -> Table:
    gfn = frame.shown_gfn
    rows = tuple(
        (
            step.level.name,
            fmt(step.table),
            step.index,
            fmt(step.entry),
            *(int(flag) for flag in (step.entry.r, step.entry.w, step.entry.x)),
            int(step.entry.a),
            int(step.entry.d) if step.entry.is_leaf(step.level) else "",
            fmt(step.entry.mfn),
        )
        for step in frame.path
    )
    about = "no page is in view" if gfn is None else f"gfn {fmt(gfn)}"
    head = ("level", "table", "index", "entry", "R", "W", "X", "A", "D", "mfn")
    return Table(f"{FIGURES['ept'].title}: {about}", head, rows)


def _pml(frame: Frame) -> Table:
    state = frame.state
    rows: list[Row] = []
    indices = []
    for vcpu, v in enumerate(state.vcpus):
        words = judge.pending_words(state, vcpu)
        first = state.geometry.pml_entries - len(words)
        rows += [(vcpu, first + n, fmt(gpa), gfn_of(gpa)) for n, gpa in enumerate(words)]
        indices.append(f"index of vCPU {vcpu} {fmt_index(v.pml_index)}" if v.pml else "PML is off")
    title = f"{FIGURES['pml'].title}: {', '.join(dict.fromkeys(indices))}, {len(rows)} pending"
    return Table(title, ("vCPU", "slot", "gpa", "gfn"), tuple(rows))


def _bitmap(frame: Frame) -> Table:
    marked = frame.state.domain.bitmap.bits
    only = frame.pending.difference(marked)
    states: tuple[tuple[str, Bitset], ...] = (
        ("in the bitmap", marked.difference(frame.over)),
        ("in the bitmap, not written", frame.over),
        ("only in a PML buffer", only),
        ("lost", frame.lost),
    )
    rows = sorted(
        (first, last, last - first + 1, words)
        for words, pages in states
        for first, last in _ranges(pages)
    )
    title = f"{FIGURES['bitmap'].title}: {len(marked)} set"
    return Table(title, ("first gfn", "last gfn", "pages", "state"), tuple(rows))


def _timeline(frame: Frame) -> Table:
    rows = []
    for number in range(1, frame.recorded + 1):
        marks = frame.summary.marks[number]
        words = ", ".join(words for mark, words in _MARK_WORDS if marks & mark)
        text = frame.script.item(number).text
        rows.append((number, text, frame.summary.events[number], words))
    return Table(FIGURES["timeline"].title, ("item", "what", "events", "marks"), tuple(rows))


def _counters(frame: Frame) -> Table:
    tally, bits = frame.tally, frame.state.domain.bitmap.bits
    rows = (
        ("VM exits 48, EPT violation", tally.violations),
        ("VM exits 49, EPT misconfiguration", tally.misconfigs),
        ("VM exits 62, PML full", tally.pml_full),
        ("entries logged by the processor", tally.log_entries),
        ("drains of a buffer that held something", tally.drains),
        ("superpages split", tally.splits),
        ("EPT tables added, 4096 B each", tally.tables_added),
        ("pages in the bitmap", len(bits)),
        ("pages only in a PML buffer", len(frame.pending.difference(bits))),
        ("pages lost", len(frame.lost)),
        ("pages over-reported", len(frame.over)),
    )
    return Table(FIGURES["counters"].title, ("what", "count"), rows)


def _promise(frame: Frame) -> Table:
    word, sentence = verdict(frame)
    rows = tuple((gfn, fmt(gfn << PAGE_SHIFT)) for gfn in frame.lost)
    return Table(f"{FIGURES['promise'].title}: {word}. {sentence}", ("lost gfn", "gpa"), rows)


_PARTS: Final = {
    "window": ("ept", "pml", "bitmap", "counters"),
    "debug": ("ept", "pml", "bitmap", "counters"),
}
_TABLES: Final = {
    "ept": _ept,
    "pml": _pml,
    "bitmap": _bitmap,
    "timeline": _timeline,
    "counters": _counters,
    "promise": _promise,
}


def _ranges(pages: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and last of each run of neighbours in *pages*, which rise."""
    for _, run in groupby(enumerate(pages), lambda pair: pair[1] - pair[0]):
        gfns: Sequence[int] = [gfn for _, gfn in run]
        yield gfns[0], gfns[-1]
