"""A trace on its way to a document."""

from pathlib import Path

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from pmlviz.core.document import Document, TraceOptions
from pmlviz.core.errors import PmlvizError
from pmlviz.ui.reading import Reading
from tests.core.trace_files import PWT


def test_a_trace_becomes_a_document(tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "small.pwt"
    path.write_text(PWT, encoding="utf-8")
    parent = QObject()
    reading = Reading(path, TraceOptions("4K"), parent)

    with qtbot.waitSignal(reading.done) as done:
        reading.start()

    (document,) = done.args or [None]
    assert isinstance(document, Document)
    assert len(document.script) == 6
    assert document.trace == TraceOptions("4K")


def test_a_fault_in_the_trace_is_told_with_its_line(tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "bad.pwt"
    path.write_text(PWT.replace("9 1 1a 1 1", "9 1 zz 1 1"), encoding="utf-8")
    parent = QObject()
    reading = Reading(path, TraceOptions(), parent)

    with qtbot.waitSignal(reading.failed) as failed:
        reading.start()

    (fault,) = failed.args or [None]
    assert isinstance(fault, PmlvizError)
    assert fault.place.startswith(f"{path}:")


def test_what_is_given_up_tells_nothing_more(tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "small.pwt"
    path.write_text(PWT, encoding="utf-8")
    parent = QObject()
    reading = Reading(path, TraceOptions(), parent)
    told: list[object] = []
    reading.done.connect(told.append)
    reading.start()

    reading.stop()

    assert not reading._timer.isActive()
    assert told == []
