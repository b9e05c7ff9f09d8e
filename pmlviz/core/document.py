"""What pmlviz looks at: a scenario, a trace, or the source inside a figure, ready to be played.

A reference is a gallery id, a scenario file or a write trace (`pmlviz.ui.opening` adds exported
figures). A document holds geometry, script, strategy and position, never states; `source_of` writes
it down so that a figure can carry it.
"""

import json
from pathlib import Path
from typing import Any

import msgspec

from pmlviz.core import scenarios
from pmlviz.core.boot import boot
from pmlviz.core.errors import PmlvizError
from pmlviz.core.scenario import LEVELS, Expect, Scenario, check_strategy, parse
from pmlviz.core.script import AnyScript, TraceScript
from pmlviz.core.state import Region, State
from pmlviz.core.strategies import STRATEGIES
from pmlviz.core.timeline import START, Position, Timeline
from pmlviz.core.trace import read_trace, sniff
from pmlviz.core.units import Gfn
from pmlviz.core.write_trace import WriteTrace

SOURCE_VERSION = 1


class TraceOptions(msgspec.Struct, frozen=True):
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


def of_trace(
    trace: WriteTrace, origin: str, options: TraceOptions, strategy: str = "xen"
) -> Document:
    """Return *trace* as a document: the guest mapped as *options* say, log-dirty on from the first
    item.
    """
    level = LEVELS.get(options.map)
    if level is None:
        raise PmlvizError(f"--map {options.map}", hint=f"one of {', '.join(LEVELS)}")
    size = 1 << 9 * (level - 1)
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
    if reference in scenarios.ORDER:
        return of_scenario(scenarios.load(reference), reference)
    path = Path(reference)
    if not path.exists():
        raise PmlvizError(
            "no such file, and no scenario of that name",
            place=reference,
            hint=f"gallery: {', '.join(scenarios.ORDER)}",
        )
    if path.is_dir():
        raise PmlvizError(
            "is a folder", place=reference, hint="name a scenario, a trace or a figure"
        )
    if sniff(path) is not None:
        return of_trace(
            read_trace(path, limit=(options or TraceOptions()).limit),
            reference,
            options or TraceOptions(),
        )
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else "is not UTF-8 text"
        raise PmlvizError(
            f"cannot be read: {reason}",
            place=reference,
            hint="pmlviz opens scenarios, traces and its own figures",
        ) from None
    return of_scenario(parse(text, reference), reference, path)


def source_of(document: Document, position: Position, strategy: str) -> str:
    """Return JSON that `from_source` opens again at *position* under *strategy*."""
    source: dict[str, Any] = {
        "pmlviz": SOURCE_VERSION,
        "strategy": strategy,
        "position": [position.item, position.event],
    }
    if document.trace is not None:
        source["trace"] = {
            "file": Path(document.origin).name,
            **msgspec.to_builtins(document.trace),
        }
    else:
        source["scenario"] = document.toml
    return json.dumps(source, sort_keys=True)


def from_source(source: str, origin: str) -> Document:
    """Return the document that *source* (of a figure at *origin*) describes.

    Raises PmlvizError.
    """
    damaged = PmlvizError(
        "the source inside the figure is damaged",
        place=origin,
        hint="only figures exported by pmlviz reopen",
    )
    try:
        data = json.loads(source)
        strategy, (item, event) = data["strategy"], data["position"]
        position = Position(int(item), int(event))
        if data["pmlviz"] != SOURCE_VERSION:
            raise PmlvizError(
                f"made by another version of pmlviz (source {data['pmlviz']})",
                place=origin,
                hint="export it again",
            )
    except (ValueError, KeyError, TypeError):
        raise damaged from None
    check_strategy(strategy, origin)
    if isinstance(data.get("scenario"), str):
        document = of_scenario(parse(data["scenario"], f"{origin} (scenario inside)"), origin)
    elif isinstance(data.get("trace"), dict):
        options = dict(data["trace"])
        file = Path(origin).parent / str(options.pop("file", ""))
        if not file.is_file():
            raise PmlvizError(
                f"the figure shows trace {file.name!r}, which is not beside it",
                place=origin,
                hint="put the trace there",
            )
        try:
            document = open_document(str(file), msgspec.convert(options, TraceOptions))
        except msgspec.ValidationError:
            raise damaged from None
    else:
        raise damaged
    return msgspec.structs.replace(document, strategy=strategy, position=position)
