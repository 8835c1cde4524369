import pytest
from flask import Flask
from sqlalchemy import select

from idp.accounts import account as accounts
from idp.accounts import identity, merging
from idp.accounts.account import Account, Person
from idp.accounts.merging import Duplicate
from idp.audit.log import AuditEvent
from idp.db import commit, db
from idp.errors import Conflict, Forbidden, NotFound
from tests.accounts import crowd

ZHANG = identity.parse("citizen_id", "11010519491231002x")
NETWORK = identity.parse("network_id", "aHR0cHM6Ly93d3c")


def pair(**phones: str) -> tuple[Account, Account]:
    """The account that holds the identity, and the one that proved it too."""
    holder = accounts.create(Person("holder", "张伟", phone=phones.get("holder")))
    other = accounts.create(Person("other", "张伟", phone=phones.get("other")))
    identity.bind(holder, ZHANG)
    with pytest.raises(Conflict):
        identity.bind(other, ZHANG)
    merging.note(other, ZHANG)
    commit()
    return holder, other


def test_the_account_that_holds_the_identity_stays(context: Flask) -> None:
    holder, other = pair()
    known_as = holder.subject_id
    for one, two in ((holder, other), (other, holder)):
        found = merging.find_pair(one, two)
        assert found is not None
        assert (found.kept.id, found.closed.id) == (holder.id, other.id)
    assert merging.is_duplicate(other)
    assert not merging.is_duplicate(holder)
    merging.merge(other, holder)
    commit()
    assert (holder.status, other.status) == (accounts.ACTIVE, accounts.CLOSED)
    assert holder.subject_id == known_as
    assert identity.of(holder) == ZHANG
    assert db.session.scalars(select(Duplicate)).all() == []
    events = db.session.scalars(select(AuditEvent.name).where(AuditEvent.name.startswith("account."))).all()
    assert events.count("account.merged") == 1


@pytest.mark.parametrize(
    ("holder", "other", "expected"),
    [
        (None, "13800138001", "+8613800138001"),
        ("13800138000", "13800138001", "+8613800138000"),
        ("13800138000", None, "+8613800138000"),
        (None, None, None),
    ],
)
def test_a_phone_goes_over_where_there_is_none(
    context: Flask, holder: str | None, other: str | None, expected: str | None
) -> None:
    given = {name: phone for name, phone in (("holder", holder), ("other", other)) if phone}
    one, two = pair(**given)
    merging.merge(one, two)
    commit()
    assert accounts.phone_of(one) == expected
    if expected is not None:
        found = accounts.find_by_phone(expected)
        assert found is not None
        assert found.id == one.id


def test_what_else_the_closed_one_proved_goes_over(context: Flask) -> None:
    holder, other = pair()
    identity.bind(other, NETWORK)
    merging.merge(holder, other)
    commit()
    found = identity.find_account(NETWORK)
    assert found is not None
    assert found.id == holder.id
    identity.close(holder)
    commit()
    again = accounts.create(Person("again", "张伟"))
    identity.bind(again, NETWORK)
    assert again.subject_id == holder.subject_id


def test_equal_names_and_phones_prove_nothing(context: Flask) -> None:
    one = accounts.create(Person("first", "张伟"))
    other = accounts.create(Person("other", "张伟"))
    identity.bind(one, ZHANG)
    commit()
    assert merging.find_pair(one, other) is None
    assert merging.find_pair(one, one) is None
    with pytest.raises(Conflict) as caught:
        merging.merge(one, other)
    assert caught.value.code == "accounts_differ"


def test_a_stranger_s_identity_makes_no_pair(context: Flask) -> None:
    holder, other = pair()
    third = accounts.create(Person("third", "张伟"))
    assert merging.find_pair(other, third) is None
    assert merging.find_pair(third, holder) is None


def test_after_the_holder_closed_there_is_no_duplicate(context: Flask) -> None:
    holder, other = pair()
    identity.close(holder)
    commit()
    assert not merging.is_duplicate(other)
    assert merging.find_pair(holder, other) is None


def test_a_frozen_account_is_not_merged(context: Flask) -> None:
    holder, other = pair()
    other.status = accounts.FROZEN
    commit()
    with pytest.raises(Forbidden):
        merging.merge(holder, other)


def test_merging_twice_at_once_happens_once(rooms: Flask) -> None:
    with rooms.app_context():
        ids = [one.id for one in pair()]
        db.session.rollback()
    results = crowd.at_once(
        rooms, lambda _: merging.merge(accounts.get(ids[0]), accounts.get(ids[1])), count=4
    )
    done = [one for one in results if not isinstance(one, Exception)]
    assert len(done) == 1
    assert all(
        isinstance(one, Forbidden | Conflict | NotFound) for one in results if isinstance(one, Exception)
    )
