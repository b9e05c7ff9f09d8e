"""The hypervisor half of the emulator's program: tables, operations, handlers."""

from typing import Any, Literal, get_args

import msgspec
import pytest

from pmlviz.core.emulator_host import (
    CODE,
    NOTHING,
    PML_PAGE,
    drain,
    first_state,
    handle_violation,
    host_op,
    leaf_of,
    load,
    row,
    set_index,
    store,
)
from pmlviz.core.emulator_trace import HostOp, OnViolation, Op, Scenario
from pmlviz.core.events import PmlLogged
from pmlviz.core.exits import ExitReason, VmExit
from pmlviz.core.pml import word
from pmlviz.core.run import Run
from pmlviz.core.state import State
from pmlviz.core.units import EptLevel, Gla, Gpa


def machine(*ops: Op, **scenario: object) -> Run:
    """Return a machine after host operations *ops*."""
    run = Run(first_state(msgspec.convert({"name": "a"} | scenario, Scenario), {}))
    for op in ops:
        host_op(run, op)
    return run


def leaf(state: State, gpa: int) -> str:
    """Return the raw leaf for *gpa*."""
    return row(state, gpa)[-1]


def test_the_program_sees_itself_through_entries_whose_flags_are_set() -> None:
    state = first_state(Scenario("a"), {})

    assert row(state, CODE + 0x5123)[1:] == ["0x231007", "0x232107", "0x233107", "0x205337"]
    assert row(state, 0x1000000)[1:] == ["0x231007", "0x0"]


def test_the_scenario_sets_index_and_switches() -> None:
    vcpu = first_state(Scenario("a", index=7, pml=0, ad=0, guest="paged64"), {}).vcpus[0]

    assert (vcpu.pml_index, vcpu.pml, vcpu.ad, vcpu.paging is not None) == (7, False, False, True)


def test_map_makes_the_tables_on_the_way_one_after_another() -> None:
    run = machine(
        Op("MAP", gpa=0x1000000, count=2, a=1),
        Op("MAP", gpa=0x3000000, perm="r-x", d=1, memtype=0),
        Op("MAP", gpa=0x40000000, level="1G", hpa=0x80000000),
    )

    rows = [row(run.state, gpa)[2:] for gpa in (0x1001000, 0x3000000, 0x40000000)]
    assert rows == [
        ["0x234007", "0x235007", "0x1001137"],
        ["0x234007", "0x236007", "0x3000205"],
        ["0x800000b7"],
    ]


def test_a_superpage_in_the_way_becomes_an_empty_table() -> None:
    run = machine(Op("MAP", gpa=0x8000000, level="2M"), Op("MAP", gpa=0x8003000))

    assert row(run.state, 0x8003000)[3:] == ["0x235007", "0x8003037"]
    assert leaf(run.state, 0x8004000) == "0x0"


def test_a_table_that_falls_out_of_use_is_not_used_again() -> None:
    run = machine(
        Op("MAP", gpa=0x8003000),
        Op("MAP", gpa=0x8000000, level="2M"),
        Op("MAP", gpa=0x8003000),
    )

    assert row(run.state, 0x8003000)[3] == "0x236007"


@pytest.mark.parametrize(
    ("op", "told", "after"),
    [
        (Op("PROTECT", gpa=0x1000000, perm="r--"), [["range", 1]], ["0x1000331", "0x1001337"]),
        (Op("CLEAR_D", gpa=0x1000000, bytes=8192), [["range", 2]], ["0x1000137", "0x1001137"]),
        (Op("CLEAR_A", gpa=0x1001000), [["range", 1]], ["0x1000337", "0x1001237"]),
        (Op("CLEAR_D", gpa=0x1800000), [["range", 0]], ["0x1000337", "0x1001337"]),
        (Op("UNMAP", gpa=0x1000000), [], ["0x0", "0x1001337"]),
        (Op("SETENT", gpa=0x1000000, value="0x17"), [], ["0x17", "0x1001337"]),
        (Op("SPLIT", gpa=0x1000000), [], ["0x1000337", "0x1001337"]),
        (Op("INVEPT"), [], ["0x1000337", "0x1001337"]),
    ],
)
def test_operations_change_the_leaves_of_their_range(
    op: Op, told: list[Any], after: list[str]
) -> None:
    run = machine(Op("MAP", gpa=0x1000000, count=2, a=1, d=1))

    events, status = host_op(run, op)

    assert events == told
    assert [leaf(run.state, gpa) for gpa in (0x1000000, 0x1001000)] == after
    assert status == (2 if op.op == "SPLIT" else 0)


