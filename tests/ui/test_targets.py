"""What a target stands for."""

from pmlviz.ui import targets
from pmlviz.ui.figures.scene import Target
from tests.ui.playing import frame_of


def test_a_frame_a_page_and_a_filled_slot_stand_for_a_gfn() -> None:
    frame = frame_of("tour-xen", 4)

    assert targets.gfn(frame, Target("gfn", 6)) == 6
    assert targets.gfn(frame, Target("slot", 511)) == 6
    assert targets.gfn(frame, Target("slot", (0, 511))) == 6


def test_an_empty_slot_and_a_frame_beyond_memory_stand_for_none() -> None:
    frame = frame_of("tour-xen", 4)

    assert targets.gfn(frame, Target("slot", 3)) is None
    assert targets.gfn(frame, Target("gfn", 1 << 30)) is None
    assert targets.gfn(frame, Target("term", "recalc")) is None


def test_an_entry_stands_for_the_page_looked_at_or_the_first_it_maps() -> None:
    frame = frame_of("tour-xen", 4)
    pde, pte = frame.path[2], frame.path[3]

    def gfn(level: int, table: int, index: int) -> int | None:
        return targets.gfn(frame, Target("entry", (level, table, index)))

    assert gfn(1, pte.table, 6) == 6
    assert gfn(1, pte.table, 9) == 9
    assert gfn(2, pde.table, 0) == 6
    assert gfn(2, pde.table, 3) == 0x600
    assert gfn(2, pde.table, 9) is None
    assert gfn(1, 0x9999, 3) is None


def test_the_read_out_names_frame_address_flags_and_record() -> None:
    frame = frame_of("tour-xen", 4)

    words = targets.words(frame, Target("gfn", 6))

    assert words == "gfn 0x6  ·  gpa 0x6000  ·  logdirty W=1 D=1  ·  only in a PML buffer"


def test_a_lost_page_is_read_out_as_lost() -> None:
    frame = frame_of("tour", 4)

    assert targets.words(frame, Target("gfn", 6)).endswith("LOST")


def test_nothing_is_read_out_as_nothing() -> None:
    assert targets.words(frame_of("tour"), None) == ""
