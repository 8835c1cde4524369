"""Posts to other systems, each over within its seconds whatever the other side does.

httpx limits each single read; here what is left of the whole limits it, so that an answer which comes byte by byte
holds nobody up. No redirects, no proxies; of an answer the head is read, at most 100 kB of it (h11's limit), and by
`exchange` as much of the body as the caller allows.
Only resolving a name is beyond our reach: the system's resolver has limits of its own.
"""

import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx
from httpcore import SOCKET_OPTION, NetworkBackend, NetworkStream

_deadline: ContextVar[float] = ContextVar("deadline")


@dataclass(frozen=True)
class Reply:
    """What the other side answered: its status, its headers (names in lower case) and its body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class TooLong(httpx.HTTPError):
    """The answer's body is longer than its reader allows."""


def post(
    url: str,
    *,
    seconds: float,
    form: Mapping[str, str] | None = None,
    json: Any = None,
    headers: Mapping[str, str] | None = None,
) -> int:
    """Post *form* or *json*; return the status of the answer. Raises httpx.HTTPError."""
    token = _deadline.set(time.monotonic() + seconds)
    try:
        with _client.stream("POST", url, data=form, json=json, headers=headers, timeout=seconds) as answer:
            return answer.status_code
    finally:
        _deadline.reset(token)


def exchange(
    url: str, *, seconds: float, content: bytes, longest: int, headers: Mapping[str, str] | None = None
) -> Reply:
    """Post *content*; return the whole answer. Raises httpx.HTTPError, TooLong beyond *longest* bytes."""
    token = _deadline.set(time.monotonic() + seconds)
    # A connection that is kept may be dead by the time of the next question.
    headers = {"Accept-Encoding": "identity", "Connection": "close", **(headers or {})}
    try:
        with _client.stream("POST", url, content=content, headers=headers, timeout=seconds) as answer:
            body = b""
            # Raw: a packed body could unfold to any size.
            for piece in answer.iter_raw():
                body += piece
                if len(body) > longest:
                    raise TooLong("the answer is too long")
            return Reply(answer.status_code, dict(answer.headers), body)
    finally:
        _deadline.reset(token)


def _left(timeout: float | None, late: type[httpcore.TimeoutException]) -> float:
    left = _deadline.get() - time.monotonic()
    if left <= 0:
        raise late("no time left")
    return left if timeout is None else min(timeout, left)


class _Stream(NetworkStream):
    """A connection on which nothing lasts longer than what is left."""

    def __init__(self, inner: NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(NetworkBackend):
    """Connects to the first address of a name that answers."""

    def __init__(self) -> None:
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> NetworkStream:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        failed: Exception = httpcore.ConnectError("the name has no address")
        for *_, address in found:
            # One by one: the system would give each of them the whole time.
            left = _left(timeout, httpcore.ConnectTimeout)
            try:
                return _Stream(
                    self._inner.connect_tcp(str(address[0]), port, left, local_address, socket_options)
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed


class _Transport(httpx.HTTPTransport):
    def __init__(self) -> None:
        context = httpx.create_ssl_context(trust_env=False)
        super().__init__(verify=context, trust_env=False)
        # httpx lets nobody choose the network backend.
        self._pool = httpcore.ConnectionPool(ssl_context=context, network_backend=_Backend())


_client = httpx.Client(transport=_Transport(), follow_redirects=False, trust_env=False)
