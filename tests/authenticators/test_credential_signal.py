"""A way of signing in that changes is a signal, in the same transaction; the first password of nobody yet is none."""

from typing import Any

from idp.authenticators import otp, pwd
from idp.db import commit, db
from idp.outbox import signal
from idp.outbox.message import OutboxMessage
from tests.person import TOTP_SECRET, Person
from tests.provider import Provider


def signals(person: Person) -> list[dict[str, Any]]:
    rows = db.session.query(OutboxMessage).filter_by(account_id=person.id, kind=signal.KIND)
    return [row.payload["data"] for row in rows.order_by(OutboxMessage.id)]


def test_the_first_password_is_no_news_and_the_second_is(provider: Provider) -> None:
    person = provider.person()
    with provider.context():
        assert signals(person) == []
        pwd.set_password(person.id, "another long password")
        db.session.rollback()
        assert signals(person) == []
        pwd.set_password(person.id, "another long password")
        pwd.remove(person.id)
        pwd.remove(person.id)
        commit()
        changes = [(one["credential_type"], one["change_type"]) for one in signals(person)]
        assert changes == [("password", "update"), ("password", "delete")]
        assert all(
            one.keys() == {"credential_type", "change_type", "initiating_entity"} for one in signals(person)
        )


def test_an_app_that_is_removed_is_told_once(provider: Provider) -> None:
    person = provider.person()
    with provider.context():
        otp.enrol(person.id, TOTP_SECRET)
        otp.remove(person.id)
        otp.remove(person.id)
        commit()
        assert [(one["credential_type"], one["change_type"]) for one in signals(person)] == [
            ("app", "delete")
        ]
