"""What a chain makes of a member: policies, what only superiors may say, what we do not offer (§6.1, §12.1.1)."""

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idp import claims
from idp.audit.log import AuditEvent
from idp.db import db
from idp.federation.resolution import RESOLUTION
from idp.federation.trust_chain import ChainRefused, TrustChain
from idp.relying_parties import cache, federated, federated_metadata, registration
from idp.relying_parties.federated_metadata import Registrable
from idp.relying_parties.metadata_fields import FIELDS, LOCALIZED, NOT_SUPPORTED
from idp.shared_signals import scope
from idp.tokens import managed_grant
from tests.federation.conftest import TrustingProvider
from tests.federation.elsewhere import RP, Elsewhere
from tests.federation.line import METADATA, Line
from tests.provider import Provider
from tests.relying_parties.member import PATIENT, Federation, at, refused
from tests.site import PUBLIC_JWKS, Site, answered


@pytest.fixture
def federation(elsewhere: Elsewhere) -> Federation:
    return Federation(elsewhere)


@pytest.fixture
def provider(trusting: TrustingProvider, federation: Federation) -> Provider:
    """A provider that trusts the nation."""
    return trusting(federation.nation, **PATIENT)


SAID_WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("no keys", {"jwks": None}, "keys_missing"),
    ("keys elsewhere", {"jwks": None, "jwks_uri": "https://x.example/jwks"}, "keys_missing"),
    ("secret", {"token_endpoint_auth_method": "client_secret_basic"}, "not_offered"),
    ("public", {"token_endpoint_auth_method": "none"}, "not_offered"),
    ("implicit only", {"grant_types": ["implicit"]}, "not_offered"),
    ("id_token only", {"response_types": ["id_token"]}, "not_offered"),
    ("explicit only", {"client_registration_types": ["explicit"]}, "client_registration_types"),
    ("no list", {"client_registration_types": "automatic"}, "client_registration_types"),
    ("no address", {"redirect_uris": []}, "metadata"),
    ("bad address", {"redirect_uris": ["http://evil.example/cb"]}, "metadata"),
    ("bound tokens", {"dpop_bound_access_tokens": True}, "metadata"),
    ("no such level", {"minimum_acr": "urn:none"}, "metadata"),
]


@pytest.mark.parametrize(
    ("metadata", "rule"), [one[1:] for one in SAID_WRONG], ids=[one[0] for one in SAID_WRONG]
)
def test_metadata_that_we_cannot_take_is_refused(
    provider: Provider, federation: Federation, metadata: dict[str, Any], rule: str
) -> None:
    entity = federation.site(**metadata)
    entity.metadata[RP].setdefault("redirect_uris", ["https://x.example/cb"])
    site = at(provider, federation.site("good"))
    site = Site(provider.app, site.issuer, dataclass_with_id(site, entity.id), None)
    visitor = site.visitor()
    visitor.open(site.signed_url(site.request_object()))
    assert visitor.page.error == "federation_refused"
    said = refused(provider, entity.id)
    assert (said["rule"], said["entity"], said["superior"]) == (rule, entity.id, federation.city.id)


def dataclass_with_id(site: Site, client_id: str) -> Any:
    """The same relying party under another name."""
    return dataclasses.replace(site.rp, client_id=client_id)


def test_what_many_providers_offer_and_we_do_not_is_left_out(
    provider: Provider, federation: Federation
) -> None:
    encryption = {"kty": "EC", "crv": "P-256", "use": "enc", "kid": "enc", "x": "AA", "y": "AA"}
    entity = federation.site(
        jwks={"keys": [*PUBLIC_JWKS["keys"], encryption]},
        jwks_uri="https://x.example/jwks",
        grant_types=["authorization_code", "implicit", "refresh_token"],
        response_types=["code", "id_token"],
        userinfo_signed_response_alg="RS256",
        request_uris=["https://x.example/request"],
        signed_jwks_uri="https://x.example/signed",
        client_registration_type="automatic",
    )
    site = at(provider, entity)
    with provider.context():
        rp = federated.admit(site.id)
        assert rp is not None
        assert rp.grant_types == ("authorization_code", "refresh_token")
        created = (
            db.session.query(AuditEvent).filter_by(client_id=site.id, name="relying_party.created").one()
        )
        assert {"jwks_uri", "userinfo_signed_response_alg", "request_uris"} <= set(created.data["left_out"])


