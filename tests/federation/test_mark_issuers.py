"""Trust marks count while their issuers, trusted below the same anchor, stand by them."""

from typing import Any

import pytest

from idp import clock
from idp.db import commit
from idp.federation import federation_key, hosted_entity, issued_trust_mark, resolution
from idp.federation.mark_issuers import MARK_ISSUERS
from tests.federation.conftest import TrustingProvider
from tests.federation.elsewhere import Elsewhere, Entity
from tests.provider import Provider

MARK = "https://marks.example/djbh3"


class Country:
    """A nation that lets an inspector below it give marks, and a site that shows one."""

    def __init__(self, elsewhere: Elsewhere, issuer: str = "") -> None:
        self.elsewhere = elsewhere
        self.nation = elsewhere.authority("nation")
        self.inspector = elsewhere.authority("inspector", self.nation)
        endpoint = f"{elsewhere.url}/inspector/status"
        self.inspector.metadata["federation_entity"]["federation_trust_mark_status_endpoint"] = endpoint
        self.nation.claims["trust_mark_issuers"] = {MARK: [issuer or self.inspector.id]}
        self.site = elsewhere.site("site", self.nation)

    def give(self, issuer: Entity | None = None, **changes: Any) -> str:
        """Give the site a mark that it shows."""
        giver = issuer or self.inspector
        claims = {"iss": giver.id, "sub": self.site.id, "trust_mark_type": MARK, "iat": clock.timestamp() - 9}
        token = giver.sign(claims | changes, "trust-mark+jwt")
        self.show(token)
        self.elsewhere.standing[token] = "active"
        return token

    def show(self, token: str) -> None:
        self.site.claims["trust_marks"] = [{"trust_mark_type": MARK, "trust_mark": token}]


@pytest.fixture
def country(elsewhere: Elsewhere) -> Country:
    return Country(elsewhere)


def marks(provider: Provider, entity_id: str) -> list[str]:
    with provider.context():
        resolution.forget()
        MARK_ISSUERS.get().forget()
        return [mark.type for mark in resolution.resolve(entity_id).trust_marks]


def test_a_mark_of_an_issuer_beyond_the_chain_counts(country: Country, trusting: TrustingProvider) -> None:
    country.give()
    assert marks(trusting(country.nation), country.site.id) == [MARK]
    assert country.elsewhere.asked["/inspector/status"] == 1


@pytest.mark.parametrize("status", ["revoked", "expired", "invalid", "nonsense", None])
def test_a_mark_that_its_issuer_took_back_does_not(
    country: Country, trusting: TrustingProvider, status: str | None
) -> None:
    token = country.give()
    provider = trusting(country.nation)
    if status is None:
        del country.elsewhere.standing[token]
    else:
        country.elsewhere.standing[token] = status
    assert marks(provider, country.site.id) == []


@pytest.mark.parametrize("fault", ["slow", "500", "huge", "garbage", "redirect"])
def test_an_issuer_that_does_not_answer_has_taken_nothing_back(
    country: Country, trusting: TrustingProvider, fault: str
) -> None:
    country.give()
    country.elsewhere.faults["/inspector/status"] = fault
    assert marks(trusting(country.nation), country.site.id) == [MARK]


@pytest.mark.parametrize("endpoint", [None, "", 7, "file:///etc/passwd", "http://example.com/status"])
def test_an_issuer_that_says_not_where_to_ask(
    country: Country, trusting: TrustingProvider, endpoint: object
) -> None:
    country.give()
    country.inspector.metadata["federation_entity"]["federation_trust_mark_status_endpoint"] = endpoint
    if endpoint is None:
        del country.inspector.metadata["federation_entity"]["federation_trust_mark_status_endpoint"]
    assert marks(trusting(country.nation), country.site.id) == [MARK]


def test_a_forged_mark(country: Country, trusting: TrustingProvider) -> None:
    forger = country.elsewhere.authority("forger", country.nation)
    country.give(forger, iss=country.inspector.id)
    assert marks(trusting(country.nation), country.site.id) == []


def test_a_mark_of_somebody_who_may_give_none(country: Country, trusting: TrustingProvider) -> None:
    country.give(country.elsewhere.authority("other", country.nation))
    assert marks(trusting(country.nation), country.site.id) == []


def test_an_issuer_that_nobody_stands_behind(country: Country, trusting: TrustingProvider) -> None:
    country.give()
    del country.nation.below[country.inspector.id]
    assert marks(trusting(country.nation), country.site.id) == []


def test_issuers_that_mark_each_other_come_to_an_end(country: Country, trusting: TrustingProvider) -> None:
    country.give()
    claims = {"iss": country.site.id, "sub": country.inspector.id, "trust_mark_type": MARK}
    own = country.site.sign(claims | {"iat": clock.timestamp() - 9}, "trust-mark+jwt")
    country.inspector.claims["trust_marks"] = [{"trust_mark_type": MARK, "trust_mark": own}]
    country.nation.claims["trust_mark_issuers"] = {MARK: [country.inspector.id, country.site.id]}
    assert marks(trusting(country.nation), country.site.id) == [MARK]


def test_what_an_issuer_said_holds_a_minute(country: Country, trusting: TrustingProvider) -> None:
    country.give()
    provider = trusting(country.nation)
    with provider.context():
        for _ in range(3):
            resolution.forget()
            resolution.resolve(country.site.id)
    assert country.elsewhere.asked["/inspector/status"] == 1


def test_an_issuer_that_is_hosted_here_is_looked_up(elsewhere: Elsewhere, trusting: TrustingProvider) -> None:
    inspector = "http://localhost:8000/authorities/inspector"
    country = Country(elsewhere, inspector)
    provider = trusting(country.nation)
    with provider.context():
        hosted_entity.create(inspector, kind=hosted_entity.INTERMEDIATE, names={"en": "I"})
        hosted_entity.update(inspector, authority_hints=[country.nation.id])
        commit()
        # The nation, elsewhere, stands behind it.
        jwks = federation_key.jwks(inspector)
        stand_in = elsewhere.authority("stand-in")
        stand_in.id = inspector
        country.nation.below[inspector] = {"jwks": jwks}
        token = issued_trust_mark.issue(inspector, MARK, country.site.id).token
        commit()
    country.show(token)
    assert marks(provider, country.site.id) == [MARK]
    with provider.context():
        issued_trust_mark.revoke(inspector, MARK, country.site.id, reason="audit")
        commit()
        assert resolution.resolve(country.site.id).trust_marks == (), "at once, by the announcement"
