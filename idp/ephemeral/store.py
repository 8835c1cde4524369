"""What every ephemeral store can do. One test suite holds both implementations to it.

Keys are ASCII, at most 200 characters, `noun:rest`; two that are read together share a hash tag
(`revoked:{grant}` and `revoked:{grant}:jti`), so that Redis Cluster keeps them on one node.
Each operation but `get_many` touches one key. Every entry has a life in seconds (1 or more).
All raise idp.errors.Unavailable when the store is away.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from idp.per_app import PerApp


class EphemeralStore(Protocol):
    """A store of short-lived bytes."""

    def put(self, key: str, value: bytes, life: int) -> None:
        """Write *value*, whatever was there, for *life* seconds."""

    def get(self, key: str) -> bytes | None:
        """Return the value, or None when it is not there or has ended."""

    def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return the values of keys that share one hash tag, in one round trip."""

    def take(self, key: str) -> bytes | None:
        """Return and delete the value in one atomic step: of many callers one gets it."""

    def add_if_absent(self, key: str, value: bytes, life: int) -> bool:
        """Write only where nothing is; return whether this caller wrote."""

    def increment(self, key: str, window: int) -> int:
        """Count one more and return the count; the count ends *window* seconds after its first."""

    def delete(self, key: str) -> None:
        """Forget the key; no error when it is not there."""

    def publish(self, channel: str, message: str) -> None:
        """Tell every process (this one too) that listens; delivery is at most once, within a second or so."""

    def subscribe(self, channel: str, listener: Callable[[str], None]) -> None:
        """Call *listener* with each message, in a background thread; after a lost connection with ``"*"``."""

    def ping(self) -> None:
        """Do one round trip; raises Unavailable when the store is away."""

    def close(self) -> None:
        """Stop background threads and connections."""


EPHEMERAL: PerApp[EphemeralStore] = PerApp("ephemeral")

LONGEST_KEY = 200


def check(key: str, life: int = 1) -> None:
    """Refuse a key or a life that the stores would treat differently; raises ValueError (our mistake)."""
    if not key or len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        msg = f"not a key of the ephemeral store: {len(key)} characters"
        raise ValueError(msg)
    if life < 1:
        msg = f"a life of {life} s is none"
        raise ValueError(msg)
