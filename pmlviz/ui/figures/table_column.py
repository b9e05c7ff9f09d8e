"""One EPT table of the Debug layout: strip, rows, flags, fields, and the fan into the next."""

from typing import Final, NamedTuple

import msgspec

from pmlviz.core.ept import PathStep
from pmlviz.core.units import EptLevel, fmt, page_size_name
from pmlviz.ui.figures.debug_plan import LEFT, SMALL, TEXT, Plan
from pmlviz.ui.figures.parts import Parts, changed
from pmlviz.ui.figures.scene import Line, Path, Primitive, Rect, Target, Text
from pmlviz.ui.figures.strip import FAN, STRIP, Rows, rights_of, strip
from pmlviz.ui.figures.subject import Subject, written_now
from pmlviz.ui.figures.table_fields import fields, lamps
from pmlviz.ui.figures.text import elide, wrap
from pmlviz.ui.frame import Frame

PAGE: Final = 102.0
FOLDED: Final = 84.0
_GAP, _MOST_GAP = 22.0, 40.0
_MOST_COLUMN = 230.0
BEFORE_PAGE: Final = 8.0
_MOST_ROWS = 12
LEVELS: Final = (EptLevel.PML4E, EptLevel.PDPTE, EptLevel.PDE, EptLevel.PTE)


class Column(msgspec.Struct, frozen=True):
    """Where one table stands: *x* of its strip, *width* of strip and rows."""

    level: EptLevel
    x: float
    width: float
    folded: bool

    @property
    def rows_x(self) -> float:
        """Left edge of the rows."""
        return self.x + STRIP + FAN

    @property
    def right(self) -> float:
        """Right edge of the rows."""
        return self.x + self.width


class Track(NamedTuple):
    """Where tables and page stand along the rail; *guest* is the right edge of vCPU and TLB."""

    guest: float
    columns: tuple[Column, ...]
    gap: float
    page_x: float
    page_w: float


def track_of(room: float, lowest: EptLevel, *, compact: bool) -> Track:
    """Return the track of *room* px; where it is compact only two tables are shown in full.

    These are that of level *lowest*, where the path ends, and the one above it. Spare room goes to
    the tables, then to the gaps, then to the page.
    """
    in_full = {min(lowest, EptLevel.PDPTE), min(lowest, EptLevel.PDPTE) + 1}
    start = LEFT + (88.0 if compact else 164.0)
    free = room - start - PAGE - LEFT - BEFORE_PAGE
    gap = _GAP
    widths = [min(free / 4 - gap, _MOST_COLUMN)] * 4
    if compact:
        wide = min((free - 2 * FOLDED - 4 * gap) / 2, _MOST_COLUMN)
        widths = [wide if level in in_full else FOLDED for level in LEVELS]
    gap = min(_MOST_GAP, (free - sum(widths)) / 4)
    found, x = [], start
    for level, w in zip(LEVELS, widths, strict=True):
        found.append(Column(level, x, w, compact and level not in in_full))
        x += w + gap
    page_x = x + BEFORE_PAGE
    return Track(start - 20, tuple(found), gap, page_x, room - LEFT - page_x)


def column_head(frame: Frame, gfn: int, column: Column, plan: Plan) -> Parts:
    """Return the table's name, the bits of the address that choose in it, and what they choose."""
    geometry = frame.state.geometry
    index = geometry.index(gfn, column.level)
    low = 12 + geometry.order(column.level)
    bits = f"{low + geometry.table_bits - 1}:{low}"
    name = column.level.name
    right = Text(column.right, plan.digits, f"= {index}", TEXT, "mono", bold=True, anchor="end")
    digits = Text(column.x, plan.digits, f"{index:0{geometry.table_bits}b}", TEXT, "mono")
    parts: list[Primitive] = [
        Text(column.x, plan.name, name, 12, bold=True, target=Target("term", name)),
        Line(column.x, plan.rule, column.right, plan.rule, "faint", 1),
        right,
    ]
    if column.folded:
        return tuple(parts)
    gpa = Text(column.right, plan.name, f"gpa {bits}", SMALL, "mono", color="muted", anchor="end")
    return (*parts, digits, gpa)


