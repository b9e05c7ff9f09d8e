"""The big card: the flags and fields of the entry that ends the path, and what follows from it."""

from pmlviz.core import events as e
from pmlviz.core.document import open_document
from pmlviz.core.units import EptLevel
from pmlviz.ui.figures.leaf_card import FULL, bit_places, leaf_card
from pmlviz.ui.figures.parts import Parts
from pmlviz.ui.figures.scene import NOT_YET, Rect, Text
from pmlviz.ui.figures.trip import trip_of
from pmlviz.ui.frame import Frame
from tests.ui.figures.stage_frames import GOLDEN, frame_after, frame_at, timeline

PML_FULL = "enable\nread gfn 0\nread 0x200000\nwrite gfn 0..511\nwrite 0x200000"


def leaf(frame: Frame) -> Parts:
    return leaf_card(frame, trip_of(frame), 0, 0, 250, 196, FULL)


def words(frame: Frame) -> list[str]:
    return [p.text for p in leaf(frame) if isinstance(p, Text)]


def bits(frame: Frame) -> dict[str, str]:
    """Return the digit in each flag's box, by flag."""
    digits = [p for p in leaf(frame) if isinstance(p, Text) and p.text in ("0", "1")]
    places = bit_places(0)
    return {
        max((n for n in places if places[n] < p.x), key=lambda n: places[n]): p.text for p in digits
    }


def outlines(frame: Frame) -> list[Rect]:
    return [p for p in leaf(frame) if isinstance(p, Rect) and p.stroke == "accent" and not p.fill]


def test_a_superpage_of_type_logdirty_has_w_and_d_clear() -> None:
    frame = frame_at(open_document("tour-xen").timeline(), 3, 7)

    shown = words(frame)

    assert bits(frame) == {"R": "1", "W": "0", "X": "1", "A": "1", "D": "0"}
    assert shown[:2] == ["PDE [0]", "2 MiB leaf"]
    assert "logdirty (2)" in shown
    assert shown[-1] == "0xb8200001000001f5"


def test_after_the_split_the_card_is_the_childs() -> None:
    frame = frame_after(timeline(GOLDEN), 3, e.SuperpageSplit)

    shown = words(frame)

    assert shown[:2] == ["PTE [5]", "4 KiB leaf"]
    assert "child 5 of 512" in shown
    assert bits(frame)["W"] == "1"
    assert shown[-1] == "D is 0: the next write is logged"


def test_d_is_asked_for_before_it_is_set_and_crossed_over_after() -> None:
    line = timeline(GOLDEN)
    needed, done = frame_at(line, 4, 5), frame_at(line, 4, 6)

    assert "→1?" in words(needed)
    assert [box.dash for box in outlines(needed)] == [NOT_YET]
    assert "0→1" in words(done)
    assert "→1?" not in words(done)
    assert not any(box.dash for box in outlines(done))


def test_was_and_now_stand_under_each_other_once_the_item_changed_the_entry() -> None:
    shown = words(frame_at(timeline(GOLDEN), 4))

    assert shown[-4:] == ["was", "0xb820000100006177", "now", "0xb820000100006377"]


def test_what_follows_from_an_entry_is_said_of_its_state() -> None:
    line = timeline(PML_FULL, level=EptLevel.PTE, pages=1024)
    golden = timeline(GOLDEN)
    protected = timeline(GOLDEN, strategy="write-protect")

    assert [
        words(frame)[-1]
        for frame in (
            frame_at(golden, 0, 0),
            frame_at(golden, 1),
            frame_at(golden, 5),
            frame_after(line, 516, e.PmlIndexChecked),
            frame_after(protected, 4, e.VmExited),
        )
    ] == [
        "A and D are not kept: EPTP bit 6 is 0",
        "not read before PML4E [0] is repaired",
        "D is 1 already: a write logs nothing",
        "exit 62 changes no flag, log or index",
        "W=0: a write exits 48",
    ]


def test_a_hole_shows_clear_bits_and_no_type() -> None:
    frame = frame_at(timeline("enable", hole=True), 1, selection=0x1000)

    shown = words(frame)

    assert set(bits(frame).values()) == {"0"}
    assert shown[:2] == ["PDE [8]", "not present"]
    assert "type" not in shown
    assert shown[-1] == "any access exits 48"
