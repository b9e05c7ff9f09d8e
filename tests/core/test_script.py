"""Scripts of lines and of traces, and one item driven to rest."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.core import hypervisor
from pmlviz.core.actions import GuestAccess, HandleExit
from pmlviz.core.errors import IllegalAction, ModelBug, ScriptError
from pmlviz.core.events import VmEntered
from pmlviz.core.items import Item, Op
from pmlviz.core.run import Run
from pmlviz.core.script import AnyScript, ItemScript, Line, TraceScript, check, drive
from pmlviz.core.strategies import Strategy
from pmlviz.core.write_trace import TraceFormat, WriteTrace
from tests.core.play import XEN, play, x2, x4

TEXT = """\
enable      # first

# nothing on this line
write gfn 0..2
vcpu1 write 0x5000
"""


def trace(gfns: list[int], epochs: list[int]) -> WriteTrace:
    """Return a trace of two vCPUs in turn; epochs of 100 begin at the records *epochs*."""
    n = len(gfns)
    return WriteTrace(
        source="by hand",
        format=TraceFormat.PWT,
        n_vcpus=2,
        n_pages=512,
        epoch_insns=100,
        vcpu=np.arange(n, dtype=np.uint8) % 2,
        gfn=np.array(gfns, dtype=np.uint32),
        insn=np.arange(n, dtype=np.int64),
        epoch_record=np.array(epochs, dtype=np.int64),
        epoch_insn=np.arange(len(epochs), dtype=np.int64) * 100,
    )


def texts(script: AnyScript) -> list[str]:
    return [script.item(n).text for n in range(1, len(script) + 1)]


# ── lines ───────────────────────────────────────────────────────────────────


def test_items_are_numbered_from_1_and_a_range_is_several() -> None:
    script = ItemScript.parse(TEXT)

    assert len(script) == 5
    assert texts(script) == [
        "enable",
        "write 0x0",
        "write 0x1000",
        "write 0x2000",
        "vcpu1 write 0x5000",
    ]


def test_a_line_knows_its_items_and_its_place() -> None:
    script = ItemScript.parse(TEXT, "demo", first_line=10)

    assert list(script.lines()) == [
        Line("enable", 1, 1, "demo:10"),
        Line("write gfn 0..2", 2, 3, "demo:13"),
        Line("vcpu1 write 0x5000", 5, 1, "demo:14"),
    ]
    assert [script.line_of(n).text for n in range(1, 6)] == [
        "enable",
        *["write gfn 0..2"] * 3,
        "vcpu1 write 0x5000",
    ]
    assert script.lines()[1].last == 4


def test_a_bad_line_is_named_by_its_number() -> None:
    with pytest.raises(ScriptError) as raised:
        ItemScript.parse("enable\n\nwirte 0x5000", "demo.trace", 12)

    assert raised.value.place == "demo.trace:14"


def test_only_line_feeds_end_a_line() -> None:
    script = ItemScript.parse("enable # one\u2028still the remark\r\nclean", "demo")

    assert [line.place for line in script.lines()] == ["demo:1", "demo:2"]


def test_acting_keeps_what_was_before_and_drops_what_came_after() -> None:
    script = ItemScript.parse(TEXT)

    acted = script.acted(3, Item(Op.CLEAN))

    assert texts(acted) == ["enable", "write 0x0", "write 0x1000", "clean"]
    assert [line.text for line in acted.lines()] == texts(acted)
    assert len(script) == 5


def test_acting_at_the_start_leaves_that_action_alone() -> None:
    assert texts(ItemScript.parse(TEXT).acted(0, Item(Op.CLEAN))) == ["clean"]


def test_a_range_that_stays_whole_stays_one_line() -> None:
    acted = ItemScript.parse(TEXT).acted(4, Item(Op.PEEK))

    assert [line.text for line in acted.lines()] == ["enable", "write gfn 0..2", "peek"]


def test_a_script_names_the_items_that_change_the_machine_by_hand() -> None:
    script = ItemScript.parse("enable\nset-index 0\nwrite 0\nvcpu1 set-index 3")

    assert list(script.lab_items()) == [2, 4]


@pytest.mark.parametrize("op", ["drain", "peek", "clean", "disable", "stop-and-copy"])
def test_a_script_knows_what_drains_next(op: str) -> None:
    script = ItemScript.parse(f"enable\nwrite 0\n{op}\nwrite 0\ninvept\ncopy-all")

    assert [script.next_drain(after) for after in range(7)] == [3, 3, 3, None, None, None, None]


# ── traces ──────────────────────────────────────────────────────────────────


def test_a_trace_is_enabled_first_and_cleaned_between_its_writes() -> None:
    script = TraceScript.cleaned_every(trace([5, 6, 7, 8], [0, 2, 3]), 100)

    assert texts(script) == [
        "enable",
        "write 0x5000",
        "vcpu1 write 0x6000",
        "clean",
        "write 0x7000",
        "clean",
        "vcpu1 write 0x8000",
    ]
    assert len(script) == 7
    assert script.item(4) == Item(Op.CLEAN, send=False)


def test_a_trace_that_is_never_cleaned_is_its_writes() -> None:
    script = TraceScript.cleaned_every(trace([5, 6], [0]), None)

    assert texts(script) == ["enable", "write 0x5000", "vcpu1 write 0x6000"]
    assert script.next_drain(0) is None


@given(st.data())
def test_the_writes_of_a_trace_come_in_order_wherever_it_is_cleaned(data: st.DataObject) -> None:
    gfns = data.draw(st.lists(st.integers(0, 511), min_size=1, max_size=30))
    cleans = sorted(data.draw(st.sets(st.integers(1, len(gfns) - 1) if gfns[1:] else st.nothing())))
    script = TraceScript(trace(gfns, [0]), cleans)

    items = [script.item(n) for n in range(1, len(script) + 1)]

    expected = [Item(Op.ENABLE)]
    for record, gfn in enumerate(gfns):
        expected += [Item(Op.CLEAN, send=False)] * cleans.count(record)
        expected.append(Item(Op.WRITE, gfn << 12, record % 2))
    assert items == expected
    drains = [n for n, item in enumerate(items, 1) if item.op is Op.CLEAN]
    for after in range(len(items) + 1):
        assert script.next_drain(after) == next((n for n in drains if n > after), None)


def test_a_trace_has_one_item_a_line() -> None:
    script = TraceScript.cleaned_every(trace([5, 6], [0, 1]), 100)

    lines = script.lines()

    assert len(lines) == len(script) == 4
    assert list(lines) == [script.line_of(n) for n in range(1, 5)]
    assert lines[2] == Line("clean", 3, 1)
    with pytest.raises(IndexError):
        lines[4]


def test_acting_on_a_trace_cuts_it_there() -> None:
    script = TraceScript.cleaned_every(trace([5, 6, 7], [0, 1, 2]), 100)

    acted = script.acted(2, Item(Op.SET_INDEX, 3)).acted(3, Item(Op.DRAIN))

    assert texts(acted) == ["enable", "write 0x5000", "set-index 0x3", "drain"]
    assert list(acted.lab_items()) == [3]
    assert [acted.next_drain(after) for after in range(5)] == [4, 4, 4, 4, None]
    assert texts(acted.acted(3, Item(Op.PEEK))) == [
        "enable",
        "write 0x5000",
        "set-index 0x3",
        "peek",
    ]
    assert len(script) == 6
    assert list(script.lab_items()) == []


def test_acting_on_a_trace_before_anything_happened_leaves_that_action_alone() -> None:
    assert texts(TraceScript(trace([5], [0])).acted(0, Item(Op.PEEK))) == ["peek"]


# ── driving ─────────────────────────────────────────────────────────────────


def test_an_item_is_driven_through_its_exits_to_rest() -> None:
    start = play(x2(), "enable").state

    steps = list(drive(start, Item(Op.WRITE, 0x5000), XEN))

    kinds = [type(step.action) for step in steps]
    assert kinds == [GuestAccess, HandleExit, GuestAccess, HandleExit, GuestAccess]
    retries = [step.action.retry for step in steps if isinstance(step.action, GuestAccess)]
    assert retries == [False, True, True]
    assert steps[-1].state.vcpus[0].exit is None


def test_an_item_that_is_not_allowed_is_refused_before_anything_happens() -> None:
    steps = drive(x4(), Item(Op.CLEAN), XEN)

    with pytest.raises(IllegalAction, match="log-dirty mode is off"):
        next(steps)


def test_an_item_that_never_comes_to_rest_is_a_fault_of_the_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def enter_again(run: Run, _strategy: Strategy, vcpu: int) -> None:
        run.emit(VmEntered(vcpu))

    monkeypatch.setattr(hypervisor, "handle_exit", enter_again)
    start = play(x4(), "enable").state

    with pytest.raises(ModelBug, match="write 0x5000 under xen"):
        list(drive(start, Item(Op.WRITE, 0x5000), XEN))


# ── whether a machine has what a script names ────────────────────────────────


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("vcpu1 write 0x5000", "'vcpu1 write 0x5000': there is no vCPU 1"),
        ("vcpu1 set-index 0", "'vcpu1 set-index 0': there is no vCPU 1"),
        ("write gfn 1024", "'write gfn 1024': gfn 0x400 is outside guest memory"),
        ("write gfn 1000..1030", "'write gfn 1000..1030': gfn 0x400 is outside guest memory"),
        ("write 0x3ffffc size 8", "'write 0x3ffffc size 8': gfn 0x400 is outside guest memory"),
    ],
)
def test_what_the_machine_has_not_is_named_with_its_line(line: str, message: str) -> None:
    script = ItemScript.parse(f"enable\n{line}", "demo")

    with pytest.raises(IllegalAction) as raised:
        check(x4(), script)

    assert raised.value.message == message
    assert raised.value.place == "demo:2"
    assert raised.value.hint


def test_what_the_machine_has_is_let_through() -> None:
    check(x4(vcpus=2), ItemScript.parse("enable\nvcpu1 write gfn 0..1023\nset-index 3\nclean"))


def test_a_trace_is_not_looked_through() -> None:
    check(x4(), TraceScript(trace([5000], [0])))
