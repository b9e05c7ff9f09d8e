"""The hypervisor's steps as a row of chips: done solid, the present one accent, the rest dashed."""

from collections.abc import Sequence
from typing import Final

import msgspec

from pmlviz.core.deck import Chip
from pmlviz.core.deck import Glyph as Name
from pmlviz.ui.figures import theme
from pmlviz.ui.figures.chains import window
from pmlviz.ui.figures.deck_chain import Chain
from pmlviz.ui.figures.glyphs import Glyph, glyph
from pmlviz.ui.figures.parts import Parts, chip, chip_width
from pmlviz.ui.figures.scene import NOT_YET, Dash, Line, Primitive, Target, Token
from pmlviz.ui.figures.text import elide
from pmlviz.ui.figures.wires import arrow_head

_GLYPHS: Final[dict[Name, Glyph]] = {
    "misconfig": "misconfig",
    "violation": "violation",
    "full": "pml_full",
    "logged": "logged",
    "drain": "drain",
    "split": "split",
    "mark": "marked",
    "clean": "clean",
}
_LEAD: Final = 1.24
"""Room for a glyph before the words, as a share of the type's size."""


class Row(msgspec.Struct, frozen=True):
    """Where the chips go, and the type's size if there is room for it."""

    x: float
    y: float
    h: float
    size: float
    room: float


class _Type(msgspec.Struct, frozen=True):
    """How tightly the chips are set."""

    size: float
    pad: float
    gap: float


class _Look(msgspec.Struct, frozen=True):
    fill: Token
    edge: Token
    color: Token
    dash: Dash = ()


def steps(chain: Chain, row: Row) -> tuple[Parts, float]:
    """Return the chips of *chain* and where the last one ends.

    Chips that do not fit are counted: the present one is always shown.
    """
    if not chain.chips:
        return (), row.x
    sizes = (_Type(row.size, 9, 18), _Type(theme.LABEL, 7, 16), _Type(11.5, 6, 14))
    how = sizes[0]
    for how in sizes:
        widths = [_wide(one, how, row.room) for one in chain.chips]
        if sum(widths) + how.gap * (len(widths) - 1) <= row.room:
            break
    more = chip_width("+999", how.size, pad=how.pad)
    shown = window(widths, how.gap, row.room, max(chain.now, 0), more)
    parts: list[Primitive] = []
    at = row.x
    if shown.first:
        counted, at = _count(chain.chips[: shown.first], at, row, how)
        parts += [*counted, *_link(at, row, how)]
        at += how.gap
    for i in range(shown.first, shown.last):
        if i > shown.first:
            parts += _link(at, row, how)
            at += how.gap
        parts += _chip(chain, i, at, row, how)
        at += widths[i]
    if shown.last < len(chain.chips):
        parts += _link(at, row, how)
        counted, at = _count(chain.chips[shown.last :], at + how.gap, row, how)
        parts += counted
    return tuple(parts), at


def _lead(one: Chip, how: _Type) -> float:
    return _LEAD * how.size if one.glyph else 0.0


def _wide(one: Chip, how: _Type, room: float) -> float:
    return min(chip_width(one.text, how.size, pad=how.pad, lead=_lead(one, how)), room)


def _link(at: float, row: Row, how: _Type) -> Parts:
    middle = row.y + row.h / 2
    end = at + how.gap - 2
    return (
        Line(at + 2, middle, end - 5, middle, "deckink", 1.5),
        arrow_head(end, middle, length=6, spread=4, fill="deckink"),
    )


def _count(hidden: Sequence[Chip], at: float, row: Row, how: _Type) -> tuple[Parts, float]:
    """Return a chip that counts the *hidden* ones, and where it ends."""
    text = f"+{len(hidden)}"
    parts = chip(
        at, row.y, text, h=row.h, radius=theme.RADIUS_CHIP, size=how.size, fill=None,
        color="deckink", pad=how.pad, tip=", then ".join(one.text for one in hidden),
    )  # fmt: skip
    return parts, at + chip_width(text, how.size, pad=how.pad)


def _look(chain: Chain, i: int) -> _Look:
    if chain.chips[i].at > chain.upto:
        return _Look("deck", "deckink", "deckink", NOT_YET)
    if chain.running and i == chain.now:
        return _Look("accent", "accent", "accent.ink")
    return _Look("panel", "deckink", "deckink")


def _chip(chain: Chain, i: int, x: float, row: Row, how: _Type) -> Parts:
    one, look, lead = chain.chips[i], _look(chain, i), _lead(chain.chips[i], how)
    text = elide(one.text, row.room - 2 * how.pad - lead, how.size)
    target = Target("item", chain.item) if chain.item else Target("event", one.at)
    drawn = chip(
        x, row.y, text, h=row.h, radius=theme.RADIUS_CHIP, size=how.size, fill=look.fill,
        stroke=look.edge, color=look.color, dash=look.dash, pad=how.pad, lead=lead, target=target,
        tip=one.text,
    )  # fmt: skip
    if not one.glyph:
        return drawn
    centre = x + how.pad + 0.4 * how.size
    name = _GLYPHS[one.glyph]
    return (*drawn, *glyph(name, centre, row.y + row.h / 2, 0.8 * how.size, look.color))
