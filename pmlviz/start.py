"""Start the window, or say why there is none and draw the tour instead.

The shell of the window is painted before the engine, numpy and pyqtgraph are imported; they follow as
soon as the first paint is done.
"""

import os
import sys
from pathlib import Path

MISSING_LIBRARIES = """\
pmlviz: Qt cannot start here: {reason}
  hint: on Debian, install what it needs with: apt-get install {packages}"""
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
    """Open the window on the first of *arguments*, or on the tour; return the exit code."""
    if len(arguments) > 1:
        sys.stderr.write(
            f"pmlviz: one file at a time, got {len(arguments)}\n  hint: pmlviz FILE, pmlviz --help\n"
        )
        return 2
    reference = arguments[0] if arguments else ""
    if not has_display():
        return draw_tour(Path.cwd())
    try:
        from pmlviz.ui.app import run_application
    except ImportError as fault:
        if "PySide6" not in str(fault) and ".so" not in str(fault):
            raise
        sys.stderr.write(MISSING_LIBRARIES.format(reason=fault, packages=PACKAGES) + "\n")
        return 2
    return run_application(reference)


def draw_tour(folder: Path) -> int:
    """Draw the tour's key steps as one picture, SVG and PNG, into *folder*; return the exit code."""
    from pmlviz.core.errors import PmlvizError

    sys.stdout.write("pmlviz: there is no display here, so the tour is drawn as a picture.\n")
    try:
        from pmlviz.ui.figure_files import write_tour

        for path in write_tour(folder):
            sys.stdout.write(f"{path}\n")
    except PmlvizError as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    return 0
