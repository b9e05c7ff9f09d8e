"""What is told on the stage: words with numbered discs, and the notation they are written in.

A disc ties a word to the thing in the picture that carries the same number. Stories are written as
text: `` `gpa 0x6000` `` is mono, ``**lost**`` is bold, ``{leaf.d}`` the disc of that anchor; discs
are numbered in order of appearance.
"""

import re
from typing import Literal, get_args

import msgspec

from pmlviz.core.rules import Rule

Style = Literal["plain", "mono", "bold"]
Anchor = Literal["leaf", "leaf.w", "leaf.d", "pml.slot", "pml.index", "exit", "bitmap", "split"]

ANCHORS: frozenset[str] = frozenset(get_args(Anchor))
MAX_DISCS = 5

_MARK = re.compile(r"\{([a-z.]+)\} *|`([^`]+)`|\*\*([^*]+)\*\*")


class Run(msgspec.Struct, frozen=True, gc=False):
    """Words of one style; mono is for values, bold for names and verdicts."""

    text: str
    style: Style = "plain"


class Disc(msgspec.Struct, frozen=True, gc=False):
    """The numbered disc before a word, and the part of the picture that has the same."""

    n: int
    anchor: Anchor


class Story(msgspec.Struct, frozen=True):
    """What an item has done so far, in one to three sentences."""

    parts: tuple[Run | Disc, ...]
    citation: Rule
    """The rule that matters most here."""
    claim: str = ""
    """The claim of the thread that this bears on (`C20`), or empty."""
    verdict: str = ""
    """A badge of a few words: `no exit`, `VM exit 62 comes next`, `in Xen`, `lost`."""

    @property
    def text(self) -> str:
        """The words alone, discs as (1), for descriptions and text forms."""
        return "".join(f"({p.n}) " if isinstance(p, Disc) else p.text for p in self.parts)

    @property
    def discs(self) -> tuple[Disc, ...]:
        """The discs, in order."""
        return tuple(part for part in self.parts if isinstance(part, Disc))


def told(text: str) -> tuple[Run | Disc, ...]:
    """Return the runs and discs that *text* spells.

    A second disc of one anchor, and a sixth disc, are left out: the picture has one number a thing.
    """
    parts: list[Run | Disc] = []
    seen: list[str] = []
    at = 0
    for match in _MARK.finditer(text):
        if match.start() > at:
            parts.append(Run(text[at : match.start()]))
        anchor, mono, bold = match.groups()
        if mono is not None:
            parts.append(Run(mono, "mono"))
        elif bold is not None:
            parts.append(Run(bold, "bold"))
        elif anchor not in seen and len(seen) < MAX_DISCS:
            seen.append(anchor)
            parts.append(Disc(len(seen), _anchor(anchor)))
        at = match.end()
    if at < len(text):
        parts.append(Run(text[at:]))
    return _joined(parts)


def _anchor(name: str) -> Anchor:
    for anchor in get_args(Anchor):
        if name == anchor:
            found: Anchor = anchor
            return found
    msg = f"{name} is no anchor"
    raise ValueError(msg)


def _joined(parts: list[Run | Disc]) -> tuple[Run | Disc, ...]:
    """Return *parts* with neighbours of one style in one run."""
    joined: list[Run | Disc] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, Run) and isinstance(last, Run) and part.style == last.style:
            joined[-1] = Run(last.text + part.text, part.style)
        else:
            joined.append(part)
    return tuple(joined)
