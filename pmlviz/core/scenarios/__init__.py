"""The bundled gallery: a TOML file a scenario, each with what must come out of it."""

from importlib.resources import files

from pmlviz.core.errors import PmlvizError
from pmlviz.core.scenario import Scenario, parse

ORDER = (
    "tour",
    "tour-xen",
    "first-write",
    "pml-full",
    "read-meets-full-log",
    "d-is-silent",
    "write-protect",
    "page-walk",
    "two-vcpus",
    "straddle",
    "stale-tlb",
    "one-gigabyte",
)
"""Ids in reading order."""
TOUR = "tour"


def text_of(name: str) -> str:
    """Return the file of gallery scenario *name*. Raises PmlvizError if there is none."""
    if name not in ORDER:
        raise PmlvizError(f"no scenario {name!r} in the gallery", hint=", ".join(ORDER))
    return (files(__package__) / f"{name}.toml").read_text(encoding="utf-8")


def load(name: str) -> Scenario:
    """Return gallery scenario *name*."""
    return parse(text_of(name), f"{name}.toml")
