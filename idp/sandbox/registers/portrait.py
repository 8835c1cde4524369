"""The photo that the register has of somebody: a drawn head in that person's own colours, as PNG (ISO/IEC 15948)."""

import hashlib
import struct
import zlib
from functools import lru_cache

SIZE = 120
GROUND, SKIN, HAIR, CLOTHES = range(4)


@lru_cache(maxsize=1024)
def draw(number: str) -> bytes:
    """Return the portrait of the person with that *number*: always the same, and nobody else's."""
    seed = hashlib.sha256(f"portrait\0{number}".encode()).digest()
    # Colours can be alike; with three more that no pixel has the picture is still one person's.
    palette = bytes(_palette(seed)) + seed[16:25]
    rows = b"".join(b"\0" + bytes(_pixel(x, y, seed) for x in range(SIZE)) for y in range(SIZE))
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", SIZE, SIZE, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", palette),
            _chunk(b"IDAT", zlib.compress(rows, 9)),
            _chunk(b"IEND", b""),
        )
    )


def _palette(seed: bytes) -> list[int]:
    ground = [200 + seed[0] % 40, 212 + seed[1] % 36, 214 + seed[2] % 36]
    skin = [214 + seed[3] % 32, 168 + seed[4] % 40, 132 + seed[5] % 36]
    hair = [24 + seed[6] % 50, 20 + seed[7] % 34, 22 + seed[8] % 30]
    clothes = [20 + seed[9] % 120, 60 + seed[10] % 110, 80 + seed[11] % 120]
    return ground + skin + hair + clothes


def _pixel(x: int, y: int, seed: bytes) -> int:
    across, down = x - SIZE / 2, y - SIZE * 0.42
    wide, high = 23 + seed[12] % 6, 30 + seed[13] % 5
    if (across / wide) ** 2 + (down / high) ** 2 <= 1:
        return HAIR if down < -high * (0.35 + seed[14] % 25 / 100) else SKIN
    if (across / (wide + 5)) ** 2 + ((down + 4) / (high + 3)) ** 2 <= 1 and down < seed[15] % 30 - 6:
        return HAIR
    if abs(across) <= 10 and 0 < down < high + 14:  # noqa: PLR2004 - the neck
        return SKIN
    shoulders = SIZE * 0.98 - y
    dressed = y > SIZE * 0.7 and (across / 48) ** 2 + (shoulders / 26 - 0.1) ** 2 <= 1
    return CLOTHES if dressed or shoulders < 0 else GROUND


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
