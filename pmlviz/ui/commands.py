"""Every command once: its id, words, keys, when it is enabled, and what it does.

Menus, toolbar, palette, the sheet of keys and the enabled states of all come from this table. A
command's `why_not` returns an empty string when it may run, otherwise the reason, which becomes the
tool tip of the greyed entry.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from pmlviz.ui.figures.glyphs import Glyph

if TYPE_CHECKING:
    from pmlviz.ui.window import Window

Run = Callable[["Window"], object]
WhyNot = Callable[["Window"], str]


class Command(msgspec.Struct, frozen=True):
    """One thing that can be done."""

    id: str
    menu: str
    text: str
    run: Run
    keys: tuple[str, ...] = ()
    """They work everywhere in the window; fields keep what is typed into them."""
    figure_keys: tuple[str, ...] = ()
    """More keys, that work with focus on a figure or the timeline only."""
    why_not: WhyNot = lambda _window: ""
    icon: Glyph | None = None
    tip: str = ""
    checkable: Callable[["Window"], bool] | None = None
    """Of a switch: whether it is on."""
    separator: bool = False
    """A line above it in its menu."""


MENUS = ("File", "Edit", "Time", "Act", "View", "Help")


def _at_start(window: "Window") -> str:
    return "" if window.session.frame.position.item else "this is the start"


def _at_first(window: "Window") -> str:
    return "" if window.session.goes_back else _at_start(window)


def _at_end(window: "Window") -> str:
    frame = window.session.frame
    last = frame.position.item >= frame.n_items and frame.at_rest
    return "this is the end of the script" if last else ""


def _at_last(window: "Window") -> str:
    return "" if window.session.goes_on else _at_end(window)


def _nothing_selected(window: "Window") -> str:
    return "" if window.session.frame.shown_gfn is not None else "no page is selected"


def _nothing_to_leave(window: "Window") -> str:
    session = window.session
    if session.busy or session.playing or window.looks.presenting or window.files.working:
        return ""
    return "" if session.selection is not None else "nothing is under way or selected"


def _not_presenting(window: "Window") -> str:
    return "" if window.looks.presenting else "only while presenting (F12)"


FILE = (
    Command("file.new", "File", "New scenario…", lambda w: w.files.new(), ("Ctrl+N",)),
    Command("file.open", "File", "Open…", lambda w: w.files.open(), ("Ctrl+O",),
            tip="A scenario, a write trace, or a figure exported by pmlviz"),
    Command("file.gallery", "File", "Gallery…", lambda w: w.files.gallery()),
    Command("file.save", "File", "Save", lambda w: w.files.save(), ("Ctrl+S",),
            why_not=lambda w: w.files.why_not_save(), separator=True),
    Command("file.save_as", "File", "Save as…", lambda w: w.files.save_as(), ("Ctrl+Shift+S",),
            why_not=lambda w: w.files.why_not_save()),
    Command("file.export", "File", "Export figure…", lambda w: w.exports.ask(), ("Ctrl+E",),
            separator=True),
    Command("file.export_again", "File", "Repeat last export", lambda w: w.exports.again(),
            ("Ctrl+Shift+E",), why_not=lambda w: w.exports.why_not_again()),
    Command("file.close", "File", "Close", lambda w: w.close(), ("Ctrl+W",), separator=True),
    Command("file.quit", "File", "Quit", lambda w: w.close(), ("Ctrl+Q",)),
)  # fmt: skip

EDIT = (
    Command("edit.undo", "Edit", "Undo script edit", lambda w: w.session.undo.undo(), ("Ctrl+Z",),
            why_not=lambda w: "" if w.session.undo.canUndo() else "the script was not edited",
            tip="Never moves time"),
    Command("edit.redo", "Edit", "Redo script edit", lambda w: w.session.undo.redo(),
            ("Ctrl+Shift+Z", "Ctrl+Y"),
            why_not=lambda w: "" if w.session.undo.canRedo() else "no edit was undone"),
    Command("edit.copy", "Edit", "Copy as text", lambda w: w.exports.copy_text(), ("Ctrl+C",),
            separator=True),
    Command("edit.copy_figure", "Edit", "Copy figure", lambda w: w.exports.copy_figure(),
            ("Ctrl+Shift+C",), tip="As PNG, SVG and text in one"),
    Command("edit.note", "Edit", "Note here…", lambda w: w.guide.ask_note(), (), ("M",),
            why_not=lambda w: _at_start(w), tip="Becomes the caption at this item", separator=True),
)  # fmt: skip

TIME = (
    Command("time.start", "Time", "Start", lambda w: w.session.home(), ("Ctrl+R",), ("Home",),
            _at_start, "first"),
    Command("time.item_back", "Time", "Previous item", lambda w: w.session.step_item(-1),
            ("Shift+F10",), ("Left",), _at_first, "back"),
    Command("time.item", "Time", "Next item", lambda w: w.session.step_item(1), ("F10",),
            ("Right",), _at_last, "forward"),
    Command("time.event_back", "Time", "Previous event", lambda w: w.session.step_event(-1),
            ("Shift+F11",), ("Shift+Left",), _at_first),
    Command("time.event", "Time", "Next event", lambda w: w.session.step_event(1), ("F11",),
            ("Shift+Right",), _at_last),
    Command("time.end", "Time", "End", lambda w: w.session.end(), (), ("End",), _at_end, "last"),
    Command("time.mark", "Time", "Next interesting event", lambda w: w.session.step_mark(1),
            ("Ctrl+Right", "."), (), _at_end, separator=True,
            tip="Exit, split, drain, CLEAN, lost write"),
    Command("time.mark_back", "Time", "Previous interesting event",
            lambda w: w.session.step_mark(-1), ("Ctrl+Left", ","), (), _at_start),
    Command("time.round", "Time", "Next CLEAN", lambda w: w.session.step_round(1), ("]",), (),
            _at_end),
    Command("time.round_back", "Time", "Previous CLEAN", lambda w: w.session.step_round(-1),
            ("[",), (), _at_start),
    Command("time.run", "Time", "Run", lambda w: w.deeds.run(1), ("F5",), (), _at_end, "run",
            tip="To the next breakpoint, note, what 'run until' says, or the end", separator=True),
    Command("time.run_back", "Time", "Run backwards", lambda w: w.deeds.run(-1), ("Shift+F5",), (),
            _at_start),
    Command("time.play", "Time", "Play or pause", lambda w: w.deeds.toggle_play(), (), ("Space",)),
    Command("time.cancel", "Time", "Stop, leave, select nothing", lambda w: w.escape(), ("Esc",),
            why_not=_nothing_to_leave,
            tip="What is under way; else playing; else presenting; else the selection"),
    Command("time.goto", "Time", "Go to…", lambda w: w.guide.ask_goto(), ("Ctrl+G",),
            separator=True, tip="1234, 50%, +100, exit 3, gfn 0x1f4"),
    Command("time.breakpoint", "Time", "Breakpoint on the selected page or item",
            lambda w: w.deeds.toggle_breakpoint(), ("F9",), ("B",)),
)  # fmt: skip


def _act(text: str) -> Run:
    return lambda w: w.deeds.act(text)


def _may(text: str) -> WhyNot:
    return lambda w: w.deeds.why_not(text)


def _op(name: str, text: str, tip: str, *, separator: bool = False) -> Command:
    return Command(f"act.{name}", "Act", text, _act(name), why_not=_may(name), tip=tip,
                   separator=separator)  # fmt: skip


ACT = (
    Command("act.write_here", "Act", "Write the selected page",
            lambda w: w.deeds.act_on_selected("write"), why_not=_nothing_selected),
    Command("act.read_here", "Act", "Read the selected page",
            lambda w: w.deeds.act_on_selected("read"), why_not=_nothing_selected),
    Command("act.walk_here", "Act", "Page walk through the selected page",
            lambda w: w.deeds.act_on_selected("walk"), why_not=_nothing_selected,
            tip="The processor's own access to a guest page table: a write while EPTP.AD = 1"),
    Command("act.write", "Act", "Write an address…", lambda w: w.deeds.focus_write()),
    _op("enable", "Enable log-dirty", "XEN_DOMCTL_SHADOW_OP_ENABLE_LOGDIRTY", separator=True),
    _op("peek", "PEEK", "Drain, read the bitmap, clear nothing"),
    _op("clean", "CLEAN", "Drain, read and clear the bitmap, arm all pages again"),
    _op("disable", "Disable log-dirty", "XEN_DOMCTL_SHADOW_OP_OFF"),
    _op("drain", "Drain the buffers", "As an exit 62 would, on every vCPU", separator=True),
    _op("invept", "INVEPT", "Drop every cached translation"),
    _op("copy-all", "Copy all pages", "The toolstack sends every page", separator=True),
    _op("stop-and-copy", "Stop and copy", "The guest stops, a last CLEAN, its pages are sent"),
)  # fmt: skip


def _panel(name: str, text: str, *, separator: bool = False) -> Command:
    return Command(f"view.{name}", "View", text, lambda w: w.docks.toggle(name),
                   checkable=lambda w: w.docks.is_shown(name), separator=separator)  # fmt: skip


VIEW = (
    Command("view.teach", "View", "Teach layout", lambda w: w.looks.set_layout("teach"),
            ("Ctrl+1",), checkable=lambda w: w.looks.layout_name == "teach"),
    Command("view.debug", "View", "Debug layout", lambda w: w.looks.set_layout("debug"),
            ("Ctrl+2",), checkable=lambda w: w.looks.layout_name == "debug"),
    Command("view.present", "View", "Present", lambda w: w.looks.toggle_present(), ("F12",),
            checkable=lambda w: w.looks.presenting,
            tip="Without toolbar and side panels; PageDown and PageUp step, Esc leaves"),
    Command("view.reset", "View", "Reset layout", lambda w: w.looks.reset_layout()),
    Command("view.light", "View", "Light theme", lambda w: w.looks.set_theme("light"),
            checkable=lambda w: w.looks.theme.name == "light", separator=True),
    Command("view.dark", "View", "Dark theme", lambda w: w.looks.set_theme("dark"),
            checkable=lambda w: w.looks.theme.name == "dark"),
    Command("view.larger", "View", "Larger", lambda w: w.looks.set_scale(w.looks.scale + 0.1),
            ("Ctrl++", "Ctrl+="), separator=True),
    Command("view.smaller", "View", "Smaller", lambda w: w.looks.set_scale(w.looks.scale - 0.1),
            ("Ctrl+-",)),
    Command("view.actual", "View", "Normal size", lambda w: w.looks.set_scale(1.0), ("Ctrl+0",)),
    Command("view.fit", "View", "Fit the bitmap", lambda w: w.panes.fit(), (), ("F",),
            separator=True),
    _panel("script", "Script panel", separator=True),
    _panel("counters", "Counters panel"),
    _panel("promise", "Promise panel"),
    _panel("events", "Events panel"),
    _panel("timeline", "Timeline panel"),
    Command("view.next", "View", "Next slide", lambda w: w.deeds.slide(1), ("PgDown",),
            why_not=_not_presenting, tip="The next note or event, while presenting",
            separator=True),
    Command("view.previous", "View", "Previous slide", lambda w: w.deeds.slide(-1), ("PgUp",),
            why_not=_not_presenting, tip="The note or event before, while presenting"),
)  # fmt: skip

HELP = (
    Command("help.palette", "Help", "Command palette…", lambda w: w.guide.ask_palette(),
            ("Ctrl+Shift+P",)),
    Command("help.keys", "Help", "Keys", lambda w: w.guide.show_keys(), ("?",)),
    Command("help.help", "Help", "Help and glossary", lambda w: w.guide.show_help(), ("F1",)),
    Command("help.tour", "Help", "The tour", lambda w: w.files.open_reference("tour")),
    Command("help.why", "Help", "Why? for the selected page", lambda w: w.guide.show_why(), (),
            ("W",), why_not=_nothing_selected),
    Command("help.about", "Help", "About pmlviz", lambda w: w.guide.show_about(), separator=True),
)  # fmt: skip

COMMANDS: dict[str, Command] = {c.id: c for c in (*FILE, *EDIT, *TIME, *ACT, *VIEW, *HELP)}
"""All commands by id, in menu order."""
