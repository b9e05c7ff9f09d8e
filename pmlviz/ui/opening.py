"""Open anything a person may name or drop: documents, and figures that pmlviz exported."""

from pathlib import Path

from pmlviz.core.document import Document, TraceOptions, from_source, open_document
from pmlviz.ui.figures.source import is_figure, read_source


def open_any(reference: str, options: TraceOptions | None = None) -> Document:
    """Return the document that *reference* names. Raises PmlvizError with place and hint."""
    path = Path(reference)
    if path.is_file() and is_figure(path):
        return from_source(read_source(path), reference)
    return open_document(reference, options)
