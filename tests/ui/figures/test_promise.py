"""The promise, as a picture."""

from pmlviz.ui.figures import promise
from pmlviz.ui.figures.scene import Target, Text
from tests.ui.playing import frame_of


def test_a_promise_that_holds_is_kept() -> None:
    word, sentence = promise.verdict(frame_of("tour-xen", 5))

    assert word == "kept"
    assert sentence.startswith(promise.PROMISE)


def test_a_broken_promise_names_the_pages() -> None:
    word, sentence = promise.verdict(frame_of("tour", 5))

    assert word == "broken"
    assert sentence == (
        "gfn 0x6, gfn 0x7 were written and are in neither the bitmap nor a PML buffer."
    )


def test_a_broken_promise_leads_to_the_item_that_broke_it() -> None:
    frame = frame_of("tour", 6)

    scene = promise.layout(frame, 204, 110)

    links = [p for p in scene.parts if isinstance(p, Text) and p.target == Target("item", 4)]
    assert [link.text for link in links] == ["by item 4"]


def test_the_mark_stands_beside_the_word_not_instead_of_it() -> None:
    scene = promise.layout(frame_of("tour-xen", 5), 204, 110, title=True)

    shown = [p.text for p in scene.parts if isinstance(p, Text)]

    assert shown[:2] == ["The promise", "kept"]
