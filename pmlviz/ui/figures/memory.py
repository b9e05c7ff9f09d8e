"""Guest memory: every page of the guest in its state, and the region of one page as tiles.

Left the overview, where a row is 2 MiB as long as there is room; right the region of the page that
is shown, tied to its row. A guest of two regions of small pages is shown whole, as two blocks.
"""

import numpy as np

from pmlviz.core.state import Region
from pmlviz.core.units import EptLevel, fmt_size, page_size_name
from pmlviz.ui.figures import readout, theme
from pmlviz.ui.figures.cells import Mark, seam_opacity
from pmlviz.ui.figures.ept_map import Bits
from pmlviz.ui.figures.memory_block import (
    axis,
    axis_width,
    is_slab,
    is_void,
    latest,
    marker,
    splitting,
    tiles,
)
from pmlviz.ui.figures.memory_callouts import callouts, notes, waits
from pmlviz.ui.figures.memory_fields import (
    BIG_SLAB,
    CLEAN,
    CODE,
    SLAB,
    base_of,
    block_field,
    codes_of,
    guard_of,
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
from pmlviz.ui.figures.memory_zoom import MINI, View, zoomed, zoomed_rows
from pmlviz.ui.figures.parts import Parts, panel
from pmlviz.ui.figures.scene import Anchor, Path, Primitive, Scene, Text
from pmlviz.ui.figures.subject import subject_of
from pmlviz.ui.figures.text import elide, first_fitting, width
from pmlviz.ui.frame import Frame


def layout(frame: Frame, width_: float, height: float, *, view: View | None = None) -> Scene:
    """Return the panel *width_* x *height*; the overview shows *view* of the guest, or all of it.

    Groups: `overview`, where there is one. Anchors: `memory.overview.tl` and `.br` with it,
    `memory.inlet` where what is drained comes in, `memory.gfn` the middle of the shown page's tile.
    """
    focus = int(subject_of(frame).gfn)
    regions = frame.state.domain.regions
    plan = plan_of(regions, focus, width_, height, pair=_is_pair(regions))
    fields = [block_field(frame, block) for block in plan.blocks]
    blocks = {b: codes_of(field) for b, field in zip(plan.blocks, fields, strict=True)}
    now, ahead = _changed(frame), waits(frame)
    parts: list[Primitive] = [*panel(0, 0, width_, height), *_header(frame, plan)]
    seen = present(blocks.values())
    if plan.rows is None:
        parts += _counts(frame, blocks, ahead=ahead)
    else:
        fields += row_fields(frame, plan.rows)
        codes = np.concatenate([codes_of(field) for field in fields[1:]])
        base = np.concatenate([base_of(field) for field in fields[1:]])
        seen |= present((codes,)) | present((base[base < CLEAN],))
        seen_rows = plan.rows if view is None else zoomed_rows(plan.rows, view)
        parts += _funnel(frame, plan, seen_rows, focus, zoomed=view is not None)
        shape = (plan.rows.n_rows, plan.rows.cols)
        codes, base = codes.reshape(shape), base.reshape(shape)
        if view is None:
            parts += overview(frame, plan.rows, codes, base, focus)
        else:
            parts += zoomed(frame, plan.rows, view, codes, focus)
    for block, codes in blocks.items():
        parts += _block(frame, plan, block, codes, now=now, ahead=ahead)
        if block.holds(focus):
            x, y = block.tile(focus)
            parts.append(Anchor("memory.gfn", x + block.z / 2, y + block.z / 2))
    ages = [split.age for split in frame.splits if split.done and seam_opacity(split.age)]
    parts += legend(
        plan.legend, width_ - theme.INSET, seen, seams=min(ages, default=None),
        guarded=guard_of(fields), now=now, ahead=ahead and not now, short=plan.compact,
    )  # fmt: skip
    parts.append(Anchor("memory.inlet", width_, height / 2))
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


def _funnel(frame: Frame, plan: Plan, rows: Rows, focus: int, *, zoomed: bool) -> Parts:
    """Return the light that leads from the row of *rows* with the focus to its block."""
    home, block = plan.rows, plan.blocks[0]
    box = focus_box(rows, focus)
    if box is None or home is None:
        return ()
    _, y, _, h = box
    if not home.y <= y + h / 2 <= home.y + home.high:
        return ()
    fill = "sunk" if latest(frame, block) is None else "crack.ground"
    left = home.x + home.wide + 4.5 + (MINI if zoomed else 0)
    right = block.x - max(50.0, axis_width(block) + 14)
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
    heads, tail = _titles(frame, block, codes)
    room = block.wide
    said = notes(frame, block, codes, 2 if plan.compact else 3)
    if splitting(frame, block):
        said = []
    tail = elide(tail, room * 0.5, theme.LABEL)
    head = first_fitting(heads, room - width(tail, theme.LABEL) - 12, theme.BODY, bold=True)
    color = "muted" if latest(frame, block) is None or slab else "crack.text"
    parts: list[Primitive] = [
        Text(block.x, 26, head, theme.BODY, bold=True),
        Text(block.x + block.wide, 26, tail, theme.LABEL, color=color, anchor="end"),
        *axis(block),
        *tiles(frame, block, codes, _slab_words(codes) if slab and not said else "", shown),
    ]
    tips = {note.gfn: readout.tip(frame, note.gfn) for note in said}
    for gfn in dict.fromkeys((frame.focus, shown)):
        if gfn is None or not block.holds(gfn):
            continue
        mine = gfn == frame.focus
        tip = tips.get(gfn) or readout.tip(frame, gfn)
        parts += marker(block, gfn, now=now and mine, ahead=ahead and not now and mine, tip=tip)
    parts += callouts(block, codes, said, tips)
    return tuple(parts)


def _slab_words(codes: Bits) -> str:
    size = "1 GiB" if (codes == BIG_SLAB).any() else "2 MiB"
    return f"{size}, one entry, one D flag"


def _titles(frame: Frame, block: Block, codes: Bits) -> tuple[tuple[str, ...], str]:
    """Return the block's title, long and short, and for its right end what is true of all of it."""
    page = f"2 MiB page {block.first // REGION:,}"
    frames = f"gfn {block.first} to {block.first + REGION - 1}"
    if is_void(codes):
        return (frames,), "not mapped"
    if is_slab(codes):
        flags = _flags(frame, block)
        if (codes == BIG_SLAB).any():
            return (f"2 MiB of one 1 GiB page, {frames}", "2 MiB of one 1 GiB page"), flags
        return (f"{page}, one entry", "2 MiB page, one entry"), flags
    split = latest(frame, block)
    if split is None:
        return (frames,), _summary(codes)
    if split.pages > REGION:
        heads = (f"{frames}, now {REGION} tiles", f"now {REGION} tiles")
        return heads, f"one {fmt_size(split.pages)} page, split"
    told = f"now {REGION} tiles"
    return (f"{page}, {told}", f"2 MiB page, {told}", f"2 MiB, {told}"), "1 table, +4096 B"


def _flags(frame: Frame, block: Block) -> str:
    """Return W and D of the superpage of *block*, where its entry is at hand."""
    subject = subject_of(frame)
    if not block.holds(subject.gfn) or subject.leaf is None:
        return ""
    entry = subject.leaf.entry
    return f"W={entry.w:d} D={entry.d:d}"


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


def _counts(frame: Frame, codes: dict[Block, Bits], *, ahead: bool) -> Parts:
    every = np.concatenate(list(codes.values()))
    of = {mark: int((every == code).sum()) for mark, code in CODE.items()}
    block = next(iter(codes))
    what = frame.item.op.value if frame.item is not None else ""
    waiting = f"1 {what} waits" if ahead else ""
    return counts(theme.INSET, 36.0, block.y + block.high, of, waiting)
