from itertools import groupby

from pmlviz.core import events as e
from pmlviz.core.beats import beat, split_into
from pmlviz.core.ept import EptEntry
from pmlviz.core.exits import AccessKind
from pmlviz.core.strategies import Strategy
from pmlviz.core.units import EptLevel, Gfn, Gpa, Mfn
from tests.core.play import SUPERPAGE_NAIVE, XEN, x1, x2, x4
from tests.core.told import Played, played


def beats(item: Played) -> list[str]:
    """Return the chips of *item*, neighbours that are equal as one."""
    chips = [chip for event in item.events if (chip := beat(event)) is not None]
    return [chip for chip, _ in groupby(chips)]


def test_a_logged_write_has_six_beats() -> None:
    item = played(x2(), "enable", "write 0x5000", "write 0x6000")

    assert beats(item) == [
        "walk",
        "permission",
        "D 0→1",
        "log",
        "index \N{MINUS SIGN} 1",
        "store",
    ]


def test_a_split_shows_both_exits_and_what_was_done_about_them() -> None:
    item = played(x2(), "enable", "write 0x5000")

    assert beats(item) == [
        *("walk", "exit 49", "resolve", "retry"),
        *("walk", "exit 48", "mark", "split 1→512", "retype", "INVEPT", "retry"),
        *("walk", "permission", "store"),
    ]


def test_a_drain_is_one_beat_however_many_pages_it_moves() -> None:
    item = played(x4(), "enable", "write gfn 0..9", "clean")

    assert beats(item) == [
        *("pause", "drain", "INVEPT", "index = 511", "CLEAN"),
        *("recalc", "INVEPT", "resume", "copy"),
    ]


def test_a_full_log_shows_the_index_that_stopped_the_write() -> None:
    item = played(x4(), "enable", "write gfn 600", "write gfn 0..510", "write gfn 601")

    assert beats(item)[:4] == ["walk", "permission", "index 0xffff", "exit 62"]


def test_switching_on_and_off_shows_what_is_switched() -> None:
    def switched(strategy: Strategy, *lines: str) -> list[str]:
        return beats(played(x2(), *lines, strategy=strategy))

    on = [*("pause", "mode on", "PML on", "A/D on", "INVEPT")]
    off = [*("pause", "mode off", "PML off", "A/D off", "INVEPT")]
    assert switched(XEN, "enable") == [*on, "recalc", "INVEPT", "resume"]
    assert switched(SUPERPAGE_NAIVE, "enable") == [*on, "retype", "INVEPT", "resume"]
    assert switched(SUPERPAGE_NAIVE, "enable", "disable") == [*off, "retype", "INVEPT", "resume"]


def test_accesses_end_in_a_word_of_their_own() -> None:
    ends = [beat(e.AccessDone(0, kind, Gpa(0))) for kind in AccessKind]

    assert ends == ["read", "store", "fetch", "store", "walked"]


def test_work_by_hand_is_shown_as_such() -> None:
    assert beat(e.EptEntryWritten(Mfn(1), 0, EptEntry(0), EptEntry(1))) == "edit entry"
    assert beat(e.MemoryWritten(Mfn(1), 0, 0)) == "root write"
    assert beat(e.EptTableAdded(Mfn(1), b"")) == "new table"
    assert beat(e.PmlIndexReset(0, 511, 0x200)) == "index = 0x200"


def test_what_follows_of_itself_needs_no_chip() -> None:
    silent: list[e.Event] = [
        e.TlbMissed(0, 5),
        e.PmlIndexChecked(0, 511, full=False),
        e.DomainPmlSet(on=True),
        e.GlobalTypeSet(logdirty=True),
        e.SpuriousMisconfigExpected((1,), on=True),
        e.PagesCopied(()),
    ]

    assert [beat(event) for event in silent] == [None] * len(silent)


def test_a_page_that_the_processor_logged_is_drained_and_any_other_is_retyped() -> None:
    logged, clean = EptEntry(0xB820000100005377), EptEntry(0xB820000100005177)
    ram_rw = EptEntry(0xB800000100005377)

    def of(old: EptEntry) -> str | None:
        return beat(e.EntryRetyped(Mfn(1), 5, EptLevel.PTE, Gfn(5), old, ram_rw))

    assert [of(logged), of(clean)] == ["drain", "retype"]


def test_a_split_across_two_levels_counts_the_smallest_leaves() -> None:
    item = played(x1(), "enable", "write 0x5000")
    split = next(x for x in item.events if isinstance(x, e.SuperpageSplit))

    assert split_into(split) == 1 << 18
    assert beat(split) == "split 1→262144"
