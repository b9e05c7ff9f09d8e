"""What is taken out of the window."""

from pathlib import Path

from PySide6.QtGui import QGuiApplication

from pmlviz.core.timeline import Position
from pmlviz.ui.exports import Wish
from pmlviz.ui.opening import open_any
from pmlviz.ui.window import Window


def test_the_command_line_names_place_strategy_theme_and_size(window: Window) -> None:
    window.session.set_strategy("xen")
    window.session.seek(Position(4, 3))

    line = window.exports.command(Wish("pml", "print", 85.0, 1.0, Path("a b.svg")))

    assert line == (
        "pmlviz export tour --figure pml --strategy xen --at 4.3 --theme print --width 85"
        " -o 'a b.svg'"
    )


def test_the_place_and_the_sentence_are_copied_as_text(window: Window) -> None:
    window.session.seek(Position(4, 1))

    window.exports.copy_text()

    text = QGuiApplication.clipboard().text()
    assert "item 4/7 · event 1/6" in text
    assert "4  write 0x6000" in text
    assert "vCPU 0 is about to write" in text


def test_a_figure_is_written_repeated_and_reopens_where_it_was_made(
    window: Window, tmp_path: Path
) -> None:
    window.session.seek(Position(4, 3))
    path = tmp_path / "figure.svg"
    before = window.exports.why_not_again()

    window.exports.write(Wish("window", "print", None, 1.0, path))
    first = path.read_bytes()
    window.exports.again()
    again = open_any(str(path))

    assert before == "nothing was exported yet"
    assert window.exports.why_not_again() == ""
    assert path.read_bytes() == first
    assert (again.position, again.strategy) == (Position(4, 3), window.session.strategy)
    assert window.toast.text == f"Wrote {path}"


def test_a_figure_is_copied_as_picture_drawing_and_text(window: Window) -> None:
    window.session.seek(Position(4, 3))

    window.exports.copy_figure()

    data = QGuiApplication.clipboard().mimeData()
    assert data.hasImage()
    assert data.hasText()
    assert bytes(data.data("image/svg+xml").data()).startswith(b"<?xml")
