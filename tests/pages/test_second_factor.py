"""The second factor after a password (RFC 6238 §5.2)."""

from datetime import timedelta

import pytest

from idp import clock
from idp.accounts import account as accounts
from idp.audit.log import AuditEvent
from idp.authenticators import otp, pwd, recovery_code
from idp.db import commit, db
from idp.sessions import session as sessions
from idp.tokens import account_logout
from tests.journey.levels import P3
from tests.person import PASSWORD, TOTP_SECRET, Person, Visitor
from tests.provider import Provider
from tests.site import Site, answered, decoded


@pytest.fixture(scope="module")
def site(provider: Provider) -> Site:
    return provider.site(legal_basis="statutory_duty")


@pytest.fixture
def person(provider: Provider) -> Person:
    return provider.person(totp=True)


def at_second_factor(site: Site, person: Person) -> Visitor:
    visitor = site.visitor(language="en")
    visitor.go(site.authorize_url())
    visitor.send("login-submit", values={"identifier": person.username, "password": PASSWORD})
    assert visitor.is_at("/login/second-factor")
    return visitor


def test_a_password_alone_opens_nothing(site: Site, person: Person) -> None:
    visitor = at_second_factor(site, person)
    assert visitor.client.get_cookie("tongxing_session", domain="localhost") is None
    silent = site.authorize_url(prompt="none")
    visitor.open(silent)
    assert answered(visitor.location)["error"] == "login_required"


def test_the_right_code_opens(site: Site, person: Person) -> None:
    visitor = at_second_factor(site, person)
    visitor.send("code-submit", values={"code": f" {person.code()} "})
    assert "code" in answered(visitor.location)


@pytest.mark.parametrize("code", ["", "000000", "abcdef", "１２３４５６", "1" * 500, "\0"])
def test_a_wrong_code_is_told_and_may_be_corrected(site: Site, person: Person, code: str) -> None:
    visitor = at_second_factor(site, person)
    visitor.send("code-submit", values={"code": code})
    assert visitor.response.status_code == 400
    assert 'href="#code"' in visitor.response.get_data(as_text=True)
    visitor.send("code-submit", values={"code": person.code()})
    assert "code" in answered(visitor.location)


def test_a_code_works_once(site: Site, person: Person) -> None:
    code = person.code()
    first, second = at_second_factor(site, person), at_second_factor(site, person)
    first.send("code-submit", values={"code": code})
    assert "code" in answered(first.location)
    second.send("code-submit", values={"code": code})
    assert second.response.status_code == 400
    assert "used already" in second.response.get_data(as_text=True)


def test_many_wrong_codes_wait(provider: Provider, site: Site, person: Person) -> None:
    visitor = at_second_factor(site, person)
    for _ in range(5):
        visitor.send("code-submit", values={"code": "000000"})
        assert visitor.response.status_code == 400
    visitor.send("code-submit", values={"code": person.code()})
    assert visitor.response.status_code == 429
    assert "Too many tries" in visitor.response.get_data(as_text=True)
    with provider.context():
        events = db.session.query(AuditEvent).filter_by(name="login.failed", account_id=person.id).all()
        assert [event.data for event in events] == [{"method": "otp"}] * 5


def test_a_stranger_with_the_password_locks_out_no_known_browser(site: Site, person: Person) -> None:
    own = site.visitor(language="en")
    own.go(site.authorize_url())
    own.log_in(person)
    stranger = at_second_factor(site, person)
    for _ in range(6):
        stranger.send("code-submit", values={"code": "000000"})
    assert stranger.response.status_code == 429
    own.go(site.authorize_url(prompt="login"))
    own.send("login-submit", values={"identifier": person.username, "password": PASSWORD})
    own.send("code-submit", values={"code": person.code()})
    assert "code" in answered(own.location)


def test_a_recovery_code_stands_in_once(provider: Provider, site: Site, person: Person) -> None:
    with provider.context():
        codes = recovery_code.create(person.id)
        commit()
    visitor = at_second_factor(site, person)
    visitor.go(f"{visitor.path}&method=recovery_code")
    visitor.send("code-submit", values={"code": codes[0].lower()})
    tokens = site.redeem(answered(visitor.location)["code"])
    assert decoded(tokens["id_token"])[1]["amr"] == ["pwd", "recovery_code", "mfa"]
    again = at_second_factor(site, person)
    again.go(f"{again.path}&method=recovery_code")
    again.send("code-submit", values={"code": codes[0]})
    assert again.response.status_code == 400


