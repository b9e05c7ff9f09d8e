"""What the Debug layout looks at: the page whose path is shown, also when no access names one."""

import msgspec

from pmlviz.core import events as e
from pmlviz.core.ept import PathStep, walk
from pmlviz.core.state import State
from pmlviz.core.units import PAGE_SHIFT, EptLevel, Gfn, gfn_of
from pmlviz.ui.frame import Frame

_SEARCH = 64
"""How many items back the last access is looked for."""


class Subject(msgspec.Struct, frozen=True):
    """A page, and its EPT path before the current item and now."""

    gfn: Gfn
    path: tuple[PathStep, ...]
    before: tuple[PathStep, ...]

    def step(self, level: EptLevel) -> PathStep | None:
        """Return the entry of *level* on the path; None if the path ends above it."""
        return next((step for step in self.path if step.level == level), None)

    def was(self, step: PathStep) -> PathStep | None:
        """Return what *step* was before the item; None if its table was not on the path then."""
        at = (step.table, step.index)
        return next((old for old in self.before if (old.table, old.index) == at), None)

    @property
    def leaf(self) -> PathStep | None:
        """The entry that maps the page; None if none does."""
        last = self.path[-1]
        return last if last.entry.present and last.entry.is_leaf(last.level) else None


def subject_of(frame: Frame) -> Subject:
    """Return the page that is selected, or in focus, or that events or items named last."""
    gfn = frame.shown_gfn
    if gfn is not None and frame.path:
        return Subject(gfn, frame.path, frame.path_before)
    gfn = _named(frame)
    return Subject(gfn, _path(frame.state, gfn), _path(frame.before, gfn))


def written_now(frame: Frame, step: PathStep) -> bool:
    """Return whether the current event wrote the entry of *step*."""
    at = (step.table, step.index)
    match frame.current:
        case (
            e.DirtySet(table=table, index=index)
            | e.AccessedSet(table=table, index=index)
            | e.RecalcMarked(table=table, index=index)
            | e.EntryRetyped(table=table, index=index)
            | e.EptEntryWritten(table=table, index=index)
        ):
            return at == (table, index)
        case e.RecalcPushed(table=table, index=index, child=child):
            return at == (table, index) or step.table == child
        case e.SuperpageSplit(table=table, index=index, tables=tables):
            return at == (table, index) or any(step.table == mfn for mfn, _ in tables)
        case e.TableRetyped(table=table) | e.EptTableAdded(table=table):
            return step.table == table
        case _:
            return False


def _named(frame: Frame) -> Gfn:
    """Return the page that the events so far, or the items before, named last."""
    known = frame.state.domain.max_gfn
    for event in reversed(frame.done):
        gfn = getattr(event, "gfn", None)
        if isinstance(gfn, int) and gfn < known:
            return Gfn(gfn)
    paged = any(vcpu.paging is not None for vcpu in frame.state.vcpus)
    last = frame.position.item
    for number in range(last, max(0, last - _SEARCH), -1):
        item = frame.script.item(number)
        if item.is_access and not paged and item.value >> PAGE_SHIFT < known:
            return gfn_of(item.value)
    regions = frame.state.domain.regions
    return regions[0].gfn if regions else Gfn(0)


def _path(state: State, gfn: Gfn) -> tuple[PathStep, ...]:
    return walk(state.memory, state.domain.root, gfn, state.geometry)
