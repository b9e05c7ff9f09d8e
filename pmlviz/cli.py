"""The command line: words in, text and files out. No Qt unless a PNG, PDF or GIF is asked for."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from pmlviz import __version__
from pmlviz.core.errors import PmlvizError

_UsageError: Any = typer.BadParameter.__mro__[1]
"""What typer raises for words it cannot read; its own copy of click has no public name."""

GOOD, FAILED, USAGE, CANCELLED = 0, 1, 2, 130

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="Step the design of Page Modification Logging for Xen: pmlviz [FILE] opens the window.",
)

ScenarioArg = Annotated[
    str,
    typer.Argument(
        metavar="SCENARIO", help="A gallery id, a scenario file, a figure or a write trace."
    ),
]
OutOpt = Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help="File to write.")]
StrategyOpt = Annotated[
    str | None, typer.Option("--strategy", "-s", help="Play it under this strategy.")
]
FigureOpt = Annotated[
    str,
    typer.Option(
        "--figure", "-f", help="window, debug, ept, pml, bitmap, timeline, counters, promise."
    ),
]
ThemeOpt = Annotated[str, typer.Option("--theme", help="print, light or dark.")]
WidthOpt = Annotated[
    float | None, typer.Option("--width", help="Width on paper in mm (85, 120, 175).")
]
ScaleOpt = Annotated[float, typer.Option("--scale", help="Of a PNG: pixels a unit, 1 to 4.")]
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
        typer.echo(str(fault), err=True)
        return USAGE
    except _UsageError as fault:
        command = f"{arguments[0]} " if arguments and arguments[0] in _names() else ""
        typer.echo(f"pmlviz: {fault.format_message()}", err=True)
        typer.echo(f"  hint: pmlviz {command}--help", err=True)
        return USAGE
    except (KeyboardInterrupt, typer.Abort):
        code = CANCELLED
    except BrokenPipeError:
        # Who reads has gone, and what is still buffered has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return GOOD
    if code == CANCELLED:
        typer.echo("cancelled", err=True)
    return code if isinstance(code, int) else GOOD


def _names() -> list[str]:
    callbacks = (info.callback for info in app.registered_commands)
    return [callback.__name__ for callback in callbacks if callback is not None]


def _version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(f"pmlviz {__version__}")
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
    from pmlviz.core import scenarios as gallery

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
        typer.echo(json.dumps(rows, indent=1))
        return
    wide = max(len(name) for name in gallery.ORDER)
    for row in rows:
        typer.echo(f"{row['id']:<{wide}}  {row['title']}")
        typer.echo(f"{'':<{wide}}  {row['shows']}")


@app.command()
def strategies(*, as_json: JsonOpt = False) -> None:
    """List the strategies: id, policies, source, trade-off."""
    from pmlviz.core.strategies import STRATEGIES

    rows: list[dict[str, Any]] = [
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
        typer.echo(json.dumps(rows, indent=1))
        return
    for row in rows:
        typer.echo(f"{row['id']}{'' if row['sound'] else '   (unsound on purpose)'}")
        typer.echo(f"    {row['trade_off']}")
        typer.echo(f"    source: {row['source']}")
        for axis, policy in row["policies"].items():
            typer.echo(f"    {axis + ':':<13}{policy}")


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
    """Play a scenario: narrated events, then counters; a trace: counters.

    Exit code 1 if a scenario does not come out as it expects.
    """
    from pmlviz.cli_play import opened, play

    document = opened(scenario, map_, clean_every, limit)
    return GOOD if play(document, strategy, as_json=as_json) else FAILED


@app.command()
def export(
    scenario: ScenarioArg,
    *,
    out: OutOpt,
    figure: FigureOpt = "window",
    strategy: StrategyOpt = None,
    at: Annotated[
        str | None, typer.Option("--at", help="Item, or item.event; default: the end.")
    ] = None,
    theme: ThemeOpt = "print",
    width: WidthOpt = None,
    scale: ScaleOpt = 1.0,
    map_: MapOpt = "2M",
    clean_every: CleanOpt = None,
    limit: LimitOpt = None,
) -> None:
    """Write one figure at one position: a picture (.svg .png .pdf) or tables (.txt .md .csv)."""
    from pmlviz.cli_play import opened, position_of
    from pmlviz.ui.figure_files import FigureRequest, check_request, write_figure

    request = FigureRequest(figure, theme, width, scale)
    check_request(request, out)
    document = opened(scenario, map_, clean_every, limit)
    timeline = document.timeline(strategy)
    position = position_of(at, document, timeline)
    write_figure(document, timeline, position, request, out)
    typer.echo(str(out))


@app.command()
def filmstrip(
    scenario: ScenarioArg,
    *,
    out: OutOpt,
    at: Annotated[str, typer.Option("--at", help="Positions: 1,4,9 or 4.1,4.2,4.3.")],
    figure: FigureOpt = "ept",
    strategy: StrategyOpt = None,
    theme: ThemeOpt = "print",
    width: WidthOpt = None,
    scale: ScaleOpt = 1.0,
    map_: MapOpt = "2M",
    clean_every: CleanOpt = None,
    limit: LimitOpt = None,
) -> None:
    """Draw one figure at several positions: panels (.svg .png .pdf) or frames (.gif .webp)."""
    from pmlviz.cli_play import opened, position_of
    from pmlviz.ui.figure_files import STRIP_KINDS, FigureRequest, check_request, write_filmstrip

    request = FigureRequest(figure, theme, width, scale)
    check_request(request, out, STRIP_KINDS)
    document = opened(scenario, map_, clean_every, limit)
    timeline = document.timeline(strategy)
    positions = [position_of(each.strip(), document, timeline) for each in at.split(",")]
    write_filmstrip(document, timeline, positions, request, out)
    typer.echo(str(out))


@app.command()
def conform(
    traces: Annotated[
        list[Path],
        typer.Argument(metavar="TRACE", help="Emulator traces (JSON), or folders of them."),
    ],
) -> int:
    """Replay emulator traces on the processor model.

    Exit code 1 at a difference that is not one of the emulator's known departures from the SDM.
    """
    from pmlviz.core.conform import main_lines

    lines, code = main_lines(traces)
    for line in lines:
        typer.echo(line)
    return code


@app.command()
def info(*, as_json: JsonOpt = False) -> None:
    """Print versions, platform, fonts and folders."""
    import platform
    from importlib.metadata import version

    import platformdirs

    from pmlviz.assets import asset

    rows = {
        "pmlviz": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        **{
            name: version(name)
            for name in ("PySide6-Essentials", "pyqtgraph", "numpy", "msgspec", "immutables")
        },
        "fonts": ", ".join(sorted(path.name for path in asset("fonts").glob("*.ttf"))),
        "settings": platformdirs.user_config_dir("pmlviz"),
        "state": platformdirs.user_state_dir("pmlviz"),
    }
    if as_json:
        typer.echo(json.dumps(rows, indent=1))
        return
    for name, value in rows.items():
        typer.echo(f"{name:<20}{value}")
