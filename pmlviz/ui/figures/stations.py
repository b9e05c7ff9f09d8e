"""Where the road begins and ends: the vCPU, its TLB, and the 4 KiB page of guest memory."""

from typing import Final

from pmlviz.core import wording as say
from pmlviz.core.exits import AccessKind
from pmlviz.core.units import PAGE_SHIFT, fmt
from pmlviz.ui.figures import theme
from pmlviz.ui.figures.cells import WORDS, Mark
from pmlviz.ui.figures.entry_parts import term
from pmlviz.ui.figures.parts import Parts, card, changed
from pmlviz.ui.figures.road_strips import mark_of
from pmlviz.ui.figures.scene import (
    NOT_YET,
    Command,
    Hatch,
    Line,
    Path,
    Primitive,
    Rect,
    Target,
    Text,
    Token,
)
from pmlviz.ui.figures.text import fit_size
from pmlviz.ui.figures.trip import Trip
from pmlviz.ui.frame import Frame

_PINS: Final = 4
_FOLD: Final = 16.0
_SIZES: Final = (theme.LABEL, theme.CAPTION, 10.0)
_BOLD_SIZES: Final = (theme.BODY, theme.LABEL, theme.CAPTION, 10.0)

_VERB: Final = {
    AccessKind.READ: "read",
    AccessKind.WRITE: "write",
    AccessKind.FETCH: "fetch",
    AccessKind.RMW: "rmw",
    AccessKind.WALK: "walk",
}
_DONE: Final = {
    AccessKind.READ: "read",
    AccessKind.WRITE: "stored",
    AccessKind.FETCH: "fetched",
    AccessKind.RMW: "stored",
    AccessKind.WALK: "walked",
}
_STANDS: Final = {
    Mark.CLEAN: "clean",
    Mark.DIRTY: "in bitmap",
    Mark.PENDING: "in buffer",
    Mark.LOST: "lost",
    Mark.OVER: "not written",
    Mark.WRITE_PROTECTED: "clean",
}
# fill, edge
_LOOK: Final[dict[Mark, tuple[Token, Token]]] = {
    Mark.CLEAN: ("clean", "faint"),
    Mark.DIRTY: ("dirty", "pend.line"),
    Mark.PENDING: ("pend.ground", "pend.line"),
    Mark.LOST: ("lost.ground", "lost"),
    Mark.OVER: ("over", "over.ink"),
    Mark.WRITE_PROTECTED: ("clean", "faint"),
}


def _middle(
    x: float, y: float, room: float, text: str, sizes: tuple[float, ...], *,
    mono: bool = False, bold: bool = False, color: Token = "ink", target: Target | None = None,
    tip: str = "",
) -> Text:  # fmt: skip
    """Return *text* centred on *x*, as large of *sizes* as fits *room*."""
    face = "mono" if mono else "sans"
    shown, size = fit_size(text, room, sizes, "mono" if mono else "sans", bold=bold)
    tip = tip or (text if shown != text else "")
    if face == "mono":
        return Text(x, y, shown, size, "mono", bold, color, "middle", target, tip)
    return Text(x, y, shown, size, "sans", bold, color, "middle", target, tip)


def vcpu_card(frame: Frame, trip: Trip, x: float, y: float, w: float, h: float) -> Parts:
    """Return the vCPU as a chip: what it is about to do, or that it waits."""
    target = Target("vcpu", trip.vcpu)
    cpu = frame.state.vcpus[trip.vcpu]
    tip = f"vCPU {trip.vcpu}: EPTP {fmt(cpu.eptp)}, PML {'on' if cpu.pml else 'off'}"
    pins: list[Primitive] = []
    for i in range(_PINS):
        at = x + 16 + i * (w - 32) / (_PINS - 1)
        pins += [
            Line(at, y - 6, at, y, "faint", 2),
            Line(at, y + h, at, y + h + 6, "faint", 2),
        ]
    c, room = x + w / 2, w - 8
    parts: list[Primitive] = [
        *pins,
        *card(x, y, w, h, target=target, tip=tip),
        _middle(c, y + 30, room, f"vCPU {trip.vcpu}", _BOLD_SIZES, bold=True),
    ]
    paused = frame.state.domain.pause_count > 0
    if trip.access is None:
        parts.append(_middle(c, y + 50, room, "paused" if paused else "runs", _BOLD_SIZES))
        if len(frame.state.vcpus) > 1:
            many = f"of {len(frame.state.vcpus)}"
            parts.append(_middle(c, y + 68, room, many, _SIZES, color="muted"))
    else:
        verb = "walk" if trip.guest_level and trip.walked else _VERB[trip.access]
        color = "accent" if trip.begun else "muted"
        parts.append(_middle(c, y + 50, room, verb, _BOLD_SIZES, bold=True, color=color))
        if trip.gpa is not None:
            parts.append(_middle(c, y + 68, room, fmt(trip.gpa), _SIZES, mono=True))
    where = "root mode" if cpu.exit is not None else "non-root"
    if trip.access is None and paused:
        where = "Xen works" if trip.kind == "operation" else ""
    if where:
        parts.append(_middle(c, y + 86, room, where, (theme.CAPTION, 10.0), color="muted"))
    return tuple(parts)


