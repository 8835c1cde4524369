"""A signal is told once to each stream, however often it is handled."""

from uuid import UUID

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


def test_several_signals_at_once_are_told_as_one_by_one(either: Provider) -> None:
    (site, first), (other, second) = [(registered(either, URI), either.person()) for _ in range(2)]
    stream = Client(site).make(WITHDRAWN)
    Client(other).make(WITHDRAWN, push_to=URI)
    with either.context():
        for person, at in ((first, site.id), (second, other.id), (first, site.id), (second, site.id)):
            signal.add(Signal.CONSENT_WITHDRAWN, person.id, client_id=at, items=["name"])
        signal.add(Signal.CONSENT_WITHDRAWN, uuid7(), client_id=site.id, items=["name"])
        commit()
        query = select(OutboxMessage).where(OutboxMessage.kind == fan_out.KIND)
        waiting = [
            one for one in db.session.scalars(query) if one.payload["client_id"] in {site.id, other.id}
        ]
        for _ in range(2):
            fan_out.handle_together(waiting)
            commit()
        heard = db.session.query(SecurityEvent).filter_by(stream_id=UUID(stream["stream_id"]))
        assert sorted(one.account_id or uuid7() for one in heard) == sorted([first.id, first.id, second.id])
    assert states(either, second) == [("waiting", "")] * 2
    assert len(messages(either, second)) == 1, "only one of the two streams is brought its events"


def test_a_signal_of_nobody_is_nothing(provider: Provider) -> None:
    with provider.context():
        signal.add(Signal.ACCOUNT_PURGED, uuid7())
        fan_out.handle(
            db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first() or _none()
        )
        db.session.rollback()


def _none() -> OutboxMessage:
    raise AssertionError
