"""Errors that a person can mend say where, what, and what would be right."""

import pytest

from pmlviz.core.errors import IllegalAction, ModelBug, PmlvizError, ScriptError, TraceError


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (PmlvizError("no memory"), "no memory"),
        (PmlvizError("no memory", hint="add some"), "no memory\n  hint: add some"),
        (PmlvizError("no memory", place="a.toml"), "a.toml: no memory"),
        (ScriptError("what?", place="line 3", hint="write"), "line 3: what?\n  hint: write"),
        (TraceError("no number", path="a.pwt"), "a.pwt: no number"),
        (TraceError("no number", path="a.pwt", line=7), "a.pwt:7: no number"),
    ],
)
def test_an_error_is_one_line_or_two_with_a_hint(error: PmlvizError, shown: str) -> None:
    assert str(error) == shown


def test_the_parts_are_kept_apart_for_a_window_to_show() -> None:
    error = TraceError("no number", path="a.pwt", line=7, hint="write one")

    assert (error.message, error.place, error.hint) == ("no number", "a.pwt:7", "write one")
    assert (error.path, error.line) == ("a.pwt", 7)


@pytest.mark.parametrize("kind", [IllegalAction, ScriptError, TraceError])
def test_whatever_a_person_can_mend_is_one_kind(kind: type[Exception]) -> None:
    assert issubclass(kind, PmlvizError)


def test_a_fault_of_ours_is_none_of_them() -> None:
    assert not issubclass(ModelBug, PmlvizError)
