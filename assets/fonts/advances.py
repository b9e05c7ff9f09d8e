"""Write advances.json from the fonts beside this file: python assets/fonts/advances.py.

The data is what `pmlviz.ui.figures.text` measures strings with: for every face its units per em
and runs of advance widths, a run being [first code point, [advance, ...]]. A width of 0 in a run
marks a character that the font does not have.
"""

import json
import struct
from pathlib import Path

HERE = Path(__file__).resolve().parent
FACES = {
    "sans": "DejaVuSans.ttf",
    "sans bold": "DejaVuSans-Bold.ttf",
    "mono": "DejaVuSansMono.ttf",
    "mono bold": "DejaVuSansMono-Bold.ttf",
}
BLOCKS = (
    (0x20, 0x7E),  # ASCII
    (0xA0, 0x17F),  # Latin-1, Latin Extended-A
    (0x370, 0x3FF),  # Greek
    (0x2010, 0x2027),  # dashes, quotes, ellipsis
    (0x2030, 0x205E),
    (0x2070, 0x209C),  # superscripts and subscripts
    (0x2190, 0x22FF),  # arrows, mathematics
    (0x2300, 0x23FF),  # technical, play controls
    (0x2460, 0x27BF),  # enclosed numbers, boxes, shapes, symbols, dingbats
)


def tables(font: bytes) -> dict[str, bytes]:
    """Return the tables of a TrueType file by tag."""
    (n_tables,) = struct.unpack_from(">4xH", font)
    rows = [struct.unpack_from(">4s4xII", font, 12 + 16 * i) for i in range(n_tables)]
    return {tag.decode(): font[offset : offset + length] for tag, offset, length in rows}


def glyph_ids(cmap: bytes) -> dict[int, int]:
    """Return the glyph of every character, from the format 4 subtable for Windows Unicode."""
    (n_subtables,) = struct.unpack_from(">2xH", cmap)
    rows = [struct.unpack_from(">HHI", cmap, 4 + 8 * i) for i in range(n_subtables)]
    (start,) = [offset for platform, encoding, offset in rows if (platform, encoding) == (3, 1)]
    sub = cmap[start:]
    (n2,) = struct.unpack_from(">6xH", sub)
    n = n2 // 2
    ends = struct.unpack_from(f">{n}H", sub, 14)
    starts = struct.unpack_from(f">{n}H", sub, 16 + n2)
    deltas = struct.unpack_from(f">{n}H", sub, 16 + 2 * n2)
    offsets = struct.unpack_from(f">{n}H", sub, 16 + 3 * n2)
    glyphs = {}
    for i in range(n):
        for char in range(starts[i], ends[i] + 1):
            if offsets[i] == 0:
                glyph = (char + deltas[i]) & 0xFFFF
            else:
                at = 16 + 3 * n2 + 2 * i + offsets[i] + 2 * (char - starts[i])
                (glyph,) = struct.unpack_from(">H", sub, at)
                glyph = (glyph + deltas[i]) & 0xFFFF if glyph else 0
            if glyph:
                glyphs[char] = glyph
    return glyphs


def measure(path: Path) -> dict[str, object]:
    """Return the units per em and the runs of advances of one font file."""
    font = tables(path.read_bytes())
    (per_em,) = struct.unpack_from(">18xH", font["head"])
    (n_metrics,) = struct.unpack_from(">34xH", font["hhea"])
    advances = struct.unpack_from(">" + "H2x" * n_metrics, font["hmtx"])
    glyphs = glyph_ids(font["cmap"])
    runs = []
    for first, last in BLOCKS:
        widths = [
            advances[min(glyphs[char], n_metrics - 1)] if char in glyphs else 0
            for char in range(first, last + 1)
        ]
        runs.append([first, widths])
    return {"per_em": per_em, "runs": runs}


def text() -> str:
    """Return the whole data file."""
    faces = [
        f"{json.dumps(face)}: {json.dumps(measure(HERE / name), separators=(',', ':'))}"
        for face, name in FACES.items()
    ]
    return "{\n" + ",\n".join(faces) + "\n}\n"


if __name__ == "__main__":
    (HERE / "advances.json").write_text(text(), encoding="ascii")
