"""The lines of history of one document: the script as opened, and what was done by hand in it.

Acting at the end of a line extends it. Acting anywhere else starts a branch there; the line that
was left keeps its future. Values: undo of an edit is the tuple of branches as it was.
"""

import msgspec

from pmlviz.core.items import Item
from pmlviz.core.strategies import Strategy
from pmlviz.core.timeline import Timeline
from pmlviz.ui.frame import Chapter

Notes = tuple[tuple[int, str], ...]
"""(item, text) of remarks, in order of item."""


class Branch(msgspec.Struct, frozen=True):
    """One line of history, and the remarks on its items."""

    name: str
    fork: int
    """The last item it shares with the line it left; 0 for the main line."""

    timeline: Timeline
    notes: Notes = ()


class Branches(msgspec.Struct, frozen=True):
    """All lines, and which one is shown."""

    lines: tuple[Branch, ...]
    current: int = 0

    @classmethod
    def of(cls, timeline: Timeline, notes: Notes = ()) -> "Branches":
        """Return the one main line of *timeline*."""
        return cls((Branch("main", 0, timeline, notes),))

    @property
    def line(self) -> Branch:
        """The line that is shown."""
        return self.lines[self.current]

    def acted(self, after: int, item: Item) -> "Branches":
        """Return the branches once *item* was done after item *after* of the current line."""
        line = self.line
        script = line.timeline.script.acted(after, item)
        timeline = line.timeline.fork(after, script)
        if after >= len(line.timeline.script):
            return self._with_line(msgspec.structs.replace(line, timeline=timeline))
        taken = {each.name for each in self.lines}
        number = next(n for n in range(1, len(self.lines) + 2) if f"branch {n}" not in taken)
        notes = tuple(note for note in line.notes if note[0] <= after)
        branch = Branch(f"branch {number}", after, timeline, notes)
        return Branches((*self.lines, branch), len(self.lines))

    def noted(self, item: int, text: str) -> "Branches":
        """Return the branches with *text* as the remark on *item* of the current line; "" removes
        it.
        """
        kept = [note for note in self.line.notes if note[0] != item]
        notes = tuple(sorted([*kept, (item, text)] if text else kept))
        return self._with_line(msgspec.structs.replace(self.line, notes=notes))

    def shown(self, number: int) -> "Branches":
        """Return the same lines with line *number* shown."""
        return Branches(self.lines, max(0, min(number, len(self.lines) - 1)))

    def dropped(self, number: int) -> "Branches":
        """Return the branches without line *number*; the main line stays."""
        if number == 0 or number >= len(self.lines):
            return self
        lines = (*self.lines[:number], *self.lines[number + 1 :])
        return Branches(lines, min(self.current - (self.current >= number), len(lines) - 1))

    def under(self, strategy: Strategy) -> "Branches":
        """Return the same lines played under *strategy*; themselves if they are."""
        if all(line.timeline.strategy is strategy for line in self.lines):
            return self
        lines = tuple(
            msgspec.structs.replace(
                each, timeline=Timeline(each.timeline.start, each.timeline.script, strategy)
            )
            for each in self.lines
        )
        return Branches(lines, self.current)

    def chapters(self) -> tuple[Chapter, ...]:
        """Return the lines as a frame shows them."""
        return tuple(
            Chapter(line.name, line.fork, len(line.timeline.script), n == self.current)
            for n, line in enumerate(self.lines)
        )

    def _with_line(self, line: Branch) -> "Branches":
        """Return the branches with *line* in the place of the current one."""
        lines = (*self.lines[: self.current], line, *self.lines[self.current + 1 :])
        return Branches(lines, self.current)
