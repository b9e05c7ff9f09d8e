"""What is done by hand: acts, running, breakpoints, what a click on a figure means."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from pmlviz.core.errors import PmlvizError
from pmlviz.core.items import Item
from pmlviz.core.strategies import STRATEGIES
from pmlviz.core.timeline import START, Position
from pmlviz.core.units import PAGE_SHIFT, Gfn, fmt
from pmlviz.ui import acting, targets
from pmlviz.ui.figures.scene import Target
from pmlviz.ui.search import Until

if TYPE_CHECKING:
    from pmlviz.ui.window import Window

Choice = tuple[str, str]
"""The words of an act, and the script line it is."""


class Deeds:
    """Acts of one window, by its chosen vCPU and stop."""

    def __init__(self, window: "Window") -> None:
        """Act by vCPU 0, and run to the end."""
        self._window = window
        self.vcpu = 0
        self.until = Until.END

    # ── acting on the machine ────────────────────────────────────────────────

    def act(self, text: str) -> None:
        """Do the script line *text* here.

        Raises PmlvizError, and then nothing was done.
        """
        session = self._window.session
        items = acting.items_of(text, self.vcpu)
        if not items:
            return
        reason = self._why_not(items[0])
        if reason:
            raise PmlvizError(f"{items[0].text}: {reason}")
        words = acting.predict(session.state_to_act_on, items, STRATEGIES[session.strategy])
        session.act(items)
        self._window.say(f"{items[0].text}: {words}")

    def why_not(self, text: str) -> str:
        """Return why the script line *text* may not be done here; empty if it may."""
        return self._why_not(acting.items_of(text, self.vcpu)[0])

    def effect(self, text: str) -> str:
        """Return what the script line *text* would do here, in a few words."""
        session = self._window.session
        strategy = STRATEGIES[session.strategy]
        return acting.hint(session.state_to_act_on, text, self.vcpu, strategy)

    def act_on_selected(self, op: str) -> None:
        """Let the chosen vCPU do *op* at the first byte of the selected page."""
        gfn = self._window.session.frame.shown_gfn
        if gfn is not None:
            self.act(f"{op} gfn {gfn}")

    def act_on_range(self, first: int, last: int) -> None:
        """Write gfn *first* to *last*, one item each."""
        self.act(f"write gfn {first}" if first == last else f"write gfn {first}..{last}")

    def focus_write(self) -> None:
        """Put the cursor into the write field."""
        field = self._window.toolbar.write
        field.setFocus()
        field.selectAll()

    def _why_not(self, item: Item) -> str:
        session = self._window.session
        return acting.why_not(session.state_to_act_on, item, STRATEGIES[session.strategy])

    # ── moving ───────────────────────────────────────────────────────────────

    def run(self, by: int) -> None:
        """Run on or backwards to what "run until" says."""
        self._window.session.run(by, self.until)

    def toggle_play(self) -> None:
        """Play, or pause."""
        session = self._window.session
        if session.playing:
            session.pause()
            return
        frame = session.frame
        if frame.position.item >= frame.n_items and frame.at_rest:
            session.home()
        session.play()

    def slide(self, by: int) -> None:
        """Go to the next or previous note, or by one event where there is none."""
        session = self._window.session
        notes = [item for item, _ in session.notes]
        here = session.position
        ahead = [n for n in notes if (n > here.item if by > 0 else n < here.item)]
        if ahead:
            session.seek(Position(min(ahead) if by > 0 else max(ahead)), rest=True)
        elif by < 0 and notes:
            session.seek(START)
        elif notes:
            session.step_item(1)
        else:
            session.step_event(by)

    def toggle_breakpoint(self) -> None:
        """Break on the selected page, else on the current item; or no longer."""
        session = self._window.session
        if session.selection is not None:
            session.toggle_breakpoint("gfn", session.selection)
            self._tell_breakpoint("gfn", session.selection)
        elif session.position.item:
            session.toggle_breakpoint("item", session.position.item)
            self._tell_breakpoint("item", session.position.item)

    def _tell_breakpoint(self, kind: str, value: int) -> None:
        there = (kind, value) in self._window.session.breakpoints
        what = f"gfn {fmt(value)}" if kind == "gfn" else f"item {value:,}"
        self._window.say(f"Running {'stops' if there else 'no longer stops'} at {what}")

    # ── figures ──────────────────────────────────────────────────────────────

    def activate(self, target: Target) -> None:
        """Do what a click on *target* means: select, go there, explain."""
        window, session = self._window, self._window.session
        numbers = targets.numbers(target)
        match target.kind:
            case "item" if numbers:
                session.seek(Position(numbers[0]), rest=True)
            case "event" if len(numbers) > 1:
                session.seek(Position(numbers[0], numbers[1]))
            case "event" if numbers:
                session.seek(Position(session.position.item, numbers[0]))
            case "branch" if numbers:
                session.show_branch(numbers[0])
            case "why":
                window.guide.show_why()
            case "term" | "rule" | "claim":
                window.guide.show_help(str(target.value))
            case _:
                gfn = targets.gfn(session.frame, target)
                if gfn is not None:
                    session.select(None if gfn == session.selection else Gfn(gfn))

    def show_menu(self, target: Target, at: QPoint) -> None:
        """Offer at *at* what can be done with *target*."""
        menu = self.menu_for(target)
        if not menu.isEmpty():
            menu.popup(at)

    def menu_for(self, target: Target) -> QMenu:
        """Return the menu of *target*; each act tells what it would do."""
        window, session = self._window, self._window.session
        menu = QMenu("What can be done here", window)
        menu.setToolTipsVisible(True)
        menu.aboutToHide.connect(menu.deleteLater)
        numbers = targets.numbers(target)
        gfn = targets.gfn(session.frame, target)
        if target.kind == "item" and numbers:
            item = numbers[0]
            menu.addAction(f"Go to item {item:,}", lambda: self.activate(target))
            menu.addAction("Break here", lambda: session.toggle_breakpoint("item", item))
            menu.addAction("Note here…", lambda: window.guide.ask_note(item))
            text = session.timeline.script.item(item).text
            menu.addAction(f"Copy “{text}”", lambda: QGuiApplication.clipboard().setText(text))
        elif gfn is not None:
            for op in ("write", "read", "walk"):
                self._offer(menu, f"{op} gfn {gfn}", f"{op.capitalize()} gfn {fmt(gfn)}")
            menu.addSeparator()
            menu.addAction("Break here", lambda: session.toggle_breakpoint("gfn", gfn))
            menu.addAction("Why?", lambda: window.guide.show_why(gfn))
            where = f"gfn {fmt(gfn)}, gpa {fmt(gfn << PAGE_SHIFT)}"
            menu.addAction(f"Copy “{where}”", lambda: QGuiApplication.clipboard().setText(where))
        return menu

    def _offer(self, menu: QMenu, line: str, words: str) -> None:
        action = menu.addAction(words, lambda: self._window.attempt(lambda _: self.act(line)))
        reason = self.why_not(line)
        action.setEnabled(not reason)
        action.setToolTip(reason or self.effect(line))
        if not reason:
            action.setText(f"{words}\t{self.effect(line).partition(' → ')[2]}")
