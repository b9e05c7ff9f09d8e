"""The narration: the story in large type with its discs, the item's beats, where it is written.

The same number stands on a disc in the sentence and on the part of the picture that it names.
"""

from typing import Final

import msgspec

from pmlviz.core import events as e
from pmlviz.core.beats import beat
from pmlviz.core.rules import CITATIONS
from pmlviz.core.telling import Disc, Story
from pmlviz.ui.figures import rich, theme
from pmlviz.ui.figures.chains import window
from pmlviz.ui.figures.parts import Parts, chip, chip_width, panel
from pmlviz.ui.figures.scene import Line, Primitive, Scene, Target, Text
from pmlviz.ui.figures.text import elide, width
from pmlviz.ui.figures.told import story_of
from pmlviz.ui.frame import Frame

FULL_HEIGHT: Final = 100.0
FULL_WIDTH: Final = 1068.0

_LEFT: Final = 22.0
_RIGHT: Final = 14.0
_LEADING: Final = 1.435
_GAP: Final = 6.0
_PAD: Final = 12.0
_BEAT_HIGH: Final = 24.0


class Beat(msgspec.Struct, frozen=True, gc=False):
    """A chip of the beats' row: its words and the event, from 1, that it begins with."""

    text: str
    at: int


def layout(frame: Frame, room: float, height: float, *, story: Story | None = None) -> Scene:
    """Return the narration panel, *room* x *height*: full with the beats, else without."""
    story = story or story_of(frame)
    full = height >= FULL_HEIGHT and room >= FULL_WIDTH
    foot = height - (36.0 if full else 18.0)
    top = 8.0 if full else 6.0
    parts: list[Primitive] = [*panel(0, 0, room, height, now=True)]
    parts += _words(story, room, top, foot, theme.NARRATION if full else theme.NARRATION_SMALL)
    if full:
        notes, left = _notes(frame, story, room - _RIGHT, foot + 20, theme.LABEL, room * 0.6)
        parts += notes
        parts += _beats(frame, left - 24, height - 32)
    else:
        parts += _notes_left(frame, story, room, height - 8)
    return Scene(room, height, tuple(parts))


def runs_of(story: Story) -> tuple[rich.Run, ...]:
    """Return the story's parts as runs to be set."""
    return tuple(
        rich.Run("", disc=part.n)
        if isinstance(part, Disc)
        else rich.Run(part.text, "mono", bold=True)
        if part.style == "mono"
        else rich.Run(part.text, bold=part.style == "bold")
        for part in story.parts
    )


def _words(story: Story, room: float, top: float, foot: float, size: float) -> Parts:
    """Return the story between *top* and *foot*, smaller where it is long."""
    runs, wide = runs_of(story), room - _LEFT - _RIGHT
    lines: list[list[rich.Run]] = []
    while True:
        lines = rich.break_lines(runs, size, wide)
        most = max(1, int((foot - top - 0.1 * size) / (_LEADING * size) + 0.12))
        if len(lines) <= most or size <= theme.LABEL:
            break
        size -= 0.5
    if len(lines) > most:
        lines = [*lines[: most - 1], _cut(lines[most - 1], size, wide)]
    lines = _balanced(runs, size, wide, lines)
    spare = max(0.0, foot - top - len(lines) * _LEADING * size)
    base = top + min(spare / 2, 12.0) + 1.05 * size
    parts: list[Primitive] = []
    for i, line in enumerate(lines):
        y = base + i * _LEADING * size
        parts += rich.layout(line, _LEFT, y, wide + 1, size, leading=_LEADING).parts
    return tuple(parts)


def _balanced(
    runs: tuple[rich.Run, ...], size: float, wide: float, lines: list[list[rich.Run]]
) -> list[list[rich.Run]]:
    """Return as many *lines*, of more equal lengths: the last is not one word alone."""
    n = len(lines)
    if n != len(rich.break_lines(runs, size, wide)):
        return lines
    least = 0.72 * wide
    while wide > least:
        wide -= 0.02 * wide
        narrower = rich.break_lines(runs, size, wide)
        if len(narrower) > n:
            break
        lines = narrower
    return lines


def _cut(line: list[rich.Run], size: float, room: float) -> list[rich.Run]:
    """Return *line* with an ellipsis for what follows it."""
    used = sum(rich.run_width(run, size) for run in line[:-1])
    last = line[-1]
    if last.disc:
        return [*line[:-1], rich.Run("…")]
    text = elide(last.text + " …", room - used, size, last.font, bold=last.bold)
    return [*line[:-1], msgspec.structs.replace(last, text=text)]


