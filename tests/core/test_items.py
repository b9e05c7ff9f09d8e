"""Script lines, read and written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlviz.core.actions import (
    Action,
    CleanBitmap,
    CopyAll,
    DisableLogDirty,
    DrainPml,
    EnableLogDirty,
    GuestAccess,
    Invept,
    PeekBitmap,
    StopAndCopy,
    WritePmlIndex,
)
from pmlviz.core.errors import ScriptError
from pmlviz.core.exits import AccessKind
from pmlviz.core.items import ACCESSES, Item, Op, parse_line, parse_number
from pmlviz.core.units import Gla

ACTIONS: dict[str, Action] = {
    "read 0x5000": GuestAccess(0, AccessKind.READ, Gla(0x5000)),
    "write 0x5000": GuestAccess(0, AccessKind.WRITE, Gla(0x5000)),
    "fetch 0x5000": GuestAccess(0, AccessKind.FETCH, Gla(0x5000)),
    "rmw 0x5000": GuestAccess(0, AccessKind.RMW, Gla(0x5000)),
    "walk 0x5000": GuestAccess(0, AccessKind.WALK, Gla(0x5000)),
    "enable": EnableLogDirty(),
    "disable": DisableLogDirty(),
    "peek": PeekBitmap(),
    "clean": CleanBitmap(send=True),
    "copy-all": CopyAll(),
    "stop-and-copy": StopAndCopy(),
    "drain": DrainPml(),
    "invept": Invept(),
    "set-index 0x200": WritePmlIndex(0, 0x200),
}

OTHERS = [op for op in Op if op not in ACCESSES and op is not Op.SET_INDEX]

items = st.one_of(
    st.builds(
        Item,
        st.sampled_from(list(ACCESSES)),
        st.integers(0, (1 << 64) - 4096),
        st.integers(0, 63),
        st.integers(1, 4096),
    ),
    st.builds(Item, st.just(Op.SET_INDEX), st.integers(0, 0xFFFF), st.integers(0, 63)),
    st.builds(
        Item, st.sampled_from([op for op in Op if op not in ACCESSES and op != Op.SET_INDEX])
    ),
)


def fault(line: str) -> ScriptError:
    with pytest.raises(ScriptError) as raised:
        parse_line(line, "demo.trace:14")
    return raised.value


@given(items)
def test_the_text_of_an_item_reads_back_as_the_item(item: Item) -> None:
    assert parse_line(item.text) == (item,)


@given(st.text())
def test_any_line_is_items_or_one_message(line: str) -> None:
    try:
        assert all(isinstance(item, Item) for item in parse_line(line, "here"))
    except ScriptError as error:
        shown = str(error)
    else:
        shown = "here: "

    assert shown.startswith("here: ")


def test_every_operation_asks_for_its_action() -> None:
    asked = {line: parse_line(line)[0].action for line in ACTIONS}

    assert asked == ACTIONS
    assert {parse_line(line)[0].op for line in ACTIONS} == set(Op)


def test_only_accesses_are_the_guests_own() -> None:
    guests = {line for line in ACTIONS if parse_line(line)[0].is_access}

    assert guests == {line for line, action in ACTIONS.items() if isinstance(action, GuestAccess)}


@pytest.mark.parametrize("line", ["", "   ", "# a remark", "   # another"])
def test_a_line_without_an_operation_has_no_items(line: str) -> None:
    assert parse_line(line) == ()


def test_a_comment_ends_the_line() -> None:
    assert parse_line("write 0x5000   # the first") == (Item(Op.WRITE, 0x5000),)


def test_another_vcpu_is_named_first() -> None:
    assert parse_line("vcpu1 write 0x5000") == (Item(Op.WRITE, 0x5000, 1),)
    assert parse_line("vcpu1 set-index 0") == (Item(Op.SET_INDEX, 0, 1),)


def test_a_gfn_is_the_first_byte_of_its_frame() -> None:
    assert parse_line("write gfn 5") == (Item(Op.WRITE, 0x5000),)
    assert parse_line("write gfn 0x10") == (Item(Op.WRITE, 0x10000),)


def test_a_range_is_one_item_a_frame() -> None:
    by_gfn = parse_line("vcpu2 read gfn 3..5 size 8")
    by_address = parse_line("vcpu2 read 0x3000..0x5000 size 8")

    assert by_gfn == by_address
    assert by_gfn == tuple(Item(Op.READ, at, 2, 8) for at in (0x3000, 0x4000, 0x5000))


def test_a_range_keeps_its_offset_in_each_frame() -> None:
    assert [item.value for item in parse_line("write 0x3ff8..0x5fff")] == [0x3FF8, 0x4FF8, 0x5FF8]


def test_an_access_may_be_as_large_as_a_page() -> None:
    assert parse_line("write 0x5ffc size 4096") == (Item(Op.WRITE, 0x5FFC, 0, 4096),)


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("wirte 0x5000", "unknown operation 'wirte'", "did you mean 'write'?"),
        ("write", "write takes one address", "write 0x5ffc size 8"),
        ("write 1 2", "write takes one address", "write gfn 5"),
        ("write gfn", "write takes one address", "write gfn 0..511"),
        ("write 5o00", "'5o00' is not a number", "decimal, or hex with 0x"),
        ("write -1", "'-1' is not a number", "decimal, or hex with 0x"),
        ("write ٣", "'٣' is not a number", "decimal, or hex with 0x"),
        ("write gfn 5..3", "range 5..3", "not below the first"),
        ("write gfn 0..0x100000", "range 0..0x100000", "at most 1048576 pages"),
        ("write gfn 5..", "'' is not a number", "decimal, or hex with 0x"),
        ("write 5 size 0", "size 0", "1 to 4096 bytes"),
        ("write 5 size 4097", "size 4097", "1 to 4096 bytes"),
        ("write 5 size x", "'x' is not a number", "decimal, or hex with 0x"),
        ("write 0x10000000000000000", "0x10000000000000000 is no address", "64 bits"),
        ("write gfn 0x10000000000000", "0x10000000000000000 is no address", "64 bits"),
        ("write 0xffffffffffffffff size 2", "0xffffffffffffffff is no address", "64 bits"),
        ("set-index", "set-index takes one number", "set-index 0x200"),
        ("set-index 1 2", "set-index takes one number", "set-index 0x200"),
        ("set-index 0x10000", "index 0x10000 does not fit 16 bits", "0 to 0xffff"),
        ("clean now", "clean takes nothing after it, got 'now'", ""),
        ("vcpu1 clean", "clean takes no vCPU, got 'vcpu1'", "the whole domain"),
        ("vcpu0 enable", "enable takes no vCPU, got 'vcpu0'", "the whole domain"),
        ("vcpu1", "a vCPU but no operation", "vcpu1 write 0x5000"),
        ("vcpu write 5", "unknown operation 'vcpu'", "write"),
    ],
)
def test_a_bad_line_says_what_is_wrong_where_and_what_would_be_right(
    line: str, message: str, hint: str
) -> None:
    error = fault(line)

    assert error.message == message
    assert error.place == "demo.trace:14"
    assert hint in error.hint


def test_an_endless_number_is_shown_in_part() -> None:
    error = fault("write " + "9" * 5000)

    assert error.message == f"'{'9' * 36} …' is not a number"


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("17", 17), ("0x1F", 31), ("0XaB", 171)])
def test_numbers_are_decimal_or_hex(text: str, number: int) -> None:
    assert parse_number(text) == number
