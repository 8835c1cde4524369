"""Posts that end in time, whatever the other side does."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from idp import outgoing
from tests.notify.gateway import Gateway

SECONDS = 0.5
Serve = Callable[[socket.socket], None]


@pytest.fixture
def listen() -> Iterator[Callable[[Serve], str]]:
    """A function that answers connections with another one; returns the address."""
    opened: list[socket.socket] = []

    def begin(serve: Serve) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        opened.append(listener)

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    opened.append(connection)
                    threading.Thread(target=answer, args=(connection,), daemon=True).start()

        def answer(connection: socket.socket) -> None:
            with contextlib.suppress(OSError):
                serve(connection)

        threading.Thread(target=accept, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/"

    yield begin
    for one in opened:
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()


def trickle(beginning: bytes, piece: bytes) -> Serve:
    def serve(connection: socket.socket) -> None:
        connection.recv(9999)
        connection.sendall(beginning)
        while True:
            time.sleep(0.1)
            connection.sendall(piece)

    return serve


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    made = Gateway()
    yield made
    made.close()


def test_the_status_is_told(gateway: Gateway) -> None:
    assert outgoing.post(f"{gateway.url}/202", seconds=SECONDS, form={"a": "中"}) == 202
    assert outgoing.post(f"{gateway.url}/500", seconds=SECONDS, json={"a": 1}, headers={"X-Y": "z"}) == 500
    assert outgoing.post(f"{gateway.url}/302", seconds=SECONDS, form={}) == 302, "nobody sends us elsewhere"
    (form, _), (json, headers), _ = gateway.taken
    assert (form, json, headers["X-Y"]) == (b"a=%E4%B8%AD", b'{"a":1}', "z")


@pytest.mark.parametrize(
    ("beginning", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\nX: ", b"a"),
        (b"HTTP/1.1 200 OK\r\n", b"X: a\r\n"),
        (b"", b"H"),
        (b"", b""),
        (b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
    ],
)
def test_an_answer_that_trickles_ends_in_time(
    listen: Callable[[Serve], str], beginning: bytes, piece: bytes
) -> None:
    began = time.monotonic()
    with pytest.raises(httpx.HTTPError):
        outgoing.post(listen(trickle(beginning, piece)), seconds=SECONDS, form={"a": "b"})
    assert time.monotonic() - began < 2 * SECONDS


def test_headers_that_never_end_are_not_kept(listen: Callable[[Serve], str]) -> None:
    def serve(connection: socket.socket) -> None:
        connection.recv(9999)
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            connection.sendall(b"X: " + b"y" * 65_536)

    with pytest.raises(httpx.RemoteProtocolError):
        outgoing.post(listen(serve), seconds=5, form={})


def test_a_body_is_not_read(listen: Callable[[Serve], str]) -> None:
    began = time.monotonic()
    url = listen(trickle(b"HTTP/1.1 204 No Content\r\nX: y\r\n\r\n", b"more"))
    assert outgoing.post(url, seconds=SECONDS, form={}) == 204
    assert time.monotonic() - began < SECONDS


def test_a_name_with_many_silent_addresses_takes_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    silent = socket.create_server(("127.0.0.1", 0), backlog=0)
    port = silent.getsockname()[1]
    waiting = [socket.socket() for _ in range(4)]
    for one in waiting:  # fill its queue: what comes now is not answered
        one.setblocking(False)
        one.connect_ex(("127.0.0.1", port))
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))] * 10
    resolve = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *a, **k: found if host == "many.example" else resolve(host, *a, **k),
    )
    began = time.monotonic()
    try:
        with pytest.raises(httpx.ConnectTimeout):
            outgoing.post(f"http://many.example:{port}/", seconds=SECONDS, form={})
        assert time.monotonic() - began < 2 * SECONDS
    finally:
        for one in (*waiting, silent):
            one.close()


def test_nobody_there() -> None:
    with pytest.raises(httpx.ConnectError):
        outgoing.post("http://127.0.0.1:1/", seconds=SECONDS, form={})
    with pytest.raises(httpx.ConnectError):
        outgoing.post("http://nobody.invalid/", seconds=SECONDS, form={})


def test_time_is_each_posts_own(gateway: Gateway) -> None:
    assert outgoing.post(f"{gateway.url}/202", seconds=0.3, form={}) == 202
    time.sleep(0.4)
    assert outgoing.post(f"{gateway.url}/202", seconds=0.3, form={}) == 202


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://[::1]:{port}/"]
)
def test_an_inner_address_is_never_connected_to(gateway: Gateway, url: str) -> None:
    port = gateway.url.rsplit(":", 1)[1].partition("/")[0]
    for send in (
        lambda: outgoing.post(url.format(port=port), seconds=SECONDS, form={}, public_only=True),
        lambda: outgoing.exchange(
            url.format(port=port), seconds=SECONDS, content=b"", longest=10, public_only=True
        ),
    ):
        with pytest.raises(outgoing.NotPublic):
            send()
    assert not gateway.taken


def test_a_name_that_leads_inside_is_refused_whatever_else_it_leads_to(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: what counts is the address at the moment of connecting, after any number of good answers."""
    port = int(gateway.url.rsplit(":", 1)[1].partition("/")[0])
    outside = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", port))
    inside = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
    answers = [[inside], [outside, inside], [inside, outside]]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: answers.pop(0))
    for _ in range(3):
        with pytest.raises(outgoing.NotPublic):
            outgoing.post(f"http://rebinding.example:{port}/", seconds=SECONDS, form={}, public_only=True)
    assert not gateway.taken


