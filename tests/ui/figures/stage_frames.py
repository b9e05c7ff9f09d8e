"""Frames to draw the stage from: scripts played under a strategy, and random ones."""

from collections.abc import Iterator

from hypothesis import strategies as st
from msgspec.structs import replace

from pmlviz.core.boot import GUEST_MFN, boot
from pmlviz.core.events import MemoryWritten
from pmlviz.core.run import Run
from pmlviz.core.script import ItemScript
from pmlviz.core.state import GuestPaging, Platform, Region, State
from pmlviz.core.strategies import STRATEGIES
from pmlviz.core.timeline import Position, Timeline
from pmlviz.core.units import EptLevel, Gfn, Gpa, Mfn
from pmlviz.ui.frame import Frame, resolve

FULL = (1092.0, 290.0, 104.0, 114.0)
"""Width of the stage, heights of road, deck and narration in a window of 1600 x 1000."""
COMPACT = (1030.0, 246.0, 66.0, 76.0)
"""The same at 1280 x 800."""
SIZES = (FULL, COMPACT, (1400.0, 290.0, 104.0, 114.0), (1010.0, 236.0, 66.0, 76.0))

GOLDEN = """\
enable
copy-all
write 0x5000
write 0x6000
write 0x6000
clean
"""
_FAR = (1 << 36) - 512
_ADDRESSES = (0, 0x5000, 0x6000, 0x7FF8, 0x200000, 0x40005000, 0x3FFFFFFFF, _FAR << 12, 1 << 47)


def timeline(
    script: str,
    *,
    level: EptLevel = EptLevel.PDE,
    pages: int = 4096,
    strategy: str = "xen",
    vcpus: int = 1,
    hole: bool = False,
) -> Timeline:
    """Return *script* on a guest of one region, ready to be played.

    *hole*: a second region lies 1 GiB higher, and nothing in between.
    """
    regions = [Region(Gfn(0), pages, level)]
    if hole:
        regions.append(Region(Gfn(1 << 18), 512, EptLevel.PDE))
    state = boot(regions, vcpus=vcpus)
    return Timeline(state, ItemScript.parse(script), STRATEGIES[strategy])


def frame_at(
    line: Timeline, item: int, event: int | None = None, *, selection: int | None = None
) -> Frame:
    """Return the frame of *line* at *event* of *item*; at rest after it if *event* is None."""
    position = line.rest(item) if event is None else Position(item, event)
    return resolve(line, position, selection=None if selection is None else Gfn(selection))


def frame_after(line: Timeline, item: int, kind: type, nth: int = 1) -> Frame:
    """Return the frame of *line* just after the *nth* event of *kind* in *item*."""
    line.record_to(item)
    places = [n for n, x in enumerate(line.play(item).events, 1) if isinstance(x, kind)]
    return frame_at(line, item, places[nth - 1])


def positions(line: Timeline, most: int) -> Iterator[Position]:
    """Yield the start and every position of every item; of long items the ends only."""
    yield Position()
    line.record_to(len(line.script))
    for item in range(1, line.recorded + 1):
        n = line.summary.events[item]
        events = range(1, n + 1) if n <= most else (*range(1, most // 2), n - 3, n - 1, n)
        for event in events or (0,):
            yield Position(item, event)


_ops = st.sampled_from(
    (
        *("enable", "enable", "disable", "peek", "clean", "clean", "copy-all", "drain", "invept"),
        *("stop-and-copy", "set-index 0x200", "set-index 0xffff", "set-index 3"),
    )
)
_words = st.sampled_from(["write", "write", "write", "read", "fetch", "rmw", "walk"])


@st.composite
def _accesses(draw: st.DrawFn) -> str:
    who = draw(st.sampled_from(["", "", "vcpu1 "]))
    at = draw(st.one_of(st.sampled_from(_ADDRESSES), st.integers(0, 0x1FFFFF)))
    size = draw(st.sampled_from(["", "", " size 8", " size 4096"]))
    return f"{who}{draw(_words)} {at:#x}{size}"


@st.composite
def _states(draw: st.DrawFn) -> State:
    far = Region(Gfn(_FAR), 512, draw(st.sampled_from([EptLevel.PTE, EptLevel.PDE])))
    level = draw(st.sampled_from([EptLevel.PTE, EptLevel.PDE, EptLevel.PDPTE]))
    pages = {EptLevel.PTE: 1024, EptLevel.PDE: 2048, EptLevel.PDPTE: 1 << 22}[level]
    platform = Platform(ad=draw(st.sampled_from([True, True, False])), exec_sp=draw(st.booleans()))
    vcpus = draw(st.sampled_from([1, 2]))
    return boot([Region(Gfn(0), pages, level), far], vcpus=vcpus, platform=platform)


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    """Return a random script of a few items on a guest with low and very high addresses."""
    lines = draw(st.lists(st.one_of(_accesses(), _accesses(), _ops), min_size=1, max_size=7))
    script = ItemScript.parse("\n".join(["enable", *lines] if draw(st.booleans()) else lines))
    strategy = draw(st.sampled_from(sorted(STRATEGIES)))
    return Timeline(draw(_states()), script, STRATEGIES[strategy])


_PRESENT_RW = 0x3


def paged(script: str, *, level: EptLevel = EptLevel.PTE) -> Timeline:
    """Return *script* on a guest of 1024 pages with paging on: linear 0x5000 is gfn 600."""
    state = boot([Region(Gfn(0), 1024, level)])
    run = Run(state)
    words = {0x10000: 0x11000, 0x11000: 0x12000, 0x12000: 0x13000, 0x13028: 600 << 12}
    for gpa, leads in words.items():
        frame = Mfn(GUEST_MFN + (gpa >> 12))
        run.emit(MemoryWritten(frame, (gpa & 0xFFF) >> 3, leads | _PRESENT_RW))
    vcpus = tuple(replace(v, paging=GuestPaging(Gpa(0x10000))) for v in state.vcpus)
    return Timeline(replace(run.state, vcpus=vcpus), ItemScript.parse(script), STRATEGIES["xen"])
