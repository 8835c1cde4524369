"""Logout tokens (OIDC Back-Channel Logout §2.4-2.8) and their delivery to a real listener."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs
from uuid import UUID

import pytest
from joserfc.jwk import KeySet

from idp.audit.log import AuditEvent
from idp.db import commit, db
from idp.keys import compact_jwt
from idp.outbox import message
from idp.outbox.message import DeliveryFailed, OutboxMessage
from idp.relying_parties import registration
from idp.sessions import backchannel_logout
from tests.provider import Provider
from tests.site import Site, decoded


class Listener:
    """A site's back-channel logout endpoint."""

    def __init__(self) -> None:
        self.status = 200
        self.received: list[dict[str, list[str]]] = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                listener.received.append(parse_qs(self.rfile.read(length).decode()))
                self.send_response(listener.status)
                if listener.status == 302:
                    self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.uri = f"http://127.0.0.1:{self.server.server_address[1]}/logout"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()


@pytest.fixture
def site(provider: Provider, listener: Listener) -> Site:
    return provider.site(backchannel_logout_uri=listener.uri)


def queued(site: Site) -> OutboxMessage:
    added = message.add(
        backchannel_logout.KIND, {"client_id": site.id, "sub": "subject", "sid": str(UUID(int=7))}
    )
    commit()
    return added


@pytest.mark.parametrize("alg", ["ES256", "RS256"])
def test_the_token_says_that_and_whose_session_ended(
    provider: Provider, listener: Listener, alg: str
) -> None:
    site = provider.site(backchannel_logout_uri=listener.uri, id_token_signed_response_alg=alg)
    with provider.context():
        sent = queued(site)
        backchannel_logout.deliver(sent)
        jti = str(sent.id)
        commit()
    token = listener.received[0]["logout_token"][0]
    header, claims = decoded(token)
    assert (header["typ"], header["alg"]) == ("logout+jwt", alg)
    keys = json.loads(provider.app.test_client().get("/jwks", base_url=site.issuer).data)
    assert compact_jwt.verify(token, KeySet.import_key_set(keys), [alg]) == claims
    assert claims.keys() == {"iss", "aud", "sub", "sid", "iat", "exp", "jti", "events"}
    assert claims["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
    assert (claims["aud"], claims["sub"], claims["sid"]) == (site.id, "subject", str(UUID(int=7)))
    assert claims["jti"] == jti, "the same for every try, so that a site can see repetitions"
    assert claims["exp"] - claims["iat"] == 120
    assert "nonce" not in claims


def test_a_delivery_is_noted(provider: Provider, site: Site) -> None:
    with provider.context():
        backchannel_logout.deliver(queued(site))
        commit()
        events = db.session.query(AuditEvent).filter_by(name="logout.delivered", client_id=site.id).all()
        assert len(events) == 1


@pytest.mark.parametrize("status", [204, 200])
def test_a_success_is_any_of_them(provider: Provider, site: Site, listener: Listener, status: int) -> None:
    listener.status = status
    with provider.context():
        backchannel_logout.deliver(queued(site))


@pytest.mark.parametrize("status", [302, 400, 404, 500, 503])
def test_anything_else_is_tried_again_and_no_redirect_followed(
    provider: Provider, site: Site, listener: Listener, status: int
) -> None:
    """§2.8; following redirects would let a site send us about the network."""
    listener.status = status
    with provider.context():
        with pytest.raises(DeliveryFailed, match=f"HTTP {status}") as caught:
            backchannel_logout.deliver(queued(site))
        assert caught.value.retry


def test_a_site_that_is_away_is_tried_again(provider: Provider) -> None:
    site = provider.site(backchannel_logout_uri="http://127.0.0.1:9/logout")
    with provider.context():
        with pytest.raises(DeliveryFailed, match="ConnectError") as caught:
            backchannel_logout.deliver(queued(site))
        assert caught.value.retry


def test_a_site_that_trickles_holds_nobody_up(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    """httpx would wait for each byte anew."""
    monkeypatch.setattr(backchannel_logout, "TIMEOUT_SECONDS", 0.5)
    listener = socket.create_server(("127.0.0.1", 0))

    def trickle() -> None:
        connection, _ = listener.accept()
        with connection, contextlib.suppress(OSError):
            connection.recv(9999)
            connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            for _ in range(30):
                time.sleep(0.1)
                connection.sendall(b"a")

    thread = threading.Thread(target=trickle)
    thread.start()
    site = provider.site(backchannel_logout_uri=f"http://127.0.0.1:{listener.getsockname()[1]}/logout")
    began = time.monotonic()
    with provider.context(), pytest.raises(DeliveryFailed, match="ReadTimeout") as caught:
        backchannel_logout.deliver(queued(site))
    assert caught.value.retry
    assert time.monotonic() - began < 1.5
    thread.join()
    listener.close()


def test_a_site_that_is_gone_is_not(provider: Provider, site: Site) -> None:
    with provider.context():
        waiting = queued(site)
        registration.delete(site.id)
        commit()
        with pytest.raises(DeliveryFailed) as caught:
            backchannel_logout.deliver(waiting)
        assert not caught.value.retry
