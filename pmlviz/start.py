"""Start the window, or say why there is none and draw the tour instead.

The shell of the window is painted before the engine, numpy and pyqtgraph are imported; they follow
as soon as the first paint is done.
"""

import difflib
import os
import shlex
import sys
from pathlib import Path

COMMANDS = ("scenarios", "strategies", "run", "export", "filmstrip", "conform", "info")
"""What `pmlviz WORD` takes for a command, not for a file."""

_SCENARIOS = Path(__file__).resolve().parent / "core" / "scenarios"

PACKAGES = (
    "libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libglib2.0-0 libxcb-cursor0"
    " libxcb-icccm4 libxcb-keysyms1 libxcb-xkb1 libxkbcommon-x11-0 libxcb-shape0"
)


def has_display() -> bool:
    """Return whether a window can be shown: a display server, or a platform asked for by name."""
    if os.environ.get("QT_QPA_PLATFORM"):
        return True
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def start_window(arguments: list[str]) -> int:
    """Open the window on the first of *arguments*, or where one left off; return the exit code."""
    if len(arguments) > 1:
        return _mend(f"one file at a time, got {len(arguments)}", "pmlviz FILE, pmlviz --help")
    reference = arguments[0] if arguments else ""
    if reference and not _exists(reference):
        near = difflib.get_close_matches(reference, [*COMMANDS, *_gallery()], 1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        hint += "(pmlviz --help, pmlviz scenarios)"
        return _mend(f"{reference}: no such file, scenario or command", hint)
    if not has_display():
        if reference:
            name = shlex.quote(reference)
            hint = f"pmlviz run {name}; pmlviz export {name} -o FILE.svg"
            return _mend("there is no display here to open a window on", hint)
        return draw_tour(Path.cwd())
    try:
        from pmlviz.ui.app import run_application
    except ImportError as fault:
        return _no_qt(fault)
    if reason := missing_library():
        return _no_qt(ImportError(reason))
    return run_application(reference)


def missing_library() -> str:
    """Return why Qt's plugin for X cannot be loaded where X is what Qt would use; empty if it can.

    Qt itself would abort the process.
    """
    asked = os.environ.get("QT_QPA_PLATFORM")
    if not sys.platform.startswith("linux") or (asked or "xcb") != "xcb":
        return ""
    if not asked and os.environ.get("WAYLAND_DISPLAY"):
        return ""
    import ctypes

    import PySide6

    plugin = Path(PySide6.__file__).parent / "Qt" / "plugins" / "platforms" / "libqxcb.so"
    try:
        ctypes.CDLL(str(plugin))
    except OSError as fault:
        return str(fault)
    return ""


def draw_tour(folder: Path) -> int:
    """Draw the tour's key steps as a picture, SVG and PNG, into *folder*; return the exit code."""
    from pmlviz.core.errors import PmlvizError

    sys.stdout.write("pmlviz: there is no display here, so the tour is drawn as a picture.\n")
    try:
        from pmlviz.ui.figure_files import write_tour

        for kind in ("svg", "png"):
            for path in write_tour(folder, (kind,)):
                sys.stdout.write(f"{path}\n")
    except PmlvizError as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    except ImportError as fault:
        return _no_qt(fault)
    return 0


def _exists(reference: str) -> bool:
    try:
        return reference in _gallery() or Path(reference).exists()
    except OSError:
        return False


def _gallery() -> list[str]:
    """Return the ids of the gallery without importing it: the engine comes after the window."""
    return sorted(path.stem for path in _SCENARIOS.glob("*.toml"))


def _mend(message: str, hint: str) -> int:
    sys.stderr.write(f"pmlviz: {message}\n  hint: {hint}\n")
    return 2


def _no_qt(fault: ImportError) -> int:
    """Say what Qt lacks; any other import that fails is a fault of pmlviz, and raised."""
    if "PySide6" not in str(fault) and ".so" not in str(fault):
        raise fault
    return _mend(f"Qt cannot start here: {fault}", f"on Debian: apt-get install {PACKAGES}")
