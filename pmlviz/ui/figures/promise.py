"""The promise of log-dirty (I-3), checked at this event: kept, or broken and by which pages."""

from pmlviz.core.stats import Mark
from pmlviz.core.units import PAGE_SHIFT
from pmlviz.ui.figures import theme
from pmlviz.ui.figures.glyphs import glyph
from pmlviz.ui.figures.parts import label
from pmlviz.ui.figures.scene import Primitive, Rect, Scene, Target, Text
from pmlviz.ui.figures.text import width as text_width
from pmlviz.ui.figures.text import wrap
from pmlviz.ui.frame import Frame

SHOWN = 3
_SEARCH = 4096
PROMISE = "Every page written since CLEAN is in the bitmap or in a PML buffer."


def verdict(frame: Frame) -> tuple[str, str]:
    """Return the verdict in one word, and the sentence under it."""
    lost = frame.lost
    if not lost:
        return "kept", f"{PROMISE} I-3, checked each event"
    shown = [f"gfn {gfn:#x}" for gfn, _ in zip(lost, range(SHOWN), strict=False)]
    more = f" and {len(lost) - SHOWN:,} more" if len(lost) > SHOWN else ""
    was, it = ("was", "is") if len(lost) == 1 else ("were", "are")
    pages = ", ".join(shown) + more
    return "broken", f"{pages} {was} written and {it} in neither the bitmap nor a PML buffer."


def broken_by(frame: Frame) -> int | None:
    """Return the first item whose write is lost now; None if it is not near."""
    marks, found = frame.summary.marks, None
    last = frame.position.item
    for item in range(last, max(0, last - _SEARCH), -1):
        if marks[item] & Mark.LOST and frame.script.item(item).value >> PAGE_SHIFT in frame.lost:
            found = item
    return found


def layout(frame: Frame, width: float, height: float, *, title: bool = False) -> Scene:
    """Return the promise *width* px wide; words that find no room are left out from the end."""
    word, sentence = verdict(frame)
    kept = word == "kept"
    color = "ok" if kept else "lost.text"
    left, right = 18.0, width - 12.0
    middle = 16.0
    parts: list[Primitive] = [Rect(0, 0, 6, height, "ok" if kept else "lost", radius=2)]
    if not kept:
        parts.insert(0, Rect(0, 0, width, height, "lost.ground"))
    if title:
        parts.append(Text(left, 22, "The promise", theme.TITLE, bold=True))
        at = right - text_width(word, theme.LABEL, bold=True) - 10
    else:
        at = left + 5
    parts += glyph("kept" if kept else "lost", at, middle, 10, color)
    parts.append(label(at + 10, middle, word, theme.LABEL, bold=True, color=color))
    culprit = None if kept else broken_by(frame)
    if culprit is not None and not title:
        parts.append(
            label(right, middle, f"by item {culprit:,}", theme.LABEL, color="ink", anchor="end",
                  target=Target("item", culprit), tip="Go to the item that lost the write")
        )  # fmt: skip
    y = middle + 22
    for line in wrap(sentence, right - left, theme.LABEL):
        if y + 6 > height:
            break
        parts.append(label(left, y, line, color="muted" if kept else "ink"))
        y += 17
    return Scene(width, height, tuple(parts))
