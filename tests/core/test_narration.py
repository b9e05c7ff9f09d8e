import re
from collections.abc import Iterator, Sequence
from enum import Enum

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlviz.core import events as e
from pmlviz.core.ept import EMPTY, EptEntry
from pmlviz.core.evolve import evolve
from pmlviz.core.exits import AccessKind, ExitReason, VmExit
from pmlviz.core.narration import sentence
from pmlviz.core.state import State
from pmlviz.core.strategies import STRATEGIES, Strategy
from pmlviz.core.units import PAGE_SHIFT, EptLevel, Gfn, Gla, Gpa, Mfn
from tests.core.play import x2, x4
from tests.core.random_runs import Choice, Flip, machines, steps, tampered_scripts
from tests.core.told import grouped, played

NAMES = {0, 1, 6, 7, 48, 49, 62}
"""Numbers that are names: bits, memory types, exit reasons."""


def numbers_of(text: str) -> set[int]:
    """Return the numbers of *text*; those of names like PML4E and sizes like 2 MiB are none."""
    plain = re.sub(r"PML4E|\b[\d.]+ [KMGT]iB", "", text)
    return {int(x, 0) for x in re.findall(r"0x[0-9a-f]+|\b\d+\b", plain)}


def known(event: e.Event, before: State) -> set[int]:
    """Return the numbers that are in *event* and *before*, as addresses and as frames."""
    geometry = before.geometry
    mine = set(_ints(event)) | NAMES
    mine |= {n >> PAGE_SHIFT for n in mine}
    mine |= {gfn + size - 1 for gfn in mine for size in _spans(before)}
    mine |= {geometry.pml_entries - 1, before.domain.pause_count, len(before.domain.bitmap.bits)}
    mine |= {4096 * n for n in range(1, 16)} | {len(before.vcpus)}
    return mine | {v.pml_address for v in before.vcpus if v.pml_address is not None}


def _spans(state: State) -> list[int]:
    pages = [state.geometry.pages(level) for level in EptLevel]
    return [*pages, *(n * state.geometry.entries for n in pages), state.geometry.pml_entries]


def _ints(value: object) -> Iterator[int]:
    if isinstance(value, bytes | bool | str):
        return
    if isinstance(value, Enum):
        yield from _ints(value.value)
    elif isinstance(value, int):
        yield int(value)
    elif isinstance(value, tuple):
        yield len(value)
        for each in value:
            yield from _ints(each)
    elif isinstance(value, msgspec.Struct):
        for each in value.__struct_fields__:
            yield from _ints(getattr(value, each))


@settings(max_examples=40)
@given(machines(), tampered_scripts(), st.sampled_from([*STRATEGIES.values()]))
def test_every_number_of_a_sentence_is_in_the_event_or_in_the_state_before(
    start: State, script: Sequence[Choice | Flip], strategy: Strategy
) -> None:
    for item in grouped(start, steps(start, script, strategy)):
        state = item.before
        for event in item.events:
            text = sentence(event, state)
            if isinstance(event, e.DrainBegan):
                assert str(event.first) in text
            else:
                assert numbers_of(text) <= known(event, state), (text, event)
            assert text.endswith(".")
            assert not re.search(r"[{}]|\bNone\b|  ", text), text
            state = evolve(state, event)


def test_gfn_and_gpa_never_stand_without_their_label() -> None:
    item = played(x2(), "enable", "write 0x5000", "write 0x6123")
    state = item.before

    for event in item.events:
        text = sentence(event, state)
        for address in re.finditer(r"0x6\d\d\d\b", text):
            assert text[: address.start()].endswith("gpa "), text
        state = evolve(state, event)


