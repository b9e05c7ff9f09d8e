"""One EPT table of the Debug layout: strip, lens rows, flags, raw value, fields, and its fan."""

from typing import Final

import msgspec

from pmlviz.core.ept import PathStep
from pmlviz.core.units import EptLevel, fmt
from pmlviz.ui.figures.parts import Parts, changed
from pmlviz.ui.figures.scene import Anchor, Line, Path, Primitive, Rect, Target, Text
from pmlviz.ui.figures.strip import ROW, STRIP, rows, strip, type_name
from pmlviz.ui.figures.text import elide, width
from pmlviz.ui.frame import Frame

LEFT: Final = 16.0
PAGE: Final = 102.0
GAP: Final = 22.0
FOLDED: Final = 92.0
RAIL: Final = 130.0
"""y of the rail, from the top of the panel."""
_LEVELS: Final = (EptLevel.PML4E, EptLevel.PDPTE, EptLevel.PDE, EptLevel.PTE)
BITS: Final = {
    EptLevel.PML4E: "47:39",
    EptLevel.PDPTE: "38:30",
    EptLevel.PDE: "29:21",
    EptLevel.PTE: "20:12",
}


class Column(msgspec.Struct, frozen=True):
    """Where one table stands: *x* of its strip, *width* of strip and rows."""

    level: EptLevel
    x: float
    width: float
    folded: bool

    @property
    def rows_x(self) -> float:
        """Left edge of the lens rows."""
        return self.x + STRIP + 11

    @property
    def right(self) -> float:
        """Right edge of the rows."""
        return self.x + self.width


def columns(room: float) -> tuple[Column, ...]:
    """Return the four tables across *room* px of panel; the upper two fold when there is little."""
    compact = room < 1000
    start = LEFT + (88.0 if compact else 164.0)
    free = room - start - PAGE - LEFT - 12
    if compact:
        wide = (free - 2 * FOLDED - 3 * GAP) / 2
        widths = (FOLDED, FOLDED, wide, wide)
    else:
        each = min(free / 4 - GAP, 230.0)
        widths = (each,) * 4
    found, x = [], start
    for level, w in zip(_LEVELS, widths, strict=True):
        found.append(Column(level, x, w, compact and level >= EptLevel.PDPTE))
        x += w + GAP
    return tuple(found)


def no_table(column: Column, top: float, bottom: float, known: dict[EptLevel, PathStep]) -> Parts:
    """Return a table the walk does not reach: an empty strip, and why."""
    last = min(known, default=None)
    word = "no walk"
    if last is not None:
        entry = known[last].entry
        word = (
            f"inside the {'1 GiB' if last is EptLevel.PDPTE else '2 MiB'} leaf"
            if entry.present
            else "not reached"
        )
    return (
        Rect(column.x, top, STRIP, bottom - top, None, "faint", 1, dash=(3, 2)),
        Text(
            column.rows_x,
            RAIL - 8,
            elide(word, column.right - column.rows_x, 11),
            11,
            color="muted",
        ),
    )


def table_fan(frame: Frame, left: Column, right: Column, top: float, bottom: float) -> Parts:
    """Return the walked entry opening into the next strip; orange if it was just split."""
    gfn = frame.shown_gfn
    fresh = any(
        s.done
        and gfn is not None
        and s.gfn <= gfn < s.gfn + s.pages
        and left.level > right.level
        and s.pages == frame.state.geometry.pages(left.level)
        for s in frame.splits
    )
    x1, x2 = left.right, right.x
    high, low = RAIL - ROW / 2, RAIL + ROW / 2
    d = (("M", x1, high), ("L", x2, top), ("L", x2, bottom), ("L", x1, low), ("Z",))
    parts: list[Primitive] = [Path(d, fill="crack.ground" if fresh else "sunk")]
    if fresh:
        for n in range(1, 12):
            t = n / 12
            parts.append(
                Line(x1, high + t * (low - high), x2, top + t * (bottom - top), "crack", 0.75)
            )
    edge = "crack" if fresh else "faint"
    parts += [Line(x1, high, x2, top, edge, 1), Line(x1, low, x2, bottom, edge, 1)]
    return tuple(parts)


