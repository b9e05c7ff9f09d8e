"""Tokens: the one place where colours, type sizes, line widths, radii and spacing have values.

Paper rather than grey; plum (`accent`) means *now* and nothing else; orange, vermillion and yellow
are states; a dash means *not yet*. `faint` and `line` never carry text. Text and its ground keep
4.5:1 in every theme (the pairs are in `TEXT_ON`, a test measures them).
"""

from dataclasses import dataclass
from typing import Final

Hex = str


@dataclass(frozen=True, eq=False, slots=True)
class Theme:
    """A name and a colour "#rrggbb" for every token."""

    name: str
    colors: dict[str, Hex]

    def __getitem__(self, token: str) -> Hex:
        """Return the colour of *token*; a KeyError names a token that no theme has."""
        return self.colors[token]


# token: (light, dark, print)
_TOKENS: Final[dict[str, tuple[Hex, Hex, Hex]]] = {
    # grounds
    "window": ("#f4efe7", "#171412", "#ffffff"),
    "panel": ("#fffdfa", "#211d1a", "#ffffff"),
    "sunk": ("#f7f2ea", "#1b1815", "#ffffff"),
    # text, and lines that never carry it
    "ink": ("#2b2520", "#f4ede4", "#111111"),
    "muted": ("#665c52", "#bdb0a2", "#4d4d4d"),
    "faint": ("#b9ada0", "#6f655b", "#9a9a9a"),
    "line": ("#ddd3c6", "#3a332d", "#c4c4c4"),
    # now
    "accent": ("#8c1d66", "#ff8ccf", "#8c1d66"),
    "accent.soft": ("#f7e3ef", "#46213a", "#ffffff"),
    "accent.ink": ("#ffffff", "#2a0a1e", "#ffffff"),
    # root mode, the floor above it, the road of an access not travelled
    "deck": ("#efe4d3", "#332819", "#f2f2f2"),
    "deckink": ("#5a4630", "#e8cfa8", "#333333"),
    "floor": ("#a3845c", "#b08b58", "#666666"),
    "road": ("#e6dbcc", "#3a332c", "#d9d9d9"),
    # states of a page
    "clean": ("#ffffff", "#12100e", "#ffffff"),
    "clean.hairline": ("#d3c9bc", "#3b342d", "#bdbdbd"),
    "dirty": ("#0072b2", "#2b8fd6", "#0072b2"),
    "pend": ("#56b4e9", "#a8defc", "#56b4e9"),
    "pend.line": ("#0b4f80", "#a9ddfb", "#0b4f80"),
    "pend.ground": ("#cfe8f8", "#1d4461", "#cfe8f8"),
    "lost": ("#d55e00", "#ff6d22", "#d55e00"),
    "lost.text": ("#a84600", "#ff9a5c", "#a84600"),
    "lost.ground": ("#fdeee3", "#4a2410", "#ffffff"),
    "lost.ink": ("#1a0d05", "#1a0d05", "#1a0d05"),
    "over": ("#f0e442", "#f7f08a", "#f0e442"),
    "over.ink": ("#4a4400", "#3a3600", "#4a4400"),
    "wp": ("#938a7e", "#776c61", "#868686"),
    "wp.lock": ("#ffffff", "#ffffff", "#000000"),
    "slab": ("#d0c3b3", "#4a4036", "#bebebe"),
    "slab.edge": ("#6f6254", "#bba993", "#595959"),
    "crack": ("#e69f00", "#f4c04f", "#e69f00"),
    "crack.text": ("#7d5200", "#f5bd4a", "#7d5200"),
    "crack.ground": ("#fdf0d5", "#463312", "#ffffff"),
    # a promise kept, always with its tick
    "ok": ("#00614a", "#5fd0aa", "#00614a"),
    # a bit that is set: filled with ink
    "bit": ("#3a332c", "#c9bcac", "#3a332c"),
    "bit.ink": ("#ffffff", "#211d1a", "#ffffff"),
}

TOKENS: Final[tuple[str, ...]] = tuple(_TOKENS)
LIGHT: Final = Theme("light", {token: row[0] for token, row in _TOKENS.items()})
DARK: Final = Theme("dark", {token: row[1] for token, row in _TOKENS.items()})
PRINT: Final = Theme("print", {token: row[2] for token, row in _TOKENS.items()})
THEMES: Final[dict[str, Theme]] = {theme.name: theme for theme in (LIGHT, DARK, PRINT)}

TEXT_ON: Final[dict[str, tuple[str, ...]]] = {
    "ink": (
        "window", "panel", "sunk", "accent.soft", "clean", "pend.ground", "lost.ground",
        "crack.ground", "slab",
    ),
    "muted": ("window", "panel", "sunk"),
    "accent": ("panel", "accent.soft"),
    "accent.ink": ("accent",),
    "deckink": ("deck", "panel"),
    "lost.text": ("panel", "lost.ground"),
    "lost.ink": ("lost",),
    "over.ink": ("over",),
    "crack.text": ("panel", "crack.ground"),
    "ok": ("panel",),
    "bit.ink": ("bit",),
}  # fmt: skip
"""Each token that colours text, and every ground it may stand on."""

# Type, px.
KEY_HINT: Final = 9.5
RAW: Final = 10.9
CAPTION: Final = 11.0
LABEL: Final = 12.5
BODY: Final = 14.0
LEAF_RAW: Final = 14.6
TITLE: Final = 17.0
NARRATION_SMALL: Final = 18.0
NARRATION: Final = 23.0
HEADLINE: Final = 24.0

# Lines, px.
HAIRLINE: Final = 0.75
BORDER: Final = 1.25
EMPHASIS: Final = 2.0
ROAD: Final = 3.0
CAUSE: Final = 3.0
EXIT: Final = 4.0
FLOOR: Final = 4.0
PIPE: Final = 10.0

# Spacing and radii, px.
UNIT: Final = 4.0
GUTTER: Final = 12.0
GUTTER_SMALL: Final = 8.0
INSET: Final = 14.0
CONTROL: Final = 34.0
RADIUS_PANEL: Final = 8.0
RADIUS_CARD: Final = 6.0
RADIUS_CONTROL: Final = 5.0
RADIUS_CHIP: Final = 4.0
RADIUS_SLAB: Final = 4.0
