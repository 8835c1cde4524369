from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.trusted_proxies import TrustedProxies

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

TRUSTED = ("10.0.0.0/8", "fd00::/8", "192.0.2.7")


def seen(remote: str, **headers: str) -> dict[str, Any]:
    """What the application behind the proxies sees."""
    found: dict[str, Any] = {}

    def app(environ: "WSGIEnvironment", start_response: Any) -> Iterable[bytes]:
        found.update(environ)
        return []

    environ = {"REMOTE_ADDR": remote, "HTTP_HOST": "inside:8000", "wsgi.url_scheme": "http"}
    given_headers = {f"HTTP_{name}": value for name, value in headers.items()}
    TrustedProxies(app, TRUSTED)(environ | given_headers, lambda *_: None)  # type: ignore[arg-type] # never called
    return found


@pytest.mark.parametrize(
    ("remote", "chain", "client"),
    [
        ("10.1.2.3", "203.0.113.9", "203.0.113.9"),
        ("10.1.2.3", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("10.1.2.3", "203.0.113.9, 10.9.9.9", "203.0.113.9"),
        ("10.1.2.3", "203.0.113.9, 192.0.2.7 ,10.9.9.9", "203.0.113.9"),
        ("fd00::1", "2001:db8::5", "2001:db8::5"),
        ("10.1.2.3", "", "10.1.2.3"),
        ("10.1.2.3", "10.4.4.4", "10.1.2.3"),
        ("10.1.2.3", "203.0.113.9, unknown", "10.1.2.3"),
        ("10.1.2.3", "' OR 1=1 --", "10.1.2.3"),
        ("203.0.113.50", "198.51.100.1", "203.0.113.50"),
        ("192.0.2.8", "198.51.100.1", "192.0.2.8"),
        ("", "198.51.100.1", ""),
        ("not an address", "198.51.100.1", "not an address"),
    ],
)
def test_the_client_is_the_last_hop_that_is_no_proxy_of_ours(remote: str, chain: str, client: str) -> None:
    assert seen(remote, X_FORWARDED_FOR=chain)["REMOTE_ADDR"] == client


def test_host_and_scheme_count_from_a_trusted_proxy() -> None:
    environ = seen("10.0.0.1", X_FORWARDED_HOST="evil.example, id.example.cn", X_FORWARDED_PROTO="https")
    assert (environ["HTTP_HOST"], environ["wsgi.url_scheme"]) == ("id.example.cn", "https")


def test_nobody_invents_a_scheme() -> None:
    assert seen("10.0.0.1", X_FORWARDED_PROTO="javascript")["wsgi.url_scheme"] == "http"


@given(st.ip_addresses().map(str), st.text(max_size=30), st.text(max_size=30))
def test_what_a_stranger_says_is_forgotten(remote: str, chain: str, host: str) -> None:
    environ = seen(
        remote,
        X_FORWARDED_FOR=chain,
        X_FORWARDED_HOST=host,
        X_FORWARDED_PROTO="https",
        FORWARDED="for=1.2.3.4",
    )
    assert not [name for name in environ if "FORWARDED" in name]
    if not remote.startswith(("10.", "fd", "192.0.2.7")):
        assert environ["REMOTE_ADDR"] == remote
        assert environ["HTTP_HOST"] == "inside:8000"
        assert environ["wsgi.url_scheme"] == "http"


def test_only_a_proxy_of_ours_says_which_certificate_was_shown() -> None:
    """RFC 9440 §4: or anybody could be anybody whose certificate they have seen."""
    sent = {"CLIENT_CERT": ":AAAA:", "CLIENT_CERT_CHAIN": ":BBBB:"}
    believed = seen("10.1.2.3", **sent)
    assert (believed["HTTP_CLIENT_CERT"], believed["HTTP_CLIENT_CERT_CHAIN"]) == (":AAAA:", ":BBBB:")
    for remote in ("203.0.113.50", "127.0.0.1", ""):
        assert not {name for name in seen(remote, **sent) if "CLIENT_CERT" in name}
    assert not {name for name in seen("10.1.2.3") if "CLIENT_CERT" in name}
