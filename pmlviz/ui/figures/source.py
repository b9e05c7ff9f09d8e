"""The source inside a figure: read back from an exported SVG or PNG, without Qt.

An exported figure carries, as one string of JSON, what it was made from (scenario, strategy,
position). In SVG it is the content of <metadata><source>, in PNG the text "Source".
"""

from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from pmlviz.core.errors import PmlvizError
from pmlviz.ui.figures import png

NAMESPACE: Final = "urn:pmlviz:figure"
KEY: Final = "Source"

_MOST_BYTES: Final = 1 << 28
_TAG: Final = f"{{{NAMESPACE}}}source"


def read_source(path: str | Path) -> str:
    """Return the source that *path*, an exported SVG or PNG, carries.

    Raises PmlvizError when the file cannot be read, is damaged, or carries none.
    """
    place = str(path)
    try:
        with Path(path).open("rb") as file:
            data = file.read(_MOST_BYTES)
    except OSError as error:
        reason = error.strerror or str(error)
        raise PmlvizError(f"cannot be read: {reason}", place=place) from error
    found = _from_png(data, place) if data.startswith(png.SIGNATURE[:4]) else _from_svg(data, place)
    if found is None:
        raise PmlvizError(
            "carries no source, so there is nothing to reopen",
            place=place,
            hint="only figures exported by pmlviz can be reopened",
        )
    return found


def is_figure(path: str | Path) -> bool:
    """Return whether *path* looks like a picture `read_source` may be asked about."""
    return Path(path).suffix.lower() in {".svg", ".png"}


def _from_png(data: bytes, place: str) -> str | None:
    try:
        return png.texts(data).get(KEY)
    except png.Damaged as error:
        raise _damaged("PNG", str(error), place) from error


def _from_svg(data: bytes, place: str) -> str | None:
    try:
        element = ElementTree.fromstring(data).find(f".//{_TAG}")
    except ElementTree.ParseError as error:
        line, column = error.position
        reason = f"line {line}, column {column + 1} is not well-formed"
        raise _damaged("SVG", reason, place) from error
    return None if element is None else (element.text or "").strip()


def _damaged(kind: str, reason: str, place: str) -> PmlvizError:
    return PmlvizError(
        f"is not a whole {kind} file: {reason}", place=place, hint="export or copy the figure again"
    )