def table_column(
    frame: Frame, column: Column, step: PathStep, was: PathStep | None, top: float, bottom: float
) -> Parts:
    page = frame.state.memory[step.table]
    parts: list[Primitive] = [*strip(column.x, top, bottom - top, page, step.level, step.index)]
    rows_w = column.right - column.rows_x
    lamps_y = bottom - 112
    if column.folded:
        target = Target("entry", (int(step.level), step.table, step.index))
        rwx = "".join(
            n if on else "·"
            for n, on in zip("RWX", (step.entry.r, step.entry.w, step.entry.x), strict=True)
        )
        parts += [
            Rect(column.rows_x, RAIL - 11, rows_w, 22, "panel", "ink", 1.5, target=target),
            Text(column.rows_x + 8, RAIL + 4, f"{step.index} {rwx}", 11, "mono", bold=True),
        ]
        if step.entry.present:
            parts += [
                Text(
                    column.rows_x,
                    RAIL + 110,
                    "leaf" if step.entry.is_leaf(step.level) else "table",
                    10,
                    color="muted",
                ),
                Text(column.rows_x, RAIL + 126, fmt(step.entry.mfn), 11, "mono"),
            ]
        return tuple(parts)
    below = max(0, int((lamps_y - 24 - RAIL) // ROW))
    parts += rows(
        column.rows_x, RAIL, rows_w, page, step.level, step.table, step.index, 2, min(below, 8)
    )
    parts += _lamps(frame, column, step, was, lamps_y)
    parts += _fields(column, step, was, lamps_y + 42)
    return tuple(parts)


def _lamps(frame: Frame, column: Column, step: PathStep, was: PathStep | None, y: float) -> Parts:
    """Return the walked entry's flags: set is filled, clear hollow, – is one it has not."""
    entry, parts, x = step.entry, list[Primitive](), column.rows_x
    old = was.entry if was is not None else entry
    leaf = entry.is_leaf(step.level)
    flags = [
        ("R", entry.r, old.r),
        ("W", entry.w, old.w),
        ("X", entry.x, old.x),
        ("A", entry.a, old.a),
    ]
    flags.append(("D", leaf and entry.d, leaf and old.d))
    for name, on, before in flags:
        has = leaf or name != "D"
        parts.append(
            Rect(
                x, y, 22, 18, "bit" if on else "panel", "bit" if on else "faint", 1,
                dash=() if has else (3, 2), target=Target("term", name),
            )
        )  # fmt: skip
        parts.append(
            Text(x + 11, y + 13, name if has else "–", 11, "mono", bold=on,
                 color="bit.ink" if on else "muted", anchor="middle")
        )  # fmt: skip
        if on != before and was is not None and was.level == step.level and has:
            parts += changed(x, y, 22, 18)
        if name == "D" and leaf:
            parts.append(Anchor("leaf.d", x + 24, y + 9))
        x += 26
    return tuple(parts)


def _fields(column: Column, step: PathStep, was: PathStep | None, y: float) -> Parts:
    """Raw value, what it was, and the fields in words; the nibbles that changed are underlined."""
    entry, parts = step.entry, list[Primitive]()
    x, right = column.rows_x, column.right
    raw = f"{int(entry):#018x}"
    lines: list[tuple[str, str, str]] = [("raw", raw, "ink")]
    changed_raw = was is not None and int(was.entry) != int(entry)
    if changed_raw and was is not None:
        old = f"{int(was.entry):#018x}"
        lines.append(("was", old, "muted"))
        step_px = width("0", 11, "mono")
        for n, (a, b) in enumerate(zip(raw, old, strict=True)):
            if a != b:
                at = right - (len(raw) - n) * step_px
                parts.append(Line(at, y + 3, at + step_px, y + 3, "accent", 2))
    if entry.is_leaf(step.level) and entry.present:
        lines.append(("mfn", fmt(entry.mfn), "ink"))
        lines.append(("type", f"{type_name(entry.p2mt)} ({entry.p2mt})", "ink"))
        if not changed_raw:
            lines.append(
                (
                    "emt ipat",
                    f"{entry.emt} {int(entry.ipat)}" + (" recalc" if entry.recalc else ""),
                    "ink",
                )
            )
    elif entry.present:
        lines.append(("table", fmt(entry.mfn), "ink"))
        lines.append(("recalc", str(int(entry.recalc)), "crack.text" if entry.recalc else "ink"))
        if not changed_raw:
            lines.append(("access", f"{entry.access}  non-leaf", "ink"))
    else:
        lines.append(("", "not present", "muted"))
    for n, (name, value, color) in enumerate(lines[:4]):
        parts.append(Text(x, y + 17 * n, name, 10, color="muted"))
        parts.append(Text(right, y + 17 * n, value, 11, "mono", color=color, anchor="end"))
    return tuple(parts)