# ── where it is written ─────────────────────────────────────────────────────


def _links(frame: Frame, story: Story) -> list[tuple[str, Target, str]]:
    """Return what follows the citation: words, target, tip."""
    links: list[tuple[str, Target, str]] = []
    if story.claim:
        tip = f"claim {story.claim} of the thread: what was claimed, and whether it holds"
        links.append((f"bears on claim {story.claim} ▸", Target("claim", story.claim), tip))
    gfn = frame.shown_gfn
    if gfn is not None:
        wrote = any(isinstance(x, e.AccessDone) and x.kind.writes for x in frame.done)
        logged = any(isinstance(x, e.PmlLogged) for x in frame.done)
        words = "why not logged? W" if wrote and not logged else "why? W"
        links.append((words, Target("why", gfn), f"what became of gfn {gfn}, and why"))
    return links


def _notes(
    frame: Frame, story: Story, right: float, y: float, size: float, room: float
) -> tuple[Parts, float]:
    """Return the citation and its links, ending at *right*, and where they begin."""
    links = _links(frame, story)
    gap = 20.0
    x = right
    parts: list[Primitive] = []
    for words, target, tip in reversed(links):
        x -= width(words, size)
        parts.append(Text(x, y, words, size, color="muted", target=target, tip=tip))
        x -= gap
    cited = CITATIONS[story.citation]
    text = elide(cited.where, max(60.0, room - (right - x)), size)
    w = width(text, size)
    x -= w
    target = Target("citation", story.citation.value)
    parts += [
        Text(x, y, text, size, target=target, tip=cited.says),
        Line(x, y + 3.5, x + w, y + 3.5, "muted", 1),
    ]
    return tuple(parts), x


def _notes_left(frame: Frame, story: Story, room: float, y: float) -> Parts:
    """Return the citation and its links from the left, small."""
    size, gap, x = theme.CAPTION, 14.0, _LEFT
    links = _links(frame, story)
    cited = CITATIONS[story.citation]
    rest = sum(width(words, size) + gap for words, _, _ in links)
    text = elide(cited.where, room - _LEFT - _RIGHT - rest, size)
    parts: list[Primitive] = [
        Text(x, y, text, size, target=Target("citation", story.citation.value), tip=cited.says)
    ]
    x += width(text, size) + gap
    for words, target, tip in links:
        parts.append(Text(x, y, words, size, color="muted", target=target, tip=tip))
        x += width(words, size) + gap
    return tuple(parts)


# ── beats ───────────────────────────────────────────────────────────────────


def beats_of(frame: Frame) -> tuple[Beat, ...]:
    """Return the beats of the item, neighbours that are equal as one."""
    found: list[Beat] = []
    for number, event in enumerate(frame.events, 1):
        text = beat(event)
        if text is not None and (not found or found[-1].text != text):
            found.append(Beat(text, number))
    return tuple(found)


def _beats(frame: Frame, right: float, y: float) -> Parts:
    beats = beats_of(frame)
    if not beats:
        return ()
    n = frame.position.event
    now = max((i for i, one in enumerate(beats) if one.at <= n), default=-1)
    room = right - _LEFT
    widths = [chip_width(one.text, bold=i == now, pad=_PAD) for i, one in enumerate(beats)]
    more = chip_width("+99", pad=_PAD / 2)
    shown = window(widths, _GAP, room, max(now, 0), more)
    parts: list[Primitive] = []

    def count(at: float, hidden: tuple[Beat, ...]) -> float:
        nonlocal parts
        tip = ", ".join(one.text for one in hidden)
        text = f"+{len(hidden)}"
        parts += chip(at, y, text, fill=None, color="muted", pad=_PAD / 2, tip=tip)
        return at + chip_width(text, pad=_PAD / 2) + _GAP

    x = _LEFT
    if shown.first:
        x = count(x, beats[: shown.first])
    for i in range(shown.first, shown.last):
        one = beats[i]
        target, tip = Target("event", one.at), f"event {one.at}: {one.text}"
        if one.at > n:
            parts += chip(
                x, y, one.text, fill="panel", stroke="faint", color="muted", dash=(4.0, 3.0),
                pad=_PAD, target=target, tip=tip,
            )  # fmt: skip
        elif i == now:
            parts += chip(
                x, y, one.text, bold=True, fill="accent", color="accent.ink", pad=_PAD,
                target=target, tip=tip,
            )  # fmt: skip
        else:
            parts += chip(x, y, one.text, pad=_PAD, target=target, tip=tip)
        x += widths[i] + _GAP
    if shown.last < len(beats):
        count(x, beats[shown.last :])
    return tuple(parts)