def test_a_range_changes_each_superpage_once() -> None:
    run = machine(Op("MAP", gpa=0x8000000, level="2M", count=2))

    events, _ = host_op(run, Op("SET_D", gpa=0x81FF000, bytes=8192))

    assert events == [["range", 2]]
    assert [leaf(run.state, gpa) for gpa in (0x8000000, 0x8200000)] == ["0x80002b7", "0x82002b7"]


@pytest.mark.parametrize(
    ("w", "chosen", "other"),
    [
        ("all", "0x8003037", "0x8004037"),
        ("one", "0x8003037", "0x8004035"),
        ("parent", "0x8003035", "0x8004035"),
    ],
)
def test_a_split_says_which_of_its_pages_may_be_written(
    w: Literal["all", "one", "parent"], chosen: str, other: str
) -> None:
    run = machine(Op("MAP", gpa=0x8000000, level="2M", perm="r-x", a=1, d=1))

    events, _ = host_op(run, Op("SPLIT", gpa=0x8003000, w=w))

    assert events == [["split", "0x8003000", 1]]
    assert [leaf(run.state, gpa) for gpa in (0x8003000, 0x8004000)] == [chosen, other]


def test_a_1g_page_splits_by_one_level() -> None:
    run = machine(Op("MAP", gpa=0x40000000, level="1G"))

    events, _ = host_op(run, Op("SPLIT", gpa=0x40234000))

    assert events == [["split", "0x40234000", 2]]
    assert leaf(run.state, 0x40234000) == "0x402000b7"


def test_switches_leave_the_log_as_it_is() -> None:
    run = machine()
    run.emit(PmlLogged(0, 511, Gpa(0x5000)))

    host_op(run, Op("PML_ENABLE", on=0))
    host_op(run, Op("AD_ENABLE", on=0))

    vcpu = run.state.vcpus[0]
    assert (vcpu.pml, vcpu.ad, vcpu.pml_address, vcpu.pml_index) == (False, False, PML_PAGE, 511)
    assert word(run.state.memory[PML_PAGE], 511) == 0x5000


def test_draining_counts_what_was_logged_and_wipes_it() -> None:
    run = machine(Op("MAP", gpa=0x1000000, a=1, d=1), index=0xFFFF)
    run.emit(PmlLogged(0, 0, Gpa(0x1000000)))
    run.emit(PmlLogged(0, 1, Gpa(0x7777000)))

    told = drain(run, clear=True)

    assert told == ["drain", 2]
    assert leaf(run.state, 0x1000000) == "0x1000137"
    assert run.state.vcpus[0].pml_index == 511
    assert {word(run.state.memory[PML_PAGE], slot) for slot in range(512)} == {NOTHING}


def test_draining_without_clearing_leaves_d_alone() -> None:
    run = machine(Op("MAP", gpa=0x1000000, a=1, d=1))
    run.emit(PmlLogged(0, 511, Gpa(0x1000000)))

    host_op(run, Op("DRAIN"))

    assert leaf(run.state, 0x1000000) == "0x1000337"


def test_a_new_index_makes_the_buffer_look_empty() -> None:
    run = machine()
    run.emit(PmlLogged(0, 511, Gpa(0x5000)))

    set_index(run, 3)

    assert drain(run, clear=False) == ["drain", 0]


