"""Opening, saving, what is on the disk, what a crash leaves."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from pmlviz.core import scenarios
from pmlviz.core.document import open_document
from pmlviz.core.timeline import Position
from pmlviz.ui.window import Window
from tests.core.trace_files import PWT
from tests.ui.conftest import Opens


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(scenarios.text_of("tour"), encoding="utf-8")
    return path


def answer(monkeypatch: pytest.MonkeyPatch, button: QMessageBox.StandardButton) -> list[str]:
    asked: list[str] = []

    def exec_(box: QMessageBox) -> QMessageBox.StandardButton:
        asked.append(box.text())
        return button

    monkeypatch.setattr(QMessageBox, "exec", exec_)
    return asked


def test_saving_keeps_comments_and_opens_again_the_same(open_window: Opens, mine: Path) -> None:
    text = scenarios.text_of("tour")
    comment = next(line for line in text.splitlines() if "#" in line)
    window = open_window(str(mine))
    window.session.seek(Position(6), rest=True)
    window.deeds.act("read 0x5000")

    window.files.save()

    again = open_document(str(mine))
    assert comment in mine.read_text(encoding="utf-8")
    assert [line.text for line in again.script.lines()][-1] == "read 0x5000"
    assert len(again.script) == 7
    assert not window.files.edited


def test_a_note_is_saved_with_the_scenario(open_window: Opens, mine: Path) -> None:
    window = open_window(str(mine))
    window.session.set_note(5, "here it is")

    window.files.save()

    assert (5, "here it is") in open_document(str(mine)).notes


def test_save_as_asks_for_a_file_and_names_the_window_after_it(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "copy"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))

    saved = window.files.save_as()

    assert saved
    assert (tmp_path / "copy.toml").is_file()
    assert window.windowTitle() == "copy.toml[*] — pmlviz"
    assert window.settings.recent == (str(tmp_path / "copy.toml"),)


def test_a_file_that_cannot_be_written_is_told_and_the_work_stays(
    open_window: Opens, mine: Path
) -> None:
    window = open_window(str(mine))
    window.session.step_item(1)
    window.deeds.act("read 0x5000")

    done = window.files._save(mine / "below" / "x.toml")

    assert not done
    assert "cannot be saved" in window.toast.text
    assert window.files.edited


def test_unsaved_work_is_asked_about_and_cancel_keeps_it(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.session.step_item(1)
    window.deeds.act("read 0x5000")
    asked = answer(monkeypatch, QMessageBox.StandardButton.Cancel)

    window.files.open_reference("pml-full")
    closed = window.close()

    assert len(asked) == 2
    assert not closed
    assert window.session.document.origin == "tour"
    assert window.files.edited


def test_discarded_work_is_gone_and_the_other_document_is_there(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.session.step_item(1)
    window.deeds.act("read 0x5000")
    answer(monkeypatch, QMessageBox.StandardButton.Discard)

    window.files.open_reference("pml-full")

    assert window.session.document.origin == "pml-full"
    assert not window.files.edited


def test_a_file_changed_on_the_disk_reloads_and_keeps_the_position(
    open_window: Opens, mine: Path, qtbot: QtBot
) -> None:
    window = open_window(str(mine))
    window.session.seek(Position(4), rest=True)
    text = mine.read_text(encoding="utf-8").replace("write 0x7000", "write 0x8000")

    mine.write_text(text, encoding="utf-8")
    qtbot.waitUntil(lambda: window.session.timeline.script.item(5).value == 0x8000)

    assert window.session.position.item == 4


def test_a_file_with_a_fault_is_told_with_its_place_and_nothing_is_lost(
    window: Window, tmp_path: Path
) -> None:
    path = tmp_path / "bad.toml"
    path.write_text('title = "x"\n[script]\nitems = "enable"\n', encoding="utf-8")
    before = window.session.document

    window.files.open_path(path)

    assert "bad.toml" in window.toast.text
    assert window.session.document is before


def test_every_edit_is_kept_and_offered_after_a_crash(
    window: Window, open_window: Opens, tmp_path: Path
) -> None:
    window.session.step_item(1)
    window.deeds.act("read 0x5000")
    kept = window.files._autosave
    crashed = tmp_path / "autosave-999999.json"
    crashed.write_bytes(kept.path.read_bytes())
    other = open_window("pml-full")
    other.files._autosave.folder = tmp_path

    other.files.offer_rescue()
    offered = other.toast.text
    next(b for b in other.toast.findChildren(QPushButton) if b.text() == "Open it again").click()

    assert "ended without saving" in offered
    assert other.session.timeline.script.item(2).text == "read 0x5000"
    assert other.files.edited
    assert not crashed.exists()


def test_closing_in_peace_leaves_nothing_behind(window: Window) -> None:
    window.session.step_item(1)
    window.deeds.act("read 0x5000")
    path = window.files._autosave.path
    was_there = path.exists()

    window.files.forget()
    window.close()

    assert was_there
    assert not path.exists()


def test_a_trace_is_asked_about_read_in_slices_and_shown(
    window: Window, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "small.pwt"
    path.write_text(PWT, encoding="utf-8")

    window.files.open_path(path)
    sheet = window.guide.sheet("trace")
    assert sheet is not None
    sheet._open()  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: window.session.document.trace is not None)

    assert window.session.document.title == "small.pwt"
    assert window.files.why_not_save() != ""
    assert not window.files.working
