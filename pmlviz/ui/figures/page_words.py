"""One page in words: where its record stands, how it is mapped, how often it was written."""

from collections.abc import Iterator

from pmlviz.core import wording
from pmlviz.core.ept import PathStep
from pmlviz.core.standing import slot_of
from pmlviz.core.units import EptLevel, gfn_of, page_size_name
from pmlviz.ui.figures.attempt import progress_of
from pmlviz.ui.figures.strip import type_name
from pmlviz.ui.figures.subject import Subject
from pmlviz.ui.frame import Frame


def page_words(frame: Frame, subject: Subject) -> Iterator[str]:
    """Yield what is known of the page that is looked at, the most telling first."""
    yield _record(frame, subject)
    leaf = subject.leaf
    yield _mapping(frame, subject.path[-1]) if leaf is not None else "not mapped"
    times = frame.state.ghost.versions.get(subject.gfn, 0)
    if times:
        yield f"written {wording.count(times, 'time')} so far"


def _record(frame: Frame, subject: Subject) -> str:
    gfn, state = subject.gfn, frame.state
    if not state.domain.log_dirty:
        return "no record of its writes is kept"
    set_ = gfn in state.domain.bitmap.bits
    slot = slot_of(state, gfn)
    if gfn in frame.lost:
        return "written, and in neither bitmap nor buffer: lost"
    if slot is not None:
        whose = f" of vCPU {slot.vcpu}" if len(state.vcpus) > 1 else ""
        bit = "its bit is set from before" if set_ else "so its bit is still 0"
        return f"logged in PML[{slot.slot}]{whose}, {bit}"
    now = progress_of(frame)
    if now.logged is not None and not now.stepped and gfn_of(now.logged.gpa) == gfn:
        return f"stored in PML[{now.logged.slot}]; it counts once the index has stepped over it"
    if not set_:
        return "clean: its bit is 0, and it is in no buffer"
    if gfn in frame.over:
        return "its bit is set, yet it was not written since CLEAN: over-reported"
    return "dirty: its bit in the bitmap is set"


def _mapping(frame: Frame, leaf: PathStep) -> str:
    entry = leaf.entry
    geometry = frame.state.geometry
    size = page_size_name(leaf.level)
    if geometry.table_bits != 9:
        size = wording.count(geometry.pages(leaf.level), "page")
    flags = f"{type_name(entry.p2mt)}, W = {int(entry.w)}, D = {int(entry.d)}"
    late = ", recalc pending" if entry.recalc else ""
    if leaf.level is EptLevel.PTE:
        return f"{size} page, {flags}{late}"
    return f"{size} superpage {leaf.level.name}[{leaf.index}], {flags}{late}"
