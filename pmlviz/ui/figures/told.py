"""The story of a frame, and who the hypervisor in it is."""

from typing import Final

from pmlviz.core.story import story
from pmlviz.core.telling import Story
from pmlviz.ui.frame import Frame

_WHO: Final = {"kvm": "KVM"}


def who_of(frame: Frame) -> str:
    """Return the name of the hypervisor whose strategy is played: `Xen`."""
    return _WHO.get(frame.strategy.split("-")[0], "Xen")


def story_of(frame: Frame) -> Story:
    """Return the story of the item at the frame's position."""
    return story(
        frame.before,
        frame.done,
        frame.events,
        refused=frame.refused,
        who=who_of(frame),
        state=frame.state,
    )
