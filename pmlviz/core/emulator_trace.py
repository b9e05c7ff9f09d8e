"""Traces of an emulator's PML, as JSON: one scenario, its operations, and what came of each.

Numbers in a trace are integers or strings such as `"0x1000000"`. An operation carries only the
fields that it has; a step, what happened (`ev`), the PML index and raw EPT entries afterwards.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from pmlviz.core.errors import TraceError
from pmlviz.core.units import EptLevel

FORMAT = "pml-oracle-trace/1"
_HINT = f'a trace is one JSON object whose "format" is "{FORMAT}"'
Number = int | Annotated[str, msgspec.Meta(pattern="^(0[xX][0-9a-fA-F]+|[0-9]+)$")]
Row = list[str]
"""One EPT walk as text: the guest-physical address, then the raw entries from the root down."""

LEVELS = {"4K": EptLevel.PTE, "2M": EptLevel.PDE, "1G": EptLevel.PDPTE, "512G": EptLevel.PML4E}
LevelName = Literal["4K", "2M", "1G", "512G"]
OnViolation = Literal["skip", "split_w_all", "split_w_fault", "grant", "grant_dirty"]
OnFull = Literal["skip", "drain", "drain_clear"]
HostOp = Literal[
    "MAP", "UNMAP", "SETENT", "PROTECT", "CLEAR_D", "CLEAR_A", "SET_D", "SPLIT", "INVEPT",
    "SET_INDEX", "DRAIN", "SET_POLICY", "PML_ENABLE", "AD_ENABLE", "POKE", "LOOK", "SYNC",
]  # fmt: skip
GuestOp = Literal[
    "READ", "WRITE", "RMW", "EXEC", "WRITE_RANGE", "READ_RANGE", "GCLEAR_D", "GCLEAR_A", "INVLPG"
]


def number(value: Number) -> int:
    """Return *value* as an int."""
    return int(value, 0) if isinstance(value, str) else value


class Op(msgspec.Struct, frozen=True):
    """One operation; fields that it does not have hold their defaults."""

    op: HostOp | GuestOp
    gpa: Number | None = None
    addr: Number | None = None
    level: LevelName = "4K"
    perm: str = "rwx"
    a: int = msgspec.field(name="A", default=0)
    d: int = msgspec.field(name="D", default=0)
    hpa: Number | None = None
    memtype: int = 6
    count: int = 1
    bytes: int = 4096
    stride: int = 4096
    size: int | None = None
    value: Number | None = None
    w: Literal["all", "one", "parent"] = "all"
    index: Number = 511
    clear: int = 0
    on: int = 1
    on_violation: OnViolation | None = None
    on_full: OnFull | None = None
    auto: str = ""
    """Not empty: done by the hypervisor before the guest was launched."""


class GuestPage(msgspec.Struct, frozen=True):
    """Pages that the guest's own tables map: *count* of *size* from *lin* to *gpa*."""

    lin: Number
    gpa: Number
    size: Literal["4K", "2M", "1G"] = "4K"
    count: int = 1
    w: int = 1


class Scenario(msgspec.Struct, frozen=True):
    """What the trace ran, without its operations."""

    name: str
    guest: Literal["unpaged32", "paged64"] = "unpaged32"
    mode: Literal["step", "batch"] = "step"
    index: Number = 511
    on_violation: OnViolation = "skip"
    on_full: OnFull = "drain"
    pml: int = 1
    ad: int = 1
    guest_pt_base: Number = 0x7000000
    guest_map: list[GuestPage] | None = None


class Exit(msgspec.Struct, frozen=True):
    """What a VM exit among the events must at least have."""

    reason: Literal[48, 49, 62]
    idx: int
    at_op: int
    pre: list[Row]
    qual: Annotated[str, msgspec.Meta(pattern="^0x[0-9a-f]+$")] = "0x0"


class Step(msgspec.Struct, frozen=True):
    """One operation and what came of it; `"boot"` is the first VM entry, `"end"` what came last."""

    i: int | Literal["boot", "end"]
    ev: list[list[Any]]
    op: Op | None = None
    st: int | None = None
    val: int | None = None
    idx: int | None = None
    ept: list[Row] | None = None


class Final(msgspec.Struct, frozen=True):
    """What the last VM exit left behind."""

    idx: int
    pml: int
    ad: int


class EmulatorTrace(msgspec.Struct, frozen=True):
    """A whole trace."""

    format: str
    emulator: str
    scenario: Scenario
    steps: list[Step]
    final: Final


def read(path: str | Path) -> EmulatorTrace:
    """Return the trace in the file at *path*. Raises TraceError for a file that is none."""
    try:
        content = msgspec.json.decode(Path(path).read_bytes())
    except OSError as error:
        raise TraceError(error.strerror or "cannot be read", path=path) from None
    except msgspec.DecodeError as error:
        raise TraceError(str(error), path=path, hint=_HINT) from None
    return decode(content, path=path)


def decode(content: object, *, path: str | Path = "trace") -> EmulatorTrace:
    """Return the trace in JSON *content*, read from *path*. Raises TraceError if it is none."""
    try:
        trace = msgspec.convert(content, EmulatorTrace)
    except msgspec.ValidationError as error:
        raise TraceError(str(error), path=path, hint=_HINT) from None
    if trace.format != FORMAT:
        raise TraceError(f"unknown format {trace.format!r}", path=path, hint=_HINT)
    for step in trace.steps:
        for told in step.ev:
            _check_event(step, told, path)
    return trace


def _check_event(step: Step, told: list[Any], path: str | Path) -> None:
    """Raise TraceError unless an exit among what is *told* can be read."""
    try:
        if told[0] == "exit":
            msgspec.convert(told[1], Exit)
    except (IndexError, msgspec.ValidationError) as error:
        raise TraceError(f"step {step.i}: {error}", path=path, hint=_HINT) from None
