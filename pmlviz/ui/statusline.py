"""The line at the foot: where one stands, what is under way, what is under the pointer."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QStatusBar, QWidget

from pmlviz.ui.look import mark

if TYPE_CHECKING:
    from pmlviz.ui.frame import Frame


class StatusLine(QStatusBar):
    """Shows a frame in numbers; `cancelled` asks to give up what is under way."""

    cancelled = Signal()

    def __init__(self, parent: QWidget) -> None:
        """Say that the window is opening."""
        super().__init__(parent)
        self.setObjectName("status")
        self.setSizeGripEnabled(False)
        self.place = QLabel("opening…", self)
        self.place.setAccessibleName("Place")
        self.hover = QLabel("", self)
        mark(self.hover, "quiet")
        self.hover.setAccessibleName("Under the pointer")
        self.badges = QLabel("", self)
        self.badges.setObjectName("badge")
        self.badges.setAccessibleName("Marks of this run")
        self.badges.hide()
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 1000)
        self.bar.setFixedWidth(180)
        self.bar.setAccessibleName("Progress")
        self.stop = QPushButton("Cancel", self)
        self.stop.setFlat(True)
        self.stop.setAccessibleName("Cancel what is under way")
        self.stop.clicked.connect(self.cancelled)
        self.task = QLabel("", self)
        self.addWidget(self.place)
        self.addWidget(self.badges)
        self.addPermanentWidget(self.task)
        self.addPermanentWidget(self.bar)
        self.addPermanentWidget(self.stop)
        self.addPermanentWidget(self.hover)
        self.show_busy("", 0)

    def show_frame(self, frame: "Frame") -> None:
        """Show where *frame* stands."""
        self.place.setText("  ·  ".join(place_words(frame)))
        marks = badges(frame)
        self.badges.setText(" · ".join(marks))
        self.badges.setVisible(bool(marks))
        if self.badges.property("alarm") != frame.tampered:
            self.badges.setProperty("alarm", frame.tampered)
            self.badges.style().polish(self.badges)

    def show_busy(self, text: str, share: float) -> None:
        """Show that *text* is under way; an empty text hides it."""
        busy = bool(text)
        self.task.setText(text)
        self.bar.setValue(round(1000 * max(0.0, min(1.0, share))))
        self.hover.setVisible(not busy)
        for widget in (self.task, self.bar, self.stop):
            widget.setVisible(busy)


def place_words(frame: "Frame") -> list[str]:
    """Return item, event, strategy, index, pending, dirty, exits, in words."""
    from pmlviz.core.units import fmt_index

    v = frame.state.vcpus[min(frame.vcpu, len(frame.state.vcpus) - 1)]
    words = [
        f"item {frame.position.item:,}/{frame.n_items:,}",
        f"event {frame.position.event}/{len(frame.events)}",
        f"strategy {frame.strategy}",
    ]
    if v.pml:
        words.append(f"index {fmt_index(v.pml_index)}")
    words += [
        f"pending {len(frame.pending):,}",
        f"dirty {len(frame.state.domain.bitmap.bits):,}",
        f"exits {frame.tally.exits:,}",
    ]
    if frame.refused:
        words.append(f"refused: {frame.refused}")
    return words


def badges(frame: "Frame") -> list[str]:
    """Return the marks of this run: tampered, a branch, lost pages."""
    found = []
    if frame.tampered:
        found.append("TAMPERED")
    current = next((lane for lane in frame.branches if lane.current), None)
    if current is not None and current is not frame.branches[0]:
        found.append(current.name)
    if frame.lost:
        n = len(frame.lost)
        found.append(f"✘ {n:,} page{'s' if n > 1 else ''} lost")
    return found
