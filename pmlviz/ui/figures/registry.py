"""Every figure by name: what window, command line, golden tests and documents draw."""

from collections.abc import Callable
from typing import Final, NamedTuple

from pmlviz.ui.figures import (
    buffer,
    counters,
    instrument,
    memory,
    promise,
    stage,
    timeline,
    upper_stage,
)
from pmlviz.ui.figures.scene import Scene
from pmlviz.ui.frame import Frame


class Figure(NamedTuple):
    """How a figure is drawn, how large it wants to be, and what it is called."""

    layout: Callable[[Frame, float, float], Scene]
    width: float
    height: float
    title: str


def _ept(frame: Frame, width: float, height: float) -> Scene:
    deck = height * 104 / 394
    return upper_stage.layout(frame, width, height - deck, deck)


def _window(frame: Frame, width: float, height: float) -> Scene:
    return stage.layout(frame, width, height, extras=True)


FIGURES: Final[dict[str, Figure]] = {
    "window": Figure(_window, *stage.NATURAL, "The machine"),
    "ept": Figure(_ept, 1092, 394, "The path of the access"),
    "pml": Figure(buffer.layout, 256, 806, "The PML buffer"),
    "bitmap": Figure(memory.layout, 1092, 274, "Guest memory and the log-dirty bitmap"),
    "timeline": Figure(timeline.layout, 1360, 76, "The timeline"),
    "debug": Figure(instrument.layout, *instrument.NATURAL, "The machine, field by field"),
    "counters": Figure(counters.layout, 220, 330, "Counters"),
    "promise": Figure(promise.layout, 220, 116, "The promise"),
}
"""Figures by the name that `pmlviz export --figure` takes."""
