"""Whether a scenario came out as its file says."""

import pytest

from pmlviz.core.expect import failures, reported
from pmlviz.core.scenario import Expect
from pmlviz.core.script import ItemScript
from pmlviz.core.timeline import Timeline
from tests.core.play import SUPERPAGE_NAIVE, XEN, x2, x4

LINES = "enable\ncopy-all\nwrite gfn 5..7\nclean\nwrite gfn 9\npeek\nwrite gfn 11\nstop-and-copy"


def lossy() -> Timeline:
    return Timeline(x2(), ItemScript.parse(LINES), SUPERPAGE_NAIVE)


def test_what_was_returned_is_all_peeks_and_cleans_and_the_bitmap_at_the_end() -> None:
    lines = "enable\nwrite gfn 5\nclean\nwrite gfn 7\npeek\nwrite gfn 7\nwrite gfn 8\ndrain"

    assert reported(Timeline(x4(), ItemScript.parse(lines), XEN)) == {5, 7, 8}


def test_what_is_not_given_is_not_checked() -> None:
    assert failures(lossy(), Expect()) == []


def test_an_expectation_that_holds_is_silent() -> None:
    expect = Expect(
        bitmap=[9, 5],
        corrupt=[6, 7, 11],
        lost=[7, 6, 11],
        pending=[],
        exits={"48": 0, "49": 0, "62": 0},
        log_entries=2,
        index=[511],
        tables_added=0,
    )

    assert failures(lossy(), expect) == []


@pytest.mark.parametrize(
    ("expect", "sentence"),
    [
        (Expect(bitmap=[5]), "bitmap: expected [5], got [5, 9]"),
        (Expect(corrupt=[]), "corrupt: expected [], got [6, 7, 11]"),
        (Expect(lost=[6]), "lost: expected [6], got [6, 7, 11]"),
        (Expect(pending=[3]), "pending: expected [3], got []"),
        (Expect(exits={"48": 2}), "exits 48: expected 2, got 0"),
        (Expect(log_entries=3), "log_entries: expected 3, got 2"),
        (Expect(index=[510]), "index: expected [510], got [511]"),
        (Expect(tables_added=1), "tables_added: expected 1, got 0"),
    ],
)
def test_one_that_does_not_hold_is_one_sentence(expect: Expect, sentence: str) -> None:
    assert failures(lossy(), expect) == [sentence]


def test_indices_are_of_the_vcpus_in_order() -> None:
    script = ItemScript.parse("enable\nwrite gfn 5\nvcpu1 read gfn 5")

    timeline = Timeline(x4(vcpus=2), script, XEN)

    assert failures(timeline, Expect(index=[510, 511])) == []
    assert failures(timeline, Expect(index=[511, 510])) == [
        "index: expected [511, 510], got [510, 511]"
    ]


def test_long_lists_are_shown_in_part() -> None:
    timeline = Timeline(x4(), ItemScript.parse("enable\nwrite gfn 0..511\npeek"), XEN)

    (sentence,) = failures(timeline, Expect(bitmap=[]))

    assert sentence.startswith("bitmap: expected [], got [0, 1, 2,")
    assert sentence.endswith(" …")
    assert len(sentence) < 120
