"""What the commands share: opening, finding a position, playing with progress, telling."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console
from rich.progress import Progress

from pmlviz.core.document import Document, TraceOptions
from pmlviz.core.errors import PmlvizError
from pmlviz.core.evolve import evolve
from pmlviz.core.expect import failures
from pmlviz.core.narration import sentence
from pmlviz.core.report import event_records, summary
from pmlviz.core.script import TraceScript
from pmlviz.core.timeline import Position, Timeline
from pmlviz.ui.opening import open_any

_SLICE = 256
"""Items between two looks at the progress bar."""

_AT = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,12}))?")


def opened(scenario: str, map_: str, clean_every: int | None, limit: int | None) -> Document:
    """Return the document that *scenario* names. Raises PmlvizError."""
    return open_any(scenario, TraceOptions(map=map_, clean_every=clean_every, limit=limit))


def position_of(at: str | None, document: Document, timeline: Timeline) -> Position:
    """Return the position that *at* names, played: `N` at rest after item N, `N.M` its event M.

    None is where the document stands, or its end. Raises PmlvizError.
    """
    last = len(document.script)
    if at is None:
        here = document.position
        item, event = (here.item, here.event) if here.item else (last, None)
    else:
        match = _AT.fullmatch(at)
        if match is None:
            raise PmlvizError(f"--at {at}", hint="an item number, or item.event: 4 or 4.6")
        item, event = int(match[1]), int(match[2]) if match[2] else None
        if item > last:
            hint = f"items go from 0 to {last}"
            raise PmlvizError(f"--at {at}: there is no item {item}", hint=hint)
    for _ in played(timeline, item, document.title):
        pass
    rest = timeline.rest(item)
    if event is None or at is None:
        return rest if event is None else timeline.clamp(Position(item, event))
    if not 1 <= event <= rest.event:
        hint = f"item {item} has events 1 to {rest.event}" if rest.event else "nothing happens then"
        raise PmlvizError(f"--at {at}: there is no event {event}", hint=hint)
    return Position(item, event)


def play(document: Document, strategy: str | None, *, as_json: bool) -> bool:
    """Play *document*, telling what happens; return whether it came out as expected."""
    timeline = document.timeline(strategy)
    if as_json:
        for record in event_records(timeline):
            typer.echo(json.dumps(record))
    else:
        told = not isinstance(timeline.script, TraceScript)
        for number in played(timeline, len(timeline.script), document.title):
            if told:
                _tell(timeline, number)
    end = summary(timeline)
    # Another strategy was not promised anything.
    wrong = failures(timeline, document.expect) if strategy in (None, document.strategy) else []
    if as_json:
        typer.echo(json.dumps(end | {"failed": wrong} if wrong else end))
        return not wrong
    _counters(document, end)
    for line in wrong:
        typer.echo(f"FAILED  {line}")
    return not wrong


def played(timeline: Timeline, last: int, title: str) -> Iterator[int]:
    """Record items up to *last*, showing progress where people watch; yield their numbers."""
    with _progress(f"playing {title}", last) as advance:
        for number in range(1, last + 1):
            timeline.record_to(number)
            if number % _SLICE == 0:
                advance(number)
            yield number


@contextmanager
def _progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show progress on stderr, if it is a terminal and there is much to do."""
    console = Console(stderr=True)
    if not console.is_terminal or total < 10 * _SLICE:
        yield lambda _done: None
        return
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


def _tell(timeline: Timeline, number: int) -> None:
    play = timeline.play(number)
    typer.echo(f"{number}  {play.item.text}")
    if play.refused:
        typer.echo(f"     refused: {play.refused}")
    state = play.before
    for n, event in enumerate(play.events, 1):
        typer.echo(f"     {n:>3}  {sentence(event, state)}")
        state = evolve(state, event)


def _counters(document: Document, end: dict[str, Any]) -> None:
    typer.echo()
    typer.echo(f"{document.title}, {end['items']} items under {end['strategy']}")
    if document.trace is not None:
        typer.echo(f"  guest mapped by {document.trace.map} pages. {document.about}".rstrip())
    if end["tampered"]:
        typer.echo("  tampered with: the script changes the machine by hand")
    exits = end["exits"]
    rows = [
        ("VM exits 48, EPT violation", exits["48"]),
        ("VM exits 49, EPT misconfiguration", exits["49"]),
        ("VM exits 62, PML full", exits["62"]),
        ("entries logged by the processor", end["log_entries"]),
        ("drains of a buffer that held something", end["drains"]),
        ("superpages split", end["splits"]),
        ("EPT tables added, 4096 B each", end["tables"]),
        ("pages in the bitmap", end["bitmap_pages"]),
        ("pages written", end["written_pages"]),
        ("pages lost", end["lost_pages"]),
        ("pages over-reported", end["over_reported_pages"]),
        ("pages corrupt at the destination", end["corrupt_pages"]),
    ]
    for name, value in rows:
        typer.echo(f"  {name:<40}{value:>12,}")
    typer.echo(f"  {'PML index':<40}{', '.join(f'{i:#x}' for i in end['pml_index']):>12}")
