"""Lines of mixed type: bold, mono and coloured words and numbered discs, wrapped to a width.

`markup` reads the short notation narration uses; `layout` sets runs into primitives.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from typing import Final, NamedTuple

import msgspec

from pmlviz.ui.figures.parts import disc
from pmlviz.ui.figures.scene import Face, Primitive, Target, Text, Token
from pmlviz.ui.figures.text import width

_DISC_RADIUS: Final = 0.5
_DISC_ROOM: Final = 1.28
_DISC_RISE: Final = 0.36

_MARK: Final = re.compile(r"\{(\d)\}\s*|`([^`]*)`|\*\*([^*]*)\*\*")


class Run(msgspec.Struct, frozen=True, gc=False):
    """Words of one type; *disc* > 0 is that numbered disc instead of words."""

    text: str
    font: Face = "sans"
    bold: bool = False
    color: Token = "ink"
    target: Target | None = None
    tip: str = ""
    disc: int = 0


class Block(msgspec.Struct, frozen=True, gc=False):
    """Set lines: the primitives, the height they take, the width of the widest, how many."""

    parts: tuple[Primitive, ...]
    height: float
    width: float
    lines: int


def markup(text: str, *, color: Token = "ink", bold: bool = False) -> tuple[Run, ...]:
    """Return the runs of *text*: `` `mono` `` is bold mono, ``**word**`` bold, ``{2}`` disc 2."""
    runs: list[Run] = []
    at = 0
    for match in _MARK.finditer(text):
        if match.start() > at:
            runs.append(Run(text[at : match.start()], bold=bold, color=color))
        number, mono, strong = match.groups()
        if number is not None:
            runs.append(Run("", disc=int(number)))
        elif mono is not None:
            runs.append(Run(mono, "mono", bold=True, color=color))
        else:
            runs.append(Run(strong, bold=True, color=color))
        at = match.end()
    if at < len(text):
        runs.append(Run(text[at:], bold=bold, color=color))
    return tuple(runs)


def plain(runs: Sequence[Run]) -> str:
    """Return the words of *runs*, discs as (n), for descriptions and text forms."""
    return "".join(f"({run.disc}) " if run.disc else run.text for run in runs)


def run_width(run: Run, size: float) -> float:
    """Return the room *run* takes on its line at *size* px."""
    if run.disc:
        return _DISC_ROOM * size
    return width(run.text, size, run.font, bold=run.bold)


def _words(runs: Sequence[Run]) -> list[list[Run]]:
    """Split runs into unbreakable words, each with the space that follows it."""
    words: list[list[Run]] = []
    glued = False
    for run in runs:
        # A value in mono stays in one piece.
        whole = run.disc or run.font == "mono"
        pieces = [run.text] if whole else re.findall(r"\s*\S+\s*|\s+", run.text)
        for piece in pieces:
            part = run if run.disc else msgspec.structs.replace(run, text=piece)
            if glued and words and not piece[:1].isspace():
                words[-1].append(part)
            else:
                words.append([part])
            # A disc stays with the word it numbers.
            glued = bool(run.disc) or not piece[-1:].isspace()
    return words


class _Word(NamedTuple):
    """Runs that stay on one line, and their widths at 1 px: whole, and without the last space."""

    runs: tuple[Run, ...]
    whole: float
    trimmed: float


@lru_cache(maxsize=64)
def _measured(runs: tuple[Run, ...]) -> tuple[_Word, ...]:
    found = []
    for word in _words(runs):
        *head, last = word
        before = sum(run_width(run, 1) for run in head)
        end = msgspec.structs.replace(last, text=last.text.rstrip())
        whole, trimmed = before + run_width(last, 1), before + run_width(end, 1)
        found.append(_Word(tuple(word), whole, trimmed))
    return tuple(found)


def break_lines(runs: Sequence[Run], size: float, room: float) -> list[list[Run]]:
    """Return *runs* broken at spaces into lines no wider than *room*, neighbours joined again."""
    lines: list[list[Run]] = [[]]
    used = 0.0
    for word, whole, trimmed in _measured(tuple(runs)):
        line = lines[-1]
        if line and used + trimmed * size > room:
            line = []
            lines.append(line)
            used = 0.0
        used += whole * size
        if not line and word[0].text[:1].isspace():
            first = msgspec.structs.replace(word[0], text=word[0].text.lstrip())
            used += run_width(first, size) - run_width(word[0], size)
            line += (first, *word[1:])
        else:
            line += word
    return [_joined(line) for line in lines if line]


def _joined(line: list[Run]) -> list[Run]:
    """Return *line* with neighbours of one look made one run."""
    found: list[Run] = []
    for look, group in groupby(line, lambda run: msgspec.structs.replace(run, text="")):
        if look.disc:
            found += group
        else:
            found.append(msgspec.structs.replace(look, text="".join(run.text for run in group)))
    return found


def layout(
    runs: Sequence[Run],
    x: float,
    y: float,
    room: float,
    size: float,
    *,
    leading: float = 1.435,
    ring: Token | None = "panel",
) -> Block:
    """Set *runs* into lines from the first baseline *y* down, wrapped to *room* px.

    *leading* is the distance of baselines as a share of *size*; *ring* is the ground the discs
    stand on.
    """
    parts: list[Primitive] = []
    widest = 0.0
    lines = break_lines(runs, size, room)
    for i, line in enumerate(lines):
        at = x
        base = y + i * leading * size
        for run in line:
            w = run_width(run, size)
            if run.disc:
                r = _DISC_RADIUS * size
                parts += disc(run.disc, at + r, base - _DISC_RISE * size, r, ring=ring)
            elif run.text.strip():
                parts.append(
                    Text(
                        at, base, run.text, size, run.font, run.bold, run.color, "start",
                        run.target, run.tip,
                    )
                )  # fmt: skip
            at += w
        widest = max(widest, at - x)
    return Block(tuple(parts), len(lines) * leading * size, widest, len(lines))
