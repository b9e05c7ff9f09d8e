"""What the guest memory panel draws of a frame: codes of pages, and what the current item did.

A code is a mark's rank (`pages.RANK`) above the codes of what maps the page, so that the gravest is
the highest.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from pmlviz.core import judge
from pmlviz.core.state import State
from pmlviz.ui.figures import pages
from pmlviz.ui.figures.cells import Mark
from pmlviz.ui.figures.ept_map import GUARDED, HUGE, MISCONFIGURED, PAGE, SUPERPAGE, Bits, Window
from pmlviz.ui.figures.memory_plan import Block, Rows
from pmlviz.ui.frame import Frame

VOID: Final = 0
"""Nothing is mapped."""

SLAB: Final = 1
BIG_SLAB: Final = 2
"""A 1 GiB page."""

CLEAN: Final = 3
CODE: Final = {mark: rank + CLEAN for mark, rank in pages.RANK.items()}
MARK: Final = {code: mark for mark, code in CODE.items()}

_BASE: Final = np.array(
    [
        CLEAN if bits & PAGE else BIG_SLAB if bits & HUGE else SLAB if bits & SUPERPAGE else VOID
        for bits in range(256)
    ],
    np.uint8,
)


def codes_of(field: pages.Field) -> Bits:
    """Return the code of each cell of *field*."""
    base = _BASE[field.bits]
    marked = field.marks + np.uint8(CLEAN)
    return np.where(field.marks > 0, marked, base)


def base_of(field: pages.Field) -> Bits:
    """Return the code of what maps each cell of *field*, without any mark."""
    base: Bits = _BASE[field.bits]
    return base


def block_field(frame: Frame, block: Block) -> pages.Field:
    """Return the states of the pages of *block*."""
    return pages.PAGES.field(frame, Window(block.first, 512, 0))


def row_fields(frame: Frame, rows: Rows) -> list[pages.Field]:
    """Return the states of the cells of *rows*, span by span."""
    windows = (Window(s.first, s.pages >> rows.order, rows.order) for s in rows.spans)
    return [pages.PAGES.field(frame, window) for window in windows]


def mark_in(state: State, gfn: int) -> Mark:
    """Return the mark of one page in *state*, but for W, without looking at any other."""
    if judge.is_lost(state, gfn):
        return Mark.LOST
    if gfn in state.domain.bitmap.bits:
        return Mark.DIRTY if gfn in state.ghost.unreported else Mark.OVER
    return Mark.PENDING if judge.is_pending(state, gfn) else Mark.CLEAN


def present(codes: Iterable[Bits]) -> set[int]:
    """Return the codes that occur."""
    found: set[int] = set()
    for some in codes:
        found.update(np.flatnonzero(np.bincount(some.reshape(-1), minlength=1)).tolist())
    return found


def guard_of(fields: Sequence[pages.Field]) -> str:
    """Return what the first touch or write of a superpage does, if it is the same for all."""
    slabs = [field.bits[field.slabs] for field in fields]
    every = np.concatenate(slabs) if slabs else np.zeros(0, np.uint8)
    if len(every) and bool((every & MISCONFIGURED).all()):
        return "first touch exits (49)"
    if len(every) and bool((every & GUARDED).all()):
        return "first write splits it (48)"
    return ""
