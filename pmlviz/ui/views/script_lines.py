"""How one line of a script is drawn: its number, its text, and chips of what it caused."""

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from pmlviz.core.script import Line
from pmlviz.core.stats import Mark
from pmlviz.ui.figures import theme as look
from pmlviz.ui.figures.glyphs import Glyph, glyph
from pmlviz.ui.figures.parts import label
from pmlviz.ui.figures.scene import Circle, Primitive, Rect, Scene, Token
from pmlviz.ui.figures.text import elide
from pmlviz.ui.figures.text import width as text_width
from pmlviz.ui.figures.theme import LIGHT, Theme
from pmlviz.ui.frame import Frame
from pmlviz.ui.paint import paint

ROW, ROW_WITH_CHIPS, ROW_UNIFORM = 28.0, 41.0, 26.0
_LOOKED_AT = 4096
"""Of a range, so many items are looked at for its chips."""

CHIPS: tuple[tuple[Mark, Glyph, str], ...] = (
    (Mark.MISCONFIG, "misconfig", "49"),
    (Mark.VIOLATION, "violation", "48"),
    (Mark.PML_FULL, "pml_full", "62"),
    (Mark.SPLIT, "split", "split"),
    (Mark.MARKED, "marked", "mark"),
    (Mark.LOGGED, "logged", "log"),
    (Mark.DRAIN, "drain", "drain"),
    (Mark.CLEAN, "clean", "CLEAN"),
    (Mark.LOST, "lost", "lost"),
)


class LineDelegate(QStyledItemDelegate):
    """Draws lines as scenes, in the same marks as the timeline."""

    def __init__(self, parent: QObject) -> None:
        """Draw in the light theme until told otherwise."""
        super().__init__(parent)
        self.frame: Frame | None = None
        self.recorded = 0
        self.breakpoints: frozenset[int] = frozenset()
        self.theme: Theme = LIGHT
        self.scale = 1.0
        self.uniform = False

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return the height of a line, more with chips below it."""
        if self.uniform:
            return QSize(10, round(ROW_UNIFORM * self.scale))
        line = index.data(256)
        high = (
            ROW_WITH_CHIPS
            if self.frame is not None and chips(self.frame, line, self.recorded)
            else ROW
        )
        return QSize(10, round(high * self.scale))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw one line."""
        if self.frame is None:
            return
        line = index.data(256)
        box = option.rect
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        wide, high = box.width() / self.scale, box.height() / self.scale
        parts = self.parts(line, wide, high, focused=focused)
        painter.save()
        painter.translate(box.left(), box.top())
        painter.scale(self.scale, self.scale)
        paint(painter, Scene(wide, high, tuple(parts)), self.theme)
        painter.restore()

    def parts(self, line: Line, wide: float, high: float, *, focused: bool) -> list[Primitive]:
        """Return what *line* is drawn with."""
        frame = self.frame
        assert frame is not None
        here = frame.position.item
        now = line.first <= here <= line.last
        later = line.first > here
        parts: list[Primitive] = []
        if now:
            parts.append(Rect(2, 1, wide - 6, high - 2, "accent.soft", "accent", 2, 4))
        elif focused:
            parts.append(Rect(2, 1, wide - 6, high - 2, None, "faint", 1, 4))
        number = f"{line.first:,}" if line.count == 1 else f"{line.first:,}–{line.last:,}"
        edge = max(22.0, 10 + text_width(number, look.CAPTION))
        middle = 13.0 if self.uniform else 15.0
        parts.append(label(edge, middle, number, look.CAPTION, color="muted", anchor="end"))
        x = edge + 8
        found = chips(frame, line, self.recorded)
        text = line.text
        if now and line.count > 1:
            text = f"{frame.item.text if frame.item is not None else line.text}"
        room = wide - x - 14
        if self.uniform:
            room -= 15 * min(3, len(found))
        color: Token = "muted" if later else "ink"
        parts.append(
            label(x, middle, elide(text, room, look.LABEL, "mono", bold=now), look.LABEL,
                  font="mono", bold=now, color=color)
        )  # fmt: skip
        at = wide - 12
        if any(line.first <= item <= line.last for item in self.breakpoints):
            parts.append(Circle(6, middle, 3.5, "lost"))
        if not self.uniform and any(line.first <= item <= line.last for item, _ in frame.notes):
            parts.append(Circle(at, middle, 2.4, "muted"))
        parts += self._chips(found, x, at, high, now=now)
        return parts

    def _chips(
        self, found: list[tuple[Glyph, str]], x: float, right: float, high: float, *, now: bool
    ) -> list[Primitive]:
        parts: list[Primitive] = []
        color: Token = "accent" if now else "muted"
        if self.uniform:
            for name, _ in found[:3]:
                parts += glyph(name, right - 4, 13, 9, color)
                right -= 15
            return parts
        y = high - 14
        words = sum(16 + text_width(word, look.CAPTION) for _, word in found) - 5
        bare = x + words > right + 8
        for name, word in found:
            shade: Token = "lost.text" if name == "lost" else color
            parts += glyph(name, x + 5, y, 9, shade)
            x += 12
            if not bare or name in ("lost",):
                parts.append(label(x, y, word, look.CAPTION, color=shade))
                x += text_width(word, look.CAPTION) + 4
        return parts


def chips(frame: Frame, line: Line, recorded: int) -> list[tuple[Glyph, str]]:
    """Return what the *recorded* items of *line* caused: pictograms and their words."""
    last = min(line.last, recorded, line.first + _LOOKED_AT - 1)
    if last < line.first:
        return []
    marks = frame.summary.marks[line.first : last + 1]
    seen = 0
    for bits in marks:
        seen |= bits
    found = [(name, word) for mark, name, word in CHIPS if seen & mark]
    if line.count > 1 and seen & Mark.LOGGED:
        n_logged = sum(1 for bits in marks if bits & Mark.LOGGED)
        found = [(n, f"log ×{n_logged:,}" if n == "logged" else w) for n, w in found]
    return found
