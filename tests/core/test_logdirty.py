"""Xen's log-dirty trie: bits, a count, and the pages it occupies."""

from pmlviz.core.bitset import Bitset
from pmlviz.core.logdirty import LogDirty

EMPTY = LogDirty(Bitset())


def test_a_mark_counts_once() -> None:
    marked = EMPTY.mark(5).mark(5).mark(6)

    assert list(marked.bits) == [5, 6]
    assert marked.dirty_count == 2
    assert marked.mark(5) is marked


def test_cleaning_zeroes_the_leaves_and_the_count() -> None:
    cleared = EMPTY.mark(5).cleared()

    assert (list(cleared.bits), cleared.dirty_count) == ([], 0)
    assert cleared.nodes == EMPTY.mark(5).nodes


def test_an_empty_trie_occupies_nothing() -> None:
    assert EMPTY.nodes == 0


def test_the_first_mark_allocates_one_node_a_level() -> None:
    assert EMPTY.mark(0).nodes == 4


def test_nodes_are_shared_by_what_lies_together() -> None:
    leaf = 1 << 15

    assert EMPTY.mark(0).mark(leaf - 1).nodes == 4
    assert EMPTY.mark(0).mark(leaf).nodes == 5
    assert EMPTY.mark(0).mark(leaf << 9).nodes == 6
    assert EMPTY.mark(0).mark(leaf << 18).nodes == 7
