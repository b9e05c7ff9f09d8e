"""Why is this page where it is."""

from pmlviz.core.timeline import Position
from pmlviz.core.units import Gfn
from pmlviz.ui import why
from tests.ui.playing import timeline_of


def test_a_write_hidden_by_the_superpages_one_d_flag_names_the_write_that_used_it_up() -> None:
    timeline = timeline_of("tour")

    cause = why.why_not_logged(timeline, timeline.rest(4), Gfn(6))

    assert cause is not None
    assert (cause.item, cause.what) == (3, "write 0x5000")


def test_a_logged_write_needs_no_such_answer() -> None:
    timeline = timeline_of("tour-xen")

    assert why.why_not_logged(timeline, timeline.rest(4), Gfn(6)) is None
    assert why.why_not_logged(timeline, timeline.rest(3), Gfn(5)) is None


def test_a_page_never_written_has_no_lost_write_to_explain() -> None:
    timeline = timeline_of("tour")

    assert why.why_not_logged(timeline, timeline.rest(7), Gfn(9)) is None


def test_the_chain_of_a_page_goes_back_from_the_position() -> None:
    timeline = timeline_of("tour-xen")

    causes = why.chain(timeline, timeline.rest(4), Gfn(6))

    places = [(cause.item, cause.event) for cause in causes]
    assert places == sorted(places, reverse=True)
    assert causes[0].item == 4
    assert all(place <= (4, 1 << 30) for place in places)


def test_the_page_of_causes_links_to_their_positions() -> None:
    timeline = timeline_of("tour")

    html = why.html(timeline, Position(4, 6), Gfn(6), ("W=1", "lost"))

    assert "Why was its last write not logged?" in html
    assert 'href="3.' in html
