"""Do the operations of an emulator's trace again, on the processor model.

A replay knows where it stands in what the trace says happened, and looks there for one thing: has
the emulator taken a VM exit, or not taken one, where it departs from the SDM (`Departure`)? That is
believed if the model can tell why, and the replay goes on from what the emulator did.
"""

import copy
from collections import Counter
from enum import Enum
from typing import Any

from pmlviz.core.emulator_cpu import BIT12, Accessed, EmulatorCpu
from pmlviz.core.emulator_guest import GuestTables, size_of
from pmlviz.core.emulator_host import (
    CODE,
    NO_LEAF,
    NOTHING,
    drain,
    entry_in,
    first_state,
    handle_violation,
    host_op,
    leaf_of,
    row,
    write_entry,
)
from pmlviz.core.emulator_trace import EmulatorTrace, Op, Row, Step, number
from pmlviz.core.ept import A, D
from pmlviz.core.events import VmEntered
from pmlviz.core.exits import AccessKind, ExitReason, VmExit
from pmlviz.core.units import PAGE_SHIFT

Told = list[Any]
"""One entry of a step's `ev`, as the trace's JSON has it."""

_KINDS = {
    "READ": AccessKind.READ,
    "READ_RANGE": AccessKind.READ,
    "WRITE": AccessKind.WRITE,
    "WRITE_RANGE": AccessKind.WRITE,
    "RMW": AccessKind.RMW,
    "EXEC": AccessKind.FETCH,
}


class Departure(Enum):
    """Where the emulator departs from the SDM."""

    FULL_ANY_WALK = "full-any-walk"
    """It examines the PML index at every EPT walk; the SDM, when a flag must be set."""
    LOW_BITS = "low-bits"
    """It logs bits 11:0 of the address; the SDM clears them."""
    BIT12 = "bit12"
    """It ignores bit 12 of a 2M or 1G leaf, which is reserved."""
    WALK_QUAL = "walk-qual"
    """A violation by its page walker sets bit 1 of the qualification, not bits 0 and 1."""


class Outcome:
    """What came of one step, in the terms of the trace."""

    def __init__(self) -> None:
        """Start with nothing told."""
        self.ev: list[Told] = []
        self.st = 0
        self.val: int | None = None
        """What a READ of at most 4 bytes got; None where no rule defines it."""
        self.idx = 0
        self.ept: list[Row] = []
        self.departures: Counter[Departure] = Counter()


class Replay:
    """The machine of one trace, between two steps."""

    def __init__(self, trace: EmulatorTrace) -> None:
        """Start before the first VM entry."""
        scenario = trace.scenario
        tables = GuestTables(trace)
        self.cpu = EmulatorCpu(first_state(scenario, tables.pages), tables)
        self.on_violation, self.on_full = scenario.on_violation, scenario.on_full
        self.exits_after_ops = scenario.mode == "step"
        self.code_cached = False
        """The program's own code was fetched since the last VM entry."""

    def play(self, step: Step, *, follow: bool) -> Outcome:
        """Do *step*. *follow*: go where the emulator went, also where that is not the SDM's way.

        Raises IllegalAction if the guest would have a page fault.
        """
        self.cpu = self.cpu.fork()
        return _Playing(self, step, follow=follow).outcome

    def fork(self) -> "Replay":
        """Return another replay that stands where this one does."""
        return copy.copy(self)


