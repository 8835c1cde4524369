"""The consent page (PIPL art. 14, 16, 17; OIDC Core §3.1.2.4)."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import update

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import notice
from idp.audit.log import AuditEvent
from idp.consent import decision, event, record
from idp.consent.acting_party import GUARDIAN, ActingParty
from idp.consent.consent_record import ConsentRecord
from idp.consent.decision import Asked
from idp.consent.document import Scene
from idp.db import commit, db
from idp.ephemeral.store import EPHEMERAL
from idp.mandates import age
from idp.relying_parties import registration
from tests.journey.levels import P3
from tests.journey.test_identity import mandate
from tests.pages.agreeing import at_consent, text_of
from tests.person import Person, Visitor
from tests.provider import Provider
from tests.site import Site, answered


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
        kept = db.session.get_one(ConsentRecord, (person.id, site.id))
        assert (kept.items, kept.was_given) == ([], False)
        assert kept.refused_items == ["locale", "name", "phone_number"]
        events = db.session.query(AuditEvent).filter_by(account_id=person.id, name="consent.refused").all()
        assert [event.client_id for event in events] == [site.id]


def test_an_agreement_is_remembered_and_recorded(provider: Provider, site: Site, person: Person) -> None:
    visitor = at_consent(site, person)
    visitor.send("consent-allow", values={"item": ["phone_number"]})
    visitor.go(site.authorize_url())
    assert "code" in answered(visitor.location)
    with provider.context():
        kept = db.session.get_one(ConsentRecord, (person.id, site.id))
        assert kept.items == ["name", "phone_number"]
        assert kept.seen == ["locale", "name", "phone_number"]
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


def test_a_refusal_rests_until_the_person_wants_to_see_it_again(site: Site, person: Person) -> None:
    """Domain §5.6."""
    visitor = at_consent(site, person)
    visitor.send("consent-deny")
    visitor.go(site.authorize_url())
    assert {"consent-ask-again", "consent-deny"} == visitor.page.forms[-1].buttons.keys() - {""}
    assert not visitor.page.forms[-1].items
    visitor.send("consent-deny")
    assert answered(visitor.location)["error"] == "access_denied"
    visitor.go(site.authorize_url(prompt="none"))
    assert answered(visitor.location)["error"] == "consent_required"
    visitor.go(site.authorize_url(prompt="consent"))
    assert "consent-ask-again" in visitor.page.forms[-1].buttons
    visitor.send("consent-ask-again")
    assert visitor.page.forms[-1].items == ["name", "locale", "phone_number"]
    visitor.send("consent-allow")
    assert "code" in answered(visitor.location)
    visitor.go(site.authorize_url(prompt="none"))
    assert "code" in answered(visitor.location)


def test_after_thirty_days_a_refused_question_is_put_again(site: Site, person: Person) -> None:
    at_consent(site, person).send("consent-deny")
    with clock.shifted(timedelta(days=31)):
        assert at_consent(site, person).page.forms[-1].items


def test_who_says_yes_to_the_resting_page_by_hand_has_agreed_to_nothing(
    provider: Provider, site: Site, person: Person
) -> None:
    at_consent(site, person).send("consent-deny")
    visitor = at_consent(site, person)
    visitor.send("consent-deny", values={"decision": "allow", "item": ["name"]})
    assert visitor.is_at("/consent")
    with provider.context():
        assert db.session.get_one(ConsentRecord, (person.id, site.id)).items == []


@pytest.fixture
def registry(provider: Provider) -> Site:
    """A site that needs a number, likes another sensitive one, and has a duty to be told the name."""
    return provider.site(
        scope="openid profile",
        legal_basis="statutory_duty",
        items=[
            {"name": "name", "required": True},
            {"name": "identity_number", "required": True, "legal_basis": "consent"},
            {"name": "birthdate", "legal_basis": "consent"},
        ],
    )


@pytest.fixture
def proven(provider: Provider) -> Person:
    """Somebody who reaches the level from which on numbers are told."""
    return provider.person(evidence=P3, totp=True)


NUMBER = {"userinfo": {"identity_number": None, "birthdate": None}}


def test_a_sensitive_item_is_ticked_by_the_person_or_nothing_is_shared(
    provider: Provider, registry: Site, proven: Person
) -> None:
    """PIPL art. 29."""
    visitor = registry.visitor(language="en")
    visitor.go(registry.authorize_url(scope="openid profile", claims=NUMBER))
    visitor.log_in(proven)
    page = visitor.page.forms[-1]
    assert page.items == ["identity_number", "birthdate"]
    assert [value for name, value in page.values if name == "item"] == ["birthdate"]
    assert 'id="consent-by-law"' in text_of(visitor)
    visitor.send("consent-allow", values={"item": []})
    assert visitor.response.status_code == 400
    assert "#item-identity_number" in text_of(visitor)
    assert [value for name, value in visitor.page.forms[-1].values if name == "item"] == []
    with provider.context():
        assert db.session.get(ConsentRecord, (proven.id, registry.id)) is None
    visitor.send("consent-allow", values={"item": ["identity_number"]})
    assert "code" in answered(visitor.location)
    with provider.context():
        row = db.session.get_one(ConsentRecord, (proven.id, registry.id))
        assert (row.items, row.by_law) == (["identity_number"], ["name"])
        names = [one.name for one in event.of_record(proven.id, row.record_id)]
        assert names == ["given", "separate_given", "notice"]


def test_a_site_with_a_duty_asks_only_on_the_page_that_needs_more(
    provider: Provider, registry: Site, proven: Person
) -> None:
    visitor = registry.visitor()
    visitor.go(registry.authorize_url(scope="openid profile"))
    visitor.log_in(proven)
    assert "code" in answered(visitor.location)
    visitor.go(registry.authorize_url(scope="openid profile", claims=NUMBER))
    visitor.send("consent-deny")
    assert answered(visitor.location)["error"] == "access_denied"
    visitor.go(registry.authorize_url(scope="openid profile"))
    assert "code" in answered(visitor.location)


def test_the_law_is_announced_in_the_inbox_once(provider: Provider, registry: Site, person: Person) -> None:
    """PIPL art. 17, 35."""
    visitor = registry.visitor()
    visitor.go(registry.authorize_url(scope="openid profile"))
    visitor.log_in(person)
    visitor.go(registry.authorize_url(scope="openid profile"))
    with provider.context():
        told = [one.name for one in notice.recent(person.id, 50)]
        assert told.count("statutory_release") == 1


def test_a_new_notice_text_is_told_and_asks_nothing(provider: Provider, site: Site, person: Person) -> None:
    """PIPL art. 14: inform."""
    visitor = at_consent(site, person)
    visitor.send("consent-allow")
    with provider.context():
        registration.update(site.id, {"policy_version": "2"})
        commit()
    for _ in range(2):
        visitor.go(site.authorize_url())
        assert "code" in answered(visitor.location)
    with provider.context():
        told = [one.name for one in notice.recent(person.id, 50)]
        assert told.count("policy_changed") == 1


def test_posted_twice_it_is_agreed_once(provider: Provider, site: Site, person: Person) -> None:
    visitor = at_consent(site, person)
    page = visitor.response
    visitor.send("consent-allow", follow=False)
    visitor.response = page
    visitor.send("consent-allow")
    assert "code" in answered(visitor.location)
    with provider.context():
        row = db.session.get_one(ConsentRecord, (person.id, site.id))
        assert [one.name for one in event.of_record(person.id, row.record_id)] == ["given"]
    visitor.response = page
    visitor.send("consent-allow")
    assert (visitor.response.status_code, visitor.page.error) == (410, "journey_expired")


def test_posted_from_another_browser_it_counts_for_nobody(
    provider: Provider, site: Site, person: Person
) -> None:
    visitor = at_consent(site, person)
    stranger, other = site.visitor(), provider.person()
    stranger.go(site.authorize_url())
    stranger.log_in(other)
    stranger.response = visitor.response
    stranger.send("consent-allow")
    assert stranger.response.status_code in {400, 410}
    with provider.context():
        for account_id in (person.id, other.id):
            assert db.session.get(ConsentRecord, (account_id, site.id)) is None


def test_posted_after_the_journey_expired_it_counts_for_nothing(
    provider: Provider, site: Site, person: Person
) -> None:
    visitor = at_consent(site, person)
    journey = visitor.path.partition("journey=")[2]
    EPHEMERAL.of(provider.app).take(f"journey:{journey}")
    visitor.send("consent-allow")
    assert (visitor.response.status_code, visitor.page.error) == (410, "journey_expired")
    with provider.context():
        assert db.session.get(ConsentRecord, (person.id, site.id)) is None


def test_for_whom_somebody_else_agrees_hears_of_it(provider: Provider) -> None:
    principal, holder = provider.person(evidence=P3), provider.person(evidence=P3, totp=True)
    held = mandate(provider, principal.id, holder.id, role="relative", items=[])
    site = provider.site(acting_as=["self", "relative"])
    visitor = site.visitor()
    visitor.go(site.authorize_url())
    visitor.log_in(holder)
    visitor.send("", values={"identity": str(held)})
    visitor.send("consent-allow")
    with provider.context():
        told = [
            notice.values_of(one)
            for one in notice.recent(principal.id)
            if one.name == "consent_given_for_you"
        ]
        assert [one["who"] for one in told] == [holder.name]
        assert "consent_given_for_you" not in [one.name for one in notice.recent(holder.id)]


def child(provider: Provider, years: int) -> Person:
    made = provider.person()
    today = age.today(clock.now())
    with provider.context():
        accounts.set_birth(accounts.get(made.id), f"{today.year - years}-01-01", "male")
        commit()
    return made


def test_a_child_under_14_agrees_to_nothing_alone(provider: Provider, site: Site) -> None:
    """PIPL art. 31, domain §5.7: the guardian says it; from 14 on the child."""
    young, older = child(provider, 13), child(provider, 14)
    visitor = site.visitor(language="en")
    visitor.go(site.authorize_url())
    visitor.log_in(young)
    assert answered(visitor.location)["error"] == "access_denied"
    with provider.context():
        assert db.session.get(ConsentRecord, (young.id, site.id)) is None
    at_consent(site, older).send("consent-allow")
    with provider.context():
        assert db.session.get_one(ConsentRecord, (older.id, site.id)).was_given


def test_what_the_guardian_agreed_to_lets_the_child_in(provider: Provider, site: Site) -> None:
    young = child(provider, 13)
    with provider.context():
        guardian = Scene(ActingParty(GUARDIAN, provider.person().id, uuid4()))
        row = record.save(accounts.get(young.id), site.rp, asked_of(site), {"name"}, guardian)
        row.seen = ["locale", "name", "phone_number"]
        commit()
    visitor = site.visitor()
    visitor.go(site.authorize_url())
    visitor.log_in(young)
    tokens = site.redeem(answered(visitor.location)["code"])
    assert "name" in site.claims(tokens["access_token"])
    with provider.context():
        record.withdraw(young.id, site.id)
        commit()
    visitor.go(site.authorize_url())
    assert answered(visitor.location)["error"] == "access_denied"
    with provider.context():
        assert record.save(accounts.get(young.id), site.rp, asked_of(site), {"name"}, guardian).was_given, (
            "a child that cannot say yes is not shut out by its no"
        )


def asked_of(site: Site) -> Asked:
    return Asked(
        frozenset({"name"}),
        frozenset({"locale", "phone_number"}),
        decision.purpose_digest(site.rp.purpose.default),
        site.rp.legal_basis,
    )


def pressed_at_once(visitor: Visitor, app: Flask, times: int) -> None:
    form = visitor.page.forms[-1]
    data: dict[str, list[str]] = {}
    for name, value in [*form.values, form.buttons["consent-allow"]]:
        data.setdefault(name, []).append(value)
    cookie = "; ".join(f"{each.key}={each.value}" for each in (visitor.client._cookies or {}).values())

    def post() -> None:
        headers = visitor.headers | {"Cookie": cookie}
        app.test_client(use_cookies=False).post(
            form.action, base_url=visitor.issuer, data=data, headers=headers
        )

    threads = [threading.Thread(target=post) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


def test_pressed_many_times_at_once_it_is_agreed_once(either: Provider) -> None:
    site, person = either.site(), either.person()
    for expected in (["given"], ["given", "renewed"]):
        visitor = at_consent(site, person, prompt="consent")
        pressed_at_once(visitor, either.app, 5)
        with either.context():
            row = db.session.get_one(ConsentRecord, (person.id, site.id))
            assert [one.name for one in event.of_record(person.id, row.record_id)] == expected


def test_a_page_made_of_an_old_memory_agrees_to_nothing_once(
    provider: Provider, site: Site, person: Person
) -> None:
    """The message that something was withdrawn elsewhere was lost."""
    visitor = at_consent(site, person)
    visitor.send("consent-allow")
    provider.settle()
    visitor.go(site.authorize_url(prompt="consent"))
    with provider.context():
        db.session.execute(
            update(ConsentRecord)
            .where(ConsentRecord.account_id == person.id)
            .values(withdrawn_at=clock.now())
        )
        commit()
    visitor.send("consent-allow")
    assert visitor.is_at("/consent")
    visitor.send("consent-allow")
    assert "code" in answered(visitor.location)
