"""Keep one remote document at hand: fetched once for all threads, renewed when old, used stale in need."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from tongxing_client import errors

T = TypeVar("T")
_log = logging.getLogger(__name__)


class CachedDocument(Generic[T]):
    """The document that ``load`` fetches.

    ``fresh_seconds``: how long it is used without asking again. ``renew_seconds``: ``renew()`` fetches at
    most once in that time, so that nobody can make us hammer the provider. ``stale_seconds``: how long the
    last copy still serves while the provider cannot be reached. ``pause_seconds``: how long we wait after a
    failure.
    """

    def __init__(
        self,
        load: Callable[[], T],
        *,
        fresh_seconds: float,
        renew_seconds: float = 30,
        stale_seconds: float = 86_400,
        pause_seconds: float = 1,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._load = load
        self._fresh_seconds = fresh_seconds
        self._renew_seconds = renew_seconds
        self._stale_seconds = stale_seconds
        self._pause_seconds = pause_seconds
        self._now = now
        self._lock = threading.Lock()
        self._value: T | None = None
        self._loaded_at = float("-inf")
        self._asked_at = float("-inf")
        self._failure: errors.TongxingError | None = None

    def get(self) -> T:
        """The document, not older than ``fresh_seconds`` when the provider can be reached."""
        if self._value is not None and self._is_younger_than(self._fresh_seconds):
            return self._value
        with self._lock:
            if self._value is not None and self._is_younger_than(self._fresh_seconds):
                return self._value
            if self._failure is not None and self._now() - self._asked_at < self._pause_seconds:
                return self._stale_or_raise(self._failure)
            return self._fetch()

    def renew(self) -> T:
        """The document, fetched anew unless that was done within ``renew_seconds``: for what it lacks."""
        with self._lock:
            if self._value is not None and self._now() - self._asked_at < self._renew_seconds:
                return self._value
            return self._fetch()

    def _fetch(self) -> T:
        self._asked_at = self._now()
        try:
            self._value = self._load()
        except errors.TongxingError as error:
            self._failure = error
            return self._stale_or_raise(error)
        self._failure = None
        self._loaded_at = self._now()
        return self._value

    def _stale_or_raise(self, error: errors.TongxingError) -> T:
        if self._value is None or not self._is_younger_than(self._stale_seconds):
            raise error
        _log.warning("tongxing: the last known copy is used, a new one could not be had: %s", error)
        return self._value

    def _is_younger_than(self, seconds: float) -> bool:
        return self._now() - self._loaded_at < seconds
