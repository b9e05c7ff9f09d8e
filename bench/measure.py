"""The measurements: first paint, one step, a seek, a frame of the heatmap."""

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pmlviz.ui.window import Window

ROOT = Path(__file__).resolve().parent.parent
BOOT = ROOT / "tests" / "data" / "traces" / "linux_boot_1vcpu.pwt.xz"


class Row(NamedTuple):
    """One line of the report."""

    name: str
    value: str
    goal: str
    verdict: str


def _row(name: str, value: float, goal: float, unit: str, words: str) -> Row:
    shown = f"{value:.2f}{unit}"
    return Row(name, shown, f"goal <= {goal:g}{unit} {words}", "ok" if value <= goal else "MISSED")


def first_paint(rounds: int = 9) -> list[Row]:
    """Start both windows in turn; what counts is start of the process to end of the first paint."""
    environment = dict(os.environ, PYTHONPATH=str(ROOT))
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    taken: dict[str, list[float]] = {"bare": [], "pmlviz": []}
    heavy: set[str] = set()
    for number in range(rounds + 1):
        for which, times in taken.items():
            with tempfile.TemporaryDirectory() as folder:
                environment |= {"XDG_CONFIG_HOME": folder, "XDG_DATA_HOME": folder}
                started = time.time()
                done = subprocess.run(
                    [sys.executable, str(ROOT / "bench" / "first_paint.py"), which],
                    env=environment, capture_output=True, text=True, check=True,
                )  # fmt: skip
            words = done.stdout.split()
            if which == "pmlviz" and len(words) > 1:
                heavy |= set(words[1].split(","))
            if number:  # the first round warms the caches
                times.append(float(words[0]) - started)
    ratio = statistics.median(taken["pmlviz"]) / statistics.median(taken["bare"])
    loaded = ", ".join(sorted(heavy)) or "none"
    clean = "ok" if not heavy else "MISSED"
    return [
        _row("first paint / bare QMainWindow with docks", ratio, 1.3, "x", ""),
        Row("engine, numpy, pyqtgraph loaded by then", loaded, "goal none", clean),
    ]


def _median_ms(act: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        act()
        taken.append((time.perf_counter() - started) * 1e3)
    return statistics.median(taken)


def step() -> list[Row]:
    """One item of the Linux boot on, all views of a 1600 x 1000 window repainted, two guests."""
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication(["bench"])
    medians = {}
    for name, pages, level in (("256 MiB", 1 << 16, 1), ("1 TiB", 1 << 28, 2)):
        window, close = _window(pages, level)
        for _ in range(20):
            window.session.step_item(1)
            app.processEvents()

        def once(window: object = window) -> None:
            window.session.step_item(1)  # type: ignore[attr-defined]
            app.processEvents()

        medians[name] = _median_ms(once, 200)
        close()
    small, large = medians["256 MiB"], medians["1 TiB"]
    return [
        _row("one item, all views, 256 MiB guest", small, 16, " ms", ""),
        _row("one item, all views, 1 TiB / 256 MiB guest", large / small, 1.5, "x", ""),
    ]


def _window(pages: int, level: int) -> tuple["Window", Callable[[], None]]:
    """Return a window some way into the Linux boot, in a guest of *pages*, and what closes it."""
    from msgspec.structs import replace
    from PySide6.QtWidgets import QApplication

    from pmlviz.core.boot import boot
    from pmlviz.core.document import TraceOptions, open_document
    from pmlviz.core.state import Region
    from pmlviz.core.timeline import Position
    from pmlviz.core.units import EptLevel, Gfn
    from pmlviz.ui.app import open_window
    from pmlviz.ui.settings import Settings

    start = boot([Region(Gfn(0), pages, EptLevel(level))])
    document = replace(open_document(str(BOOT), TraceOptions(limit=8000)), start=start)
    window = open_window(Settings(), "tour-xen")
    window.resize(1600, 1000)
    app = QApplication.instance()
    assert app is not None
    until = time.perf_counter() + 2
    while time.perf_counter() < until:
        app.processEvents()
    window.session.open(document)
    window.session.timeline.record_to(len(document.script))
    window.session.seek(Position(4000), rest=True)
    app.processEvents()

    def close() -> None:
        window.session.undo.clear()
        window.close()
        window.deleteLater()
        app.processEvents()

    return window, close


def seek() -> list[Row]:
    """Go to 60 random places of the recorded Linux boot and show them whole."""
    from pmlviz.core.document import TraceOptions, open_document
    from pmlviz.ui.frame import resolve

    document = open_document(str(BOOT), TraceOptions(map="4K", clean_every=10_000_000))
    timeline = document.timeline()
    started = time.perf_counter()
    timeline.record_to(len(timeline.script))
    whole = time.perf_counter() - started
    chance = random.Random(1)

    def once() -> None:
        resolve(timeline, timeline.rest(chance.randrange(len(timeline.script))))

    return [
        _row("the Linux boot played whole, 181,378 records", whole, 120, " s", ""),
        _row("seek to any point of it, frame resolved", _median_ms(once, 60), 50, " ms", ""),
    ]


def heatmap() -> list[Row]:
    """Show new codes as the overview does and in a plain ImageItem of the same size, in turn."""
    import numpy as np
    import pyqtgraph as pg
    from PySide6.QtWidgets import QApplication

    from pmlviz.ui.views.codes_image import set_colors, show_codes

    app = QApplication.instance() or QApplication(["bench"])
    side = 512
    frames = [
        np.random.default_rng(n).integers(0, 9, (side, side)).astype(np.uint8) for n in range(8)
    ]

    def ours(item: pg.ImageItem, codes: np.ndarray) -> None:
        show_codes(item, codes)

    def theirs(item: pg.ImageItem, codes: np.ndarray) -> None:
        item.setImage(codes)

    screens: list[tuple[Callable[..., None], pg.GraphicsView, pg.ImageItem, list[float]]] = []
    for show in (ours, theirs):
        screen, box = pg.GraphicsView(), pg.ViewBox(enableMenu=False)
        screen.resize(side, side)
        screen.setCentralItem(box)
        item = pg.ImageItem(axisOrder="row-major")
        box.addItem(item)
        screen.show()
        screens.append((show, screen, item, []))
    set_colors(screens[0][2], [None, *(f"#{40 * n:02x}80a0" for n in range(7)), "#d55e00"])
    app.processEvents()
    for n in range(170):
        # Each goes first as often as second, and the first rounds warm the caches.
        for show, screen, item, taken in screens if n % 2 else screens[::-1]:
            started = time.perf_counter()
            show(item, frames[n % 8])
            screen.grab()
            taken.append(time.perf_counter() - started)
    ratio = statistics.median(screens[0][3][10:]) / statistics.median(screens[1][3][10:])
    for _, screen, _, _ in screens:
        screen.close()
    return [_row("heatmap frame / plain ImageItem.setImage", ratio, 1.0, "x", "")]


MEASURES: dict[str, Callable[[], list[Row]]] = {
    "first-paint": first_paint,
    "step": step,
    "seek": seek,
    "heatmap": heatmap,
}
"""Every benchmark by name."""
