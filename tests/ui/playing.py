"""Frames and timelines of gallery scenarios, for tests of what shows them."""

from pmlviz.core.document import open_document
from pmlviz.core.timeline import Position, Timeline
from pmlviz.ui.branches import Branches
from pmlviz.ui.frame import Frame, resolve

REST = 1 << 30


def timeline_of(reference: str = "tour-xen", strategy: str | None = None) -> Timeline:
    """Return *reference* played whole."""
    timeline = open_document(reference).timeline(strategy)
    timeline.record_to(len(timeline.script))
    return timeline


def frame_of(
    reference: str = "tour-xen", item: int = 0, event: int = REST, strategy: str | None = None
) -> Frame:
    """Return the frame of *reference* at an event of *item*, by default at rest after it."""
    document = open_document(reference)
    timeline = timeline_of(reference, strategy)
    return resolve(
        timeline,
        Position(item, event),
        title=document.title,
        notes=document.notes,
        branches=Branches.of(timeline).chapters(),
    )
