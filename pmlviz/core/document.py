"""What pmlviz looks at: a scenario, a trace, or the source inside a figure, ready to be played.

A reference is a gallery id, a scenario file or a write trace (`pmlviz.ui.opening` adds exported
figures). A document holds geometry, script, strategy and position, never states; `source_of` writes
it down so that a figure can carry it.
"""

import difflib
import json
import stat
from pathlib import Path
from typing import Annotated, Any

import msgspec

from pmlviz.core import scenarios
from pmlviz.core.boot import boot
from pmlviz.core.errors import PmlvizError
from pmlviz.core.items import parse_line
from pmlviz.core.scenario import (
    LEVELS,
    Expect,
    Scenario,
    check_strategy,
    parse,
    read,
    with_script,
)
from pmlviz.core.scenario_file import decode
from pmlviz.core.script import AnyScript, ItemScript, TraceScript
from pmlviz.core.state import Region, State
from pmlviz.core.strategies import STRATEGIES
from pmlviz.core.timeline import START, Position, Timeline
from pmlviz.core.trace import read_trace, sniff
from pmlviz.core.units import REAL, Gfn
from pmlviz.core.write_trace import WriteTrace

SOURCE_VERSION = 1


class TraceOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a trace becomes a script and a machine."""

    map: str = "2M"
    """Size of the pages that the guest is mapped with: 4K, 2M or 1G."""

    clean_every: int | None = None
    """Guest instructions between CLEANs; None: never."""

    limit: int | None = None
    """Records to read; None: all."""


class Document(msgspec.Struct, frozen=True):
    """One thing to look at."""

    title: str
    origin: str
    """The reference it was opened by: an id or a path."""

    start: State
    script: AnyScript
    strategy: str
    position: Position = START
    claim: str = ""
    about: str = ""
    next: str = ""
    notes: tuple[tuple[int, str], ...] = ()
    expect: Expect = Expect()
    toml: str = ""
    """The scenario's text; empty for a trace."""

    trace: TraceOptions | None = None
    path: Path | None = None
    """The file to save to; None for the gallery, figures and traces."""

    def timeline(self, strategy: str | None = None) -> Timeline:
        """Return a new timeline of the script under *strategy* (default: the document's own)."""
        name = strategy or self.strategy
        check_strategy(name)
        return Timeline(self.start, self.script, STRATEGIES[name])


def of_scenario(scenario: Scenario, origin: str, path: Path | None = None) -> Document:
    """Return *scenario* as a document."""
    file = scenario.file
    return Document(
        title=scenario.title,
        origin=origin,
        start=scenario.start,
        script=scenario.script,
        strategy=scenario.strategy,
        claim=file.claim,
        about=file.about,
        next=file.next,
        notes=tuple(sorted((n.at, n.text) for n in file.note)),
        expect=file.expect,
        toml=scenario.toml,
        path=path,
    )


def check_options(options: TraceOptions) -> None:
    """Raise PmlvizError, by the names of the command line, for options that cannot be."""
    if options.map not in LEVELS:
        raise PmlvizError(f"--map {options.map}", hint=f"one of {', '.join(LEVELS)}")
    if options.clean_every is not None and options.clean_every < 1:
        hint = "guest instructions, at least 1"
        raise PmlvizError(f"--clean-every {options.clean_every}", hint=hint)
    if options.limit is not None and options.limit < 1:
        raise PmlvizError(f"--limit {options.limit}", hint="records, at least 1")


