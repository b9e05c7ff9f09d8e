"""A run as records: events as plain dictionaries for JSON Lines, and the summary that ends them."""

from collections.abc import Iterator
from enum import Enum
from typing import Any

import msgspec

from pmlviz.core import judge
from pmlviz.core.ept import PathStep
from pmlviz.core.events import Event
from pmlviz.core.timeline import Play, Timeline


def event_record(play: Play, number: int, event: Event) -> dict[str, Any]:
    """Return *event*, the *number*-th (from 1) of its item, as a dictionary that JSON can hold.

    Addresses and frames are numbers; pages of tables are left out, as the event says what changed.
    """
    record: dict[str, Any] = {
        "item": play.number,
        "event": number,
        "do": play.item.text,
        "what": type(event).__name__,
    }
    for name in event.__struct_fields__:
        value = getattr(event, name)
        if isinstance(value, bytes):
            continue
        record[name] = _plain(value)
    return record


def _plain(value: object) -> object:
    match value:
        case bool() | None:
            return value
        case Enum():
            return value.name if isinstance(value, int) else value.value
        case int() | str():
            return value
        case PathStep():
            return [value.level.name, value.table, value.index, int(value.entry)]
        case tuple():
            return [_plain(each) for each in value if not isinstance(each, bytes)]
        case _:
            return msgspec.to_builtins(value)


def event_records(timeline: Timeline) -> Iterator[dict[str, Any]]:
    """Yield the records of all events, playing items as they are needed."""
    for number in range(1, len(timeline.script) + 1):
        play = timeline.play(number)
        if play.refused:
            yield {"item": number, "event": 0, "do": play.item.text, "refused": play.refused}
        for n, event in enumerate(play.events, 1):
            yield event_record(play, n, event)


def summary(timeline: Timeline) -> dict[str, Any]:
    """Return the counts at the end of *timeline*, which must have been played whole."""
    state, tally = timeline.end_state(), timeline.end_tally()
    # While the guest runs, the destination is always behind; what is corrupt shows when it stops.
    stopped = state.domain.pause_count > 0
    return {
        "strategy": timeline.strategy.name,
        "items": timeline.recorded,
        "exits": {"48": tally.violations, "49": tally.misconfigs, "62": tally.pml_full},
        "drains": tally.drains,
        "log_entries": tally.log_entries,
        "splits": tally.splits,
        "tables": tally.tables_added,
        "table_bytes": 4096 * tally.tables_added,
        "ept_tables": state.domain.ept_tables,
        "bitmap_nodes": state.domain.bitmap.nodes,
        "bitmap_pages": len(state.domain.bitmap.bits),
        "reported_pages": tally.reported,
        "written_pages": len(state.ghost.versions),
        "pending_pages": len(judge.pending(state)),
        "lost_pages": len(judge.lost(state)),
        "over_reported_pages": len(judge.over_reported(state)),
        "corrupt_pages": len(judge.corrupt(state)) if stopped else 0,
        "cleans": tally.cleans,
        "peeks": tally.peeks,
        "invepts": tally.invepts,
        "tampered": bool(timeline.script.lab_items()),
        "pml_index": [v.pml_index for v in state.vcpus],
    }
