"""A window beside the window: not modal, closed by Esc, gone when it is closed."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel, QVBoxLayout, QWidget


class Sheet(QDialog):
    """A titled dialog whose contents go into `inside`."""

    def __init__(self, parent: QWidget, name: str, title: str, size: tuple[int, int]) -> None:
        """Be *size* px large (at scale 1), called *name* by the program and *title* by people."""
        super().__init__(parent, Qt.WindowType.Dialog)
        self.setObjectName(f"sheet-{name}")
        self.setAccessibleName(title)
        self.setWindowTitle(f"{title} — pmlviz")
        self.setModal(False)
        self.inside = QVBoxLayout(self)
        self.inside.setContentsMargins(14, 12, 14, 12)
        self.inside.setSpacing(8)
        scale = self.fontMetrics().height() / 15
        self.resize(round(size[0] * max(1.0, scale)), round(size[1] * max(1.0, scale)))

    def words(self, text: str, *, quiet: bool = False) -> QLabel:
        """Add a line of text and return it."""
        label = QLabel(text, self)
        label.setWordWrap(True)
        label.setProperty("quiet", quiet)
        self.inside.addWidget(label)
        return label
