import gzip
import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.clients.loopback_provider import LoopbackProvider, Reply, Request, json_reply
from tongxing_client import errors, transport


@pytest.mark.parametrize(
    "url",
    [
        "https://id.example.cn",
        "https://id.example.cn:8443/a?b=c",
        "http://localhost:8000",
        "http://127.0.0.1",
        "http://[::1]:8000/x",
    ],
)
def test_https_and_this_machine_are_safe(url: str) -> None:
    assert transport.is_safe_url(url)


@pytest.mark.parametrize(
    "url",
    [
        None,
        7,
        "",
        "/callback",
        "http://id.example.cn",
        "http://127.0.0.1.evil.cn",
        "http://localhost.evil.cn",
        "ftp://localhost",
        "javascript:alert(1)",
        "https://",
        "https://user@id.example.cn",
        "https://id.example.cn/#f",
        "https://id.example.cn:99999",
        "https://id.example.cn/\n",
        "https://例子.cn",
        "http://[::1",
    ],
)
def test_anything_else_is_not(url: object) -> None:
    assert not transport.is_safe_url(url)


def test_an_answer_carries_what_we_need(provider: LoopbackProvider, http: transport.Transport) -> None:
    provider.replies["/x"] = lambda _: json_reply({"a": 1}, 201, Cache_Control="public, max-age=60")
    answer = http.post(f"{provider.issuer}/x", {"q": "值"}, {"X-Mine": "yes"})
    assert (answer.status, answer.content_type, answer.json()) == (201, "application/json", {"a": 1})
    sent = provider.requests[-1]
    assert (sent.method, sent.form, sent.headers["X-Mine"]) == ("POST", {"q": "值"}, "yes")
    assert sent.headers["Accept-Encoding"] == "identity"


def test_nobody_there_is_unavailable(http: transport.Transport) -> None:
    with pytest.raises(errors.ProviderUnavailable):
        http.get("http://127.0.0.1:1/")


def test_garbage_instead_of_http_is_unavailable(
    provider: LoopbackProvider, http: transport.Transport
) -> None:
    provider.replies["/x"] = lambda _: Reply(200, b"", {"Bad\x01Header": "\x00"})
    with pytest.raises(errors.ProviderUnavailable):
        http.get(f"{provider.issuer}/x")


def _drip(chunk: bytes, seconds: float) -> Iterator[bytes]:
    for _ in range(400):
        yield chunk
        time.sleep(seconds)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (lambda _: Reply(503), errors.ProviderUnavailable),
        (lambda _: Reply(500, b"{}"), errors.ProviderUnavailable),
        (lambda _: Reply(302, b"", {"Location": "http://127.0.0.1/elsewhere"}), errors.BadProviderAnswer),
        (lambda _: Reply(200, b"x" * (transport.MAX_BYTES + 1)), errors.BadProviderAnswer),
        (lambda _: Reply(200, _drip(b"x" * 65_536, 0)), errors.BadProviderAnswer),
        (lambda _: Reply(200, _drip(b"x", 0.01)), errors.ProviderUnavailable),
        (lambda _: Reply(200, _drip(b"x", 3)), errors.ProviderUnavailable),
        (
            lambda _: Reply(200, gzip.compress(b"{}" * 100_000), {"Content-Encoding": "gzip"}),
            errors.BadProviderAnswer,
        ),
    ],
    ids=["503", "500", "redirect", "huge", "endless", "dripping", "silent", "compressed"],
)
def test_no_answer_can_hold_us_up(
    provider: LoopbackProvider, reply: Callable[[Request], Reply], kind: type[errors.TongxingError]
) -> None:
    provider.replies["/x"] = reply
    started = time.monotonic()
    with pytest.raises(kind) as raised:
        transport.Transport(seconds=0.3, proxies=False).get(f"{provider.issuer}/x?secret=1")
    assert time.monotonic() - started < 2
    assert "secret" not in str(raised.value)


def test_an_answer_that_is_no_json_object_is_bad(
    provider: LoopbackProvider, http: transport.Transport
) -> None:
    provider.replies["/x"] = lambda _: Reply(200, b"<html>")
    with pytest.raises(errors.BadProviderAnswer):
        http.get(f"{provider.issuer}/x").json()


def test_a_deployer_can_give_the_client(provider: LoopbackProvider) -> None:
    with httpx.Client(trust_env=False, headers={"User-Agent": "unused"}) as client:
        own = transport.Transport(client=client)
        assert own.get(f"{provider.issuer}/jwks").status == 200
