"""The journey's head: what is shown, the verdict as a badge, and the address cut into indexes."""

from typing import Final

from pmlviz.core.exits import AccessKind
from pmlviz.core.items import Op
from pmlviz.core.units import PAGE_SHIFT, EptLevel, Geometry, fmt, gfn_of
from pmlviz.ui.figures import theme
from pmlviz.ui.figures.glyphs import EXIT_GLYPHS, Glyph, glyph
from pmlviz.ui.figures.parts import Parts
from pmlviz.ui.figures.scene import Primitive, Rect, Target, Text, Token
from pmlviz.ui.figures.stage_plan import INSET, Plan, Spot
from pmlviz.ui.figures.text import baseline, first_fitting, fit_size, width
from pmlviz.ui.figures.trip import Trip
from pmlviz.ui.frame import Frame

_BASE: Final = 26.0
_BADGE_TOP: Final = 9.0
_BADGE_HIGH: Final = 26.0
_RIBBON_HIGH: Final = 22.0
_MOST_INDEX_BITS: Final = 12

_NOUN: Final = {
    AccessKind.READ: "read",
    AccessKind.WRITE: "write",
    AccessKind.FETCH: "fetch",
    AccessKind.RMW: "read-modify-write",
    AccessKind.WALK: "page walk",
}
_OPS: Final = {
    Op.ENABLE: "Log-dirty mode goes on",
    Op.DISABLE: "Log-dirty mode goes off",
    Op.PEEK: "PEEK reads the bitmap",
    Op.CLEAN: "CLEAN reads and clears the bitmap",
    Op.COPY_ALL: "Every page is sent",
    Op.STOP_AND_COPY: "The guest stops, the rest is sent",
    Op.DRAIN: "The buffers are drained",
    Op.INVEPT: "INVEPT drops what is cached",
    Op.SET_INDEX: "The PML index is written by hand",
}

# fill, outline, text
_PLAIN: Final = ("panel", "faint", "ink")
_GOOD: Final = ("panel", "ok", "ok")
_NOW: Final = ("accent", "accent", "accent.ink")
_ROOT: Final = ("deck", "deckink", "deckink")
_BAD: Final = ("lost.ground", "lost", "lost.text")


def title_of(frame: Frame, trip: Trip) -> str:
    """Return the journey's title."""
    item = frame.item
    match trip.kind:
        case "selected":
            return "The path of the selected page"
        case "start":
            return "Before the first item"
        case "refused":
            return f"This {item.op.value} is refused" if item is not None else ""
        case "operation":
            return _OPS[item.op] if item is not None else ""
        case "access":
            noun = _NOUN[trip.access] if trip.access is not None else "access"
            return f"The journey of this {noun}"


def _subtitles(frame: Frame, trip: Trip) -> tuple[str, ...]:
    """Return what stands beside the title, the fullest wording first."""
    if trip.gpa is None:
        return ("",)
    gpa, gfn = fmt(trip.gpa), gfn_of(trip.gpa)
    short = (f"gpa {gpa}  =  gfn {gfn}", f"gpa {gpa}", gpa)
    item = frame.item
    if trip.kind != "access" or item is None:
        shown = {"operation": "shown: ", "start": "shown: "}.get(trip.kind, "")
        return (f"{shown}{short[0]}", *short)
    first, n = trip.page
    if trip.guest_level:
        table = EptLevel(trip.guest_level).name
        return (f"the guest's {table}, {short[0]}", f"guest's {table}, {short[1]}", *short[1:])
    more = f", page {first} of {n}" if n > 1 else ""
    paged = frame.state.vcpus[trip.vcpu].paging is not None
    if paged and trip.access is not AccessKind.WALK:
        linear = fmt(item.value)
        return (f"linear {linear}  →  {short[0]}{more}", *(f"{one}{more}" for one in short))
    return tuple(f"{one}{more}" for one in short)


def head(frame: Frame, trip: Trip, verdict: str, plan: Plan) -> Parts:
    """Return title, what it is about, and the badge with *verdict* at the right."""
    right = plan.width - INSET
    badge, left = _badge(trip, verdict, right)
    title = title_of(frame, trip)
    parts: list[Primitive] = [Text(INSET, _BASE, title, theme.TITLE, bold=True)]
    at = INSET + width(title, theme.TITLE, bold=True) + 20
    room = left - 16 - at
    options = _subtitles(frame, trip)
    sub = first_fitting(options, room, theme.BODY, "mono")
    target = Target("gfn", trip.gfn) if trip.gfn is not None else None
    if sub:
        parts.append(
            Text(
                at, _BASE, sub, theme.BODY, "mono", color="muted", target=target, tip=options[0]
            )
        )  # fmt: skip
    return (*parts, *badge)


