"""A process that shows a window, tells the time of its first paint, and ends.

    python bench/first_paint.py bare      a QMainWindow with three docks and a toolbar
    python bench/first_paint.py pmlviz    the shell of pmlviz

The time printed is `time.time()` when the first paint is done; the parent knows when it started us.
"""

import sys
import time


def done() -> None:
    """Tell the time, with what was imported by then, and end at once."""
    heavy = [name for name in ("pyqtgraph", "numpy", "pmlviz.core.cpu") if name in sys.modules]
    sys.stdout.write(f"{time.time()!r} {','.join(heavy)}\n")
    sys.stdout.flush()
    import os

    os._exit(0)


def bare() -> None:
    """Show the reference window."""
    from PySide6.QtCore import Qt, QTimer
    from PySide6.QtWidgets import QApplication, QDockWidget, QLabel, QMainWindow, QToolBar

    class Window(QMainWindow):
        """A main window that tells when it has painted."""

        def paintEvent(self, event: object) -> None:
            """Paint, then end as soon as the loop turns."""
            super().paintEvent(event)  # type: ignore[arg-type]
            QTimer.singleShot(0, done)

    app = QApplication(sys.argv[:1])
    window = Window()
    window.setCentralWidget(QLabel("centre"))
    toolbar = QToolBar("tools")
    for n in range(8):
        toolbar.addAction(f"action {n}")
    window.addToolBar(toolbar)
    for n, area in enumerate(
        (Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea,
         Qt.DockWidgetArea.BottomDockWidgetArea)
    ):  # fmt: skip
        dock = QDockWidget(f"dock {n}")
        dock.setWidget(QLabel(f"panel {n}"))
        window.addDockWidget(area, dock)
    window.resize(1600, 1000)
    window.show()
    app.exec()


def pmlviz() -> None:
    """Show the shell of pmlviz, filled with nothing yet."""
    from pmlviz.ui import app

    # What fills the shell is called once its first paint is done.
    app.fill = lambda _window, _reference: done()
    app.run_application("")


if __name__ == "__main__":
    {"bare": bare, "pmlviz": pmlviz}[sys.argv[1]]()
