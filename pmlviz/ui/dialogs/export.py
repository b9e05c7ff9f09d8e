"""Which figure, in which theme and size, to which file; and the command that makes the same."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from pmlviz.core.errors import PmlvizError
from pmlviz.ui.dialogs.sheet import Sheet
from pmlviz.ui.figures.registry import FIGURES

if TYPE_CHECKING:
    from pmlviz.ui.exports import Wish

FORMATS = ("svg", "png", "pdf")
WIDTHS: tuple[tuple[str, float | None], ...] = (
    ("its own, 1 px a unit", None),
    ("85 mm, one column", 85.0),
    ("120 mm", 120.0),
    ("175 mm, the whole width", 175.0),
)


class ExportSheet(Sheet):
    """Asks for a figure; writes it without closing when something is wrong."""

    def __init__(
        self,
        parent: QWidget,
        folder: Path,
        write: "Callable[[Wish], object]",
        command: "Callable[[Wish], str]",
    ) -> None:
        """Offer files in *folder*; *write* may raise PmlvizError."""
        super().__init__(parent, "export", "Export figure", (560, 330))
        self._write, self._command = write, command
        self.figure = self._combo("Figure", [figure.title for figure in FIGURES.values()])
        self.form = self._combo("Format", [form.upper() for form in FORMATS])
        self.theme = self._combo("Theme", ["print", "light", "dark"])
        self.width_of = self._combo("Width", [text for text, _ in WIDTHS])
        self.scale = QDoubleSpinBox(self)
        self.scale.setRange(1, 4)
        self.scale.setValue(2)
        self.scale.setDecimals(1)
        self.scale.setAccessibleName("Pixels a unit, of a PNG")
        self.path = QLineEdit(str(folder / "pmlviz-figure.svg"), self)
        self.path.setAccessibleName("File")
        browse = QPushButton("Choose…", self)
        browse.clicked.connect(self._browse)
        file_row = QHBoxLayout()
        file_row.addWidget(self.path, 1)
        file_row.addWidget(browse)
        rows = QFormLayout()
        rows.addRow("Figure", self.figure)
        rows.addRow("Format", self.form)
        rows.addRow("Theme", self.theme)
        rows.addRow("Width", self.width_of)
        rows.addRow("Scale of a PNG", self.scale)
        rows.addRow("File", file_row)
        self.inside.addLayout(rows)
        self.line = QLineEdit(self)
        self.line.setReadOnly(True)
        self.line.setAccessibleName("The command line that makes the same file")
        copy = QPushButton("Copy", self)
        copy.setAccessibleName("Copy the command line")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.line.text()))
        line_row = QHBoxLayout()
        line_row.addWidget(self.line, 1)
        line_row.addWidget(copy)
        self.inside.addLayout(line_row)
        self.answer = self.words("", quiet=True)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self._save)
        buttons.rejected.connect(self.reject)
        self.inside.addStretch(1)
        self.inside.addWidget(buttons)
        self.form.currentIndexChanged.connect(self._rename)
        self.path.textChanged.connect(self._show_command)
        self.scale.valueChanged.connect(self._show_command)
        for combo in (self.figure, self.theme, self.width_of):
            combo.currentIndexChanged.connect(self._show_command)
        self._show_command()

    def wish(self) -> "Wish":
        """Return what is chosen."""
        from pmlviz.ui.exports import Wish

        path = Path(self.path.text()).expanduser()
        png = path.suffix.lower() == ".png"
        return Wish(
            list(FIGURES)[self.figure.currentIndex()],
            self.theme.currentText(),
            WIDTHS[self.width_of.currentIndex()][1],
            self.scale.value() if png else 1.0,
            path,
        )

    def _combo(self, name: str, entries: list[str]) -> QComboBox:
        combo = QComboBox(self)
        combo.setAccessibleName(name)
        combo.addItems(entries)
        return combo

    def _browse(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "Export figure", self.path.text())
        if name:
            self.path.setText(name)

    def _rename(self) -> None:
        path = Path(self.path.text())
        self.path.setText(str(path.with_suffix(f".{FORMATS[self.form.currentIndex()]}")))

    def _show_command(self) -> None:
        self.line.setText(self._command(self.wish()))
        self.answer.setText("")

    def _save(self) -> None:
        try:
            self._write(self.wish())
        except PmlvizError as fault:
            self.answer.setText(str(fault))
        else:
            self.accept()
