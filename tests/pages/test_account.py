from datetime import timedelta

from idp import clock
from idp.accounts import account as accounts
from idp.db import commit
from tests.provider import Provider, SignIn, counted


def test_a_person_sees_who_they_are_here(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    assert person.phone is not None
    visitor = sign_in(person)
    text = "".join(visitor.page.texts)
    assert person.name in text
    assert person.username in text
    assert f"{person.phone[3:6]}****{person.phone[-4:]}" in text
    assert person.phone[3:] not in visitor.response.get_data(as_text=True)


def test_the_sites_of_this_login_are_listed(either: Provider, sign_in: SignIn) -> None:
    person, site = either.person(), either.site()
    visitor = sign_in(person)
    assert site.rp.client_name.text("en") not in "".join(visitor.page.texts)
    visitor.arrive(site.authorize_url(), person)
    assert visitor.location.startswith(site.rp.redirect_uris[0])
    visitor.go("/account")
    assert site.rp.client_name.text("en") in "".join(visitor.page.texts)


def test_what_would_make_the_account_safer_is_offered(either: Provider, sign_in: SignIn) -> None:
    visitor = sign_in(either.person())
    assert 'href="/account/totp"' in visitor.response.get_data(as_text=True)
    visitor = sign_in(either.person(totp=True))
    body = visitor.response.get_data(as_text=True)
    assert 'href="/account/recovery-codes"' in body  # none left yet


def test_the_level_stands_there_with_what_would_raise_it(either: Provider, sign_in: SignIn) -> None:
    newcomer = sign_in(either.person(evidence=["phone"])).response.get_data(as_text=True)
    assert 'data-level="1"' in newcomer
    assert "To L2:" in newcomer
    assert "Raise my level" in newcomer
    proven = either.person(evidence=["phone", "register", "face"])
    body = sign_in(proven).response.get_data(as_text=True)
    assert 'data-level="3"' in body
    assert "This login counts as level 2" in body


def test_what_happened_last_stands_there(either: Provider, sign_in: SignIn) -> None:
    text = "".join(sign_in(either.person()).page.texts)
    assert "What happened last" in text
    assert "You logged in" in text


def test_a_closing_that_was_asked_for_is_seen_at_once(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    with either.context():
        accounts.get(person.id).closes_at = clock.now() + timedelta(days=9)
        commit()
    assert 'data-attention="closing"' in sign_in(person).response.get_data(as_text=True)


def test_a_person_without_a_phone_has_a_page_too(either: Provider, sign_in: SignIn) -> None:
    visitor = sign_in(either.person(phone=False))
    assert visitor.is_at("/account")
    assert visitor.go("/account/sign-in-methods").status_code == 200


def test_every_tile_leads_somewhere(either: Provider, sign_in: SignIn) -> None:
    visitor = sign_in(either.person())
    body = visitor.response.get_data(as_text=True)
    tiles = [part.split('"')[0] for part in body.split('class="tx-tile" href="')[1:]]
    assert len(tiles) >= 10
    for tile in tiles:
        if tile != "/end_session":
            assert visitor.open(tile).status_code in {200, 303}, tile


def test_the_page_costs_few_queries(either: Provider, sign_in: SignIn) -> None:
    visitor = sign_in(either.person())
    either.settle()
    visitor.open("/account")
    with counted(either.app) as counts:
        visitor.open("/account")
    assert len(counts.statements) <= 15
    assert counts.transactions <= 2
