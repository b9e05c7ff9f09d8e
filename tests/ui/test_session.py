"""The one object that holds change."""

import pytest
from pytestqt.qtbot import QtBot

from pmlviz.core.document import open_document
from pmlviz.core.errors import PmlvizError
from pmlviz.core.items import Item, Op
from pmlviz.core.timeline import START, Position
from pmlviz.core.units import Gfn
from pmlviz.ui.search import Until
from pmlviz.ui.session import Session

READ = Item(Op.READ, 0x5000)


@pytest.fixture
def session(qtbot: QtBot) -> Session:
    session = Session(open_document("tour-xen"))
    qtbot.waitUntil(lambda: session.timeline.complete)
    return session


def test_events_to_rest_compose_exactly_to_the_item(session: Session) -> None:
    session.step_item(1)
    by_item = session.frame
    session.home()

    for _ in by_item.events:
        session.step_event(1)

    assert session.frame.position == by_item.position
    assert session.frame.state == by_item.state


def test_every_step_forward_can_be_taken_back(session: Session) -> None:
    seen = [session.position]
    while session.position != session.timeline.rest(7):
        session.step_event(1)
        seen.append(session.position)

    back = [session.position]
    while session.position != START:
        session.step_event(-1)
        back.append(session.position)

    assert back == seen[::-1]


def test_acting_in_the_past_branches_and_undo_never_moves_time(session: Session) -> None:
    session.seek(Position(3), rest=True)
    session.act((READ,))
    here = session.position

    session.undo.undo()
    undone = (len(session.timeline.script), len(session.branches.lines))
    session.undo.redo()

    assert here.item == 4
    assert undone == (7, 1)
    assert session.position.item == 4
    assert [len(line.timeline.script) for line in session.branches.lines] == [7, 4]


def test_an_edit_survives_another_strategy_and_can_still_be_undone(session: Session) -> None:
    session.end()
    session.act((READ,))

    session.set_strategy("write-protect")
    session.undo.undo()

    assert session.timeline.strategy.name == "write-protect"
    assert len(session.timeline.script) == 7


def test_an_unknown_strategy_changes_nothing(session: Session) -> None:
    frame = session.frame

    with pytest.raises(PmlvizError, match="unknown strategy"):
        session.set_strategy("xne")

    assert session.frame is frame


def test_running_stops_at_notes_then_at_what_was_asked_for(session: Session) -> None:
    session.run(1)
    first = session.position.item
    session.run(1, Until.SPLIT)

    assert first == session.notes[0][0]
    assert session.position.item == 3


def test_a_breakpoint_on_a_page_stops_where_it_is_touched(session: Session) -> None:
    for item, _ in session.notes:
        session.set_note(item, "")
    session.toggle_breakpoint("gfn", 7)

    session.run(1)

    assert session.position == session.timeline.rest(5)


def test_the_end_of_a_chapter_names_the_next_one(qtbot: QtBot) -> None:
    session = Session(open_document("tour"))
    qtbot.waitUntil(lambda: session.timeline.complete)
    session.end()

    with qtbot.waitSignal(session.chapter_ended) as ended:
        session.step_item(1)

    assert ended.args == ["tour-xen"]


def test_a_selection_is_in_the_frame_and_one_beyond_memory_is_not(session: Session) -> None:
    session.select(Gfn(6))
    selected = session.frame.selection
    session.select(Gfn(1 << 30))

    assert selected == 6
    assert session.frame.selection is None


def test_playing_steps_items_and_pauses_at_the_end(session: Session, qtbot: QtBot) -> None:
    session.set_speed(200)

    session.play()
    qtbot.waitUntil(lambda: not session.playing)

    assert session.position == session.timeline.rest(7)


def test_nothing_runs_once_it_is_stopped(session: Session) -> None:
    session.play()

    session.stop()

    assert not session.playing
    assert not session.busy
