"""The file that is shown, changed by someone else."""

from pathlib import Path

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from pmlviz.ui.disk import Disk


def test_another_text_in_the_file_is_told(tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "x.toml"
    path.write_text("one", encoding="utf-8")
    parent = QObject()
    disk = Disk(parent)
    disk.watch(path, "one")

    with qtbot.waitSignal(disk.changed) as changed:
        path.write_text("two", encoding="utf-8")

    assert changed.args == [path]


def test_a_new_file_in_the_old_ones_place_is_told_too(tmp_path: Path, qtbot: QtBot) -> None:
    path, fresh = tmp_path / "x.toml", tmp_path / "fresh"
    path.write_text("one", encoding="utf-8")
    parent = QObject()
    disk = Disk(parent)
    disk.watch(path, "one")

    with qtbot.waitSignal(disk.changed):
        fresh.write_text("two", encoding="utf-8")
        fresh.replace(path)


def test_what_is_expected_is_not_told(tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "x.toml"
    path.write_text("one", encoding="utf-8")
    parent = QObject()
    disk = Disk(parent)
    disk.watch(path, "one")
    disk.expect("two")

    with qtbot.assertNotEmitted(disk.changed, wait=150):
        path.write_text("two", encoding="utf-8")


def test_nothing_is_watched_any_more(tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "x.toml"
    path.write_text("one", encoding="utf-8")
    parent = QObject()
    disk = Disk(parent)
    disk.watch(path, "one")

    disk.watch(None)

    with qtbot.assertNotEmitted(disk.changed, wait=150):
        path.write_text("two", encoding="utf-8")
