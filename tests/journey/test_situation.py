"""Who may answer for whom when it comes to consent (PIPL art. 15, 31)."""

from uuid import UUID

import pytest

from idp.consent import record
from idp.consent.consent_record import ConsentRecord
from idp.db import commit, db
from tests.journey.levels import P3
from tests.journey.test_identity import choice, mandate
from tests.person import Person, Visitor
from tests.provider import Provider
from tests.site import Site, answered

ALLOW = "consent-allow"


@pytest.fixture
def principal(either: Provider) -> Person:
    return either.person(evidence=P3)


@pytest.fixture
def agent(either: Provider, principal: Person) -> Person:
    holder = either.person(evidence=P3, totp=True)
    mandate(either, principal.id, holder.id, role="relative", items=[])
    return holder


@pytest.fixture
def site(either: Provider) -> Site:
    return either.site(scope="openid profile", acting_as=["self", "relative"])


def withdraw(provider: Provider, site: Site, account_id: UUID) -> None:
    with provider.context():
        record.withdraw(account_id, site.id)
        commit()


def acting(either: Provider, site: Site, agent: Person, **changes: str) -> Visitor:
    visitor = site.visitor()
    visitor.go(site.authorize_url(scope="openid profile", **changes))
    visitor.log_in(agent)
    visitor.send("", values={"identity": choice(either, agent)})
    return visitor


def agree(visitor: Visitor) -> None:
    assert visitor.is_at("/consent"), visitor.path
    visitor.send(ALLOW, len(visitor.page.forms) - 1)


@pytest.mark.parametrize("changes", [{}, {"prompt": "consent"}])
def test_an_agent_cannot_undo_what_the_person_withdrew(
    either: Provider, site: Site, principal: Person, agent: Person, changes: dict[str, str]
) -> None:
    agree(acting(either, site, agent))
    withdraw(either, site, principal.id)
    visitor = acting(either, site, agent, **changes)
    assert answered(visitor.location)["error"] == "access_denied"
    own = site.visitor()
    own.go(site.authorize_url(scope="openid profile"))
    own.log_in(principal)
    agree(own)
    assert "code" in answered(own.location)
    assert "code" in answered(acting(either, site, agent).location)


def test_what_is_withdrawn_while_the_agent_reads_the_page_stays_withdrawn(
    either: Provider, site: Site, principal: Person, agent: Person
) -> None:
    agree(acting(either, site, agent))
    visitor = acting(either, site, agent, prompt="consent")
    withdraw(either, site, principal.id)
    agree(visitor)
    assert answered(visitor.location)["error"] == "access_denied"
    with either.context():
        assert db.session.get_one(ConsentRecord, (principal.id, site.id)).withdrawn_at is not None
