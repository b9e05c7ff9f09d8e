"""Scenario files: a machine, a script, notes and what must come out, in TOML that people edit.

Reading is strict: an unknown key, a wrong type or an impossible machine is one message with its
place. Writing changes only what was changed, so that comments and order of a file written by hand
survive.
"""

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import tomlkit
from tomlkit.items import Item as TomlItem

from pmlviz.core.boot import boot
from pmlviz.core.errors import PmlvizError, ScriptError
from pmlviz.core.scenario_file import Expect as Expect
from pmlviz.core.scenario_file import MachineTable, ScenarioFile, at, decode, first_item, line_of
from pmlviz.core.scenario_file import Note as Note
from pmlviz.core.script import ItemScript, bare, check
from pmlviz.core.state import Platform, Region, State
from pmlviz.core.strategies import STRATEGIES
from pmlviz.core.tlb import TlbPolicy
from pmlviz.core.units import EptLevel, Gfn

LEVELS = {"4K": EptLevel.PTE, "2M": EptLevel.PDE, "1G": EptLevel.PDPTE}


class Scenario(msgspec.Struct, frozen=True):
    """A scenario ready to play."""

    file: ScenarioFile
    start: State
    script: ItemScript
    toml: str
    """The text it was read from."""

    @property
    def title(self) -> str:
        """The scenario's claim in words."""
        return self.file.title

    @property
    def strategy(self) -> str:
        """Name of the strategy that the file asks for."""
        return self.file.script.strategy


def parse(text: str, place: str = "scenario") -> Scenario:
    """Return the scenario that *text* spells.

    Raises PmlvizError with *place*, the fault and a hint.
    """
    file = decode(text, place)
    strategy_line = line_of(text, "script", 0, "strategy")
    check_strategy(file.script.strategy, at(place, strategy_line))
    try:
        start = machine(file.machine)
    except PmlvizError as fault:
        where = at(place, line_of(text, "machine", 0, "regions"))
        raise PmlvizError(fault.message, place=where, hint=fault.hint) from None
    script = ItemScript.parse(file.script.items, *first_item(text, place, file.script.items))
    if not len(script):
        where = at(place, line_of(text, "script", 0, "items"))
        raise ScriptError("the script has no items", place=where, hint="for example: enable")
    check(start, script)
    for number, note in enumerate(file.note):
        if not 1 <= note.at <= len(script):
            raise PmlvizError(
                f"a note at item {note.at}",
                place=at(place, line_of(text, "note", number, "at")),
                hint=f"items go from 1 to {len(script)}",
            )
    return Scenario(file, start, script, text)


