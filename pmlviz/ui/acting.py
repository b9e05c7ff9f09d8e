"""What is typed or clicked as script items, and what each would do before it is done."""

from collections.abc import Sequence

import msgspec

from pmlviz.core import events as e
from pmlviz.core.errors import IllegalAction, PmlvizError
from pmlviz.core.exits import ExitReason
from pmlviz.core.items import Item, parse_line
from pmlviz.core.machine import enabled
from pmlviz.core.script import drive
from pmlviz.core.state import State
from pmlviz.core.stats import Tally
from pmlviz.core.strategies import Strategy
from pmlviz.core.units import page_size_name

_TRIED = 8
"""Of a range, so many first items are played to tell what it would do."""

_EXITS = {
    ExitReason.EPT_VIOLATION: "EPT violation",
    ExitReason.EPT_MISCONFIG: "EPT misconfiguration",
    ExitReason.PML_FULL: "PML full",
}


def items_of(text: str, vcpu: int = 0) -> tuple[Item, ...]:
    """Return what *text* asks for: an address or `gfn N` is a write, anything else a script line.

    Accesses without a vCPU of their own are made by *vcpu*. Raises ScriptError.
    """
    line = text.split("#", 1)[0].strip()
    if line[:1].isdigit() or line.startswith("gfn"):
        line = f"write {line}"
    items = parse_line(line)
    if vcpu and not line.startswith("vcpu"):
        items = tuple(
            msgspec.structs.replace(item, vcpu=vcpu) if item.is_access else item for item in items
        )
    return items


def why_not(state: State, item: Item, strategy: Strategy) -> str:
    """Return why *item* is not allowed in *state*; empty if it is."""
    return enabled(state, item.action, strategy)


def predict(state: State, items: Sequence[Item], strategy: Strategy) -> str:
    """Return in a few words what *items* would do to *state*: `EPT violation, 2 MiB split, …`."""
    done: list[e.Event] = []
    for item in items[:_TRIED]:
        try:
            for step in drive(state, item, strategy):
                done += step.events
                state = step.state
        except IllegalAction as refused:
            return refused.message
    words = _words(done)
    if len(items) > _TRIED:
        words.append(f"… and {len(items) - _TRIED:,} more")
    return ", ".join(words)


def hint(state: State, text: str, vcpu: int, strategy: Strategy) -> str:
    """Return `write 0x6000 → …`, or what is wrong with *text*; empty for no text."""
    if not text.strip():
        return ""
    try:
        items = items_of(text, vcpu)
    except PmlvizError as fault:
        return f"{fault.message}; {fault.hint}" if fault.hint else fault.message
    if not items:
        return ""
    what = items[0].text if len(items) == 1 else f"{items[0].text} … {items[-1].text}"
    return f"{what} → {predict(state, items, strategy)}"


def _words(done: Sequence[e.Event]) -> list[str]:
    words: list[str] = []
    for event in done:
        match event:
            case e.VmExited(exit=vm_exit):
                words.append(_EXITS.get(vm_exit.reason, f"exit {vm_exit.reason.value}"))
            case e.SuperpageSplit(level=level):
                words.append(f"{page_size_name(level)} split")
            case e.DirtySet():
                words.append("D 0→1")
            case e.PmlLogged(slot=slot):
                words.append(f"logged in slot {slot}")
            case e.PageMarked(gfn=gfn, by=e.MarkedBy.HANDLER):
                words.append(f"gfn {gfn} marked")
            case e.BitmapCleaned(pages) | e.BitmapPeeked(pages):
                words.append(f"{pages:,} pages returned")
            case e.DrainBegan(count=count) if count:
                words.append(f"{count} drained")
            case e.AllPagesCopied(pages):
                words.append(f"{pages:,} pages sent")
            case e.PagesCopied(gfns) if gfns:
                words.append(f"{len(gfns):,} pages sent")
            case _:
                continue
    words = list(dict.fromkeys(words))[:6]
    tally = Tally().after(done)
    if tally.tables_added:
        words.append(f"+{tally.tables_added} table{'s' if tally.tables_added > 1 else ''}")
    if any(isinstance(event, e.AccessDone) for event in done):
        if not tally.exits:
            words.append("no exit")
        if not words or words == ["no exit"]:
            words = ["nothing is logged", "no exit"]
    return words or ["no visible effect"]
