"""The EPT's bits of every page: by a slow walk of each, and at what cost."""

from collections.abc import Sequence

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from msgspec.structs import replace

from pmlviz.core.boot import boot
from pmlviz.core.ept import RESERVED_EMT, EptEntry, walk
from pmlviz.core.evolve import fold
from pmlviz.core.run import Step
from pmlviz.core.script import ItemScript
from pmlviz.core.state import Region, State
from pmlviz.core.strategies import STRATEGIES
from pmlviz.core.timeline import Position, Timeline
from pmlviz.core.units import EptLevel, Gfn
from pmlviz.ui.figures.ept_map import (
    GUARDED,
    HUGE,
    LARGE,
    MISCONFIGURED,
    PAGE,
    READ_ONLY,
    EptMap,
    Window,
)
from pmlviz.ui.frame import Frame, resolve
from tests.core.random_runs import Choice, Flip, machines, scripts, steps, tampered_scripts

SIZES = {EptLevel.PTE: PAGE, EptLevel.PDE: LARGE, EptLevel.PDPTE: HUGE}
MIB_256 = 1 << 16
TIB = 1 << 28


def by_walking(state: State, gfn: int) -> int:
    """Return the bits of one page, found the way the processor finds its entry."""
    path = walk(state.memory, state.domain.root, gfn, state.geometry)
    last = path[-1]
    if not last.entry.present:
        return 0
    size = SIZES[last.level]
    if any(bad(step.entry, leaf=step is last) for step in path):
        return size | MISCONFIGURED
    if all(step.entry.w for step in path):
        return size
    return size | (READ_ONLY if size == PAGE else GUARDED)


def bad(entry: EptEntry, *, leaf: bool) -> bool:
    return entry.emt in RESERVED_EMT if leaf else entry.emt != 0


def frame_between(template: Frame, before: State, step: Step, event: int) -> Frame:
    return replace(
        template,
        before=before,
        state=fold(before, step.events[:event]),
        events=step.events,
        position=Position(1, event),
    )


def a_frame(state: State) -> Frame:
    line = Timeline(state, ItemScript.parse("invept"), STRATEGIES["xen"])
    return resolve(line, Position())


@given(
    start=machines(),
    script=st.one_of(scripts(), tampered_scripts()),
    strategy=st.sampled_from(sorted(STRATEGIES)),
    data=st.data(),
)
def test_bits_are_those_of_a_walk_however_one_jumps_between_frames(
    start: State, script: Sequence[Choice | Flip], strategy: str, data: st.DataObject
) -> None:
    states, before = [], start
    for step in steps(start, script, STRATEGIES[strategy]):
        states.append((before, step))
        before = step.state
    template, ept = a_frame(start), EptMap()
    size = min(start.geometry.max_pages, 256)
    window = Window(0, size, 0)

    jumps = data.draw(st.lists(st.integers(0, max(0, len(states) - 1)), max_size=6))
    for at in (*jumps, *range(len(states))):
        if not states:
            break
        before, step = states[at]
        event = data.draw(st.integers(0, len(step.events)))
        frame = frame_between(template, before, step, event)
        ept.follow(frame)
        order = data.draw(st.integers(0, 4))
        cells = Window(0, max(1, size >> order), order)
        pages = [by_walking(frame.state, gfn) for gfn in range(size)]

        assert ept.bits(window).tolist() == pages
        grouped = np.array(pages, np.uint8).reshape(cells.cells, -1)
        assert ept.bits(cells).tolist() == np.bitwise_or.reduce(grouped, axis=1).tolist()


@given(start=machines(), first=st.integers(0, 60), cells=st.integers(1, 40))
def test_a_window_may_lie_anywhere(start: State, first: int, cells: int) -> None:
    ept = EptMap()
    ept.follow(a_frame(start))
    known = [
        by_walking(start, gfn) if gfn < start.geometry.max_pages else 0
        for gfn in range(first, first + cells)
    ]

    assert ept.bits(Window(first, cells, 0)).tolist() == known


def writes(pages: int, level: EptLevel, *, strategy: str = "xen") -> Timeline:
    gfns = [*range(0, 40, 3), *range(0, pages, pages // 16)]
    script = "\n".join(["enable", *[f"write gfn {gfn}" for gfn in gfns]])
    state = boot([Region(Gfn(0), pages, level)])
    return Timeline(state, ItemScript.parse(script), STRATEGIES[strategy])


def looks_a_step(line: Timeline) -> list[int]:
    ept, looks = EptMap(), []
    for item in range(1, len(line.script) + 1):
        before = ept.looks
        ept.follow(resolve(line, line.rest(item)))
        looks.append(ept.looks - before)
    return looks[1:]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_step_costs_the_same_looks_in_a_guest_of_256_mib_and_of_1_tib(strategy: str) -> None:
    small = looks_a_step(writes(MIB_256, EptLevel.PDE, strategy=strategy))
    large = looks_a_step(writes(TIB, EptLevel.PDE, strategy=strategy))

    # A first touch pushes the recalculation mark down, through at most three tables.
    assert max(small) <= 6
    assert max(large) <= 6
    assert small[:14] == large[:14]


def test_a_seek_looks_at_every_table_and_reads_those_with_other_bytes() -> None:
    line = writes(MIB_256, EptLevel.PTE)
    ept = EptMap()
    ept.follow(resolve(line, line.rest(2)))
    before = ept.version

    ept.follow(resolve(line, line.rest(20)))

    assert ept.looks == 2 * (3 + 128)
    assert ept.version > before


def test_setting_d_changes_no_bits() -> None:
    line = writes(MIB_256, EptLevel.PTE)
    ept = EptMap()
    ept.follow(resolve(line, line.rest(3)))
    before = ept.version

    ept.follow(resolve(line, line.rest(4)))

    assert ept.version == before


def test_another_machine_is_looked_at_anew() -> None:
    ept = EptMap()
    ept.follow(resolve(writes(MIB_256, EptLevel.PDE), Position()))

    ept.follow(a_frame(boot([Region(Gfn(512), 512, EptLevel.PTE)])))

    assert ept.bits(Window(0, 3, 9)).tolist() == [0, PAGE, 0]
