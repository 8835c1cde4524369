"""Members of the federation as relying parties (OpenID Federation 1.0 §12), through the doors, with real superiors."""

import dataclasses
import json
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from idp.audit.batch import BATCH
from idp.audit.log import AuditEvent
from idp.db import commit, db
from idp.errors import InvalidInput
from idp.federation.resolution import RESOLUTION
from idp.relying_parties import cache, federated, registration, relying_party_row
from idp.relying_parties.metadata import InvalidMetadata
from tests.federation.conftest import TrustingProvider
from tests.federation.elsewhere import RP, Elsewhere
from tests.person import Visitor
from tests.provider import Provider, counted
from tests.relying_parties.member import Federation, at
from tests.site import PUBLIC_JWKS, Site, answered

pytest_plugins = ("tests.federation.conftest",)


@pytest.fixture
def federation(elsewhere: Elsewhere) -> Federation:
    return Federation(elsewhere)


@pytest.fixture
def provider(trusting: TrustingProvider, federation: Federation) -> Provider:
    """A provider that trusts the nation."""
    return trusting(federation.nation)


def refused(provider: Provider, client_id: str) -> dict[str, Any]:
    """What the audit says of the last refusal."""
    with provider.context():
        BATCH.get().flush()
        query = db.session.query(AuditEvent).filter_by(client_id=client_id, name="relying_party.refused")
        data: dict[str, Any] = query.order_by(AuditEvent.id.desc()).first().data  # type: ignore[union-attr]
        return data


def test_a_site_that_nobody_registered_logs_a_person_in(provider: Provider, federation: Federation) -> None:
    site, visitor = at(provider, federation.site()), None
    visitor = site.visitor()
    person = provider.person()
    visitor.arrive(site.signed_url(site.request_object()), person)
    tokens = site.redeem(answered(visitor.location)["code"])
    assert tokens.status == 200, tokens.body
    assert site.claims(tokens["access_token"])["name"] == person.name
    assert site.refresh(tokens["refresh_token"]).status == 200
    with provider.context():
        row = registration.get(site.id)
        assert (row.registration, row.trust_anchor) == ("automatic", federation.nation.id)
        assert row.chain_path == [site.id, federation.city.id, federation.province.id, federation.nation.id]
        assert row.chain_expires_at is not None
        found = cache.find(site.id)
        assert found is not None
        assert found.client_name.text("en") == "County registry"
        created = (
            db.session.query(AuditEvent).filter_by(client_id=site.id, name="relying_party.created").one()
        )
        assert created.data["path"] == row.chain_path


def test_the_chain_may_come_along(provider: Provider, federation: Federation) -> None:
    """OpenID Federation 1.0 §4.3: then nobody is asked for the site's own configuration."""
    entity = federation.site()
    site, visitor = at(provider, entity), None
    chain = [
        entity.configuration(),
        federation.city.says_of(entity),
        federation.province.says_of(federation.city),
        federation.nation.says_of(federation.province),
        federation.nation.configuration(),
    ]
    del federation.elsewhere.entities[entity.name]
    federation.elsewhere.entities[entity.name] = entity
    federation.elsewhere.faults[f"/{entity.name}/.well-known/openid-federation"] = "hang-up"
    visitor = site.visitor()
    visitor.open(site.signed_url(site.request_object(header={"trust_chain": chain})))
    assert visitor.location.startswith("/login"), visitor.page.error


@pytest.mark.parametrize("kind", ["forged", "another's", "cut", "nonsense", "numbers", "many"])
def test_a_chain_that_is_none_counts_for_nothing(
    provider: Provider, federation: Federation, elsewhere: Elsewhere, kind: str
) -> None:
    entity, other = federation.site(), federation.site("other")
    forger = Elsewhere()
    stranger = Federation(forger)
    own = [
        entity.configuration(),
        federation.city.says_of(entity),
        federation.province.says_of(federation.city),
        federation.nation.says_of(federation.province),
        federation.nation.configuration(),
    ]
    chains: dict[str, list[Any]] = {
        "forged": [own[0], stranger.city.sign(json.loads("{}")), *own[2:]],
        "another's": [other.configuration(), federation.city.says_of(other), *own[2:]],
        "cut": own[:2],
        "nonsense": ["x"] * 4,
        "numbers": [1, 2, 3],
        "many": ["x"] * 100,
    }
    forger.close()
    elsewhere.faults[f"/{entity.name}/.well-known/openid-federation"] = "404"
    site = at(provider, entity)
    visitor = site.visitor()
    visitor.open(site.signed_url(site.request_object(header={"trust_chain": chains[kind]})))
    assert (visitor.response.status_code, visitor.page.error) == (403, "federation_refused")
    with provider.context():
        assert relying_party_row.find(site.id) is None


