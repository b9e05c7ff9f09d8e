"""Help, keys, glossary."""

from PySide6.QtCore import QUrl
from pytestqt.qtbot import QtBot

from pmlviz.core.glossary import TERMS
from pmlviz.ui.commands import COMMANDS
from pmlviz.ui.dialogs.help import (
    AboutSheet,
    HelpSheet,
    KeysSheet,
    TextSheet,
    glossary_html,
    keys_html,
    place_of,
)


def test_the_sheet_of_keys_has_every_key() -> None:
    html = keys_html()

    keys = [key for c in COMMANDS.values() for key in (*c.keys, *c.figure_keys)]
    assert all(f"<tt>{key}</tt>" in html for key in keys)


def test_the_glossary_has_every_term_with_its_source() -> None:
    html = glossary_html()

    assert all(f"<b>{term.name}" in html for term in TERMS if "<" not in term.name)
    assert html.count("<p>") == len(TERMS)


def test_a_word_is_looked_up_and_an_unknown_one_says_so() -> None:
    assert 0 < glossary_html("recalc").count("<p>") < len(TERMS)
    assert "No term" in glossary_html("xyzzy")


def test_a_link_names_item_and_event() -> None:
    assert place_of(QUrl("12.3")) == (12, 3)


def test_every_sheet_shows_its_text(qtbot: QtBot) -> None:
    from PySide6.QtWidgets import QWidget

    parent = QWidget()
    qtbot.addWidget(parent)

    sheets = [KeysSheet(parent), HelpSheet(parent, "recalc"), AboutSheet(parent)]
    text = TextSheet(parent, "why", "Why?", "<p>because</p>")

    assert all(sheet.accessibleName() for sheet in sheets)
    assert text.page.toPlainText() == "because"
