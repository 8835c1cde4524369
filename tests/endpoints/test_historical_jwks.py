"""Every key that ever signed, for proofs that are checked years later."""

import json
from datetime import timedelta
from typing import Any

from joserfc.jwk import KeySet

from idp import clock
from idp.db import commit, db
from idp.keys import compact_jwt, keyring, signing_key
from idp.keys.signing_key import SigningKey
from tests.provider import ISSUER, NewProvider, Provider


def fetched(provider: Provider) -> list[dict[str, Any]]:
    found: dict[str, Any] = json.loads(
        provider.app.test_client().get("/jwks/historical", base_url=ISSUER).data
    )
    keys: list[dict[str, Any]] = found["keys"]
    return keys


def test_it_is_advertised_and_cacheable(provider: Provider) -> None:
    client = provider.app.test_client()
    document = client.get("/.well-known/openid-configuration", base_url=ISSUER).get_json()
    assert document["historical_jwks_uri"] == f"{ISSUER}/jwks/historical"
    first = client.get("/jwks/historical", base_url=ISSUER)
    assert first.mimetype == "application/jwk-set+json"
    again = client.get("/jwks/historical", base_url=ISSUER, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_only_public_halves_of_keys_that_signed_are_there(provider: Provider) -> None:
    keys = fetched(provider)
    assert sorted(key["alg"] for key in keys) == ["ES256", "EdDSA", "PS256", "RS256"]
    for key in keys:
        assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & key.keys()
        assert key["iat"] <= key["nbf"]
        assert "exp" not in key


def test_an_archived_key_stays_and_says_until_when_it_signed(new_provider: NewProvider) -> None:
    provider = new_provider()
    with provider.context():
        old = keyring.KEYRING.get().sign({"said": "then"}, typ="JWT")
        signing_key.rotate("ES256")
        commit()
    with provider.context(), clock.shifted(timedelta(days=8)):
        signing_key.rotate_due(timedelta(days=90), timedelta(days=7))
        commit()
        keyring.KEYRING.get().forget()
    kid = compact_jwt.unverified_header(old)["kid"]
    published = provider.app.test_client().get("/jwks", base_url=ISSUER).get_json()
    assert kid not in {key["kid"] for key in published["keys"]}
    gone = next(key for key in fetched(provider) if key["kid"] == kid)
    assert gone["nbf"] <= gone["exp"] <= clock.timestamp() + keyring.REFRESH_SECONDS
    keys = KeySet.import_key_set({"keys": [gone]})
    assert compact_jwt.verify(old, keys, ["ES256"]) == {"said": "then"}


def test_a_key_that_somebody_planted_is_not_published(new_provider: NewProvider) -> None:
    provider = new_provider()
    with provider.context():
        template = signing_key.ever_signed()[0]
        db.session.add(
            SigningKey(
                kid="planted",
                alg=template.alg,
                state="retired",
                sealed_public_jwk=template.sealed_public_jwk,
                sealed_jwk="",
                created_at=clock.now(),
                current_at=clock.now(),
            )
        )
        commit()
    assert "planted" not in {key["kid"] for key in fetched(provider)}
