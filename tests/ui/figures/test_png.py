"""PNG bytes: what is written is read back, by us and by others."""

import io
import struct
import zlib

import pytest
from PIL import Image

from pmlviz.ui.figures import png

RGB = bytes(range(18))


def encoded(**texts: str) -> bytes:
    return png.encode(3, 2, RGB, "rgb", per_metre=11811, texts=texts)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def test_pixels_resolution_and_texts_are_read_by_another_library() -> None:
    picture = Image.open(io.BytesIO(encoded(Title="PML", Source='{"at": "4→5"}')))

    assert picture.size == (3, 2)
    assert picture.convert("RGB").tobytes() == RGB
    assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.01)
    assert picture.info["Title"] == "PML"
    assert picture.info["Source"] == '{"at": "4→5"}'


def test_a_palette_with_a_transparent_entry_is_kept() -> None:
    data = png.encode(2, 1, b"\0\1", "indexed", palette=("#0072b2", None))

    picture = Image.open(io.BytesIO(data)).convert("RGBA")
    assert picture.tobytes() == b"\x00\x72\xb2\xff\x00\x00\x00\x00"


def test_the_bytes_are_the_same_each_time() -> None:
    assert encoded(Title="a") == encoded(Title="a")


def test_pixels_of_the_wrong_number_are_refused() -> None:
    with pytest.raises(ValueError, match="need 18 bytes, not 17"):
        png.encode(3, 2, RGB[:17], "rgb")


def test_all_three_kinds_of_text_are_read() -> None:
    end = chunk(b"IEND", b"")
    data = encoded(Title="PML").removesuffix(end)
    data += chunk(b"tEXt", b"Author\0J\xfcrgen")
    data += chunk(b"zTXt", b"Note\0\0" + zlib.compress(b"packed"))
    data += chunk(b"iTXt", b"Long\0\1\0\0\0" + zlib.compress("0→1".encode()))

    texts = png.texts(data + end)

    assert texts == {"Title": "PML", "Author": "Jürgen", "Note": "packed", "Long": "0→1"}


@pytest.mark.parametrize("length", range(0, 120, 7))
def test_a_file_cut_off_anywhere_is_damaged(length: int) -> None:
    with pytest.raises(png.Damaged):
        png.texts(encoded(Title="PML")[:length])


def test_a_flipped_bit_is_damage() -> None:
    data = bytearray(encoded(Title="PML"))
    data[60] ^= 1

    with pytest.raises(png.Damaged, match="checksum"):
        png.texts(bytes(data))


def test_a_text_that_cannot_be_unpacked_is_damage() -> None:
    bad = encoded().removesuffix(chunk(b"IEND", b"")) + chunk(b"zTXt", b"Source\0\0nonsense")

    with pytest.raises(png.Damaged, match="'Source' cannot be read"):
        png.texts(bad)