def test_it_may_push_and_ask_for_tokens_without_being_known(
    provider: Provider, federation: Federation
) -> None:
    site = at(provider, federation.site())
    response = site.push()
    assert response.status_code == 201, response.data
    visitor = site.visitor()
    visitor.arrive(site.pushed_url(json.loads(response.data)["request_uri"]), provider.person())
    assert site.redeem(answered(visitor.location)["code"]).status == 200
    machine = at(
        provider,
        federation.site(
            "machine",
            grant_types=["client_credentials"],
            response_types=[],
            redirect_uris=[],
            scope="statistics:read",
            items=None,
        ),
    )
    made = machine.token(grant_type="client_credentials", scope="statistics:read")
    assert made.status == 200, made.body


def test_a_request_that_proves_nothing_registers_nobody(
    provider: Provider, federation: Federation, elsewhere: Elsewhere
) -> None:
    """§12.1.1: without a signature anybody could make us look for anybody, and log people in to them."""
    site = at(provider, federation.site())
    visitor = site.visitor()
    visitor.open(site.authorize_url())
    assert (visitor.response.status_code, visitor.page.error) == (400, "invalid_client")
    assert not elsewhere.asked
    assert site.introspect("x").get("error") == "invalid_client"
    visitor.open(site.signed_url(site.request_object()))
    assert visitor.location.startswith("/login")
    visitor.open(site.authorize_url())
    answer = answered(visitor.location)
    assert (answer["error"], answer["error_description"]) == (
        "invalid_request",
        "The requests of this client must be signed or pushed",
    )


@pytest.mark.parametrize("aud", [["http://localhost:8000", "https://other.example"], "https://other.example"])
def test_it_speaks_to_us_alone(provider: Provider, federation: Federation, aud: object) -> None:
    """§12.1.1.1, §12.1.1.2."""
    site = at(provider, federation.site())
    visitor = site.visitor()
    visitor.open(site.signed_url(site.request_object(aud=aud), redirect_uri=site.redirect_uri))
    assert answered(visitor.location)["error"] == "invalid_request_object"
    assert site.push(client_assertion=site.assertion(aud=aud)).status_code == 401
    assert site.push(client_assertion=site.assertion(aud=["http://localhost:8000"])).status_code == 201


def test_a_stranger_to_the_federation_is_refused_with_reasons(
    provider: Provider, elsewhere: Elsewhere
) -> None:
    lonely = elsewhere.site("lonely", elsewhere.authority("nobody"), jwks=None)
    site = at(provider, lonely)
    visitor = site.visitor()
    visitor.open(site.signed_url(site.request_object(), redirect_uri=site.redirect_uri))
    assert (visitor.response.status_code, visitor.page.error) == (403, "federation_refused")
    assert visitor.page.trace
    assert not visitor.location
    said = refused(provider, site.id)
    assert said["outcome"] == "federation_refused"
    assert said["rule"]
    assert said["entity"]
    pushed = json.loads(site.push().data)
    assert pushed["error"] == "invalid_client"
    assert said["rule"] in pushed["error_description"]


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


