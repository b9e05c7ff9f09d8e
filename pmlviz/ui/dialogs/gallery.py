"""The gallery: every bundled scenario with what it shows."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QPushButton, QWidget

from pmlviz.core import scenarios
from pmlviz.ui.dialogs.sheet import Sheet


class GallerySheet(Sheet):
    """A list of scenarios, and beside the chosen one what it is about."""

    def __init__(self, parent: QWidget, take: Callable[[str], object]) -> None:
        """Give the id of the chosen scenario to *take*."""
        super().__init__(parent, "gallery", "Gallery", (560, 520))
        self._take = take
        self.list = QListWidget(self)
        self.list.setAccessibleName("Scenarios")
        for name in scenarios.ORDER:
            row = QListWidgetItem(scenarios.load(name).title)
            row.setData(Qt.ItemDataRole.UserRole, name)
            self.list.addItem(row)
        self.about = QLabel(self)
        self.about.setWordWrap(True)
        self.about.setMinimumHeight(72)
        self.about.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.button = QPushButton("Open", self)
        self.button.setDefault(True)
        self.inside.addWidget(self.list, 1)
        self.inside.addWidget(self.about)
        self.inside.addWidget(self.button, 0, Qt.AlignmentFlag.AlignRight)
        self.list.currentItemChanged.connect(lambda *_: self._tell())
        self.list.itemActivated.connect(lambda *_: self._open())
        self.button.clicked.connect(self._open)
        self.list.setCurrentRow(0)

    def _chosen(self) -> str:
        return str(self.list.currentItem().data(Qt.ItemDataRole.UserRole))

    def _tell(self) -> None:
        scenario = scenarios.load(self._chosen())
        claim = f"  ·  bears on claim {scenario.file.claim}" if scenario.file.claim else ""
        self.about.setText(
            f"{scenario.file.about}<br><br>{self._chosen()}  ·  {len(scenario.script)} items"
            f"  ·  strategy {scenario.strategy}{claim}"
        )

    def _open(self) -> None:
        name = self._chosen()
        self.accept()
        self._take(name)
