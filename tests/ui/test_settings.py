"""What the window remembers."""

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QApplication

from pmlviz.ui.settings import RECENT_MOST, Settings


@pytest.fixture(autouse=True)
def _application(qapp: QApplication) -> None:
    """Have the application that the system's theme is asked of."""


def test_looks_and_the_last_document_are_remembered() -> None:
    first = Settings()
    first.theme, first.scale, first.last = "dark", 1.5, "pml-full"

    again = Settings()

    assert (again.theme, again.scale, again.last) == ("dark", 1.5, "pml-full")


def test_at_first_there_is_a_theme_of_the_system_and_nothing_else() -> None:
    settings = Settings()

    assert settings.theme in ("light", "dark")
    assert (settings.scale, settings.last, settings.recent) == (1.0, "", ())
    assert settings.blob("docks").isEmpty()


def test_spoiled_values_have_their_defaults() -> None:
    store = QSettings("pmlviz", "pmlviz")
    for name, value in (("theme", "pink"), ("scale", "large"), ("docks", "x")):
        store.setValue(name, value)

    settings = Settings()

    assert settings.theme in ("light", "dark")
    assert settings.scale == 1.0
    assert settings.blob("docks").isEmpty()


@pytest.mark.parametrize(("stored", "shown"), [(0.1, 0.75), (9.0, 2.5), (1.25, 1.25)])
def test_the_scale_stays_legible(stored: float, shown: float) -> None:
    settings = Settings()
    settings.scale = stored

    assert settings.scale == shown


def test_recent_files_are_the_newest_first_and_those_that_are_there(tmp_path: Path) -> None:
    settings = Settings()
    paths = [tmp_path / f"{n}.toml" for n in range(RECENT_MOST + 3)]
    for path in paths:
        path.touch()
        settings.add_recent(str(path))
    settings.add_recent(str(paths[5]))
    paths[-1].unlink()

    recent = settings.recent

    assert recent[0] == str(paths[5])
    assert len(recent) == RECENT_MOST - 1
    assert str(paths[-1]) not in recent


def test_layouts_are_kept_as_bytes() -> None:
    Settings().set_blob("docks", QByteArray(b"\x00layout"))

    assert Settings().blob("docks") == QByteArray(b"\x00layout")
