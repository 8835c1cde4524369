"""Questions and posts to other systems, each over within its seconds whatever the other side does.

httpx limits each single read; here what is left of the whole limits it, so that an answer which comes byte by byte
holds nobody up. No redirects, no proxies; of an answer the head is read, at most 100 kB of it (h11's limit), and by
`exchange` and `get` as much of the body as the caller allows.
Only resolving a name is beyond our reach: the system's resolver has limits of its own.
"""

import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpcore
import httpx
from httpcore import SOCKET_OPTION, NetworkBackend, NetworkStream

from idp.network_address import is_public

_deadline: ContextVar[float] = ContextVar("deadline")


@dataclass(frozen=True)
class Reply:
    """What the other side answered: its status, its headers (names in lower case) and its body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class TooLong(httpx.HTTPError):
    """The answer's body is longer than its reader allows."""


class NotPublic(httpx.HTTPError):
    """The name leads to an address that is not the internet's: this machine, our network, nobody's."""


def post(
    url: str,
    *,
    seconds: float,
    form: Mapping[str, str] | None = None,
    json: Any = None,
    headers: Mapping[str, str] | None = None,
    public_only: bool = False,
) -> int:
    """Post *form* or *json*; return the status of the answer. Raises httpx.HTTPError.

    *public_only*: raises NotPublic rather than connect to an address that is not the internet's, whatever name leads
    there at that moment.
    """
    token = _deadline.set(time.monotonic() + seconds)
    try:
        with _client(public_only=public_only).stream(
            "POST", url, data=form, json=json, headers=headers, timeout=seconds
        ) as answer:
            return answer.status_code
    finally:
        _deadline.reset(token)


def exchange(
    url: str,
    *,
    seconds: float,
    content: bytes,
    longest: int,
    headers: Mapping[str, str] | None = None,
    cut: bool = False,
    public_only: bool = False,
) -> Reply:
    """Post *content*; return the whole answer. Raises httpx.HTTPError, TooLong beyond *longest* bytes.

    *cut*: beyond them the answer is left unread instead. *public_only*: as for `post`.
    """
    return _answer("POST", url, seconds, longest, headers, content=content, cut=cut, public_only=public_only)


def get(
    url: str,
    *,
    seconds: float,
    longest: int,
    headers: Mapping[str, str] | None = None,
    public_only: bool = False,
) -> Reply:
    """Ask for what is at *url*; return the whole answer. Raises httpx.HTTPError, TooLong beyond *longest* bytes.

    httpx.InvalidURL for what is no address at all. *public_only*: as for `post`.
    """
    return _answer("GET", url, seconds, longest, headers, public_only=public_only)


def _answer(
    method: str,
    url: str,
    seconds: float,
    longest: int,
    headers: Mapping[str, str] | None,
    *,
    content: bytes | None = None,
    cut: bool = False,
    public_only: bool,
) -> Reply:
    token = _deadline.set(time.monotonic() + seconds)
    # A connection that is kept may be dead by the time of the next question.
    headers = {"Accept-Encoding": "identity", "Connection": "close", **(headers or {})}
    try:
        with _client(public_only=public_only).stream(
            method, url, content=content, headers=headers, timeout=seconds
        ) as answer:
            body = bytearray()
            # Raw: a packed body could unfold to any size.
            for piece in answer.iter_raw():
                body += piece
                if len(body) > longest:
                    if cut:
                        del body[longest:]
                        break
                    raise TooLong("the answer is too long")
            return Reply(answer.status_code, dict(answer.headers), bytes(body))
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

    def __init__(self, *, public_only: bool) -> None:
        self._inner = httpcore.SyncBackend()
        self._public_only = public_only

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
        # Judged here, where the connection is made to the very address that was judged: a name may answer otherwise
        # at each question (DNS rebinding).
        if self._public_only and not all(is_public(str(address[0])) for *_, address in found):
            raise NotPublic("the name leads to an address that is not public")
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
    def __init__(self, context: ssl.SSLContext, *, public_only: bool) -> None:
        super().__init__(verify=context, trust_env=False)
        # httpx lets nobody choose the network backend.
        backend = _Backend(public_only=public_only)
        self._pool = httpcore.ConnectionPool(ssl_context=context, network_backend=backend)


@cache
def _context() -> ssl.SSLContext:
    """Return who is trusted with https: read with the first connection, for it takes a few megabytes."""
    return httpx.create_ssl_context(trust_env=False)


# Connections are kept for the next post: one that was not judged must not serve one that is to be.
@cache
def _client(*, public_only: bool) -> httpx.Client:
    transport = _Transport(_context(), public_only=public_only)
    return httpx.Client(transport=transport, follow_redirects=False, trust_env=False)
