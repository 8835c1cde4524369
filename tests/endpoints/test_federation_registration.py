"""Explicit registration (OpenID Federation 1.0 §12.2): posted configuration, signed answer, and all that is refused."""

import json
from typing import Any

import pytest
from joserfc.jwk import KeySet

from idp.db import commit
from idp.errors import NotFound
from idp.federation import federation_key, hosted_entity
from idp.federation.hosted_entity import PROVIDER
from idp.keys import compact_jwt
from idp.relying_parties import registration
from tests.federation.conftest import TrustingProvider
from tests.federation.elsewhere import RP, Elsewhere, Entity
from tests.provider import ISSUER, Provider
from tests.relying_parties.member import PATIENT, Federation, at
from tests.site import answered

STATEMENT, CHAIN = "application/entity-statement+jwt", "application/trust-chain+json"


@pytest.fixture
def federation(elsewhere: Elsewhere) -> Federation:
    return Federation(elsewhere)


@pytest.fixture
def provider(trusting: TrustingProvider, federation: Federation) -> Provider:
    """A provider that is an entity itself and trusts the nation."""
    made = trusting(federation.nation, **PATIENT)
    with made.context():
        hosted_entity.create(ISSUER, kind=PROVIDER, names={"zh-Hans": "通行"})
        commit()
    return made


def post(provider: Provider, body: str, mimetype: str = STATEMENT) -> Any:
    return provider.app.test_client().post(
        "/federation/register", base_url=ISSUER, data=body, headers={"Content-Type": mimetype}
    )


def made_for_us(entity: Entity, **changes: Any) -> str:
    return entity.configuration(aud=ISSUER, **changes)


def error_of(response: Any) -> tuple[int, str]:
    body = json.loads(response.data)
    assert body["error_description"].isascii()
    return response.status_code, body["error"]


def test_a_site_registers_and_reads_what_it_got(provider: Provider, federation: Federation) -> None:
    entity = federation.site(userinfo_signed_response_alg="RS256")
    response = post(provider, made_for_us(entity))
    assert response.status_code == 200, response.data
    assert response.mimetype == "application/explicit-registration-response+jwt"
    assert response.headers["Cache-Control"] == "no-store"
    with provider.context():
        keys = KeySet.import_key_set(federation_key.jwks(ISSUER))  # type: ignore[arg-type]
        row = registration.get(entity.id)
    token = response.get_data(as_text=True)
    claims = compact_jwt.verify(token, keys, ["ES256"])
    assert compact_jwt.unverified_header(token)["typ"] == "explicit-registration-response+jwt"
    assert (claims["iss"], claims["sub"], claims["aud"]) == (ISSUER, entity.id, entity.id)
    assert (claims["trust_anchor"], claims["authority_hints"]) == (federation.nation.id, [federation.city.id])
    registered = claims["metadata"][RP]
    assert registered["client_id"] == entity.id
    assert "userinfo_signed_response_alg" not in registered
    assert claims["exp"] > claims["iat"]
    assert (row.registration, int(row.chain_expires_at.timestamp())) == ("explicit", claims["exp"])  # type: ignore[union-attr]


def test_then_its_requests_need_no_signature(provider: Provider, federation: Federation) -> None:
    """§12.2: registered like any other, until the chain ends."""
    entity = federation.site(client_registration_types=["explicit"])
    assert post(provider, made_for_us(entity)).status_code == 200
    site, visitor = at(provider, entity), None
    visitor = site.visitor()
    visitor.arrive(site.authorize_url(), provider.person())
    assert site.redeem(answered(visitor.location)["code"]).status == 200


def test_a_chain_may_be_posted(provider: Provider, federation: Federation) -> None:
    entity = federation.site()
    chain = [made_for_us(entity), federation.city.says_of(entity)]
    assert post(provider, json.dumps(chain), CHAIN).status_code == 200


def test_what_superiors_said_before_counts_for_nothing(
    provider: Provider, federation: Federation, elsewhere: Elsewhere
) -> None:
    entity = federation.site()
    old = [made_for_us(entity), federation.city.says_of(entity), federation.province.says_of(federation.city)]
    del federation.city.below[entity.id]
    elsewhere.changed()
    assert error_of(post(provider, json.dumps(old), CHAIN)) == (400, "invalid_trust_chain")


