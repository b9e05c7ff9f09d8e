"""Opening and saving: the document's file, its name, unsaved work, what is on the disk."""

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QMessageBox

from pmlviz.core import scenarios
from pmlviz.core.document import Document, TraceOptions, of_scenario
from pmlviz.core.errors import PmlvizError
from pmlviz.core.scenario import parse, with_notes, with_script
from pmlviz.core.script import ItemScript
from pmlviz.core.timeline import Position
from pmlviz.core.trace import sniff
from pmlviz.ui.autosave import Autosave, Saved, document_of, read, saved_of
from pmlviz.ui.disk import Disk
from pmlviz.ui.figures.source import is_figure
from pmlviz.ui.opening import open_any
from pmlviz.ui.reading import Reading

if TYPE_CHECKING:
    from pmlviz.ui.window import Window

FILTER = (
    "All that pmlviz opens (*.toml *.pwt *.pwt.xz *.txt *.xz *.svg *.png)"
    ";;Scenarios (*.toml);;All files (*)"
)


class Files(QObject):
    """The document of one window, and the files it comes from and goes to."""

    def __init__(self, window: "Window") -> None:
        """Watch the file of the document that is shown."""
        super().__init__(window)
        self._window = window
        self._autosave = Autosave()
        self._disk = Disk(self)
        self._disk.changed.connect(self._changed_on_disk)
        self._reading: Reading | None = None
        self._unsaved = False
        self._way: list[tuple[Document, str]] = []
        session = window.session
        session.edited.connect(self._keep)
        session.document_changed.connect(self._shown)
        session.chapter_ended.connect(self._next_chapter)
        session.chapter_began.connect(self._previous_chapter)
        self._shown(session.document)

    # ── what is shown ────────────────────────────────────────────────────────

    @property
    def name(self) -> str:
        """The document's name for the window's title."""
        document = self._window.session.document
        return document.path.name if document.path is not None else document.title

    @property
    def edited(self) -> bool:
        """Whether there is work that no file has."""
        return self._unsaved or not self._window.session.undo.isClean()

    @property
    def working(self) -> bool:
        """Whether a trace is being read."""
        return self._reading is not None

    def document(self) -> Document:
        """Return the document with script, notes and strategy as they are now."""
        session = self._window.session
        document = msgspec.structs.replace(
            session.document,
            script=session.timeline.script,
            strategy=session.strategy,
            notes=session.notes,
        )
        if isinstance(document.script, ItemScript) and document.toml:
            text = with_script(document.toml, document.script, session.strategy)
            notes = [note for note in session.notes if note[0] <= len(document.script)]
            document = msgspec.structs.replace(document, toml=with_notes(text, notes))
        return document

    # ── opening ──────────────────────────────────────────────────────────────

    def open(self) -> None:
        """Ask for a file and open it."""
        folder = str(Path(self._window.session.document.origin).parent)
        path, _ = QFileDialog.getOpenFileName(self._window, "Open", folder, FILTER)
        if path:
            self.open_path(Path(path))

    def open_path(self, path: Path) -> None:
        """Open *path*, whatever it is; a trace is asked about first."""
        self._window.attempt(lambda _: self._open_path(path))

    def open_reference(self, reference: str) -> None:
        """Open a gallery id or a file, as named on the command line."""
        if reference not in scenarios.ORDER:
            self.open_path(Path(reference))
        elif self.may_leave():
            self._window.attempt(lambda _: self.show(open_any(reference)))

    def show(self, document: Document, *, goes_back: bool = False) -> None:
        """Show *document*; the way back through chapters is kept only with *goes_back*."""
        if not goes_back:
            self._way.clear()
        self._unsaved = False
        self._window.session.open(document, goes_back=bool(self._way))

    def show_text(self, text: str, path: Path | None = None) -> None:
        """Show the scenario that *text* spells as unsaved work.

        Raises PmlvizError, and then nothing has changed.
        """
        old = self._window.session.document
        scenario = parse(text, path.name if path else old.title)
        self.show(of_scenario(scenario, str(path) if path else scenario.title, path))
        self._unsaved = True
        self._keep()
        self._window.refresh()

    def restore(self, saved: Saved) -> None:
        """Show what a crashed run had kept, as unsaved work."""
        self.show(document_of(saved))
        self._unsaved = True
        self._keep()
        self._window.refresh()

    def new(self) -> None:
        """Ask for a new scenario."""
        self._window.guide.edit_scenario(new=True)

    def gallery(self) -> None:
        """Show all bundled scenarios."""
        self._window.guide.show_gallery()

    def read_trace(self, path: Path, options: TraceOptions) -> None:
        """Read the trace in *path* between other work, then show it."""
        self.cancel()
        reading = Reading(path, options, self)
        self._reading = reading
        reading.progress.connect(self._window.status.show_busy)
        reading.done.connect(self._read)
        reading.failed.connect(self._not_read)
        reading.start()
        self._window.refresh()

    def cancel(self) -> None:
        """Give up reading; what is shown stays."""
        if self._reading is not None:
            self._reading.stop()
            self._end_reading()

    def _open_path(self, path: Path) -> None:
        if not path.exists():
            raise PmlvizError("no such file", place=str(path))
        if not is_figure(path) and not path.is_dir() and sniff(path) is not None:
            self._window.guide.ask_trace(path)
            return
        document = open_any(str(path))
        if self.may_leave():
            self.show(document)
            self._window.settings.add_recent(str(path))

    def _read(self, document: Document) -> None:
        self._end_reading()
        if self.may_leave():
            self.show(document)
            self._window.settings.add_recent(document.origin)

    def _not_read(self, fault: PmlvizError) -> None:
        self._end_reading()
        self._window.tell(fault)

    def _end_reading(self) -> None:
        self._reading = None
        self._window.status.show_busy("", 0)
        self._window.refresh()

    # ── chapters ─────────────────────────────────────────────────────────────

    def _next_chapter(self, name: str) -> None:
        document = self._window.session.document
        self._way.append((document, self._window.session.strategy))
        try:
            self.show(open_any(name), goes_back=True)
        except PmlvizError as fault:
            self._way.pop()
            self._window.tell(fault)
            return
        self._window.session.step_item(1)
        self._window.say(f"Next: {self._window.session.document.title}")

    def _previous_chapter(self) -> None:
        if not self._way:
            return
        document, strategy = self._way.pop()
        last = Position(len(document.script), 1 << 30)
        self.show(
            msgspec.structs.replace(document, strategy=strategy, position=last), goes_back=True
        )

    # ── saving ───────────────────────────────────────────────────────────────

    def why_not_save(self) -> str:
        """Return why this cannot be saved; empty if it can."""
        if self._window.session.document.trace is not None:
            return "a trace is no scenario; export its figures instead"
        return ""

    def save(self) -> bool:
        """Save to the document's file, or ask for one; return whether it was saved."""
        path = self._window.session.document.path
        return self.save_as() if path is None else self._save(path)

    def save_as(self) -> bool:
        """Ask for a file and save to it; return whether it was saved."""
        document = self._window.session.document
        start = document.path or Path.cwd() / f"{Path(document.origin).stem or 'scenario'}.toml"
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Save as", str(start), "Scenarios (*.toml)"
        )
        if not name:
            return False
        path = Path(name)
        return self._save(path if path.suffix else path.with_suffix(".toml"))

    def may_leave(self) -> bool:
        """Ask about unsaved work, if there is any; return whether the document may go."""
        if not self.edited:
            return True
        button = QMessageBox.StandardButton
        box = QMessageBox(self._window)
        box.setWindowTitle("pmlviz")
        box.setText(f"“{self.name}” has changes that are not saved.")
        keep = button.Save if not self.why_not_save() else button.NoButton
        box.setStandardButtons(keep | button.Discard | button.Cancel)
        box.setDefaultButton(button.Save if keep else button.Cancel)
        answer = box.exec()
        box.deleteLater()
        if answer == button.Save:
            return self.save()
        if answer == button.Discard:
            self.forget()
        return answer == button.Discard

    def forget(self) -> None:
        """Take what is shown for saved: nobody wants the changes."""
        self._unsaved = False
        self._window.session.undo.setClean()
        self._autosave.remove()

    def close(self) -> None:
        """Leave in peace: nothing is kept, nothing is read or watched."""
        self.cancel()
        self._autosave.remove()
        self._disk.watch(None)

    def _save(self, path: Path) -> bool:
        document = msgspec.structs.replace(self.document(), path=path, origin=str(path))
        try:
            self._disk.expect(document.toml)
            fresh = path.with_name(f".{path.name}.new")
            fresh.write_text(document.toml, encoding="utf-8")
            fresh.replace(path)
        except OSError as fault:
            self._window.tell(PmlvizError(f"cannot be saved: {fault.strerror}", place=str(path)))
            return False
        self._unsaved = False
        self._window.session.saved_as(document)
        self._autosave.remove()
        self._window.settings.add_recent(str(path))
        self._window.say(f"Saved {path.name}")
        self._window.refresh()
        return True

    def keep_safe(self) -> Path:
        """Keep the script whatever its state, and return where."""
        session = self._window.session
        self._autosave.write(saved_of(self.document(), session.strategy, session.position))
        return self._autosave.path

    def offer_rescue(self) -> None:
        """Offer what a run that crashed has kept, if there is any."""
        for path in self._autosave.orphans():
            saved = read(path)
            if saved is None:
                path.unlink(missing_ok=True)
                continue

            def rescue(saved: Saved = saved, path: Path = path) -> None:
                if self._window.attempt(lambda _: self.restore(saved)):
                    path.unlink(missing_ok=True)

            def forget(path: Path = path) -> None:
                path.unlink(missing_ok=True)

            self._window.toast.say(
                f"pmlviz ended without saving “{saved.title}”",
                (("Open it again", rescue), ("Forget it", forget)),
                stays=True,
            )
            return

    def _keep(self) -> None:
        """Keep the script in the autosave; a full disk is told once and stops nothing."""
        if not self.edited:
            self._autosave.remove()
            return
        session = self._window.session
        try:
            self._autosave.write(saved_of(self.document(), session.strategy, session.position))
        except OSError as fault:
            self._window.say(f"The script cannot be kept safe: {fault.strerror}")

    # ── the disk ─────────────────────────────────────────────────────────────

    def _shown(self, document: Document) -> None:
        self._disk.watch(document.path, document.toml)
        self._window.settings.last = document.origin
        if self._window.attached:
            self._window.toolbar.scenario.set_value(document.title)
            self._window.refresh()

    def _changed_on_disk(self, path: Path) -> None:
        if self.edited:
            self._window.say(
                f"{path.name} has changed on the disk", (("Reload", lambda: self._reload(path)),)
            )
        else:
            self._reload(path)

    def _reload(self, path: Path) -> None:
        position = self._window.session.position

        def again(window: "Window") -> None:
            document = open_any(str(path))
            self.show(msgspec.structs.replace(document, position=position))
            window.say(f"{path.name} was read again")

        self._window.attempt(again)
