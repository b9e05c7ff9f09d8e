"""The look at what a test leaves behind sees each kind of leftover, and nothing else."""

import multiprocessing
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QAbstractAnimation, QObject, QTimer, QVariantAnimation
from PySide6.QtWidgets import QWidget

from tests import leaks as leaks_module
from tests.leaks import Leaks

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def leaks(monkeypatch: pytest.MonkeyPatch) -> Leaks:
    """Return a look taken now, which does not wait for a thread or process that stays."""
    monkeypatch.setattr(leaks_module, "JOIN_SECONDS", 0.0)
    return Leaks(monkeypatch)


@pytest.fixture
def released() -> Iterator[threading.Event]:
    """Return an event for threads to wait on; set at the end, so that they do end."""
    event = threading.Event()
    yield event
    event.set()


def test_nothing_left_is_nothing_said(leaks: Leaks) -> None:
    assert leaks.left() == []


def test_a_running_thread_is_named(leaks: Leaks, released: threading.Event) -> None:
    threading.Thread(target=released.wait, name="exporter").start()

    assert leaks.left() == ["thread 'exporter' is running"]


def test_a_running_process_is_named(leaks: Leaks) -> None:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=theirs.recv, name="checker")
    process.start()

    left = leaks.left()
    ours.send("enough")
    process.join()

    assert left == [f"process 'checker' ({process.pid}) is running"]


def test_a_running_timer_is_named_with_the_line_that_started_it(leaks: Leaks) -> None:
    owner = QObject()
    timer = QTimer(owner)
    timer.start(1000)

    left = leaks.left()
    timer.stop()

    assert len(left) == 1
    assert left[0].startswith(f"QTimer started at {__file__}:")
    assert leaks.left() == []


def test_a_running_animation_is_named(leaks: Leaks) -> None:
    animation = QVariantAnimation(startValue=0, endValue=1, duration=1000)
    animation.start(QAbstractAnimation.DeletionPolicy.KeepWhenStopped)

    left = leaks.left()
    animation.stop()

    assert len(left) == 1
    assert left[0].startswith("QVariantAnimation started at ")


def test_a_top_level_widget_is_named_until_it_is_deleted(leaks: Leaks) -> None:
    widget = QWidget()
    widget.setObjectName("shortcut sheet")
    child = QWidget(widget)

    assert child.parent() is widget
    assert leaks.left() == ["top-level widget QWidget 'shortcut sheet' is open"]

    widget.deleteLater()

    assert leaks.left() == []
