"""What is taken out of the window: figures and texts, into files and the clipboard."""

import shlex
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImage

from pmlviz.core.errors import PmlvizError
from pmlviz.core.narration import sentence
from pmlviz.core.timeline import Position
from pmlviz.ui.statusline import place_words

if TYPE_CHECKING:
    from pmlviz.ui.window import Window


class Wish(msgspec.Struct, frozen=True):
    """A figure as it is wanted."""

    figure: str
    theme: str
    width_mm: float | None
    scale: float
    path: Path


class Exports:
    """Exports of one window."""

    def __init__(self, window: "Window") -> None:
        """Have exported nothing yet."""
        self._window = window
        self._last: Wish | None = None

    def ask(self) -> None:
        """Ask which figure, how large, and where to."""
        from pmlviz.ui.dialogs.export import ExportSheet  # not before it is asked for

        folder = Path(self._window.settings.export_folder or Path.cwd())
        self._window.guide.show(ExportSheet(self._window, folder, self.write, self.command))

    def why_not_again(self) -> str:
        """Return why the last export cannot be repeated; empty if it can."""
        return "" if self._last is not None else "nothing was exported yet"

    def again(self) -> None:
        """Write the last export again, as it is now, to the same file."""
        if self._last is not None:
            self.write(self._last)

    def write(self, wish: Wish) -> None:
        """Write *wish*.

        Raises PmlvizError.
        """
        self._draw(wish)
        self._last = wish
        window = self._window
        window.settings.export_folder = str(wish.path.parent)
        window.say(
            f"Wrote {wish.path}",
            (
                ("Open", lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(wish.path)))),
                ("Show folder", lambda: _open_folder(wish.path)),
                ("Copy path", lambda: QGuiApplication.clipboard().setText(str(wish.path))),
            ),
        )
        window.refresh()

    def command(self, wish: Wish) -> str:
        """Return the command line that makes the same file."""
        session = self._window.session
        at = f"{session.position.item}.{session.position.event}"
        words = ["pmlviz", "export", session.document.origin, "--figure", wish.figure]
        if session.strategy != session.document.strategy:
            words += ["--strategy", session.strategy]
        words += ["--at", at, "--theme", wish.theme]
        if wish.width_mm is not None:
            words += ["--width", f"{wish.width_mm:g}"]
        if wish.scale != 1:
            words += ["--scale", f"{wish.scale:g}"]
        trace = session.document.trace
        if trace is not None:
            words += ["--map", trace.map]
            if trace.clean_every:
                words += ["--clean-every", str(trace.clean_every)]
            if trace.limit:
                words += ["--limit", str(trace.limit)]
        return shlex.join([*words, "-o", str(wish.path)])

    def copy_text(self) -> None:
        """Copy the place, the current event's sentence and the selection as text."""
        QGuiApplication.clipboard().setText(self.text())
        self._window.say("Copied as text")

    def text(self) -> str:
        """Return where one stands and what has just happened, to be pasted into a mail."""
        frame = self._window.session.frame
        lines = [frame.title, " · ".join(place_words(frame))]
        if frame.item is not None:
            lines.append(f"{frame.position.item}  {frame.item.text}")
        if frame.current is not None:
            timeline = self._window.session.timeline
            before = timeline.state_at(Position(frame.position.item, frame.position.event - 1))
            if frame.position.event == 1:
                before = frame.before
            lines.append(f"    {sentence(frame.current, before)}")
        return "\n".join(lines) + "\n"

    def copy_figure(self) -> None:
        """Copy the stage as PNG, SVG and text in one."""
        with tempfile.TemporaryDirectory() as folder:
            svg, png = Path(folder) / "figure.svg", Path(folder) / "figure.png"
            for path, scale in ((svg, 1.0), (png, 2.0)):
                self._draw(Wish("window", "print", None, scale, path))
            data = QMimeData()
            data.setText(self.text())
            data.setData("image/svg+xml", svg.read_bytes())
            data.setImageData(QImage(str(png)))
        QGuiApplication.clipboard().setMimeData(data)
        self._window.say("Copied as PNG, SVG and text")

    def _draw(self, wish: Wish) -> None:
        from pmlviz.ui.figure_files import FigureRequest, write_figure

        session = self._window.session
        request = FigureRequest(
            figure=wish.figure, theme=wish.theme, width_mm=wish.width_mm, scale=wish.scale
        )
        document = self._window.files.document()
        try:
            write_figure(document, session.timeline, session.position, request, wish.path)
        except OSError as fault:
            reason = fault.strerror or str(fault)
            raise PmlvizError(f"cannot be written: {reason}", place=str(wish.path)) from None


def _open_folder(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))