def of_trace(
    trace: WriteTrace, origin: str, options: TraceOptions, strategy: str = "xen"
) -> Document:
    """Return *trace* as a document: the guest mapped as *options* say, log-dirty on from the start.

    Raises PmlvizError for options that cannot be, or a guest too large to be mapped so.
    """
    check_options(options)
    level = LEVELS[options.map]
    size = REAL.pages(level)
    pages = -(-trace.n_pages // size) * size
    start = boot([Region(Gfn(0), pages, level)], vcpus=trace.n_vcpus)
    return Document(
        title=Path(trace.source).name,
        origin=origin,
        start=start,
        script=TraceScript.cleaned_every(trace, options.clean_every),
        strategy=strategy,
        about=" ".join(trace.notes),
        trace=options,
    )


def open_document(reference: str, options: TraceOptions | None = None) -> Document:
    """Return what *reference* names: a gallery id, or a file told apart by its content.

    Raises PmlvizError.
    """
    options = options or TraceOptions()
    check_options(options)
    if reference in scenarios.ORDER:
        return of_scenario(scenarios.load(reference), reference)
    path = Path(reference)
    try:
        kind = path.stat().st_mode
    except (OSError, ValueError):
        near = difflib.get_close_matches(reference, scenarios.ORDER, 1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise PmlvizError(
            "no such file, and no scenario of that name",
            place=reference,
            hint=f"{hint}(gallery: {', '.join(scenarios.ORDER)})",
        ) from None
    if not stat.S_ISREG(kind):
        raise PmlvizError(
            "is a folder" if stat.S_ISDIR(kind) else "is no file",
            place=reference,
            hint="name a scenario, a trace or a figure",
        )
    if sniff(path) is not None:
        return of_trace(read_trace(path, limit=options.limit), reference, options)
    return of_scenario(read(path, reference), reference, path)


def source_of(
    document: Document, position: Position, strategy: str, script: AnyScript | None = None
) -> str:
    """Return JSON that `from_source` opens again at *position* under *strategy*.

    *script* is what is played, if it is not the document's: more was done by hand.
    """
    source: dict[str, Any] = {
        "pmlviz": SOURCE_VERSION,
        "strategy": strategy,
        "position": [position.item, position.event],
    }
    script = document.script if script is None else script
    if isinstance(script, ItemScript):
        written = decode(document.toml, document.origin).script.strategy
        source["scenario"] = with_script(document.toml, script, written)
    else:
        options = msgspec.to_builtins(document.trace or TraceOptions())
        source["trace"] = {"file": Path(document.origin).name, **options}
        if script.extra:
            source["done"] = [script.base, [item.text for item in script.extra]]
    return json.dumps(source, sort_keys=True)


class _Source(msgspec.Struct, frozen=True):
    pmlviz: int
    strategy: str
    position: tuple[int, int]
    scenario: str | None = None
    trace: dict[str, str | int | None] | None = None
    done: tuple[Annotated[int, msgspec.Meta(ge=0)], list[str]] | None = None


def from_source(text: str, origin: str) -> Document:
    """Return the document that the source *text* of a figure at *origin* describes.

    A trace is looked for beside the figure. Raises PmlvizError.
    """
    try:
        source = msgspec.json.decode(text, type=_Source)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise _damaged(origin) from None
    if source.pmlviz != SOURCE_VERSION:
        raise PmlvizError(
            f"made by another version of pmlviz (source {source.pmlviz})",
            place=origin,
            hint="export it again",
        )
    check_strategy(source.strategy, origin)
    if source.scenario is not None:
        document = of_scenario(parse(source.scenario, f"{origin} (scenario inside)"), origin)
    elif source.trace is not None:
        document = _trace_beside(origin, source.trace)
        if source.done is not None:
            after, lines = source.done
            for item in (item for line in lines for item in parse_line(line, origin)):
                script = document.script.acted(after, item)
                document = msgspec.structs.replace(document, script=script)
                after = len(script)
    else:
        raise _damaged(origin)
    position = Position(*source.position)
    return msgspec.structs.replace(document, strategy=source.strategy, position=position)


def _trace_beside(origin: str, options: dict[str, str | int | None]) -> Document:
    name = Path(str(options.pop("file", ""))).name
    file = Path(origin).parent / name
    if not name or not file.is_file():
        raise PmlvizError(
            f"the figure shows trace {name!r}, which is not beside it",
            place=origin,
            hint="put the trace there",
        )
    try:
        return open_document(str(file), msgspec.convert(options, TraceOptions))
    except msgspec.ValidationError:
        raise _damaged(origin) from None


def _damaged(origin: str) -> PmlvizError:
    return PmlvizError(
        "the source inside the figure is damaged",
        place=origin,
        hint="only figures exported by pmlviz reopen",
    )