def test_memory_is_bytes_whatever_the_words() -> None:
    run = machine()

    store(run, 0x1000FFE, b"\1\2\3\4")
    host_op(run, Op("POKE", hpa=0x1002000, value="0x1122334455667788"))

    assert load(run.state.memory, 0x1000FFD, 6) == b"\0\1\2\3\4\0"
    assert load(run.state.memory, 0x1002000, 8) == bytes.fromhex("8877665544332211")


# ── EPT violations ──────────────────────────────────────────────────────────


def handled(run: Run, policy: OnViolation, gpa: int, qualification: int) -> list[list[Any]]:
    """Return what the handler told of a violation at *gpa*."""
    vm_exit = VmExit(ExitReason.EPT_VIOLATION, qualification, Gpa(gpa), Gla(gpa))
    return handle_violation(run, vm_exit, policy)


@pytest.mark.parametrize(
    ("policy", "told", "after"),
    [
        ("grant", [["grant", "0x8003010", 1]], "0x80000b7"),
        ("grant_dirty", [["grant_dirty", "0x8003010", 1]], "0x80002b7"),
        ("split_w_all", [["split", "0x8003010", 1]], "0x8003037"),
        ("split_w_fault", [["split", "0x8003010", 1]], "0x8003037"),
    ],
)
def test_policies_differ_in_what_a_write_gets(
    policy: OnViolation, told: list[Any], after: str
) -> None:
    run = machine(Op("MAP", gpa=0x8000000, level="2M", perm="r-x"))

    assert handled(run, policy, 0x8003010, 0x1AA) == told
    assert leaf(run.state, 0x8003010) == after


def test_a_1g_page_splits_down_to_4k_with_w_at_the_last() -> None:
    run = machine(Op("MAP", gpa=0x40000000, level="1G", perm="r-x"))

    told = handled(run, "split_w_fault", 0x40234010, 0x1AA)

    assert told == [["split", "0x40234010", 2], ["split", "0x40234010", 1]]
    leaves = [leaf(run.state, gpa) for gpa in (0x40234000, 0x40235000, 0x40400000)]
    assert leaves == ["0x40234037", "0x40235035", "0x404000b5"]


def test_a_small_page_is_never_split() -> None:
    run = machine(Op("MAP", gpa=0x1000000, perm="r-x"))

    assert handled(run, "split_w_all", 0x1000010, 0x1AA) == [["grant", "0x1000010", 0]]


@pytest.mark.parametrize("policy", [p for p in get_args(OnViolation) if p != "skip"])
def test_whatever_the_policy_a_fetch_gets_x_and_an_absent_page_a_map(policy: OnViolation) -> None:
    run = machine(Op("MAP", gpa=0x8000000, level="2M", perm="rw-"))

    assert handled(run, policy, 0x8000800, 0x19C) == [["grant", "0x8000800", 1]]
    assert handled(run, policy, 0x3000368, 0x182) == [["demand", "0x3000000"]]
    assert leaf(run.state, 0x8000800) == "0x80000b7"
    assert leaf(run.state, 0x3000000) == "0x3000037"


def test_only_a_present_leaf_is_one() -> None:
    run = machine(Op("MAP", gpa=0x1000000))

    found = leaf_of(run.state, 0x1000000)
    assert found is not None
    assert found.level == EptLevel.PTE
    assert leaf_of(run.state, 0x1001000) is None


def test_every_host_operation_is_done_by_someone() -> None:
    # SET_POLICY is the replay's, INVEPT finds nothing cached, LOOK and SYNC have no effect.
    inert = {"SET_POLICY", "INVEPT", "LOOK", "SYNC"}
    for name in set(get_args(HostOp)) - inert:
        run = machine(Op("MAP", gpa=0x8000000, level="2M", d=1))
        before = run.state
        on = int(name == "MAP")
        host_op(run, Op(name, gpa=0x8000000, hpa=0x1000, value=5, perm="r--", on=on, index=3))
        assert run.state != before or name in ("DRAIN", "CLEAR_A", "SET_D"), name
