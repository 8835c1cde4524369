"""Forwarded headers count only when a proxy we trust sent them (settings.trusted_proxies); else they are removed.

WSGI middleware. The client's address is the last one in X-Forwarded-For that is not itself a trusted proxy.
"""

import ipaddress
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# RFC 9440: only the proxy that ended TLS knows which certificate the browser showed.
CERTIFICATES = ("HTTP_CLIENT_CERT", "HTTP_CLIENT_CERT_CHAIN")
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_FORWARDED")


class TrustedProxies:
    """Wraps a WSGI application."""

    def __init__(self, app: "WSGIApplication", networks: Iterable[str]) -> None:
        self._app = app
        self._networks = [ipaddress.ip_network(network, strict=False) for network in networks]

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Apply what a trusted proxy says, forget what anybody else says."""
        given = {name: environ.pop(name, "") for name in (*FORWARDED, *CERTIFICATES)}
        if self._is_trusted(environ.get("REMOTE_ADDR", "")):
            chain = [hop.strip() for hop in given["HTTP_X_FORWARDED_FOR"].split(",") if hop.strip()]
            client = next((hop for hop in reversed(chain) if not self._is_trusted(hop)), None)
            if client is not None and _is_address(client):
                environ["REMOTE_ADDR"] = client
            if given["HTTP_X_FORWARDED_HOST"]:
                environ["HTTP_HOST"] = given["HTTP_X_FORWARDED_HOST"].split(",")[-1].strip()
            if given["HTTP_X_FORWARDED_PROTO"] in {"http", "https"}:
                environ["wsgi.url_scheme"] = given["HTTP_X_FORWARDED_PROTO"]
            environ.update({name: given[name] for name in CERTIFICATES if given[name]})
        return self._app(environ, start_response)

    def _is_trusted(self, address: str) -> bool:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._networks)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