class _Playing:
    """One step under way."""

    def __init__(self, replay: Replay, step: Step, *, follow: bool) -> None:
        self.replay = replay
        self.op = step.op
        self.follow = follow
        self.expected = step.ev if follow else []
        self.longest = len(step.ev)
        self.outcome = Outcome()
        if step.op is None:
            self._code()
        elif step.op.auto:
            self._host(step.op)
        elif step.op.op in _KINDS or step.op.op in ("GCLEAR_D", "GCLEAR_A", "INVLPG"):
            self._guest(step.op)
            if replay.exits_after_ops:
                self._left_guest()
        else:
            self._code()
            self._left_guest()
            self._host(step.op)
        self.outcome.idx = self._cpu.vcpu.pml_index
        self.outcome.ept = self._rows()

    @property
    def _cpu(self) -> EmulatorCpu:
        return self.replay.cpu

    def _rows(self) -> list[Row]:
        """Return the EPT walks that a trace shows for this operation."""
        op, state, tables = self.op, self._cpu.run.state, self._cpu.tables
        if op is None:
            return []
        if op.addr is None:
            return [row(state, NOTHING if op.gpa is None else number(op.gpa))]
        first = number(op.addr)
        last = first if op.op.endswith("RANGE") else first + size_of(op) - 1
        shown = [first] if first >> PAGE_SHIFT == last >> PAGE_SHIFT else [first, last]
        return [row(state, tables.gpa(lin)) for lin in shown]

    # ── operations ──────────────────────────────────────────────────────────

    def _host(self, op: Op) -> None:
        replay, outcome = self.replay, self.outcome
        if op.op == "SET_POLICY":
            replay.on_violation = op.on_violation or replay.on_violation
            replay.on_full = op.on_full or replay.on_full
        told, outcome.st = host_op(self._cpu.run, op)
        outcome.ev += told

    def _guest(self, op: Op) -> None:
        self._code()
        cpu = self._cpu
        if op.addr is None:
            leaf = leaf_of(cpu.run.state, number(op.gpa or 0))
            if leaf is None:
                self.outcome.st = NO_LEAF
            else:
                # The program's own view of the tables has D set: this logs nothing.
                flag = D if op.op == "GCLEAR_D" else A
                write_entry(cpu.run, leaf, leaf.entry & ~flag)
        elif op.op == "INVLPG":
            cpu.tlb = cpu.tlb.without(number(op.addr))
        elif op.op.endswith("RANGE"):
            for n in range(op.count):
                self._instruction(op, number(op.addr) + n * op.stride, n)
        else:
            self._instruction(op, number(op.addr), number(1 if op.value is None else op.value))
        self._code()

    def _instruction(self, op: Op, lin: int, value: int) -> None:
        """Do one access of *op*, again after each exit that was handled, until done or given up."""
        done = None
        while done is None:
            done = self._attempt(_KINDS[op.op], lin, size_of(op))
        if done:
            self._move(op, lin, value)
        else:
            self.outcome.st += 1
        self._code()

    def _move(self, op: Op, lin: int, value: int) -> None:
        """Move the data of an access that took place."""
        size, cpu = size_of(op), self._cpu
        if op.op == "READ" and size <= 4:
            self.outcome.val = cpu.load(lin, size)
        elif op.op == "RMW":
            value += cpu.load(lin, size) or 0
        if _KINDS[op.op].writes:
            cpu.store(lin, size, value)

    # ── accesses and exits ──────────────────────────────────────────────────

    def _code(self) -> None:
        """Let the program run up to its next access: it fetches itself, and reads its own data."""
        self._fetch(at_op=False)
        while self._told_full(at_op=False):
            self._handle(self._depart(), at_op=False)
            self._fetch(at_op=False)

    def _fetch(self, *, at_op: bool) -> bool:
        """Fetch the program's code, unless that is cached; False if it was given up."""
        done = True if self.replay.code_cached else None
        while done is None:
            done = self._try(AccessKind.FETCH, CODE, 1, at_op=at_op)
        self.replay.code_cached = done
        return done

    def _attempt(self, kind: AccessKind, lin: int, size: int) -> bool | None:
        """Return True if the access was done, False if given up, None if it is to be retried."""
        # After an exit the instruction is fetched again. For EXEC, that is the access itself.
        if kind is not AccessKind.FETCH and not self._fetch(at_op=True):
            return False
        return self._try(kind, lin, size, at_op=True)

    def _try(self, kind: AccessKind, lin: int, size: int, *, at_op: bool) -> bool | None:
        accessed = self._access(kind, lin, size)
        vm_exit = accessed.vm_exit
        full = vm_exit is not None and vm_exit.reason is ExitReason.PML_FULL
        if accessed.walked_when_full and not full and self._told_full(at_op=at_op):
            vm_exit = self._depart()
        if vm_exit is None:
            return True
        return None if self._handle(vm_exit, at_op=at_op) else False

    def _told(self, ahead: int = 0) -> ExitReason | None:
        """Return the reason of the exit that the trace has next, or *ahead* entries after that."""
        n = len(self.outcome.ev) + ahead
        if n >= len(self.expected) or self.expected[n][0] != "exit":
            return None
        return ExitReason(self.expected[n][1]["reason"])

    def _told_full(self, *, at_op: bool) -> bool:
        """Return whether the trace has a PML-full exit next, at a moment when the log is full."""
        if not self._cpu.index_full or self._told() is not ExitReason.PML_FULL:
            return False
        return bool(self.expected[len(self.outcome.ev)][1]["at_op"]) == at_op

    def _depart(self) -> VmExit:
        self.outcome.departures[Departure.FULL_ANY_WALK] += 1
        return VmExit(ExitReason.PML_FULL)

    def _access(self, kind: AccessKind, lin: int, size: int) -> Accessed:
        """Perform an access, and tell what it logged."""
        replay, masked = self.replay, []
        while True:
            cpu = replay.cpu.fork()
            accessed = cpu.access(kind, lin, size)
            leaf = accessed.misconfigured_by_bit12
            told = self._told(ahead=len(accessed.logged))
            if leaf is None or not self.follow or told is ExitReason.EPT_MISCONFIG:
                break
            # The trace goes on: put the bit aside, for this access only.
            masked.append(leaf)
            self.outcome.departures[Departure.BIT12] += 1
            write_entry(replay.cpu.run, leaf, leaf.entry & ~BIT12)
        replay.cpu = cpu
        for leaf in masked:
            entry = entry_in(cpu.run.state, leaf.table, leaf.index)
            write_entry(cpu.run, leaf, entry | BIT12)
        self.outcome.ev += [["log", log.slot, hex(log.gpa), log.low] for log in accessed.logged]
        return accessed

    def _handle(self, vm_exit: VmExit, *, at_op: bool) -> bool:
        """Handle *vm_exit* as the scenario's policies say; False if the operation is given up."""
        replay, cpu, ev = self.replay, self._cpu, self.outcome.ev
        told = {"reason": int(vm_exit.reason), "idx": cpu.vcpu.pml_index, "at_op": int(at_op)}
        if vm_exit.gpa is None:
            ev.append(["exit", {**told, "pre": self._rows()}])
        else:
            shown = {"gpa": hex(vm_exit.gpa), "pre": [row(cpu.run.state, vm_exit.gpa)]}
            if vm_exit.gla is not None:
                shown |= {"gla": hex(vm_exit.gla), "qual": hex(vm_exit.qualification)}
            ev.append(["exit", {**told, **shown}])
        if cpu.vcpu.exit is not None:
            cpu.run.emit(VmEntered(0))
        self._left_guest()
        if len(ev) > self.longest:
            return (
                False  # The trace has parted already; a handler that mends nothing must not go on.
            )
        match vm_exit.reason:
            case ExitReason.PML_FULL:
                if replay.on_full == "skip" and at_op:
                    ev.append(["abort"])
                    return False
                if replay.on_full == "skip":
                    ev.append(["forced"])
                ev.append(drain(cpu.run, clear=replay.on_full == "drain_clear"))
                return True
            case ExitReason.EPT_VIOLATION if replay.on_violation != "skip":
                ev += handle_violation(cpu.run, vm_exit, replay.on_violation)
                return True
        ev.append(["abort"])
        return False

    def _left_guest(self) -> None:
        self._cpu.left_guest()
        self.replay.code_cached = False
