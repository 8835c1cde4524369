"""The consent page (PIPL art. 14, 16, 17; OIDC Core §3.1.2.4)."""

from datetime import timedelta

import pytest

from idp import clock
from idp.accounts import account as accounts
from idp.audit.log import AuditEvent
from idp.consent.record import ConsentRecord
from idp.db import commit, db
from idp.relying_parties import registration
from tests.person import Person, Visitor
from tests.provider import Provider
from tests.site import Site, answered


@pytest.fixture
def site(provider: Provider) -> Site:
    return provider.site()


@pytest.fixture
def person(provider: Provider) -> Person:
    return provider.person()


def at_consent(site: Site, person: Person, **changes: str) -> Visitor:
    visitor = site.visitor(language="en")
    visitor.go(site.authorize_url(**changes))
    visitor.log_in(person)
    assert visitor.is_at("/consent")
    return visitor


def test_the_person_sees_who_asks_for_what_and_why(site: Site, person: Person) -> None:
    visitor = at_consent(site, person)
    text = visitor.response.get_data(as_text=True)
    for part in (person.name, "Site ", "杭州示例中心", "To serve you"):
        assert part in text
    assert visitor.page.forms[-1].items == ["name", "locale", "phone_number"]
    assert {"consent-allow", "consent-deny"} <= visitor.page.forms[-1].buttons.keys()


def test_who_does_not_agree_is_taken_back_without_anything(
    provider: Provider, site: Site, person: Person
) -> None:
    """OIDC Core §3.1.2.6 access_denied."""
    visitor = at_consent(site, person)
    visitor.send("consent-deny")
    assert answered(visitor.location) == {"error": "access_denied", "state": site.state, "iss": site.issuer}
    with provider.context():
        record = db.session.get_one(ConsentRecord, (person.id, site.id))
        assert (record.items, record.was_given) == ([], False)
        assert record.refused_items == ["locale", "name", "phone_number"]
        events = db.session.query(AuditEvent).filter_by(account_id=person.id, name="consent.refused").all()
        assert [event.client_id for event in events] == [site.id]


def test_an_agreement_is_remembered_and_recorded(provider: Provider, site: Site, person: Person) -> None:
    visitor = at_consent(site, person)
    visitor.send("consent-allow", values={"item": ["phone_number"]})
    visitor.go(site.authorize_url())
    assert "code" in answered(visitor.location)
    with provider.context():
        record = db.session.get_one(ConsentRecord, (person.id, site.id))
        assert record.items == ["name", "phone_number"]
        assert record.seen == ["locale", "name", "phone_number"]
        events = db.session.query(AuditEvent).filter_by(account_id=person.id, name="consent.given").all()
        assert len(events) == 1


def test_a_forged_box_adds_nothing(site: Site, person: Person) -> None:
    visitor = at_consent(site, person, scope="openid")
    visitor.send("consent-allow", values={"item": ["phone_number", "offline_access", "admin"]})
    tokens = site.redeem(answered(visitor.location)["code"])
    assert site.claims(tokens["access_token"]).keys() == {"sub"}
    assert tokens["scope"] == "openid"


def test_what_was_left_out_is_shown_unticked_when_asked_again(site: Site, person: Person) -> None:
    visitor = at_consent(site, person)
    visitor.send("consent-allow", values={"item": []})
    visitor.go(site.authorize_url(prompt="consent"))
    assert visitor.is_at("/consent")
    assert [value for name, value in visitor.page.forms[-1].values if name == "item"] == []


def test_something_new_is_asked_and_kept_beside_the_old(site: Site, person: Person) -> None:
    visitor = at_consent(site, person, scope="openid profile")
    visitor.send("consent-allow")
    visitor.go(site.authorize_url(scope="openid phone"))
    assert visitor.is_at("/consent")
    visitor.send("consent-allow")
    visitor.go(site.authorize_url(scope="openid profile phone"))
    assert "code" in answered(visitor.location)


def test_after_a_year_it_is_asked_again(site: Site, person: Person) -> None:
    visitor = at_consent(site, person)
    visitor.send("consent-allow")
    with clock.shifted(timedelta(days=366)):
        later = at_consent(site, person)
        later.send("consent-allow")
        assert "code" in answered(later.location)


def test_another_purpose_is_asked_again(provider: Provider, site: Site, person: Person) -> None:
    visitor = at_consent(site, person)
    visitor.send("consent-allow")
    with provider.context():
        registration.update(site.id, {"purpose": "另一个目的"})
        commit()
    visitor.go(site.authorize_url())
    assert visitor.is_at("/consent")


def test_nobody_agrees_for_the_next_person_at_this_browser(
    provider: Provider, site: Site, person: Person
) -> None:
    """The first person agrees but never arrives; the second logs in to the same journey."""
    visitor, other = at_consent(site, person), provider.person()
    journey = visitor.path.partition("journey=")[2]
    visitor.send("consent-allow", follow=False)
    visitor.go(f"/login?journey={journey}")
    visitor.log_in(other)
    assert visitor.is_at("/consent")
    with provider.context():
        assert db.session.get(ConsentRecord, (other.id, site.id)) is None


def test_the_page_is_for_who_is_signed_in_and_asked(provider: Provider, site: Site, person: Person) -> None:
    stranger = site.visitor()
    stranger.go(site.authorize_url())
    journey = stranger.path.partition("journey=")[2]
    for path in (f"/consent?journey={journey}", "/consent", "/consent?journey=x"):
        stranger.open(path)
        assert (stranger.response.status_code, stranger.page.error) == (410, "journey_expired")
    visitor = at_consent(site, person)
    with provider.context():
        accounts.get(person.id).status = accounts.FROZEN
        commit()
    visitor.send("consent-allow")
    assert visitor.response.status_code == 410


def test_on_a_statutory_basis_there_is_no_page(provider: Provider, person: Person) -> None:
    site = provider.site(legal_basis="statutory_duty")
    visitor = site.visitor()
    visitor.go(site.authorize_url(prompt="consent"))
    visitor.log_in(person)
    assert "code" in answered(visitor.location)


def test_a_page_that_showed_somebody_elses_name_agrees_to_nothing(
    provider: Provider, site: Site, person: Person
) -> None:
    """In another tab of this browser somebody else has logged in meanwhile."""
    visitor, other = at_consent(site, person), provider.person()
    page = visitor.response
    visitor.go("/login")
    visitor.log_in(other)
    visitor.response = page
    visitor.send("consent-allow")
    assert visitor.is_at("/consent")
    assert other.name in visitor.response.get_data(as_text=True)
    with provider.context():
        assert db.session.get(ConsentRecord, (other.id, site.id)) is None
    visitor.send("consent-allow")
    assert "code" in answered(visitor.location)
