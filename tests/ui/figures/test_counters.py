"""Counts of a run, as a picture."""

from pmlviz.ui.figures import counters
from pmlviz.ui.figures.scene import Scene, Text
from tests.ui.playing import frame_of


def texts(scene: Scene) -> list[str]:
    return [part.text for part in scene.parts if isinstance(part, Text)]


def test_counts_are_exits_log_entries_drains_tables_and_pages_to_send() -> None:
    groups = counters.counts(frame_of("tour-xen", 4))

    assert [[(c.words, c.before, c.now) for c in group] for group in groups] == [
        [("misconfig (49)", 1, 1), ("violation (48)", 1, 1), ("PML full (62)", 0, 0)],
        [("logged", 0, 1), ("drains", 0, 0), ("tables +4096 B", 1, 1)],
        [("pages to send", 1, 2)],
    ]


def test_what_this_item_changed_shows_what_it_was() -> None:
    scene = counters.layout(frame_of("tour-xen", 4), 204, 300)

    shown = texts(scene)

    assert "0→" in shown
    assert "1→" in shown
    assert "1 in the bitmap" in shown
    assert "1 still in the buffer" in shown
    changed = [p for p in scene.parts if isinstance(p, Text) and p.color == "accent"]
    assert [part.text for part in changed] == ["1", "0→", "2", "1→"]


def test_rows_close_up_when_there_is_little_height() -> None:
    frame = frame_of("tour-xen", 4)

    low, high = (counters.layout(frame, 204, h) for h in (210, 400))

    bottom = [max(p.y for p in s.parts if isinstance(p, Text)) for s in (low, high)]
    assert bottom[0] <= 214
    assert bottom[0] < bottom[1]
