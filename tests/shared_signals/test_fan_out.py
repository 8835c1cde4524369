"""A signal is told once to each stream, however often it is handled."""

from sqlalchemy import select

from idp.db import commit, db
from idp.outbox import signal
from idp.outbox.message import OutboxMessage
from idp.outbox.signal import Signal
from idp.shared_signals import fan_out
from idp.shared_signals.security_event import SecurityEvent
from idp.uuid7 import uuid7
from tests.provider import Provider
from tests.shared_signals.conftest import registered
from tests.shared_signals.receiver import OWN, RISC, Client
from tests.shared_signals.test_push import messages, states

URI = "https://fund.example.cn/events"
WITHDRAWN = f"{OWN}consent-withdrawn"


def test_handled_twice_it_is_told_once(either: Provider) -> None:
    site, person = registered(either, URI), either.person()
    client = Client(site)
    client.make(WITHDRAWN, push_to=URI)
    client.make(WITHDRAWN)
    client.make(f"{RISC}account-purged")
    with either.context():
        signal.add(Signal.CONSENT_WITHDRAWN, person.id, client_id=site.id, items=["name"])
        commit()
        query = select(OutboxMessage).where(
            OutboxMessage.kind == fan_out.KIND, OutboxMessage.account_id == person.id
        )
        message = db.session.scalars(query).one()
        fan_out.handle(message)
        db.session.rollback()  # the worker was killed before it had written the success
        assert db.session.query(SecurityEvent).filter_by(account_id=person.id).count() == 0
        fan_out.handle(message)
        commit()
        fan_out.handle(message)
        commit()
    assert states(either, person) == [("waiting", "")] * 2, "one for each stream that wants it"
    assert len(messages(either, person)) == 1, "and one is brought"


def test_a_signal_of_nobody_is_nothing(provider: Provider) -> None:
    with provider.context():
        signal.add(Signal.ACCOUNT_PURGED, uuid7())
        fan_out.handle(
            db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first() or _none()
        )
        db.session.rollback()


def _none() -> OutboxMessage:
    raise AssertionError
