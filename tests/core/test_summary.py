"""A few numbers an item, exact for every item."""

from pmlviz.core.pml import INDEX_MASK
from pmlviz.core.script import ItemScript
from pmlviz.core.stats import Mark
from pmlviz.core.summary import PML_OFF, Summary
from pmlviz.core.timeline import Timeline
from tests.core.play import XEN, x4


def played(script: str, *, vcpus: int = 1) -> Timeline:
    timeline = Timeline(x4(vcpus=vcpus), ItemScript.parse(script), XEN)
    timeline.record_to(len(timeline.script))
    return timeline


def test_the_index_of_every_vcpu_is_kept_for_every_item() -> None:
    timeline = played(
        "invept\nenable\nwrite gfn 5\nvcpu1 write gfn 6\nwrite gfn 7\nclean\ndisable", vcpus=2
    )

    zero, one = timeline.summary.pml_index

    assert list(zero) == [PML_OFF, PML_OFF, 511, 510, 510, 509, 511, PML_OFF]
    assert list(one) == [PML_OFF, PML_OFF, 511, 511, 510, 510, 511, PML_OFF]


def test_a_full_log_is_kept_as_the_processor_has_it() -> None:
    timeline = played("enable\nread gfn 0\nwrite gfn 0..511")

    assert timeline.summary.pml_index[0][-1] == INDEX_MASK


def test_a_copy_up_to_an_item_has_what_was_known_there_and_grows_alone() -> None:
    timeline = played("enable\nwrite gfn 5\nwrite gfn 6\nclean")
    whole = timeline.summary

    copy = whole.upto(2)
    copy.append(3, Mark.LOGGED, [(2, Mark.LOGGED)], [509])

    assert list(copy.pml_index[0]) == [PML_OFF, 511, 510, 509]
    assert list(copy.marks[:3]) == list(whole.marks[:3])
    assert copy.places(3) == [(2, Mark.LOGGED)]
    assert list(whole.pml_index[0]) == [PML_OFF, 511, 510, 509, 511]


def test_events_before_an_item_are_counted() -> None:
    summary = Summary()
    for n in (3, 0, 4):
        summary.append(n, Mark(0))

    assert list(summary.events) == [0, 3, 0, 4]
    assert list(summary.total) == [0, 3, 3, 7]


def test_places_are_those_of_the_item() -> None:
    timeline = played("enable\nread gfn 0\nwrite gfn 5\nclean")

    assert timeline.summary.places(1) == []
    assert timeline.summary.places(2) == [(4, Mark.MISCONFIG)]
    assert timeline.summary.places(3) == [(7, Mark.LOGGED)]
