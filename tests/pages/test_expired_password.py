"""A work account whose password is too old: a new one first (domain §7, djbh3)."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from idp import clock
from idp.accounts import notice
from idp.accounts.account import OFFICIAL, Account
from idp.db import commit, db
from tests.person import PASSWORD, Person, Visitor
from tests.provider import ISSUER, Provider

NEW = "Yesterday was a good day 7"
OLD = timedelta(days=91)


@pytest.fixture
def official(either: Provider) -> Person:
    person = either.person(totp=True)
    with either.context():
        db.session.execute(update(Account).where(Account.id == person.id).values(kind=OFFICIAL))
        commit()
    return person


def log_in(provider: Provider, person: Person, password: str = PASSWORD) -> Visitor:
    visitor = Visitor(provider.app, ISSUER, language="en")
    visitor.go("/login?next=/account/sessions")
    visitor.log_in(person, password)
    return visitor


def test_nothing_is_asked_in_time(either: Provider, official: Person) -> None:
    assert log_in(either, official).is_at("/account/sessions")


def test_too_old_a_password_is_changed_and_then_opens(either: Provider, official: Person) -> None:
    with clock.shifted(OLD):
        visitor = log_in(either, official)
        assert visitor.is_at("/login/new-password")
        assert visitor.client.get_cookie("tongxing_session", domain="localhost") is None
        for wrong in ("short", "all small letters only", PASSWORD):
            visitor.send("password-submit", values={"new_password": wrong})
            assert visitor.response.status_code == 400
        visitor.send("password-submit", values={"new_password": NEW})
        assert visitor.is_at("/login")
        official._last_step = 0
    with clock.shifted(OLD + timedelta(minutes=2)):
        visitor.log_in(official, NEW)
        assert visitor.is_at("/account/sessions")
    with either.context():
        assert [one.name for one in notice.recent(official.id)] == ["password_changed"]


def test_the_password_alone_changes_nothing(either: Provider, official: Person) -> None:
    """Whoever has the password without the code stays before the code."""
    with clock.shifted(OLD):
        visitor = Visitor(either.app, ISSUER, language="en")
        visitor.go("/login")
        visitor.send("login-submit", values={"identifier": official.username, "password": PASSWORD})
        assert visitor.is_at("/login/second-factor")
        journey = visitor.path.partition("journey=")[2].partition("&")[0]
        visitor.open(f"/login/new-password?journey={journey}")
        assert visitor.response.status_code == 410


def test_a_ticket_is_for_one_browser_and_one_use(either: Provider, official: Person) -> None:
    with clock.shifted(OLD):
        visitor = log_in(either, official)
        stranger = Visitor(either.app, ISSUER)
        assert stranger.open(visitor.path).status_code == 410
        path = visitor.path
        form = visitor.page.forms[0]
        visitor.send("password-submit", values={"new_password": NEW})
        token = dict(form.values)["csrf_token"]
        again = visitor.client.post(
            form.action, base_url=ISSUER, data={"csrf_token": token, "new_password": "Another good day 8"}
        )
        assert again.status_code == 410
        assert visitor.open(path).status_code == 410


def test_citizens_keep_theirs(either: Provider) -> None:
    with clock.shifted(timedelta(days=3000)):
        assert log_in(either, either.person()).is_at("/account/sessions")
