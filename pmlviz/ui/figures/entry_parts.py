"""What cards of EPT entries are made of: bits, raw values with their changed digits, words."""

from collections.abc import Iterator
from typing import Final

from pmlviz.core.ept import EptEntry, MemType
from pmlviz.core.units import EptLevel, Geometry, fmt_size
from pmlviz.ui.figures import theme
from pmlviz.ui.figures.parts import Parts, changed, label
from pmlviz.ui.figures.scene import Line, Primitive, Rect, Target, Text, Token
from pmlviz.ui.figures.text import advances

TIPS: Final = {
    "R": "R, bit 0: reads are allowed",
    "W": "W, bit 1: writes are allowed",
    "X": "X, bit 2: instruction fetches are allowed",
    "A": "A, bit 8: the processor has used this entry",
    "D": "D, bit 9 of a leaf: the page has been written; 0→1 is what PML logs",
    "type": "bits 57:52, Xen's p2m type: R, W, X and D follow from it",
    "recalc": "bit 10, ignored by the processor: Xen must recompute this entry's type",
    "emt": "bits 5:3, memory type; 2, 3 and 7 are reserved in a leaf and cause exit 49",
    "mfn": "bits 51:12: the machine frame of the page, or of the next table",
}
"""What hovering over a term tells."""

_DIGIT_BOX_UP: Final = 0.95
_DIGIT_BOX_HIGH: Final = 1.25


def term(name: str) -> Target:
    """Return the target of a term of the glossary."""
    return Target("term", name)


def mem_type(emt: int) -> str:
    """Return a memory type in its letters, `emt 7` where it has none."""
    try:
        return "emt 7" if emt == MemType.RECALC else MemType(emt).name
    except ValueError:
        return f"emt {emt}"


def raw(entry: int) -> str:
    """Return the 16 digits of an entry."""
    return f"{entry:#018x}"


def span_words(geometry: Geometry, level: EptLevel) -> str:
    """Return what one entry of *level* covers: `2 MiB`."""
    return fmt_size(geometry.pages(level))


def bit(x: float, y: float, z: float, name: str, *, on: bool, now: bool = False) -> Parts:
    """Return flag *name* as a square *z* px wide: set is filled, clear is hollow and struck.

    *now*: this item's last event about the entry turned it.
    """
    color: Token = "bit.ink" if on else "muted"
    box = Rect(
        x, y, z, z, "bit" if on else "panel", "bit", theme.BORDER, 3, (), 1, term(name), TIPS[name]
    )
    letter = label(
        x + z / 2, y + z / 2, name, 0.6 * z, font="mono", bold=on, color=color, anchor="middle"
    )
    parts: list[Primitive] = [box, letter]
    if not on:
        parts.append(Line(x + 3.5, y + z - 3.5, x + z - 3.5, y + 3.5, "muted", 1.25))
    if now:
        parts += changed(x, y, z, z, gap=1.5)
    return tuple(parts)


def digit_box(
    x: float, y: float, w: float, h: float, name: str, *, on: bool, now: bool = False
) -> Parts:
    """Return flag *name* as a box with its digit, as the leaf's card has it."""
    box = Rect(
        x, y, w, h, "bit" if on else "panel", "bit", theme.BORDER, 3, (), 1, term(name), TIPS[name]
    )
    digit = label(
        x + w / 2, y + h / 2, "1" if on else "0", 0.56 * h, font="mono", bold=True,
        color="bit.ink" if on else "ink", anchor="middle",
    )  # fmt: skip
    return (box, digit, *(changed(x, y, w, h, gap=1) if now else ()))


def changed_runs(was: int, now: int) -> Iterator[tuple[int, int]]:
    """Yield first and last place of each run of hex digits that differ, in `raw` of both."""
    old, new = raw(was), raw(now)
    start = None
    for at in range(2, len(new) + 1):
        differs = at < len(new) and old[at] != new[at]
        if differs and start is None:
            start = at
        elif not differs and start is not None:
            yield start, at - 1
            start = None


def raw_value(
    right: float,
    y: float,
    value: EptEntry,
    size: float,
    *,
    was: EptEntry | None = None,
    bold: bool = False,
    color: Token = "ink",
    target: Target | None = None,
    tip: str = "",
) -> Parts:
    """Return the entry's 16 digits ending at *right*, those that differ from *was* boxed."""
    text = raw(value)
    step = advances("0", "mono", bold=bold)[0] * size
    left = right - len(text) * step
    boxes = [
        Rect(
            left + first * step - 0.5, y - _DIGIT_BOX_UP * size, (last + 1 - first) * step + 1,
            _DIGIT_BOX_HIGH * size, "accent.soft", "accent", 1.5, 2,
        )
        for first, last in (changed_runs(was, value) if was is not None else ())
    ]  # fmt: skip
    return (*boxes, Text(left, y, text, size, "mono", bold, color, "start", target, tip))


def differences(
    was: EptEntry, now: EptEntry, level: EptLevel, geometry: Geometry
) -> tuple[str, ...]:
    """Return in few words what turned *was* into *now*, the fullest wording first."""
    if not now.present:
        return ("was present",)
    if was.is_leaf(level) and not now.is_leaf(level):
        return (f"was one {span_words(geometry, level)} leaf", "was a leaf")
    emt = f"emt {was.emt}→{now.emt}" if was.emt != now.emt else ""
    recalc = f"recalc {was.recalc:d}→{now.recalc:d}" if was.recalc != now.recalc else ""
    flags = [
        f"{name} {getattr(was, name.lower()):d}→{getattr(now, name.lower()):d}"
        for name in "RWXA"
        if getattr(was, name.lower()) != getattr(now, name.lower())
    ]
    words = [word for word in (emt, recalc, *flags) if word]
    if not words:
        return ("changed",)
    return (", ".join(words), " ".join(words), f"{words[0]} …", words[0])
