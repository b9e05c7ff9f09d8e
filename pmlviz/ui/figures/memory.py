"""Guest memory: every page of the guest in its state, and the region of one page as tiles.

Left the overview, where a row is 2 MiB as long as there is room; right the region of the page that
is shown, tied to its row. A guest of two regions of small pages is shown whole, as two blocks.
"""

import numpy as np

from pmlviz.core import events as e
from pmlviz.core.ept import MemType
from pmlviz.core.state import Region
from pmlviz.core.units import EptLevel, fmt_size, page_size_name
from pmlviz.ui.figures import readout, theme
from pmlviz.ui.figures.cells import Mark
from pmlviz.ui.figures.ept_map import Bits
from pmlviz.ui.figures.memory_block import (
    age_of,
    axis,
    is_slab,
    is_void,
    marker,
    splitting,
    tiles,
)
from pmlviz.ui.figures.memory_callouts import callouts, notes, waits
from pmlviz.ui.figures.memory_fields import (
    BIG_SLAB,
    CODE,
    SLAB,
    block_field,
    codes_of,
    mark_in,
    present,
    row_fields,
)
from pmlviz.ui.figures.memory_legend import counts, legend
from pmlviz.ui.figures.memory_overview import focus_box, overview
from pmlviz.ui.figures.memory_plan import (
    REGION,
    Block,
    Plan,
    Rows,
    plan_of,
    spans_of,
)
from pmlviz.ui.figures.parts import Parts, panel
from pmlviz.ui.figures.scene import Anchor, Path, Primitive, Scene, Text
from pmlviz.ui.figures.subject import subject_of
from pmlviz.ui.figures.text import elide, first_fitting, width
from pmlviz.ui.frame import Frame


def layout(frame: Frame, width_: float, height: float) -> Scene:
    """Return the panel *width_* x *height*.

    Groups: `overview`, where there is one. Anchors: `memory.overview.tl` and `.br` with it,
    `memory.inlet` where what is drained comes in, `memory.gfn` the middle of the shown page's tile.
    """
    focus = int(subject_of(frame).gfn)
    regions = frame.state.domain.regions
    plan = plan_of(regions, focus, width_, height, pair=_is_pair(regions))
    parts: list[Primitive] = [*panel(0, 0, width_, height)]
    present_: set[int] = set()
    if plan.rows is not None:
        fields = row_fields(frame, plan.rows)
        codes = np.concatenate([codes_of(field) for field in fields])
        codes = codes.reshape(-1, plan.rows.cols)
        present_ |= present((codes,))
        parts += _funnel(frame, plan.rows, plan.blocks[-1], focus)
        parts += overview(frame, plan.rows, codes, focus)
    all_codes = {block: codes_of(block_field(frame, block)) for block in plan.blocks}
    present_ |= present(all_codes.values())
    now, ahead = _changed(frame), waits(frame)
    for block, codes in all_codes.items():
        parts += _block(frame, plan, block, codes, now=now, ahead=ahead)
    parts += _header(frame, plan)
    if plan.rows is None:
        parts += _counts(frame, plan, all_codes, ahead=ahead)
    ages = [s.age for s in frame.splits if s.done and s.age < 8]
    parts += legend(
        plan.legend, width_ - theme.INSET, present_, seams=min(ages, default=None),
        guarded=_guard(frame), now=now, ahead=ahead and not now, short=plan.compact,
    )  # fmt: skip
    parts.append(Anchor("memory.inlet", width_, height / 2))
    for block in plan.blocks:
        if block.holds(focus):
            x, y = block.tile(focus)
            parts.append(Anchor("memory.gfn", x + block.z / 2, y + block.z / 2))
    return Scene(width_, height, tuple(parts))


def _is_pair(regions: tuple[Region, ...]) -> bool:
    """Return whether the guest is two regions of 4 KiB pages: small enough to be shown whole."""
    if any(region.level != EptLevel.PTE for region in regions):
        return False
    return sum(span.pages for span in spans_of(regions, REGION)) == 2 * REGION


def _changed(frame: Frame) -> bool:
    """Return whether the current item has changed the state of the page in focus."""
    if frame.focus is None or not frame.position.event:
        return False
    return mark_in(frame.before, frame.focus) is not mark_in(frame.state, frame.focus)


def _guard(frame: Frame) -> str:
    """Return what happens at the first touch of a superpage, if it is the same for all."""
    root = frame.state.memory.get(frame.state.domain.root, b"")
    words = np.frombuffer(root, "<u8")
    low = words[(words & np.uint64(7)) != 0]
    if len(low) and bool((((low >> np.uint64(3)) & np.uint64(7)) == MemType.RECALC).all()):
        return "first touch exits (49)"
    return ""


