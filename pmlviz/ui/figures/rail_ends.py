"""The two ends of the rail: address, vCPU and TLB at the left, the page at the right."""

from typing import Final

from pmlviz.core.exits import AccessKind
from pmlviz.core.items import ACCESSES
from pmlviz.core.tlb import TlbEntry
from pmlviz.core.units import fmt
from pmlviz.core.wording import does
from pmlviz.ui.figures.attempt import Progress
from pmlviz.ui.figures.debug_plan import LEFT, SMALL, TEXT, Plan
from pmlviz.ui.figures.ordinals import Ordinal, Part, pin
from pmlviz.ui.figures.parts import Parts
from pmlviz.ui.figures.scene import NOT_YET, Anchor, Line, Primitive, Rect, Target, Text
from pmlviz.ui.figures.subject import Subject
from pmlviz.ui.figures.table_column import Track
from pmlviz.ui.figures.text import elide, fit_size
from pmlviz.ui.frame import Frame

_STATION: Final = 43.0
_UP: Final = 22.0
_VCPU, _TLB = 67.0, 62.0
_PAGE_UP: Final = 32.0


def guest_end(
    frame: Frame,
    subject: Subject,
    now: Progress,
    plan: Plan,
    track: Track,
    pinned: dict[Part, Ordinal],
) -> Parts:
    """Return the address, the vCPU and its TLB; compactly, the TLB is below."""
    gpa = frame.focus_gpa if frame.focus == subject.gfn else None
    shown = fmt(gpa if gpa is not None else subject.gfn << 12)
    where, size = fit_size(shown, track.guest - LEFT, (TEXT, 10, 9), "mono", bold=True)
    parts: list[Primitive] = [
        Text(LEFT, plan.name, "gpa", 12, bold=True, target=Target("term", "gpa")),
        Text(LEFT, plan.digits, where, size, "mono", bold=True, tip=shown),
        Line(LEFT, plan.rule, track.guest, plan.rule, "faint", 1),
    ]
    y = plan.rail - _UP
    access = frame.item is not None and frame.item.is_access
    parts += _station(LEFT, y, _VCPU, f"vCPU {frame.vcpu}", _does(frame), strong=access)
    x, top = (LEFT, y + 66) if plan.compact else (LEFT + 84, y)
    looked = "hit" if now.hit else "miss" if now.missed else "–"
    parts += _station(x, top, _TLB, "TLB", looked, strong=now.hit)
    dash = () if now.hit or now.missed or not access else NOT_YET
    ink = "ink" if access else "faint"
    if plan.compact:
        parts.append(Line(LEFT + 30, y + _STATION, LEFT + 30, top, ink, 1.5, dash))
        parts.append(Line(LEFT + _VCPU, plan.rail, track.guest, plan.rail, ink, 1.5, dash))
    else:
        parts.append(Line(LEFT + _VCPU, plan.rail, x, plan.rail, ink, 1.5, dash))
    vcpu = frame.state.vcpus[min(frame.vcpu, len(frame.state.vcpus) - 1)]
    held = _held(len(vcpu.tlb), vcpu.tlb.get(subject.gfn))
    room = track.columns[0].x - x - 4
    parts += [
        Text(x, top + 60 + 14 * n, elide(line, room, SMALL, "mono"), SMALL, "mono", color="muted")
        for n, line in enumerate(held)
    ]
    parts += pin(pinned.get(Part.VCPU), LEFT, y - 2.5, grow="right")
    parts += pin(pinned.get(Part.TLB), x, top - 2.5, grow="right")
    return tuple(parts)


def _station(x: float, y: float, w: float, name: str, does_: str, *, strong: bool) -> Parts:
    edge, thick = ("ink", 1.5) if strong else ("faint", 1.0)
    return (
        Rect(x + 0.75, y, w - 1.5, _STATION, "panel", edge, thick),
        Text(x + 8, y + 18, name, 12, bold=True),
        Text(x + 8, y + 34, elide(does_, w - 12, TEXT), TEXT, color="muted"),
    )


def _does(frame: Frame) -> str:
    if frame.item is None or not frame.item.is_access:
        return "no access"
    kind = ACCESSES[frame.item.op]
    if kind is AccessKind.RMW:
        return "modifies"
    return "walks" if kind is AccessKind.WALK else does(kind).removesuffix(" from")


def _held(n: int, entry: TlbEntry | None) -> tuple[str, ...]:
    if entry is None:
        return (f"holds {n}",)
    flags = " ".join(name for name, on in (("W", entry.w), ("D", entry.d)) if on) or "read only"
    return (f"holds {n}", f"gfn {fmt(entry.gfn)}", flags)


def page_end(
    frame: Frame,
    subject: Subject,
    now: Progress,
    plan: Plan,
    track: Track,
    pinned: dict[Part, Ordinal],
) -> Parts:
    """Return the page; dashed where the access has not reached it."""
    x, w, y = track.page_x, track.page_w, plan.rail
    gfn, leaf = subject.gfn, subject.leaf
    about = frame.focus == gfn
    offset = f"{frame.focus_gpa & 0xFFF:#05x}" if about and frame.focus_gpa is not None else "–"
    waits = frame.item is not None and frame.item.is_access and about and not now.done
    target = Target("gfn", int(gfn))
    parts: list[Primitive] = [
        Text(x, plan.name, "page", 12, bold=True),
        Text(x + w, plan.name, "11:0", SMALL, "mono", color="muted", anchor="end"),
        Text(x, plan.digits, offset, TEXT, "mono"),
        Line(x, plan.rule, x + w, plan.rule, "faint", 1),
        Rect(x, y - _PAGE_UP, w, 2 * _PAGE_UP, "panel", "ink" if now.done else "faint",
             1.5 if now.done else 1, dash=NOT_YET if waits else (), target=target),
    ]  # fmt: skip
    room = w - 16
    name = elide(f"gfn {fmt(gfn)}", room, TEXT, "mono", bold=True)
    parts.append(Text(x + 9, y - 10, name, TEXT, "mono", bold=True, target=target))
    word = "not mapped"
    if leaf is not None:
        inside = gfn & (frame.state.geometry.pages(leaf.level) - 1)
        mfn = elide(f"mfn {fmt(leaf.entry.mfn + inside)}", room, TEXT, "mono")
        parts.append(Text(x + 9, y + 5, mfn, TEXT, "mono"))
        word = "done" if now.done else "not touched" if waits else ""
    parts.append(Text(x + 9, y + 20, word, SMALL, color="muted"))
    parts += pin(pinned.get(Part.PAGE), x, y - _PAGE_UP - 1, grow="right")
    parts.append(Anchor("rail.page", x, y - _PAGE_UP))
    return tuple(parts)
