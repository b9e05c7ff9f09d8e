"""Every field of the walked entry: its flags as lamps, its raw value, the fields in words.

What this event changed has the accent's outline; what this item changed before, its underline.
"""

from typing import Final

from pmlviz.core import events as e
from pmlviz.core import wording
from pmlviz.core.ept import PathStep, describe_fields
from pmlviz.core.units import fmt
from pmlviz.ui.figures.attempt import progress_of
from pmlviz.ui.figures.debug_plan import SMALL, TEXT, Plan
from pmlviz.ui.figures.parts import Parts, changed
from pmlviz.ui.figures.scene import Anchor, Dash, Line, Primitive, Rect, Target, Text, Token
from pmlviz.ui.figures.strip import type_name
from pmlviz.ui.figures.subject import written_now
from pmlviz.ui.figures.text import first_fitting, width
from pmlviz.ui.frame import Frame

LAMP: Final = (22.0, 18.0)
PITCH: Final = 26.0
_HAS_NOT: Final[Dash] = (3.0, 2.0)
_TERMS: Final = {"R": "R", "W": "W", "X": "X", "A": "A", "D": "D"}


def lamp_x(rows_x: float, name: str) -> float:
    """Return the left edge of the lamp of flag *name*."""
    return rows_x + PITCH * "RWXAD".index(name)


def lamps(frame: Frame, step: PathStep, was: PathStep | None, x: float, y: float) -> Parts:
    """Return the flags of *step*: set is filled, clear hollow, – is one that it has not.

    The anchor `leaf.d` is at the right of a leaf's D.
    """
    entry, leaf = step.entry, step.entry.is_leaf(step.level)
    old = was.entry if was is not None else entry
    now = written_now(frame, step)
    wide, high = LAMP
    parts: list[Primitive] = []
    for name in _TERMS:
        has = name != "D" or leaf
        on = has and bool(getattr(entry, name.lower()))
        fill: Token = "bit" if on else "panel"
        ink: Token = "bit.ink" if on else "muted"
        parts += [
            Rect(x, y, wide, high, fill, "bit" if on else "faint", 1,
                 dash=() if has else _HAS_NOT, target=Target("term", _TERMS[name])),
            Text(x + wide / 2, y + 13, name if has else "–", TEXT, "mono", on, ink, "middle"),
        ]  # fmt: skip
        if has and on != bool(getattr(old, name.lower())):
            underline = Line(x, y + high + 3, x + wide, y + high + 3, "accent", 2)
            parts += changed(x, y, wide, high) if now else (underline,)
        if name == "D" and leaf:
            parts.append(Anchor("leaf.d", x + wide + 2, y + high / 2))
        x += PITCH
    return tuple(parts)


def fields(
    frame: Frame,
    step: PathStep,
    was: PathStep | None,
    at: tuple[float, float],
    plan: Plan,
) -> Parts:
    """Return raw value, what it was, and the fields, from x to x of *at*.

    Changed digits are underlined. As many lines as the plan has room for; the last may tell what
    happens to the entry.
    """
    x, right = at
    entry = step.entry
    raw = f"{int(entry):#018x}"
    size = TEXT if right - x - width(raw, TEXT, "mono") > 24 else 10.5
    lines: list[tuple[str, str, Token]] = [("raw", raw, "ink")]
    parts: list[Primitive] = []
    if was is not None and int(was.entry) != int(entry):
        old = f"{int(was.entry):#018x}"
        lines.append(("was", old, "muted"))
        parts += _underlines(raw, old, (right, plan.fields + 3.5), size)
    lines += _values(step)
    note = note_of(frame, step, was)
    end = plan.verdict - 16 if plan.verdict is not None else plan.bottom
    most = max(1, int((end - plan.fields) / plan.leading) + 1)
    if note is not None:
        lines[most - 1 :] = [("", *note)]
    tip = ", ".join(f"{name} {value:#x}" for name, value in describe_fields(entry).items())
    for n, (name, value, color) in enumerate(lines[:most]):
        y = plan.fields + plan.leading * n
        if name:
            parts.append(Text(x, y, name, SMALL, color="muted"))
        shown = first_fitting((value,), right - x, size, "mono")
        parts.append(
            Text(right, y, shown, size, "mono", color=color, anchor="end",
                 tip=tip if name == "raw" else "")
        )  # fmt: skip
    return tuple(parts)


def _underlines(raw: str, old: str, end: tuple[float, float], size: float) -> Parts:
    """Return a line under each digit of *raw*, flush right to *end*, that is not as in *old*."""
    right, y = end
    step = width("0", size, "mono")
    return tuple(
        Line(right - (len(raw) - n) * step, y, right - (len(raw) - n - 1) * step, y, "accent", 2)
        for n, (new, was) in enumerate(zip(raw, old, strict=True))
        if new != was
    )


def _values(step: PathStep) -> list[tuple[str, str, Token]]:
    entry = step.entry
    if not entry.present:
        return [("", "not present", "muted")]
    recalc: tuple[str, str, Token] = ("recalc", str(int(entry.recalc)), "ink")
    if not entry.is_leaf(step.level):
        return [
            ("table", fmt(entry.mfn), "ink"),
            recalc,
            ("emt", str(entry.emt), "ink") if entry.emt else ("", "non-leaf", "muted"),
        ]
    found: list[tuple[str, str, Token]] = [
        ("mfn", fmt(entry.mfn), "ink"),
        ("type", f"{type_name(entry.p2mt)} ({entry.p2mt})", "ink"),
    ]
    if entry.recalc:
        found.append(recalc)
    return [*found, ("emt ipat access", f"{entry.emt} {int(entry.ipat)} {entry.access}", "ink")]


def note_of(frame: Frame, step: PathStep, was: PathStep | None) -> tuple[str, Token] | None:
    """Return what is happening to the entry of *step*, or is wrong with it, in few words."""
    for split in frame.splits:
        pages = frame.state.geometry.pages(step.level)
        if not split.done or step.entry.is_leaf(step.level) or split.pages != pages:
            continue
        index = frame.state.geometry.index(split.gfn, step.level)
        if step.index == index and was is not None:
            return (f"split in item {frame.position.item - split.age}", "crack.text")
    if fault := wording.malformed(frame.state, step):
        said = fault.replace("holds memory type", "emt").removeprefix("has ")
        return (f"{said}: exits 49", "ink")
    leaf = step.entry.is_leaf(step.level) and step.entry.present
    if leaf and isinstance(frame.current, e.PmlIndexChecked | e.VmExited):
        now = progress_of(frame)
        if now.full:
            flag = "D" if step.entry.a else "A"
            return (f"needs {flag} 0→1: held", "accent")
    return None
