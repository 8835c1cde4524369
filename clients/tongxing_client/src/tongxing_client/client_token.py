"""The relying party's own access token (RFC 6749 §4.4), kept until shortly before it ends, and asking with it."""

import threading
import time
from collections.abc import Callable

from tongxing_client import errors, token, transport

_UNAUTHORIZED = 401
_EARLIER = 30
_SHORTEST = 5
_DEFAULT_SECONDS = 60


class ClientToken:
    """``fetch`` gets a new one; threads share it."""

    def __init__(
        self, fetch: Callable[[], token.TokenAnswer], *, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._now = now
        self._lock = threading.Lock()
        self._value = ""
        self._ends_at = float("-inf")

    def get(self) -> str:
        """A token that is good for a while yet."""
        with self._lock:
            if self._now() >= self._ends_at:
                answer = self._fetch()
                seconds = _DEFAULT_SECONDS if answer.expires_in is None else answer.expires_in
                self._value = answer.access_token
                self._ends_at = self._now() + max(_SHORTEST, seconds - _EARLIER)
            return self._value

    def forget(self) -> None:
        """Get a new one next time: somebody did not like this one."""
        with self._lock:
            self._ends_at = float("-inf")


def send(
    http: transport.Transport, own: ClientToken, method: str, url: str, content: object = None
) -> transport.Answer:
    """Ask ``url`` with the token (RFC 6750 §2.1); ``RequestRefused`` for anything but success."""
    answer = http.send_json(method, url, content, {"Authorization": f"Bearer {own.get()}"})
    if answer.status == _UNAUTHORIZED:
        # Ended early, as after a change of keys: once more with a new one.
        own.forget()
        answer = http.send_json(method, url, content, {"Authorization": f"Bearer {own.get()}"})
    if not 200 <= answer.status < 300:  # noqa: PLR2004 - RFC 9110 §15.3
        raise errors.RequestRefused(f"{method} {url.partition('?')[0]}", answer.status, answer.error())
    return answer
