"""The script as it is now, kept until the window closes in peace."""

from pathlib import Path

import msgspec

from pmlviz.core.document import TraceOptions, open_document
from pmlviz.core.items import Item, Op
from pmlviz.core.timeline import Position
from pmlviz.ui.autosave import Autosave, document_of, read, saved_of
from tests.core.trace_files import PWT


def test_a_scenario_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    document = open_document("tour")
    autosave = Autosave(tmp_path)

    autosave.write(saved_of(document, "xen", Position(3, 2)))
    saved = read(autosave.path)

    assert saved is not None
    again = document_of(saved)
    assert again.toml == document.toml
    assert (again.strategy, again.position) == ("xen", Position(3, 2))
    autosave.remove()


def test_a_trace_comes_back_with_what_was_done_to_it(tmp_path: Path) -> None:
    path = tmp_path / "small.pwt"
    path.write_text(PWT, encoding="utf-8")
    document = open_document(str(path), TraceOptions("4K"))
    acted = msgspec.structs.replace(document, script=document.script.acted(3, Item(Op.CLEAN)))

    again = document_of(saved_of(acted, "xen", Position(4, 1)))

    texts = [again.script.item(n).text for n in range(1, len(again.script) + 1)]
    assert len(again.script) == 4
    assert texts[-1] == "clean"
    assert again.trace == TraceOptions("4K")


def test_only_what_a_run_that_is_gone_has_left_is_an_orphan(tmp_path: Path) -> None:
    ours = Autosave(tmp_path)
    ours.write(saved_of(open_document("tour"), "xen", Position()))
    left = tmp_path / "autosave-1.json"
    left.write_bytes(ours.path.read_bytes())
    running = Autosave(tmp_path)
    running.path = tmp_path / "autosave-2.json"
    running.write(saved_of(open_document("tour"), "xen", Position()))

    found = ours.orphans()
    running.remove()
    ours.remove()

    assert found == [left]


def test_a_spoiled_file_is_no_saved_script(tmp_path: Path) -> None:
    path = tmp_path / "autosave-3.json"
    path.write_text('{"title": 3', encoding="utf-8")

    assert read(path) is None
    assert read(tmp_path / "autosave-4.json") is None
