"""Who tells the story of a frame, and how far it is told."""

from msgspec.structs import replace

from pmlviz.core.document import open_document
from pmlviz.core.telling import Run
from pmlviz.ui.figures.told import story_of, who_of
from pmlviz.ui.frame import Frame
from tests.ui.figures.stage_frames import GOLDEN, frame_at, timeline


def said(frame: Frame) -> str:
    return "".join(part.text for part in story_of(frame).parts if isinstance(part, Run))


def test_every_strategy_of_xen_is_xens() -> None:
    names = ("xen", "write-protect", "superpage-naive")

    who = [who_of(frame_at(timeline(GOLDEN, strategy=name), 1)) for name in names]

    assert who == ["Xen"] * 3


def test_kvm_is_named_in_the_story_in_place_of_xen() -> None:
    frame = replace(frame_at(open_document("tour-xen").timeline(), 4), strategy="kvm-pml")

    assert who_of(frame) == "KVM"
    assert said(frame).endswith("KVM never runs.")


def test_the_story_of_an_item_grows_with_its_events() -> None:
    line = timeline(GOLDEN)

    verdicts = [story_of(frame_at(line, 3, n)).verdict for n in (1, 3, 4, 14, None)]

    assert verdicts == [
        "in the guest", "VM exit 49 comes next", "VM exit 49", "in Xen", "2 VM exits: 49, 48",
    ]  # fmt: skip


def test_a_refused_item_is_told_by_its_reason() -> None:
    frame = frame_at(timeline("write 0x5000000000000"), 1, 0)

    assert frame.refused in said(frame)
