"""A picture without what its camera wrote beside it: place, time, device, thumbnails, films. Pure.

Only the picture is compared, so only the picture is sent (PIPL art. 6). Of a JPEG (ITU-T T.81 annex B) the segments
that decode it are kept, and how it is to be turned (Exif 3.0 §4.6.5 ``Orientation``); of a PNG (W3C PNG 3 §5) the
chunks that say pixels and colours. What follows the end of the picture is cut off.
"""

import re
import struct
from collections.abc import Iterator

JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"

_MARK, _EOI, _SOS, _APP1, _APP14 = 0xFF, 0xD9, 0xDA, 0xE1, 0xEE
# SOF0 to SOF15 with DHT and DAC among them, then SOS, DQT, DNL, DRI, DHP, EXP.
_DECODING = frozenset({*range(0xC0, 0xD0), *range(0xDA, 0xE0)})
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_EXIF = b"Exif\0\0"
_ORIENTATION, _SHORT, _UPRIGHT, _TURNS = 0x0112, 3, 1, range(1, 9)
_ENTRY = 12
_CHUNKS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT"})


class Malformed(Exception):
    """These bytes are no JPEG and no PNG."""


def without_metadata(data: bytes) -> bytes:
    """Return the picture alone; raises Malformed."""
    try:
        if data.startswith(JPEG):
            return _jpeg(data)
        if data.startswith(PNG):
            return _png(data)
    except (IndexError, struct.error) as error:
        raise Malformed("cut off") from error
    raise Malformed("neither JPEG nor PNG")


def _jpeg(data: bytes) -> bytes:
    kept, turned, has_picture = [], _UPRIGHT, False
    for marker, segment in _segments(data):
        body = segment[4:]
        if marker in _DECODING or (marker == _APP14 and body.startswith(b"Adobe")):
            kept.append(segment)
            has_picture = has_picture or marker == _SOS
        elif marker == _APP1 and body.startswith(_EXIF):
            turned = _orientation(body[len(_EXIF) :])
    if not has_picture:
        raise Malformed("no picture in it")
    head = [] if turned == _UPRIGHT else [_only_turned(turned)]
    return b"".join([data[:2], *head, *kept, b"\xff\xd9"])


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each segment with its marker up to the end of the picture; a scan with its pixels."""
    at = 2
    while at < len(data):
        if data[at] != _MARK:
            raise Malformed("no marker")
        marker = data[at + 1]
        if marker == _EOI:
            return
        if marker == _MARK or marker in _ALONE:
            at += 1 if marker == _MARK else 2
            continue
        end = at + 2 + struct.unpack_from(">H", data, at + 2)[0]
        if not at + 4 <= end <= len(data):
            raise Malformed("length of a segment")
        if marker == _SOS:
            following = _NEXT_MARKER.search(data, end)
            end = following.start() if following else len(data)
        yield marker, data[at:end]
        at = end


def _orientation(tiff: bytes) -> int:
    """Return how the picture is to be turned; upright when that cannot be read."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return _UPRIGHT
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        for number in range(count):
            tag, kind = struct.unpack_from(f"{order}HH", tiff, start + 2 + number * _ENTRY)
            (value,) = struct.unpack_from(f"{order}H", tiff, start + 2 + number * _ENTRY + 8)
            if tag == _ORIENTATION and kind == _SHORT and value in _TURNS:
                return int(value)
    except struct.error:
        pass
    return _UPRIGHT


def _only_turned(turned: int) -> bytes:
    """Return an APP1 segment that says this and nothing else."""
    tiff = b"MM\0\x2a" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, _SHORT, 1, turned, 0, 0)
    return struct.pack(">BBH", 0xFF, _APP1, 2 + len(_EXIF) + len(tiff)) + _EXIF + tiff


def _png(data: bytes) -> bytes:
    kept, at, has_picture = [PNG], len(PNG), False
    while True:
        length, name = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            raise Malformed("length of a chunk")
        if name in _CHUNKS:
            kept.append(data[at:end])
            has_picture = has_picture or name == b"IDAT"
        elif name[:1].isupper():
            raise Malformed("a chunk that nobody knows")
        at = end
        if name == b"IEND":
            break
    if not has_picture:
        raise Malformed("no picture in it")
    return b"".join(kept)
