"""Taking consent back: what was given on it is dead at once, everywhere, and nothing else is (PIPL art. 15, 47)."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from idp import clock
from idp.accounts import account as accounts
from idp.accounts.notice import Notice
from idp.audit.log import AuditEvent
from idp.background import HANDLERS
from idp.consent import consent_record, held
from idp.db import commit, db
from idp.errors import Conflict
from idp.outbox import signal
from idp.outbox.message import OutboxMessage
from idp.sessions import session as sessions
from idp.sessions.session import Browser
from idp.tokens import consent_withdrawal, handle
from idp.tokens import grant as grants
from idp.tokens.consent_withdrawal import Withdrawal
from idp.tokens.grant import Grant
from tests.journey.levels import P3, asked
from tests.journey.test_identity import company, mandate, mandate_of
from tests.person import Person
from tests.provider import Provider
from tests.site import Site, Tokens

OFFLINE = "openid profile phone offline_access"
# A site that is given the name by law, and asks for the phone.
OFFICE = {
    "legal_basis": "statutory_duty",
    "items": [
        {"name": "name", "required": True},
        {"name": "phone_number", "required": False, "legal_basis": "consent"},
    ],
}


def withdraw(provider: Provider, account_id: UUID, site: Site, *items: str) -> Withdrawal:
    with provider.context():
        account = accounts.get(account_id)
        made = consent_withdrawal.withdraw(account, site.id, items=items or None)
        commit()
        consent_withdrawal.forget(made)
        return made


def finish(provider: Provider, account_id: UUID) -> None:
    """Do what the worker does."""
    with provider.context():
        query = db.session.query(OutboxMessage).filter_by(kind=consent_withdrawal.KIND, account_id=account_id)
        for message in query.all():
            HANDLERS[message.kind](message)
            commit()


def is_dead(site: Site, tokens: Tokens) -> bool:
    """Whether nothing can be had with these tokens; they agree on it."""
    answers = {
        not site.introspect(tokens["access_token"])["active"],
        site.userinfo(tokens["access_token"]).status_code == 401,
        site.refresh(tokens["refresh_token"]).error == "invalid_grant",
    }
    assert len(answers) == 1, answers
    return answers.pop()


@pytest.mark.parametrize("scope", ["openid profile phone", OFFLINE])
def test_everything_at_once_and_the_site_has_to_ask_again(either: Provider, scope: str) -> None:
    site, person = either.site(), either.person()
    visitor = site.visitor()
    tokens, elsewhere = site.tokens(person, visitor, scope=scope), either.site()
    others = elsewhere.tokens(person)
    made = withdraw(either, person.id, site)
    assert made.whole
    assert is_dead(site, tokens)
    assert not is_dead(elsewhere, others), "another site is none of this one's business"
    assert asked(site, visitor, scope=scope, prompt="none")["error"] == "consent_required"
    visitor.go(site.authorize_url(scope=scope))
    assert visitor.is_at("/consent")


def test_the_site_and_the_person_are_told(either: Provider) -> None:
    site, person = either.site(), either.person()
    site.tokens(person)
    made = withdraw(either, person.id, site)
    with either.context():
        (message,) = db.session.query(OutboxMessage).filter_by(kind=signal.KIND, account_id=person.id)
        assert message.payload["signal"] == "consent_withdrawn"
        assert message.payload["client_id"] == site.id
        data = message.payload["data"]
        assert (data["record_id"], data["reference"]) == (str(made.record_id), made.reference)
        assert data["items"] == sorted(made.items)
        assert db.session.query(Notice).filter_by(account_id=person.id, name="consent_withdrawn").count() == 1
        revoked = db.session.query(AuditEvent).filter_by(account_id=person.id, name="grant.revoked").one()
        assert revoked.data["reason"] == "consent_withdrawn"


def test_one_item_ends_what_carries_it_and_the_rest_is_had_silently(either: Provider) -> None:
    """PIPL art. 16: an item that can be taken back alone never blocks the service."""
    site, person = either.site(), either.person()
    visitor = site.visitor()
    with_phone = site.tokens(person, visitor)
    assert "phone_number" in site.claims(with_phone["access_token"])
    without = site.redeem(asked(site, visitor, scope="openid profile")["code"])
    made = withdraw(either, person.id, site, "phone_number")
    assert not made.whole
    assert made.items == {"phone_number"}
    assert is_dead(site, with_phone)
    assert not is_dead(site, without)
    again = site.redeem(asked(site, visitor, prompt="none")["code"])
    assert again.status == 200, again.body
    claims = site.claims(again["access_token"])
    assert "name" in claims
    assert "phone_number" not in claims


def test_access_while_away_ends_with_any_item(either: Provider) -> None:
    site, person = either.site(), either.person()
    visitor = site.visitor()
    site.tokens(person, visitor, scope=OFFLINE)
    away = site.redeem(asked(site, visitor, scope="openid profile offline_access")["code"])
    withdraw(either, person.id, site, "phone_number")
    assert is_dead(site, away)


def test_what_rests_on_the_law_stays(either: Provider) -> None:
    site, person = either.site(**OFFICE), either.person()
    visitor = site.visitor()
    login = site.tokens(person, visitor, scope="openid profile")
    reminders = site.tokens(person, visitor, scope="openid profile phone")
    withdraw(either, person.id, site)
    assert is_dead(site, reminders)
    assert not is_dead(site, login)
    assert asked(site, visitor, scope="openid profile", prompt="none").get("code")
    plain = site.redeem(asked(site, visitor, scope="openid")["code"])
    assert plain.status == 200, "to log in without any item is not what was taken back"
    with either.context(), pytest.raises(Conflict):
        consent_withdrawal.withdraw(accounts.get(person.id), site.id, items={"name"})


def test_a_code_on_its_way_is_worth_nothing(either: Provider) -> None:
    site, person = either.site(), either.person()
    visitor = site.visitor()
    code = site.code(person, visitor)
    withdraw(either, person.id, site)
    refused = site.redeem(code)
    assert (refused.status, refused.error) == (400, "invalid_grant")
    visitor.arrive(site.authorize_url(), person)
    code = asked(site, visitor)["code"]
    withdraw(either, person.id, site, "phone_number")
    assert site.redeem(code).error == "invalid_grant"


def test_a_code_for_the_login_alone_ends_with_the_whole_consent(either: Provider) -> None:
    site, person = either.site(), either.person()
    visitor = site.visitor()
    site.tokens(person, visitor)
    code = site.code(person, visitor, scope="openid")
    withdraw(either, person.id, site, "phone_number")
    assert site.redeem(code).status == 200
    code = site.code(person, visitor, scope="openid")
    withdraw(either, person.id, site)
    assert site.redeem(code).error == "invalid_grant"


def redeemed_with(others: threading.Barrier, site: Site, code: str) -> Tokens:
    others.wait()
    return site.redeem(code)


def test_a_code_redeemed_at_the_same_moment_leaves_nothing_alive(either: Provider) -> None:
    for _ in range(6):
        site, person = either.site(), either.person()
        code, together = site.code(person), threading.Barrier(2)
        with ThreadPoolExecutor(1) as pool:
            redeeming = pool.submit(redeemed_with, together, site, code)
            together.wait()
            withdraw(either, person.id, site)
            tokens = redeeming.result()
        assert tokens.error == "invalid_grant" or is_dead(site, tokens)


def test_two_at_once_take_it_back_once(either: Provider) -> None:
    site, person = either.site(), either.person()
    tokens = site.tokens(person)
    outcomes: list[bool] = []

    def attempt() -> None:
        try:
            withdraw(either, person.id, site)
        except Conflict:
            outcomes.append(False)
        else:
            outcomes.append(True)

    threads = [threading.Thread(target=attempt) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False, False, True]
    assert is_dead(site, tokens)


def test_what_was_not_committed_changed_nothing(either: Provider) -> None:
    site, person = either.site(), either.person()
    tokens = site.tokens(person)
    with either.context():
        consent_withdrawal.withdraw(accounts.get(person.id), site.id)
        db.session.rollback()
    assert not is_dead(site, tokens)


def test_a_crash_after_the_commit_loses_nothing(either: Provider) -> None:
    site, person = either.site(), either.person()
    tokens = site.tokens(person)
    with either.context():
        consent_withdrawal.withdraw(accounts.get(person.id), site.id)
        commit()
    assert site.introspect(tokens["access_token"])["active"], "nobody has said so yet"
    finish(either, person.id)
    assert is_dead(site, tokens)


def test_any_number_of_grants_ends_and_what_was_given_since_stays(either: Provider) -> None:
    site, person = either.site(), either.person()
    visitor = site.visitor()
    site.tokens(person, visitor)
    count = grants.BATCH + 20
    with either.context():
        session, _ = sessions.start(person.id, ["pwd"], Browser("of the test", "127.0.0.1"))
        db.session.flush()
        now = clock.now()
        made = [
            Grant(
                id=uuid4(),
                account_id=person.id,
                client_id=site.id,
                session_id=session.id,
                bound=True,
                sub="sub",
                scope="openid phone",
                items=["phone_number"],
                asked={},
                methods=["pwd"],
                auth_time=now,
                created_at=now,
                expires_at=now + timedelta(days=1),
                refresh_hash=handle.digest(str(number)),
            )
            for number in range(count)
        ]
        db.session.add_all(made)
        commit()
        ids = [grant.id for grant in made]
    withdraw(either, person.id, site)
    visitor.go(site.authorize_url())
    visitor.send("consent-allow")
    with clock.shifted(timedelta(seconds=1)):
        since = site.redeem(asked(site, visitor)["code"])
    for _ in range(2):
        finish(either, person.id)
    with either.context():
        alive = db.session.query(Grant).filter(Grant.id.in_(ids), Grant.revoked_at.is_(None))
        assert alive.count() == 0
        events = db.session.query(AuditEvent).filter_by(account_id=person.id, name="grant.revoked")
        assert events.count() == count + 1
    assert not is_dead(site, since)


def test_what_somebody_was_given_for_another_ends_with_the_others_consent(either: Provider) -> None:
    """The record is the enterprise's: whoever acts for it, and nothing of the person's own."""
    site = either.site(acting_as=["self", "enterprise"], scope="openid profile")
    person: Person = either.person(evidence=P3, totp=True)
    principal = company(either)
    mandate(either, principal, person.id)
    visitor = site.visitor()
    visitor.go(site.authorize_url(scope="openid profile"))
    visitor.log_in(person)
    visitor.send("", values={"identity": str(mandate_of(either, principal))})
    visitor.send("consent-allow")
    for_it = site.redeem(asked(site, visitor, scope="openid profile")["code"])
    withdraw(either, principal, site)
    assert is_dead(site, for_it)
    with either.context():
        assert consent_record.find(person.id, site.id) is None


def test_the_end_of_a_consent_ends_the_next_refresh(either: Provider) -> None:
    """Expiry counts from its very moment, whether or not a job has come round."""
    site, person = either.site(), either.person()
    tokens = site.tokens(person, scope=OFFLINE)
    with either.context():
        row = consent_record.find_row(person.id, site.id)
        assert row is not None
        row.expires_at = clock.now() + timedelta(days=2)
        held.changed(person.id, site.id)
        commit()
    with clock.shifted(timedelta(days=1)):
        tokens = site.refresh(tokens["refresh_token"])
        assert tokens.status == 200
    with clock.shifted(timedelta(days=3)):
        assert site.refresh(tokens["refresh_token"]).error == "invalid_grant"


def test_nothing_to_take_back_is_said(either: Provider) -> None:
    person = either.person()
    site = either.site()
    with either.context(), pytest.raises(Conflict):
        consent_withdrawal.withdraw(accounts.get(person.id), site.id)
