"""Events are pushed until they are received, and only 202 is (RFC 8935)."""

import time
from typing import Any

import pytest
from sqlalchemy import select

from idp.db import commit, db
from idp.outbox import delivery, signal
from idp.outbox.message import DeliveryFailed, OutboxMessage
from idp.outbox.signal import Signal
from idp.relying_parties import federated, registration, relying_party_row
from idp.shared_signals import fan_out, jti, push
from idp.shared_signals.security_event import SecurityEvent
from tests.person import Person
from tests.provider import Provider
from tests.shared_signals.conftest import registered
from tests.shared_signals.receiver import RISC, Client, Receiver

DISABLED = f"{RISC}account-disabled"


def told(provider: Provider, person: Person, what: Signal = Signal.ACCOUNT_DISABLED, **data: Any) -> None:
    """Add a signal and let it fan out."""
    with provider.context():
        signal.add(what, person.id, **data)
        commit()
    fanned_out(provider, person)


def fanned_out(provider: Provider, person: Person) -> None:
    """Let the signals about that person become events, as the worker does."""
    with provider.context():
        waiting = db.session.scalars(
            select(OutboxMessage)
            .where(
                OutboxMessage.kind == fan_out.KIND,
                OutboxMessage.account_id == person.id,
                OutboxMessage.delivered_at.is_(None),
            )
            .order_by(OutboxMessage.id)
        ).all()
        for message in waiting:
            fan_out.handle(message)
            delivery.delivered(message)


def messages(provider: Provider, person: Person) -> list[OutboxMessage]:
    """What waits to be pushed about that person."""
    with provider.context():
        query = select(OutboxMessage).where(
            OutboxMessage.kind == push.KIND, OutboxMessage.account_id == person.id
        )
        return list(db.session.scalars(query.order_by(OutboxMessage.id)))


def states(provider: Provider, person: Person) -> list[tuple[str, str]]:
    with provider.context():
        rows = select(SecurityEvent).where(SecurityEvent.account_id == person.id).order_by(SecurityEvent.id)
        return [(row.state, row.error) for row in db.session.scalars(rows)]


@pytest.fixture
def known(either: Provider, receiver: Receiver) -> tuple[Provider, Person, Client]:
    """Somebody whom a site with a push stream knows."""
    site, person = registered(either, receiver.url), either.person()
    site.tokens(person)
    client = Client(site)
    client.make(DISABLED, push_to=receiver.url)
    return either, person, client


def test_an_event_arrives_and_says_whom_it_is_about(
    known: tuple[Provider, Person, Client], receiver: Receiver
) -> None:
    provider, person, client = known
    told(provider, person)
    (message,) = messages(provider, person)
    with provider.context():
        push.deliver(message)
    claims = client.checked(receiver.taken[0])
    sub = client.site.claims(client.site.tokens(person)["access_token"])["sub"]
    assert claims["sub_id"] == {"format": "iss_sub", "iss": client.site.issuer, "sub": sub}
    members = claims["events"][DISABLED]
    assert abs(members["event_timestamp"] - time.time()) < 60
    assert receiver.headers[0]["Content-Type"] == "application/secevent+jwt"
    assert states(provider, person) == [("acknowledged", "")]


def test_what_was_acknowledged_is_not_sent_again(
    known: tuple[Provider, Person, Client], receiver: Receiver
) -> None:
    provider, person, _ = known
    told(provider, person)
    (message,) = messages(provider, person)
    with provider.context():
        push.deliver(message)
        push.deliver(message)
    assert len(receiver.taken) == 1


@pytest.mark.parametrize(
    "answer",
    [
        (200, b"{}"),
        (200, b"\x00\xff<html>garbage</html>"),
        (200, b"x" * 100_000),
        (204, b""),
        (302, b""),
        (307, b""),
        (400, b"garbage"),
        (400, b'{"err": "no such code"}'),
        (400, b"[" * 4000),
        (401, b'{"err": "invalid_request"}'),
        (404, b""),
        (500, b""),
        (503, b""),
        (400, b'{"err": "invalid_key", "description": "looked up again soon"}'),
    ],
)
def test_anything_but_202_is_tried_again(
    known: tuple[Provider, Person, Client], receiver: Receiver, answer: tuple[int, bytes]
) -> None:
    provider, person, _ = known
    receiver.answer = answer
    told(provider, person)
    (message,) = messages(provider, person)
    with provider.context(), pytest.raises(DeliveryFailed) as caught:
        push.deliver(message)
    assert caught.value.retry
    ((state, error),) = states(provider, person)
    assert (state, error) == ("waiting", caught.value.reason)
    assert not receiver.taken


@pytest.mark.parametrize("code", ["invalid_request", "invalid_issuer", "invalid_audience"])
def test_a_refusal_is_final(known: tuple[Provider, Person, Client], receiver: Receiver, code: str) -> None:
    provider, person, _ = known
    receiver.answer = (400, b'{"err": "%s", "description": "no"}' % code.encode())
    told(provider, person)
    (message,) = messages(provider, person)
    with provider.context(), pytest.raises(DeliveryFailed) as caught:
        push.deliver(message)
    assert not caught.value.retry
    assert states(provider, person) == [("failed", f"refused: {code}")]


