from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import represented
from idp.accounts.account import CITIZEN
from idp.consent import decision, record
from idp.consent.decision import Asked
from idp.consent.record import ConsentRecord
from idp.db import commit, db
from idp.errors import Forbidden
from idp.mandates import age
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


def withdrawn(account_id: UUID, by: UUID | None = None) -> None:
    row = db.session.get_one(ConsentRecord, (account_id, "site"))
    row.withdrawn_at, row.withdrawn_by = clock.now(), by
    commit()


def test_what_the_person_withdrew_nobody_else_gives_again(either: Provider) -> None:
    account, agent = uuid4(), uuid4()
    with either.context():
        record.save(account, "site", asked("name"), frozenset({"name"}), by=agent)
        withdrawn(account)
        given = record.find(account, "site")
        assert given is not None
        assert given.withheld
        with pytest.raises(Forbidden) as caught:
            record.save(account, "site", asked("name"), frozenset({"name"}), by=agent)
        assert caught.value.code == "consent_withdrawn"
        record.save(account, "site", asked("name"), frozenset({"name"}))
        given = record.find(account, "site")
        assert given is not None
        assert not given.withdrawn


def test_what_somebody_withdrew_for_another_can_be_given_again_for_them(provider: Provider) -> None:
    """A guardian for a small child, whoever acts for an enterprise: nobody else could."""
    account, agent = uuid4(), uuid4()
    with provider.context():
        record.save(account, "site", asked("name"), frozenset({"name"}), by=agent)
        withdrawn(account, by=agent)
        record.save(account, "site", asked("name"), frozenset({"name"}), by=agent)
        given = record.find(account, "site")
        assert given is not None
        assert (given.withdrawn, given.withheld) == (False, False)


def child_of(years: int) -> UUID:
    """A child who turns *years* + 1 in about a month."""
    day = age.today(clock.now() + timedelta(days=30))
    child = represented.create(CITIZEN, "刘小宝")
    accounts.set_birth(child, date(day.year - years - 1, day.month, min(day.day, 28)).isoformat(), "male")
    commit()
    return child.id


def test_what_a_guardian_allowed_ends_when_the_child_consents_alone(either: Provider) -> None:
    """PIPL art. 31: from 14 on nobody else consents."""
    with either.context():
        child, small, guardian = child_of(13), child_of(7), uuid4()
        for account in (child, small):
            record.save(account, "site", asked("name"), frozenset({"name"}), by=guardian)
        birthdate = accounts.birthdate_of(accounts.get(child))
        assert birthdate is not None
        birthday = age.reached(date.fromisoformat(birthdate), 14)
        given = record.find(child, "site")
        assert given is not None
        assert given.expires_at == birthday
        given = record.find(small, "site")
        assert given is not None
        assert given.expires_at > clock.now() + timedelta(days=364)
        commit()
        with clock.shifted(birthday - clock.now() + timedelta(seconds=1)):
            # Somebody else at the window, for a child who is there: what the guardian allowed does not revive.
            record.save(child, "site", asked("locale"), frozenset({"locale"}), by=uuid4())
            given = record.find(child, "site")
            assert given is not None
            assert given.items == {"locale"}
            assert given.expires_at > clock.now() + timedelta(days=364)


def test_what_another_allowed_is_not_taken_over_by_the_person(provider: Provider) -> None:
    account, agent = uuid4(), uuid4()
    with provider.context():
        record.save(account, "site", asked("name"), frozenset({"name"}), by=agent)
        assert db.session.get_one(ConsentRecord, (account, "site")).given_by == agent
        record.save(account, "site", asked("locale"), frozenset({"locale"}))
        given = record.find(account, "site")
        assert given is not None
        assert given.items == given.seen == {"locale"}
        assert db.session.get_one(ConsentRecord, (account, "site")).given_by is None


def test_what_was_released_by_law_is_no_consent(either: Provider) -> None:
    """PIPL art. 13, 14: a site that asks people from now on has been allowed nothing yet."""
    account = uuid4()
    with either.context():
        record.note_statutory(account, "site", asked("name", basis="statutory_duty"))
        commit()
        now_asked = asked("name")
        decided = decision.decide(now_asked, record.find(account, "site"), clock.now())
        assert decided == decision.Decision(decision.Reason.FIRST, frozenset())
        record.save(account, "site", asked("locale"), frozenset({"locale"}))
        given = record.find(account, "site")
        assert given is not None
        assert given.items == {"locale"}
