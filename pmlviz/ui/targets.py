"""What a target of a figure stands for: a guest frame, an item, an event, in words."""

from pmlviz.core import judge
from pmlviz.core.ept import EptEntry, P2mType, walk
from pmlviz.core.units import PAGE_SHIFT, fmt
from pmlviz.ui.figures.scene import Target
from pmlviz.ui.figures.subject import subject_of
from pmlviz.ui.frame import Frame


def numbers(target: Target) -> tuple[int, ...]:
    """Return the numbers that *target* carries, in order."""
    value = target.value
    if isinstance(value, int):
        return (value,)
    if isinstance(value, tuple):
        return tuple(each for each in value if isinstance(each, int))
    return ()


def gfn(frame: Frame, target: Target) -> int | None:
    """Return the guest frame that *target* is about; None if it is about none."""
    found = numbers(target)
    match target.kind:
        case "gfn" if found:
            return found[0] if 0 <= found[0] < frame.state.domain.max_gfn else None
        case "slot" if found:
            vcpu, slot = found[:2] if len(found) > 1 else (frame.vcpu, found[0])
            return _slot_gfn(frame, vcpu, slot)
        case "entry" if len(found) == 3:
            return _entry_gfn(frame, *found)
        case "page" if found:
            return found[0]
        case _:
            return None


def _entry_gfn(frame: Frame, level: int, table: int, index: int) -> int | None:
    """Return the page looked at, or the first that another entry of a table on its path maps."""
    subject = subject_of(frame)
    step = next((s for s in subject.path if (s.level, s.table) == (level, table)), None)
    if step is None:
        return None
    order = frame.state.geometry.order(step.level)
    above = frame.state.geometry.table_bits + order
    page = subject.gfn >> above << above | index << order
    found = subject.gfn if index == step.index else page
    return found if found < frame.state.domain.max_gfn else None


def _slot_gfn(frame: Frame, vcpu: int, slot: int) -> int | None:
    v = frame.state.vcpus[vcpu] if 0 <= vcpu < len(frame.state.vcpus) else None
    if v is None or v.pml_address is None or not 0 <= slot < frame.state.geometry.pml_entries:
        return None
    words = judge.pending_words(frame.state, vcpu)
    first = frame.state.geometry.pml_entries - len(words)
    return words[slot - first] >> PAGE_SHIFT if slot >= first and words else None


def words(frame: Frame, target: Target | None) -> str:
    """Return the read-out of *target* for the status bar."""
    if target is None:
        return ""
    page = gfn(frame, target)
    if page is None:
        found = numbers(target)
        return f"{target.kind} {'.'.join(str(n) for n in found)}" if found else ""
    return "  ·  ".join(
        (f"gfn {fmt(page)}", f"gpa {fmt(page << PAGE_SHIFT)}", *state_of(frame, page))
    )


def state_of(frame: Frame, page: int) -> tuple[str, ...]:
    """Return the type and flags of the leaf that maps *page*, and where its record stands."""
    steps = walk(frame.state.memory, frame.state.domain.root, page, frame.state.geometry)
    leaf: EptEntry = steps[-1].entry
    flags = f"{P2mType(leaf.p2mt).name.removeprefix('RAM_').lower()} W={leaf.w:d} D={leaf.d:d}"
    bits = frame.state.domain.bitmap.bits
    if page in frame.lost:
        record = "written, in no record: LOST"
    elif page in frame.pending:
        record = "only in a PML buffer" if page not in bits else "in the bitmap and a PML buffer"
    elif page in frame.over:
        record = "in the bitmap, not written"
    else:
        record = "in the bitmap" if page in bits else "clean"
    return flags, record
