"""Scenario files: a machine, a script, notes and what must come out, in TOML that people review and
edit.

Reading is strict: an unknown key, a wrong type or an impossible machine is one message with its
place. Writing changes only what was changed, so that comments and order of a file written by hand
survive.
"""

import difflib
from pathlib import Path
from typing import Any, Literal

import msgspec
import tomlkit
from tomlkit.exceptions import ParseError
from tomlkit.items import Table

from pmlviz.core.boot import boot
from pmlviz.core.errors import PmlvizError, ScriptError
from pmlviz.core.script import ItemScript, check
from pmlviz.core.state import Platform, Region, State
from pmlviz.core.strategies import STRATEGIES
from pmlviz.core.tlb import TlbPolicy
from pmlviz.core.units import EptLevel, Gfn

LEVELS = {"4K": EptLevel.PTE, "2M": EptLevel.PDE, "1G": EptLevel.PDPTE}


class _RegionTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pages: int
    gfn: int = 0
    size: Literal["4K", "2M", "1G"] = "4K"


class _MachineTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    regions: list[_RegionTable]
    vcpus: int = 1
    tlb: Literal["sticky", "flush-on-exit"] = "sticky"
    pml: bool = True
    exec_superpages: bool = True


class _ScriptTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    items: str
    strategy: str = "xen"


class Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A remark at an item: a caption, and a place where running stops."""

    at: int
    text: str


class Expect(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What must be true when the script has ended; only what is given is checked."""

    bitmap: list[int] | None = None
    """Pages that PEEKs and CLEANs returned, with those in the bitmap at the end."""

    corrupt: list[int] | None = None
    """Pages whose version at the destination differs."""

    lost: list[int] | None = None
    """Pages written whose write is in neither bitmap nor buffer and was never reported."""

    pending: list[int] | None = None
    """Pages only in a PML buffer."""

    exits: dict[str, int] | None = None
    """VM exits by reason: "48", "49", "62"."""

    log_entries: int | None = None
    index: list[int] | None = None
    """PML index of each vCPU."""

    tables_added: int | None = None


class ScenarioFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file, field by field."""

    title: str
    machine: _MachineTable
    script: _ScriptTable
    claim: str = ""
    about: str = ""
    next: str = ""
    """Gallery id of the scenario that goes on from here."""

    note: list[Note] = []
    expect: Expect = Expect()


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
    try:
        document = tomlkit.parse(text)
    except ParseError as fault:
        reason = str(fault).split(" at line ")[0]
        raise PmlvizError(
            reason, place=f"{place}:{fault.line}", hint="scenario files are TOML"
        ) from None
    try:
        file = msgspec.convert(document.unwrap(), ScenarioFile)
    except msgspec.ValidationError as fault:
        raise PmlvizError(str(fault), place=place, hint=_hint(str(fault))) from None
    check_strategy(file.script.strategy, place)
    try:
        start = machine(file.machine)
    except PmlvizError as fault:
        raise PmlvizError(fault.message, place=f"{place}: [machine]", hint=fault.hint) from None
    script = ItemScript.parse(file.script.items, place, _first_item_line(text))
    if not len(script):
        raise ScriptError("the script has no items", place=place, hint="for example: enable")
    try:
        check(start, script)
    except PmlvizError as fault:
        raise PmlvizError(fault.message, place=f"{place}: [script]", hint=fault.hint) from None
    for note in file.note:
        if not 1 <= note.at <= len(script):
            raise PmlvizError(
                f"a note at item {note.at}", place=place, hint=f"items go from 1 to {len(script)}"
            )
    return Scenario(file, start, script, text)


def read(path: Path) -> Scenario:
    """Return the scenario in the file *path*.

    Raises PmlvizError.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else "is not UTF-8 text"
        raise PmlvizError(f"cannot be read: {reason}", place=str(path)) from None
    return parse(text, str(path))


def machine(table: _MachineTable) -> State:
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

    Items that only follow the old ones are added below them, so that comments among the items stay.
    """
    document = tomlkit.parse(text)
    table = document["script"]
    assert isinstance(table, Table)
    old_text = str(table["items"])
    old = ItemScript.parse(old_text)
    lines = [line.text for line in script.lines()]
    old_lines = [line.text for line in old.lines()]
    if lines != old_lines:
        if lines[: len(old_lines)] == old_lines:
            body = old_text.rstrip("\n") + "\n" + "\n".join(lines[len(old_lines) :]) + "\n"
        else:
            body = "\n".join(lines) + "\n"
        table["items"] = tomlkit.string("\n" + body.lstrip("\n"), multiline=True)
    if table.get("strategy", "xen") != strategy:
        table["strategy"] = strategy
    if lines[: len(old_lines)] != old_lines or len(lines) != len(old_lines):
        document.pop("expect", None)  # it spoke of the script as it was
        notes: Any = document.get("note")
        if notes is not None:
            kept = [n for n in notes if 1 <= int(n["at"]) <= len(script)]
            while len(notes) > len(kept):
                notes.pop()
    return tomlkit.dumps(document)


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
    document["machine"] = table
    body = "\n".join(line.text for line in script.lines())
    items = tomlkit.table()
    items["strategy"] = strategy
    items["items"] = tomlkit.string(f"\n{body}\n", multiline=True)
    document["script"] = items
    return tomlkit.dumps(document)


def _first_item_line(text: str) -> int:
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.replace(" ", "")
        if bare.startswith(("items=", '"items"=')):
            return number + 1 if bare.endswith(('"""', "'''")) else number
    return 1


def _hint(fault: str) -> str:
    if "unknown field" in fault:
        return "keys: title, claim, about, [machine], [script], [[note]], [expect]; see the README"
    if "missing required field" in fault:
        return "a scenario has a title, [machine] regions and [script] items"
    return ""
