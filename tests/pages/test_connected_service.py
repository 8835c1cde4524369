from datetime import UTC, datetime
from uuid import uuid4

from idp import clock
from idp.consent import consent_record, deletion_request, event
from idp.consent import record as consent
from idp.db import commit, db
from idp.outbox.message import OutboxMessage
from tests.person import Person, Visitor
from tests.provider import Provider, SignIn
from tests.site import Site

SERVICES = "/account/services"


def agreed(provider: Provider, **metadata: object) -> tuple[Person, Site, str]:
    """A person who agreed to everything at a site; the site's refresh token."""
    person, site = provider.person(), provider.site(**metadata)
    visitor = site.visitor()
    visitor.go(site.authorize_url(prompt="consent"))
    visitor.log_in(person)
    items = visitor.page.forms[0].items
    visitor.send("consent-allow", values={"item": items})
    tokens = site.redeem(visitor.location.split("code=")[1].split("&")[0])
    return person, site, tokens["refresh_token"]


def text(visitor: Visitor) -> str:
    return "".join(visitor.page.texts)


def held(provider: Provider, person: Person, site: Site) -> set[str]:
    with provider.context():
        row = consent_record.find_row(person.id, site.id)
        return set() if row is None else set(row.allowed_items(clock.now()))


def test_each_item_with_what_for_and_until_when(either: Provider, sign_in: SignIn) -> None:
    person, site, _token = agreed(either)
    visitor = sign_in(person)
    visitor.go(f"{SERVICES}/{site.id}")
    said = text(visitor)
    assert site.rp.client_name.text("en") in said
    assert "To serve you" in said
    assert "Your phone number" in said
    assert "required" in said
    body = visitor.response.get_data(as_text=True)
    assert 'id="withdraw-phone_number"' in body
    assert 'id="withdraw-name"' not in body
    assert "/account/receipts/" in body


def test_one_item_is_taken_back_and_the_rest_stays(either: Provider, sign_in: SignIn) -> None:
    person, site, token = agreed(either)
    visitor = sign_in(person)
    visitor.go(f"{SERVICES}/{site.id}")
    visitor.send("withdraw-phone_number")
    assert visitor.is_at(f"{SERVICES}/{site.id}")
    assert "This is not shared any more" in text(visitor)
    assert "Taken back: Your phone number" in text(visitor)
    assert "phone_number" not in held(either, person, site)
    assert held(either, person, site) >= {"name", "locale"}
    assert site.refresh(token).error == "invalid_grant"


def test_everything_is_taken_back_with_one_press(either: Provider, sign_in: SignIn) -> None:
    person, site, token = agreed(either)
    visitor = sign_in(person)
    visitor.go(f"{SERVICES}/{site.id}")
    visitor.send("withdraw-all")
    assert "Nothing more is shared with it" in text(visitor)
    assert 'id="withdraw-all"' not in visitor.response.get_data(as_text=True)
    assert held(either, person, site) == set()
    assert site.refresh(token).error == "invalid_grant"
    visitor.go(SERVICES)
    assert f'data-service="{site.id}" data-state="withdrawn"' in visitor.response.get_data(as_text=True)


def test_pressed_twice_or_with_items_never_shared(either: Provider, sign_in: SignIn) -> None:
    person, site, _token = agreed(either)
    first, second = sign_in(person), sign_in(person)
    for visitor in (first, second):
        visitor.go(f"{SERVICES}/{site.id}")
    first.send("withdraw-all", values={"item": ["identity_number", "\x00", "张" * 500]})
    assert held(either, person, site) >= {"name", "locale", "phone_number"}
    first.send("withdraw-all")
    second.send("withdraw-all")
    assert second.is_at(f"{SERVICES}/{site.id}")
    assert "This is not shared any more" in text(second)
    with either.context():
        row = consent_record.find_row(person.id, site.id)
        assert row is not None
        names = [one.name for one in event.of_record(person.id, row.record_id)]
        assert names.count("withdrawn") == 1


def test_a_person_sees_that_the_service_is_being_told(either: Provider, sign_in: SignIn) -> None:
    person, site, _token = agreed(either)
    visitor = sign_in(person)
    visitor.go(f"{SERVICES}/{site.id}")
    visitor.send("withdraw-all")
    body = visitor.response.get_data(as_text=True)
    assert 'id="withdrawal" data-state="waiting"' in body
    with either.context():
        # The worker found no stream of this site.
        db.session.query(OutboxMessage).filter_by(account_id=person.id, kind="signal").delete()
        commit()
    visitor.go(f"{SERVICES}/{site.id}")
    assert "does not take such messages" in text(visitor)