WRONG_CLAIMS: list[dict[str, Any]] = [
    {"aud": "https://other.example"},
    {"aud": [ISSUER, "https://other.example"]},
    {"aud": None},
    {"exp": 1},
    {"exp": "soon"},
    {"iat": 9_999_999_999},
    {"sub": "https://other.example"},
    {"iss": "https://other.example"},
    {"jwks": {"keys": []}},
    {"crit": ["unknown"], "unknown": 1},
    {"metadata": None},
    {"authority_hints": ["http://localhost:9/elsewhere"]},
]


@pytest.mark.parametrize(
    "changes", WRONG_CLAIMS, ids=[next(iter(one)) + str(n) for n, one in enumerate(WRONG_CLAIMS)]
)
def test_a_wrong_configuration_is_refused(
    provider: Provider, federation: Federation, changes: dict[str, Any]
) -> None:
    entity = federation.site()
    claims = compact_jwt.unverified_claims(made_for_us(entity)) | changes
    token = entity.sign({name: value for name, value in claims.items() if value is not None})
    status, error = error_of(post(provider, token))
    assert status == 400
    assert error in {"invalid_request", "invalid_trust_chain", "invalid_metadata"}
    with provider.context(), pytest.raises(NotFound):
        registration.get(entity.id)


def test_a_configuration_signed_by_somebody_else_is_refused(
    provider: Provider, federation: Federation
) -> None:
    entity, other = federation.site(), federation.site("other")
    claims = compact_jwt.unverified_claims(made_for_us(entity))
    assert error_of(post(provider, other.sign(claims))) == (400, "invalid_trust_chain")
    assert error_of(post(provider, entity.sign(claims, typ="JWT"))) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        ({"token_endpoint_auth_method": "client_secret_basic"}, "invalid_metadata"),
        ({"jwks": None}, "invalid_metadata"),
        ({"redirect_uris": ["http://evil.example/"]}, "invalid_metadata"),
        ({"client_registration_types": ["automatic"]}, "invalid_metadata"),
    ],
)
def test_metadata_that_we_cannot_take_is_refused(
    provider: Provider, federation: Federation, metadata: dict[str, Any], error: str
) -> None:
    assert error_of(post(provider, made_for_us(federation.site(**metadata)))) == (400, error)


@pytest.mark.parametrize(
    ("body", "mimetype"),
    [
        ("", STATEMENT),
        ("not.a.statement", STATEMENT),
        ("x" * 9000, STATEMENT),
        ("状", STATEMENT),
        ("{}", CHAIN),
        ("[]", CHAIN),
        ("[1]", CHAIN),
        ('["x"]', CHAIN),
        ("[" * 3000, CHAIN),
        (json.dumps(["x"] * 100), CHAIN),
        ("a=b", "application/x-www-form-urlencoded"),
        ("{}", "application/json"),
    ],
    ids=[
        "empty",
        "nonsense",
        "long",
        "chinese",
        "object",
        "nobody",
        "number",
        "text",
        "deep",
        "many",
        "form",
        "json",
    ],
)
def test_bad_input_is_refused_in_words(provider: Provider, body: str, mimetype: str) -> None:
    response = post(provider, body, mimetype)
    assert error_of(response) == (400, "invalid_request")


def test_a_provider_that_is_no_entity_registers_nobody(
    trusting: TrustingProvider, federation: Federation
) -> None:
    plain = trusting(federation.nation, **PATIENT)
    entity = federation.site()
    assert post(plain, made_for_us(entity)).status_code == 404
    with plain.context(), pytest.raises(NotFound):
        registration.get(entity.id)


def test_a_disabled_site_stays_out(provider: Provider, federation: Federation) -> None:
    entity = federation.site()
    assert post(provider, made_for_us(entity)).status_code == 200
    with provider.context():
        registration.set_active(entity.id, active=False)
        commit()
    assert error_of(post(provider, made_for_us(entity)))[0] == 400
