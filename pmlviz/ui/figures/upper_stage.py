"""The upper stage as one panel: the road above the floor, Xen's deck below it."""

from pmlviz.core.telling import Story
from pmlviz.ui.figures import deck, journey
from pmlviz.ui.figures.parts import panel
from pmlviz.ui.figures.scene import Scene, placed
from pmlviz.ui.figures.told import story_of
from pmlviz.ui.frame import Frame


def layout(
    frame: Frame,
    width: float,
    road: float,
    below: float,
    *,
    story: Story | None = None,
    port: float | None = None,
) -> Scene:
    """Return the panel *width* wide: the journey *road* px high, the deck *below* px.

    *port* is the y where the wire from D leaves to the right. Anchors are those of both figures.
    """
    story = story or story_of(frame)
    above = journey.layout(frame, width, road, story=story, port=port)
    under = deck.layout(frame, width, below, story=story)
    height = road + below
    return Scene(
        width,
        height,
        (
            *panel(0, 0, width, height),
            # The deck first: an exit's line ends on its floor.
            placed(under, "deck", 0, road),
            placed(above, "journey", 0, 0),
        ),
    )
