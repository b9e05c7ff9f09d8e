"""Find a file of assets/ in a checkout and in a wheel."""

from functools import cache
from pathlib import Path

_HERE = Path(__file__).resolve().parent


@cache
def asset(name: str) -> Path:
    """Return the path of *name*, such as "fonts/DejaVuSans.ttf".

    In a wheel the files lie in pmlviz/assets, in a checkout beside the package.
    Raises FileNotFoundError naming both places.
    """
    places = [_HERE / "assets" / name, _HERE.parent / "assets" / name]
    for place in places:
        if place.exists():
            return place
    message = f"asset {name!r} is in neither {places[0]} nor {places[1]}"
    raise FileNotFoundError(message)
