"""Listening on Redis channels in one background thread that outlives lost connections.

Redis keeps no message for a listener that is away. So whenever a subscription begins, the first time and
after each loss, its listeners hear ``"*"``: everything may have changed.
"""

import threading
import time
from collections.abc import Callable

import redis
from redis.client import PubSub
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from idp import logs

Listener = Callable[[str], None]

POLL = 0.5  # seconds until a new channel is noticed
RETRY = 0.5  # seconds between two attempts to connect
SILENCE = 10.0  # seconds without a word until we ask whether somebody is there; twice that: nobody is

_log = logs.get(__name__)


class Mailbox:
    """Messages of the ephemeral store on Redis."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client
        self._listeners: list[tuple[str, Listener]] = []
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def subscribe(self, channel: str, listener: Listener) -> None:
        """Listen from now on."""
        with self._lock:
            self._listeners.append((channel, listener))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="ephemeral-mailbox", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._stopped.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stopped.is_set():
            pubsub: PubSub = self._redis.pubsub()  # type: ignore[no-untyped-call]
            try:
                self._listen(pubsub)
            except (RedisError, OSError):
                self._stopped.wait(RETRY)
            finally:
                pubsub.close()

    def _listen(self, pubsub: PubSub) -> None:
        heard: set[str] = set()
        last, asked = time.monotonic(), 0.0
        while not self._stopped.is_set():
            new = {channel for channel, _ in list(self._listeners)} - heard
            if new:
                pubsub.subscribe(*new)
                heard |= new
            message = pubsub.get_message(timeout=POLL)
            if message is None:
                silent = time.monotonic() - last
                if silent > 2 * SILENCE:
                    raise RedisConnectionError("silent")
                if silent > SILENCE and asked <= last:
                    asked = time.monotonic()
                    pubsub.ping()
                continue
            last = time.monotonic()
            if message["type"] == "subscribe":
                self._tell(message["channel"].decode(), "*")
            elif message["type"] == "message":
                self._tell(message["channel"].decode(), message["data"].decode())

    def _tell(self, channel: str, text: str) -> None:
        for name, listener in list(self._listeners):
            if name == channel:
                try:
                    listener(text)
                except Exception:  # noqa: BLE001 - one listener must not deafen the others
                    _log.exception("listener failed", channel=channel)
