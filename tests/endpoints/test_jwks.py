"""The published keys (RFC 7517; OIDC Core §10.1.1)."""

import json
from datetime import timedelta
from typing import Any

from joserfc.jwk import KeySet

from idp import clock
from idp.db import commit
from idp.ephemeral.store import EPHEMERAL
from idp.keys import compact_jwt, keyring, signing_key
from tests.provider import ISSUER, NewProvider, Provider
from tests.site import decoded


def published(provider: Provider) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(provider.app.test_client().get("/jwks", base_url=ISSUER).data)
    return found


def test_only_public_halves_are_published(provider: Provider) -> None:
    keys = published(provider)["keys"]
    assert {key["alg"] for key in keys} == {"ES256", "RS256", "PS256", "EdDSA"}
    assert len({key["kid"] for key in keys}) == len(keys) == 8
    for key in keys:
        assert key["use"] == "sig"
        assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & key.keys()


def test_a_rotation_breaks_no_relying_party(new_provider: NewProvider) -> None:
    """The next key was published before, the last one stays after."""
    provider = new_provider()
    site, person = provider.site(), provider.person()
    before = KeySet.import_key_set(published(provider))  # type: ignore[arg-type] # plain JSON
    old = site.tokens(person)
    with provider.context():
        signing_key.rotate("ES256")
        commit()
        keyring.KEYRING.get().forget()
        EPHEMERAL.get().publish(keyring.CHANNEL, "ES256")
    new = site.tokens(person)
    assert decoded(new["id_token"])[0]["kid"] != decoded(old["id_token"])[0]["kid"]
    assert compact_jwt.verify(new["id_token"], before, ["ES256"])["aud"] == site.id
    after = KeySet.import_key_set(published(provider))  # type: ignore[arg-type] # plain JSON
    assert compact_jwt.verify(old["id_token"], after, ["ES256"])["aud"] == site.id
    assert site.userinfo(old["access_token"]).status_code == 200
    with provider.context(), clock.shifted(timedelta(days=8)):
        signing_key.rotate_due(timedelta(days=90), timedelta(days=7))
        commit()
        keyring.KEYRING.get().forget()
    gone = decoded(old["id_token"])[0]["kid"]
    assert gone not in {key["kid"] for key in published(provider)["keys"]}
