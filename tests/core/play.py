"""Scripts played on the machines of the domain's scenarios, and what came of them."""

from collections.abc import Iterable
from typing import Self

import msgspec

from pmlviz.core.actions import Action
from pmlviz.core.boot import boot
from pmlviz.core.ept import EptEntry
from pmlviz.core.events import Event, VmExited
from pmlviz.core.items import parse_line
from pmlviz.core.judge import pending_words
from pmlviz.core.machine import step
from pmlviz.core.mapping import effective_type, leaf_of
from pmlviz.core.run import Step
from pmlviz.core.script import drive
from pmlviz.core.state import Platform, Region, State
from pmlviz.core.strategies import STRATEGIES, Strategy
from pmlviz.core.units import EptLevel, Gfn, Mfn, gfn_of

XEN = STRATEGIES["xen"]
WRITE_PROTECT = STRATEGIES["write-protect"]
SUPERPAGE_NAIVE = STRATEGIES["superpage-naive"]

ROOT = Mfn(0x2342)


def machine(
    level: EptLevel, pages: int, *, vcpus: int = 1, platform: Platform | None = None
) -> State:
    """Return a machine of one region from gfn 0 on."""
    return boot([Region(Gfn(0), pages, level)], vcpus=vcpus, platform=platform)


def x4(*, vcpus: int = 1, platform: Platform | None = None) -> State:
    """Return 1024 pages of 4 KiB."""
    return machine(EptLevel.PTE, 1024, vcpus=vcpus, platform=platform)


def x2(*, vcpus: int = 1, platform: Platform | None = None) -> State:
    """Return 8 pages of 2 MiB: gfns 0 to 4095."""
    return machine(EptLevel.PDE, 4096, vcpus=vcpus, platform=platform)


def x1() -> State:
    """Return one page of 1 GiB."""
    return machine(EptLevel.PDPTE, 1 << 18)


class Played(msgspec.Struct, frozen=True):
    """A machine after a script: its state, and the steps of the lines played last."""

    state: State
    strategy: Strategy
    steps: tuple[Step, ...] = ()

    def play(self, *lines: str) -> Self:
        """Return what came of *lines*, each item driven to rest."""
        state, steps = self.state, []
        for line in lines:
            for item in parse_line(line):
                for done in drive(state, item, self.strategy):
                    steps.append(done)
                    state = done.state
        return type(self)(state, self.strategy, tuple(steps))

    def do(self, *actions: Action) -> Self:
        """Return what came of *actions*, with no exit handled unless asked for."""
        state, steps = self.state, []
        for action in actions:
            steps.append(step(state, action, self.strategy))
            state = steps[-1].state
        return type(self)(state, self.strategy, tuple(steps))

    @property
    def events(self) -> list[Event]:
        """All events of the last steps."""
        return [event for done in self.steps for event in done.events]

    @property
    def names(self) -> list[str]:
        """The names of all events of the last steps."""
        return [type(event).__name__ for event in self.events]

    @property
    def exits(self) -> list[int]:
        """The exit reasons of the last steps, in order."""
        return [int(e.exit.reason) for e in self.events if isinstance(e, VmExited)]

    @property
    def dirty(self) -> list[int]:
        """The gfns in the log-dirty bitmap."""
        return list(self.state.domain.bitmap.bits)

    @property
    def index(self) -> int:
        """The PML index of vCPU 0."""
        return self.state.vcpus[0].pml_index

    @property
    def tables(self) -> int:
        """EPT tables in use."""
        return self.state.domain.ept_tables

    def leaf(self, gfn: int) -> EptEntry:
        """Return the entry that maps *gfn*."""
        return leaf_of(self.state, gfn).entry

    def low(self, gfn: int) -> int:
        """Return bits 11:0 of the entry that maps *gfn*."""
        return self.leaf(gfn) & 0xFFF

    def level(self, gfn: int) -> EptLevel:
        """Return the size of the page that maps *gfn*."""
        return leaf_of(self.state, gfn).level

    def type_of(self, gfn: int) -> int:
        """Return the effective type of *gfn*."""
        return effective_type(self.state, leaf_of(self.state, gfn))

    def logged(self, vcpu: int = 0) -> list[int]:
        """Return the gfns that wait in the buffer of *vcpu*, newest first."""
        return [gfn_of(word) for word in pending_words(self.state, vcpu)]


def play(start: State, *lines: str, strategy: Strategy = XEN) -> Played:
    """Return what came of *lines* on the machine *start*."""
    return Played(start, strategy).play(*lines)


def count(events: Iterable[Event], kind: type[Event]) -> int:
    """Return how many of *events* are of *kind*."""
    return sum(isinstance(event, kind) for event in events)
