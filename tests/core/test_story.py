import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlviz.core import events as e
from pmlviz.core import judge
from pmlviz.core.boot import boot
from pmlviz.core.evolve import fold
from pmlviz.core.rules import CITATIONS
from pmlviz.core.state import Region, State
from pmlviz.core.story import opening, story
from pmlviz.core.strategies import STRATEGIES, Strategy
from pmlviz.core.telling import MAX_DISCS, Story
from pmlviz.core.units import EptLevel, Gfn
from tests.core.play import SUPERPAGE_NAIVE, XEN, machine, x2, x4
from tests.core.random_runs import Choice, Flip, machines, scripts, steps, tampered_scripts
from tests.core.told import Played, grouped, items, played, scenarios
from tests.golden import Golden

LONGEST = 215
"""Characters of a story at rest in the gallery: two lines of the stage mostly, three at most."""
TOLD = {
    r"PML\[\d+\] = ": e.PmlLogged,
    r"index steps": e.PmlIndexStepped,
    r"D flags? go(es)? 0→1|sets (\(\d\) )?D": e.DirtySet,
    r"splits|becomes \d+ with": e.SuperpageSplit,
    r"\bmarks gfn|sets .*the bit": e.PageMarked,
    r"Exit \d\d|: \(\d\) exits? \d\d(?! comes)": e.VmExited,
    r"CLEAN (has|returns|drains)": e.BitmapCleaned,
    r"retry (stores|reads|fetches)": e.AccessDone,
}
"""What a story may say only after an event of that kind has happened."""


def check(item: Played, n: int, told: Story) -> None:
    """Fail unless *told* is well-formed, and says nothing that has not happened by event *n*."""
    done, text = item.events[:n], told.text
    assert text.endswith("."), text
    assert not re.search(r"[{}`]|\*\*|\bNone\b(?! of)|  ", text), text
    assert [disc.n for disc in told.discs] == [*range(1, len(told.discs) + 1)], text
    assert len(told.discs) <= MAX_DISCS, text
    assert told.citation in CITATIONS
    assert told.verdict
    assert re.fullmatch(r"(C\d+)?", told.claim)
    for pattern, kind in TOLD.items():
        if re.search(pattern, text) and not any(isinstance(x, kind) for x in done):
            pytest.fail(f"before any {kind.__name__}: {text}")
    if "never runs" in text:
        assert n == len(item.events), text
        assert not any(isinstance(x, e.VmExited) for x in item.events), text
    if text.endswith("lost."):
        assert judge.lost(fold(item.before, done)), text


@settings(max_examples=25)
@given(machines(), scripts(), st.sampled_from([*STRATEGIES.values()]))
def test_every_position_of_every_run_has_a_story_that_claims_only_what_has_happened(
    start: State, script: Sequence[Choice], strategy: Strategy
) -> None:
    for item in grouped(start, steps(start, script, strategy)):
        for n in range(1, len(item.events) + 1):
            check(item, n, item.at(n))


@settings(max_examples=25)
@given(machines(), tampered_scripts(), st.sampled_from([*STRATEGIES.values()]))
def test_a_machine_changed_by_hand_can_be_told_of_as_well(
    start: State, script: Sequence[Choice | Flip], strategy: Strategy
) -> None:
    for item in grouped(start, steps(start, script, strategy)):
        for n in range(1, len(item.events) + 1):
            check(item, n, item.at(n))


@pytest.mark.parametrize("name", ["tour", "tour-xen", "write-protect"])
def test_the_tours_are_told_event_by_event(name: str, golden: Golden) -> None:
    scenario = next(s for s in scenarios() if s.name == name).scenario
    strategy = STRATEGIES[scenario.strategy]
    lines = [line.text for line in scenario.script.lines()]

    text = [f"   {opening(scenario.start).text}\n"]
    for item in items(scenario.start, lines, strategy):
        text.append(f"\n{item.line}\n")
        text += [f"{n:4} {_line(item.at(n))}\n" for n in range(1, len(item.events) + 1)]

    golden("".join(text), f"stories/{name}.txt")


def test_the_gallery_is_told_item_by_item(golden: Golden) -> None:
    text: list[str] = []

    for scene in scenarios():
        text.append(f"\n{scene.name}\n")
        lines = [line.text for line in scene.scenario.script.lines()]
        strategy = STRATEGIES[scene.scenario.strategy]
        seen: list[str] = []
        for item in items(scene.scenario.start, lines, strategy):
            told = item.rest
            assert len(told.text) <= LONGEST, told.text
            same = re.sub(r"\d[0-9a-fx]*", "#", told.text)
            if same not in seen[-2:]:
                text.append(f"  {item.line}\n    {_line(told)}\n")
            seen.append(same)

    golden("".join(text).lstrip(), "stories/gallery.txt")


def _line(told: Story) -> str:
    about = f"{told.verdict} · {told.citation.value}{' · ' if told.claim else ''}{told.claim}"
    return f"{told.text}  [{about}]"


def test_a_logged_write_is_told_with_a_disc_on_each_thing_that_changed() -> None:
    item = played(x2(), "enable", "write 0x5000", "write 0x6000")

    assert item.rest.text == (
        "vCPU 0 writes gpa 0x6000: (1) PTE 6 is writable, so (2) its D flag goes 0→1, "
        "(3) PML[511] = 0x6000 and (4) the index steps to 510. Xen never runs."
    )
    assert [disc.anchor for disc in item.rest.discs] == [
        "leaf.w",
        "leaf.d",
        "pml.slot",
        "pml.index",
    ]
    assert (item.rest.verdict, item.rest.claim) == ("no exit", "C6")


def test_an_item_that_was_refused_says_why_and_that_nothing_happened() -> None:
    told = story(x4(), (), (), refused="log-dirty mode is off (-EINVAL)")

    assert told.text == "Nothing happens: log-dirty mode is off (-EINVAL)."
    assert told.verdict == "refused"


def test_before_the_first_item_the_machine_is_described() -> None:
    assert opening(x2()).text.startswith("The guest has 16 MiB of memory in 8 pages of 2 MiB.")
    assert story(x2(), (), ()) == opening(x2())


def test_before_its_first_event_an_item_has_no_story_yet() -> None:
    item = played(x4(), "enable")

    assert item.at(0).text == "Nothing of this has happened yet."


def test_the_hypervisor_goes_by_its_own_name() -> None:
    item = played(x4(), "enable", "read 0x0", "write 0x5000")

    told = story(item.before, item.events, item.events, who="KVM")

    assert told.text.endswith("KVM never runs.")


def test_a_state_at_hand_is_used_and_changes_nothing() -> None:
    item = played(x4(), "enable", "write 0x5000", "write 0x5000")

    told = story(item.before, item.events, item.events, state=item.after)

    assert told == item.rest


def test_the_same_write_is_lost_or_logged_as_the_strategy_has_it() -> None:
    lines = ("enable", "write 0x5000", "write 0x6000")

    naive = played(x2(), *lines, strategy=SUPERPAGE_NAIVE).rest
    xen = played(x2(), *lines, strategy=XEN).rest

    assert (naive.verdict, naive.claim) == ("lost", "C20")
    assert xen.verdict == "no exit"


def test_a_guest_with_pages_of_two_sizes_is_counted_by_size() -> None:
    start = boot([Region(Gfn(0), 512, EptLevel.PDE), Region(Gfn(512), 2, EptLevel.PTE)])

    assert "1 page of 2 MiB and 2 pages of 4 KiB" in opening(start).text
    assert "1 page of 1 GiB" in opening(machine(EptLevel.PDPTE, 1 << 18)).text
