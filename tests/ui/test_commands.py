"""The table of commands: what menus, keys, palette and sheet of keys are made from."""

from collections import Counter

from PySide6.QtGui import QKeySequence

from pmlviz.ui.commands import COMMANDS, MENUS


def test_no_two_commands_share_a_key_in_any_place_where_both_work() -> None:
    window = [QKeySequence(k).toString() for c in COMMANDS.values() for k in c.keys]
    figure = [QKeySequence(k).toString() for c in COMMANDS.values() for k in c.figure_keys]

    twice = [key for key, n in Counter(window + figure).items() if n > 1]

    assert not twice


def test_every_key_is_one_that_qt_understands() -> None:
    keys = [k for c in COMMANDS.values() for k in (*c.keys, *c.figure_keys)]

    assert [key for key in keys if not QKeySequence(key).toString()] == []


def test_letters_digits_and_arrows_work_on_figures_only() -> None:
    bare = {"Left", "Right", "Up", "Down", "Home", "End", "Space", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ"}

    wide = {key for command in COMMANDS.values() for key in command.keys}

    assert not wide & bare


def test_every_command_has_a_menu_and_words_and_every_menu_commands() -> None:
    assert {command.menu for command in COMMANDS.values()} == set(MENUS)
    assert all(command.text and command.id for command in COMMANDS.values())
    assert all(name == command.id for name, command in COMMANDS.items())


def test_the_keys_of_the_design_are_bound() -> None:
    bound = {key for c in COMMANDS.values() for key in (*c.keys, *c.figure_keys)}

    asked = (
        "F10 Shift+F10 F11 Shift+F11 F5 Shift+F5 Ctrl+Right Ctrl+Left . , Space Right Left"
        " Shift+Right Shift+Left Home End [ ] W F9 B M Ctrl+G Ctrl+Z Ctrl+Shift+Z Ctrl+R Ctrl+N"
        " Ctrl+O Ctrl+S Ctrl+Shift+S Ctrl+W Ctrl+Q Ctrl+E Ctrl+Shift+E Ctrl+C Ctrl+Shift+C"
        " Ctrl+Shift+P ? F1 F12 Esc PgDown PgUp Ctrl++ Ctrl+- Ctrl+0"
    )
    assert not set(asked.split()) - bound
