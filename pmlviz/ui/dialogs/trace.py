"""How a trace of writes is to be read: the guest's page size, CLEANs, how much of it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import (
    QComboBox,
    QDialogButtonBox,
    QFormLayout,
    QSpinBox,
    QWidget,
)

from pmlviz.core.document import TraceOptions
from pmlviz.core.scenario import LEVELS
from pmlviz.ui.dialogs.sheet import Sheet


class TraceSheet(Sheet):
    """Asks, and gives `TraceOptions`."""

    def __init__(self, parent: QWidget, path: Path, take: Callable[[TraceOptions], object]) -> None:
        """Ask about the trace in *path*."""
        super().__init__(parent, "trace", f"Open {path.name}", (440, 230))
        self._take = take
        self.map = QComboBox(self)
        self.map.addItems(list(LEVELS))
        self.map.setCurrentText(TraceOptions().map)
        self.map.setAccessibleName("Pages that the guest is mapped with")
        self.clean = QSpinBox(self)
        self.clean.setRange(0, 2_000_000_000)
        self.clean.setSingleStep(1_000_000)
        self.clean.setSpecialValueText("never")
        self.clean.setGroupSeparatorShown(True)
        self.clean.setAccessibleName("Guest instructions between CLEANs")
        self.limit = QSpinBox(self)
        self.limit.setRange(0, 2_000_000_000)
        self.limit.setSingleStep(1000)
        self.limit.setSpecialValueText("all")
        self.limit.setGroupSeparatorShown(True)
        self.limit.setAccessibleName("Writes to read")
        form = QFormLayout()
        form.addRow("Guest mapped with", self.map)
        form.addRow("CLEAN every … guest instructions", self.clean)
        form.addRow("Writes to read", self.limit)
        self.inside.addLayout(form)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self._open)
        buttons.rejected.connect(self.reject)
        self.inside.addStretch(1)
        self.inside.addWidget(buttons)

    def _open(self) -> None:
        options = TraceOptions(
            self.map.currentText(), self.clean.value() or None, self.limit.value() or None
        )
        self.accept()
        self._take(options)
