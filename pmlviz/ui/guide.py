"""The sheets of a window: what asks, lists and explains beside it."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl

from pmlviz.core.document import TraceOptions
from pmlviz.core.timeline import Position
from pmlviz.core.units import Gfn, fmt
from pmlviz.ui import goto, targets, why
from pmlviz.ui.dialogs.editor import NEW, EditorSheet
from pmlviz.ui.dialogs.gallery import GallerySheet
from pmlviz.ui.dialogs.help import AboutSheet, HelpSheet, KeysSheet, TextSheet, place_of
from pmlviz.ui.dialogs.palette import Palette
from pmlviz.ui.dialogs.prompt import Prompt
from pmlviz.ui.dialogs.sheet import Sheet
from pmlviz.ui.dialogs.trace import TraceSheet

if TYPE_CHECKING:
    from pmlviz.ui.window import Window


class Guide:
    """Opens sheets, one of a kind at a time."""

    def __init__(self, window: "Window") -> None:
        """Have none open."""
        self._window = window
        self._sheets: dict[str, Sheet] = {}

    def sheet(self, name: str) -> Sheet | None:
        """Return the open sheet of kind *name*."""
        return self._sheets.get(f"sheet-{name}")

    def close(self) -> None:
        """Close every sheet."""
        for sheet in list(self._sheets.values()):
            sheet.close()

    def show(self, sheet: Sheet) -> None:
        """Show *sheet* in place of one of its kind."""
        name = sheet.objectName()
        old = self._sheets.pop(name, None)
        if old is not None:
            old.close()
        self._sheets[name] = sheet
        sheet.finished.connect(lambda _: self._gone(sheet))
        sheet.show()
        sheet.activateWindow()

    def ask_goto(self) -> None:
        """Ask where to go."""

        def go(text: str) -> None:
            session = self._window.session
            found = goto.parse(text, session.timeline, session.position)
            if isinstance(found, Position):
                session.seek(found)
            else:
                session.select(found)

        self.show(Prompt(self._window, "goto", "Go to", goto.USAGE, go))

    def ask_note(self, item: int | None = None) -> None:
        """Ask for the note of *item*, by default the current one."""
        session = self._window.session
        at = session.position.item if item is None else item
        if not at:
            return
        old = dict(session.notes).get(at, "")
        usage = "Enter keeps it: a caption, and a place where running stops. Empty removes it."

        def keep(text: str) -> None:
            session.set_note(at, text.strip())

        title = f"Note at item {at:,}"
        self.show(Prompt(self._window, "note", title, usage, keep, old))

    def ask_palette(self) -> None:
        """Offer every command."""
        self.show(Palette(self._window))

    def show_keys(self) -> None:
        """Show all keys."""
        self.show(KeysSheet(self._window))

    def show_help(self, word: str = "") -> None:
        """Show how to begin and the glossary, or what *word* means."""
        self.show(HelpSheet(self._window, word))

    def show_about(self) -> None:
        """Show what pmlviz is."""
        self.show(AboutSheet(self._window))

    def show_gallery(self) -> None:
        """Show every bundled scenario."""
        self.show(GallerySheet(self._window, self._window.files.open_reference))

    def ask_trace(self, path: Path) -> None:
        """Ask how to read the trace in *path*, then read it."""

        def read(options: TraceOptions) -> None:
            self._window.attempt(lambda w: w.files.read_trace(path, options))

        self.show(TraceSheet(self._window, path, read))

    def edit_scenario(self, *, new: bool = False) -> None:
        """Edit the scenario that is shown as text, or a *new* one."""
        files = self._window.files
        document = files.document()
        if not new and not document.toml:
            self._window.say("A trace has no text to edit; act on it by hand instead")
            return
        path = None if new else document.path

        def play(text: str) -> None:
            if not new or files.may_leave():
                files.show_text(text, path)

        title = "New scenario" if new else "Edit the scenario"
        self.show(EditorSheet(self._window, title, NEW if new else document.toml, play))

    def show_why(self, gfn: int | None = None) -> None:
        """Show the chain of causes of *gfn*, by default the page that is shown."""
        session = self._window.session
        frame = session.frame
        page = frame.shown_gfn if gfn is None else Gfn(gfn)
        if page is None:
            return
        state = targets.state_of(frame, page)
        html = why.html(session.timeline, frame.position, page, state)
        sheet = TextSheet(self._window, "why", f"Why? gfn {fmt(page)}", html)

        def go(link: QUrl) -> None:
            session.seek(Position(*place_of(link)))

        sheet.page.anchorClicked.connect(go)
        self.show(sheet)

    def _gone(self, sheet: Sheet) -> None:
        if self._sheets.get(sheet.objectName()) is sheet:
            del self._sheets[sheet.objectName()]
        sheet.deleteLater()
