"""A receiver made with other people's libraries (plain HTTP, cryptojwt) hears a served provider by push and by poll."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from cryptojwt.jws.jws import factory
from cryptojwt.key_jar import KeyJar

from idp.db import commit
from idp.outbox import signal
from idp.outbox.signal import Signal
from tests.integration.listening import Listening
from tests.person import Person
from tests.shared_signals.conftest import receiver, registered
from tests.shared_signals.receiver import CAEP, OWN, PUSH, Receiver
from tests.site import Site
from tests.waiting import eventually

__all__ = ["receiver"]

pytestmark = pytest.mark.integration
REVOKED, WITHDRAWN = f"{CAEP}session-revoked", f"{OWN}consent-withdrawn"


class Outsider:
    """What the specifications say, done by hand."""

    def __init__(self, http: httpx.Client, issuer: str, site: Site) -> None:
        self.http = http
        self.site = site
        self.configuration = self.http.get(f"{issuer}/.well-known/ssf-configuration").json()
        discovery = self.http.get(f"{issuer}/.well-known/openid-configuration").json()
        assert self.configuration["issuer"] == issuer == discovery["issuer"]
        answer = self.http.post(
            discovery["token_endpoint"],
            data={"grant_type": "client_credentials", "scope": "ssf.manage"},
            auth=(site.id, site.secret or ""),
        )
        self.http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        self.jar = KeyJar()
        self.jar.import_jwks(self.http.get(self.configuration["jwks_uri"]).json(), issuer)

    def make(self, **body: Any) -> dict[str, Any]:
        answer = self.http.post(self.configuration["configuration_endpoint"], json=body)
        assert answer.status_code == 201, answer.text
        stream: dict[str, Any] = answer.json()
        return stream

    def believe(self, token: str) -> dict[str, Any]:
        jws = factory(token)
        assert jws is not None
        assert jws.jwt.headers["typ"] == "secevent+jwt"
        claims: dict[str, Any] = jws.verify_compact(
            token, self.jar.get_issuer_keys(self.configuration["issuer"])
        )
        assert (claims["iss"], claims["aud"]) == (self.configuration["issuer"], self.site.id)
        assert not {"sub", "exp"} & claims.keys()
        return claims


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=15) as client:
        yield client


def withdraw(listening: Listening, person: Person, site: Site) -> None:
    with listening.provider.context():
        signal.add(
            Signal.CONSENT_WITHDRAWN, person.id, client_id=site.id, items=["phone_number"], reference="x"
        )
        commit()


def test_by_push_and_by_poll(listening: Listening, receiver: Receiver, http: httpx.Client) -> None:
    site, person = registered(listening.provider, receiver.url), listening.provider.person()
    outsider = Outsider(http, listening.issuer, site)
    pushed = outsider.make(
        events_requested=[WITHDRAWN], delivery={"method": PUSH, "endpoint_url": receiver.url}
    )
    polled = outsider.make(events_requested=[WITHDRAWN, REVOKED])
    verified = outsider.http.post(
        outsider.configuration["verification_endpoint"],
        json={"stream_id": pushed["stream_id"], "state": "are you there?"},
    )
    assert verified.status_code == 204
    eventually(lambda: len(receiver.taken) == 1)
    (verification,) = outsider.believe(receiver.taken[0])["events"].values()
    assert verification == {"state": "are you there?"}

    began = time.monotonic()
    withdraw(listening, person, site)
    eventually(lambda: len(receiver.taken) == 2)
    assert time.monotonic() - began < 5, "within seconds"
    by_push = outsider.believe(receiver.taken[1])

    def fetch(**body: Any) -> dict[str, str]:
        answer = outsider.http.post(polled["delivery"]["endpoint_url"], json=body)
        assert answer.status_code == 200, answer.text
        sets: dict[str, str] = answer.json()["sets"]
        return sets

    sets = fetch()
    assert fetch(returnImmediately=True).keys() == sets.keys(), "until it is acknowledged"
    ((jti, token),) = sets.items()
    by_poll = outsider.believe(token)
    assert by_poll["jti"] == jti != by_push["jti"]
    assert by_poll["events"] == by_push["events"]
    assert by_poll["events"][WITHDRAWN]["items"] == ["phone_number"]
    assert by_poll["sub_id"] == by_push["sub_id"]
    assert fetch(ack=[jti], returnImmediately=True) == {}
