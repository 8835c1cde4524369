"""One consent receipt: read, printed, downloaded."""

import json
import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from jose import jws as jose_jws

from idp import clock
from idp.consent import consent_record, receipt_verification, record
from idp.db import commit
from idp.keys import compact_jwt
from tests.pages import agreeing
from tests.person import Person, Visitor
from tests.provider import Provider
from tests.site import Site


@pytest.fixture
def site(either: Provider) -> Site:
    return agreeing.site(either)


@pytest.fixture
def person(either: Provider) -> Person:
    return either.person()


def newest(provider: Provider, person: Person, site: Site) -> tuple[UUID, int]:
    with provider.context():
        row = consent_record.find_row(person.id, site.id)
        assert row is not None
        assert row.given_number is not None
        return row.record_id, row.given_number


def opened(visitor: Visitor, place: tuple[UUID, int], ending: str = "") -> str:
    visitor.open(f"/account/receipts/{place[0]}/{place[1]}{ending}")
    return visitor.response.get_data(as_text=True)


def test_it_says_what_was_agreed_and_what_was_left_out(either: Provider, site: Site, person: Person) -> None:
    visitor = agreeing.agreed(site, person, "phone_number")
    text = opened(visitor, newest(either, person, site))
    shared, _, left_out = text.partition("Not shared: you left it out")
    assert "Your name" in shared
    assert "Your phone number" in shared
    assert "Your language" in left_out
    assert "You agreed" in text
    assert 'id="receipt-ended"' not in text
    assert "no-store" in visitor.response.headers["Cache-Control"]


def test_every_file_is_signed_and_says_the_same(either: Provider, site: Site, person: Person) -> None:
    visitor = agreeing.agreed(site, person)
    place = newest(either, person, site)
    text = opened(visitor, place)
    files = re.findall(r'id="receipt-(\w+)-(\w+)" href="([^"]+)"', text)
    assert [one[:2] for one in files] == [
        ("27560", "json"),
        ("27560", "jwt"),
        ("kantara", "json"),
        ("kantara", "jwt"),
    ]
    for standard, kind, url in files:
        visitor.open(url)
        headers = visitor.response.headers
        assert headers["Content-Disposition"].startswith('attachment; filename="receipt-')
        assert headers["Content-Disposition"].endswith(f'.{standard}.{kind}"')
        assert headers["Cache-Control"] == "no-store"
        with either.context():
            found = receipt_verification.verify(visitor.response.get_data(as_text=True))
        assert found.is_ours
        assert found.standard == standard
        assert found.said is not None
        assert set(receipt_verification.items_of(found.said)) == {"name"}
        assert person.name not in json.dumps(found.said, ensure_ascii=False)


def test_anybody_can_check_a_file_with_the_published_keys(
    either: Provider, site: Site, person: Person
) -> None:
    visitor = agreeing.agreed(site, person)
    token = opened(visitor, newest(either, person, site), ".27560.jwt")
    assert compact_jwt.unverified_header(token)["typ"] == "consent-receipt+jwt"
    keys = either.app.test_client().get("/jwks/historical", base_url=site.issuer).get_json()["keys"]
    key = next(key for key in keys if key["kid"] == compact_jwt.unverified_header(token)["kid"])
    assert jose_jws.verify(token, key, ["ES256"])


def test_the_picture_is_a_code_that_only_we_can_read(either: Provider, site: Site, person: Person) -> None:
    visitor = agreeing.agreed(site, person)
    assert "<svg" in opened(visitor, newest(either, person, site), "/qr.svg")
    assert visitor.response.mimetype == "image/svg+xml"
    assert visitor.response.headers["Cache-Control"] == "no-store"


def test_it_says_what_became_of_the_consent(either: Provider, site: Site, person: Person) -> None:
    visitor = agreeing.agreed(site, person, "phone_number")
    first = newest(either, person, site)
    visitor.go(site.authorize_url(scope="openid profile phone", prompt="consent"))
    visitor.send("consent-allow", values={"item": []})
    assert 'data-state="renewed"' in opened(visitor, first)
    second = newest(either, person, site)
    with either.context():
        record.withdraw(person.id, site.id)
        commit()
    assert 'data-state="withdrawn"' in opened(visitor, second)
    with either.context():
        record.supersede(person.id, site.id)
        commit()
    assert 'data-state="superseded"' in opened(visitor, second)