def test_the_policy_of_any_superior_becomes_the_registration(
    provider: Provider, federation: Federation
) -> None:
    """§6.1: the level floor, scopes and algorithms; tightened later, they count at the next look."""
    nation, entity = federation.nation, federation.site()
    floor = {"minimum_acr": {"value": "urn:tongxing:loa:3"}, "scope": {"subset_of": ["openid", "profile"]}}
    nation.below[federation.province.id] = {"metadata_policy": {RP: floor}}
    with provider.context():
        rp = federated.admit(entity.id)
        assert rp is not None
        assert (rp.minimum_acr, rp.scope) == (3, ("openid", "profile"))
        nation.below[federation.province.id] = {
            "metadata_policy": {RP: floor | {"minimum_acr": {"value": "urn:tongxing:loa:4"}}}
        }
        federation.elsewhere.changed()
        RESOLUTION.get().forget()
        later = federated.get(entity.id)
        assert later is not None
        assert later.minimum_acr == 4
        registered = cache.find(entity.id)
        assert registered is not None
        assert registered.minimum_acr == 4
        assert registration.get(entity.id).version == 2


def test_a_policy_that_was_tightened_counts_for_what_was_granted_before(
    provider: Provider, federation: Federation
) -> None:
    entity = federation.site(items=None)
    site, person = at(provider, entity), provider.person()
    visitor = site.visitor()
    visitor.arrive(site.signed_url(site.request_object(scope="openid profile phone")), person)
    tokens = site.redeem(answered(visitor.location)["code"])
    assert site.claims(tokens["access_token"])["phone_number"]
    policy = {"scope": {"subset_of": ["openid", "profile"]}}
    federation.nation.below[federation.province.id] = {"metadata_policy": {RP: policy}}
    federation.elsewhere.changed()
    with provider.context():
        RESOLUTION.get().forget()
    fresh = site.refresh(tokens["refresh_token"])["access_token"]
    for token in (tokens["access_token"], fresh):
        released = site.claims(token)
        assert released["name"] == person.name
        assert "phone_number" not in released


def test_a_refused_policy_names_operator_and_value(provider: Provider, federation: Federation) -> None:
    entity = federation.site()
    policy = {"id_token_signed_response_alg": {"essential": True}}
    federation.province.below[federation.city.id] = {"metadata_policy": {RP: policy}}
    site = at(provider, entity)
    visitor = site.visitor()
    visitor.open(site.signed_url(site.request_object()))
    assert visitor.page.error == "federation_refused"
    said = refused(provider, entity.id)
    assert (said["operator"], said["parameter"]) == ("essential", "id_token_signed_response_alg")
    assert said["entity"]


UNVOUCHED: dict[str, Any] = {
    "division_code": "110000",
    "organization_uscc": "91330106MA28FAKE9N",
    "item_codes": ["estate-transfer"],
    "legal_basis": "statutory_duty",
    "subject_type": "public",
    "sector_identifier_uri": "https://other.example.cn/sector.json",
}


def test_what_only_a_superior_can_say_does_not_count_from_the_site(
    provider: Provider, federation: Federation
) -> None:
    items = [{"name": "name", "legal_basis": "statutory_duty"}]
    entity = federation.site(**UNVOUCHED, items=items)
    with provider.context():
        rp = federated.admit(entity.id)
        assert rp is not None
        assert (rp.division_code, rp.organization_uscc, rp.item_codes) == ("", "", ())
        assert (rp.legal_basis, rp.subject_type) == ("consent", "pairwise")
        assert rp.basis_of("name") == "consent"
        assert rp.sector == entity.id.removeprefix("http://")
        federation.city.below[entity.id] = {"metadata": {RP: UNVOUCHED}}
        federation.elsewhere.changed()
        RESOLUTION.get().forget()
        rp = federated.get(entity.id)
        assert rp is not None
        assert (rp.division_code, rp.item_codes) == ("110000", ("estate-transfer",))
        assert rp.legal_basis == "statutory_duty"


@pytest.mark.parametrize("superior", ["city", "province", "nation"])
def test_only_the_anchor_lets_a_site_compare_people_with_others(
    provider: Provider, federation: Federation, superior: str
) -> None:
    """A county that takes another's sector for a site of its own would learn who its people are there."""
    joined = {name: UNVOUCHED[name] for name in ("subject_type", "sector_identifier_uri")}
    entity = federation.site(**joined)
    policy = {"metadata_policy": {RP: {name: {"value": value} for name, value in joined.items()}}}
    if superior == "city":
        federation.city.below[entity.id] = {"metadata": {RP: joined}} | policy
    elif superior == "province":
        federation.province.below[federation.city.id] = policy
    else:
        federation.nation.below[federation.province.id] = policy
    with provider.context():
        rp = federated.admit(entity.id)
        assert rp is not None
        own = ("pairwise", entity.id.removeprefix("http://"))
        expected = ("public", "other.example.cn") if superior == "nation" else own
        assert (rp.subject_type, rp.sector) == expected


def test_sites_of_one_host_do_not_know_the_same_subjects(provider: Provider, federation: Federation) -> None:
    """Nor those of one host name and different ports: each may be somebody else's."""
    host = federation.elsewhere.url
    one, two = (federation.site(name, sector_identifier_uri=f"{host}/x") for name in ("one", "two"))
    with provider.context():
        sectors = set()
        for entity in (one, two):
            rp = federated.admit(entity.id)
            assert rp is not None
            sectors.add(rp.sector)
        assert sectors == {one.id.removeprefix("http://"), two.id.removeprefix("http://")}


