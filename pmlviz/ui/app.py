"""The application: the shell at once, then everything else; and what happens when something breaks.

Until the shell is painted neither the engine nor numpy nor pyqtgraph is imported.
"""

import gc
import sys
from types import TracebackType
from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox

from pmlviz.ui.fonts import load_face, load_fonts
from pmlviz.ui.settings import Settings
from pmlviz.ui.window import Window

TOUR: Final = "tour"
FRAME: Final = QSize(8, 36)
"""What a window manager is likely to put round a window, px."""

FIRST_WORDS: Final = "F10 next item · F11 next event · Shift goes back · ? all keys"


def run_application(reference: str) -> int:
    """Open the window on *reference*, or where one left off; return the exit code."""
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeMenuBar)
    QApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    QApplication.setDesktopSettingsAware(False)
    application = QApplication(sys.argv[:1])
    application.setApplicationName("pmlviz")
    application.setDesktopFileName("pmlviz")
    application.setStyle("Fusion")
    for bold in (False, True):
        load_face("sans", bold=bold)
    window = open_window(Settings(), reference)
    hook = ExceptionHook(window)
    sys.excepthook = hook
    code = application.exec()
    sys.excepthook = sys.__excepthook__
    return code


def open_window(settings: Settings, reference: str) -> Window:
    """Show the shell; what fills it follows its first paint."""
    window = Window(settings)
    geometry = settings.blob("window")
    if not geometry.isEmpty():
        window.restoreGeometry(geometry)
    elif (screen := QGuiApplication.primaryScreen()) is not None:
        room = screen.availableGeometry().size() - FRAME
        window.resize(window.size().boundedTo(room))
    window.painted.connect(
        lambda: QTimer.singleShot(0, window, lambda: fill(window, reference)),
        Qt.ConnectionType.SingleShotConnection,
    )
    window.show()
    return window


def fill(window: Window, reference: str) -> None:
    """Open *reference* in *window*, else the last document, else the tour."""
    from pmlviz.core.document import open_document
    from pmlviz.core.errors import PmlvizError

    load_fonts()
    fault: PmlvizError | None = None
    first = not window.settings.last
    wanted = reference or window.settings.last or TOUR
    try:
        if _is_trace(wanted):
            document = open_document(TOUR)
        else:
            from pmlviz.ui.opening import open_any

            document = open_any(wanted)
    except PmlvizError as error:
        fault = error if reference else None
        document = open_document(TOUR)
    window.attach(document)
    if fault is not None:
        window.tell(fault)
    elif first:
        window.say(FIRST_WORDS)
    if _is_trace(wanted):
        from pathlib import Path

        from pmlviz.core.document import TraceOptions

        window.files.read_trace(Path(wanted), TraceOptions())
    if not reference:
        window.files.offer_rescue()
    # Engine and window stay as long as the process, and states hold no cycles: the collector need
    # not walk them while one steps.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)


def _is_trace(reference: str) -> bool:
    from pathlib import Path

    from pmlviz.core.errors import PmlvizError
    from pmlviz.core.trace import sniff
    from pmlviz.ui.figures.source import is_figure

    path = Path(reference)
    try:
        return path.is_file() and not is_figure(path) and sniff(path) is not None
    except PmlvizError:
        return False


class ExceptionHook:
    """What nobody caught: the session stops, one dialog tells, the script is safe."""

    def __init__(self, window: Window) -> None:
        """Tell over *window*."""
        self._window = window
        self._telling = False

    def __call__(
        self, kind: type[BaseException], fault: BaseException, trace: TracebackType | None
    ) -> None:
        """Write the traceback to stderr, and tell what happened, once at a time."""
        sys.__excepthook__(kind, fault, trace)
        if self._telling or issubclass(kind, KeyboardInterrupt):
            return
        self._telling = True
        kept = ""
        if self._window.attached:
            self._window.session.stop()
            kept = f"\n\nThe script is kept in {self._window.files.keep_safe()}"
        box = QMessageBox(QMessageBox.Icon.Critical, "pmlviz", "", parent=self._window)
        box.setText(f"Something broke in pmlviz: {kind.__name__}: {fault}{kept}")
        import traceback

        box.setDetailedText("".join(traceback.format_exception(kind, fault, trace)))
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.finished.connect(self._told)
        box.open()

    def _told(self) -> None:
        self._telling = False