def test_the_last_try_gives_up_and_a_retry_by_hand_begins_again(
    known: tuple[Provider, Person, Client], receiver: Receiver
) -> None:
    provider, person, _ = known
    receiver.answer = (500, b"")
    told(provider, person)
    (message,) = messages(provider, person)
    message.attempts = delivery.MOST_ATTEMPTS
    with provider.context(), pytest.raises(DeliveryFailed):
        push.deliver(message)
    assert states(provider, person) == [("failed", "HTTP 500")]
    receiver.answer = (202, b"")
    message.attempts = 1
    with provider.context():
        push.deliver(message)
    assert states(provider, person) == [("acknowledged", "")]


def test_what_happened_earlier_to_the_same_person_is_heard_earlier(
    known: tuple[Provider, Person, Client], receiver: Receiver
) -> None:
    provider, person, client = known
    for _ in range(3):
        told(provider, person)
    *_, last = messages(provider, person)
    with provider.context():
        push.deliver(last)
        ids = [jti.find_event_id(client.checked(token)["jti"]) for token in receiver.taken]
    assert len(ids) == 3
    assert ids == sorted(ids, key=str)
    assert states(provider, person) == [("acknowledged", "")] * 3


def test_an_earlier_one_that_is_refused_keeps_no_later_one_from_arriving(
    known: tuple[Provider, Person, Client], receiver: Receiver
) -> None:
    provider, person, _ = known
    for _ in range(2):
        told(provider, person)
    answers = [(400, b'{"err": "invalid_request"}'), (202, b"")]
    receiver.decide = lambda: answers.pop(0)
    *_, last = messages(provider, person)
    with provider.context():
        push.deliver(last)
    assert states(provider, person) == [("failed", "refused: invalid_request"), ("acknowledged", "")]


def test_the_last_try_of_one_is_not_the_last_try_of_an_earlier_one(
    known: tuple[Provider, Person, Client], receiver: Receiver
) -> None:
    provider, person, _ = known
    for _ in range(2):
        told(provider, person)
    receiver.answer = (500, b"")
    *_, last = messages(provider, person)
    last.attempts = delivery.MOST_ATTEMPTS
    with provider.context(), pytest.raises(DeliveryFailed):
        push.deliver(last)
    assert states(provider, person) == [("waiting", "HTTP 500"), ("failed", "HTTP 500")]


def test_the_receivers_own_header_goes_along_and_is_never_shown(either: Provider, receiver: Receiver) -> None:
    site, person = registered(either, receiver.url), either.person()
    site.tokens(person)
    client = Client(site)
    delivered = {
        "method": "urn:ietf:rfc:8935",
        "endpoint_url": receiver.url,
        "authorization_header": "Bearer very-secret",
    }
    made = client.make(DISABLED, delivery=delivered)
    assert "very-secret" not in str(made)
    told(either, person)
    with either.context():
        push.deliver(messages(either, person)[0])
    assert receiver.headers[0]["Authorization"] == "Bearer very-secret"


def test_who_may_not_have_streams_any_more_hears_nothing(
    known: tuple[Provider, Person, Client], receiver: Receiver
) -> None:
    provider, person, client = known
    told(provider, person)
    with provider.context():
        row = relying_party_row.find(client.site.id)
        assert row is not None
        registration.update(client.site.id, {**row.given, "scope": "openid profile"})
        commit()
        with pytest.raises(DeliveryFailed) as caught:
            push.deliver(messages(provider, person)[0])
    assert not caught.value.retry
    told(provider, person)
    assert [state for state, _ in states(provider, person)] == ["failed"], "and no new ones are written"
    assert not receiver.taken


def test_an_address_that_is_not_registered_any_more_hears_nothing(
    known: tuple[Provider, Person, Client], receiver: Receiver
) -> None:
    provider, person, client = known
    told(provider, person)
    (message,) = messages(provider, person)
    with provider.context():
        row = relying_party_row.find(client.site.id)
        assert row is not None
        registration.update(client.site.id, {**row.given, "security_event_uris": []})
        commit()
        with pytest.raises(DeliveryFailed) as caught:
            push.deliver(message)
    assert not caught.value.retry
    assert not receiver.taken


def test_a_member_of_the_federation_that_nobody_stands_behind_hears_nothing_until_somebody_does(
    known: tuple[Provider, Person, Client], receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider, person, _client = known
    told(provider, person)
    (message,) = messages(provider, person)
    with monkeypatch.context() as suspended, provider.context():
        suspended.setattr(federated, "find", lambda _client_id: None)
        with pytest.raises(DeliveryFailed) as caught:
            push.deliver(message)
    assert caught.value.retry
    assert not receiver.taken
    with provider.context():
        push.deliver(message)
    assert len(receiver.taken) == 1
