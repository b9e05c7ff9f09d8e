"""The line at the foot."""

import msgspec
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pmlviz.ui.frame import Chapter
from pmlviz.ui.statusline import StatusLine, badges, place_words
from tests.ui.playing import frame_of


def test_the_place_is_item_event_strategy_index_pending_dirty_exits() -> None:
    words = place_words(frame_of("tour-xen", 4))

    assert words == [
        "item 4/7", "event 10/10", "strategy xen", "index 0x1fe (510)", "pending 1", "dirty 1",
        "exits 2",
    ]  # fmt: skip


def test_before_pml_is_on_there_is_no_index() -> None:
    assert not any(word.startswith("index") for word in place_words(frame_of("tour-xen", 0)))


def test_lost_pages_a_branch_and_a_tampered_run_have_badges() -> None:
    frame = msgspec.structs.replace(
        frame_of("tour", 5),
        tampered=True,
        branches=(
            Chapter("main", 0, 7, current=False),
            Chapter("branch 1", 3, 5, current=True),
        ),
    )

    assert badges(frame) == ["TAMPERED", "branch 1", "✘ 2 pages lost"]
    assert badges(frame_of("tour-xen", 5)) == []


def test_what_is_under_way_has_a_bar_and_can_be_cancelled(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    line = StatusLine(parent)
    line.show_busy("reading x.pwt", 0.25)

    with qtbot.waitSignal(line.cancelled):
        line.stop.click()

    assert line.bar.value() == 250
    assert not line.bar.isHidden()
    line.show_busy("", 0)
    assert line.bar.isHidden()
