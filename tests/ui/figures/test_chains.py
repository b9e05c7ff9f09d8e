"""Rows of chips that are longer than their room."""

from hypothesis import given
from hypothesis import strategies as st

from pmlviz.ui.figures.chains import Window, window


def test_what_fits_is_shown_whole() -> None:
    assert window([50, 50, 50], 6, 162, 0, 30) == Window(0, 3)


def test_no_chips_no_window() -> None:
    assert window([], 6, 100, 0, 30) == Window(0, 0)


def test_the_present_chip_is_shown_wherever_it_is() -> None:
    widths = [50.0] * 20

    for at in range(20):
        first, last = window(widths, 6, 240, at, 30)

        assert first <= at < last


@given(st.lists(st.floats(10, 90), min_size=1, max_size=30), st.data())
def test_what_is_shown_and_the_counts_fit_the_room(
    widths: list[float], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(widths) - 1))
    gap, more, room = 6.0, 30.0, 260.0

    first, last = window(widths, gap, room, at, more)

    counts = (first > 0) + (last < len(widths))
    used = sum(widths[first:last]) + gap * (last - first - 1) + counts * (more + gap)
    assert used <= room or last == first + 1