def test_the_sentences_of_a_logged_write() -> None:
    item = played(x2(), "enable", "write 0x5000", "write 0x6123")
    told = [sentence(event, item.before) for event in item.events]

    assert told == [
        "vCPU 0 is about to write gpa 0x6123 (gfn 6).",
        "vCPU 0 has no cached translation that serves: the EPT must be walked.",
        "The walk for gpa 0x6123 (gfn 6): PML4E 0 → PDPTE 0 → PDE 0 → PTE 6, "
        "a 4 KiB leaf with W=1 D=0.",
        "Every entry on the path has W=1: gpa 0x6123 (gfn 6) may be written.",
        "A flag must be set, and the PML index of vCPU 0 names a free slot, 511.",
        "D goes 0→1 in PTE 6, the 4 KiB leaf of gpa 0x6123 (gfn 6).",
        "vCPU 0 stores gpa 0x6000 (gfn 6) in slot 511 of its PML buffer.",
        "The PML index of vCPU 0 steps from 511 to 510.",
        "vCPU 0 caches gfn 6 → mfn 0x100006, RWX, D known to be 1.",
        "The write reaches memory: gpa 0x6123 (gfn 6) has changed.",
    ]


def test_a_violation_is_told_with_its_qualification_in_words() -> None:
    event = e.VmExited(0, VmExit(ExitReason.EPT_VIOLATION, 0x1AA, Gpa(0x5000), Gla(0x5000)))

    assert sentence(event, x2()) == (
        "Exit 48, EPT violation: vCPU 0 leaves the guest at gpa 0x5000 (gfn 5). "
        "Qualification 0x1aa: a data write where the path is R-X."
    )


def test_a_full_log_is_told_without_an_address() -> None:
    text = sentence(e.VmExited(1, VmExit(ExitReason.PML_FULL)), x4(vcpus=2))

    assert text == (
        "Exit 62, PML full: vCPU 1 leaves the guest. It changes no flag, no log and no page."
    )


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (
            e.VmExited(0, VmExit(ExitReason.EPT_VIOLATION, 0x182, Gpa(0), Gla(0))),
            "where nothing is mapped",
        ),
        (e.VmExited(0, VmExit(ExitReason.EXTERNAL_INTERRUPT)), "Exit 1, external interrupt"),
        (e.TlbFlushed(0), "all its cached translations"),
        (e.TlbFlushed(0, 5), "linear page 0x5"),
        (e.DrainBegan(0, 0, 0), "finds the buffer of vCPU 0 empty"),
        (e.PagesCopied(()), "no page to send"),
        (e.PagesCopied((Gfn(5),)), "gfn 5 as it is now"),
        (e.PageMarked(Gfn(5), e.MarkedBy.DRAIN, was_set=True), "is set already"),
        (e.GuestEntryUpdated(0, Mfn(0x100003), 5, Gfn(3), 0x7067), "word 5 of gfn 3 is 0x7067"),
        (e.EptTableAdded(Mfn(0x2400), b""), "Frame 0x2400 becomes an EPT table"),
        (e.MemoryWritten(Mfn(0x100000), 2, 0x67), "past EPT: no D flag, no log"),
        (e.AccessedSet(0, Mfn(0x2344), 3, EptLevel.PDE), "A goes 0→1 in PDE 3 of table 0x2344"),
        (e.AccessBegan(0, AccessKind.WRITE, Gla(0x5FFC), 8, retry=True), "again, 8 bytes at gpa"),
        (e.EptEntryWritten(Mfn(0x2345), 5, EMPTY, EptEntry(0x37)), "0x0 → 0x37"),
    ],
)
def test_what_happens_seldom_is_told_as_well(event: e.Event, text: str) -> None:
    assert text in sentence(event, x4())


def test_a_guests_own_tables_are_told_by_their_level() -> None:
    walked = played(x4(), "enable", "read 0x5000").events
    event = next(x for x in walked if isinstance(x, e.EptWalked))

    text = sentence(msgspec.structs.replace(event, guest_level=3), x4())

    assert text.startswith("The guest's PDPTE lies at gpa 0x5000 (gfn 5): PML4E 0")


def test_a_pause_within_a_pause_says_so() -> None:
    stopped = played(x4(), "enable", "stop-and-copy").after

    assert "paused already" in sentence(e.DomainPaused(), stopped)
    assert sentence(e.DomainPaused(), x4()) == "Xen pauses the domain: no vCPU of it runs."


def test_the_hypervisor_goes_by_the_name_it_is_given() -> None:
    assert sentence(e.VmEntered(0), x4(), who="KVM").startswith("KVM enters the guest")
