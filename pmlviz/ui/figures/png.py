"""PNG files as bytes, without an image library: the same bytes each time, chunks to read back.

PNG (Portable Network Graphics) Specification: IHDR, PLTE, tRNS, pHYs, iTXt, IDAT, IEND.
"""

import struct
import zlib
from collections.abc import Iterator, Mapping

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {"indexed": (3, 1), "rgb": (2, 3), "rgba": (6, 4)}


class Damaged(ValueError):
    """The bytes are not a whole PNG file; the message says where they stop being one."""


def encode(
    width: int,
    height: int,
    pixels: bytes,
    kind: str,
    *,
    palette: tuple[str | None, ...] = (),
    per_metre: int | None = None,
    texts: Mapping[str, str] | None = None,
) -> bytes:
    """Return a PNG of *pixels*, row by row without padding.

    *kind* is "rgb", "rgba" or "indexed"; a *palette* entry is "#rrggbb" or None for transparent.
    *texts* become iTXt chunks, in their order.
    """
    color_type, channels = _CHANNELS[kind]
    stride = width * channels
    if len(pixels) != stride * height:
        message = (
            f"{width} x {height} {kind} pixels need {stride * height} bytes, not {len(pixels)}"
        )
        raise ValueError(message)
    out = [
        SIGNATURE,
        _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, color_type, 0, 0, 0)),
    ]
    if palette:
        out.append(_chunk(b"PLTE", b"".join(_rgb(color) for color in palette)))
        out.append(_chunk(b"tRNS", bytes(0 if color is None else 255 for color in palette)))
    if per_metre is not None:
        out.append(_chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)))
    for key, text in (texts or {}).items():
        data = key.encode("latin-1") + b"\0\0\0\0\0" + text.encode("utf-8", "replace")
        out.append(_chunk(b"iTXt", data))
    # Each row is preceded by its filter; flat colours need none.
    rows = b"".join(b"\0" + pixels[at : at + stride] for at in range(0, len(pixels), stride))
    out.append(_chunk(b"IDAT", zlib.compress(rows, 9 if len(rows) < 1 << 20 else 6)))
    out.append(_chunk(b"IEND", b""))
    return b"".join(out)


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield type and content of each chunk; raise Damaged at the first that is not whole."""
    if not data.startswith(SIGNATURE):
        message = "it does not begin like a PNG file"
        raise Damaged(message)
    at = len(SIGNATURE)
    while True:
        if at + 12 > len(data):
            message = "it ends before its last chunk"
            raise Damaged(message)
        (length,) = struct.unpack_from(">I", data, at)
        kind = data[at + 4 : at + 8]
        end = at + 8 + length
        if end + 4 > len(data):
            message = f"its {kind.decode('latin-1')!r} chunk is cut off"
            raise Damaged(message)
        if zlib.crc32(data[at + 4 : end]) != struct.unpack_from(">I", data, end)[0]:
            message = f"the checksum of its {kind.decode('latin-1')!r} chunk is wrong"
            raise Damaged(message)
        yield kind, data[at + 8 : end]
        if kind == b"IEND":
            return
        at = end + 4


def texts(data: bytes) -> dict[str, str]:
    """Return the text chunks (tEXt, zTXt, iTXt) by key; raise Damaged for a file not whole."""
    found: dict[str, str] = {}
    for kind, content in chunks(data):
        key, _, rest = content.partition(b"\0")
        name = key.decode("latin-1")
        try:
            if kind == b"tEXt":
                found[name] = rest.decode("latin-1")
            elif kind == b"zTXt":
                found[name] = _inflate(rest[1:]).decode("latin-1")
            elif kind == b"iTXt":
                _, _, text = rest[2:].split(b"\0", 2)
                found[name] = (_inflate(text) if rest[0] else text).decode("utf-8")
        except (zlib.error, ValueError, IndexError) as error:
            message = f"its text {name!r} cannot be read"
            raise Damaged(message) from error
    return found


_MOST_TEXT = 1 << 26


def _inflate(data: bytes) -> bytes:
    """Decompress, but never to more than 64 MiB: a few bytes can claim to be gigabytes."""
    engine = zlib.decompressobj()
    text = engine.decompress(data, _MOST_TEXT)
    if not engine.eof:
        message = "compressed text is cut off or too long"
        raise ValueError(message)
    return text


def _rgb(color: str | None) -> bytes:
    return b"\0\0\0" if color is None else bytes.fromhex(color.removeprefix("#"))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
