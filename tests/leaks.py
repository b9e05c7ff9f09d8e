"""What a test must not leave behind: threads, processes, running Qt timers, top-level widgets."""

import multiprocessing
import sys
import threading
import traceback
import weakref
from collections.abc import Callable
from typing import Any

import pytest

# Class of PySide6.QtCore, and whether an object of it is still at work.
RUNNING: dict[str, Callable[[Any], bool]] = {
    "QTimer": lambda timer: timer.isActive(),
    "QThread": lambda thread: thread.isRunning(),
    "QProcess": lambda process: process.state() != process.ProcessState.NotRunning,
    "QAbstractAnimation": lambda animation: animation.state() == animation.State.Running,
}
# Qt keeps its one tooltip for itself.
QT_OWN_WIDGETS = {"QTipLabel"}
JOIN_SECONDS = 2.0


class Leaks:
    """Remembers what there is now; `left` names what has come since and is still there."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._threads = set(threading.enumerate())
        self._processes = set(multiprocessing.active_children())
        self._widgets = _top_level_widgets()
        self._started: list[tuple[str, weakref.ref[Any], str]] = []
        core = sys.modules.get("PySide6.QtCore")
        for name in RUNNING if core else ():
            self._record_starts(name, getattr(core, name), patch)

    def left(self) -> list[str]:
        """Return a line on each thing left behind, with where it was started as far as is known."""
        return [*self._left_threads(), *self._left_processes(), *self._left_qt()]

    def _record_starts(self, name: str, owner: Any, patch: pytest.MonkeyPatch) -> None:  # noqa: ANN401 a Qt class
        start = owner.start

        # A weak reference: a timer that nobody keeps stops as it goes, and is no leak.
        def recorded(started: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            caller = traceback.extract_stack(limit=2)[0]
            self._started.append((name, weakref.ref(started), f"{caller.filename}:{caller.lineno}"))
            return start(started, *args, **kwargs)

        patch.setattr(owner, "start", recorded)

    def _left_threads(self) -> list[str]:
        new = [t for t in threading.enumerate() if t not in self._threads]
        for thread in new:
            thread.join(JOIN_SECONDS)  # one that was told to stop may be on its way out
        return [f"thread {t.name!r} is running" for t in new if t.is_alive()]

    def _left_processes(self) -> list[str]:
        new = [p for p in multiprocessing.active_children() if p not in self._processes]
        for process in new:
            process.join(JOIN_SECONDS)
        return [f"process {p.name!r} ({p.pid}) is running" for p in new if p.is_alive()]

    def _left_qt(self) -> list[str]:
        shiboken = sys.modules.get("shiboken6")
        if shiboken is None:
            return []
        _delete_what_is_due()
        running = [
            f"{type(started).__name__} started at {where} is running"
            for name, reference, where in self._started
            if (started := reference()) and shiboken.isValid(started) and RUNNING[name](started)
        ]
        widgets = [
            f"top-level widget {type(w).__name__} {w.objectName() or w.windowTitle()!r} is open"
            for w in _top_level_widgets()
            if not any(w is before for before in self._widgets)
        ]
        return running + widgets


def _top_level_widgets() -> list[Any]:
    """Return the parentless widgets; none if no test has needed Qt's widgets so far."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return []
    return [
        widget
        for widget in widgets.QApplication.topLevelWidgets()
        if widget.parent() is None and widget.metaObject().className() not in QT_OWN_WIDGETS
    ]


def _delete_what_is_due() -> None:
    """Carry out each deleteLater(): outside an event loop nobody else does."""
    core = sys.modules["PySide6.QtCore"]
    if core.QCoreApplication.instance() is not None:
        core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete)
