"""What the events of a record leave, compared with its row."""

from datetime import timedelta

from idp.consent import event, outcome, record
from idp.consent.outcome import Outcome
from idp.db import db
from tests.consent.agreeing import Pair, asked, pair
from tests.provider import Provider


def told(one: Pair) -> Outcome | None:
    found: Outcome | None = None
    for each in event.of_record(one.person.id, one.row.record_id):
        found = outcome.after(found, each)
    return found


def test_events_leave_what_the_row_holds(either: Provider) -> None:
    one = pair(either)
    with either.context():
        record.refuse(one.account, one.rp, asked("name"))
        assert told(one) is None
        assert not outcome.differs(one.row, None)
        one.give("name", "locale", by_law={"locale"})
        one.give("birthdate", optional={"gender"}, allowed={"birthdate"})
        found = told(one)
        assert found is not None
        assert (sorted(found.items), found.withdrawn) == (["birthdate", "name"], False)
        record.withdraw(one.person.id, one.site.id, items=frozenset({"name"}))
        found = told(one)
        assert found is not None
        assert (sorted(found.items), found.withdrawn) == (["birthdate"], False)
        record.withdraw(one.person.id, one.site.id)
        found = told(one)
        assert found is not None
        assert (sorted(found.items), found.withdrawn) == (["birthdate"], True)
        db.session.expire_all()
        assert not outcome.differs(one.row, found)


def test_a_row_that_says_otherwise_differs(provider: Provider) -> None:
    one = pair(provider)
    with provider.context():
        row, found = one.give("name"), told(one)
        assert not outcome.differs(row, found)
        assert outcome.differs(row, None)
        row.expires_at += timedelta(seconds=1)
        assert outcome.differs(row, found)
        row.expires_at -= timedelta(seconds=1)
        row.was_given = False
        assert outcome.differs(row, found)
        db.session.rollback()
