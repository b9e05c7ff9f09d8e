"""The numbers pinned to parts, whether they cover anything; positions worth a look."""

from pmlviz.core.timeline import Position, Timeline
from pmlviz.ui.figures.scene import Circle, Group, Primitive, Rect, Scene, Text
from pmlviz.ui.figures.text import text_width

MOST = 40
"""Of an item with more events, those at its ends are looked at."""

Box = tuple[float, float, float, float]

_INSIDE = 1.5
"""Round corners hide little: a ring is taken to be so much smaller, px."""


def telling(line: Timeline) -> list[Position]:
    """Return the start and every position of items unlike any item before.

    Items are alike that are of one operation and have as many events and the same marks.
    """
    line.record_to(len(line.script))
    found, known = [Position()], set()
    for item in range(1, line.recorded + 1):
        n = line.summary.events[item]
        kind = (line.script.item(item).op, n, line.summary.marks[item])
        if kind in known and item < line.recorded - 1:
            continue
        known.add(kind)
        events = range(1, n + 1) if n <= MOST else (*range(1, MOST // 2), *range(n - 12, n + 1))
        found += [Position(item, event) for event in events or (0,)]
    return found


def covered_by_pins(scene: Scene) -> list[tuple[str, object]]:
    """Return the texts that a pinned number lies over, and the event it is of."""
    texts: list[tuple[str, Box]] = []
    found: list[tuple[str, object]] = []
    _visit(scene.parts, 0.0, 0.0, 1.0, texts, found)
    return found


def pinned(scene: Scene) -> dict[int, str]:
    """Return the colour that the ring of each pinned event is filled with."""
    return {
        part.target.value: part.fill or ""
        for part in _flat(scene.parts)
        if isinstance(part, Circle | Rect)
        and part.target is not None
        and part.target.kind == "event"
        and isinstance(part.target.value, int)
        and part.tip.startswith("event ")
    }


def _flat(parts: tuple[Primitive, ...]) -> list[Primitive]:
    found: list[Primitive] = []
    for part in parts:
        found += _flat(part.children) if isinstance(part, Group) else [part]
    return found


def _visit(
    parts: tuple[Primitive, ...],
    dx: float,
    dy: float,
    scale: float,
    texts: list[tuple[str, Box]],
    found: list[tuple[str, object]],
) -> None:
    for part in parts:
        match part:
            case Group():
                x, y = dx + part.dx * scale, dy + part.dy * scale
                _visit(part.children, x, y, scale * part.scale, texts, found)
            case Text() if part.text.strip():
                texts.append((part.text, _moved(_letters(part), dx, dy, scale)))
            case Circle(x, y, r) if part.tip.startswith("event "):
                ring = (x - r, y - r, x + r, y + r)
                found += _under(_moved(ring, dx, dy, scale), texts, part)
            case Rect(x, y, w, h) if part.tip.startswith("event "):
                found += _under(_moved((x, y, x + w, y + h), dx, dy, scale), texts, part)
            case _:
                pass


def _letters(text: Text) -> Box:
    w = text_width(text)
    left = text.x - {"start": 0.0, "middle": 0.5, "end": 1.0}[text.anchor] * w
    return left, text.y - 0.74 * text.size, left + w, text.y + 0.2 * text.size


def _moved(box: Box, dx: float, dy: float, scale: float) -> Box:
    left, top, right, bottom = box
    return dx + left * scale, dy + top * scale, dx + right * scale, dy + bottom * scale


def _under(
    ring: Box, texts: list[tuple[str, Box]], part: Circle | Rect
) -> list[tuple[str, object]]:
    left, top, right, bottom = ring
    value = part.target.value if part.target is not None else None
    return [
        (word, value)
        for word, box in texts
        if min(right - _INSIDE, box[2]) - max(left + _INSIDE, box[0]) > 1
        and min(bottom - _INSIDE, box[3]) - max(top + _INSIDE, box[1]) > 1
    ]