UNVOUCHED = {
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
        assert rp.sector == entity.id.split("/")[2]
        federation.city.below[entity.id] = {"metadata": {RP: UNVOUCHED}}
        federation.elsewhere.changed()
        RESOLUTION.get().forget()
        rp = federated.get(entity.id)
        assert rp is not None
        assert (rp.division_code, rp.item_codes) == ("110000", ("estate-transfer",))
        assert (rp.legal_basis, rp.subject_type) == ("statutory_duty", "public")
        assert rp.sector == "other.example.cn"


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


def suspend(federation: Federation, superior: str, below: str) -> Callable[[], None]:
    """Let a superior elsewhere stand behind one below it no more; return how it takes it up again."""
    entities = federation.elsewhere.entities
    kept = entities[superior].below.pop(entities[below].id)
    federation.elsewhere.changed()

    def resume() -> None:
        entities[superior].below[entities[below].id] = kept

    return resume


@pytest.mark.parametrize(
    ("superior", "below"), [("city", "county"), ("province", "city"), ("nation", "province")]
)
def test_who_is_suspended_anywhere_above_is_out_everywhere(
    trusting: TrustingProvider, federation: Federation, superior: str, below: str
) -> None:
    """Issue: out within a minute; here superiors are asked again after a second."""
    provider = trusting(federation.nation, recheck=1)
    site, person = at(provider, federation.site()), provider.person()
    visitor = site.visitor()
    visitor.arrive(site.signed_url(site.request_object()), person)
    tokens = site.redeem(answered(visitor.location)["code"])
    visitor.open(site.signed_url(site.request_object()))
    code = answered(visitor.location)["code"]
    begun = site.visitor()
    begun.open(site.signed_url(site.request_object()))
    journey = begun.location
    pushed = json.loads(site.push().data)["request_uri"]
    reader = provider.site()
    resume = suspend(federation, superior, below)
    time.sleep(1.1)
    visitor.open(site.signed_url(site.request_object(), redirect_uri=site.redirect_uri))
    assert (visitor.response.status_code, visitor.page.error) == (403, "site_suspended")
    assert not visitor.location
    visitor.open(site.pushed_url(pushed))
    assert visitor.page.error == "site_suspended"
    begun.go(journey)
    begun.log_in(person)
    assert begun.page.error == "site_suspended"
    assert site.push().status_code == 401
    assert site.redeem(code).error == "invalid_client"
    assert site.refresh(tokens["refresh_token"]).error == "invalid_client"
    assert site.userinfo(tokens["access_token"]).status_code == 401
    assert reader.introspect(tokens["access_token"]) == {"active": False}
    assert site.introspect(tokens["access_token"])["error"] == "invalid_client"
    said = refused(provider, site.id)
    assert (said["outcome"], said["rule"]) == ("site_suspended", "not_subordinate")
    assert (said["entity"], said["superior"]) == tuple(
        federation.elsewhere.entities[name].id for name in (below, superior)
    )
    with provider.context():
        found = cache.find(site.id)
        assert found is not None, "people still see its name, and can take back what they allowed"
    resume()
    with provider.context():
        RESOLUTION.get().forget()
    assert site.refresh(tokens["refresh_token"]).status == 200
    assert site.userinfo(tokens["access_token"]).status_code == 200
    visitor.open(site.signed_url(site.request_object()))
    assert "code" in answered(visitor.location)


def test_a_county_survives_the_loss_of_its_province(
    trusting: TrustingProvider, federation: Federation, elsewhere: Elsewhere
) -> None:
    provider = trusting(federation.nation, recheck=1)
    site, visitor = at(provider, federation.site()), provider.site().visitor()
    visitor.open(site.signed_url(site.request_object()))
    assert visitor.location.startswith("/login")
    for name in ("province", "nation"):
        elsewhere.faults[f"/{name}/fetch"] = "hang-up"
        elsewhere.faults[f"/{name}/.well-known/openid-federation"] = "hang-up"
    time.sleep(1.1)
    visitor.open(site.signed_url(site.request_object()))
    assert visitor.location.startswith("/login")


def test_who_nobody_can_judge_is_not_refused_for_good(
    provider: Provider, federation: Federation, elsewhere: Elsewhere
) -> None:
    entity = federation.site()
    elsewhere.faults["/city/.well-known/openid-federation"] = "hang-up"
    site = at(provider, entity)
    visitor = site.visitor()
    visitor.open(site.signed_url(site.request_object()))
    assert visitor.response.status_code == 503
    assert int(visitor.response.headers["Retry-After"]) > 0
    assert site.push().status_code == 503


def test_an_operator_can_disable_one_too(provider: Provider, federation: Federation) -> None:
    site = at(provider, federation.site())
    visitor = site.visitor()
    visitor.open(site.signed_url(site.request_object()))
    assert visitor.location.startswith("/login")
    with provider.context():
        registration.set_active(site.id, active=False)
        commit()
        RESOLUTION.get().forget()
        assert cache.find(site.id) is None
        assert federated.find(site.id) is None
        assert federated.admit(site.id) is None
    visitor.open(site.signed_url(site.request_object()))
    assert visitor.page.error == "invalid_client"
    with provider.context():
        with pytest.raises(InvalidInput):
            registration.update(site.id, {"scope": "openid"})
        with pytest.raises(InvalidInput):
            registration.rotate_secret(site.id)


def warm(provider: Provider, site: Site, visitor: Visitor) -> list[str]:
    """Come a few times; return what the database was asked."""
    with counted(provider.app) as counts:
        visitor.open(site.signed_url(site.request_object()))
        site.push()
        with provider.context():
            for _ in range(100):
                assert federated.get(site.id) is federated.admit(site.id)
    return [statement.split("WHERE")[0] for statement in counts.statements]


def test_a_warm_member_costs_no_query_and_no_question(provider: Provider, federation: Federation) -> None:
    site = at(provider, federation.site())
    static = provider.site(token_endpoint_auth_method="private_key_jwt", client_secret=None, jwks=PUBLIC_JWKS)
    visitor = site.visitor()
    for one in (site, static):
        visitor.open(one.signed_url(one.request_object()))
        assert one.push().status_code == 201
    asked = federation.elsewhere.asked.total()
    counts = {}
    for name, one in (("federated", site), ("static", static)):
        counts[name] = min((warm(provider, one, visitor) for _ in range(3)), key=len)
    assert counts["federated"] == counts["static"]
    assert federation.elsewhere.asked.total() == asked


def login(provider: Provider, site: Site, visitor: Visitor) -> tuple[int, int]:
    """Log in again, ask, refresh; return how many statements and transactions that took."""
    with counted(provider.app) as counts:
        visitor.open(site.signed_url(site.request_object()))
        tokens = site.redeem(answered(visitor.location)["code"])
        site.userinfo(tokens["access_token"])
        site.refresh(tokens["refresh_token"])
    return len(counts.statements), counts.transactions


def test_a_login_by_a_member_asks_the_database_no_more_than_another(
    provider: Provider, federation: Federation
) -> None:
    site = at(provider, federation.site())
    static = provider.site(
        token_endpoint_auth_method="private_key_jwt",
        client_secret=None,
        jwks=PUBLIC_JWKS,
        items=[{"name": "name", "required": True}, {"name": "phone_number"}],
        scope="openid profile phone",
    )
    person, statements = provider.person(), {}
    for one in (site, static):
        visitor = one.visitor()
        visitor.arrive(one.signed_url(one.request_object()), person)
        one.redeem(answered(visitor.location)["code"])
        # The announcement of a registration may arrive meanwhile, once.
        statements[one.id] = min(login(provider, one, visitor) for _ in range(3))
    assert statements[site.id] == statements[static.id]


def test_two_who_come_at_once_are_registered_once(provider: Provider, federation: Federation) -> None:
    entity, seen = federation.site(), list[Any]()

    def come() -> None:
        with provider.context():
            try:
                seen.append(federated.admit(entity.id))
            except Exception as error:  # noqa: BLE001 - the test looks at it
                seen.append(error)

    threads = [threading.Thread(target=come) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {getattr(one, "client_id", one) for one in seen} == {entity.id}
    with provider.context():
        assert registration.get(entity.id).version == 1
        assert (
            db.session.query(AuditEvent).filter_by(client_id=entity.id, name="relying_party.created").count()
            == 1
        )


def test_refusals_are_told_but_not_without_end(provider: Provider, elsewhere: Elsewhere) -> None:
    site = at(provider, elsewhere.site("lonely", elsewhere.authority("nobody"), jwks=None))
    for _ in range(5):
        site.push()
    with provider.context():
        BATCH.get().flush()
        told = db.session.query(AuditEvent).filter_by(client_id=site.id, name="relying_party.refused").count()
    assert told == 1


def test_an_entity_identifier_is_never_registered_by_hand(provider: Provider) -> None:
    with provider.context(), pytest.raises(InvalidMetadata):
        registration.read({"client_id": "https://site.example.cn", "redirect_uris": ["https://x.example/cb"]})
