"""The canonical text of a scene: what golden tests compare and reviews read."""

import json
from collections.abc import Iterable

from msgspec import structs

from pmlviz.ui.figures.scene import Group, Primitive, Scene, Target


def number(value: float) -> str:
    """Return *value* rounded to 0.01, as short as possible, never "-0"."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def dump(scene: Scene) -> str:
    """Return the canonical text of *scene*: one primitive a line, token names, 0.01 px.

    Fields at their defaults are left out. Equal text means an equal picture in every theme.
    """
    ground = f" ground={scene.ground}" if scene.ground else ""
    lines = [f"scene {number(scene.width)} {number(scene.height)}{ground}"]
    _dump(scene.parts, "  ", lines)
    return "\n".join(lines) + "\n"


def _dump(parts: Iterable[Primitive], indent: str, lines: list[str]) -> None:
    for part in parts:
        words = [type(part).__name__.lower()]
        for field in structs.fields(part):
            value = getattr(part, field.name)
            if field.name == "children" or (not field.required and value == field.default):
                continue
            text = _word(value)
            words.append(text if field.required else f"{field.name}={text}")
        lines.append(indent + " ".join(words))
        if isinstance(part, Group):
            _dump(part.children, indent + "  ", lines)


def _word(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return number(value)
        case str():
            return (
                value
                if value.replace(".", "").isidentifier()
                else json.dumps(value, ensure_ascii=False)
            )
        case bytes():
            return _runs(value)
        case Target(kind, of):
            return f"{kind}:{_word(of)}"
        case None:
            return "-"
        case tuple():
            if value and isinstance(value[0], tuple):
                return "|".join(_word(one) for one in value)
            return ",".join(_word(one) for one in value)
        case _:
            message = f"no text form for {value!r}"
            raise TypeError(message)


def _runs(codes: bytes) -> str:
    runs: list[list[int]] = []
    for code in codes:
        if runs and runs[-1][1] == code:
            runs[-1][0] += 1
        else:
            runs.append([1, code])
    return "+".join(f"{n}*{code}" for n, code in runs)
