"""Evidence: the account's short form, its level and the message to others change together, and never apart."""

import threading
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import notice
from idp.audit.log import AuditEvent
from idp.db import commit, db
from idp.errors import NotFound
from idp.outbox.message import OutboxMessage
from idp.proofing import evidence
from tests.provider import Provider


def messages(account_id: object) -> list[dict[str, str]]:
    query = select(OutboxMessage).where(
        OutboxMessage.account_id == account_id, OutboxMessage.kind == evidence.STANDING_CHANGED
    )
    return [message.payload for message in db.session.scalars(query)]


def recorded(account_id: object) -> list[tuple[str, object, object]]:
    query = select(AuditEvent).where(AuditEvent.account_id == account_id).order_by(AuditEvent.id)
    return [
        (event.name, event.data.get("before"), event.data.get("after"))
        for event in db.session.scalars(query)
        if event.name.startswith("level.")
    ]


def test_a_piece_raises_the_level_and_tells_the_house(either: Provider) -> None:
    person = either.person()
    with either.context():
        account = accounts.get(person.id)
        piece = evidence.add(account, "register", source="population", digest="a" * 64)
        commit()
        (short,) = account.standing
        assert (short["code"], short["at"]) == ("register", int(piece.obtained_at.timestamp()))
        assert piece.expires_at is not None
        assert short["until"] == int(piece.expires_at.timestamp())
        assert evidence.level(account, clock.now()) == 2
        assert messages(person.id) == [{"account_id": str(person.id)}]
        assert recorded(person.id) == [("level.raised", 0, 2)]


def test_what_is_not_committed_never_was(either: Provider) -> None:
    person = either.person()
    with either.context():
        evidence.add(accounts.get(person.id), "register", source="population")
        db.session.rollback()
        db.session.expire_all()
        assert accounts.get(person.id).standing == []
        assert messages(person.id) == []
        assert evidence.of_account(person.id) == []


def test_a_piece_of_the_same_kind_renews_the_one_before(either: Provider) -> None:
    person = either.person()
    with either.context():
        account = accounts.get(person.id)
        evidence.add(account, "register", source="population")
        with clock.shifted(timedelta(days=30)):
            second = evidence.add(account, "register", source="population")
        commit()
        newest, oldest = evidence.of_account(person.id)
        assert (newest.id, oldest.end_reason) == (second.id, "renewed")
        assert len(account.standing) == 1
        # The level did not move: nothing is said of it.
        assert recorded(person.id) == [("level.raised", 0, 2)]


def test_revoking_lowers_the_level_at_once_and_twice_does_no_harm(either: Provider) -> None:
    person = either.person()
    with either.context():
        account = accounts.get(person.id)
        for code in ("register", "operator3", "bank4"):
            evidence.add(account, code, source="test")
        assert evidence.revoke(account, {"register", "face"}, "card_lost") == ["register"]
        assert evidence.revoke(account, {"register"}, "card_lost") == []
        commit()
        assert evidence.level(account, clock.now()) == 2
        assert evidence.valid_codes(account, clock.now()) == {"operator3", "bank4"}
        assert recorded(person.id)[-1] == ("level.lowered", 3, 2)
        ended = next(one for one in evidence.of_account(person.id) if one.code == "register")
        assert (ended.end_reason, ended.ended_at is None) == ("card_lost", False)


def test_a_piece_ends_by_its_own_date_or_the_policys_whichever_is_first(either: Provider) -> None:
    person = either.person()
    with either.context():
        account = accounts.get(person.id)
        soon = clock.now() + timedelta(days=3)
        assert evidence.add(account, "network_id", source="network-id", until=soon).expires_at == soon
        far = clock.now() + timedelta(days=100_000)
        ends = evidence.add(account, "network_id", source="network-id", until=far).expires_at
        assert ends is not None
        assert ends < far
        commit()


def test_what_runs_out_counts_no_longer_and_the_sweep_says_so(either: Provider) -> None:
    person = either.person()
    with either.context():
        account = accounts.get(person.id)
        evidence.add(account, "phone", source="sms")
        evidence.add(account, "network_id", source="network-id", until=clock.now() + timedelta(days=1))
        commit()
        told = len(messages(person.id))
        while evidence.end_expired():
            commit()
        assert len(messages(person.id)) == told
        with clock.shifted(timedelta(days=2)):
            assert evidence.level(account, clock.now()) == 1
            while evidence.end_expired():
                commit()
        db.session.expire_all()
        account = accounts.get(person.id)
        assert [one["code"] for one in account.standing] == ["phone"]
        assert len(messages(person.id)) == told + 1
        assert recorded(person.id)[-1] == ("level.lowered", 3, 1)


def test_evidence_that_the_policy_does_not_know_is_refused(either: Provider) -> None:
    person = either.person()
    with either.context(), pytest.raises(NotFound, match="evidence_code_unknown"):
        evidence.add(accounts.get(person.id), "horoscope", source="stars")


def test_changes_at_one_moment_lose_nothing(either: Provider) -> None:
    person = either.person()
    codes = ("phone", "register", "operator3", "bank4", "chip")

    def add(code: str) -> None:
        with either.context():
            evidence.add(accounts.get(person.id), code, source="test")
            commit()

    threads = [threading.Thread(target=add, args=(code,)) for code in codes]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    with either.context():
        account = accounts.get(person.id)
        assert {one["code"] for one in account.standing} == set(codes)
        assert len(messages(person.id)) == len(codes)


def told(account_id: UUID) -> list[tuple[str, dict[str, str]]]:
    return [(one.name, notice.values_of(one)) for one in notice.recent(account_id)]


def test_the_person_hears_when_the_name_counts_more_or_less(either: Provider) -> None:
    person = either.person(evidence=["phone"])
    with either.context():
        account = accounts.get(person.id)
        assert told(person.id) == []
        evidence.add(account, "register", source="population")
        commit()
        evidence.revoke(account, {"register"}, "withdrawn")
        commit()
        assert told(person.id) == [("level_lowered", {"level": "1"}), ("level_raised", {"level": "2"})]


def test_whoever_closes_the_account_hears_only_that(either: Provider) -> None:
    person = either.person()
    with either.context():
        evidence.add(accounts.get(person.id), "register", source="population")
        evidence.revoke(accounts.get(person.id), {"register"}, "account_closed")
        assert [name for name, _ in told(person.id)] == ["level_raised"]
        db.session.rollback()
