"""What a camera writes beside a picture is not sent with it."""

import base64
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.proofing import picture
from idp.proofing.picture import Malformed

# One white pixel, written by a library.
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAG7buVgAAAABJRU5ErkJggg=="
)
SECRETS = (b"GPS-30.27N", b"device-serial", b"thumbnail", b"after the end")


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def exif(orientation: int, order: str = ">") -> bytes:
    head = b"MM\0\x2a" if order == ">" else b"II\x2a\0"
    entries = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    tiff = head + struct.pack(f"{order}IH", 8, 1) + entries + b"\0\0\0\0" + SECRETS[0]
    return segment(0xE1, b"Exif\0\0" + tiff)


def jpeg(*extra: bytes, scan: bytes = b"\x12\xff\x00\x34\xff\xd0\x56") -> bytes:
    tables = segment(0xDB, b"q" * 65) + segment(0xC0, b"frame") + segment(0xC4, b"huffman")
    return b"\xff\xd8" + b"".join(extra) + tables + segment(0xDA, b"scan") + scan + b"\xff\xd9"


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


PLAIN = jpeg()


@pytest.mark.parametrize("order", [">", "<"])
def test_a_jpeg_keeps_its_picture_and_nothing_else(order: str) -> None:
    written = (
        segment(0xE0, b"JFIF\0" + SECRETS[2])
        + exif(1, order)
        + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRETS[1])
        + segment(0xED, b"Photoshop 3.0\0" + SECRETS[1])
        + segment(0xFE, SECRETS[1])
    )
    assert picture.without_metadata(jpeg(written) + SECRETS[3]) == PLAIN
    assert picture.without_metadata(PLAIN) == PLAIN


@pytest.mark.parametrize("order", [">", "<"])
def test_how_it_is_to_be_turned_stays(order: str) -> None:
    """A face lying on its side is nobody's."""
    sent = picture.without_metadata(jpeg(exif(6, order)))
    assert not any(secret in sent for secret in SECRETS)
    assert b"Exif\0\0MM\0\x2a" in sent
    assert struct.pack(">HHIH", 0x0112, 3, 1, 6) in sent
    assert picture.without_metadata(sent) == sent


def test_what_tells_the_colours_stays() -> None:
    adobe = segment(0xEE, b"Adobe\0\x64\0\0\0\0\1")
    assert picture.without_metadata(jpeg(adobe)) == jpeg(adobe)


def test_every_scan_of_a_progressive_jpeg_stays() -> None:
    more = b"\x12" + segment(0xC4, b"huffman") + segment(0xDA, b"scan") + b"\x34"
    hidden = b"\x12" + segment(0xFE, SECRETS[1]) + segment(0xDA, b"scan") + b"\x34"
    assert picture.without_metadata(jpeg(scan=more)) == jpeg(scan=more)
    assert SECRETS[1] not in picture.without_metadata(jpeg(scan=hidden))


@pytest.mark.parametrize("name", [b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"iCCP", b"prVt"])
def test_a_png_keeps_its_picture_and_nothing_else(name: bytes) -> None:
    written = PIXEL[:33] + chunk(name, SECRETS[0]) + PIXEL[33:] + SECRETS[3]
    assert picture.without_metadata(written) == PIXEL


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        picture.JPEG,
        picture.JPEG + b"face" * 10,
        picture.PNG,
        PIXEL[:40],
        PIXEL[:33] + chunk(b"IEND", b""),
        PIXEL[:33] + chunk(b"NEWS", b"") + PIXEL[33:],
        b"\xff\xd8\xff\xe1\x00\x00",
        b"\xff\xd8\xff\xe1\xff\xff",
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8" + b"\xff" * 100,
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        picture.without_metadata(data)


@given(st.sampled_from([picture.JPEG, picture.PNG, PLAIN[:80], PIXEL[:50]]), st.binary(max_size=200))
def test_no_bytes_break_it(head: bytes, tail: bytes) -> None:
    try:
        sent = picture.without_metadata(head + tail)
    except Malformed:
        return
    assert picture.without_metadata(sent) == sent
