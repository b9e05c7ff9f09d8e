"""What is done by hand."""

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from pmlviz.core.errors import PmlvizError
from pmlviz.core.timeline import START, Position
from pmlviz.ui.figures.scene import Target
from pmlviz.ui.search import Until
from pmlviz.ui.window import Window


def labels(menu: QMenu) -> list[str]:
    return [a.text().partition("\t")[0] for a in menu.actions() if not a.isSeparator()]


def test_an_act_that_is_not_allowed_is_refused_whole(window: Window) -> None:
    with pytest.raises(PmlvizError, match="clean: "):
        window.deeds.act("clean")

    assert len(window.session.timeline.script) == 7
    assert window.session.position == START


def test_a_range_of_pages_is_written_one_item_each(window: Window) -> None:
    window.session.seek(Position(2), rest=True)

    window.deeds.act_on_range(9, 11)

    texts = [window.session.timeline.script.item(n).text for n in (3, 4, 5)]
    assert texts == ["write 0x9000", "write 0xa000", "write 0xb000"]
    assert window.session.position == window.session.timeline.rest(5)


def test_every_cell_offers_write_read_break_why_copy_with_their_effects(window: Window) -> None:
    window.session.set_strategy("xen")
    window.session.seek(Position(2), rest=True)

    menu = window.deeds.menu_for(Target("gfn", 5))

    assert labels(menu) == [
        "Write gfn 0x5", "Read gfn 0x5", "Walk gfn 0x5", "Break here", "Why?",
        "Copy “gfn 0x5, gpa 0x5000”",
    ]  # fmt: skip
    assert "2 MiB split, +1 table" in menu.actions()[0].toolTip()
    menu.deleteLater()


def test_an_item_offers_to_go_there_to_break_to_note_and_to_copy(window: Window) -> None:
    menu = window.deeds.menu_for(Target("item", 3))

    menu.actions()[0].trigger()
    menu.actions()[1].trigger()
    menu.actions()[-1].trigger()

    assert window.session.position == window.session.timeline.rest(3)
    assert ("item", 3) in window.session.breakpoints
    assert QGuiApplication.clipboard().text() == "write 0x5000"
    menu.deleteLater()


def test_a_click_selects_a_page_and_a_second_one_lets_it_go(window: Window) -> None:
    window.deeds.activate(Target("gfn", 6))
    selected = window.session.selection
    window.deeds.activate(Target("gfn", 6))

    assert selected == 6
    assert window.session.selection is None


def test_a_click_on_an_event_goes_to_it(window: Window) -> None:
    window.deeds.activate(Target("event", (3, 4)))
    far = window.session.position
    window.deeds.activate(Target("event", 2))

    assert far == Position(3, 4)
    assert window.session.position == Position(3, 2)


def test_a_term_opens_the_glossary_at_it(window: Window) -> None:
    window.deeds.activate(Target("term", "recalc"))

    assert window.guide.sheet("help") is not None


def test_a_breakpoint_is_on_the_selected_page_else_on_the_current_item(window: Window) -> None:
    window.session.step_item(1)
    window.deeds.toggle_breakpoint()
    window.deeds.activate(Target("gfn", 6))
    window.deeds.toggle_breakpoint()

    assert window.session.breakpoints == {("item", 1), ("gfn", 6)}
    assert window.toast.text == "Running stops at gfn 0x6"


def test_running_stops_at_what_is_asked_for(window: Window) -> None:
    window.deeds.until = Until.LOST
    window.session.seek(Position(3), rest=True)

    window.deeds.run(1)

    assert window.session.position == window.session.timeline.rest(4)


def test_playing_from_the_end_begins_again(window: Window) -> None:
    window.session.end()

    window.deeds.toggle_play()
    position, playing = window.session.position, window.session.playing
    window.deeds.toggle_play()

    assert (position, playing) == (START, True)
    assert not window.session.playing


def test_acts_of_the_selected_page_are_made_by_the_chosen_vcpu(open_window: object) -> None:
    assert callable(open_window)
    window = open_window("two-vcpus")
    window.session.seek(Position(1), rest=True)
    window.deeds.vcpu = 1
    window.deeds.activate(Target("gfn", 3))

    window.deeds.act_on_selected("read")

    assert window.session.frame.item.text == "vcpu1 read 0x3000"
