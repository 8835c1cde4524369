"""What the consent page shows: why it asks, only what changed, and no box ticked that the person said no to."""

from datetime import timedelta

import pytest

from idp import clock
from idp.accounts import account as accounts
from idp.consent import record
from idp.consent.consent_record import ConsentRecord
from idp.db import commit, db
from idp.relying_parties import registration
from tests.pages.agreeing import at_consent, text_of
from tests.person import Person, Visitor
from tests.provider import Provider
from tests.site import Site, answered


def ticked(visitor: Visitor) -> list[str]:
    return [value for name, value in visitor.page.forms[-1].values if name == "item"]


def test_something_new_shows_only_the_addition_and_the_reason(site: Site, person: Person) -> None:
    """PIPL art. 14."""
    visitor = at_consent(site, person, scope="openid profile")
    visitor.send("consent-allow")
    visitor.go(site.authorize_url(scope="openid profile phone"))
    assert visitor.page.forms[-1].items == ["phone_number"]
    text = text_of(visitor)
    assert 'data-reason="new_items"' in text
    assert text.index("What you share already") < text.index('data-item="name"')
    visitor.send("consent-allow")
    tokens = site.redeem(answered(visitor.location)["code"])
    assert {"name", "phone_number"} <= site.claims(tokens["access_token"]).keys()


def test_another_purpose_is_shown_beside_the_old_one(provider: Provider, site: Site, person: Person) -> None:
    visitor = at_consent(site, person)
    visitor.send("consent-allow")
    with provider.context():
        registration.update(
            site.id, {"purpose": "为了统计", "purpose#zh-Hans": None, "purpose#en": "To count"}
        )
        commit()
    visitor.go(site.authorize_url())
    assert 'data-reason="new_purpose"' in text_of(visitor)
    assert "To serve you" in text_of(visitor)
    assert "To count" in text_of(visitor)


@pytest.mark.parametrize("reason", ["expired", "withdrawn", "re_verified", "insisted"])
def test_the_reason_is_said(provider: Provider, site: Site, person: Person, reason: str) -> None:
    visitor = at_consent(site, person)
    visitor.send("consent-allow")
    with provider.context():
        if reason == "withdrawn":
            record.withdraw(person.id, site.id)
        if reason == "re_verified":
            accounts.get(person.id).reverified_at = clock.now()
        commit()
    with clock.shifted(timedelta(days=366 if reason == "expired" else 0)):
        later = at_consent(site, person, **({"prompt": "consent"} if reason == "insisted" else {}))
        assert f'data-reason="{reason}"' in text_of(later)
        later.send("consent-allow")
        assert "code" in answered(later.location)


@pytest.mark.parametrize("said", ["refused", "withdrawn", "withdrawn in part", "left out and withdrawn"])
def test_what_the_person_said_no_to_before_is_not_ticked_for_them(
    provider: Provider, site: Site, person: Person, said: str
) -> None:
    """PIPL art. 14, 16: a no is not turned into a yes by a box that was ticked beforehand."""
    visitor = at_consent(site, person, scope="openid phone")
    assert ticked(visitor) == ["phone_number"]
    if said == "refused":
        visitor.send("consent-deny")
    else:
        visitor.send("consent-allow", values={"item": [] if said.startswith("left") else ["phone_number"]})
        with provider.context():
            items = frozenset({"phone_number"}) if said == "withdrawn in part" else None
            record.withdraw(person.id, site.id, items=items)
            commit()
    visitor.go(site.authorize_url(scope="openid phone profile"))
    if said == "refused":
        visitor.send("consent-ask-again")
    assert visitor.page.forms[-1].items == ["name", "locale", "phone_number"]
    assert "phone_number" not in ticked(visitor)
    assert "locale" in ticked(visitor), "nobody ever said no to that"


def test_a_page_that_showed_something_else_agrees_to_nothing(
    provider: Provider, site: Site, person: Person
) -> None:
    """PIPL art. 17: what was withdrawn in another tab is not given again by a page that did not ask for it."""
    visitor = at_consent(site, person, scope="openid profile")
    visitor.send("consent-allow")
    visitor.go(site.authorize_url(scope="openid profile phone"))
    assert visitor.page.forms[-1].items == ["phone_number"]
    with provider.context():
        record.withdraw(person.id, site.id)
        commit()
    visitor.send("consent-allow", values={"item": ["phone_number"]})
    assert visitor.is_at("/consent")
    assert 'data-reason="withdrawn"' in text_of(visitor)
    with provider.context():
        assert db.session.get_one(ConsentRecord, (person.id, site.id)).state(clock.now()) == "withdrawn"
    visitor.send("consent-allow")
    assert "code" in answered(visitor.location)


@pytest.mark.parametrize(
    "change",
    [
        {"purpose": "为了广告", "purpose#en": "To advertise", "purpose#zh-Hans": None},
        {"items": [{"name": name, "required": True} for name in ("name", "locale", "phone_number")]},
        {"policy_version": "2027-01"},
        {"data_retention": "P99Y"},
    ],
)
def test_what_the_site_changed_under_an_open_page_is_shown_before_it_counts(
    provider: Provider, site: Site, person: Person, change: dict[str, object]
) -> None:
    visitor = at_consent(site, person)
    with provider.context():
        registration.update(site.id, change)
        commit()
    visitor.send("consent-allow", values={"item": []})
    assert visitor.is_at("/consent")
    with provider.context():
        assert db.session.get(ConsentRecord, (person.id, site.id)) is None
    visitor.send("consent-allow")
    assert "code" in answered(visitor.location)
