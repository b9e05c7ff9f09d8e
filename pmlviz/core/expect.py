"""Whether a scenario came out as its file says: played to its end, each given expectation
compared.
"""

from pmlviz.core import events as e
from pmlviz.core import judge
from pmlviz.core.evolve import evolve
from pmlviz.core.scenario import Expect
from pmlviz.core.stats import Mark
from pmlviz.core.timeline import Timeline


def reported(timeline: Timeline) -> set[int]:
    """Return the pages that PEEKs and CLEANs of *timeline* returned, with those in the bitmap at
    its end.
    """
    timeline.record_to(len(timeline.script))
    pages = set(map(int, timeline.end_state().domain.bitmap.bits))
    for item, marks in enumerate(timeline.summary.marks):
        if not marks & (Mark.CLEAN | Mark.PEEK):
            continue
        play = timeline.play(item)
        state = play.before
        for event in play.events:
            if isinstance(event, e.BitmapCleaned | e.BitmapPeeked):
                pages.update(map(int, state.domain.bitmap.bits))
            state = evolve(state, event)
    return pages


def failures(timeline: Timeline, expect: Expect) -> list[str]:
    """Return one sentence for each expectation that does not hold; empty when all do."""
    timeline.record_to(len(timeline.script))
    state, tally = timeline.end_state(), timeline.end_tally()
    exits = {"48": tally.violations, "49": tally.misconfigs, "62": tally.pml_full}
    found: list[tuple[str, object, object]] = [
        (
            "bitmap",
            expect.bitmap,
            sorted(reported(timeline)) if expect.bitmap is not None else None,
        ),
        ("corrupt", expect.corrupt, list(judge.corrupt(state))),
        ("lost", expect.lost, list(judge.lost(state))),
        ("pending", expect.pending, list(judge.pending(state))),
        ("log_entries", expect.log_entries, tally.log_entries),
        ("index", expect.index, [v.pml_index for v in state.vcpus]),
        ("tables_added", expect.tables_added, tally.tables_added),
    ]
    found += [(f"exits {k}", n, exits.get(k)) for k, n in (expect.exits or {}).items()]
    return [
        f"{name}: expected {_show(wanted)}, got {_show(got)}"
        for name, wanted, got in found
        if wanted is not None
        and (sorted(wanted) if isinstance(wanted, list) and name != "index" else wanted) != got
    ]


def _show(value: object) -> str:
    text = str(value)
    return text if len(text) <= 80 else f"{text[:76]} …"
