"""The script as it is now, kept in a file of this run until the window closes in peace.

After a crash the file is still there, and its lock is free: the next start offers it.
"""

import json
import os
from pathlib import Path
from typing import Final

import msgspec
import platformdirs
from PySide6.QtCore import QLockFile

from pmlviz.core.document import Document, TraceOptions, of_scenario, open_document
from pmlviz.core.items import parse_line
from pmlviz.core.scenario import parse
from pmlviz.core.script import AnyScript, TraceScript
from pmlviz.core.timeline import Position

_PREFIX: Final = "autosave-"


class Saved(msgspec.Struct, frozen=True):
    """What is needed to be where one was."""

    title: str
    origin: str
    path: str | None
    strategy: str
    position: tuple[int, int]
    toml: str = ""
    trace: TraceOptions | None = None
    kept: int = 0
    """Of a trace: so many of its items, then the lines of *extra*."""

    extra: tuple[str, ...] = ()


def saved_of(document: Document, strategy: str, position: Position) -> Saved:
    """Return *document*, its script as it is now, as it is to be kept."""
    kept, extra = _tail(document.script)
    return Saved(
        title=document.title,
        origin=document.origin,
        path=str(document.path) if document.path else None,
        strategy=strategy,
        position=(position.item, position.event),
        toml=document.toml,
        trace=document.trace,
        kept=kept,
        extra=extra,
    )


def document_of(saved: Saved) -> Document:
    """Return the document that was kept.

    Raises PmlvizError.
    """
    if saved.trace is not None:
        document = open_document(saved.origin, saved.trace)
        script = document.script
        for n, line in enumerate(saved.extra):
            for item in parse_line(line):
                script = script.acted(saved.kept + n, item)
        document = msgspec.structs.replace(document, script=script)
    else:
        path = Path(saved.path) if saved.path else None
        document = of_scenario(parse(saved.toml, saved.title), saved.origin, path)
    return msgspec.structs.replace(
        document, strategy=saved.strategy, position=Position(*saved.position)
    )


class Autosave:
    """The file of this run."""

    def __init__(self, folder: Path | None = None) -> None:
        """Keep it in *folder*, by default where the person's state lies."""
        self.folder = folder or Path(platformdirs.user_state_path("pmlviz"))
        self.path = self.folder / f"{_PREFIX}{os.getpid()}.json"
        self._lock: QLockFile | None = None

    def write(self, saved: Saved) -> None:
        """Keep *saved* in place of what was kept: whole, or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._lock is None:
            self._lock = _lock(self.path)
            self._lock.tryLock(0)
        fresh = self.path.with_suffix(".new")
        fresh.write_bytes(msgspec.json.encode(saved))
        os.replace(fresh, self.path)

    def remove(self) -> None:
        """Forget what was kept: it is saved, or not wanted."""
        self.path.unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None

    def orphans(self) -> list[Path]:
        """Return what runs that crashed have left, the newest first."""
        found = []
        for path in self.folder.glob(f"{_PREFIX}*.json"):
            if path == self.path:
                continue
            lock = _lock(path)
            if lock.tryLock(0):
                lock.unlock()
                found.append(path)
        return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)


def read(path: Path) -> Saved | None:
    """Return what is kept in *path*; None if it cannot be read."""
    try:
        return msgspec.convert(json.loads(path.read_bytes()), Saved)
    except (OSError, ValueError, msgspec.ValidationError):
        return None


def _lock(path: Path) -> QLockFile:
    lock = QLockFile(str(path.with_suffix(".lock")))
    lock.setStaleLockTime(0)  # only a process that is gone makes it stale
    return lock


def _tail(script: AnyScript) -> tuple[int, tuple[str, ...]]:
    """Return how many items a trace has left of its own, and the lines added after them."""
    extra = script.extra if isinstance(script, TraceScript) else ()
    return len(script) - len(extra), tuple(item.text for item in extra)
