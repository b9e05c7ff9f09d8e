"""What the window remembers between two runs: looks, layout, recent files, the last place."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QSettings, Qt
from PySide6.QtGui import QGuiApplication

RECENT_MOST: Final = 10
LEAST_SCALE, MOST_SCALE = 0.75, 2.5


class Settings:
    """Typed access to the stored settings; what is missing or spoiled has its default."""

    def __init__(self) -> None:
        """Use the person's own settings file."""
        self._store = QSettings("pmlviz", "pmlviz")

    @property
    def theme(self) -> str:
        """Light or dark; the system's at first start."""
        stored = self._text("theme")
        if stored in ("light", "dark"):
            return stored
        dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return "dark" if dark else "light"

    @theme.setter
    def theme(self, name: str) -> None:
        self._store.setValue("theme", name)

    @property
    def scale(self) -> float:
        """UI scale, 0.75 to 2.5."""
        try:
            stored = float(self._text("scale") or 1)
        except ValueError:
            stored = 1.0
        return max(LEAST_SCALE, min(MOST_SCALE, stored))

    @scale.setter
    def scale(self, value: float) -> None:
        self._store.setValue("scale", f"{value:.2f}")

    @property
    def last(self) -> str:
        """The document shown last; empty at the first start."""
        return self._text("last")

    @last.setter
    def last(self, reference: str) -> None:
        self._store.setValue("last", reference)

    @property
    def layout(self) -> str:
        """Teach or debug."""
        return "debug" if self._text("layout") == "debug" else "teach"

    @layout.setter
    def layout(self, name: str) -> None:
        self._store.setValue("layout", name)

    @property
    def recent(self) -> tuple[str, ...]:
        """Files opened or saved, the newest first; those that are gone left out."""
        lines = self._text("recent").split("\n")
        return tuple(line for line in lines if line and Path(line).is_file())

    def add_recent(self, path: str) -> None:
        """Put *path* before the other recent files."""
        rest = [each for each in self.recent if each != path]
        self._store.setValue("recent", "\n".join([path, *rest][:RECENT_MOST]))

    @property
    def export_folder(self) -> str:
        """Where the last figure was written."""
        return self._text("export-folder")

    @export_folder.setter
    def export_folder(self, folder: str) -> None:
        self._store.setValue("export-folder", folder)

    def blob(self, name: str) -> QByteArray:
        """Return the bytes stored under *name*, such as a layout; empty if there are none."""
        value = self._store.value(name)
        return value if isinstance(value, QByteArray) else QByteArray()

    def set_blob(self, name: str, data: QByteArray) -> None:
        """Store *data* under *name*."""
        self._store.setValue(name, data)

    def _text(self, name: str) -> str:
        value = self._store.value(name, "")
        return value if isinstance(value, str) else ""