def _badge(trip: Trip, verdict: str, right: float) -> tuple[Parts, float]:
    """Return the badge that ends at *right*, and its left edge."""
    if not verdict:
        return (), right
    sign: Glyph | None = None
    fill: Token
    if trip.coming is not None:
        (fill, edge, color), sign = _NOW, EXIT_GLYPHS[trip.coming.reason]
    elif trip.exit is not None:
        (fill, edge, color), sign = _ROOT, EXIT_GLYPHS[trip.exit.reason]
    elif verdict.startswith("lo") and verdict.split()[0] in {"lost", "loses"}:
        (fill, edge, color), sign = _BAD, "lost"
    elif verdict in {"no exit", "exact"}:
        fill, edge, color = _GOOD
    elif verdict.startswith("in ") and trip.kind == "operation":
        fill, edge, color = _ROOT
    else:
        fill, edge, color = _PLAIN
    lead = 20.0 if sign is not None else 0.0
    w = width(verdict, theme.BODY, bold=True) + 24 + lead
    x = right - w
    middle = _BADGE_TOP + _BADGE_HIGH / 2
    why = Target("why", "verdict")
    parts: list[Primitive] = [
        Rect(
            x, _BADGE_TOP, w, _BADGE_HIGH, fill, edge, 1.5, _BADGE_HIGH / 2, (), 1, why, verdict
        ),
    ]  # fmt: skip
    if sign is not None:
        parts += glyph(sign, x + 19, middle, 12, color)
    parts.append(
        Text(
            x + 12 + lead, baseline(middle, theme.BODY), verdict, theme.BODY, bold=True,
            color=color,
        )
    )  # fmt: skip
    return tuple(parts), x


def ribbon(frame: Frame, trip: Trip, plan: Plan) -> Parts:
    """Return the address over its tables: nine bits each, and the offset in the page."""
    if plan.ribbon is None or trip.gpa is None:
        return ()
    geometry = frame.state.geometry
    gpa, y = trip.gpa, plan.ribbon
    first = Spot(plan.vcpu.x, y, plan.tlb.right - plan.vcpu.x, _RIBBON_HIGH)
    parts: list[Primitive] = [*_block(first, "gpa", fmt(gpa))]
    low = PAGE_SHIFT
    for entry, spot in zip(trip.entries, plan.cards, strict=True):
        step = entry.step
        low, high = _bits(geometry, step.level)
        parts += _block(
            Spot(spot.x, y, spot.w, _RIBBON_HIGH), f"[{high}:{low}]", str(step.index),
            tip=f"bits {high} to {low} choose the {step.level.name}",
        )  # fmt: skip
    low = low if trip.leaf is not None else PAGE_SHIFT
    inside = gpa & (1 << low) - 1
    left = plan.beyond.x if plan.beyond is not None else plan.page.x
    value = fmt(inside) if low > _MOST_INDEX_BITS else str(inside)
    rest = Spot(left, y, plan.page.right - left, _RIBBON_HIGH)
    if trip.leaf is not None and trip.leaf.now.present:
        parts += _block(rest, f"[{low - 1}:0]", value, tip="the byte within the page")
    return tuple(parts)


def _bits(geometry: Geometry, level: EptLevel) -> tuple[int, int]:
    low = PAGE_SHIFT + geometry.order(level)
    return low, low + geometry.table_bits - 1


def _block(spot: Spot, name: str, value: str, *, tip: str = "") -> Parts:
    gap, middle = 15.0, spot.y + spot.h / 2
    room = spot.w - 12

    def wide(size: float, text: str) -> float:
        return width(name, size, "mono") + gap + width(text, size, "mono", bold=True)

    size = next((z for z in (theme.LABEL, theme.CAPTION) if wide(z, value) <= room), theme.CAPTION)
    if wide(size, value) > room:
        gap = 7.0
        left_over = room - width(name, size, "mono") - gap
        value, size = fit_size(value, left_over, (size, 10.0), "mono", bold=True)
    x = spot.middle - wide(size, value) / 2
    y = baseline(middle, size)
    return (
        Rect(spot.x, spot.y, spot.w, spot.h, "sunk", radius=3, tip=tip),
        Text(x, y, name, size, "mono", color="muted"),
        Text(
            spot.middle + wide(size, value) / 2, y, value, size, "mono", bold=True,
            anchor="end",
        ),
    )  # fmt: skip
