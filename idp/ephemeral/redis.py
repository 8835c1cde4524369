"""The ephemeral store on Redis (6.2 or newer), for production.

Every command touches one key (`get_many` keys of one hash tag), so it runs on Redis Cluster. No command is
tried again by itself: take and add_if_absent would lie after a lost answer. A connection that Redis closed is
noticed when it leaves the pool and opened anew, so recovery needs nobody.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import cast

import redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from idp.ephemeral import store
from idp.ephemeral.redis_mailbox import Mailbox
from idp.errors import Unavailable

TIMEOUT = 1.0  # seconds for connecting, for an answer, for a place in the pool
CONNECTIONS = 64


class RedisStore:
    """The EphemeralStore on the Redis at *url* (store.EphemeralStore has the promises)."""

    def __init__(self, url: str) -> None:
        pool = redis.BlockingConnectionPool.from_url(
            url,
            max_connections=CONNECTIONS,
            timeout=TIMEOUT,
            socket_timeout=TIMEOUT,
            socket_connect_timeout=TIMEOUT,
            socket_keepalive=True,
            retry=Retry(NoBackoff(), 0),
        )
        self._redis = redis.Redis(connection_pool=pool)
        self._mailbox = Mailbox(self._redis)

    def put(self, key: str, value: bytes, life: int) -> None:
        """Write whatever was there."""
        store.check(key, life)
        with _away_is_unavailable():
            self._redis.set(key, value, ex=life)

    def get(self, key: str) -> bytes | None:
        """Return the value or None."""
        store.check(key)
        with _away_is_unavailable():
            return cast("bytes | None", self._redis.get(key))

    def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return the values in the order of *keys*, in one round trip."""
        if not keys:
            return []
        for key in keys:
            store.check(key)
        with _away_is_unavailable():
            return cast("list[bytes | None]", self._redis.mget(list(keys)))

    def take(self, key: str) -> bytes | None:
        """Return and delete (GETDEL)."""
        store.check(key)
        with _away_is_unavailable():
            return cast("bytes | None", self._redis.getdel(key))

    def add_if_absent(self, key: str, value: bytes, life: int) -> bool:
        """Write only where nothing is (SET NX)."""
        store.check(key, life)
        with _away_is_unavailable():
            return bool(self._redis.set(key, value, ex=life, nx=True))

    def increment(self, key: str, window: int) -> int:
        """Count one more; the first sets the end of the window."""
        store.check(key, window)
        with _away_is_unavailable(), self._redis.pipeline(transaction=True) as pipe:
            pipe.set(key, 0, ex=window, nx=True)
            pipe.incr(key)
            return int(pipe.execute()[1])

    def delete(self, key: str) -> None:
        """Forget the key."""
        store.check(key)
        with _away_is_unavailable():
            self._redis.delete(key)

    def publish(self, channel: str, message: str) -> None:
        """Tell every process that listens."""
        with _away_is_unavailable():
            self._redis.publish(channel, message)

    def subscribe(self, channel: str, listener: Callable[[str], None]) -> None:
        """Listen in a background thread."""
        self._mailbox.subscribe(channel, listener)

    def ping(self) -> None:
        """Do one round trip."""
        with _away_is_unavailable():
            self._redis.ping()

    def close(self) -> None:
        """Stop listening, close the connections."""
        self._mailbox.close()
        self._redis.connection_pool.disconnect()


@contextmanager
def _away_is_unavailable() -> Iterator[None]:
    try:
        yield
    except RedisError as error:
        raise Unavailable("ephemeral_unavailable", detail=type(error).__name__, retry_after=2) from error
