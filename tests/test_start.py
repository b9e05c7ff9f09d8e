"""What `pmlviz FILE` does before there is a window, and where there can be none."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pmlviz import __main__, start
from pmlviz.core import scenarios
from pmlviz.start import COMMANDS, has_display, start_window

Opened = list[str]


@pytest.fixture
def display(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be a display server, by name."""
    monkeypatch.setenv("DISPLAY", ":7")


@pytest.fixture
def no_display(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let there be no display, and be in a folder where pictures may be drawn."""
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, display: None) -> Opened:
    """Note what the application is run on, instead of running it."""
    import pmlviz.ui.app

    noted: Opened = []

    def run(reference: str) -> int:
        noted.append(reference)
        return 0

    monkeypatch.setattr(pmlviz.ui.app, "run_application", run)
    return noted


def run_main(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["pmlviz", *arguments])
    return __main__.main()


# ── words ───────────────────────────────────────────────────────────────────


def test_nothing_opens_the_window_where_one_left_off(
    monkeypatch: pytest.MonkeyPatch, opened: Opened
) -> None:
    assert run_main(monkeypatch) == 0
    assert opened == [""]


def test_a_file_or_an_id_opens_the_window(
    monkeypatch: pytest.MonkeyPatch, opened: Opened, tmp_path: Path
) -> None:
    file = tmp_path / "my figure.svg"
    file.touch()

    assert run_main(monkeypatch, str(file)) == 0
    assert run_main(monkeypatch, "tour") == 0
    assert opened == [str(file), "tour"]


@pytest.mark.parametrize("arguments", [["scenarios"], ["--version"], ["run", "tour"], ["-h"]])
def test_commands_and_options_open_no_window(
    monkeypatch: pytest.MonkeyPatch,
    opened: Opened,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
) -> None:
    assert run_main(monkeypatch, *arguments) == 0
    assert opened == []
    assert capsys.readouterr().out


@pytest.mark.parametrize(
    ("word", "guess"),
    [("scenarois", "'scenarios'"), ("exprot", "'export'"), ("first-writes", "'first-write'")],
)
def test_a_word_that_names_nothing_is_guessed(
    opened: Opened, capsys: pytest.CaptureFixture[str], word: str, guess: str
) -> None:
    assert start_window([word]) == 2

    message, hint = capsys.readouterr().err.splitlines()
    assert message == f"pmlviz: {word}: no such file, scenario or command"
    assert hint.startswith(f"  hint: did you mean {guess}?")
    assert opened == []


@pytest.mark.parametrize("word", ["x" * 5000, "no/such/file"])
def test_any_word_that_names_nothing_is_two_lines(
    display: None, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    assert start_window([word]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_two_files_are_one_too_many(display: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert start_window(["a", "b"]) == 2
    assert "one file at a time, got 2" in capsys.readouterr().err


def test_the_words_taken_for_commands_are_the_commands() -> None:
    from pmlviz.cli import app

    assert set(COMMANDS) == {
        info.callback.__name__ for info in app.registered_commands if info.callback
    }


def test_the_gallery_is_known_without_being_imported() -> None:
    assert set(start._gallery()) == set(scenarios.ORDER)


# ── no display ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "value", "there"),
    [
        ("QT_QPA_PLATFORM", "offscreen", True),
        ("DISPLAY", ":0", True),
        ("WAYLAND_DISPLAY", "wayland-0", True),
        ("DISPLAY", "", False),
    ],
)
def test_a_display_is_a_server_or_a_platform_asked_for(
    monkeypatch: pytest.MonkeyPatch, no_display: None, name: str, value: str, *, there: bool
) -> None:
    monkeypatch.setenv(name, value)

    assert has_display() is there


def test_without_a_display_a_file_is_answered_with_what_does_without(
    no_display: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start_window(["tour"]) == 2
    assert capsys.readouterr().err == (
        "pmlviz: there is no display here to open a window on\n"
        "  hint: pmlviz run tour; pmlviz export tour -o FILE.svg\n"
    )


@pytest.mark.slow
@pytest.mark.usefixtures("qapp")  # else the picture starts a Qt without widgets
def test_without_a_display_the_tour_is_drawn_as_a_picture(
    no_display: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start_window([]) == 0

    words, *paths = capsys.readouterr().out.splitlines()
    assert words == "pmlviz: there is no display here, so the tour is drawn as a picture."
    assert paths == [str(tmp_path / "tour.svg"), str(tmp_path / "tour.png")]
    assert all(Path(path).stat().st_size > 10_000 for path in paths)


def test_a_folder_that_cannot_be_written_to_is_one_message(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start.draw_tour(tmp_path / "not there") == 2
    assert "cannot be written: No such file or directory" in capsys.readouterr().err


# ── no Qt ───────────────────────────────────────────────────────────────────


def broken(name: str) -> Callable[..., object]:
    def fails(*_: object, **__: object) -> object:
        raise ImportError(name)

    return fails


def test_a_library_that_qt_misses_is_named_with_what_installs_it(
    monkeypatch: pytest.MonkeyPatch, display: None, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = "libEGL.so.1: cannot open shared object file: No such file or directory"
    monkeypatch.setattr("builtins.__import__", _import_that_fails("pmlviz.ui.app", missing))

    assert start_window([]) == 2

    message, hint = capsys.readouterr().err.splitlines()
    assert message == f"pmlviz: Qt cannot start here: {missing}"
    assert hint.startswith("  hint: on Debian: apt-get install libegl1 ")


def test_an_import_of_our_own_that_fails_is_not_blamed_on_qt(
    monkeypatch: pytest.MonkeyPatch, display: None
) -> None:
    fault = "cannot import name 'x' from 'pmlviz.ui'"
    monkeypatch.setattr("builtins.__import__", _import_that_fails("pmlviz.ui.app", fault))

    with pytest.raises(ImportError, match="cannot import name"):
        start_window([])


def _import_that_fails(module: str, reason: str) -> Callable[..., object]:
    real = __import__

    def fails(name: str, *rest: object, **more: object) -> object:
        if name == module:
            raise ImportError(reason)
        return real(name, *rest, **more)  # type: ignore[arg-type]

    return fails


def test_a_library_that_only_the_plugin_for_x_misses_is_named_too(
    monkeypatch: pytest.MonkeyPatch, opened: Opened, capsys: pytest.CaptureFixture[str]
) -> None:
    import ctypes

    def refuse(_path: str) -> None:
        raise OSError("libxcb-cursor.so.0: cannot open shared object file")

    monkeypatch.delenv("QT_QPA_PLATFORM")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr(ctypes, "CDLL", refuse)

    assert start_window([]) == 2
    assert opened == []
    assert "libxcb-cursor.so.0" in capsys.readouterr().err