def _header(frame: Frame, plan: Plan) -> Parts:
    title = Text(theme.INSET, 26, "Guest memory", theme.TITLE, bold=True)
    if plan.compact or plan.rows is None:
        return (title,)
    x = theme.INSET + width(title.text, theme.TITLE, bold=True) + 18
    size = " + ".join(
        f"{r.pages // frame.state.geometry.pages(r.level):,} × {page_size_name(r.level)}"
        for r in frame.state.domain.regions[:3]
    )
    total = fmt_size(sum(r.pages for r in frame.state.domain.regions))
    dirty = f"bitmap: {len(frame.state.domain.bitmap.bits):,} dirty"
    room = plan.blocks[-1].x - 30 - x
    options = (f"{size}   ·   {dirty}", f"{total}   ·   {dirty}", dirty)
    said = first_fitting(options, room, theme.LABEL)
    return (title, Text(x, 26, said, theme.LABEL, color="muted"))


def _funnel(frame: Frame, rows: Rows, block: Block, focus: int) -> Parts:
    """Return the light that leads from the focus's row to its block."""
    box = focus_box(rows, focus)
    if box is None:
        return ()
    x, y, w, h = box
    fill = "sunk" if age_of(frame, block) is None else "crack.ground"
    left = max(x + w, rows.x + rows.wide) + 4.5
    right = block.x - 50
    if right <= left + 4:
        return ()
    d = (
        ("M", left, y - 4), ("L", right, block.y), ("L", right, block.y + block.high),
        ("L", left, y + h + 2), ("Z",),
    )  # fmt: skip
    return (Path(d, fill=fill, opacity=0.9),)


def _block(frame: Frame, plan: Plan, block: Block, codes: Bits, *, now: bool, ahead: bool) -> Parts:
    shown = frame.shown_gfn
    slab = is_slab(codes)
    head, tail = _titles(frame, block, codes)
    room = block.wide
    said = notes(frame, block, codes, 2 if plan.compact else 3)
    if splitting(frame, block):
        said = []
    tail = elide(tail, room * 0.5, theme.LABEL)
    head = elide(head, room - width(tail, theme.LABEL) - 12, theme.BODY, bold=True)
    color = "crack.text" if "table" in tail else "muted"
    parts: list[Primitive] = [
        Text(block.x, 26, head, theme.BODY, bold=True),
        Text(block.x + block.wide, 26, tail, theme.LABEL, color=color, anchor="end"),
        *axis(block),
        *tiles(frame, block, codes, _slab_words(codes) if slab and not said else "", shown),
    ]
    tips = {note.gfn: readout.tip(frame, note.gfn) for note in said}
    if block.holds(shown) and shown is not None:
        focused = shown == frame.focus
        tip = tips.get(shown) or readout.tip(frame, shown)
        parts += marker(
            block, shown, now=now and focused, ahead=ahead and not now and focused, tip=tip
        )
    parts += callouts(block, codes, said, tips)
    return tuple(parts)


def _slab_words(codes: Bits) -> str:
    size = "1 GiB" if (codes == BIG_SLAB).any() else "2 MiB"
    return f"{size}, one entry, one D flag"


def _titles(frame: Frame, block: Block, codes: Bits) -> tuple[str, str]:
    """Return the block's title and, for its right end, what is true of all of it."""
    region = block.first // REGION
    last = block.first + REGION - 1
    if is_void(codes):
        return f"gfn {block.first} to {last}", "not mapped"
    if (codes == BIG_SLAB).any() and is_slab(codes):
        return f"2 MiB of one 1 GiB page, gfn {block.first} to {last}", ""
    if is_slab(codes):
        return f"2 MiB page {region}, one entry", ""
    age = age_of(frame, block)
    if age is not None:
        split = next(
            (x for x in frame.events if isinstance(x, e.SuperpageSplit) and x.gfn == block.first),
            None,
        )
        tables = len(split.tables) if split is not None else 1
        return (
            f"2 MiB page {region}, now {REGION} tiles",
            f"{tables} table{'s' * (tables > 1)}, +{4096 * tables} B",
        )
    return f"gfn {block.first} to {last}", _summary(codes)


def _summary(codes: Bits) -> str:
    """Return how many pages of a block are in which state, in a few words."""
    n = {mark: int((codes == code).sum()) for mark, code in CODE.items()}
    mapped = int((codes >= SLAB).sum())
    words = {
        Mark.LOST: "lost", Mark.PENDING: "in the buffer", Mark.DIRTY: "in the bitmap",
        Mark.OVER: "not written", Mark.WRITE_PROTECTED: "with W=0",
    }  # fmt: skip
    if n[Mark.PENDING] == mapped:
        return f"all {mapped} wait in the buffer"
    said = [f"{n[mark]} {word}" for mark, word in words.items() if n[mark]]
    return " · ".join(said) if said else "clean"


def _counts(frame: Frame, plan: Plan, codes: dict[Block, Bits], *, ahead: bool) -> Parts:
    every = np.concatenate(list(codes.values()))
    of = {mark: int((every == code).sum()) for mark, code in CODE.items()}
    block = plan.blocks[0]
    what = frame.item.op.value if frame.item is not None else ""
    waiting = f"1 {what} waits" if ahead else ""
    return counts(theme.INSET, 36.0, block.y + block.high, of, waiting)