def tlb_card(
    frame: Frame, trip: Trip, x: float, y: float, w: float, h: float, *, dropped: bool
) -> Parts:
    """Return the TLB: whether it had a translation; *dropped*: the last event emptied it."""
    vcpu = frame.state.vcpus[trip.vcpu]
    c, room = x + w / 2, w - 8
    n = len(vcpu.tlb)
    held = f"{n} cached" if n else "empty"
    tip = f"the TLB of vCPU {trip.vcpu} holds {say.count(n, 'translation')}"
    target = term("TLB")
    parts: list[Primitive] = [
        *card(x, y, w, h, target=target, tip=tip),
        _middle(c, y + 22, room, "TLB", (theme.BODY,), bold=True),
    ]
    what = f"vCPU {trip.vcpu}"
    if trip.access is not None and trip.gfn is not None:
        paged = vcpu.paging is not None and frame.item is not None
        page = frame.item.value >> PAGE_SHIFT if paged and frame.item is not None else 0
        what = f"page {fmt(page)}" if paged else f"gfn {trip.gfn}"
    parts.append(_middle(c, y + 40, room, what, (*_SIZES, 9.5), mono=True, color="muted"))
    words, note = {
        "": (held, ""),
        "miss": ("miss", "so: walk"),
        "hit": ("hit", "no walk"),
        "bypassed": ("unused", "page walk"),
    }[trip.tlb]
    if dropped:
        note = "dropped"
    hot = trip.tlb == "hit"
    bx, by, bw, bh = x + 12, y + 50, w - 24, 20.0
    if not trip.tlb:
        bx, bw = x + 5, w - 10
    fill: Token = "accent.soft" if hot else "panel"
    box = Rect(bx, by, bw, bh, fill, "faint", theme.BORDER, 4, (), 1, target, tip)
    parts.append(box)
    bold = bool(trip.tlb)
    parts.append(
        _middle(
            c, by + 14.5, bw - 4, words, _SIZES, bold=bold, color="accent" if hot else "ink",
            target=target, tip=tip,
        )
    )  # fmt: skip
    if hot or dropped:
        parts += changed(bx, by, bw, bh, gap=1)
    if note:
        parts.append(_middle(c, y + 86, room, note, (theme.CAPTION, 10.0), color="muted"))
    return tuple(parts)


def _sheet(x: float, y: float, w: float, h: float) -> tuple[Command, ...]:
    return (
        ("M", x, y),
        ("L", x + w - _FOLD, y),
        ("L", x + w, y + _FOLD),
        ("L", x + w, y + h),
        ("L", x, y + h),
        ("Z",),
    )


def page_card(frame: Frame, trip: Trip, x: float, y: float, w: float, h: float) -> Parts:
    """Return the page at the end of the road, in its state; dashed until the access reaches it."""
    gfn = trip.gfn
    assert gfn is not None
    mapped = trip.leaf is not None and trip.leaf.now.present
    mark = mark_of(frame, gfn) if mapped else Mark.CLEAN
    fill, edge = _LOOK[mark]
    coming = trip.access is not None and not trip.arrived
    if not mapped:
        fill = "sunk"
    dash = NOT_YET if coming and mark is Mark.CLEAN and mapped else ()
    target = Target("gfn", gfn)
    tip = f"gfn {gfn}, gpa {fmt(gfn << PAGE_SHIFT)}: {WORDS[mark] if mapped else 'not mapped'}"
    parts: list[Primitive] = [
        Path(_sheet(x, y, w, h), fill, None if mark is Mark.PENDING else edge, 1.5, dash, "round",
             1, target, tip),
    ]  # fmt: skip
    if mark is Mark.PENDING:
        parts += [
            Hatch(x, y + _FOLD, w, h - _FOLD, pitch=11, width=2.2, stroke="pend", ground=None),
            Path(_sheet(x, y, w, h), None, edge, 1.5),
        ]
    fx = x + w - _FOLD
    fold: tuple[Command, ...] = (
        ("M", fx, y), ("L", fx, y + _FOLD), ("L", x + w, y + _FOLD), ("Z",),
    )  # fmt: skip
    parts.append(Path(fold, "panel", edge, 1.5, dash))
    if fill != "clean":
        parts.append(Rect(x + 5, y + 19, w - 10, h - 34, "panel", radius=3))
    lost = mark is Mark.LOST
    parts += [
        *_names(gfn, x + w / 2, y, w - 13, target, tip),
        _middle(
            x + w / 2, y + 66, w - 13, _words(trip, mark, mapped=mapped), (theme.CAPTION, 10.0),
            bold=lost, color="lost.text" if lost else "muted",
        ),
    ]  # fmt: skip
    return tuple(parts)


def _names(gfn: int, c: float, y: float, room: float, target: Target, tip: str) -> Parts:
    """Return the page's number and address; a number too long for its label is below it."""
    number, base = f"gfn {gfn}", y + 36
    shown, size = fit_size(number, room, _BOLD_SIZES[:3], bold=True)
    if shown == number:
        return (
            Text(
                c, base, number, size, bold=True, anchor="middle", target=target, tip=tip
            ),
            _middle(c, y + 52, room, fmt(gfn << PAGE_SHIFT), _SIZES, mono=True),
        )  # fmt: skip
    return (
        Text(c, base, "gfn", theme.LABEL, bold=True, anchor="middle", target=target, tip=tip),
        _middle(c, y + 52, room + 4, str(gfn), (*_SIZES, 9.5), mono=True, target=target, tip=tip),
    )


def _words(trip: Trip, mark: Mark, *, mapped: bool) -> str:
    if not mapped:
        return "not mapped"
    if mark is Mark.LOST:
        return "lost"
    if trip.access is None:
        return _STANDS[mark]
    if not trip.arrived:
        return "untouched" if mark is Mark.CLEAN else _STANDS[mark]
    return "a guest table" if trip.guest_level else _DONE[trip.access]
