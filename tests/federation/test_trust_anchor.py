"""Trust anchors: added, given other keys, removed, known without a query."""

import time
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey
from sqlalchemy import select

from idp.audit.log import AuditEvent
from idp.db import commit, db
from idp.errors import InvalidInput, NotFound
from idp.federation import trust_anchor
from idp.federation.trust_anchor import ANCHORS
from tests.federation.conftest import TrustingProvider
from tests.provider import Provider, counted

ANCHOR = "https://nation.example"


def jwks(*keys: Any, private: bool = False) -> dict[str, Any]:
    return {"keys": [dict(key.as_dict(private=private)) for key in keys]}


def ec(kid: str | None = "one") -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid} if kid else None)


@pytest.fixture
def provider(trusting: TrustingProvider) -> Provider:
    return trusting()


def test_an_anchor_is_added_given_other_keys_and_removed(provider: Provider) -> None:
    with provider.context():
        assert not trust_anchor.all_anchors()
        trust_anchor.add(ANCHOR, jwks(ec()))
        commit()
        assert [key.kid for key in trust_anchor.all_anchors()[ANCHOR].keys] == ["one"]
        trust_anchor.add(ANCHOR, jwks(ec("two"), ec("three")))
        commit()
        assert [key.kid for key in trust_anchor.all_anchors()[ANCHOR].keys] == ["two", "three"]
        assert len(trust_anchor.listed()) == 1
        trust_anchor.remove(ANCHOR)
        commit()
        assert not trust_anchor.all_anchors()
        with pytest.raises(NotFound):
            trust_anchor.remove(ANCHOR)
        wanted = select(AuditEvent.name).where(AuditEvent.name.startswith("trust_anchor."))
        names = list(db.session.scalars(wanted.order_by(AuditEvent.id)))
        assert names == ["trust_anchor.added", "trust_anchor.added", "trust_anchor.removed"]


def test_what_is_not_committed_is_not_trusted(provider: Provider) -> None:
    with provider.context():
        trust_anchor.add(ANCHOR, jwks(ec()))
        db.session.rollback()
        ANCHORS.get().forget()
        assert not trust_anchor.all_anchors()


def test_anchors_are_read_once(provider: Provider) -> None:
    with provider.context():
        trust_anchor.all_anchors()
        with counted(provider.app) as counts:
            trust_anchor.all_anchors()
        assert not counts.statements
        ANCHORS.get()._timer = lambda: time.monotonic() + 61
        with counted(provider.app) as counts:
            trust_anchor.all_anchors()
        assert len(counts.statements) == 1


def test_another_process_hears(provider: Provider) -> None:
    other = Provider(provider.settings)
    try:
        with other.context():
            assert not trust_anchor.all_anchors()
        with provider.context():
            trust_anchor.add(ANCHOR, jwks(ec()))
            commit()
        until = time.monotonic() + 5
        found = False
        while not found and time.monotonic() < until:
            time.sleep(0.05)
            with other.context():
                found = ANCHOR in trust_anchor.all_anchors()
        assert found
    finally:
        other.close()


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"keys": []},
        {"keys": "no"},
        {"keys": [{}]},
        {"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]},
        {"keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB"}]},
    ],
)
def test_keys_that_are_none(provider: Provider, keys: dict[str, Any]) -> None:
    with provider.context(), pytest.raises(InvalidInput):
        trust_anchor.add(ANCHOR, keys)


def test_secret_keys_are_refused(provider: Provider) -> None:
    with provider.context():
        for keys in (jwks(ec(), private=True), jwks(OctKey.generate_key(256), private=True)):
            with pytest.raises(InvalidInput):
                trust_anchor.add(ANCHOR, keys)


def test_two_keys_need_names(provider: Provider) -> None:
    with provider.context():
        with pytest.raises(InvalidInput):
            trust_anchor.add(ANCHOR, jwks(ec(), ec()))
        one = ec(None)
        trust_anchor.add(ANCHOR, jwks(one))
        assert trust_anchor.listed()[0].jwks["keys"][0]["kid"] == one.thumbprint()


def test_an_rsa_anchor(provider: Provider) -> None:
    with provider.context():
        trust_anchor.add(ANCHOR, jwks(RSAKey.generate_key(2048, {"kid": "r"})))
        assert trust_anchor.listed()[0].jwks["keys"][0]["kty"] == "RSA"


@pytest.mark.parametrize(
    "name", ["", "nation.example", "ftp://nation.example", "https://nation.example/?a=b"]
)
def test_a_name_that_is_none(provider: Provider, name: str) -> None:
    with provider.context(), pytest.raises(InvalidInput) as refused:
        trust_anchor.add(name, jwks(ec()))
    assert refused.value.code == "anchor_wrong"
