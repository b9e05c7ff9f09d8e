"""One line to type, with a word below it on what it would do."""

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QWidget

from pmlviz.core.errors import PmlvizError
from pmlviz.ui.dialogs.sheet import Sheet


class Prompt(Sheet):
    """Asks for one line; Enter takes it, and what is wrong with it is said below it."""

    def __init__(
        self, parent: QWidget, name: str, title: str, usage: str, take: Callable[[str], object],
        text: str = "",
    ) -> None:  # fmt: skip
        """Ask with *usage* below the field; *take* may raise PmlvizError, which is shown."""
        super().__init__(parent, name, title, (420, 110))
        self._take, self._usage = take, usage
        self.field = QLineEdit(text, self)
        self.field.setAccessibleName(title)
        self.field.selectAll()
        self.inside.addWidget(self.field)
        self.answer = self.words(usage, quiet=True)
        self.field.textChanged.connect(lambda _: self.answer.setText(self._usage))
        self.field.returnPressed.connect(self._enter)

    def _enter(self) -> None:
        try:
            self._take(self.field.text())
        except PmlvizError as fault:
            self.answer.setText(f"{fault.message}. {fault.hint}" if fault.hint else fault.message)
        else:
            self.accept()
