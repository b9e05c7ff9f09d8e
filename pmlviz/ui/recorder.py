"""Plays items in slices of a few milliseconds between other work, towards a goal if any."""

from time import perf_counter

from PySide6.QtCore import QObject, QTimer, Signal

from pmlviz.core.errors import PmlvizError
from pmlviz.core.timeline import Timeline
from pmlviz.ui.search import Goal

SLICE_S = 0.008
"""How long recording ahead may hold the GUI thread, seconds."""

_REPORT_S = 0.1


class Recorder(QObject):
    """Records one timeline; a goal of it is reached, given up, or fails."""

    arrived = Signal(object)
    progress = Signal(str, float)
    """What is under way and how far it is (0 to 1); an empty text when nothing is."""

    recorded = Signal(int)
    failed = Signal(str)

    def __init__(self, parent: QObject) -> None:
        """Record nothing yet."""
        super().__init__(parent)
        self._timeline: Timeline | None = None
        self._goal: Goal | None = None
        self._text = ""
        self._last = 0
        self._last_report = 0.0
        self._pump = QTimer(self)
        self._pump.setInterval(0)
        self._pump.timeout.connect(self._work)

    @property
    def busy(self) -> bool:
        """Whether a goal is being worked towards."""
        return self._goal is not None

    def record(self, timeline: Timeline) -> None:
        """Record *timeline* from now on; a goal of another one is given up."""
        if timeline is not self._timeline:
            self.cancel()
            self._timeline = timeline
        self._pump.start()

    def go(self, goal: Goal, text: str, last: int) -> None:
        """Work towards *goal*, which needs item *last* at most; *text* says what is under way."""
        if self._goal is not None:
            self.cancel()
        self._goal, self._text, self._last = goal, text, last
        self._work()
        if self._goal is not None:
            self._pump.start()

    def cancel(self) -> None:
        """Give up the goal."""
        if self._goal is not None:
            self._goal = None
            self.progress.emit("", 0.0)

    def stop(self) -> None:
        """Give up the goal, and record no further."""
        self.cancel()
        self._pump.stop()

    def _work(self) -> None:
        timeline, until = self._timeline, perf_counter() + SLICE_S
        if timeline is None:
            return
        try:
            while True:
                found = self._goal() if self._goal is not None else None
                if found is not None:
                    self._goal = None
                    self.progress.emit("", 1.0)
                    self.arrived.emit(found)
                    break
                if timeline.complete:
                    self._pump.stop()
                    break
                if perf_counter() >= until:
                    break
                for _ in range(8):
                    if not timeline.complete:
                        timeline.record()
        except PmlvizError as fault:
            self.stop()
            self.failed.emit(str(fault))
        self._report(timeline)

    def _report(self, timeline: Timeline) -> None:
        now = perf_counter()
        if now - self._last_report < _REPORT_S and not timeline.complete:
            return
        self._last_report = now
        self.recorded.emit(timeline.recorded)
        if self._goal is not None:
            self.progress.emit(self._text, timeline.recorded / max(1, self._last))
