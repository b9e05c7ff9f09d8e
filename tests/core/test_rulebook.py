from dataclasses import replace
from pathlib import Path

from pmlviz.core.rulebook import document, events_of, makers
from pmlviz.core.rules import CITATIONS, Rule
from tests.golden import ROOT, Golden


def test_the_page_of_rules_is_up_to_date(golden: Golden) -> None:
    replace(golden, data=ROOT)(document(), "docs/rules.md")


def test_every_rule_has_an_event_and_is_done_somewhere() -> None:
    text = document()

    assert all(events_of(rule) for rule in Rule)
    assert "nowhere" not in text
    assert all(citation.says in text for citation in CITATIONS.values())


def test_a_vm_exit_stands_with_the_rule_of_its_reason() -> None:
    assert events_of(Rule.PML_FULL) == ["VmExited (62)"]
    assert events_of(Rule.PML_LOG) == ["PmlLogged"]


def test_the_functions_that_make_an_event_are_found_in_the_code(tmp_path: Path) -> None:
    code = tmp_path / "mine.py"
    code.write_text(
        "def one(run):\n    run.emit(PmlLogged(0, 1, 2))\n"
        "def two(run):\n    run.emit(e.PmlLogged(0, 1, 2))\n    other()()\n"
        "def three(event):\n    match event:\n        case PmlLogged(a):\n            pass\n",
        encoding="utf-8",
    )

    assert makers([code]) == {"PmlLogged": ["mine.one", "mine.two"]}
