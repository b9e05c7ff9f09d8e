"""Reads a trace in slices between other work."""

from collections.abc import Generator
from pathlib import Path
from time import perf_counter

from PySide6.QtCore import QObject, QTimer, Signal

from pmlviz.core.document import TraceOptions, of_trace
from pmlviz.core.errors import PmlvizError
from pmlviz.core.trace import Progress, WriteTrace, read_trace_steps

SLICE_S = 0.02
"""How long reading may hold the GUI thread, seconds."""


class Reading(QObject):
    """One trace on its way to a document."""

    progress = Signal(str, float)
    done = Signal(object)
    """The Document."""

    failed = Signal(object)
    """The PmlvizError."""

    def __init__(self, path: Path, options: TraceOptions, parent: QObject) -> None:
        """Have read nothing yet."""
        super().__init__(parent)
        self._path, self._options = path, options
        self._steps: Generator[Progress, None, WriteTrace] = read_trace_steps(
            path, limit=options.limit
        )
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._work)

    def start(self) -> None:
        """Begin."""
        self.progress.emit(f"reading {self._path.name}", 0.0)
        self._timer.start()

    def stop(self) -> None:
        """Give up, and close the file."""
        self._timer.stop()
        self._steps.close()
        self.deleteLater()

    def _work(self) -> None:
        until = perf_counter() + SLICE_S
        try:
            while True:
                step = next(self._steps)
                if perf_counter() >= until:
                    words = f"reading {self._path.name}: {step.records:,} writes"
                    self.progress.emit(words, step.fraction)
                    return
        except StopIteration as end:
            self.stop()
            self._finish(end.value)
        except PmlvizError as fault:
            self.stop()
            self.failed.emit(fault)

    def _finish(self, trace: WriteTrace) -> None:
        try:
            document = of_trace(trace, str(self._path), self._options)
        except PmlvizError as fault:
            self.failed.emit(fault)
        else:
            self.done.emit(document)
