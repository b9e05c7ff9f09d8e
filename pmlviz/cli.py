"""The command line: words in, text and files out. No Qt unless a PNG, PDF or GIF is asked for."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import click
import typer
from rich.console import Console
from rich.progress import Progress

from pmlviz import __version__
from pmlviz.core import scenarios as gallery
from pmlviz.core.document import Document, TraceOptions
from pmlviz.core.errors import PmlvizError
from pmlviz.core.script import TraceScript
from pmlviz.core.timeline import Position, Timeline
from pmlviz.ui.opening import open_any

GOOD, FAILED, USAGE, CANCELLED = 0, 1, 2, 130
_SLICE = 256

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Step the design of Page Modification Logging for Xen: pmlviz [FILE] opens the window.",
)

ScenarioArg = Annotated[
    str,
    typer.Argument(
        metavar="SCENARIO", help="A gallery id, a scenario file, a figure or a write trace."
    ),
]
StrategyOpt = Annotated[
    str | None, typer.Option("--strategy", "-s", help="Play it under this strategy.")
]
JsonOpt = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
MapOpt = Annotated[
    str, typer.Option("--map", help="Of a trace: map the guest by 4K, 2M or 1G pages.")
]
CleanOpt = Annotated[
    int | None, typer.Option("--clean-every", help="Of a trace: guest instructions between CLEANs.")
]
LimitOpt = Annotated[
    int | None, typer.Option("--limit", help="Of a trace: read only this many records.")
]


def run_command(arguments: list[str]) -> int:
    """Run one command; return its exit code.

    Errors that a person can mend go to stderr as one or two lines.
    """
    try:
        code = app(args=arguments, prog_name="pmlviz", standalone_mode=False)
    except PmlvizError as fault:
        click.echo(str(fault), err=True)
        return USAGE
    except click.exceptions.NoArgsIsHelpError as fault:
        click.echo(fault.format_message())
        return GOOD
    except click.ClickException as fault:
        click.echo(
            f"pmlviz: {fault.format_message()}\n  hint: pmlviz {_command(arguments)}--help",
            err=True,
        )
        return USAGE
    except (KeyboardInterrupt, click.exceptions.Abort):
        click.echo("cancelled; nothing was written", err=True)
        return CANCELLED
    except BrokenPipeError:
        sys.stderr.close()
        return GOOD
    return code if isinstance(code, int) else GOOD


def _command(arguments: list[str]) -> str:
    return f"{arguments[0]} " if arguments and not arguments[0].startswith("-") else ""


def _version(*, wanted: bool) -> None:
    if wanted:
        click.echo(f"pmlviz {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=lambda v: _version(wanted=v),
            is_eager=True,
            help="Print the version.",
        ),
    ] = False,
) -> None:
    del version


@app.command()
def scenarios(*, as_json: JsonOpt = False) -> None:
    """List the gallery: id, title, what it shows."""
    rows = [
        {
            "id": name,
            "title": s.title,
            "shows": s.file.about,
            "claim": s.file.claim,
            "strategy": s.strategy,
        }
        for name in gallery.ORDER
        for s in (gallery.load(name),)
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=1))
        return
    wide = max(len(name) for name in gallery.ORDER)
    for row in rows:
        click.echo(f"{row['id']:<{wide}}  {row['title']}")
        click.echo(f"{'':<{wide}}  {row['shows']}")


@app.command()
def strategies(*, as_json: JsonOpt = False) -> None:
    """List the strategies: id, policies, source, trade-off."""
    from pmlviz.core.strategies import STRATEGIES

    rows = [
        {
            "id": s.name,
            "sound": s.sound,
            "policies": s.policies(),
            "source": s.source,
            "trade_off": s.trade_off,
        }
        for s in STRATEGIES.values()
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=1))
        return
    for row in rows:
        click.echo(f"{row['id']}{'' if row['sound'] else '   (unsound on purpose)'}")
        click.echo(f"    {row['trade_off']}")
        click.echo(f"    source: {row['source']}")
        for axis, policy in row["policies"].items():
            click.echo(f"    {axis + ':':<13}{policy}")


@app.command()
def run(
    scenario: ScenarioArg,
    *,
    strategy: StrategyOpt = None,
    as_json: JsonOpt = False,
    map_: MapOpt = "2M",
    clean_every: CleanOpt = None,
    limit: LimitOpt = None,
) -> int:
    """Play a scenario or trace: narrated events, then counters. Exit 1 if it does not come out as it expects."""
    from pmlviz.core.expect import failures
    from pmlviz.core.report import event_records, summary

    document = _open(scenario, map_, clean_every, limit)
    timeline = document.timeline(strategy)
    with _progress(f"playing {document.title}", len(timeline.script)) as advance:
        if as_json:
            for record in event_records(timeline):
                sys.stdout.write(json.dumps(record) + "\n")
                if record["event"] <= 1 and record["item"] % _SLICE == 0:
                    advance(record["item"])
        else:
            for number in _played(timeline, advance):
                if not isinstance(timeline.script, TraceScript):
                    _tell(timeline, number)
    end = summary(timeline)
    wrong = failures(timeline, document.expect) if strategy in (None, document.strategy) else []
    if as_json:
        if wrong:
            end["failed"] = wrong
        click.echo(json.dumps(end))
    else:
        _counters(document, end)
        for line in wrong:
            click.echo(f"FAILED  {line}")
    return FAILED if wrong else GOOD


def _played(timeline: Timeline, advance: Callable[[int], None]) -> Iterator[int]:
    for number in range(1, len(timeline.script) + 1):
        timeline.record_to(number)
        if number % _SLICE == 0:
            advance(number)
        yield number


def _tell(timeline: Timeline, number: int) -> None:
    from pmlviz.core.evolve import evolve
    from pmlviz.core.narration import sentence

    play = timeline.play(number)
    click.echo(f"{number}  {play.item.text}")
    if play.refused:
        click.echo(f"     refused: {play.refused}")
    state = play.before
    for n, event in enumerate(play.events, 1):
        click.echo(f"     {n:>3}  {sentence(event, state)}")
        state = evolve(state, event)


def _counters(document: Document, end: dict[str, Any]) -> None:
    click.echo()
    click.echo(f"{document.title}, {end['items']} items under {end['strategy']}")
    if document.trace is not None:
        click.echo(f"  guest mapped by {document.trace.map} pages. {document.about}".rstrip())
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
        ("PML index", ", ".join(f"{i:#x}" for i in end["pml_index"])),
    ]
    for name, value in rows:
        click.echo(
            f"  {name:<40}{value:>12,}" if isinstance(value, int) else f"  {name:<40}{value:>12}"
        )


@app.command()
def export(
    scenario: ScenarioArg,
    out: Annotated[Path, typer.Option("-o", "--out", help="File to write: .svg, .png or .pdf.")],
    figure: Annotated[
        str, typer.Option("--figure", "-f", help="ept, pml, bitmap, timeline, counters, window.")
    ] = "window",
    strategy: StrategyOpt = None,
    at: Annotated[
        str | None, typer.Option("--at", help="Item, or item.event; default: the end.")
    ] = None,
    theme: Annotated[str, typer.Option("--theme", help="print, light or dark.")] = "print",
    width: Annotated[
        float | None, typer.Option("--width", help="Width on paper in mm (85, 120, 175).")
    ] = None,
    scale: Annotated[float, typer.Option("--scale", help="Of a PNG: pixels a unit, 1 to 4.")] = 1.0,
    map_: MapOpt = "2M",
    clean_every: CleanOpt = None,
    limit: LimitOpt = None,
) -> None:
    """Draw one figure at one position into a file."""
    from pmlviz.ui.figure_files import FigureRequest, write_figure

    document = _open(scenario, map_, clean_every, limit)
    timeline = document.timeline(strategy)
    item, event = _place(at, document)
    with _progress(f"playing {document.title}", item) as advance:
        for number in range(1, item + 1):
            timeline.record_to(number)
            if number % _SLICE == 0:
                advance(number)
    position = _position(timeline, item, event)
    request = FigureRequest(figure=figure, theme=theme, width_mm=width, scale=scale)
    write_figure(document, timeline, position, request, out)
    click.echo(str(out))


@app.command()
def conform(
    traces: Annotated[
        list[Path], typer.Argument(help="Emulator traces (JSON), or folders of them.")
    ],
) -> int:
    """Replay emulator traces on the processor model; exit 1 at a difference that is not a listed one."""
    from pmlviz.core.conform import conform_lines

    code = GOOD
    for line, agrees in conform_lines(traces):
        click.echo(line)
        if not agrees:
            code = FAILED
    return code


@app.command()
def info(*, as_json: JsonOpt = False) -> None:
    """Print versions, platform, fonts and folders."""
    import platform
    from importlib.metadata import version

    import platformdirs

    rows = {
        "pmlviz": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        **{
            name: version(name)
            for name in ("PySide6-Essentials", "pyqtgraph", "numpy", "msgspec", "immutables")
        },
        "fonts": ", ".join(sorted(p.name for p in _fonts())),
        "settings": platformdirs.user_config_dir("pmlviz"),
        "data": platformdirs.user_data_dir("pmlviz"),
    }
    if as_json:
        click.echo(json.dumps(rows, indent=1))
        return
    for name, value in rows.items():
        click.echo(f"{name:<20}{value}")


def _fonts() -> list[Path]:
    from pmlviz.assets import asset

    return list(Path(str(asset("fonts"))).glob("*.ttf"))


def _open(scenario: str, map_: str, clean_every: int | None, limit: int | None) -> Document:
    if clean_every is not None and clean_every < 1:
        raise PmlvizError(f"--clean-every {clean_every}", hint="guest instructions, at least 1")
    if limit is not None and limit < 1:
        raise PmlvizError(f"--limit {limit}", hint="records, at least 1")
    return open_any(scenario, TraceOptions(map=map_, clean_every=clean_every, limit=limit))


def _place(at: str | None, document: Document) -> tuple[int, int | None]:
    """Return the item that *at* names (`N` or `N.M`), and the event, None for at rest.

    Raises PmlvizError.
    """
    last = len(document.script)
    if at is None:
        here = document.position
        return (here.item, here.event) if here.item else (last, None)
    item, dot, event = at.partition(".")
    if not item.isdigit() or (dot and not event.isdigit()):
        raise PmlvizError(f"--at {at}", hint="an item number, or item.event: 4 or 4.6")
    if int(item) > last:
        raise PmlvizError(f"--at {at}: there is no item {item}", hint=f"items go from 0 to {last}")
    return int(item), int(event) if dot else None


def _position(timeline: Timeline, item: int, event: int | None) -> Position:
    """Return the position of *event* of *item*, which has been played. Raises PmlvizError."""
    rest = timeline.rest(item)
    if event is None:
        return rest
    if not 1 <= event <= rest.event:
        raise PmlvizError(f"--at {item}.{event}", hint=f"item {item} has events 1 to {rest.event}")
    return Position(item, event)


@contextmanager
def _progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show progress on stderr when people watch and it is long; yield a function that takes items done."""
    console = Console(stderr=True)
    if not console.is_terminal or total < 10 * _SLICE:
        yield lambda _done: None
        return
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)