def test_asking_to_delete_once_and_its_answer(either: Provider, sign_in: SignIn) -> None:
    person, site, _token = agreed(either)
    visitor = sign_in(person)
    visitor.go(f"{SERVICES}/{site.id}")
    visitor.send("ask-deletion", number=1)
    assert 'data-status="requested"' in visitor.response.get_data(as_text=True)
    assert 'id="ask-deletion"' not in visitor.response.get_data(as_text=True)
    visitor.client.post(f"{SERVICES}/{site.id}/delete", base_url=either.settings.issuer)
    with either.context():
        (asked,) = deletion_request.of_account(person.id)
        deletion_request.answer(asked.id, site.id, "partial", "依法保存十五年")
        commit()
    visitor.go(f"{SERVICES}/{site.id}")
    assert "依法保存十五年" in text(visitor)
    assert 'data-status="partial"' in visitor.response.get_data(as_text=True)


def test_what_goes_by_law_cannot_be_taken_back(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    site = either.site(
        legal_basis="statutory_duty", items=[{"name": "name", "required": True}], scope="openid profile"
    )
    site.code(person, site.visitor())
    visitor = sign_in(person)
    visitor.go(SERVICES)
    assert f'data-service="{site.id}" data-state="by_law"' in visitor.response.get_data(as_text=True)
    visitor.go(f"{SERVICES}/{site.id}")
    assert "Because the law says so" in text(visitor)
    assert 'id="withdraw-all"' not in visitor.response.get_data(as_text=True)


def test_nobody_sees_or_ends_what_is_somebody_elses(either: Provider, sign_in: SignIn) -> None:
    person, site, _token = agreed(either)
    stranger = sign_in(either.person())
    for address in (
        f"{SERVICES}/{site.id}",
        f"{SERVICES}/{site.id}?for={person.id}",
        f"{SERVICES}?for={person.id}",
    ):
        assert stranger.go(address).status_code == 404
    assert stranger.go(f"{SERVICES}/unknown-%00").status_code == 404
    assert stranger.go(f"{SERVICES}/{'x' * 3000}").status_code == 404
    assert stranger.go(SERVICES).status_code == 200
    assert held(either, person, site)


def test_without_its_token_nothing_is_taken_back(either: Provider, sign_in: SignIn) -> None:
    person, site, _token = agreed(either)
    visitor = sign_in(person)
    visitor.go(f"{SERVICES}/{site.id}")
    visitor.send("withdraw-all", values={"csrf_token": ""})
    assert visitor.response.status_code == 400
    assert held(either, person, site)


def test_a_service_that_is_not_registered_any_more_is_still_shown(either: Provider, sign_in: SignIn) -> None:
    person, site, _token = agreed(either)
    with either.context():
        row = consent_record.find_row(person.id, site.id)
        assert row is not None
        row.client_id = "https://gone.example.cn/a//b?c"
        commit()
    visitor = sign_in(person)
    visitor.go(SERVICES)
    address = visitor.response.get_data(as_text=True).split('data-service="')[0].rpartition('href="')[2]
    assert visitor.go(address.split('"')[0]).status_code == 200
    assert "gone.example.cn" in text(visitor)


def test_what_somebody_took_back_for_the_person_is_said_too(either: Provider, sign_in: SignIn) -> None:
    person, site, _token = agreed(either)
    with either.context():
        consent.withdraw(person.id, site.id, by=uuid4(), items=frozenset({"phone_number"}))
        commit()
    visitor = sign_in(person)
    visitor.go(f"{SERVICES}/{site.id}")
    assert "Not shared any more: Your phone number" in text(visitor)


def test_an_old_no_is_not_the_end_of_what_ran_out_since(either: Provider, sign_in: SignIn) -> None:
    person, site, _token = agreed(either)
    with either.context():
        row = consent_record.find_row(person.id, site.id)
        assert row is not None
        row.refused_at, row.refused_items = datetime(2024, 5, 6, tzinfo=UTC), ["birthdate"]
        row.expires_at = datetime(2025, 7, 8, tzinfo=UTC)
        commit()
    visitor = sign_in(person)
    visitor.go(f"{SERVICES}/{site.id}")
    assert "2025" in text(visitor)
    assert "2024" not in text(visitor)
