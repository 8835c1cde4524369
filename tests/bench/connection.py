"""One keep-alive HTTP/1.1 connection, as lean as a load generator needs: it must not be slower than the server."""

import asyncio
from dataclasses import dataclass

SECONDS = 30.0


class Refused(Exception):
    """The server answered something else than the operation needs."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, header lines (names in lower case) and body."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        """Return the first header of that name, or an empty text."""
        return next((value for known, value in self.headers if known == name), "")


class Connection(asyncio.Protocol):
    """Sends one request at a time and waits for its answer."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._waiting: asyncio.Future[Answer] | None = None
        self._head: tuple[int, list[tuple[str, str]], int, int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell who waits."""
        self._transport = None
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ConnectionError("closed by the server"))

    def data_received(self, data: bytes) -> None:
        """Collect one answer."""
        self._buffer += data
        if self._head is None:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            self._head = _head(bytes(self._buffer[:end]), end + 4)
        status, headers, start, length = self._head
        if len(self._buffer) < start + length:
            return
        body = bytes(self._buffer[start : start + length])
        del self._buffer[: start + length]
        self._head = None
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(Answer(status, headers, body))

    async def send(self, request: bytes) -> Answer:
        """Send a whole request and return its answer; ConnectionError when the server closed."""
        if self._transport is None or self._transport.is_closing():
            raise ConnectionError("not connected")
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await asyncio.wait_for(self._waiting, SECONDS)

    def close(self) -> None:
        """Close."""
        if self._transport is not None:
            self._transport.close()


async def connect(port: int) -> Connection:
    """Open a connection to 127.0.0.1."""
    _, protocol = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", port)
    return protocol


def _head(text: bytes, start: int) -> tuple[int, list[tuple[str, str]], int, int]:
    first, *lines = text.decode("latin-1").split("\r\n")
    headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    values = dict(headers)
    if "transfer-encoding" in values:
        raise Refused("chunked answers are not expected")
    return int(first.split(" ", 2)[1]), headers, start, int(values.get("content-length", "0"))
