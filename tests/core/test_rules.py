from typing import get_args

from pmlviz.core import events
from pmlviz.core.exits import ExitReason, VmExit
from pmlviz.core.rules import CITATIONS, SOURCES, Citation, Rule, Source


def test_each_rule_has_a_citation_and_each_source_a_name_in_full() -> None:
    assert set(CITATIONS) == set(Rule)
    assert set(SOURCES) == set(Source)


def test_each_event_obeys_a_rule() -> None:
    plain = {kind for kind in get_args(events.Event) if kind is not events.VmExited}

    assert all(isinstance(kind.rule, Rule) for kind in plain)


def test_a_vm_exit_obeys_the_rule_of_its_reason() -> None:
    rules = {reason: events.VmExited(0, VmExit(ExitReason(reason))).rule for reason in (48, 49, 62)}

    assert rules == {48: Rule.EPT_VIOLATION, 49: Rule.EPT_MISCONFIG, 62: Rule.PML_FULL}


def test_each_paraphrase_is_one_sentence_or_two_short_ones() -> None:
    for citation in CITATIONS.values():
        assert citation.says.endswith(".")
        assert citation.says.count(". ") <= 1
        assert len(citation.says) <= 170


def test_a_citation_of_xen_names_a_file_and_a_function() -> None:
    of_xen = [c for c in CITATIONS.values() if c.source is Source.XEN]

    assert of_xen
    assert all(".c: " in citation.heading for citation in of_xen)


def test_a_heading_is_quoted_and_a_function_is_not() -> None:
    sdm = Citation(Source.SDM, "EPT Violations", "")
    xen = Citation(Source.XEN, "mm/paging.c: paging_log_dirty_op", "")

    assert sdm.where == "SDM Vol. 3C, “EPT Violations”"
    assert xen.where == "Xen, mm/paging.c: paging_log_dirty_op"
