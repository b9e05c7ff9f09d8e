import re

from pmlviz.core.ept import FIELDS
from pmlviz.core.glossary import TERMS, look_up
from pmlviz.core.items import Op
from pmlviz.core.rules import SOURCES, Source
from pmlviz.core.units import EptLevel


def test_every_term_is_one_line_with_a_source() -> None:
    for term in TERMS:
        assert term.line.endswith(".")
        assert len(term.line) <= 110, term.name
        assert term.citation.source in SOURCES
        assert term.citation.heading


def test_every_field_of_an_entry_is_explained() -> None:
    missing = [name for name in FIELDS if look_up(name) is None]

    assert missing == []


def test_every_level_is_explained_and_the_root_is_not_the_log() -> None:
    assert all(look_up(level.name) is not None for level in EptLevel)
    root = look_up("PML4E")
    assert root is not None
    assert "nothing to do with PML" in root.line


def test_no_word_means_two_things() -> None:
    words = [word.lower() for term in TERMS for word in (term.name, *term.also)]

    twice = {word for word in words if words.count(word) > 1}

    assert twice == set()


def test_a_word_is_found_in_any_spelling_and_by_its_other_names() -> None:
    def name(word: str) -> str | None:
        term = look_up(word)
        return None if term is None else term.name

    assert name("pml Index") == "PML index"
    assert name("shatter") == "split"
    assert name("exit 62") == "PML-full"
    assert name("d") == "D"
    assert name("frobnicate") is None


def test_what_a_script_may_ask_for_is_explained_where_it_is_no_plain_word() -> None:
    plain = {Op.READ, Op.WRITE, Op.FETCH, Op.RMW, Op.ENABLE, Op.DISABLE, Op.SET_INDEX}

    assert all(look_up(op.value) is not None for op in Op if op not in plain)


def test_the_thread_is_cited_for_what_it_argued_about() -> None:
    from_thread = {term.name for term in TERMS if term.citation.source is Source.THREAD}

    assert from_thread == {"superpage", "lost", "over-reported"}


def test_bits_are_given_by_the_numbers_that_the_layout_has() -> None:
    for name, field in FIELDS.items():
        term = look_up(name)
        assert term is not None
        found = re.search(r"[Bb]its? (\d+)(?::(\d+))?", term.line)
        assert found is not None, name
        high, low = int(found[1]), int(found[2] or found[1])
        assert (low, high - low + 1) == (field.low, field.width), name
