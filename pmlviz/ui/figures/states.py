"""The sheet of states: how a page looks in every state at every zoom, and a split in stills."""

from pmlviz.ui.figures import theme
from pmlviz.ui.figures.cells import (
    WORDS,
    Mark,
    burst,
    cell_l,
    cell_m,
    cell_s,
    row_s,
    seams,
    seams_s,
    slab_l,
    slab_m,
    slab_s,
    tile,
)
from pmlviz.ui.figures.glyphs import glyph
from pmlviz.ui.figures.parts import Parts, changed, label, panel, slab
from pmlviz.ui.figures.scene import Line, Primitive, Scene, Text

_LEFT = 28.0
_L, _M, _S = 322.0, 458.0, 560.0
_S_WIDE, _S_HIGH = 160.0, 14.0
_COLS, _ROWS = 32, 16
_PITCH, _TILE = 5.0, 4.2
_FAULT = (5, 0)


def states() -> Scene:
    """Return the sheet: a table of states by zoom, below it the four stills of a split."""
    parts: list[Primitive] = [
        *panel(12, 12, 776, 452),
        Text(_LEFT, 40, "One vocabulary, three zooms", theme.TITLE, bold=True),
    ]
    for x, head in ((_L, "L  12 px and up"), (_M, "M  5 to 11 px"), (_S, "S  1 to 4 px")):
        parts.append(Text(x, 64, head, theme.LABEL, color="muted"))
    for i, mark in enumerate(Mark):
        parts += _row(i, WORDS[mark], bold=mark is Mark.LOST)
        parts += _three_zooms(mark, _middle(i))
    parts += [*_row(6, "superpage"), *_superpage(_middle(6))]
    parts += [*_row(7, "just shattered"), *_shattered(_middle(7))]
    parts += _stills(476)
    return Scene(800, 700, tuple(parts), "window")


def _middle(row: int) -> float:
    return 98.0 + 47 * row


def _row(row: int, words: str, *, bold: bool = False) -> Parts:
    middle = _middle(row)
    return (
        Line(_LEFT, middle - 24, 772, middle - 24),
        label(_LEFT, middle, words, theme.BODY, bold=bold),
    )


def _three_zooms(mark: Mark, middle: float) -> Parts:
    parts: list[Primitive] = []
    for i, one in enumerate((Mark.CLEAN, mark, Mark.CLEAN)):
        parts += cell_l(one, _L + 37 * i, middle - 17, 34)
    tiles = [(i, j) for j in range(3) for i in range(9)]
    # What is lost spreads over its seams, so it is drawn after its neighbours.
    tiles.sort(key=lambda at: _is_sample(*at))
    for i, j in tiles:
        one = mark if _is_sample(i, j) else Mark.CLEAN
        parts += cell_m(one, _M + 8 * i, middle - 12 + 8 * j, 7.1)
    top = middle - _S_HIGH / 2
    parts += row_s(_S, top, _S_WIDE, _S_HIGH)
    for at in (40, 42, 70, 116):
        parts += cell_s(mark, _S + at, top, 2, _S_HIGH)
    return tuple(parts)


def _is_sample(i: int, j: int) -> bool:
    return j == 1 and i in {2, 3, 4}


def _superpage(middle: float) -> Parts:
    return (
        *slab_l(_L, middle - 16, 114, 32, "2 MiB"),
        *slab_m(_M, middle - 12, 72, 24),
        *slab_s(_S, middle - _S_HIGH / 2, _S_WIDE, _S_HIGH),
    )


def _shattered(middle: float) -> Parts:
    parts: list[Primitive] = [*seams(_L, middle - 17.5, 3, 1, 37, 2)]
    for i in range(3):
        parts += tile(_L + 37 * i, middle - 17.5, 35)
    parts += seams(_M, middle - 12, 9, 3, 8, 1.2)
    for j in range(3):
        for i in range(9):
            parts += tile(_M + 8 * i, middle - 12 + 8 * j, 6.8)
    top = middle - _S_HIGH / 2
    parts += [*row_s(_S, top, _S_WIDE, _S_HIGH), *seams_s(_S, top, _S_WIDE, _S_HIGH)]
    return tuple(parts)


def _stills(top: float) -> Parts:
    parts: list[Primitive] = [
        *panel(12, top, 776, 212),
        Text(
            _LEFT, top + 28, "The shatter, as stills: no motion is needed", theme.TITLE, bold=True
        ),
    ]
    captions = (
        ("exit 48", "slab, one D flag"),
        ("split", f"tiles move off gfn {_FAULT[0]}"),
        ("item at rest", "seams say: just now"),
        ("8 items later", "seams have faded"),
    )
    y = top + 52
    for i, (name, words) in enumerate(captions):
        x = _LEFT + 180 * i
        parts.append(Text(x, top + 170, name, theme.BODY, bold=True))
        parts.append(Text(x, top + 187, words, theme.LABEL, color="muted"))
        if i:
            parts += glyph("chevron", x - 11, y + 40, 10, "muted")
    wide, high = _COLS * _PITCH, _ROWS * _PITCH
    now = changed(_LEFT + _FAULT[0] * _PITCH, y + _FAULT[1] * _PITCH, _TILE, _TILE)
    parts += [*slab(_LEFT, y, wide, high, "2 MiB"), *now]
    x = _LEFT + 180
    parts += burst(x, y, _COLS, _ROWS, _PITCH, _TILE, *_FAULT)
    parts += changed(x + _FAULT[0] * _PITCH, y + _FAULT[1] * _PITCH, _TILE, _TILE)
    for i, age in ((2, 0), (3, 8)):
        x = _LEFT + 180 * i
        parts += seams(x, y, _COLS, _ROWS, _PITCH, _PITCH - _TILE, age=age)
        for row in range(_ROWS):
            for col in range(_COLS):
                at = (x + col * _PITCH, y + row * _PITCH, _TILE)
                if (col, row) == _FAULT:
                    parts += cell_m(Mark.DIRTY, *at)
                else:
                    parts += cell_m(Mark.CLEAN, *at) if age else tile(*at)
    return tuple(parts)
