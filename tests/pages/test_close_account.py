"""Closing an account over the pages: what it means is said, and it can be taken back."""

from datetime import timedelta

import pytest

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import notice
from idp.accounts.account import Account
from idp.db import commit
from idp.sessions import session as sessions
from idp.tokens import account_leaving
from tests.pages.acting import proven, said
from tests.pages.test_mandates import entrusted
from tests.person import PASSWORD
from tests.provider import Provider, SignIn


def test_an_account_closes_after_its_time(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    visitor = sign_in(person)
    visitor.go("/account/close")
    visitor.send("close-submit")
    assert visitor.response.status_code == 400
    assert "Tick the box" in visitor.response.get_data(as_text=True)
    visitor.send("close-submit", values={"understood": "1"})
    assert visitor.is_at("/account/keep")
    with either.context():
        assert accounts.get(person.id).status == accounts.ACTIVE
        assert [one.name for one in notice.recent(person.id)] == ["closing_asked"]
        with clock.shifted(timedelta(days=15, minutes=1)):
            account_leaving.run()
            assert sessions.live_sessions(person.id) == []
        assert accounts.get(person.id).status == accounts.CLOSED
    visitor.client.delete_cookie("tongxing_session", domain="localhost")
    visitor.go("/account")
    assert visitor.is_at("/login")
    visitor.send("login-submit", values={"identifier": person.username, "password": PASSWORD})
    assert visitor.response.status_code == 400


def test_an_old_login_must_prove_itself_again(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    visitor = sign_in(person)
    visitor.go("/account/close")
    with clock.shifted(timedelta(minutes=6)):
        visitor.send("close-submit", values={"understood": "1"})
        assert visitor.is_at("/account/reauthenticate")
    with either.context():
        assert accounts.get(person.id).closes_at is None


def test_who_thinks_better_of_it_keeps_the_account_with_one_press(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    visitor = sign_in(person)
    visitor.go("/account/close")
    visitor.send("close-submit", values={"understood": "1"})
    visitor.go("/account/close")
    assert visitor.is_at("/account/keep")
    visitor.send("keep-submit")
    assert visitor.is_at("/account")
    with either.context():
        assert accounts.get(person.id).closes_at is None
    visitor.go("/account/keep")
    assert visitor.is_at("/account")


def test_whose_account_ends_at_that_moment_is_not_told_that_it_stays(
    either: Provider, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = either.person()
    visitor = sign_in(person)
    visitor.go("/account/close")
    visitor.send("close-submit", values={"understood": "1"})
    cancel = account_leaving.cancel

    def late(account: Account) -> bool:
        with either.context(), clock.shifted(timedelta(days=16)):
            account_leaving.run()
        return cancel(account)

    monkeypatch.setattr(account_leaving, "cancel", late)
    visitor.send("keep-submit")
    assert visitor.response.status_code == 403
    assert visitor.page.error == "account_closed"


def test_what_ends_is_named(either: Provider) -> None:
    mother, daughter = proven(either, "母亲"), proven(either, "女儿")
    entrusted(either, mother, daughter)
    mother.browser.go("/account/close")
    assert "女儿" in said(mother.browser)
    daughter.browser.go("/account/close")
    assert "母亲" in said(daughter.browser)


def test_only_a_citizen_s_own_account_is_closed_here(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    with either.context():
        accounts.get(person.id).kind = accounts.OFFICIAL
        commit()
    visitor = sign_in(person)
    assert visitor.open("/account/close").status_code == 403
