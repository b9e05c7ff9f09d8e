"""Tells when the file that is shown is changed on the disk by someone else."""

from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, Signal


class Disk(QObject):
    """Watches one file, and knows the text that was last read from it or written to it."""

    changed = Signal(object)
    """The path of a file that holds another text now."""

    def __init__(self, parent: QObject) -> None:
        """Watch nothing yet."""
        super().__init__(parent)
        self._text = ""
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(self._look)

    def watch(self, path: Path | None, text: str = "") -> None:
        """Watch *path*, which holds *text*, and nothing else; None for nothing."""
        if self._watcher.files():
            self._watcher.removePaths(self._watcher.files())
        self._text = text
        if path is not None:
            self._watcher.addPath(str(path))

    def expect(self, text: str) -> None:
        """Take *text* for what the file holds: it is about to be written."""
        self._text = text

    def _look(self, name: str) -> None:
        path = Path(name)
        if not path.exists():
            return
        self._watcher.addPath(name)  # an editor has put a new file in its place
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return
        if text != self._text:
            self.changed.emit(path)