def test_a_consent_that_ran_out_is_called_so(provider: Provider) -> None:
    site, person = agreeing.site(provider), provider.person()
    agreeing.agreed(site, person)
    place = newest(provider, person, site)
    with clock.shifted(timedelta(days=366)):
        later = Visitor(provider.app, provider.settings.issuer, language="en")
        later.go("/login")
        later.log_in(person)
        assert 'data-state="expired"' in opened(later, place)


def test_a_withdrawal_is_proven_too_but_never_as_a_consent(
    either: Provider, site: Site, person: Person
) -> None:
    visitor = agreeing.agreed(site, person, "phone_number", "locale")
    with either.context():
        taken = record.withdraw(person.id, site.id, items=frozenset({"phone_number"}))
        commit()
    place = (taken.record_id, taken.event_number)
    text = opened(visitor, place)
    assert "You took your consent back" in text
    assert "No longer shared" in text
    assert "Your language" not in text
    assert "kantara" not in text
    token = opened(visitor, place, ".27560.jwt")
    with either.context():
        said = receipt_verification.verify(token).said
    assert said is not None
    assert receipt_verification.event_of(said)[0] == "withdrawn"
    assert receipt_verification.items_of(said) == ("phone_number",)
    assert opened(visitor, place, ".kantara.jwt")
    assert visitor.response.status_code == 404


def test_what_is_no_receipt_of_mine_is_not_found(either: Provider, site: Site, person: Person) -> None:
    visitor = agreeing.agreed(site, person)
    record_id, number = newest(either, person, site)
    stranger = Visitor(either.app, either.settings.issuer)
    stranger.go("/login")
    stranger.log_in(either.person())
    for browser, place in (
        (stranger, (record_id, number)),
        (visitor, (record_id, number + 1)),
        (visitor, (record_id, 0)),
        (visitor, (record_id, 10**30)),
        (visitor, (uuid4(), 1)),
    ):
        for ending in ("", "/qr.svg", ".27560.json", ".kantara.jwt"):
            opened(browser, place, ending)
            assert browser.response.status_code == 404
    for path in ("x/1", f"{record_id}/-1", f"{record_id}/{number}.27560.pdf", f"{record_id}/{number}.x.jwt"):
        visitor.open(f"/account/receipts/{path}")
        assert visitor.response.status_code == 404


def test_who_is_not_logged_in_logs_in_first(either: Provider, site: Site, person: Person) -> None:
    agreeing.agreed(site, person)
    record_id, number = newest(either, person, site)
    visitor = Visitor(either.app, either.settings.issuer, language="en")
    visitor.go(f"/account/receipts/{record_id}/{number}")
    assert visitor.is_at("/login")
    visitor.log_in(person)
    assert visitor.is_at(f"/account/receipts/{record_id}/{number}")


def test_what_the_law_released_has_a_receipt_that_calls_it_so(either: Provider, person: Person) -> None:
    """PIPL art. 13, 35: told, not asked."""
    office = either.site(legal_basis="statutory_duty", items=None)
    visitor = office.visitor(language="en")
    visitor.go(office.authorize_url(scope="openid profile"))
    visitor.log_in(person)
    visitor.go("/account/receipts")
    found = re.search(
        r'href="(/account/receipts/[^"]+)" data-receipt', visitor.response.get_data(as_text=True)
    )
    assert found is not None
    visitor.open(found[1])
    text = visitor.response.get_data(as_text=True)
    assert "Shared by law; you were told" in text
    assert "Shared with your consent" not in text
    assert "Not shared" not in text
    assert "Until when" not in text
    visitor.open(f"{found[1]}.kantara.jwt")
    with either.context():
        said = receipt_verification.verify(visitor.response.get_data(as_text=True)).said
    assert said is not None
    (purpose,) = said["services"][0]["purposes"]
    assert purpose["consentType"].startswith("NOT CONSENT")
    assert receipt_verification.event_of(said)[0] == "notice"