def test_a_kept_connection_serves_nobody_who_must_judge_it(gateway: Gateway) -> None:
    assert outgoing.post(f"{gateway.url}/202", seconds=SECONDS, form={}) == 202
    with pytest.raises(outgoing.NotPublic):
        outgoing.post(f"{gateway.url}/202", seconds=SECONDS, form={}, public_only=True)


def test_a_long_answer_is_left_unread_where_only_its_beginning_counts(listen: Callable[[Serve], str]) -> None:
    def serve(connection: socket.socket) -> None:
        connection.recv(9999)
        connection.sendall(b"HTTP/1.1 202 Accepted\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65_536)

    url = listen(serve)
    reply = outgoing.exchange(url, seconds=5, content=b"", longest=100, cut=True)
    assert (reply.status, reply.body) == (202, b"x" * 100)
    with pytest.raises(outgoing.TooLong):
        outgoing.exchange(url, seconds=5, content=b"", longest=100)


def test_what_is_at_an_address_is_read_whole(listen: Callable[[Serve], str]) -> None:
    asked: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        asked.append(connection.recv(9999))
        connection.sendall(b"HTTP/1.1 404 Not Found\r\nETag: W/1\r\nContent-Length: 4\r\n\r\nnone")

    reply = outgoing.get(listen(serve), seconds=5, longest=4, headers={"If-None-Match": "W/1"})
    assert (reply.status, reply.headers["etag"], reply.body) == (404, "W/1", b"none")
    assert asked[0].startswith(b"GET / HTTP/1.1\r\n")
    assert b"If-None-Match: W/1" in asked[0]


def test_a_redirect_is_an_answer_and_no_way(listen: Callable[[Serve], str]) -> None:
    asked: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        asked.append(connection.recv(9999))
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")

    assert outgoing.get(listen(serve), seconds=5, longest=9).status == 302
    assert len(asked) == 1


@pytest.mark.parametrize(
    "beginning", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 10485760\r\n\r\n"]
)
def test_ten_megabytes_are_not_read(listen: Callable[[Serve], str], beginning: bytes) -> None:
    sent: list[int] = []

    def serve(connection: socket.socket) -> None:
        connection.recv(9999)
        connection.sendall(beginning)
        sent.extend(connection.send(b"x" * 65_536) for _ in range(160))

    with pytest.raises(outgoing.TooLong):
        outgoing.get(listen(serve), seconds=5, longest=100_000)
    assert sum(sent) < 10_000_000


def test_an_answer_without_end_ends_in_time(listen: Callable[[Serve], str]) -> None:
    began = time.monotonic()
    with pytest.raises(httpx.HTTPError):
        outgoing.get(listen(trickle(b"HTTP/1.1 200 OK\r\n\r\n", b"x")), seconds=SECONDS, longest=9999)
    assert time.monotonic() - began < 2 * SECONDS


def test_an_inner_address_is_never_asked(gateway: Gateway) -> None:
    with pytest.raises(outgoing.NotPublic):
        outgoing.get(gateway.url, seconds=SECONDS, longest=9, public_only=True)
    with pytest.raises(httpx.InvalidURL):
        outgoing.get("http://[::1", seconds=SECONDS, longest=9)
