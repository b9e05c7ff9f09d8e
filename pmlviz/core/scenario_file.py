"""A scenario file field by field, decoded strictly, and where in its text a field stands."""

import difflib
import re
import tomllib
from typing import Literal

import msgspec

from pmlviz.core.errors import PmlvizError


class RegionTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Guest memory mapped alike."""

    pages: int
    gfn: int = 0
    size: Literal["4K", "2M", "1G"] = "4K"


class MachineTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the script is played on."""

    regions: list[RegionTable]
    vcpus: int = 1
    tlb: Literal["sticky", "flush-on-exit"] = "sticky"
    pml: bool = True
    exec_superpages: bool = True


class ScriptTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is played, and under which strategy."""

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

    exits: dict[Literal["48", "49", "62"], int] | None = None
    """VM exits by reason."""

    log_entries: int | None = None
    index: list[int] | None = None
    """PML index of each vCPU."""

    tables_added: int | None = None


class ScenarioFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file, field by field."""

    title: str
    machine: MachineTable
    script: ScriptTable
    claim: str = ""
    about: str = ""
    next: str = ""
    """Gallery id of the scenario that goes on from here."""

    note: list[Note] = []
    expect: Expect = Expect()


def decode(text: str, place: str) -> ScenarioFile:
    """Return the file that *text* is.

    Raises PmlvizError at *place* for what is no TOML, an unknown key or a wrong type.
    """
    try:
        return msgspec.convert(tomllib.loads(text), ScenarioFile)
    except tomllib.TOMLDecodeError as fault:
        reason, _, where = str(fault).partition(" (at ")
        found = re.match(r"line (\d+)", where)
        line = int(found.group(1)) if found else len(text.splitlines())
        raise PmlvizError(reason, place=at(place, line), hint="scenario files are TOML") from None
    except RecursionError:
        hint = "scenario files are TOML"
        raise PmlvizError("is nested too deeply", place=place, hint=hint) from None
    except msgspec.ValidationError as fault:
        raise _schema_fault(str(fault), text, place) from None


_TABLES: dict[str, type[msgspec.Struct]] = {
    "": ScenarioFile,
    "machine": MachineTable,
    "machine.regions": RegionTable,
    "script": ScriptTable,
    "note": Note,
    "expect": Expect,
}


_FAULT = re.compile(r"(?P<reason>.*?)(?: - at (?:`key` in )?`\$\.?(?P<path>.*)`)?\Z", re.DOTALL)
_CHOICES = {
    "machine.regions.size": "4K, 2M or 1G",
    "machine.tlb": "sticky or flush-on-exit",
    "expect.exits": "48, 49 or 62",
}


def _schema_fault(fault: str, text: str, place: str) -> PmlvizError:
    """Return msgspec's *fault* in the words of the file: table and key, its line, what is known."""
    parts = _FAULT.match(fault)
    assert parts is not None
    reason, path = parts["reason"], parts["path"] or ""
    table = re.sub(r"\[\w*\]", "", path)
    top, _, rest = table.partition(".")
    number = int(found.group(1)) if (found := re.match(r"note\[(\d+)\]", path)) else 0
    field = re.search(r"\bfield `(\w+)`\Z", reason)
    if field is None:
        line = line_of(text, top, number, rest.split(".")[0]) if rest else line_of(text, "", 0, top)
        hint = _CHOICES.get(table, "") if "enum" in reason else ""
        message = reason[0].lower() + reason[1:]
        return PmlvizError(f"{path}: {message}", place=at(place, line), hint=hint)
    name = field.group(1)
    where = f"[{table}]" if table else "the scenario"
    if "missing" in reason:
        hint = "a scenario has a title, [machine] regions and [script] items"
        return PmlvizError(f"{where} has no {name!r}", place=place, hint=hint)
    known = _TABLES[table].__struct_fields__
    near = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    keys = ((top, number, name), (top, number, rest), (name, 0, ""))
    line = next(filter(None, (line_of(text, *key) for key in keys)), None)
    message = f"unknown key {name!r} in {where}"
    return PmlvizError(message, place=at(place, line), hint=f"{hint}({', '.join(known)})")


def at(place: str, line: int | None) -> str:
    """Return *place* with its *line*, if that is known."""
    return place if line is None else f"{place}:{line}"


_HEADER = re.compile(r"\s*\[\[?\s*([\w-]+)\s*\]")


def line_of(text: str, table: str, number: int, key: str) -> int | None:
    """Return the line, from 1, of *key* in the *number*-th [table] or [[table]] of TOML *text*.

    Of an empty *key*, the line of the table's header. None if it is not written as `key = …` on a
    line of its own.
    """
    now, seen, fence = "", -1 if table else 0, ""
    written = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=")
    for n, line in enumerate(text.split("\n"), 1):
        if not fence:
            if header := _HEADER.match(line):
                now = header.group(1)
                seen += now == table
                if now == table and seen == number and not key:
                    return n
            elif now == table and seen == number and written.match(line):
                return n
        for mark in ('"""', "'''"):
            if fence in ("", mark) and line.count(mark) % 2:
                fence = "" if fence else mark
                break
    return None


def first_item(text: str, place: str, items: str) -> tuple[str, int]:
    """Return the place and number of the first line of *items*, as `ItemScript.parse` takes them.

    Where *items* is not written as it reads (escapes), lines are counted inside of it.
    """
    line = line_of(text, "script", 0, "items")
    if line is None:
        return f"{place}: items", 1
    written = "\n".join(text.split("\n")[line - 1 :]).partition("=")[2].lstrip()
    inside = written[3:] if written[:3] in ('"""', "'''") else written[1:]
    body = re.sub(r"\A\r?\n", "", inside) if inside != written[1:] else inside
    if not body.replace("\r\n", "\n").startswith(items.replace("\r\n", "\n")):
        return f"{place}:{line}: items", 1
    return place, line + (body != inside)
