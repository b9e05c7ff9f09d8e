"""What the commands share: positions, playing, telling."""

import json
from pathlib import Path

import pytest

from pmlviz.cli_play import opened, play, played, position_of
from pmlviz.core.document import open_document
from pmlviz.core.errors import PmlvizError
from pmlviz.core.timeline import START, Position
from tests.core.scenario_texts import DEMO, changed
from tests.core.trace_files import PWT

Captured = pytest.CaptureFixture[str]


def at(text: str | None, *, position: Position = START) -> Position:
    import msgspec

    document = msgspec.structs.replace(open_document("tour"), position=position)
    return position_of(text, document, document.timeline())


def test_an_item_is_at_rest_and_an_event_is_where_it_says() -> None:
    assert at("0") == START
    assert at("3") == Position(3, 10)
    assert at("3.6") == Position(3, 6)


def test_without_a_position_the_document_stands_where_it_stood_or_at_its_end() -> None:
    assert at(None) == Position(7, 5)
    assert at(None, position=Position(3, 6)) == Position(3, 6)
    assert at(None, position=Position(3, 999)) == Position(3, 10)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("x", "--at x", "4 or 4.6"),
        ("", "--at ", "4 or 4.6"),
        ("-1", "--at -1", "4 or 4.6"),
        ("3.", "--at 3.", "4 or 4.6"),
        ("²", "--at ²", "4 or 4.6"),
        ("9" * 5000, f"--at {'9' * 5000}", "4 or 4.6"),
        ("8", "--at 8: there is no item 8", "items go from 0 to 7"),
        ("3.11", "--at 3.11: there is no event 11", "item 3 has events 1 to 10"),
        ("3.0", "--at 3.0: there is no event 0", "item 3 has events 1 to 10"),
        ("0.1", "--at 0.1: there is no event 1", "nothing happens then"),
    ],
)
def test_a_position_that_is_none_says_what_would_be(text: str, message: str, hint: str) -> None:
    with pytest.raises(PmlvizError) as raised:
        at(text)

    assert raised.value.message == message
    assert hint in raised.value.hint


def test_playing_counts_the_items_up() -> None:
    timeline = open_document("tour").timeline()

    assert list(played(timeline, 4, "tour")) == [1, 2, 3, 4]
    assert timeline.recorded == 4


def test_a_scenario_is_told_event_by_event_then_counted(capsys: Captured) -> None:
    assert play(open_document("tour"), None, as_json=False)

    out = capsys.readouterr().out.splitlines()
    assert out[0] == "1  enable"
    assert "4  write 0x6000" in out
    assert "       7  vCPU 0 stores gpa 0x5000 (gfn 5) in slot 511 of its PML buffer." in out
    assert "Why the superpage must be split, 7 items under superpage-naive" in out
    assert any(line.split() == ["pages", "lost", "2"] for line in out)
    assert out[-1].split() == ["PML", "index", "0x1ff"]


def test_a_refused_item_is_told(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "demo.toml"
    path.write_text(changed(("enable  ", "clean  "), ("[expect]\nbitmap = [5, 6, 7]", "")))

    assert play(open_document(str(path)), None, as_json=False)
    assert "     refused: log-dirty mode is off (-EINVAL)" in capsys.readouterr().out


def test_a_script_that_tampers_is_said_to(capsys: Captured) -> None:
    play(open_document("straddle"), None, as_json=False)

    assert "tampered with: the script changes the machine by hand" in capsys.readouterr().out


def test_what_does_not_come_out_is_told_last(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "demo.toml"
    path.write_text(changed(("[5, 6, 7]", "[5]")))
    document = open_document(str(path))

    assert not play(document, None, as_json=False)
    assert capsys.readouterr().out.endswith("FAILED  bitmap: expected [5], got [5, 6, 7]\n")
    assert not play(document, None, as_json=True)
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["failed"] == ["bitmap: expected [5], got [5, 6, 7]"]
    assert play(document, "write-protect", as_json=True)


def test_json_is_a_line_an_event_and_a_summary(capsys: Captured) -> None:
    play(open_document("first-write"), None, as_json=True)

    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert all({"item", "event", "do", "what"} <= record.keys() for record in records[:-1])
    assert records[-1]["items"] == 9
    assert records[-1]["exits"] == {"48": 0, "49": 3, "62": 0}
    assert "failed" not in records[-1]


def test_a_trace_is_only_counted(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "hand.pwt"
    path.write_text(PWT)

    assert play(opened(str(path), "4K", None, 3), None, as_json=False)

    out = capsys.readouterr().out.splitlines()
    assert out[1] == "hand.pwt, 4 items under xen"
    assert out[2].startswith("  guest mapped by 4K pages.")
    assert len(out) == 3 + 13


def test_a_file_is_read_as_it_was_named(tmp_path: Path) -> None:
    path = tmp_path / "demo.toml"
    path.write_text(DEMO)

    assert opened(str(path), "2M", None, None).title == "Three pages"
    with pytest.raises(PmlvizError, match="--map 3M"):
        opened(str(path), "3M", None, None)
