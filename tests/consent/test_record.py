from datetime import timedelta
from uuid import uuid4

from idp import clock
from idp.consent import decision, record
from idp.consent.decision import Asked
from idp.consent.record import ConsentRecord
from idp.db import commit, db
from tests.provider import Provider

PURPOSE = decision.purpose_digest("purpose")


def asked(*items: str, purpose: str = PURPOSE, basis: str = "consent") -> Asked:
    return Asked(frozenset(items), frozenset(), purpose, basis)


def test_what_was_allowed_before_and_not_asked_now_stays(either: Provider) -> None:
    account = uuid4()
    with either.context():
        assert record.find(account, "site") is None
        record.save(account, "site", asked("name", "locale"), frozenset({"name"}))
        commit()
        record.save(account, "site", asked("phone_number"), frozenset({"phone_number"}))
        commit()
        given = record.find(account, "site")
        assert given is not None
        assert given.items == {"name", "phone_number"}
        assert given.seen == {"name", "locale", "phone_number"}


def test_nothing_stays_of_another_purpose_or_of_what_ended(provider: Provider) -> None:
    """PIPL art. 14: a new purpose is a new consent."""
    account = uuid4()
    with provider.context():
        record.save(account, "a", asked("name"), frozenset({"name"}))
        record.save(account, "a", asked("locale", purpose="other"), frozenset({"locale"}))
        record.save(account, "b", asked("name"), frozenset({"name"}))
        db.session.get_one(ConsentRecord, (account, "b")).withdrawn_at = clock.now()
        record.save(account, "b", asked("locale"), frozenset({"locale"}))
        record.save(account, "c", asked("name"), frozenset({"name"}))
        commit()
        with clock.shifted(timedelta(days=366)):
            record.save(account, "c", asked("locale"), frozenset({"locale"}))
            commit()
        for client_id in ("a", "b", "c"):
            given = record.find(account, client_id)
            assert given is not None
            assert given.items == {"locale"}
            assert not given.withdrawn


def test_a_statutory_release_is_noted_once_and_again_for_more(provider: Provider) -> None:
    """PIPL art. 35."""
    account = uuid4()
    with provider.context():
        for items, expected in (({"name"}, {"name"}), ({"name"}, {"name"}), ({"locale"}, {"name", "locale"})):
            record.note_statutory(account, "office", asked(*items, basis="statutory_duty"))
            commit()
            given = record.find(account, "office")
            assert given is not None
            assert given.items == expected
        first = db.session.get_one(ConsentRecord, (account, "office")).given_at
        record.note_statutory(account, "office", asked("name", basis="statutory_duty"))
        assert db.session.get_one(ConsentRecord, (account, "office")).given_at == first
