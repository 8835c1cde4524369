"""The single sign-on session (OWASP ASVS 5 §7)."""

from datetime import timedelta

import pytest

from idp import clock
from idp.audit import search
from idp.db import commit, db
from idp.sessions import seen
from idp.sessions import session as sessions
from idp.sessions.session import Browser, Session
from idp.sessions.terms import DAY, Terms
from tests.person import Person, Visitor
from tests.provider import Provider
from tests.site import Site, answered

BROWSER = Browser(user_agent="x" * 500, address="203.0.113.9")
COOKIE = "tongxing_session"
MONTH = Terms(absolute=30 * DAY, idle=DAY)


@pytest.fixture
def person(provider: Provider) -> Person:
    return provider.person()


def secret_of(visitor: Visitor) -> str:
    cookie = visitor.client.get_cookie(COOKIE, domain="localhost")
    assert cookie is not None
    return cookie.value


def is_known(site: Site, visitor: Visitor) -> bool:
    visitor.open(site.authorize_url(prompt="none", scope="openid"))
    return "login_required" not in visitor.location


def test_only_a_digest_of_the_secret_is_kept(provider: Provider, person: Person) -> None:
    with provider.context():
        session, secret = sessions.start(person.id, ["pwd"], BROWSER)
        commit()
        assert len(secret) >= 43
        assert secret.encode() not in session.secret_hash
        assert sessions.find_by_secret(secret) == session
        assert session.user_agent == "x" * 200
        assert "203.0.113" not in (session.address_sealed or "")
        assert session.address == "203.0.113.9"
        db.session.rollback()


def test_a_session_without_an_address_says_so(provider: Provider, person: Person) -> None:
    with provider.context():
        session, _ = sessions.start(person.id, ["pwd"], BROWSER)
        session.address_sealed = None
        assert session.address is None
        db.session.rollback()


@pytest.mark.parametrize("secret", [None, "", "wrong", "\udcff", "é"])
def test_no_secret_no_session(provider: Provider, secret: str | None) -> None:
    with provider.context():
        assert sessions.find_by_secret(secret) is None


def test_a_new_login_gives_a_new_secret_and_the_old_one_is_dead(provider: Provider, person: Person) -> None:
    """ASVS 5 §7.2.4; the sid stays, sites know it."""
    site = provider.site()
    visitor = site.visitor()
    site.code(person, visitor)
    before = secret_of(visitor)
    visitor.go(site.authorize_url(prompt="login"))
    visitor.log_in(person)
    assert secret_of(visitor) != before
    thief = site.visitor()
    thief.client.set_cookie(COOKIE, before, domain="localhost")
    assert not is_known(site, thief)
    assert is_known(site, visitor)
    with provider.context():
        assert len(sessions.live_sessions(person.id)) == 1


def test_a_session_planted_before_the_login_is_not_taken_over(provider: Provider, person: Person) -> None:
    """Session fixation."""
    site = provider.site()
    planted = "attacker-chose-this-secret-0123456789"
    visitor = site.visitor()
    visitor.client.set_cookie(COOKIE, planted, domain="localhost")
    site.code(person, visitor)
    assert secret_of(visitor) != planted


def test_it_ends_when_it_is_idle_and_stays_while_it_is_used(provider: Provider, person: Person) -> None:
    with provider.context():
        _session, secret = sessions.start(person.id, ["pwd"], BROWSER, MONTH)
        commit()
        for hours in (20, 40, 60):
            with clock.shifted(timedelta(hours=hours)):
                assert sessions.find_by_secret(secret) is not None
                commit()
        with clock.shifted(timedelta(hours=60 + 25)):
            assert sessions.find_by_secret(secret) is None


@pytest.mark.parametrize(("own_device", "hours"), [(False, 24), (True, 30 * 24)])
def test_it_lives_longer_on_ones_own_device(
    provider: Provider, person: Person, own_device: bool, hours: int
) -> None:
    """Domain §2: 30 days on the person's own device, else 24 hours."""
    site = provider.site()
    visitor = site.visitor()
    visitor.go("/login")
    visitor.log_in(person, own_device=own_device)
    with clock.shifted(timedelta(hours=hours, minutes=-5)):
        assert visitor.open("/account").status_code == 200
    with clock.shifted(timedelta(hours=hours, minutes=5)):
        assert visitor.open("/account").status_code == 303


