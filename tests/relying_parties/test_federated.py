"""Members of the federation as relying parties (OpenID Federation 1.0 §12), through the doors, with real superiors."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from idp.audit.batch import BATCH
from idp.audit.log import AuditEvent
from idp.db import commit, db
from idp.federation import hosted_entity, trust_anchor
from idp.federation.resolution import RESOLUTION
from idp.relying_parties import asking_site, cache, federated, registration, relying_party_row
from idp.setting_sections import Limits
from tests.federation.conftest import TrustingProvider
from tests.federation.elsewhere import RP, Elsewhere
from tests.person import Visitor
from tests.provider import NewProvider, Provider, counted
from tests.relying_parties.member import PATIENT, Federation, at, refused
from tests.site import PUBLIC_JWKS, Site, answered


@pytest.fixture
def federation(elsewhere: Elsewhere) -> Federation:
    return Federation(elsewhere)


@pytest.fixture
def provider(trusting: TrustingProvider, federation: Federation) -> Provider:
    """A provider that trusts the nation."""
    return trusting(federation.nation, **PATIENT)


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
        assert found.superior == federation.city.id
        created = (
            db.session.query(AuditEvent).filter_by(client_id=site.id, name="relying_party.created").one()
        )
        assert created.data["path"] == row.chain_path


def test_the_consent_page_says_who_vouches_for_it(provider: Provider, federation: Federation) -> None:
    """Its name is its own word; behind it stands an authority, which this deployment may know by name or not."""
    member, known = at(provider, federation.site()), provider.site()
    for site, url in ((known, known.authorize_url()), (member, member.signed_url(member.request_object()))):
        visitor = site.visitor()
        visitor.go(url)
        visitor.log_in(provider.person())
        assert visitor.is_at("/consent")
        page = visitor.response.get_data(as_text=True)
        assert ('id="vouched-by"' in page) == (site is member)
    assert federation.city.id in page
    with provider.context():
        rp = cache.find(member.id)
        assert rp is not None
        hosted_entity.create(federation.city.id, kind="intermediate", names={"zh-Hans": "西湖区"})
        assert asking_site.authority_of(rp, "zh_Hans") == "西湖区"
        db.session.rollback()


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
    entity = federation.site(
        "machine",
        grant_types=["client_credentials"],
        response_types=[],
        redirect_uris=[],
        items=None,
    )
    federation.city.below[entity.id] = {"metadata": {RP: {"scope": "statistics:read"}}}
    machine = at(provider, entity)
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
    provider = trusting(federation.nation, recheck=1, **PATIENT)
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
    provider = trusting(federation.nation, recheck=1, **PATIENT)
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


def test_refusals_are_told_but_not_without_end(provider: Provider, elsewhere: Elsewhere) -> None:
    site = at(provider, elsewhere.site("lonely", elsewhere.authority("nobody"), jwks=None))
    for _ in range(5):
        site.push()
    with provider.context():
        BATCH.get().flush()
        told = db.session.query(AuditEvent).filter_by(client_id=site.id, name="relying_party.refused").count()
    assert told == 1


def test_strangers_cannot_make_us_look_without_end(
    new_provider: NewProvider, federation: Federation, elsewhere: Elsewhere
) -> None:
    provider = new_provider(limits=Limits(resolutions_per_address=2))
    with provider.context():
        trust_anchor.add(federation.nation.id, federation.nation.jwks)
        commit()
    known = at(provider, federation.site())
    visitor = known.visitor()
    visitor.open(known.signed_url(known.request_object()))
    assert visitor.location.startswith("/login")
    outcomes = []
    for number in range(3):
        stranger = at(provider, elsewhere.site(f"stranger{number}", jwks=None))
        visitor.open(stranger.signed_url(stranger.request_object()))
        outcomes.append(visitor.response.status_code)
    assert outcomes == [403, 429, 429]
    assert stranger.push().status_code == 429
    visitor.open(known.signed_url(known.request_object()))
    assert visitor.location.startswith("/login"), "who is known is not held up by them"
