"""The end of a recovery: the ticket days later, the new password, and nobody logged in any more."""

from datetime import timedelta

import pytest

from idp import background, clock
from idp.accounts import account as accounts
from idp.authenticators import otp
from idp.db import commit, db
from idp.outbox.message import OutboxMessage
from idp.sessions import session as sessions
from idp.tokens import account_leaving
from tests.accounts.gateway import Gateway
from tests.pages import newcomer, recovering
from tests.person import Person
from tests.provider import Provider

NEW = "一个新的密码 of today"
LATER = timedelta(days=4)


def recovered(provider: Provider, gateway: Gateway, person: Person) -> str:
    return recovering.ticket(recovering.arrive(provider, gateway, person.phone))


def test_with_the_ticket_days_later_everything_of_before_ends(asking: Provider, gateway: Gateway) -> None:
    person = asking.person(phone=newcomer.phone())
    site = asking.site(legal_basis="statutory_duty")
    ticket = recovered(asking, gateway, person)
    with asking.context():
        account_leaving.ask(accounts.get(person.id))
        commit()
    early = recovering.resume(asking, ticket)
    assert early.is_at("/recovery/state")
    assert 'data-state="waiting"' in early.response.get_data(as_text=True)
    with clock.shifted(LATER):
        access_token = site.tokens(person)["access_token"]
        assert site.introspect(access_token)["active"]
        visitor = recovering.resume(asking, ticket.lower())
        assert visitor.is_at("/recovery/password")
        visitor.send("password-submit", values={"new_password": "short"})
        assert visitor.response.status_code == 400
        visitor.send("password-submit", values={"new_password": NEW})
        assert visitor.is_at("/recovery/done")
        with asking.context():
            assert sessions.live_sessions(person.id) == []
            assert accounts.get(person.id).closes_at is None
        assert not site.introspect(access_token)["active"]
        login = newcomer.visitor_of(asking)
        login.go("/login")
        login.log_in(person)
        assert login.response.status_code == 400
        login.log_in(person, NEW)
        assert login.is_at("/account")
        # Once: the ticket opens nothing more.
        again = recovering.resume(asking, ticket)
        assert 'data-state="completed"' in again.response.get_data(as_text=True)


def test_the_message_that_follows_spares_who_logged_in_after(asking: Provider, gateway: Gateway) -> None:
    person = asking.person(phone=newcomer.phone())
    ticket = recovered(asking, gateway, person)
    with clock.shifted(LATER):
        visitor = recovering.resume(asking, ticket)
        visitor.send("password-submit", values={"new_password": NEW})
        login = newcomer.visitor_of(asking)
        login.go("/login")
        login.log_in(person, NEW)
        with asking.context():
            message = (
                db.session.query(OutboxMessage)
                .filter_by(kind="account_recovered", account_id=person.id)
                .one()
            )
            background.HANDLERS[message.kind](message)
            commit()
            assert len(sessions.live_sessions(person.id)) == 1


def test_lost_ways_are_removed_with_the_password(asking: Provider, gateway: Gateway) -> None:
    person = asking.person(phone=newcomer.phone(), totp=True)
    visitor = recovering.arrive(asking, gateway, person.phone)
    visitor.send("recovery-start", values={"lost": "1"}, follow=False)
    text = visitor.response.get_data(as_text=True)
    ticket = text.partition('id="recovery-ticket">')[2].partition("<")[0]
    with clock.shifted(timedelta(hours=80)):
        again = recovering.resume(asking, ticket)
        assert again.is_at("/recovery/password")
        assert "passkeys and certificates are removed" in again.response.get_data(as_text=True)
        again.send("password-submit", values={"new_password": NEW})
    with asking.context():
        assert not otp.is_enrolled(person.id)


def test_frozen_meanwhile_it_is_not_completed(asking: Provider, gateway: Gateway) -> None:
    person = asking.person(phone=newcomer.phone())
    ticket = recovered(asking, gateway, person)
    with asking.context():
        accounts.get(person.id).status = accounts.FROZEN
        commit()
    with clock.shifted(timedelta(hours=2)):
        visitor = recovering.resume(asking, ticket)
        visitor.send("password-submit", values={"new_password": NEW})
        assert visitor.response.status_code == 403
        assert "data-reason" in visitor.response.get_data(as_text=True)


def test_a_second_recovery_is_told_that_one_is_under_way(asking: Provider, gateway: Gateway) -> None:
    person = asking.person(phone=newcomer.phone())
    recovered(asking, gateway, person)
    again = recovering.arrive(asking, gateway, person.phone)
    again.send("recovery-start")
    assert again.response.status_code == 409
    assert "under way already" in again.response.get_data(as_text=True)


@pytest.mark.parametrize("ticket", ["", "x", "\0", "票", "0" * 5000, "AAAA-AAAA-AAAA-AAAA"])
def test_a_ticket_that_is_none_is_told(asking: Provider, ticket: str) -> None:
    visitor = recovering.resume(asking, ticket)
    assert visitor.response.status_code == 400
    assert 'href="#ticket"' in visitor.response.get_data(as_text=True)