def test_its_strength_ends_before_it_does(provider: Provider, person: Person) -> None:
    """Domain §2: more than one factor counts 24 hours, and one without use."""
    with provider.context():
        session, secret = sessions.start(person.id, ["pwd", "otp"], BROWSER, MONTH)
        commit()
        for minutes in (50, 100, 150):
            with clock.shifted(timedelta(minutes=minutes)):
                assert sessions.find_by_secret(secret) is not None
                assert session.is_strong(clock.now())
        with clock.shifted(timedelta(minutes=150 + 61)):
            assert sessions.find_by_secret(secret) is not None
            assert not session.is_strong(clock.now())
        with clock.shifted(timedelta(minutes=150 + 70)):
            # It does not come back by use.
            sessions.find_by_secret(secret)
            assert not session.is_strong(clock.now())
        sessions.rotate(session, ["pwd", "otp"], BROWSER)
        assert session.is_strong(clock.now())
        db.session.rollback()


def test_it_ends_at_its_greatest_age_however_much_it_is_used(provider: Provider, person: Person) -> None:
    with provider.context():
        session, secret = sessions.start(person.id, ["pwd"], BROWSER, MONTH)
        commit()
        for days in range(1, 40):
            with clock.shifted(timedelta(hours=23 * days)):
                session.idle_until = clock.now() + timedelta(hours=1)
                assert (sessions.find_by_secret(secret) is not None) == (23 * days < 30 * 24)
        db.session.rollback()


def test_being_seen_is_written_once_a_minute(provider: Provider, person: Person) -> None:
    with provider.context():
        session, secret = sessions.start(person.id, ["pwd"], BROWSER)
        commit()
        started = session.last_seen_at
        with clock.shifted(timedelta(seconds=50)):
            sessions.find_by_secret(secret)
            assert session.last_seen_at == started
        with clock.shifted(timedelta(seconds=61)):
            sessions.find_by_secret(secret)
            assert session.last_seen_at > started
        db.session.rollback()


def test_it_ends_once(either: Provider) -> None:
    person = either.person()
    with either.context():
        session, secret = sessions.start(person.id, ["pwd"], BROWSER)
        commit()
        assert sessions.mark_ended(session, "test")
        assert not sessions.mark_ended(session, "test")
        commit()
        db.session.expire_all()
        assert sessions.find_by_secret(secret) is None
        assert sessions.live_sessions(person.id) == []
        assert db.session.get_one(Session, session.id).ended_at is not None


def test_the_newest_comes_first(provider: Provider, person: Person) -> None:
    with provider.context():
        made = [sessions.start(person.id, ["pwd"], BROWSER)[0].id for _ in range(3)]
        commit()
        assert [session.id for session in sessions.live_sessions(person.id)] == made[::-1]


def test_the_cookie_is_for_this_host_and_out_of_scripts_reach(provider: Provider, person: Person) -> None:
    """RFC 6265bis §4.1.2."""
    visitor = provider.site().visitor()
    visitor.go("/login")
    visitor.send(
        "login-submit", values={"identifier": person.username, "password": "Tongxing-demo-2026"}, follow=False
    )
    line = next(line for line in visitor.response.headers.getlist("Set-Cookie") if line.startswith(COOKIE))
    attributes = {part.strip().lower() for part in line.split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/"} <= attributes
    assert not [part for part in attributes if part.startswith("domain")]


def test_somebody_elses_login_in_the_same_browser_ends_the_first(provider: Provider, person: Person) -> None:
    site, other = provider.site(), provider.person()
    visitor = site.visitor()
    tokens = site.redeem(site.code(person, visitor))
    visitor.go(site.authorize_url(prompt="login"))
    visitor.log_in(other)
    visitor.send("consent-allow")
    assert "code" in answered(visitor.location)
    assert site.userinfo(tokens["access_token"]).status_code == 401
    with provider.context():
        assert sessions.live_sessions(person.id) == []


def test_an_address_that_cannot_be_opened_hides_and_breaks_nothing(provider: Provider) -> None:
    person = provider.person()
    with provider.context():
        session, _secret = sessions.start(person.id, ["pwd"], sessions.Browser("test", "192.0.2.1"))
        assert session.address == "192.0.2.1"
        session.address_sealed = "v1.AAAA"
        assert session.address is None


def test_the_record_of_a_login_names_the_device_and_no_address(provider: Provider) -> None:
    person = provider.person()
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    with provider.context():
        sessions.start(person.id, ["pwd"], sessions.Browser(firefox, "8.8.8.8"))
        db.session.flush()
        event = search.find(account_id=person.id, name="session.started")[0]
        assert event.data["device"] == "Firefox · Linux"
        assert event.data["network"] == "internet"
        assert event.data["address_digest"] == seen.address_digest("8.8.8.8")
        assert "8.8.8.8" not in str(event.data)
