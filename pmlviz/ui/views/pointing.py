"""What a pointer means over a scene: what it selects, what it tells, which pages a drag covers."""

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QToolTip, QWidget

from pmlviz.ui.figures.passes import hit, target_at
from pmlviz.ui.figures.scene import Scene, Target


def tip_at(scene: Scene | None, x: float, y: float) -> str:
    """Return the tip of what lies at (x, y) of *scene*, empty if it has none."""
    part = hit(scene, x, y) if scene is not None else None
    return part.tip if part is not None else ""


def aimed_at(scene: Scene | None, x: float, y: float) -> Target | None:
    """Return what a click at (x, y) of *scene* selects."""
    return target_at(scene, x, y) if scene is not None else None


def show_tip(widget: QWidget, at: QPoint, text: str) -> None:
    """Show *text* as the tool tip at global position *at*, or take it away."""
    if text:
        QToolTip.showText(at, text, widget)
    else:
        QToolTip.hideText()


def page_range(start: Target | None, end: Target | None) -> tuple[int, int] | None:
    """Return the first and last gfn between two targets, None unless both are pages."""
    if start is None or end is None or start.kind != "gfn" or end.kind != "gfn":
        return None
    if not isinstance(start.value, int) or not isinstance(end.value, int):
        return None
    return min(start.value, end.value), max(start.value, end.value)