def read(path: Path, place: str = "") -> Scenario:
    """Return the scenario in the file *path*.

    Raises PmlvizError.
    """
    place = place or str(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else "is not UTF-8 text"
        raise PmlvizError(
            f"cannot be read: {reason}",
            place=place,
            hint="pmlviz opens scenarios, traces and its own figures",
        ) from None
    return parse(text, place)


def machine(table: MachineTable) -> State:
    """Return the first state of the machine in *table*."""
    platform = Platform(
        tlb_policy=TlbPolicy(table.tlb), pml=table.pml, exec_sp=table.exec_superpages
    )
    regions = [Region(Gfn(r.gfn), r.pages, LEVELS[r.size]) for r in table.regions]
    return boot(regions, vcpus=table.vcpus, platform=platform)


def check_strategy(name: str, place: str = "") -> None:
    """Raise PmlvizError unless there is a strategy *name*."""
    if name not in STRATEGIES:
        near = difflib.get_close_matches(name, STRATEGIES, 1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise PmlvizError(
            f"unknown strategy {name!r}", place=place, hint=f"{hint}({', '.join(STRATEGIES)})"
        )


def with_script(text: str, script: ItemScript, strategy: str) -> str:
    """Return scenario *text* with its items and strategy replaced, and all else as it was.

    Lines that stay keep their comments. Notes on items that changed are dropped, and so is what was
    expected of another script or strategy.
    """
    document = tomlkit.parse(text)
    table: Any = document["script"]
    old_text = str(table["items"])
    old = ItemScript.parse(old_text)
    lines = [line.text for line in script.lines()]
    old_lines = [line.text for line in old.lines()]
    same_strategy = table.get("strategy", "xen") == strategy
    if lines == old_lines and same_strategy:
        return text
    if not same_strategy:
        table["strategy"] = strategy
    if lines != old_lines:
        table["items"] = _multiline(_body(old_text, old_lines, lines))
        kept = _common(
            [old.item(n) for n in range(1, len(old) + 1)],
            [script.item(n) for n in range(1, len(script) + 1)],
        )
        notes: Any = document.get("note", [])
        for number in reversed(range(len(notes))):
            if int(notes[number]["at"]) > kept:
                del notes[number]
        if not notes:
            document.pop("note", None)
    document.pop("expect", None)
    return tomlkit.dumps(document).rstrip("\n") + "\n"


def with_notes(text: str, notes: Sequence[tuple[int, str]]) -> str:
    """Return scenario *text* with *notes* (item, text); those that stay keep their comments."""
    document = tomlkit.parse(text)
    tables: Any = document.get("note")
    if tables is None:
        tables = tomlkit.aot()
    old = [(int(table["at"]), str(table["text"])) for table in tables]
    if old == list(notes):
        return text
    for number in reversed(range(len(old))):
        if old[number] not in notes:
            del tables[number]
    for note in notes:
        if note not in old:
            table = tomlkit.table()
            table["at"], table["text"] = note
            tables.append(table)
    if not tables:
        document.pop("note", None)
    elif "note" not in document:
        document["note"] = tables
    return tomlkit.dumps(document).rstrip("\n") + "\n"


def _body(old_text: str, old_lines: list[str], lines: list[str]) -> str:
    """Return *lines* as they are written in a file, those of *old_text* that stay as they were."""
    kept = _common(old_lines, lines)
    written, left = [], kept
    for line in old_text.strip("\n").split("\n"):
        if not bare(line):
            if left or kept == len(old_lines):
                written.append(line)
        elif left:
            written.append(line)
            left -= 1
    return "\n".join([*written, *lines[kept:]]) + "\n"


def _common(old: Sequence[object], new: Sequence[object]) -> int:
    """Return how many elements at the start of both are the same."""
    return next(
        (n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b),
        min(len(old), len(new)),
    )


def blank(script: ItemScript, start: State, strategy: str, title: str) -> str:
    """Return the text of a new scenario file."""
    names = {level: name for name, level in LEVELS.items()}
    document = tomlkit.document()
    document["title"] = title
    table = tomlkit.table()
    if len(start.vcpus) != 1:
        table["vcpus"] = len(start.vcpus)
    regions = tomlkit.array()
    for region in start.domain.regions:
        inline = tomlkit.inline_table()
        inline.update({"gfn": int(region.gfn), "pages": region.pages, "size": names[region.level]})
        regions.append(inline)
    table["regions"] = regions
    if start.platform.tlb_policy is not TlbPolicy.STICKY:
        table["tlb"] = start.platform.tlb_policy.value
    if not start.platform.pml:
        table["pml"] = False
    if not start.platform.exec_sp:
        table["exec_superpages"] = False
    document["machine"] = table
    body = "\n".join(line.text for line in script.lines())
    items = tomlkit.table()
    items["strategy"] = strategy
    items["items"] = _multiline(f"{body}\n")
    document["script"] = items
    return tomlkit.dumps(document)


def _multiline(text: str) -> TomlItem:
    """Return *text* as a TOML string whose lines stand below the opening quotes."""
    quoted = tomlkit.string(text, multiline=True).as_string()
    return tomlkit.value(f'"""\n{quoted[3:]}')
