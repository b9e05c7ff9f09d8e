"""Starting: the shell before the engine; and what happens when something breaks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox

from pmlviz.ui.app import ExceptionHook, fill
from pmlviz.ui.settings import Settings
from pmlviz.ui.window import Window
from tests.golden import ROOT
from tests.ui.conftest import Opens

AT_FIRST_PAINT = """
import sys
from PySide6.QtWidgets import QApplication
from pmlviz.ui.app import open_window
from pmlviz.ui.settings import Settings
application = QApplication([])
window = open_window(Settings(), "")
def painted():
    early = [n for n in ("pyqtgraph", "numpy", "pmlviz.core.cpu", "PIL") if n in sys.modules]
    print("early:", early)
    application.quit()
window.painted.connect(painted)
application.exec()
"""


def test_nothing_of_the_engine_is_imported_before_the_first_paint(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", AT_FIRST_PAINT],
        cwd=ROOT,
        env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.stdout == "early: []\n", run.stderr


def test_a_first_start_opens_the_tour_and_says_which_key_to_press(open_window: Opens) -> None:
    window = open_window("")

    assert window.session.document.origin == "tour"
    assert window.toast.text.startswith("F10 next item · F11 next event")


def test_the_next_start_opens_what_was_shown_last(open_window: Opens) -> None:
    first = open_window("")
    first.files.open_reference("pml-full")

    second = open_window("")

    assert second.session.document.origin == "pml-full"
    assert second.toast.text == ""


def test_what_cannot_be_opened_is_told_and_the_tour_is_there(open_window: Opens) -> None:
    window = open_window("no-such-thing")

    assert "no such file" in window.toast.text
    assert window.session.document.origin == "tour"


def test_a_fault_of_ours_is_told_once_and_the_script_is_safe(
    window: Window, capsys: pytest.CaptureFixture[str]
) -> None:
    hook = ExceptionHook(window)

    for _ in range(2):
        hook(RuntimeError, RuntimeError("broken"), None)
    boxes = window.findChildren(QMessageBox)

    assert len(boxes) == 1
    assert "RuntimeError: broken" in boxes[0].text()
    assert str(window.files._autosave.path) in boxes[0].text()
    assert window.files._autosave.path.is_file()
    assert "broken" in capsys.readouterr().err
    boxes[0].close()


def test_the_shell_closes_before_it_is_filled() -> None:
    window = Window(Settings())

    closed = window.close()

    assert closed
    window.deleteLater()


def test_the_window_is_filled_once() -> None:
    window = Window(Settings())

    fill(window, "tour")

    assert window.attached
    window.close()
    window.deleteLater()
