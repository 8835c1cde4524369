"""What an ID token says, checked as relying parties check it, by another library than the one that signed."""

import base64
import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from jose import jwt as python_jose
from joserfc.jwk import KeySet

from idp import clock
from idp.db import commit
from idp.keys import compact_jwt, keyring, signing_key
from idp.tokens import id_token
from tests.person import Person
from tests.provider import NewProvider, Provider
from tests.site import Site, Tokens, decoded

ALGORITHMS = ("ES256", "RS256", "PS256", "EdDSA")


@pytest.fixture(scope="module")
def person(provider: Provider) -> Person:
    return provider.person()


def keys(site: Site) -> Any:
    published: Any = json.loads(site.app.test_client().get("/jwks", base_url=site.issuer).data)
    return published


def half(text: str, algorithm: str) -> str:
    digest = hashlib.new(algorithm, text.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_relying_parties_can_verify_each_algorithm(provider: Provider, person: Person, alg: str) -> None:
    """OIDC Core §3.1.3.7; §3.1.3.6 for at_hash."""
    site = provider.site(id_token_signed_response_alg=alg)
    tokens = site.tokens(person)
    header, claims = decoded(tokens["id_token"])
    assert (header["alg"], header["typ"]) == (alg, "JWT")
    key = next(key for key in keys(site)["keys"] if key["kid"] == header["kid"])
    assert key["alg"] == alg
    if alg in {"ES256", "RS256"}:
        read = python_jose.decode(
            tokens["id_token"],
            key,
            algorithms=[alg],
            audience=site.id,
            issuer=site.issuer,
            access_token=tokens["access_token"],
        )
        assert read == claims
    else:
        assert compact_jwt.verify(tokens["id_token"], KeySet.import_key_set(keys(site)), [alg]) == claims
    assert claims["at_hash"] == half(tokens["access_token"], "sha512" if alg == "EdDSA" else "sha256")


def test_it_says_who_when_how_and_to_whom(provider: Provider) -> None:
    """OIDC Core §2, RFC 8176; sid for logout."""
    site = provider.site()
    tokens = site.tokens(provider.person(totp=True))
    claims = decoded(tokens["id_token"])[1]
    assert claims.keys() == {
        "iss",
        "sub",
        "aud",
        "exp",
        "iat",
        "auth_time",
        "amr",
        "acr",
        "ial",
        "aal",
        "fal",
        "sid",
        "at_hash",
        "nonce",
    }
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (site.issuer, site.id, site.nonce)
    assert claims["amr"] == ["pwd", "otp", "mfa"]
    assert claims["exp"] - claims["iat"] == 300
    assert claims["auth_time"] <= claims["iat"]


def test_one_factor_is_not_called_more(provider: Provider, person: Person) -> None:
    assert decoded(provider.site().tokens(person)["id_token"])[1]["amr"] == ["pwd"]


def test_without_a_nonce_there_is_none(provider: Provider, person: Person) -> None:
    site = provider.site()
    assert "nonce" not in decoded(site.tokens(person, nonce=None)["id_token"])[1]


def test_a_scopes_claims_go_to_userinfo_and_single_ones_where_they_were_asked(
    provider: Provider, person: Person
) -> None:
    """OIDC Core §5.4, §5.5."""
    site = provider.site()
    tokens = site.tokens(
        person,
        scope="openid phone",
        claims={"id_token": {"name": {"essential": True}}, "userinfo": {"locale": None}},
    )
    in_token = decoded(tokens["id_token"])[1]
    assert in_token["name"] == person.name
    assert not {"phone_number", "locale"} & in_token.keys()
    assert site.claims(tokens["access_token"]) == {
        "sub": in_token["sub"],
        "locale": "zh-Hans",
        "phone_number": person.phone,
        "phone_number_verified": True,
    }


def test_nobody_is_told_what_he_registered_no_need_for(provider: Provider, person: Person) -> None:
    """PIPL art. 6: purpose limitation, whatever the request asks."""
    site = provider.site(items=[{"name": "locale", "required": True}], scope="openid profile phone")
    tokens = site.tokens(person, claims={"id_token": {"name": {"essential": True}, "phone_number": None}})
    assert not {"name", "phone_number"} & decoded(tokens["id_token"])[1].keys()
    assert site.claims(tokens["access_token"]).keys() == {"sub", "locale"}


def test_claims_are_never_null_or_empty(provider: Provider) -> None:
    """OIDC Core §5.3.2: absent ones are left out."""
    site = provider.site()
    tokens = site.tokens(provider.person(phone=False))
    for claims in (site.claims(tokens["access_token"]), decoded(tokens["id_token"])[1]):
        assert not [name for name, value in claims.items() if value in (None, "", [], {})]
        assert "phone_number" not in claims
        assert "phone_number_verified" not in claims


def test_protocol_claims_cannot_be_asked_away(provider: Provider, person: Person) -> None:
    site = provider.site()
    tokens = site.tokens(
        person, claims={"id_token": {"aud": {"value": "x"}, "sub": None, "exp": {"value": 1}}}
    )
    claims = decoded(tokens["id_token"])[1]
    assert claims["aud"] == site.id
    assert claims["exp"] > 1


def test_only_an_id_token_of_ours_is_a_hint(provider: Provider, person: Person) -> None:
    site = provider.site()
    tokens: Tokens = site.tokens(person)
    with provider.context():
        found = id_token.find_hint(tokens["id_token"])
        assert found is not None
        assert found["aud"] == site.id
        assert id_token.find_hint(tokens["access_token"]) is None
        assert id_token.find_hint("nonsense") is None


def test_a_hint_outlives_the_key_that_signed_it(new_provider: NewProvider) -> None:
    """RP-Initiated Logout §2: who logged in weeks ago must still be able to log out."""
    provider = new_provider()
    token = provider.site().tokens(provider.person())["id_token"]
    week = timedelta(days=7)
    with provider.context():
        signing_key.rotate("ES256")
        commit()
        with clock.shifted(week):
            signing_key.rotate_due(every=99 * week, overlap=week)
            commit()
        keyring.KEYRING.get().forget()
        assert decoded(token)[0]["kid"] not in keyring.KEYRING.get().jwks().decode()
        assert id_token.find_hint(token) is not None
