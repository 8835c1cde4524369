from datetime import timedelta

from idp import browser, clock
from idp.accounts import account as accounts
from idp.accounts import notice
from idp.audit import search
from idp.authenticators import known_device, recovery
from idp.db import commit
from idp.sessions import session as sessions
from idp.tokens import account_leaving
from tests.person import Person, Visitor
from tests.provider import Provider, SignIn

NOT_ME = "/account/not-me"
COOKIE = "tongxing_session"


def entry_of(visitor: Visitor, name: str) -> str:
    visitor.go("/account/timeline")
    body = visitor.response.get_data(as_text=True)
    return body.split(f'data-event="{name}"')[0].rpartition('href="')[2].split('"')[0]


def live(provider: Provider, person: Person) -> int:
    with provider.context():
        return len(sessions.live_sessions(person.id))


def test_from_an_entry_everybody_else_is_logged_out(either: Provider, sign_in: SignIn) -> None:
    person, site = either.person(), either.site()
    thief = sign_in(person)
    tokens = site.redeem(site.code(person, site.visitor(), prompt="login consent"))
    owner = sign_in(person)
    address = entry_of(owner, "session.started")
    owner.go(address)
    assert 'id="not-me"' in owner.response.get_data(as_text=True)
    owner.go(f"{NOT_ME}?event={address.rpartition('/')[2]}")
    assert "You logged in" in "".join(owner.page.texts)
    assert live(either, person) == 3
    owner.send("not-me-confirm")
    assert owner.is_at(f"{NOT_ME}/done")
    body = owner.response.get_data(as_text=True)
    assert 'href="/account/password"' in body
    assert 'href="/recovery"' in body
    assert live(either, person) == 1
    thief.go("/account")
    assert thief.is_at("/login")
    # What the site held beyond the session is dead as well.
    assert site.refresh(tokens["refresh_token"]).error == "invalid_grant"
    assert site.userinfo(tokens["access_token"]).status_code == 401


def test_a_stolen_cookie_of_this_very_login_is_dead_and_what_sites_hold_by_it(
    either: Provider, sign_in: SignIn
) -> None:
    person, site = either.person(), either.site()
    owner, thief = sign_in(person), site.visitor()
    owner.go("/account")
    stolen = owner.client.get_cookie(COOKIE, domain="localhost")
    assert stolen is not None
    thief.client.set_cookie(COOKIE, stolen.value, domain="localhost")
    thief.go("/account/timeline")
    assert thief.is_at("/account/timeline")
    tokens = site.redeem(site.code(person, thief, scope="openid"))
    with either.context():
        (before,) = sessions.live_sessions(person.id)
    with clock.shifted(timedelta(minutes=20)):
        owner.go(NOT_ME)
        owner.send("not-me-confirm")
        assert owner.is_at(f"{NOT_ME}/done")
        with either.context():
            (after,) = sessions.live_sessions(person.id)
            # It is no new login: as old, as strong, and ends when it was to end.
            assert after.id != before.id
            assert (after.auth_time, after.expires_at) == (before.auth_time, before.expires_at)
            assert (after.methods, after.terms) == (before.methods, before.terms)
            assert after.address == before.address
        thief.go("/account/timeline")
        assert thief.is_at("/login")
    assert site.userinfo(tokens["access_token"]).status_code == 401
    assert site.refresh(tokens["refresh_token"]).error == "invalid_grant"


def test_the_other_browsers_count_as_unknown_and_this_one_stays_known(
    either: Provider, sign_in: SignIn
) -> None:
    person = either.person()
    thief, owner = sign_in(person), sign_in(person)
    devices = [
        cookie.value
        for cookie in (one.client.get_cookie(browser.DEVICE, domain="localhost") for one in (thief, owner))
        if cookie is not None
    ]
    with either.context():
        assert [known_device.is_known(person.id, one) for one in devices] == [True, True]
    owner.go(NOT_ME)
    owner.send("not-me-confirm")
    with either.context():
        assert [known_device.is_known(person.id, one) for one in devices] == [False, True]


def test_it_is_on_record_with_the_entry_it_is_about(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    owner = sign_in(person)
    event_id = entry_of(owner, "session.started").rpartition("/")[2]
    owner.go(f"{NOT_ME}?event={event_id}")
    owner.send("not-me-confirm")
    with either.context():
        event = search.find(account_id=person.id, name="intrusion.reported")[0]
        assert event.data["event_id"] == event_id
        assert event.data["about"] == "session.started"
    owner.go("/account/timeline")
    assert "You told us: this was not me" in "".join(owner.page.texts)


def test_looking_changes_nothing(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    sign_in(person)
    owner = sign_in(person)
    owner.go(NOT_ME)
    owner.go(f"{NOT_ME}?event=nonsense")
    assert live(either, person) == 2


def test_twice_does_no_harm_and_nobody_elses_entry_is_meant(either: Provider, sign_in: SignIn) -> None:
    person, stranger = either.person(), either.person()
    owner, other = sign_in(person), sign_in(stranger)
    foreign = entry_of(owner, "session.started").rpartition("/")[2]
    other.go(f"{NOT_ME}?event={foreign}")
    assert "It is about" not in "".join(other.page.texts)
    other.send("not-me-confirm", values={"event": foreign})
    assert other.is_at(f"{NOT_ME}/done")
    other.go(NOT_ME)
    other.send("not-me-confirm")
    assert other.is_at(f"{NOT_ME}/done")
    assert live(either, person) == 1
    with either.context():
        found = search.find(account_id=stranger.id, name="intrusion.reported")
        assert [one.data.get("event_id") for one in found] == [None, None]


def test_a_recovery_that_somebody_began_is_stopped(either: Provider, sign_in: SignIn) -> None:
    person = either.person(evidence=["phone", "register"])
    owner = sign_in(person)
    with either.context():
        recovery.begin(accounts.get(person.id), proofs=["phone"], level=2, lost=True)
        commit()
        assert recovery.find_open(person.id) is not None
    owner.go(NOT_ME)
    owner.send("not-me-confirm")
    with either.context():
        assert recovery.find_open(person.id) is None


def test_an_end_that_somebody_asked_for_does_not_come(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    owner = sign_in(person)
    with either.context():
        account_leaving.ask(accounts.get(person.id))
        commit()
    owner.go(NOT_ME)
    owner.send("not-me-confirm")
    with either.context():
        assert accounts.get(person.id).closes_at is None
        assert {"not_me", "closing_cancelled"} <= {one.name for one in notice.recent(person.id)}


def test_without_its_token_nothing_happens(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    sign_in(person)
    owner = sign_in(person)
    owner.go(NOT_ME)
    owner.send("not-me-confirm", values={"csrf_token": "x"})
    assert owner.response.status_code == 400
    assert live(either, person) == 2
