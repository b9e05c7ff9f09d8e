"""Messages over the window."""

from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from pmlviz.ui.toast import Toast


def toast_of(qtbot: QtBot) -> tuple[QWidget, Toast]:
    parent = QWidget()
    parent.resize(900, 600)
    qtbot.addWidget(parent)
    parent.show()
    return parent, Toast(parent)


def test_a_message_lies_within_the_window_whatever_its_length(qtbot: QtBot) -> None:
    parent, toast = toast_of(qtbot)

    for text in ("short", "long " * 80, "two\n  lines"):
        toast.say(text)
        assert parent.rect().contains(toast.geometry())

    toast.dismiss()


def test_a_choice_is_done_and_the_message_goes(qtbot: QtBot) -> None:
    _parent, toast = toast_of(qtbot)
    done: list[str] = []
    toast.say("Wrote x.svg", (("Open", lambda: done.append("open")),))

    next(b for b in toast.findChildren(QPushButton) if b.text() == "Open").click()

    assert done == ["open"]
    assert toast.text == ""


def test_a_new_message_takes_the_place_and_the_buttons_of_the_old(qtbot: QtBot) -> None:
    _parent, toast = toast_of(qtbot)
    toast.say("one", (("Open", lambda: None),))

    toast.say("two")

    shown = [b.text() for b in toast.findChildren(QPushButton) if not b.isHidden()]
    assert toast.text == "two"
    assert shown == ["×"]
    toast.dismiss()


def test_an_error_stays_and_a_message_goes_by_itself(qtbot: QtBot) -> None:
    _parent, toast = toast_of(qtbot)

    toast.say("error", stays=True)
    stays = not toast._timer.isActive()
    toast.say("message")
    goes = toast._timer.isActive()
    toast.dismiss()

    assert stays
    assert goes
