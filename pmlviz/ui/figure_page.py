"""A figure as a document wants it: title above, caption and footer below, cropped to content.

Several positions of one figure are panels (a), (b), (c) of one page, all at one scale. Pure: frames
in, a scene out.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from pmlviz import __version__
from pmlviz.core.telling import Run, Story
from pmlviz.ui.figure_legend import legend
from pmlviz.ui.figures import rich, theme
from pmlviz.ui.figures.passes import bounds
from pmlviz.ui.figures.registry import FIGURES
from pmlviz.ui.figures.scene import Group, Line, Primitive, Scene, Text
from pmlviz.ui.figures.telling import runs_of
from pmlviz.ui.figures.text import wrap
from pmlviz.ui.figures.told import story_of
from pmlviz.ui.frame import Frame

MOST_WIDE: Final = 1400.0
"""Panels stand side by side as far as they fit this width, px."""

TAMPERED: Final = "tampered with by hand"

_MARGIN: Final = 8.0
_GAP: Final = 24.0
_LEADING: Final = 1.4
_LETTER: Final = theme.BODY
_TELL: Final = ("window",)
"""Figures that hold the narration themselves."""

_HAVE_LEGENDS: Final = ("window", "debug", "bitmap", "timeline")
_HAVE_DISCS: Final = ("ept",)
"""Figures whose numbers are those of the narration."""


Crop = tuple[float, float, float, float]
"""x, y, width, height of the part of a figure that is shown."""


class Page(NamedTuple):
    """A scene, and the words that go with it for who cannot see it."""

    scene: Scene
    title: str
    description: str


def crop_of(figure: str, frames: Sequence[Frame]) -> Crop:
    """Return what *figure* paints in, all *frames* together: they are cropped alike."""
    drawn = FIGURES[figure]
    boxes = [bounds(drawn.layout(frame, drawn.width, drawn.height)) for frame in frames]
    left, top = min(x for x, _, _, _ in boxes), min(y for _, y, _, _ in boxes)
    right, bottom = max(x + w for x, _, w, _ in boxes), max(y + h for _, y, _, h in boxes)
    return left, top, right - left, bottom - top


def page(figure: str, frames: Sequence[Frame], *, origin: str, crop: Crop | None = None) -> Page:
    """Return *figure* at each of *frames* as one page; *origin* names the scenario in its footer.

    Several are panels with letters, side by side as far as they fit. *crop*: see `crop_of`.
    """
    crop = crop or crop_of(figure, frames)
    alike = len({frame.strategy for frame in frames}) == 1
    heads = [
        _head(n, frame, alike=alike) if len(frames) > 1 else None for n, frame in enumerate(frames)
    ]
    panels = [_panel(figure, *both, crop) for both in zip(frames, heads, strict=True)]
    widest = max(panel.width for panel in panels)
    columns = min(len(panels), max(1, int((MOST_WIDE + _GAP) // (widest + _GAP))))
    width = columns * (widest + _GAP) - _GAP
    parts: list[Primitive] = []
    y = _MARGIN
    for line in wrap(frames[0].title, width, theme.TITLE, bold=True):
        y += _LEADING * theme.TITLE
        parts.append(Text(_MARGIN, y - 5, line, theme.TITLE, bold=True))
    y += 12 if len(frames) > 1 else 8
    for first in range(0, len(panels), columns):
        row = panels[first : first + columns]
        for at, panel in enumerate(row):
            parts.append(Group("panel", panel.parts, _MARGIN + at * (widest + _GAP), y))
        y += max(panel.height for panel in row) + _GAP
    y -= _GAP
    if figure not in _HAVE_LEGENDS:
        samples, height = legend(parts, _MARGIN, y + 12, width)
        parts += samples
        y += height + 6 if samples else 0
    y += 6
    parts.append(Line(_MARGIN, y, _MARGIN + width, y, "line"))
    color = "lost.text" if any(frame.tampered for frame in frames) else "muted"
    for line in wrap(footer(frames, origin), width, theme.CAPTION):
        y += _LEADING * theme.CAPTION
        parts.append(Text(_MARGIN, y, line, theme.CAPTION, color=color))
    scene = Scene(width + 2 * _MARGIN, y + _MARGIN, tuple(parts), "window")
    return Page(scene, f"{frames[0].title}: {_named(figure)}", _described(frames, origin))


class _Panel(NamedTuple):
    width: float
    height: float
    parts: tuple[Primitive, ...]


def _head(number: int, frame: Frame, *, alike: bool) -> tuple[str, str]:
    """Return the letter of a panel, and what it shows."""
    what = _place(frame) + (f": {frame.item.text}" if frame.item else "")
    return f"({_letter(number)})", what if alike else f"{what}, under {frame.strategy}"


def _panel(figure: str, frame: Frame, head: tuple[str, str] | None, crop: Crop) -> _Panel:
    """Return one figure with its head above and what it tells below."""
    drawn = FIGURES[figure]
    scene = drawn.layout(frame, drawn.width, drawn.height)
    left, top, width, height = crop
    parts: list[Primitive] = []
    y = 0.0
    if head is not None:
        y = _LEADING * _LETTER
        parts.append(Text(0, y - 6, head[0], _LETTER, bold=True))
        parts.append(Text(28, y - 6, head[1], _LETTER, color="muted"))
    parts.append(Group("figure", scene.parts, -left, y - top))
    y += height
    if figure not in _TELL:
        drawn_discs = _numbers(scene) if figure in _HAVE_DISCS else frozenset()
        runs = _caption(story_of(frame), drawn_discs)
        room = _balanced(runs, width)
        told = rich.layout(runs, 0, y + 22, room, theme.BODY, leading=_LEADING, ring=None)
        parts += told.parts
        y += 14 + told.lines * _LEADING * theme.BODY
    return _Panel(width, y, tuple(parts))


def _balanced(runs: Sequence[rich.Run], room: float) -> float:
    """Return the narrowest room, but no less than 0.7 of it, that *runs* fill with as many lines.

    The last line is then not one word alone.
    """
    lines = len(rich.break_lines(runs, theme.BODY, room))
    least, narrower = 0.7 * room, room
    while narrower > least and len(rich.break_lines(runs, theme.BODY, narrower - 8)) == lines:
        narrower -= 8
    return narrower


def _caption(story: Story, drawn: frozenset[int]) -> list[rich.Run]:
    """Return the words of *story*, with the discs whose numbers are *drawn* in the figure."""
    return [run for run in runs_of(story) if not run.disc or run.disc in drawn]


def _numbers(scene: Scene) -> frozenset[int]:
    """Return the numbers of the discs in *scene*."""
    texts = (part for part in _texts(scene.parts) if part.color == "accent.ink" and part.bold)
    return frozenset(int(part.text) for part in texts if part.text.isdecimal())


def _texts(parts: Sequence[Primitive]) -> Iterator[Text]:
    for part in parts:
        if isinstance(part, Group):
            yield from _texts(part.children)
        elif isinstance(part, Text):
            yield part


def _letter(number: int) -> str:
    """Return a, b … z, then aa, ab …."""
    first, last = divmod(number, 26)
    return (_letter(first - 1) if first else "") + chr(ord("a") + last)


def _place(frame: Frame) -> str:
    position = frame.position
    if not position.item:
        return "start"
    return f"item {position.item}" + ("" if frame.at_rest else f".{position.event}")


def _named(figure: str) -> str:
    title = FIGURES[figure].title
    return title[:1].lower() + title[1:]


def words_of(story: Story) -> str:
    """Return the words of *story* alone: a number helps only beside the picture that has it."""
    return "".join(part.text for part in story.parts if isinstance(part, Run))


def footer(frames: Sequence[Frame], origin: str) -> str:
    """Return where a figure is from: scenario, positions, strategies, version, and if tampered."""
    places = ", ".join(_place(frame) for frame in frames)
    strategies = ", ".join(dict.fromkeys(frame.strategy for frame in frames))
    tampered = f" · {TAMPERED}" if any(frame.tampered for frame in frames) else ""
    return f"{origin} · {places} · {strategies} · pmlviz {__version__}{tampered}"


def _described(frames: Sequence[Frame], origin: str) -> str:
    told = [words_of(story_of(frame)) for frame in frames]
    if len(frames) > 1:
        told = [f"({_letter(n)}) {_place(frames[n])}: {text}" for n, text in enumerate(told)]
    return " ".join([*told, footer(frames, origin)])
