"""UUID version 7 (RFC 9562 §5.7): ids that sort by time of birth, so that indexes grow at one end."""

import os
import time
from uuid import UUID


def uuid7() -> UUID:
    """Return a new id: 48 bits of Unix milliseconds, 12 of their fractions (§6.2 method 3), 62 random bits.

    With the fractions the ids of one thread sort in the order in which they were made.
    """
    millis, nanos = divmod(time.time_ns(), 1_000_000)
    random = int.from_bytes(os.urandom(8), "big")
    value = (millis & 0xFFFF_FFFF_FFFF) << 80
    value |= 0x7 << 76
    value |= (nanos * 4096 // 1_000_000) << 64
    value |= 0b10 << 62
    value |= random & 0x3FFF_FFFF_FFFF_FFFF
    return UUID(int=value)
