"""The sparse set of guest frames behaves as a set does."""

from hypothesis import given
from hypothesis import strategies as st

from pmlviz.core.bitset import Bitset, bits_of

gfns = st.sets(st.integers(0, 100), max_size=30)
BITS = 3
"""Leaves of 8 bits, so that sets span several."""


def of(values: set[int]) -> Bitset:
    """Return a Bitset of *values* in small leaves."""
    return Bitset(BITS).union(values)


def test_the_bits_of_a_leaf_come_rising() -> None:
    assert list(bits_of(0b1010_0001)) == [0, 5, 7]


@given(gfns, gfns)
def test_it_agrees_with_pythons_sets(one: set[int], other: set[int]) -> None:
    a, b = of(one), of(other)

    assert set(a) == one
    assert list(a) == sorted(one)
    assert len(a) == len(one)
    assert bool(a) == bool(one)
    assert set(a.union(b)) == one | other
    assert set(a.intersection(b)) == one & other
    assert set(a.difference(b)) == one - other


@given(gfns, st.integers(0, 100))
def test_adding_and_discarding_leave_the_old_set_alone(values: set[int], gfn: int) -> None:
    before = of(values)

    after = before.add(gfn)

    assert set(before) == values
    assert set(after) == values | {gfn}
    assert gfn in after
    assert set(after.discard(gfn)) == values - {gfn}


@given(gfns, st.integers(0, 60), st.integers(0, 40))
def test_a_range_may_cross_leaves(values: set[int], first: int, n: int) -> None:
    assert set(of(values).add_range(first, n)) == values | set(range(first, first + n))


def test_adding_what_is_there_gives_the_same_object() -> None:
    values = of({5})

    assert values.add(5) is values
    assert values.discard(6) is values


def test_zeroing_keeps_the_leaves_and_difference_drops_them() -> None:
    values = of({1, 9})

    assert dict(values.zeroed().leaves) == {0: 0, 1: 0}
    assert dict(values.difference(of({1})).leaves) == {1: 0b10}


def test_a_set_of_empty_leaves_is_empty() -> None:
    zeroed = of({1, 9}).zeroed()

    assert not zeroed
    assert list(zeroed) == []


def test_a_leaf_holds_32768_frames_on_a_real_machine() -> None:
    assert sorted(Bitset().union([0, 32767, 32768]).leaves) == [0, 1]


def test_a_terabyte_costs_what_its_dirty_pages_cost() -> None:
    values = Bitset().add((1 << 28) - 1)

    assert list(values) == [(1 << 28) - 1]
    assert len(values.leaves) == 1