def test_a_right_at_another_system_is_a_superiors_to_give(provider: Provider, federation: Federation) -> None:
    """Other systems believe the scopes of our tokens: no site writes them for itself."""
    own = frozenset({*claims.SCOPES, *scope.READERS, *managed_grant.SCOPES})
    assert own == federated_metadata.OWN_SCOPES
    entity = federation.site(scope="openid profile statistics:read ssf.read", items=None)
    with provider.context():
        rp = federated.admit(entity.id)
        assert rp is not None
        assert rp.scope == ("openid", "profile", "ssf.read")
        federation.city.below[entity.id] = {"metadata": {RP: {"scope": "openid statistics:read"}}}
        federation.elsewhere.changed()
        RESOLUTION.get().forget()
        rp = federated.get(entity.id)
        assert rp is not None
        assert rp.scope == ("openid", "statistics:read")


def test_a_bound_by_policy_vouches_and_a_default_does_not(provider: Provider, federation: Federation) -> None:
    entity = federation.site(item_codes=["estate-transfer"], legal_basis="statutory_duty")
    policy = {
        "item_codes": {"subset_of": ["estate-transfer", "estate-query"]},
        "legal_basis": {"default": "consent"},
    }
    federation.nation.below[federation.province.id] = {"metadata_policy": {RP: policy}}
    with provider.context():
        rp = federated.admit(entity.id)
        assert rp is not None
        assert (rp.item_codes, rp.legal_basis) == (("estate-transfer",), "consent")


@pytest.mark.parametrize(
    ("code", "outcome"), [("330106", "there"), ("330000", "there"), ("110101", "refused")]
)
def test_a_site_lies_within_the_division_of_its_superiors(
    provider: Provider, federation: Federation, code: str, outcome: str
) -> None:
    entity = federation.site()
    federation.city.below[entity.id] = {"metadata": {RP: {"division_code": code}}}
    federation.nation.below[federation.province.id] = {
        "metadata": {"federation_entity": {"division_code": "330000"}}
    }
    site = at(provider, entity)
    visitor = site.visitor()
    visitor.open(site.signed_url(site.request_object()))
    if outcome == "there":
        assert visitor.location.startswith("/login")
        return
    assert visitor.page.error == "federation_refused"
    said = refused(provider, entity.id)
    assert (said["rule"], said["superior"], json.loads(said["value"])) == (
        "division",
        federation.province.id,
        code,
    )


def test_a_site_asks_no_more_than_its_items_need(provider: Provider, federation: Federation) -> None:
    entity = federation.site(items=[{"name": "gender"}])
    federation.city.below[entity.id] = {"metadata": {RP: {"item_codes": ["fund-query"]}}}
    with provider.context(), pytest.raises(federated.Refused) as caught:
        federated.admit(entity.id)
    assert (caught.value.refusal.rule, caught.value.refusal.value) == ("items_not_needed", ["gender"])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from([*FIELDS, *LOCALIZED, *NOT_SUPPORTED, "client_name#en", "client_registration_types"])
KEYS = st.just(PUBLIC_JWKS) | st.fixed_dictionaries(
    {"keys": st.lists(JSON | st.just(PUBLIC_JWKS["keys"][0]))}
)
HOSTILE = st.dictionaries(NAMES | st.text(max_size=12), JSON, max_size=6)


@given(own=HOSTILE, jwks=KEYS | JSON, said=HOSTILE, entity=HOSTILE)
@settings(max_examples=150, deadline=None)
def test_whatever_a_site_says_it_is_registered_or_refused(
    own: dict[str, Any], jwks: Any, said: dict[str, Any], entity: dict[str, Any]
) -> None:
    """Metadata come from anybody: nothing in them may be more than a refusal."""
    metadata = {"redirect_uris": ["https://site.city.example/cb"], "jwks": jwks} | own
    line = Line()
    line.own[0] = {"authority_hints": [line.entities[1].name], "metadata": {RP: METADATA[RP]}}
    line.said[1] = {"metadata": {RP: {"client_name": "x"}}}
    chain = dataclasses.replace(line.verify(), metadata={RP: metadata | said, "federation_entity": entity})
    made = registrable(chain)
    if isinstance(made, str):
        assert made.isascii()
        return
    rp = made.metadata.relying_party
    assert rp.client_id == chain.subject
    assert rp.token_endpoint_auth_method == "private_key_jwt"
    assert (rp.legal_basis, rp.subject_type, rp.division_code) == ("consent", "pairwise", "")


def registrable(chain: TrustChain) -> Registrable | str:
    """What it is registered with, or why not."""
    try:
        divisions = {chain.path[1]: "330000"}
        return federated_metadata.read(chain, way="automatic", divisions=divisions, sandbox=True)
    except ChainRefused as refused:
        return federated.describe(refused)