def no_table(frame: Frame, subject: Subject, column: Column, plan: Plan) -> Parts:
    """Return a table that the path does not lead through: an empty strip, and why."""
    last = subject.path[-1]
    name = last.level.name
    if last.entry.present:
        word = f"inside the {page_size_name(last.level)} leaf"
        size = frame.state.geometry.pages(last.level)
        if frame.state.geometry.table_bits != 9:
            word = f"inside the leaf of {size} pages"
    else:
        word = f"{name} is not present"
    room = column.right - column.rows_x
    lines = wrap(word, room, TEXT)
    return (
        Rect(column.x, plan.top, STRIP, plan.bottom - plan.top, None, "faint", 1, dash=(3, 2)),
        *(
            Text(column.rows_x, plan.rail - 10 - 14 * (len(lines) - 1 - n),
                 elide(line, room, TEXT), TEXT, color="muted")
            for n, line in enumerate(lines)
        ),
    )  # fmt: skip


def table_fan(frame: Frame, subject: Subject, left: Column, right: Column, plan: Plan) -> Parts:
    """Return the walked entry opening into the next strip; orange if it was just split."""
    step = subject.step(left.level)
    fresh = step is not None and any(
        s.done
        and s.gfn <= subject.gfn < s.gfn + s.pages
        # A 1 GiB page may be split straight to 4 KiB: both fans below it are new then.
        and s.pages >= frame.state.geometry.pages(left.level)
        for s in frame.splits
    )
    x1, x2 = left.right, right.x
    high, low = plan.rail - plan.row / 2, plan.rail + plan.row / 2
    d = (("M", x1, high), ("L", x2, plan.top), ("L", x2, plan.bottom), ("L", x1, low), ("Z",))
    parts: list[Primitive] = [Path(d, fill="crack.ground" if fresh else "sunk")]
    if fresh:
        for n in range(1, 12):
            t = n / 12
            end = plan.top + t * (plan.bottom - plan.top)
            parts.append(Line(x1, high + t * (low - high), x2, end, "crack", 0.75, opacity=0.5))
    edge = "crack" if fresh else "faint"
    parts += [Line(x1, high, x2, plan.top, edge, 1), Line(x1, low, x2, plan.bottom, edge, 1)]
    return tuple(parts)


def table_column(frame: Frame, subject: Subject, column: Column, plan: Plan) -> Parts:
    """Return the table of the path at the level of *column*, which the path must reach."""
    step = subject.step(column.level)
    if step is None:
        return no_table(frame, subject, column, plan)
    page = frame.state.memory.get(step.table)
    if page is None:
        return no_table(frame, subject, column, plan)
    high = plan.bottom - plan.top
    parts: list[Primitive] = [*strip(column.x, plan.top, high, page, step.level, step.index)]
    wide = column.right - column.rows_x
    if column.folded:
        return (*parts, *_folded(step, column, plan))
    # Compactly the number of the permission stands above the lamps.
    free = plan.lamps - (19 if plan.compact else 12)
    below = max(0, int((free - plan.rail - plan.row / 2) // plan.row))
    above = max(0, int((plan.rail - plan.row / 2 - plan.top) // plan.row))
    rows = Rows(
        frame,
        (step.level, step.table, step.index),
        (column.rows_x, plan.rail, wide, plan.row),
    )
    shown = rows.parts(above, min(below, _MOST_ROWS))
    was = subject.was(step)
    parts += rows.ties(column.x + STRIP, plan.top, high)
    parts += shown
    if written_now(frame, step):
        parts += changed(column.rows_x, plan.rail - plan.row / 2, wide, plan.row, radius=2)
    parts += lamps(frame, step, was, column.rows_x, plan.lamps)
    parts += fields(frame, step, was, (column.rows_x, column.right), plan)
    return tuple(parts)


def _folded(step: PathStep, column: Column, plan: Plan) -> Parts:
    """Return the walked entry of a folded table and where it leads."""
    target = Target("entry", (int(step.level), step.table, step.index))
    tip = f"{step.level.name}[{step.index}] {int(step.entry):#018x}"
    x, wide = column.rows_x, column.right - column.rows_x
    h = plan.row + 1
    words = elide(f"{step.index} {rights_of(step.entry)}", wide - 12, TEXT, "mono", bold=True)
    parts: list[Primitive] = [
        Rect(x, plan.rail - h / 2, wide, h, "panel", "ink", 1.5, target=target, tip=tip),
        Text(x + 6, plan.rail + 4, words, TEXT, "mono", bold=True),
    ]
    leads = "not present"
    if step.entry.present:
        leads = page_size_name(step.level) if step.entry.is_leaf(step.level) else "table"
        parts.append(Text(x, plan.fields + plan.leading, fmt(step.entry.mfn), TEXT, "mono"))
    parts.append(Text(x, plan.fields, leads, SMALL, color="muted"))
    flags = "recalc" if step.entry.recalc else ""
    if flags:
        parts.append(Text(x, plan.fields + 2 * plan.leading, flags, SMALL, "mono"))
    return tuple(parts)
