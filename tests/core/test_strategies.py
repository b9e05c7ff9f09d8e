"""The named strategies: what each says of itself, and that each pair differs."""

from itertools import combinations

import pytest

from pmlviz.core.judge import corrupt, lost
from pmlviz.core.strategies import STRATEGIES, Strategy
from tests.core.play import SUPERPAGE_NAIVE, WRITE_PROTECT, XEN, Played, play, x2

AXES = (
    "tracking",
    "arming",
    "superpages",
    "attribution",
    "draining",
    "rearming",
    "unwinding",
)
each_strategy = pytest.mark.parametrize("strategy", STRATEGIES.values(), ids=STRATEGIES)


def precopy(strategy: Strategy) -> Played:
    """Return three writes to one superpage, sent by a last round."""
    return play(x2(), "enable", "copy-all", "write gfn 5..7", "stop-and-copy", strategy=strategy)


@each_strategy
def test_a_strategy_names_its_source_and_its_trade_off(strategy: Strategy) -> None:
    assert STRATEGIES[strategy.name] is strategy
    assert strategy.source
    assert strategy.trade_off.endswith(".")


def test_two_strategies_differ_on_at_least_one_axis() -> None:
    def answers(strategy: Strategy) -> list[object]:
        return [getattr(strategy, axis) for axis in AXES]

    same = [
        (a.name, b.name)
        for a, b in combinations(STRATEGIES.values(), 2)
        if answers(a) == answers(b)
    ]

    assert not same


@each_strategy
def test_a_strategy_is_sound_exactly_if_a_second_write_to_a_superpage_arrives(
    strategy: Strategy,
) -> None:
    assert (not corrupt(precopy(strategy).state)) is strategy.sound


def test_n_01_without_a_split_one_logged_word_hides_two_writes() -> None:
    start = play(x2(), "enable", "copy-all", strategy=SUPERPAGE_NAIVE)

    written = start.play("write gfn 5..7")
    end = written.play("stop-and-copy")

    assert (written.exits, written.logged()) == ([], [5])
    assert list(lost(written.state)) == [6, 7]
    assert end.tables == start.tables
    assert corrupt(end.state) == (6, 7)


def test_n_03_xen_splits_first_and_loses_nothing() -> None:
    start = play(x2(), "enable", "copy-all", strategy=XEN)

    written = start.play("write gfn 5..7")
    end = written.play("stop-and-copy")

    assert written.exits == [49, 48]
    assert written.play("peek").dirty == [5, 6, 7]
    assert end.tables == start.tables + 1
    assert corrupt(end.state) == ()


def test_write_protection_takes_an_exit_a_page_for_the_same_bitmap() -> None:
    written = play(x2(), "enable", strategy=WRITE_PROTECT).play("write gfn 5..7")

    assert written.exits == [49, 48, 48, 48]
    assert written.dirty == [5, 6, 7]
