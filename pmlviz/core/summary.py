"""A few numbers an item, kept for every item of a play: what timelines and plots are drawn from."""

from array import array
from collections.abc import Sequence

from pmlviz.core.stats import VM_EXIT, Mark

PML_OFF = -1
"""Stands for the PML index of a vCPU that has no buffer."""


class Summary:
    """A few numbers an item, for timelines: events, marks, the events before it, marked events.

    Indexed from 1.
    """

    def __init__(self) -> None:
        """Start with the place before the first item."""
        self.events = array("I", [0])
        self.marks = array("H", [0])
        self.total = array("Q", [0])
        self.visits = array("I", [0])
        """The last item with a VM exit, up to and with each item; 0 where there is none."""
        self.pml_index: list[array[int]] = []
        """Of each vCPU the PML index at rest after each item; `PML_OFF` where it has no buffer."""
        self._places_end = array("Q", [0])
        self._place_events = array("I")
        self._place_marks = array("H")

    def append(
        self,
        n_events: int,
        marks: Mark,
        places: Sequence[tuple[int, int]] = (),
        indices: Sequence[int] = (),
    ) -> None:
        """Add the next item; *places* are its marked events: number from 1, marks; *indices* the
        PML index of each vCPU after it.
        """
        if not self.pml_index:
            self.pml_index = [array("i", [PML_OFF]) for _ in indices]
        for known, index in zip(self.pml_index, indices, strict=True):
            known.append(index)
        self.visits.append(len(self.events) if marks & VM_EXIT else self.visits[-1])
        self.events.append(n_events)
        self.marks.append(marks)
        self.total.append(self.total[-1] + n_events)
        self._place_events.extend(event for event, _ in places)
        self._place_marks.extend(mark for _, mark in places)
        self._places_end.append(len(self._place_events))

    def places(self, item: int) -> list[tuple[int, Mark]]:
        """Return the marked events of *item*: number from 1, marks."""
        order = range(self._places_end[item - 1], self._places_end[item])
        return [(self._place_events[n], Mark(self._place_marks[n])) for n in order]

    def upto(self, item: int) -> "Summary":
        """Return a copy that ends with *item*."""
        copy = Summary()
        copy.events, copy.marks, copy.total = (
            self.events[: item + 1],
            self.marks[: item + 1],
            self.total[: item + 1],
        )
        copy.visits = self.visits[: item + 1]
        copy.pml_index = [known[: item + 1] for known in self.pml_index]
        copy._places_end = self._places_end[: item + 1]
        copy._place_events = self._place_events[: copy._places_end[-1]]
        copy._place_marks = self._place_marks[: copy._places_end[-1]]
        return copy
