"""Why is this page where it is? The chain of events that made it so, the latest first."""

from collections.abc import Callable
from html import escape

import msgspec

from pmlviz.core import events as e
from pmlviz.core.evolve import fold
from pmlviz.core.narration import sentence
from pmlviz.core.timeline import Play, Position, Timeline
from pmlviz.core.units import PAGE_SHIFT, Gfn, fmt

_FAR = 1024
"""So many items back the chain is looked for."""

_MOST = 14

_Test = Callable[[e.Event, Gfn, Timeline], bool]


class Cause(msgspec.Struct, frozen=True):
    """One event of the chain, and where it is."""

    item: int
    event: int
    what: str
    text: str


def chain(timeline: Timeline, position: Position, gfn: Gfn) -> list[Cause]:
    """Return the events up to *position* that bear on *gfn*, the latest first."""
    found: list[Cause] = []
    for item in range(position.item, max(0, position.item - _FAR), -1):
        play = timeline.play(item)
        last = position.event if item == position.item else len(play.events)
        for n in range(last, 0, -1):
            if _bears_on(play.events[n - 1], gfn, timeline):
                found.append(Cause(item, n, play.item.text, _tell(play, n)))
                if len(found) >= _MOST:
                    return found
    return found


def why_not_logged(timeline: Timeline, position: Position, gfn: Gfn) -> Cause | None:
    """Return the earlier write that consumed the D flag's change from 0 to 1.

    None if *gfn* was not written, or if its last write was logged, or marked by the hypervisor.
    """
    written = _last(timeline, position, gfn, _write_of)
    if written is None:
        return None
    play = timeline.play(written.item)
    done = play.events[: written.event]
    for event in done:
        match event:
            case e.PmlLogged(gpa=gpa) if gpa >> PAGE_SHIFT == gfn:
                return None
            case e.PageMarked(gfn=marked) if marked == gfn:
                return None
            case _:
                continue
    return _last(timeline, Position(written.item, written.event), gfn, _dirty_of)


def _last(timeline: Timeline, position: Position, gfn: Gfn, of: _Test) -> Cause | None:
    for item in range(position.item, max(0, position.item - _FAR), -1):
        play = timeline.play(item)
        last = position.event if item == position.item else len(play.events)
        for n in range(last, 0, -1):
            if of(play.events[n - 1], gfn, timeline):
                return Cause(item, n, play.item.text, _tell(play, n))
    return None


def _tell(play: Play, n: int) -> str:
    return sentence(play.events[n - 1], fold(play.before, play.events[: n - 1]))


def _write_of(event: e.Event, gfn: Gfn, _timeline: Timeline) -> bool:
    match event:
        case e.AccessDone(kind=kind, gpa=gpa):
            return kind.writes and gpa >> PAGE_SHIFT == gfn
        case _:
            return False


def _dirty_of(event: e.Event, gfn: Gfn, timeline: Timeline) -> bool:
    match event:
        case e.DirtySet(level=level, gpa=gpa):
            order = timeline.start.geometry.order(level)
            return gpa >> PAGE_SHIFT >> order == gfn >> order
        case _:
            return False


def _bears_on(event: e.Event, gfn: Gfn, timeline: Timeline) -> bool:
    geometry = timeline.start.geometry
    match event:
        case e.AccessDone() | e.DirtySet():
            return _write_of(event, gfn, timeline) or _dirty_of(event, gfn, timeline)
        case e.PmlLogged(gpa=gpa):
            return gpa >> PAGE_SHIFT == gfn
        case e.PageMarked(gfn=marked):
            return marked == gfn
        case e.SuperpageSplit(level=level, gfn=first):
            return first <= gfn < first + geometry.pages(level)
        case e.BitmapCleaned() | e.LogDirtyModeSet():
            return True
        case _:
            return False


def html(timeline: Timeline, position: Position, gfn: Gfn, state: tuple[str, ...]) -> str:
    """Return the chain of *gfn* as rich text; its links are `item.event`."""
    parts = [f"<p><b>gfn {fmt(gfn)}</b>: {escape(', '.join(state))}</p>"]
    consumed = why_not_logged(timeline, position, gfn)
    if consumed is not None:
        parts.append(
            "<p><b>Why was its last write not logged?</b> Only a D flag that goes from 0 to 1 is"
            f" logged, and item {consumed.item:,} (<tt>{escape(consumed.what)}</tt>) had used that"
            f' change up: <a href="{consumed.item}.{consumed.event}">'
            f"{escape(consumed.text)}</a></p>"
        )
    causes = chain(timeline, position, gfn)
    if not causes:
        parts.append("<p>Nothing up to here bears on this page.</p>")
    parts += [
        f'<p><a href="{c.item}.{c.event}">item {c.item:,}, event {c.event}</a>'
        f" <tt>{escape(c.what)}</tt><br>{escape(c.text)}</p>"
        for c in causes
    ]
    return "".join(parts)
