"""The heights that the path and the PML buffer of the Debug layout share, and its type sizes.

Both draw tables of 512 things as a strip and a few rows, so heads, strips and the row looked at
have the same y in both, and a wire between them runs straight.
"""

from typing import Final, NamedTuple

from pmlviz.ui.figures import theme

COMPACT_WIDTH: Final = 1040.0
COMPACT_HEIGHT: Final = 384.0
"""A path in less room than either is drawn compactly."""

LEAST_PATH: Final = (816.0, 330.0)
LEAST_BUFFER: Final = 224.0

LEFT: Final = theme.UNIT * 4
TITLE: Final = 13.0
NAME: Final = 12.0
TEXT: Final = 11.0
SMALL: Final = 10.0
"""Type, px: panel titles; names of parts and values; rows and words; axes and labels."""

LINE: Final = 15.0
"""From one line of words to the next."""


class Plan(NamedTuple):
    """Heights from the top of the panel; those of text are baselines."""

    compact: bool
    title: float
    name: float
    digits: float
    rule: float
    top: float
    """Top of the strips."""

    rail: float
    row: float
    """Height of one row of a table."""

    lamps: float
    """Top of the flags of an entry."""

    fields: float
    leading: float
    """Of the fields."""

    verdict: float | None
    """The permission as an AND over the path; None where it finds no room."""

    bottom: float
    """Bottom of the strips."""


def plan_of(width: float, height: float) -> Plan:
    """Return the plan of a path of *width* x *height* and of the buffer beside it."""
    if width < COMPACT_WIDTH or height < COMPACT_HEIGHT:
        bottom = height - 26
        return Plan(
            compact=True,
            title=24,
            name=48,
            digits=64,
            rule=70.5,
            top=78,
            rail=119,
            row=17,
            lamps=bottom - 92,
            fields=bottom - 59,
            leading=14,
            verdict=None,
            bottom=bottom,
        )
    bottom = height - 18
    return Plan(
        compact=False,
        title=24,
        name=50,
        digits=67,
        rule=72.5,
        top=80,
        rail=130,
        row=20,
        lamps=bottom - 124,
        fields=bottom - 91,
        leading=17,
        verdict=bottom - 14,
        bottom=bottom,
    )
