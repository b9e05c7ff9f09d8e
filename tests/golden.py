"""Golden files: texts and pictures in tests/data that must come out exactly as accepted."""

from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHOWN_LINES = 120


@dataclass(frozen=True)
class Golden:
    """Compares with accepted files in *data*; leaves what differs in *output* to be seen."""

    data: Path
    output: Path
    update: bool
    test: str

    def __call__(self, actual: str | bytes, name: str) -> None:
        """Fail unless *actual* is, byte for byte, the file *name* (such as "scenes/full.txt")."""
        accepted = self.data / name
        new = actual.encode() if isinstance(actual, str) else actual
        if self.update:
            accepted.parent.mkdir(parents=True, exist_ok=True)
            accepted.write_bytes(new)
            return

        old = accepted.read_bytes() if accepted.exists() else None
        if new == old:
            return

        seen = self.output / name
        seen.parent.mkdir(parents=True, exist_ok=True)
        seen.write_bytes(new)
        pytest.fail(
            f"{self._difference(new, old, name)}\n"
            f"what was drawn: {seen}\n"
            f"to accept it:   make golden    (this one: pytest --update-goldens '{self.test}')",
            pytrace=False,
        )

    def _difference(self, new: bytes, old: bytes | None, name: str) -> str:
        if old is None:
            return f"{name}: there is no such golden file yet"
        try:
            was, now = old.decode().splitlines(), new.decode().splitlines()
        except UnicodeDecodeError:
            pairs = zip(new, old, strict=False)
            same = next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(new), len(old)))
            return (
                f"{name}: {len(new)} bytes, accepted {len(old)}; the first difference is at {same}"
            )
        diff = [*unified_diff(was, now, f"accepted {name}", f"drawn {name}", lineterm="")]
        if not diff:
            return f"{name}: only the line ends differ"
        left_off = len(diff) - SHOWN_LINES
        tail = [f"… and {left_off} lines more"] if left_off > 0 else []
        return "\n".join(diff[:SHOWN_LINES] + tail)
