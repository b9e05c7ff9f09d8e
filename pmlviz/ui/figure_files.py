"""Figures into files: SVG without Qt, PNG and PDF with it; each carries what it was made from."""

import difflib
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from pmlviz.core.document import Document, open_document, source_of
from pmlviz.core.errors import PmlvizError
from pmlviz.core.timeline import Position, Timeline
from pmlviz.ui import figure_texts
from pmlviz.ui.figure_page import Page, crop_of, footer, page
from pmlviz.ui.figures.registry import FIGURES
from pmlviz.ui.figures.scene import Scene
from pmlviz.ui.figures.svg import svg
from pmlviz.ui.figures.theme import THEMES
from pmlviz.ui.frame import Frame, resolve

PICTURE_KINDS: Final = (".svg", ".png", ".pdf")
MOVING_KINDS: Final = (".gif", ".webp")
KINDS: Final = (*PICTURE_KINDS, *figure_texts.KINDS)
"""Files that one figure can be written to, by suffix."""

STRIP_KINDS: Final = (*PICTURE_KINDS, *MOVING_KINDS)
"""Files that several positions of a figure can be written to."""

FRAME_MS: Final = 1500
"""How long each frame of an animation is shown."""

WIDTHS: Final = (20.0, 1000.0)
"""The narrowest and the widest figure, mm."""
SCALES: Final = (1.0, 4.0)

TOUR_STEPS: Final = (("tour", (4, 6)), ("tour-xen", (3, 4, 6)))
"""The tour's key steps: scenario, items. Without splits a write is lost; under Xen none is."""


class FigureRequest(msgspec.Struct, frozen=True):
    """A figure as it is wanted."""

    figure: str = "window"
    theme: str = "print"
    width_mm: float | None = None
    """On paper; None: 96 px an inch."""

    scale: float = 1.0
    """Of a PNG: pixels a px."""


def check_request(request: FigureRequest, path: Path, kinds: Sequence[str] = KINDS) -> None:
    """Raise PmlvizError, by the names of the command line, for a figure that cannot be drawn."""
    _one_of("figure", request.figure, FIGURES)
    _one_of("theme", request.theme, THEMES)
    if path.suffix.lower() not in kinds:
        hint = f"a name that ends in {', '.join(kinds)}"
        raise PmlvizError("is no kind of file for this", place=str(path), hint=hint)
    low, high = WIDTHS
    if request.width_mm is not None and not low <= request.width_mm <= high:
        raise PmlvizError(f"--width {request.width_mm:g}", hint=f"{low:g} to {high:g} mm")
    low, high = SCALES
    if not low <= request.scale <= high:
        raise PmlvizError(f"--scale {request.scale:g}", hint=f"{low:g} to {high:g}")


def _one_of(what: str, name: str, known: Iterable[str]) -> None:
    names = list(known)
    if name not in names:
        near = difflib.get_close_matches(name, names, 1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise PmlvizError(f"unknown {what} {name!r}", hint=f"{hint}({', '.join(names)})")


def scene_of(figure: str, frame: Frame, *, origin: str) -> Scene:
    """Return *figure* at *frame* as it is written to a file: with title, caption and footer."""
    return page(figure, [frame], origin=origin).scene


def write_figure(
    document: Document,
    timeline: Timeline,
    position: Position,
    request: FigureRequest,
    path: Path,
) -> None:
    """Write one figure of *timeline*, a play of *document*, to *path*: whole, or not at all.

    The suffix says what it becomes, one of `KINDS`. Raises PmlvizError.
    """
    check_request(request, path)
    if path.suffix.lower() in figure_texts.KINDS:
        (frame,) = _frames(document, timeline, [position])
        place = footer([frame], _origin(document))
        text = figure_texts.as_text(request.figure, frame, place, path.suffix.lower())
        _put(path, text.encode())
        return
    write_filmstrip(document, timeline, [position], request, path)


def write_filmstrip(
    document: Document,
    timeline: Timeline,
    positions: Sequence[Position],
    request: FigureRequest,
    path: Path,
) -> None:
    """Draw one figure at each of *positions* into *path*, whole, or not at all.

    Several are panels (a), (b), (c); of a .gif or .webp they are the frames. An SVG or PNG reopens
    at the last of them. Raises PmlvizError.
    """
    check_request(request, path, STRIP_KINDS)
    frames, origin = _frames(document, timeline, positions), _origin(document)
    if path.suffix.lower() in MOVING_KINDS:
        crop = crop_of(request.figure, frames)
        stills = [page(request.figure, [frame], origin=origin, crop=crop) for frame in frames]
        _animate(stills, request, path)
        return
    drawn = page(request.figure, frames, origin=origin)
    strategy = timeline.strategy.name
    source = source_of(document, frames[-1].position, strategy, timeline.script)
    _write(drawn, source, request, path)


def _origin(document: Document) -> str:
    return Path(document.origin).name


def _frames(document: Document, timeline: Timeline, positions: Iterable[Position]) -> list[Frame]:
    return [
        resolve(timeline, position, title=document.title, notes=document.notes)
        for position in positions
    ]


def write_tour(folder: Path, kinds: Sequence[str] = ("svg", "png")) -> list[Path]:
    """Draw the tour's key steps as one picture into *folder*, a file for each of *kinds*.

    Raises PmlvizError.
    """
    frames = []
    for name, items in TOUR_STEPS:
        document = open_document(name)
        timeline = document.timeline()
        frames += [resolve(timeline, timeline.rest(n), title=document.title) for n in items]
    drawn = page("ept", frames, origin="tour, tour-xen")
    tour = open_document("tour")
    last = TOUR_STEPS[0][1][-1]
    source = source_of(tour, tour.timeline().rest(last), tour.strategy)
    paths = [folder / f"tour.{kind}" for kind in kinds]
    for path in paths:
        _write(drawn, source, FigureRequest("ept"), path)
    return paths


def _write(drawn: Page, source: str, request: FigureRequest, path: Path) -> None:
    look = THEMES[request.theme]
    title, description = drawn.title, drawn.description
    match path.suffix.lower():
        case ".svg":
            text = svg(
                drawn.scene,
                look,
                title=title,
                description=description,
                source=source,
                width_mm=request.width_mm,
            )
            _put(path, text.encode())
        case ".png":
            from pmlviz.ui.export import png_bytes

            data = png_bytes(
                drawn.scene,
                look,
                scale=request.scale,
                width_mm=request.width_mm,
                title=title,
                description=description,
                source=source,
            )
            _put(path, data)
        case _:
            from pmlviz.ui.export import pdf

            with tempfile.TemporaryDirectory() as folder:
                whole = Path(folder) / "figure.pdf"
                pdf(drawn.scene, look, whole, width_mm=request.width_mm, title=title)
                _put(path, whole.read_bytes())


def _animate(pages: Sequence[Page], request: FigureRequest, path: Path) -> None:
    from pmlviz.ui.export import animation

    wide = max(each.scene.width for each in pages)
    high = max(each.scene.height for each in pages)
    scenes = [replace(each.scene, width=wide, height=high) for each in pages]
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / f"figure{path.suffix.lower()}"
        animation(scenes, THEMES[request.theme], whole, scale=request.scale, ms=FRAME_MS)
        _put(path, whole.read_bytes())


def _put(path: Path, data: bytes) -> None:
    """Write *data* to *path* by way of a file beside it, so that nothing is ever half there."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        try:
            fresh.write_bytes(data)
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise PmlvizError(f"cannot be written: {reason}", place=str(path)) from None
