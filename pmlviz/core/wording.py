"""Words for the numbers and things of the machine, said in one way everywhere.

Addresses, entries, frames and qualifications are hex with 0x; gfns and counts are decimal. A gfn or
gpa never stands without its label.
"""

from collections.abc import Collection, Sequence

from pmlviz.core.bitset import Bitset
from pmlviz.core.ept import RESERVED_EMT, EptEntry, P2mType, PathStep
from pmlviz.core.ept_access import is_misconfigured
from pmlviz.core.exits import AccessKind, Qualification
from pmlviz.core.pml import is_full
from pmlviz.core.state import State
from pmlviz.core.units import EptLevel, fmt, fmt_size, gfn_of

NAMED_AT_MOST = 4
"""More pages or vCPUs than this are counted, not named."""
_LOOKED_AT = 1 << 16
"""More pages than this are counted, not looked at."""

_VERBS = {
    AccessKind.READ: ("reads", "read", "reading"),
    AccessKind.WRITE: ("writes", "write", "writing"),
    AccessKind.FETCH: ("fetches from", "fetch from", "fetching from"),
    AccessKind.RMW: ("reads and writes", "read and write", "reading and writing"),
    AccessKind.WALK: ("uses", "use", "using"),
}
_NOUNS = {
    AccessKind.READ: "read",
    AccessKind.WRITE: "write",
    AccessKind.FETCH: "fetch",
    AccessKind.RMW: "read-modify-write",
    AccessKind.WALK: "page-walk access",
}


def does(kind: AccessKind) -> str:
    """Return what an access of *kind* does: `writes`."""
    return _VERBS[kind][0]


def do(kind: AccessKind) -> str:
    """Return what an access of *kind* is to do: `write`."""
    return _VERBS[kind][1]


def doing(kind: AccessKind) -> str:
    """Return what an access of *kind* is about: `writing`."""
    return _VERBS[kind][2]


def noun(kind: AccessKind) -> str:
    """Return an access of *kind* as a thing: `write`."""
    return _NOUNS[kind]


def count(n: int, thing: str, things: str = "") -> str:
    """Return `1 page`, `512 pages`."""
    return f"{n} {thing if n == 1 else things or thing + 's'}"


def listed(items: Sequence[str]) -> str:
    """Return `5`, `5 and 6`, `5, 6 and 7`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def gfns(pages: Collection[int] | Bitset) -> str:
    """Return few *pages* by name, a run by its ends, many by their number; `no page` for none."""
    if not 0 < len(pages) <= _LOOKED_AT:
        return count(len(pages), "page") if pages else "no page"
    known = sorted(pages)
    if len(known) <= NAMED_AT_MOST:
        return f"gfn {listed([str(gfn) for gfn in known])}"
    if known[-1] - known[0] == len(known) - 1:
        return f"gfn {known[0]} to {known[-1]}"
    return count(len(known), "page")


def span(first: int, n: int) -> str:
    """Return the *n* pages from *first* on: `gfn 5`, `gfn 0 to 511`."""
    return f"gfn {first}" if n == 1 else f"gfn {first} to {first + n - 1}"


def slots(first: int, n: int) -> str:
    """Return the *n* slots from *first* up: `slot 511`, `slots 510 and 511`, `slots 0 to 511`."""
    if n == 1:
        return f"slot {first}"
    return f"slots {first} {'and' if n == 2 else 'to'} {first + n - 1}"


def vcpus(numbers: Sequence[int]) -> str:
    """Return `vCPU 0`, `vCPU 0 and 1`, `16 vCPUs`."""
    if len(numbers) > NAMED_AT_MOST:
        return count(len(numbers), "vCPU")
    return f"vCPU {listed([str(n) for n in numbers])}"


def place(gpa: int) -> str:
    """Return an address with its page: `gpa 0x6000 (gfn 6)`."""
    return f"gpa {fmt(gpa)} (gfn {gfn_of(gpa)})"


def entry(level: EptLevel, index: int) -> str:
    """Return the name of an entry: `PTE 6`."""
    return f"{level.name} {index}"


def step_name(step: PathStep) -> str:
    """Return the name of the entry met in *step*."""
    return entry(step.level, step.index)


def size(state: State, level: EptLevel) -> str:
    """Return the size of the page that a leaf of *level* maps: `2 MiB`."""
    return fmt_size(state.geometry.pages(level))


def index(value: int, entries: int) -> str:
    """Return a PML index: the decimal slot it names, or hex where it names none."""
    return fmt(value) if is_full(value, entries) else str(value)


def ordinal(n: int) -> str:
    """Return `1st`, `2nd`, `512th`."""
    suffix = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{suffix}"


def p2mt(number: int) -> str:
    """Return a page type as Xen's people say it: `ram_rw`, `logdirty`."""
    if number == P2mType.RAM_LOGDIRTY:
        return "logdirty"
    try:
        return P2mType(number).name.lower()
    except ValueError:
        return f"type {number}"


def flags(leaf: int) -> str:
    """Return the two flags of a leaf that log-dirty turns: `W=1 D=0`."""
    e = EptEntry(leaf)
    return f"W={e.w:d} D={e.d:d}"


def granted(qualification: int) -> str:
    """Return R, W, X over the path as an exit qualification has them: `R-X`."""
    bits = (Qualification.PATH_R, Qualification.PATH_W, Qualification.PATH_X)
    return "".join(x if qualification & bit else "-" for x, bit in zip("RWX", bits, strict=True))


def tried(qualification: int) -> str:
    """Return what was tried, by an exit qualification: `a data write`."""
    if not qualification & Qualification.GLA_TRANSLATION:
        return "an access to a guest paging-structure entry"
    if qualification & Qualification.FETCH:
        return "an instruction fetch"
    return "a data write" if qualification & Qualification.WRITE else "a data read"


def malformed(state: State, step: PathStep) -> str:
    """Return what is wrong with the entry of *step*: `holds memory type 7`; "" if nothing is."""
    e, platform = step.entry, state.platform
    if not e.present or not is_misconfigured(
        e, step.level, state.geometry, exec_only=platform.exec_only
    ):
        return ""
    if e.w and not e.r:
        return "has W without R"
    if not (e.r or e.w) and not platform.exec_only:
        return "has X alone"
    if e.emt and (not e.is_leaf(step.level) or e.emt in RESERVED_EMT):
        return f"holds memory type {e.emt}"
    return "has a reserved bit set"


def denying(path: Sequence[PathStep], right: str) -> PathStep | None:
    """Return the first entry of *path* that does not grant *right* (`r`, `w`, `x`), if any."""
    return next((step for step in path if not getattr(step.entry, right)), None)
