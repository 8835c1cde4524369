"""How often something may be tried: counters in fixed windows, kept in the ephemeral store.

The caller names the key (``limit:<what>:<whom>``); `hashed` makes the part of it that names a person or an
address. When the store is away the caller hears Unavailable: a limit that cannot be counted is not waived.
"""

import hashlib

from idp.ephemeral.store import EPHEMERAL
from idp.errors import TooMany


def count(key: str, limit: int, window: int) -> int | None:
    """Count one more; return None while *limit* allows it, else the seconds after which to try again."""
    counted = EPHEMERAL.get().increment(f"limit:{key}", window)
    # The window began at some time before now, so this is the longest it can last.
    return None if counted <= limit else window


def check(key: str, limit: int, window: int) -> None:
    """Count one more; raises TooMany when that is more than *limit* in *window* seconds."""
    retry_after = count(key, limit, window)
    if retry_after is not None:
        # What stands before the first colon says which limit it was; the rest may name somebody.
        raise TooMany("too_many_requests", detail=key.partition(":")[0], retry_after=retry_after)


def is_reached(key: str, limit: int) -> bool:
    """Whether *limit* tries were counted in the present window, without counting."""
    counted = EPHEMERAL.get().get(f"limit:{key}")
    return counted is not None and int(counted) >= limit


def forget(key: str) -> None:
    """Begin again at nothing, after a success."""
    EPHEMERAL.get().delete(f"limit:{key}")


def hashed(text: str) -> str:
    """Return a part of a key that tells nobody what *text* was (SHA-256, 128 bits)."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
