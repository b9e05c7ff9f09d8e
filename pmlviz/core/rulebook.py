"""docs/rules.md: every rule, where it is written, and where it is done. A test keeps it up to date.

The functions are found by looking at the code: those that make an event obey the event's rule.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import get_args

from pmlviz.core import events
from pmlviz.core.exits import ExitReason, VmExit
from pmlviz.core.rules import CITATIONS, SOURCES, Rule, Source

_CORE = Path(__file__).parent
_TITLES = {
    Source.SDM: "The processor",
    Source.XEN: "The hypervisor",
    Source.THREAD: "The discussion",
}
_HEAD = """\
# The rules

What pmlviz does, rule by rule: what is written, where it is written, the event that says it has
happened, and the functions that make it happen. Sources are cited by heading or function, which
outlive editions and line numbers; the sentences are our own. `make golden` writes this file.
"""


def events_of(rule: Rule) -> list[str]:
    """Return the names of the events that obey *rule*; a VM exit's rule is that of its reason."""
    names = [
        kind.__name__
        for kind in get_args(events.Event)
        if isinstance(kind.rule, Rule) and kind.rule is rule
    ]
    exits = [x for x in (48, 49, 62) if _exit_rule(x) is rule]
    return names + [f"{events.VmExited.__name__} ({number})" for number in exits]


def _exit_rule(number: int) -> Rule:
    return events.VmExited(0, VmExit(ExitReason(number))).rule


def makers(paths: Iterable[Path]) -> dict[str, list[str]]:
    """Return, for each event's name, the functions in *paths* that make one: `cpu.access`."""
    names = {kind.__name__ for kind in get_args(events.Event)}
    found: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and (made := _called(node)) in names:
                    found[made].add(f"{path.stem}.{function.name}")
    return {name: sorted(functions) for name, functions in found.items()}


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def document() -> str:
    """Return the text of docs/rules.md."""
    # An emulator's program, played again, obeys that emulator and is no part of the rules.
    modules = (path for path in _CORE.glob("*.py") if not path.stem.startswith("emulator_"))
    made = makers(sorted(modules))
    parts = [_HEAD]
    for source in Source:
        rules = [rule for rule in Rule if CITATIONS[rule].source is source]
        if not rules:
            continue
        parts.append(f"\n## {_TITLES[source]}\n\n{SOURCES[source]}.\n")
        parts += [_entry(rule, made) for rule in rules]
    return "".join(parts)


def _entry(rule: Rule, made: dict[str, list[str]]) -> str:
    citation = CITATIONS[rule]
    names = events_of(rule)
    functions = sorted({f for name in names for f in made.get(name.split(" ")[0], [])})
    where = ", ".join(f"`{f}`" for f in functions) or "nowhere"
    shown = ", ".join(f"`{name}`" for name in names)
    return (
        f"\n### {rule.value}\n\n{citation.says}\n\n"
        f"- written: {citation.where}\n- event: {shown}\n- done: {where}\n"
    )