def test_an_unknown_method_is_the_app(site: Site, person: Person) -> None:
    visitor = at_second_factor(site, person)
    visitor.go(f"{visitor.path}&method=telepathy")
    assert "6-digit code" in visitor.response.get_data(as_text=True)


def test_without_the_first_factor_there_is_no_second(provider: Provider, site: Site) -> None:
    visitor = site.visitor()
    visitor.go(site.authorize_url())
    journey = visitor.path.partition("journey=")[2]
    for path in (f"/login/second-factor?journey={journey}", "/login/second-factor"):
        visitor.open(path)
        assert (visitor.response.status_code, visitor.page.error) == (410, "journey_expired")


def test_an_account_frozen_meanwhile_does_not_get_in(provider: Provider, site: Site, person: Person) -> None:
    visitor = at_second_factor(site, person)
    with provider.context():
        accounts.get(person.id).status = accounts.FROZEN
        commit()
    visitor.send("code-submit", values={"code": person.code()})
    assert visitor.response.status_code == 410


def test_the_page_is_ready_for_phones(site: Site, person: Person) -> None:
    text = at_second_factor(site, person).response.get_data(as_text=True)
    for part in ('id="code"', 'id="code-submit"', 'autocomplete="one-time-code"', 'inputmode="numeric"'):
        assert part in text


def test_a_password_does_not_count_for_ever_by_looking_at_the_page_again(site: Site, person: Person) -> None:
    visitor = at_second_factor(site, person)
    page = visitor.path
    for minutes in (20, 40):
        with clock.shifted(timedelta(minutes=minutes)):
            visitor.go(f"/authorize/{page.partition('journey=')[2]}")
    assert visitor.is_at("/login")
    with clock.shifted(timedelta(minutes=40)):
        assert visitor.open(page).status_code == 410


def stepping_up(provider: Provider, visitor: Visitor, person: Person) -> str:
    """Log in with a password, then step up to the second factor; return the page's address."""
    visitor.go("/login")
    visitor.log_in(person)
    with provider.context():
        otp.enrol(person.id, TOTP_SECRET)
        commit()
    visitor.go("/step-up?level=3")
    assert visitor.is_at("/login/second-factor")
    return visitor.path


def test_what_a_session_showed_counts_with_that_session_only(provider: Provider, site: Site) -> None:
    """Who logs out takes the first factor along: the code alone opens nothing afterwards."""
    person, visitor = provider.person(evidence=P3), site.visitor()
    page = stepping_up(provider, visitor, person)
    with provider.context():
        account_logout.end_all(person.id, "test")
    visitor.send("code-submit", values={"code": person.code()})
    assert visitor.response.status_code == 410
    visitor.go(f"/authorize/{page.partition('journey=')[2]}")
    assert visitor.is_at("/login")


def test_somebody_else_who_logs_in_steps_up_as_themselves(provider: Provider, site: Site) -> None:
    first, second, visitor = provider.person(evidence=P3), provider.person(evidence=P3), site.visitor()
    page = stepping_up(provider, visitor, first)
    journey = page.partition("journey=")[2].partition("&")[0]
    visitor.go("/login")
    visitor.log_in(second)
    with provider.context():
        otp.enrol(second.id, TOTP_SECRET)
        commit()
    visitor.go(f"/authorize/{journey}")
    assert visitor.is_at("/login/second-factor")
    visitor.send("code-submit", values={"code": second.code()})
    assert visitor.is_at("/account")
    with provider.context():
        assert sessions.live_sessions(first.id) == []
        assert set(sessions.live_sessions(second.id)[0].methods) == {"pwd", "otp", "mfa"}


@pytest.mark.parametrize("change", ["changed", "removed"])
def test_a_new_password_shuts_out_who_knew_the_old_one(
    provider: Provider, site: Site, person: Person, change: str
) -> None:
    """OWASP ASVS 5 §7.4: what was shown before the change counts no more."""
    thief = at_second_factor(site, person)
    page = thief.path
    with provider.context():
        if change == "changed":
            pwd.set_password(person.id, "another-password-of-2026")
        else:
            pwd.remove(person.id)
        commit()
    thief.send("code-submit", values={"code": person.code()})
    assert (thief.response.status_code, thief.page.error) == (410, "journey_expired")
    assert thief.client.get_cookie("tongxing_session", domain="localhost") is None
    thief.go(f"/authorize/{page.partition('journey=')[2].partition('&')[0]}")
    assert thief.is_at("/login")
