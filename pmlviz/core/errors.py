"""The two kinds of error: those a person can mend, and those that are ours.

A `PmlvizError` is shown as one or two lines and never as a traceback. A `ModelBug` means that a
rule of the model was broken by the model itself; it carries what is needed to report it.
"""

from pathlib import Path


class PmlvizError(Exception):
    """Something the person can mend: *message*, with *place* before it and *hint* below it."""

    def __init__(self, message: str, *, place: str = "", hint: str = "") -> None:
        """Keep the parts apart, so that a window can show them apart."""
        super().__init__(message)
        self.message = message
        self.place = place
        self.hint = hint

    def __str__(self) -> str:
        """One line, or two when there is a hint."""
        line = f"{self.place}: {self.message}" if self.place else self.message
        return f"{line}\n  hint: {self.hint}" if self.hint else line


class IllegalAction(PmlvizError):
    """An action the machine does not allow now; nothing was changed."""


class ScriptError(PmlvizError):
    """A script item that cannot be read, with its line number as place."""


class TraceError(PmlvizError):
    """A trace file that cannot be read; *line* counts from 1."""

    def __init__(
        self, message: str, *, path: str | Path, line: int | None = None, hint: str = ""
    ) -> None:
        """Name the file as the person gave it."""
        place = f"{path}:{line}" if line is not None else str(path)
        super().__init__(message, place=place, hint=hint)
        self.path = str(path)
        self.line = line


class ModelBug(Exception):
    """The model broke its own rules: a fault of pmlviz, never of the input."""
